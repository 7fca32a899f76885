"""Read a panel: the fixed, versioned list of sources over which shares are computed (METHOD: denominators)."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from vigie.errors import UsageError
from vigie.named_files import read_text
from vigie.panels import shipped_panels
from vigie.registry import checks
from vigie.registry.model import Registry
from vigie.registry.yaml_nodes import Block, Problems, read_document, suggestion
from vigie.schemas import Panel

__all__ = ["find_panel", "load_panel", "parse_panel"]


def find_panel(named: str, own: Iterable[Panel] = ()) -> Panel:
    """A panel by its name, or by a file: whatever has a dot or a slash in it is a file.

    Args:
        named: The name or the file.
        own: Panels of a dataset; they come before those that vigie ships.

    Raises:
        UsageError: There is no such panel, or the file is missing or wrong.
    """
    if "." in named or "/" in named or Path(named).is_file():
        return load_panel(Path(named))
    loaded = {panel.panel_id: panel for panel in own}
    if named in loaded:
        return loaded[named]
    shipped = shipped_panels()
    if named not in shipped:
        raise UsageError(
            f"--panel {named}: there is no such panel{suggestion(named, [*loaded, *shipped])} (`vigie sources panels` lists"
            " them; one of your own is named as a file, for instance mine.yaml, or loaded with `vigie sources load-panel`)"
        )
    return parse_panel(shipped[named].read_text(encoding="utf-8"), f"{named}.yaml")


def load_panel(path: Path, registry: Registry | None = None) -> Panel:
    """The panel of a YAML file with the keys `id`, `version`, `label`, `reason` and `sources`.

    Args:
        path: The file.
        registry: Where given, every member must be one of its sources.

    Raises:
        UsageError: The file is missing or wrong; every problem on a line of its own.
    """
    return parse_panel(read_text(path), str(path), registry)


def parse_panel(text: str, file: str, registry: Registry | None = None) -> Panel:
    """The same, of a text already read; `file` is its name in messages.

    Raises:
        UsageError: The text is wrong.
    """
    problems = Problems(file)
    document = read_document(text, file)
    if document is None:
        raise UsageError(f"{file}:1: the file is empty; a panel has the keys id, version, label and sources")
    block = Block(document, ("id", "version", "label", "reason", "sources"), problems, "a panel")
    panel_id = block.text("id", required=True)
    if panel_id and checks.id_fault(panel_id):
        block.report("id", checks.id_fault(panel_id))
    version, label = block.text("version", required=True), block.text("label")
    reason = block.text("reason")
    members = block.texts("sources", required=True)
    seen: dict[str, int] = {}
    for line, source_id in members:
        if source_id in seen:
            problems.add(line, "sources", f"{source_id!r} is listed on line {seen[source_id]} too; remove one")
        elif registry is not None and not registry.has_source(source_id):
            known = [source.source_id for source in registry.sources]
            problems.add(line, "sources", f"the registry has no source {source_id!r}{suggestion(source_id, known)}")
        seen.setdefault(source_id, line)
    if not members and block.line_of("sources") != block.line:
        block.report("sources", "a panel needs at least one source")
    problems.raise_if_any()
    return Panel(panel_id=panel_id, version=version, label=label, sources=tuple(seen), reason=reason)

"""Which column of an export is what: YAML files, of which vigie ships those of some archives.

Example:
    columns:
      title: title                 # a column, or a list: the first that has a value
      text: [snippet, body]        # a list: all of them, joined
      url: url
      guid: [id, stories_id]
      published: publish_date
      language: language
      authors: byline
      source: media_name           # the outlet's name
      source_url: media_url        # its address
    sources: {Le Quotidien: lequotidien}   # the outlet's name → its id in the registry
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from vigie.errors import UsageError
from vigie.named_files import read_text
from vigie.registry.yaml_nodes import read_document, suggestion

__all__ = ["ColumnMap", "load_column_map"]

_KEYS = ("columns", "sources")


@dataclass(frozen=True)
class ColumnMap:
    """The names of an export's columns, by what they hold; empty: it has none of that."""

    #: Its name, from the file's: the `origin` of what is imported by it.
    name: str
    title: tuple[str, ...] = ()
    text: tuple[str, ...] = ()
    url: tuple[str, ...] = ()
    guid: tuple[str, ...] = ()
    published: tuple[str, ...] = ()
    language: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    source: tuple[str, ...] = ()
    source_url: tuple[str, ...] = ()
    #: The outlet's name, or address, as the export has it → its source_id.
    sources: dict[str, str] = field(default_factory=dict)


#: What a column may hold.
_PARTS = tuple(f.name for f in dataclasses.fields(ColumnMap) if f.name not in ("name", "sources"))


def load_column_map(name: str) -> ColumnMap:
    """The map of a file, or the shipped one of a name.

    Raises:
        UsageError: There is none, or it is wrong: file and line are named.
    """
    shipped = files("vigie.importing") / f"{name}.yaml"
    if shipped.is_file():
        return _read(shipped.read_text(encoding="utf-8"), name, name)
    path = Path(name)
    if not path.is_file():
        known = sorted(f.name.removesuffix(".yaml") for f in files("vigie.importing").iterdir() if f.name.endswith(".yaml"))
        raise UsageError(f"--map {name}: no such file, and vigie ships none of that name; it ships {', '.join(known)}")
    return _read(read_text(path), str(path), path.stem)


def _read(text: str, file: str, name: str) -> ColumnMap:
    node = read_document(text, file)
    top = _pairs(node, file, _KEYS, "a column map")
    if "columns" not in top:
        raise UsageError(f"{file}:1: columns: is missing; say under it which column holds what")
    columns = _pairs(top["columns"], file, _PARTS, "columns")
    parts = {part: _names(value, file, part) for part, value in columns.items()}
    if not ({"title", "text"} & parts.keys()):
        raise UsageError(f"{file}:{_line(top['columns'])}: columns: name the column of the title or of the text")
    sources = _pairs(top["sources"], file, None, "sources") if "sources" in top else {}
    return ColumnMap(name=name, sources={key: _names(value, file, key)[0] for key, value in sources.items()}, **parts)


def _pairs(node: Node | None, file: str, keys: tuple[str, ...] | None, what: str) -> dict[str, Node]:
    if not isinstance(node, MappingNode):
        raise UsageError(f"{file}:{_line(node)}: {what}: must be keys with values; see `vigie import articles --help`")
    found: dict[str, Node] = {}
    for key, value in node.value:
        name = str(key.value)
        if keys is not None and name not in keys:
            raise UsageError(f"{file}:{_line(key)}: {name}: {what} can have no such key{suggestion(name, keys)}")
        found[name] = value
    return found


def _names(node: Node, file: str, key: str) -> tuple[str, ...]:
    items = node.value if isinstance(node, SequenceNode) else [node]
    if not items or not all(isinstance(item, ScalarNode) and item.value for item in items):
        raise UsageError(f"{file}:{_line(node)}: {key}: name a column, or a list of columns")
    return tuple(str(item.value) for item in items)


def _line(node: Node | None) -> int:
    return int(node.start_mark.line) + 1 if isinstance(node, yaml.Node) else 1

"""Read overrides: what coders decided of single articles, where the rules of a topic are wrong about them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from vigie.errors import UsageError
from vigie.named_files import read_text
from vigie.registry.yaml_nodes import Block, Problems, read_document, suggestion
from vigie.schemas import Override, Verdict

__all__ = ["Overrides", "load_overrides"]

_KEYS = ("article", "topic", "verdict", "reason", "coder", "date")
_VERDICTS = tuple(verdict.value for verdict in Verdict)


@dataclass(frozen=True, slots=True)
class Overrides:
    """All verdicts of one file."""

    rows: tuple[Override, ...]

    @property
    def version(self) -> str:
        """Hash of what they say; their order does not change it."""
        plain = sorted([o.article_id, o.topic_id, o.verdict, o.reason, o.coder, o.decided_on.isoformat()] for o in self.rows)
        return hashlib.sha256(json.dumps(plain, ensure_ascii=False).encode()).hexdigest()[:16]


def load_overrides(
    path: Path,
    *,
    topics: Collection[str] | None = None,
    known_articles: Callable[[Collection[str]], Collection[str]] | None = None,
) -> Overrides:
    """The overrides of a YAML file: a list `overrides` with article, topic, verdict, reason, coder and date of each.

    Args:
        path: The file; an empty list withdraws all.
        topics: Where given, every topic must be one of these.
        known_articles: Where given, tells which of some article ids exist; every article must.

    Raises:
        UsageError: The file is missing or wrong; every problem on a line of its own.
    """
    file = str(path)
    problems = Problems(file)
    document = read_document(read_text(path), file)
    if document is None or not document.value:
        raise UsageError(f"{file}:1: the file is empty; write `overrides:` and a list of verdicts, or `overrides: []` for none")
    root = Block(document, ("overrides",), problems, "a file of overrides")
    blocks = root.blocks("overrides", _KEYS, "an override", required=True)
    rows = [row for block in blocks if (row := _read(block, topics)) is not None]
    _check_repetitions(blocks, problems)
    if known_articles is not None:
        known = set(known_articles({block.text("article") for block in blocks}))
        for block in blocks:
            article = block.text("article")
            if article and article not in known:
                block.report(
                    "article", f"the dataset has no article {article!r}; `vigie query evidence --format csv` gives ids"
                )
    problems.raise_if_any()
    return Overrides(tuple(rows))


def _read(block: Block, topics: Collection[str] | None) -> Override | None:
    texts = {key: block.text(key, required=True) for key in _KEYS}
    day = block.day("date")
    if texts["verdict"] and texts["verdict"] not in _VERDICTS:
        block.report("verdict", f"{texts['verdict']!r} is no verdict{suggestion(texts['verdict'], _VERDICTS)}")
        return None
    if texts["topic"] and topics is not None and texts["topic"] not in topics:
        block.report("topic", f"there is no topic {texts['topic']!r}{suggestion(texts['topic'], topics)}")
    if day is None or not all(texts.values()):
        return None
    return Override(texts["article"], texts["topic"], Verdict(texts["verdict"]), texts["reason"], texts["coder"], day)


def _check_repetitions(blocks: list[Block], problems: Problems) -> None:
    first: dict[tuple[str, str], Block] = {}
    for block in blocks:
        key = block.text("article"), block.text("topic")
        if all(key) and key in first:
            earlier = first[key].line
            block.report("article", f"its topic {key[1]} was decided on line {earlier} already; keep the verdict that holds")
        first.setdefault(key, block)

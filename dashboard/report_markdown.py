"""A report as Markdown, for editors: the same sentences, tables and articles, without the drawings."""

from __future__ import annotations

import re

from vigie.dashboard.report import Block, Chart, Report, Table
from vigie.dashboard.report_quotes import Quote
from vigie.dashboard.words import say
from vigie.locales import day_text

__all__ = ["to_markdown"]

#: What Markdown or HTML would take for marks of its own.
_SPECIAL = re.compile(r"([\\`*_\[\]<>|~#])")


def to_markdown(report: Report) -> str:
    """The report as CommonMark with tables."""
    parts = [f"# {_plain(report.title)}", _plain(report.subtitle)]
    for section in report.sections:
        parts.append(f"## {_plain(section.title)}")
        parts += [_plain(sentence) for sentence in section.sentences]
        parts += [_block(block, report.language) for block in section.blocks]
    parts.append("---")
    parts.append(" · ".join(f"{_plain(name)} {_plain(value)}" for name, value in report.versions.items()))
    return "\n\n".join(filter(None, parts)) + "\n"


def _block(block: Block, language: str) -> str:
    if isinstance(block, Chart):
        return f"**{_plain(block.title)}.** {_plain(block.description)}"
    if isinstance(block, Table):
        return _table(block)
    return "\n".join(_quote(quote, language) for quote in block)


def _table(table: Table) -> str:
    if len(table.headings) == 1:
        return f"**{_plain(table.title)}**\n\n```sh\n" + "\n".join(cell for (cell,) in table.rows) + "\n```"
    heads = [_plain(heading) for heading in table.headings]
    lines = [f"**{_plain(table.title)}**", "", f"| {' | '.join(heads)} |", "|---" + "|--:" * (len(heads) - 1) + "|"]
    lines += [f"| {' | '.join(_plain(cell) for cell in row)} |" for row in table.rows]
    return "\n".join(lines)


def _quote(quote: Quote, language: str) -> str:
    # A space beside marked words parts them from the others.
    title = "".join(f"**{_escaped(part)}**" if counted else _escaped(part) for part, counted in quote.title)
    day = day_text(quote.day, language) if quote.day else say(language, "report_undated")
    # An address in angle brackets ends at the first `>` or space.
    address = re.sub(r"[<>\s]", lambda found: f"%{ord(found.group()):02X}", quote.url)
    linked = f"[{title}](<{address}>)" if address else title
    contexts = "".join(f"\n  - … {_plain(f'{before}[{words}]{after}')} …" for before, words, after in quote.contexts)
    return f"- {_plain(day)} · {_plain(quote.source)}{say(language, 'colon')}{linked}{contexts}"


def _plain(text: str) -> str:
    return _escaped(text.strip())


def _escaped(text: str) -> str:
    """The text on one line, without marks; a space at its ends stays."""
    return _SPECIAL.sub(r"\\\1", re.sub(r"\s+", " ", text))

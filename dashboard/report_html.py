"""A report as one HTML file: opens without a network, prints well, and runs no script."""

from __future__ import annotations

from html import escape
from importlib.resources import files

from vigie.dashboard.report import Block, Chart, Report, Section, Table
from vigie.dashboard.report_quotes import Quote
from vigie.dashboard.words import say
from vigie.locales import day_text

__all__ = ["to_html"]

#: Rows of a table that is not broken over printed pages.
_WHOLE = 16
#: Nothing is fetched and nothing runs, whatever a title may hold.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def to_html(report: Report) -> str:
    """The report as one file."""
    language = report.language
    contents = "".join(
        f'<li><a href="#s{number}">{escape(section.title)}</a></li>' for number, section in enumerate(report.sections, 1)
    )
    style = (files("vigie.dashboard") / "report.css").read_text(encoding="utf-8")
    versions = " · ".join(f"{escape(name)} {escape(value)}" for name, value in report.versions.items())
    return (
        f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="generator" content="vigie">\n'
        f"<title>{escape(report.title)} · {escape(report.subtitle)}</title>\n<style>{style}</style>\n</head>\n<body>\n"
        f'<header><h1>{escape(report.title)}</h1>\n<p class="period">{escape(report.subtitle)}</p></header>\n'
        f'<nav aria-label="{escape(say(language, "report_contents"))}"><ol>{contents}</ol></nav>\n<main>\n'
        + "".join(_section(section, number, language) for number, section in enumerate(report.sections, 1))
        + f"</main>\n<footer>{versions}</footer>\n</body>\n</html>\n"
    )


def _section(section: Section, number: int, language: str) -> str:
    sentences = "".join(f"<p>{escape(sentence)}</p>\n" for sentence in section.sentences)
    blocks = "".join(_block(block, language) for block in section.blocks)
    return f'<section id="s{number}">\n<h2>{escape(section.title)}</h2>\n{sentences}{blocks}</section>\n'


def _block(block: Block, language: str) -> str:
    if isinstance(block, Chart):
        drawing = block.svg.replace("<svg ", f'<svg role="img" aria-label="{escape(block.description)}" ', 1)
        return f"<figure>\n<figcaption>{escape(block.title)}</figcaption>\n{drawing}\n</figure>\n"
    if isinstance(block, Table):
        return _table(block)
    return '<ol class="quotes">\n' + "".join(_quote(quote, language) for quote in block) + "</ol>\n"


def _table(table: Table) -> str:
    head = "".join(f'<th scope="col">{escape(heading)}</th>' for heading in table.headings)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>\n" for row in table.rows)
    # A short table stays on one printed page with its caption.
    whole = " whole" if len(table.rows) <= _WHOLE else ""
    kind = ' class="command"' if len(table.headings) == 1 else "" if table.numbers else ' class="words"'
    return (
        f'<div class="scroll{whole}"><table{kind}><caption>{escape(table.title)}</caption>\n'
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody></table></div>\n"
    )


def _quote(quote: Quote, language: str) -> str:
    title = "".join(f"<mark>{escape(part)}</mark>" if counted else escape(part) for part, counted in quote.title)
    if quote.url:
        title = f'<a href="{escape(quote.url)}" rel="noopener noreferrer">{title}</a>'
    day = day_text(quote.day, language) if quote.day else say(language, "report_undated")
    rules = f" · {escape(say(language, 'report_rule', rules=', '.join(quote.rules)))}" if quote.rules else ""
    contexts = "".join(
        f'<p class="context">… {escape(before)}<mark>{escape(words)}</mark>{escape(after)} …</p>'
        for before, words, after in quote.contexts
    )
    return (
        f'<li class="quote"><header>{escape(day)} · {escape(quote.source)}{rules}</header>'
        f'<p class="title" lang="{escape(quote.language)}">{title}</p>{contexts}</li>\n'
    )

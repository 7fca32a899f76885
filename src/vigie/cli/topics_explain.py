"""`vigie topics explain`: a text with what was found in it, and for each topic why it fires or does not."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from vigie.cli.common import DataOption, data_folder, language_code, readable_folder, told
from vigie.cli.terminal import make_console, printable
from vigie.errors import UsageError
from vigie.named_files import read_text

if TYPE_CHECKING:
    from vigie.matching import TopicSet
    from vigie.matching.explain import Explained, ExplainedTopic, Step

__all__ = ["explain"]

#: How a stretch of the text is shown on a terminal, and between what where there are no colours.
_STYLES = {"evidence": ("bold green", "[", "]"), "mention": ("underline", "{", "}"), "lost": ("dim strike", "~", "~")}


def explain(
    text: Annotated[
        str | None, typer.Argument(metavar="TEXT", help="The text; `-`: standard input.", show_default=False)
    ] = None,
    article: Annotated[str | None, typer.Option(metavar="ID", help="An article of the dataset, or how its id begins.")] = None,
    file: Annotated[Path | None, typer.Option(metavar="F", help="A file that holds the text.")] = None,
    title: Annotated[str, typer.Option(metavar="T", help="The title above the text.")] = "",
    language: Annotated[str | None, typer.Option(metavar="L", help="ISO 639-1 code. Default: detected.")] = None,
    data: DataOption = None,
    topic: Annotated[str | None, typer.Option(metavar="T", help="This topic alone, its whole rule.")] = None,
    topics: Annotated[
        list[Path] | None,
        typer.Option(
            "--topics", help="A topic file or directory; may be repeated. Default: an article's dataset's, else vigie's."
        ),
    ] = None,
) -> None:
    """Show what is found in a text, and for each topic which parts of its rule hold and what the others lack.

    Example: vigie topics explain "Macron a reçu Vladimir Poutine à Versailles."
    """
    with told():
        from vigie.matching.explain import Explainer

        asked = language_code(language or "", "--language")
        title, body, known = _asked(text, article, file, title, data_folder(data))
        loaded, which = _topics(topics, readable_folder(data) if article is not None else None)
        if topic is not None and topic not in loaded.topics:
            raise UsageError(f"--topic {topic}: there is no such topic; there are {', '.join(sorted(loaded.topics))}")
        code, how = _language(asked or known, title, body)
        about = f"Topics version {loaded.version}{which}. Language {code}{how}."
        _show(Explainer(loaded).explain(title, body, code), about, topic)


def _topics(paths: list[Path] | None, data: Path | None) -> tuple[TopicSet, str]:
    """The topics named, else those that the article's dataset is under, else vigie's own; and which of these they are."""
    from vigie.matching import load_topics, load_topics_text
    from vigie.storage import Dataset

    if paths:
        return load_topics(paths), ""
    stored = Dataset(data).read_version("topics") if data is not None else []
    if stored:
        return load_topics_text(stored[0].definition), ", the dataset's own"
    return load_topics(), ", vigie's own"


def _asked(text: str | None, article: str | None, file: Path | None, title: str, data: Path) -> tuple[str, str, str]:
    """Title, text, and the language where it is known."""
    if sum(given is not None for given in (text, article, file)) != 1:
        raise UsageError("name one thing to explain: a TEXT, --article ID, or --file F")
    if article is not None:
        return _article(article, data)
    if file is not None:
        return title, read_text(file), ""
    return title, sys.stdin.read() if text == "-" else str(text), ""


def _article(article: str, data: Path) -> tuple[str, str, str]:
    from vigie.queries import open_dataset

    sql = "SELECT title, text, language FROM articles WHERE starts_with(article_id, $id) LIMIT 2"
    with open_dataset(data) as connection:
        rows = connection.execute(sql, {"id": article}).fetchall()
    if len(rows) != 1:
        what = (
            "several articles have an id that begins so; give more of it" if rows else "no article of this dataset has that id"
        )
        raise UsageError(f"--article {article}: {what}; `vigie query articles` lists them, --format csv with ids")
    [(title, text, language)] = rows
    return title, text, language


def _language(given: str, title: str, text: str) -> tuple[str, str]:
    if given:
        return given, ""
    from vigie.language import LanguageDetector, LanguageInput

    [found] = LanguageDetector().detect_batch([LanguageInput(title, text)])
    return found.language, f", detected with confidence {found.confidence:.2f}"


def _show(explained: Explained, about: str, topic: str | None) -> None:
    console = make_console()
    for field, style in (("title", "bold"), ("text", "")):
        if getattr(explained, field):
            console.print(_highlighted(explained, field, style, plain=not console.is_terminal))
    legend = [Text(words, style if console.is_terminal else "") for words, style in (
        ("[evidence of a topic]", _STYLES["evidence"][0]), ("{mention}", "underline"), ("~does not count~", "dim strike"),
    )]  # fmt: skip
    console.print(Text.assemble(f"{about} Marked: ", *(part for each in legend for part in (each, "  "))), style="dim")
    for shown in sorted(explained.topics, key=lambda each: each.outcome not in ("fires", "is implied")):
        if shown.topic_id == topic or (topic is None and shown.step.touched):
            console.print()
            console.print(Text.assemble((shown.topic_id, "bold"), f" {shown.outcome}", _because(shown)))
            for line in _lines(shown.step, 1, whole=topic is not None, ascii_only=console.options.ascii_only):
                console.print(line)
    untouched = [shown.topic_id for shown in explained.topics if not shown.step.touched]
    if untouched and topic is None:
        console.print(Text(f"\nNot considered, since no concept of their rules is found: {', '.join(untouched)}."))
    if explained.lost and topic is None:
        console.print(Text("\nDoes not count", style="bold"))
        for lost in explained.lost:
            console.print(Text(printable(f"  “{lost.words}” as `{lost.concept}` ({lost.field} {lost.start}): {lost.why}")))


def _because(shown: ExplainedTopic) -> str:
    return f" ({shown.why})" if shown.why and shown.outcome == "fires" else f" {shown.why}" if shown.why else ""


def _lines(step: Step, depth: int, *, whole: bool, ascii_only: bool) -> Iterator[Text]:
    """A rule as a tree; parts of which nothing is found are counted, unless the whole rule is asked for."""
    yes, no = ("+", "-") if ascii_only else ("✓", "✗")
    why = f": {step.why}" if step.why else ""
    mark = (yes, "green") if step.held else (no, "red")
    yield Text.assemble("  " * depth, mark, " ", printable(f"{step.rule}{why}"))
    shown = [part for part in step.steps if whole or part.touched or step.kind == "all"]
    if step.kind == "none" and not whole:
        shown = [part for part in step.steps if part.held]
    for part in shown:
        yield from _lines(part, depth + 1, whole=whole, ascii_only=ascii_only)
    rest = len(step.steps) - len(shown)
    if rest and step.kind != "none":
        text = f"{rest} more" if shown else "either" if rest == 2 else f"all {rest}"
        yield Text.assemble("  " * (depth + 1), (no, "red"), f" {text}: no concept is found")


def _highlighted(explained: Explained, field: str, style: str, *, plain: bool) -> Text:
    """A field with what was found marked: evidence over mentions over what does not count."""
    content: str = getattr(explained, field)
    kinds = [""] * len(content)
    for kind, places in (
        ("lost", explained.lost),
        ("mention", explained.result.mentions),
        ("evidence", [evidence for match in explained.result.matches for evidence in match.evidence]),
    ):
        for place in places:
            if place.field == field:
                kinds[place.start : place.end] = [kind] * (place.end - place.start)
    shown = Text(style=style)
    for start, end in _runs(kinds):
        words, kind = printable(content[start:end]), kinds[start]
        colour, before, after = _STYLES.get(kind, ("", "", ""))
        shown.append(f"{before}{words}{after}" if plain else words, colour)
    return shown


def _runs(kinds: Sequence[str]) -> Iterator[tuple[int, int]]:
    start = 0
    for end in range(1, len(kinds) + 1):
        if end == len(kinds) or kinds[end] != kinds[start]:
            yield start, end
            start = end

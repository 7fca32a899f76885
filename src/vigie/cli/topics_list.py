"""``vigie topics list``: topics, the concepts that they rest on, and how a concept is written."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from vigie.cli.terminal import make_console
from vigie.errors import UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from vigie.matching import TopicSet
    from vigie.matching.model import Concept, Term

__all__ = ["TopicPaths", "list_topics"]

TopicPaths = Annotated[
    list[Path] | None, typer.Argument(help="Topic files, or directories of them; without any, the topics that come with vigie.")
]
_INDENT = "    "


def list_topics(
    paths: TopicPaths = None,
    concepts: Annotated[bool, typer.Option("--concepts", help="List the concepts and the number of their terms.")] = False,
    concept: Annotated[
        list[str] | None, typer.Option("--concept", metavar="ID", help="Show how a concept is written; may be repeated.")
    ] = None,
) -> None:
    """List the topics and what they mean, the concepts that they rest on, or how a concept is written."""
    from vigie.matching import load_topics

    topics = load_topics(paths)
    if concept:
        _show_concepts(topics, concept)
    elif concepts:
        make_console().print(_table_of_concepts(topics))
    else:
        _show_topics(topics)


def _show_topics(topics: TopicSet) -> None:
    from vigie.matching.lint import concepts_of

    console = make_console()
    for identifier, topic in sorted(topics.topics.items()):
        named = len({concept for concept, _ in concepts_of(topic.rule)})
        console.print(Text.assemble((identifier, "bold"), "  ", topic.labels.get("en", "")))
        said = f"{' '.join(topic.languages)}; {named} concepts"
        implied = f"; implies {', '.join(topic.implies)}" if topic.implies else ""
        _print_below(console, said + implied, topic.description, "")


def _table_of_concepts(topics: TopicSet) -> Table:
    table = Table(show_edge=False, pad_edge=False)
    for heading in ("concept", "label", *topics.languages, "all", "includes"):
        is_text = heading in ("concept", "label", "includes")
        # An id is copied: it may not be cut.
        table.add_column(heading, justify="left" if is_text else "right", no_wrap=heading == "concept", overflow="fold")
    for identifier, concept in sorted(topics.concepts.items()):
        if concept.helper:
            continue
        counts = [sum(language in term.languages for term in concept.terms) for language in (*topics.languages, "all")]
        table.add_row(identifier, concept.labels.get("en", ""), *map(str, counts), ", ".join(concept.include))
    return table


def _show_concepts(topics: TopicSet, wanted: list[str]) -> None:
    from vigie.matching.places import closest

    for identifier in wanted:
        if identifier not in topics.concepts:
            near = closest(identifier, topics.concepts)
            raise UsageError(f"there is no concept `{identifier}`{near}: `vigie topics list --concepts` lists them")
    console = make_console()
    for identifier in wanted:
        concept = topics.concepts[identifier]
        labels = "; ".join(f"{language} {label}" for language, label in sorted(concept.labels.items()))
        console.print(Text.assemble((identifier, "bold"), "  ", labels))
        _print_below(console, *_conditions(concept), *_terms(topics, concept), "")


def _print_below(console: Console, *lines: str) -> None:
    """Lines below a heading, indented and wrapped."""
    for line in lines:
        wrapped = textwrap.wrap(line, max(console.width - len(_INDENT), 20), break_long_words=False, break_on_hyphens=False)
        console.print(Text("\n".join(_INDENT + part for part in wrapped)), soft_wrap=True)


def _conditions(concept: Concept) -> Iterator[str]:
    """What makes it count, or not, beside its terms."""
    if concept.helper:
        yield "serves rules alone, and is not stored as a mention"
    for says, names in (
        ("includes", concept.include),
        ("counts only in articles with one of", concept.only_with),
        ("does not count in articles with", concept.never_with),
    ):
        if names:
            yield f"{says} {', '.join(names)}"
    for guard in concept.unless:
        if guard.kind == "byline":
            yield "does not count as the credit of a text"
        else:
            near = f", with at most {guard.within} words between" if guard.within else ""
            yield f"does not count {guard.kind} {', '.join(guard.concepts)}{near}"


def _terms(topics: TopicSet, concept: Concept) -> Iterator[str]:
    for says, terms in (("", concept.terms), ("but not in ", concept.phrases_apart)):
        for language in (*topics.languages, "all"):
            written = [_written(term, topics, language) for term in terms if language in term.languages]
            if written:
                yield f"{says}{language}: {', '.join(written)}"


def _written(term: Term, topics: TopicSet, language: str) -> str:
    """A term as it is searched for in a language, with what restricts it."""
    forms = topics.forms.get(language, {}).get(term.text, ()) if term.inflect else ()
    said = [
        *([f"{len(forms)} forms"] if term.inflect else []),
        *(["in this case"] if term.case else []),
        *(["in titles"] if term.title else []),
        *([f"not before {', '.join(term.not_before)}"] if term.not_before else []),
        *([f"not after {', '.join(term.not_after)}"] if term.not_after else []),
    ]
    return f"{term.text} ({'; '.join(said)})" if said else term.text

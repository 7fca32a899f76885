"""``vigie topics``: check topic files, list what they hold, and run them over texts of one's own."""

from __future__ import annotations

import codecs
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from vigie.cli.common import language_code
from vigie.cli.topics_audit import audit
from vigie.cli.topics_diff import diff
from vigie.cli.topics_evaluate import evaluate
from vigie.cli.topics_explain import explain
from vigie.cli.topics_list import TopicPaths, list_topics
from vigie.cli.topics_override import override
from vigie.errors import UsageError
from vigie.jsonl import read_line

__all__ = ["app"]

app = typer.Typer(
    help="The topics: check the files, list them, run them over texts of your own, and measure how good they are.",
    no_args_is_help=True,
)

_Topics = Annotated[
    list[Path] | None,
    typer.Option("--topics", help="A topic file or directory in place of the shipped ones; may be repeated."),
]
_BATCH = 256  # Lines whose language is detected together.


@app.command()
def check(paths: TopicPaths = None) -> None:
    """Check topic files: every fault with its file, line and key, and what would be right."""
    from vigie.matching import load_topics

    topics = load_topics(paths, lint=True)
    Console().print(
        f"{len(topics.topics)} topics, {len(topics.concepts)} concepts, {topics.term_count} strings searched for in "
        f"{', '.join(topics.languages)}: no faults. Version {topics.version}.",
        soft_wrap=True,
    )


app.command("list")(list_topics)


@app.command()
def match(
    file: Annotated[str, typer.Argument(help='JSON lines: {"id", "title", "text"[, "language"]}; `-`: standard input.')],
    topics: _Topics = None,
) -> None:
    """Run the topics over texts: one line of JSON out for each one in, with language, topics, strength and evidence.

    Where a line says no `language`, it is detected, with `declared_language` and `languages` (those of the source) as a prior.
    Strength is the amount of evidence, no probability.
    """
    from vigie.matching import load_topics

    loaded = load_topics(topics)
    for document, language, confidence in _with_language(_documents(file)):
        title, text = document["title"], document["text"]
        result = loaded.match(title, text, language)
        found = [
            {
                "topic": found.topic_id,
                "strength": found.strength,
                "lead": found.lead,
                "evidence": [
                    {"concept": e.concept, "rule": e.rule, "field": e.field, "start": e.start, "end": e.end, "text": e.text}
                    for e in found.evidence
                ],
            }
            for found in result.matches
        ]
        line = {
            "id": document["id"],
            "language": language,
            "confidence": confidence,
            "topics_version": loaded.version,
            "topics": found,
        }
        sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")


@app.command()
def forms(
    paths: TopicPaths = None,
    out: Annotated[Path | None, typer.Option("--out", help="The file to write; without it, standard output.")] = None,
) -> None:
    """Write down all case forms of the inflected terms, so that they can be read, and loading needs no dictionary."""
    from vigie.matching.loading import forms_text

    text = forms_text(paths)
    if out is None:
        sys.stdout.write(text)
    else:
        try:
            out.write_text(text, "utf-8")
        except OSError as error:
            raise UsageError(
                f"--out {out}: cannot be written ({error.strerror}); name a file in a folder you can write"
            ) from None


for _command in (explain, evaluate, audit, diff, override):
    app.command()(_command)


def _documents(file: str) -> Iterator[dict[str, Any]]:
    name = "standard input" if file == "-" else file
    for number, line in enumerate(_lines(file), 1):
        place = f"{name}:{number}"
        try:
            text = line.removeprefix(codecs.BOM_UTF8 if number == 1 else b"").decode()
        except UnicodeDecodeError as error:
            raise UsageError(f"{place}: is not UTF-8 (byte {error.start}): save it as UTF-8") from None
        if text.strip():
            yield _document(text, place)


def _lines(file: str) -> Iterator[bytes]:
    if file == "-":
        yield from sys.stdin.buffer
        return
    try:
        with Path(file).open("rb") as stream:
            yield from stream
    except FileNotFoundError:
        raise UsageError(f"{file}: no such file; name a file of JSON lines, or `-` for standard input") from None
    except OSError as error:
        raise UsageError(f"{file}: cannot be read: {error.strerror}") from None


def _document(line: str, place: str) -> dict[str, Any]:
    document = read_line(line, place)
    if not isinstance(document, dict) or "id" not in document:
        raise UsageError(f'{place}: each line is an object with at least "id", and "title" or "text"')
    for key in ("title", "text", "language", "declared_language"):
        value = document.get(key)
        if value is None:
            document[key] = ""
        elif not isinstance(value, str):
            raise UsageError(f"{place}: {key}: must be a text, not {type(value).__name__}")
    document["language"] = language_code(document["language"], f"{place}: language")
    languages = document.setdefault("languages", None) or []
    if not isinstance(languages, list) or not all(isinstance(language, str) for language in languages):
        raise UsageError(f"{place}: languages: must be a list of language codes")
    document["languages"] = tuple(languages)
    return document


def _with_language(documents: Iterable[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], str, float | None]]:
    """Each document with its language, as given (confidence None) or as detected."""
    batch: list[dict[str, Any]] = []
    try:
        for document in documents:
            batch.append(document)
            if len(batch) == _BATCH:
                full, batch = batch, []
                yield from _detected(full)
    except UsageError:  # What was read before the fault is answered.
        yield from _detected(batch)
        raise
    yield from _detected(batch)


def _detected(batch: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], str, float | None]]:
    unknown = [document for document in batch if not document["language"]]
    answers: Iterator[Any] = iter(())
    if unknown:
        from vigie.language import LanguageDetector, LanguageInput

        inputs = [LanguageInput(d["title"], d["text"], d["declared_language"], d["languages"]) for d in unknown]
        answers = iter(LanguageDetector().detect_batch(inputs))
    for document in batch:
        if document["language"]:
            yield document, document["language"], None
        else:
            answer = next(answers)
            yield document, answer.language, answer.confidence

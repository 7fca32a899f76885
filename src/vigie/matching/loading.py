"""Topic files → a checked, compiled set of topics.

Example:
    >>> topics = load_topics()
    >>> [found.topic_id for found in topics.match("Macron receives Putin at Versailles", "", "en").matches]
    ['franco-russian-relations']
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Sequence
from importlib import resources
from pathlib import Path

import yaml

from vigie.errors import UsageError
from vigie.matching.inflection import complete_forms, forms_missing
from vigie.matching.lint import check
from vigie.matching.model import Declared
from vigie.matching.places import Problems
from vigie.matching.reading import read_files
from vigie.matching.topic_set import TopicSet
from vigie.matching.unreachable import check_reach
from vigie.named_files import read_text

__all__ = ["FORMS_FILE", "forms_text", "load_topics", "load_topics_text"]

#: The file of generated case forms.
FORMS_FILE = "forms.yaml"


def load_topics(paths: Sequence[Path] | None = None, *, lint: bool | None = None) -> TopicSet:
    """Load topics from files and directories of `*.yaml`; the shipped ones where none are given.

    Args:
        paths: Files and directories.
        lint: Whether to look for faults that only make a topic worse than it was meant, which takes as long as the rest.
            None: in files that are named, not in the shipped ones, which a test looks through.

    Raises:
        UsageError: A path is missing, or anything in the files is wrong: every fault on a line of its own, as
            `file:line: key: what is wrong and what would be right`; or they define no topic.
    """
    topics = _build(tuple(_texts(paths)), lint=paths is not None if lint is None else lint)
    if not topics.topics:
        named = ", ".join(map(str, paths or ()))
        raise UsageError(f"{named}: defines no topic; write one under `topics:`, or name the folder of all your files")
    return topics


def load_topics_text(text: str, name: str = "topics", *, lint: bool = False) -> TopicSet:
    """Load topics from the text of one file, as :attr:`TopicSet.definition` gives it.

    A definition that a dataset keeps must stay loadable, so a later version's lint has no say in it unless asked.

    Raises:
        UsageError: Anything in it is wrong.
    """
    return _build(((name, text),), lint=lint)


def forms_text(paths: Sequence[Path] | None = None) -> str:
    """A YAML file of the case forms of all inflected terms, but for those that a file other than `forms.yaml` gives itself.

    Raises:
        UsageError: Anything in the files is wrong, or a form cannot be generated.
    """
    problems = Problems()
    files = [(name, text) for name, text in _texts(paths) if Path(name).name != FORMS_FILE]
    declared, _ = read_files(files, problems)
    generated = {language: dict[str, str]() for language, _ in forms_missing(declared)}
    forms = complete_forms(declared, problems)
    problems.raise_if_any()
    for language, term in forms_missing(declared):
        generated[language][term.text] = ", ".join(forms[language][term.text])
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    body = yaml.dump({"forms": generated}, Dumper=dumper, allow_unicode=True, sort_keys=True, width=2000)
    return (
        f"# Case forms of the `inflect` terms, written by `vigie topics forms --out topics/{FORMS_FILE}`: do not edit.\n{body}"
    )


def _texts(paths: Sequence[Path] | None) -> list[tuple[str, str]]:
    """The files, by name and text."""
    if paths is None:
        shipped = [entry for entry in resources.files("vigie.topics").iterdir() if entry.name.endswith(".yaml")]
        return [(f"topics/{entry.name}", entry.read_text("utf-8")) for entry in sorted(shipped, key=lambda e: e.name)]
    return [(str(file), read_text(file)) for path in paths for file in _files_of(path)]


def _files_of(path: Path) -> list[Path]:
    if path.is_dir():
        files = sorted(path.glob("*.yaml"))
        if not files:
            raise UsageError(f"{path}: holds no *.yaml file; name a topic file or a directory of them")
        return files
    if not path.exists():
        raise UsageError(f"{path}: no such file; name a topic file or a directory of them")
    return [path]


@functools.lru_cache(maxsize=2)  # A process asks for the same again: it takes a second, and nothing in a set changes.
def _build(files: tuple[tuple[str, str], ...], *, lint: bool) -> TopicSet:
    problems = Problems()
    declared, plain = read_files(files, problems)
    forms = complete_forms(declared, problems)
    declared = dataclasses.replace(declared, forms=forms)
    if lint:
        check(declared, problems)
        check_reach(declared, problems)
    problems.raise_if_any()
    used = _used_forms(declared)
    plain["forms"] = {
        language: {phrase: ", ".join(found) for phrase, found in phrases.items()} for language, phrases in used.items()
    }
    topics = TopicSet(dataclasses.replace(declared, forms=used), plain)
    if lint:
        topics.check_rules(problems)
        problems.raise_if_any()
    return topics


def _used_forms(declared: Declared) -> dict[str, dict[str, tuple[str, ...]]]:
    """The forms that a term asks for; others are no part of the definition."""
    used: dict[str, dict[str, tuple[str, ...]]] = {}
    for concept in declared.concepts.values():
        for term in (*concept.terms, *concept.phrases_apart):
            for language in term.languages if term.inflect else ():
                used.setdefault(language, {})[term.text] = tuple(declared.forms[language][term.text])
    return used

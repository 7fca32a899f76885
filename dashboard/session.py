"""One reader's visit to one page: the data, the choices, and the questions asked, each answer kept while the data stays."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import takewhile
from typing import Any

import duckdb
import streamlit as st

from vigie.dashboard.escaping import plain
from vigie.dashboard.look import Look
from vigie.dashboard.url_state import UrlState
from vigie.errors import VigieError
from vigie.queries import Answer, Parameters, ask, data_version, list_questions, load_question, open_dataset
from vigie.queries.choices import Choices, choices_of

__all__ = ["Visit", "known_names", "newest_version", "told"]

#: Seconds after which new files are looked for.
_FRESH = 5
#: Memory that the pages' own questions may take; the workbench has its own bound.
_MEMORY = "2GiB"


@dataclass(slots=True)
class Visit:
    """What a page needs to ask and to draw.

    Attributes:
        data: The dataset's folder.
        version: The state of its data.
        choices: The names it knows.
        look: The reader's language and background.
        url: The choices that stand in the address.
        filters: Parameters that hold on every page, by name.
        known_by: Only what had been collected before this moment counts; None: all.
    """

    data: str
    version: str
    choices: Choices
    look: Look
    url: UrlState
    filters: dict[str, Any] = field(default_factory=dict)
    known_by: datetime | None = None

    def say(self, key: str, **values: object) -> str:
        """Words in the reader's language."""
        return self.look.say(key, **values)

    def has(self, question: str) -> bool:
        """Whether there is such a question."""
        return any(known.name == question for known in list_questions())

    def ask(self, question: str, **given: Any) -> Answer:
        """Ask, with the filters of the page that the question takes and what is given besides; None takes a filter out."""
        takes = load_question(question).takes
        asked = {**{name: value for name, value in self.filters.items() if name in takes}, **given}
        parameters = Parameters(**{name: value for name, value in asked.items() if value is not None})
        return _answer(self.data, self.version, self.known_by, question, parameters, language=self.look.language)

    def topic_name(self, topic: str | None) -> str:
        """What a topic is called."""
        return self.say("all_articles") if topic is None else self.choices.topics.get(topic, topic)

    def source_name(self, source: str) -> str:
        """What a source is called."""
        return self.choices.sources.get(source, source)

    def outlet_name(self, cited: str) -> str:
        """What whoever is cited is called: an outlet, or editions that are taken together, by what their names begin with."""
        names = [name for outlet, name in self.choices.outlets.items() if outlet == cited or outlet.startswith(f"{cited}-")]
        shared = [
            words[0] for words in takewhile(lambda words: len(set(words)) == 1, zip(*map(str.split, names), strict=False))
        ]
        return " ".join(shared) or " / ".join(sorted(set(names))) or cited


@contextmanager
def told(look: Look) -> Iterator[None]:
    """Show what goes wrong in a part of a page as one line in its place; the rest of the page works."""
    try:
        yield
    except VigieError as error:
        st.error(plain(look.say("error_in_english") + str(error)), icon=":material/error:")
    except (duckdb.Error, OSError) as error:
        first = next(iter(str(error).splitlines()), type(error).__name__)
        st.error(plain(f"{first} {look.say('unreadable')}"), icon=":material/error:")


@st.cache_data(ttl=_FRESH, show_spinner=False)
def newest_version(data: str) -> str:
    """The state of the data in a folder.

    Raises:
        UsageError: There is no dataset in it; the message names the remedy.
    """
    return data_version(data)


@st.cache_resource(max_entries=3, show_spinner=False)
def _connection(data: str, version: str, known_by: datetime | None) -> duckdb.DuckDBPyConnection:
    """One database for all visits; files never change once they are there, so a state needs to be opened once."""
    return open_dataset(data, memory_limit=_MEMORY, known_by=known_by)


@st.cache_data(max_entries=4, show_spinner=False)
def known_names(data: str, version: str, language: str) -> Choices:
    """The names that the data knows, those of topics in the reader's language.

    Raises:
        UsageError: A file cannot be read; the message names it and the remedy.
    """
    return choices_of(_connection(data, version, None).cursor(), language)


@st.cache_data(max_entries=500, show_spinner=False, hash_funcs={Parameters: repr})
def _answer(
    data: str, version: str, known_by: datetime | None, question: str, parameters: Parameters, *, language: str
) -> Answer:
    return ask(_connection(data, version, known_by).cursor(), question, parameters, language=language)

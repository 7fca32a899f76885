"""What a page shows stands in its address: a link shows the same thing to a colleague.

A value is taken from the address when a page is opened or its address changes (a link, the browser's way back), and
written into it when a reader chooses; what is the default is not written. Between pages the choices are carried on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date
from typing import Any, TypeVar

import streamlit as st

from vigie.dashboard.look import Look
from vigie.queries.names import nearest

__all__ = ["FIRST_DAY", "LAST_DAY", "UrlState", "query_of"]

T = TypeVar("T")
#: Days that can be asked for: no feed is older.
FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2100, 12, 31)
#: Choices that hold for the page on which they are made alone.
_OF_ONE_PAGE = frozenset({"pick", "article", "sql", "q", "view", "only", "story", "also", "cites", "mark", "set"})


class UrlState:
    """The choices of one run of a page."""

    def __init__(self, page: str, look: Look) -> None:
        """Carry on what was chosen where the page has changed and its address asks for nothing.

        Args:
            page: The page's path.
            look: The language of complaints.
        """
        self.look = look
        #: What the address asks for and cannot be had, in sentences.
        self.complaints: list[str] = []
        #: What is chosen and is not the default, as it stands in the address.
        self.chosen: dict[str, tuple[str, ...]] = {}
        memory: Mapping[str, tuple[str, ...]] = st.session_state.get("carried", {})
        #: Whether another page was shown before: its widgets' values would be lost with them.
        self.moved = st.session_state.get("page") not in (None, page)
        # What the page before had to itself is not asked of this one; a link that asks for something says it anew.
        for name, texts in st.session_state.get("of_page", {}).items() if self.moved else ():
            if tuple(st.query_params.get_all(name)) == texts:
                del st.query_params[name]
        st.session_state["of_page"] = {}
        if self.moved and not set(st.query_params) - {"lang"}:
            for name, texts in memory.items():
                st.query_params[name] = list(texts)
        st.session_state["page"] = page

    def choice(self, name: str, options: Sequence[str], default: str | None = None, *, what: str = "") -> str | None:
        """Fix the value of a widget whose key is `name` before it is drawn: one of the options.

        Args:
            name: Name in the address and key of the widget.
            options: What can be chosen.
            default: What holds where nothing is said.
            what: What an option is called, where an unknown one is complained of.
        """

        def read(texts: tuple[str, ...]) -> str | None:
            if texts[-1] in options:
                return texts[-1]
            self._complain(name, texts[-1], options, what)
            return default

        return self._adopt(name, read, default)

    def choices(self, name: str, options: Sequence[str], *, what: str = "") -> list[str]:
        """The same for a widget of several values; the default is none."""

        def read(texts: tuple[str, ...]) -> list[str]:
            for text in texts:
                if text not in options:
                    self._complain(name, text, options, what)
            return [text for text in texts if text in options]

        none: list[str] = []
        return list(self._adopt(name, read, none))

    def day(self, name: str) -> date | None:
        """The same for a day; the default is none."""

        def read(texts: tuple[str, ...]) -> date | None:
            day: date | None = None
            with suppress(ValueError):
                day = date.fromisoformat(texts[-1])
            if day is None or not FIRST_DAY <= day <= LAST_DAY:
                self.complaints.append(self.look.say("bad_day", name=name, value=texts[-1]))
                return None
            return day

        return self._adopt(name, read, None)

    def flag(self, name: str) -> bool:
        """The same for a switch; the default is off."""
        return self._adopt(name, lambda texts: texts[-1] == "yes", False)

    def text(self, name: str, default: str = "") -> str:
        """The same for a line of text."""
        return self._adopt(name, lambda texts: texts[-1], default)

    def keep(self, name: str, value: Any, default: Any = None) -> None:
        """Write what was chosen into the address; the default, and nothing, is not written."""
        texts = () if value is None or value == default or value in ("", False, []) else _texts(value)
        if texts:
            st.query_params[name] = list(texts)
            self.chosen[name] = texts
            if name in _OF_ONE_PAGE:
                st.session_state["of_page"] = {**st.session_state["of_page"], name: texts}
        elif name in st.query_params:
            del st.query_params[name]
        st.session_state[f"at:{name}"] = texts
        carried = {key: kept for key, kept in st.session_state.get("carried", {}).items() if key != name}
        if texts and name not in _OF_ONE_PAGE:
            carried[name] = texts
        st.session_state["carried"] = carried

    def _adopt(self, name: str, read: Callable[[tuple[str, ...]], T], default: T) -> T:
        texts = tuple(st.query_params.get_all(name))
        if self.moved or name not in st.session_state or texts != st.session_state.get(f"at:{name}", ()):
            st.session_state[name] = read(texts) if texts and texts[-1] else default
        value: T = st.session_state[name]
        return value

    def _complain(self, name: str, value: str, options: Sequence[str], what: str) -> None:
        near = nearest(value, options, self.look.language)
        self.complaints.append(self.look.say("no_such", what=what or name, value=value, nearest=near))


def query_of(chosen: Mapping[str, Iterable[str]], **changed: Any) -> dict[str, list[str]]:
    """The choices of a page with some changed, as a link to another takes them; None takes one out."""
    query = {name: list(texts) for name, texts in chosen.items() if name not in _OF_ONE_PAGE}
    for name, value in changed.items():
        query.pop(name, None)
        if value not in (None, "", [], ()):
            query[name] = list(_texts(value))
    return query


def _texts(value: Any) -> tuple[str, ...]:
    if value is True:
        return ("yes",)
    if isinstance(value, date):
        return (value.isoformat(),)
    return (value,) if isinstance(value, str) else tuple(str(item) for item in value)

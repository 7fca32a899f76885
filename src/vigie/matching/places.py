"""Where in which file something was written, and a collection of all that is wrong with it.

YAML is read as nodes, not as values: every word keeps its line, every scalar stays the text that was written (``no`` is
Norwegian, not False), and a key that stands twice is seen.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from vigie.errors import UsageError

__all__ = ["Place", "Problems", "Reader", "closest"]

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
#: How deep things may stand within each other, which no rule that is read by people reaches.
_DEEPEST = 50


@dataclass(frozen=True, slots=True)
class Place:
    """A key in a file."""

    file: str
    line: int
    key: str

    def __str__(self) -> str:
        """As errors name it: ``file:line: key``."""
        return f"{self.file}:{self.line}: {self.key}" if self.key else f"{self.file}:{self.line}"


def closest(word: str, known: Iterable[str]) -> str:
    """`` (did you mean …?)`` where a known word is near, else the empty text."""
    near = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f" (did you mean `{near[0]}`?)" if near else ""


@dataclass
class Problems:
    """All that is wrong, in the order found; reported together so that one run of `check` shows everything."""

    found: list[tuple[Place, str]] = field(default_factory=list)

    def add(self, place: Place, message: str) -> None:
        """Note one problem: what is wrong, and what would be right."""
        if (place, message) not in self.found:
            self.found.append((place, message))

    def lines(self) -> list[str]:
        """One line a problem, by file and line."""
        ordered = sorted(self.found, key=lambda problem: (problem[0].file, problem[0].line))
        return [f"{place}: {message}" for place, message in ordered]

    def raise_if_any(self) -> None:
        """Raise what was found.

        Raises:
            UsageError: There is at least one problem.
        """
        if self.found:
            raise UsageError("\n".join(self.lines()))


def _endless(node: yaml.Node, around: tuple[yaml.Node, ...], done: set[yaml.Node]) -> yaml.Node | None:
    """The first node that an alias makes a part of itself, or that lies too deep."""
    if node in around or len(around) > _DEEPEST:
        return node
    if not isinstance(node, yaml.CollectionNode) or node in done:
        return None
    children = node.value if isinstance(node, yaml.SequenceNode) else [value for _, value in node.value]
    found = (_endless(child, (*around, node), done) for child in children)
    first = next((each for each in found if each is not None), None)
    done.add(node)
    return first


@dataclass(frozen=True)
class Reader:
    """A node of a YAML file with its place, read by what it should be; what it is not becomes a problem."""

    node: yaml.Node
    place: Place
    problems: Problems

    @classmethod
    def of_text(cls, text: str, file: str, problems: Problems) -> Reader | None:
        """The root of a YAML text; None where there is nothing to read, or it is no YAML."""
        try:
            node = yaml.compose(text, Loader=_Loader)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line = mark.line + 1 if mark else 1
            problems.add(Place(file, line, ""), f"no valid YAML: {error.problem or error.context}")
            return None
        except yaml.YAMLError as error:
            problems.add(Place(file, 1, ""), f"no valid YAML: {' '.join(str(error).split())}")
            return None
        except RecursionError:
            problems.add(Place(file, 1, ""), f"no valid YAML: nested more than {_DEEPEST} deep")
            return None
        if node is None:
            return None
        endless = _endless(node, (), set())
        if endless is not None:
            why = f"nested more than {_DEEPEST} deep, or an alias (`*…`) within what it stands for: write out what is meant"
            problems.add(Place(file, endless.start_mark.line + 1, ""), why)
            return None
        return cls(node, Place(file, node.start_mark.line + 1, ""), problems)

    def problem(self, message: str) -> None:
        """Note a problem with this node."""
        self.problems.add(self.place, message)

    @property
    def is_mapping(self) -> bool:
        """Whether it is `key: value` pairs."""
        return isinstance(self.node, yaml.MappingNode)

    @property
    def is_text(self) -> bool:
        """Whether it is a single value."""
        return isinstance(self.node, yaml.ScalarNode)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is written: `key:` and no more."""
        return isinstance(self.node, yaml.ScalarNode) and not self.node.style and self.node.value in ("", "~", "null")

    def _child(self, node: yaml.Node, key: str) -> Reader:
        path = f"{self.place.key}.{key}" if self.place.key else key
        return Reader(node, Place(self.place.file, node.start_mark.line + 1, path), self.problems)

    def entries(self) -> Iterator[tuple[str, Reader]]:
        """The pairs of a mapping; a key that stands twice is a problem and the second is passed over."""
        if not isinstance(self.node, yaml.MappingNode):
            if not self.is_empty:
                self.problem("here belong `key: value` pairs")
            return
        seen: dict[str, int] = {}
        for key_node, value_node in self.node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                self.problems.add(Place(self.place.file, line, self.place.key), "a key must be a single word")
                continue
            key = str(key_node.value)
            path = f"{self.place.key}.{key}" if self.place.key else key
            place = Place(self.place.file, line, path)
            if key in seen:
                self.problems.add(place, f"`{key}` stands twice, first in line {seen[key]}: keep one")
                continue
            seen[key] = line
            yield key, Reader(value_node, place, self.problems)

    def fields(self, allowed: Iterable[str], *, required: Iterable[str] = ()) -> dict[str, Reader]:
        """The pairs of a mapping whose keys are known; unknown and missing ones are problems."""
        known = tuple(allowed)
        result = {}
        for key, value in self.entries():
            if key in known:
                result[key] = value
            else:
                value.problem(f"unknown key{closest(key, known)}; known are {', '.join(known)}")
        for key in required:
            if key not in result:
                self.problem(f"`{key}` is missing")
        return result

    def items(self) -> list[Reader]:
        """The items of a list; a problem where it is none."""
        if isinstance(self.node, yaml.SequenceNode):
            return [self._child(node, str(i + 1)) for i, node in enumerate(self.node.value)]
        if not self.is_empty:
            self.problem("here belongs a list")
        return []

    def text(self) -> str:
        """A single value as it is written; a problem, and the empty text, where it is something else or nothing."""
        if isinstance(self.node, yaml.ScalarNode) and not self.is_empty:
            return str(self.node.value)
        self.problem("here belongs a word or a text")
        return ""

    def texts(self) -> list[str]:
        """A list of single values; one value alone is a list of one."""
        return [self.text()] if self.is_text and not self.is_empty else [item.text() for item in self.items()]

    def _parsed(self, parse: Callable[[str], Any], wanted: str, default: Any) -> Any:
        value = self.text()
        try:
            return parse(value)
        except (ValueError, KeyError):
            self.problem(f"`{value}` is not {wanted}")
            return default

    def number(self, *, least: int = 0) -> int:
        """A whole number, not below `least`."""
        value: int = self._parsed(int, "a whole number", least)
        if value < least:
            self.problem(f"must be at least {least}")
            return least
        return value

    def decimal(self) -> float:
        """A number."""
        value = float(self._parsed(float, "a number", 1.0))
        if not math.isfinite(value):
            self.problem(f"`{value}` is no number that others can be compared with")
            return 1.0
        return value

    def flag(self) -> bool:
        """`true` or `false`."""
        return bool(self._parsed({"true": True, "false": False}.__getitem__, "`true` or `false`", False))

    def plain(self) -> Any:
        """The node as strings, lists and dictionaries: what is kept as the definition."""
        if isinstance(self.node, yaml.MappingNode):
            return {key: value.plain() for key, value in self.entries()}
        if isinstance(self.node, yaml.SequenceNode):
            return [item.plain() for item in self.items()]
        return None if self.is_empty else str(self.node.value)

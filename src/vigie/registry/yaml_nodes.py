"""Read YAML so that every mistake can be named by file, line and key, all of a file at once.

The file is composed to nodes, not loaded to objects: nodes know their lines, and a scalar keeps its text, so that the
country `NO` is not read as false, nor a version `1.10` as a number.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection
from datetime import date

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from vigie.errors import UsageError

__all__ = ["Block", "Problems", "read_document", "suggestion"]

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the C parser reads the shipped registry ten times as fast
_NULL = "tag:yaml.org,2002:null"
_BOOL = "tag:yaml.org,2002:bool"
_TRUE = ("true", "yes", "on")


class Problems:
    """What is wrong in one file, collected so that all of it is told at once."""

    def __init__(self, file: str) -> None:
        """Nothing is wrong yet in the file of this name."""
        self.file = file
        self._found: list[tuple[int, str]] = []

    def add(self, line: int, key: str, message: str) -> None:
        """Note one problem at a line (from 1) under a key; the message names the remedy."""
        self._found.append((line, f"{self.file}:{line}: {key}: {message}"))

    def raise_if_any(self) -> None:
        """End with everything noted, in order of lines.

        Raises:
            UsageError: Something was noted; a line each, under a line that counts them where there are several.
        """
        if self._found:
            lines = [line for _, line in sorted(self._found, key=lambda found: found[0])]
            count = [f"{self.file}: {len(lines)} errors"] if len(lines) > 1 else []
            raise UsageError("\n".join(count + lines))


def suggestion(word: str, known: Collection[str]) -> str:
    """`; did you mean …?` where a known word is near, else the known words when they are few, else nothing."""
    near = difflib.get_close_matches(word, known, n=1)
    if near:
        return f"; did you mean {near[0]}?"
    return f"; known are {', '.join(known)}" if 0 < len(known) <= 16 else ""


def read_document(text: str, file: str) -> Node | None:
    """The one YAML document of a file as nodes, None for an empty file.

    Raises:
        UsageError: It is no YAML; file and line are named.
    """
    try:
        node: Node | None = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        reason = error.problem or error.context or "it cannot be read"
        if mark and _set_in_with_a_tab(text, mark.line):
            raise UsageError(
                f"{file}:{line}: this is not valid YAML: lines are set in with spaces, and here is a tab"
            ) from None
        raise UsageError(
            f"{file}:{line}: this is not valid YAML: {reason}; check indentation, colons and quotes there"
        ) from None
    except yaml.YAMLError as error:
        reason = str(error).splitlines()[0]
        raise UsageError(f"{file}:1: this is not valid YAML: {reason}; save it as plain UTF-8 text") from None
    except RecursionError:
        raise UsageError(f"{file}:1: this YAML is nested far deeper than any such file; check its brackets") from None
    return node


def _set_in_with_a_tab(text: str, number: int) -> bool:
    lines = text.split("\n")
    return number < len(lines) and "\t" in lines[number][: len(lines[number]) - len(lines[number].lstrip())]


def _line(node: Node) -> int:
    return int(node.start_mark.line) + 1


class Block:
    """One mapping of the file: gives its values by key and notes what is wrong with them.

    Every getter returns an empty value where the key is missing or wrong, so that checking goes on.

    Args:
        node: The mapping's node; any other kind of node is noted as a problem.
        keys: The keys that it may have.
        problems: Where problems are noted.
        name: What it is, for messages: "a source", "a feed".
    """

    def __init__(self, node: Node, keys: Collection[str], problems: Problems, name: str) -> None:
        """Read the keys of a node."""
        self.line = _line(node)
        self._problems = problems
        self._name = name
        self._values: dict[str, tuple[int, Node]] = {}
        if not isinstance(node, MappingNode):
            problems.add(self.line, name.rsplit(maxsplit=1)[-1], f"expected {name} as `key: value` lines ({', '.join(keys)})")
            return
        for key_node, value_node in node.value:
            key, line = str(key_node.value), _line(key_node)
            if not isinstance(key_node, ScalarNode) or key not in keys:
                problems.add(line, key, f"{name} has no such key{suggestion(key, keys)}")
            elif key in self._values:
                problems.add(line, key, f"given twice, first on line {self._values[key][0]}; remove one")
            else:
                self._values[key] = (line, value_node)

    def line_of(self, key: str) -> int:
        """The line of a key, or of the block where it has none."""
        return self._values[key][0] if key in self._values else self.line

    def report(self, key: str, message: str) -> None:
        """Note a problem with the value of a key."""
        self._problems.add(self.line_of(key), key, message)

    def _value(self, key: str, required: bool) -> Node | None:
        if key not in self._values:
            if required and self._values:
                self._problems.add(self.line, key, f"missing; {self._name} needs it")
            return None
        value = self._values[key][1]
        if value.tag == _NULL and isinstance(value, ScalarNode):
            if required:
                self.report(key, f"empty; {self._name} needs it")
            return None
        return value

    def text(self, key: str, *, required: bool = False) -> str:
        """The text of a key, as it stands in the file; empty where there is none."""
        value = self._value(key, required)
        if value is None:
            return ""
        if not isinstance(value, ScalarNode):
            self.report(key, "expected one value, not a list or further keys; write it on one line")
            return ""
        if required and not value.value.strip():
            self.report(key, f"empty; {self._name} needs it")
        return str(value.value)

    def texts(self, key: str, *, required: bool = False) -> list[tuple[int, str]]:
        """The texts of a list, each with its line."""
        found = []
        for item in self._items(key, required):
            if isinstance(item, ScalarNode) and item.tag != _NULL:
                found.append((_line(item), str(item.value)))
            else:
                self._problems.add(_line(item), key, "expected one value for each item of the list")
        return found

    def flag(self, key: str) -> bool:
        """True or false; false where there is none."""
        value = self._value(key, required=False)
        if value is None:
            return False
        if not isinstance(value, ScalarNode) or value.tag != _BOOL:
            self.report(key, "expected true or false")
            return False
        return value.value.lower() in _TRUE

    def day(self, key: str) -> date | None:
        """A day, None where there is none."""
        text = self.text(key)
        if not text:
            return None
        try:
            return date.fromisoformat(text)
        except ValueError:
            self.report(key, f"{text!r} is not a day; write it as 2022-03-02")
            return None

    def blocks(self, key: str, keys: Collection[str], name: str, *, required: bool = False) -> list[Block]:
        """The mappings of a list."""
        return [Block(item, keys, self._problems, name) for item in self._items(key, required)]

    def _items(self, key: str, required: bool) -> list[Node]:
        value = self._value(key, required)
        if value is None:
            return []
        if not isinstance(value, SequenceNode):
            self.report(key, "expected a list; start each item with `- ` on a line of its own, or write [a, b]")
            return []
        return list(value.value)

"""Read a command's arguments where they are plain, as Typer would, but sooner; everything else is left to Typer.

For each parameter, given or not, Typer builds a validator with pydantic: to load that and to build them takes a fifth of the
time in which a question over a small dataset is answered. Help, mistakes and what is not known for certain are Typer's.
"""

from __future__ import annotations

import enum
import inspect
import os
import typing
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import typer

from vigie.schemas.columns import optional

__all__ = ["call_in_frame", "read_plainly"]

#: What the declaration of a plain parameter may say; anything else is Typer's to mind.
_SAID = {"param_decls", "help", "metavar", "show_default", "default"}
#: Digits of a number that needs no check.
_MOST_DIGITS = 9


def read_plainly(command: Callable[..., None], arguments: Sequence[str]) -> dict[str, Any] | None:
    """The values of a command's parameters.

    Args:
        command: The function, its parameters declared as Typer wants them.
        arguments: What follows the command's name.

    Returns:
        What Typer would call it with; None where that is for Typer to tell.
    """
    values: dict[str, Any] = {}
    kinds: dict[str, Any] = {}
    options: dict[str, str] = {}
    places: list[str] = []
    for name, parameter in inspect.signature(command, eval_str=True).parameters.items():
        kind, declared = (*typing.get_args(parameter.annotation), None, None)[:2]
        if not _is_plain(declared):
            return None
        values[name], (kinds[name], _) = parameter.default, optional(kind)
        if isinstance(declared, type(typer.Argument())):
            places.append(name)
        else:
            # In an annotation, Typer's first argument is no default, but the first of the option's names.
            named = [text for text in (declared.default, *(declared.param_decls or ())) if isinstance(text, str)]
            options |= dict.fromkeys(named or [f"--{name}"], name)
    waiting, given = iter(arguments), set()
    for argument in waiting:
        option, equals, text = argument.partition("=")
        if argument.startswith("-"):
            name = options.get(option, "")
        else:
            name, text = places.pop(0) if places else "", argument
        if kinds.get(name) is bool and not equals:
            value: Any = True
        else:
            value = _value(kinds.get(name), text if equals or not argument.startswith("-") else next(waiting, ""))
        if value is None or (name in given and not isinstance(value, list)):
            return None
        values[name] = values[name] + value if name in given else value
        given.add(name)
    return values


def call_in_frame(call: Callable[[], None]) -> None:
    """Call what a command does as Typer does it: its exits, an interruption and a reader that left end the process as ever."""
    app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)

    @app.command(add_help_option=False)
    def plain() -> None:
        call()

    app([])


def _is_plain(declared: Any) -> bool:
    """Whether a parameter is declared in words alone: without a check, a callback, a variable or the like."""
    for silent in (typer.Option(), typer.Argument()):
        if type(declared) is type(silent):
            return all(value == getattr(silent, name) for name, value in vars(declared).items() if name not in _SAID)
    return False


def _value(kind: Any, text: str) -> Any:
    """A parameter's value; None where it takes none such, or Typer has to look at it."""
    if not text or text.startswith("-"):
        return None
    if kind is str:
        return text
    if kind is int:
        return int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else None
    if kind is Path:
        return Path(text) if os.access(text, os.R_OK) or not os.path.exists(text) else None
    if isinstance(kind, type) and issubclass(kind, enum.StrEnum):
        return next((member for member in kind if member.value == text), None)
    if typing.get_origin(kind) is list and typing.get_args(kind) == (str,):
        return [text]
    return None

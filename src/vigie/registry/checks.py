"""Checks of single values and of claims, in words that say what is wrong and what would be right."""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Sequence
from datetime import date

from vigie.registry.codes import COUNTRIES, LANGUAGES
from vigie.registry.yaml_nodes import suggestion
from vigie.schemas import Claim, Independence, Scope

__all__ = [
    "NO_STATE",
    "country_fault",
    "id_fault",
    "independence_fault",
    "language_fault",
    "overlaps",
    "scope_fault",
    "state_fault",
    "time_zone_fault",
]

#: The value of `controlling_state` where no state controls a source.
NO_STATE = "none"

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def id_fault(text: str) -> str:
    """What is wrong with an id; empty for a good one."""
    if _ID.fullmatch(text):
        return ""
    return f"{text!r} cannot be an id; use lower-case letters a-z and digits joined by hyphens, such as rt-fr"


def country_fault(code: str) -> str:
    """What is wrong with a country code; empty for a good one."""
    return "" if code in COUNTRIES else f"{code!r} is not an ISO 3166-1 code; write two capitals such as FR, or EU"


def state_fault(value: str) -> str:
    """What is wrong with a value of `controlling_state`; empty for a good one."""
    if value == NO_STATE or value in COUNTRIES:
        return ""
    return f"{value!r} is neither a country code such as RU nor `{NO_STATE}`; write the state that controls the source"


def language_fault(code: str) -> str:
    """What is wrong with a language code; empty for a good one."""
    return "" if code in LANGUAGES else f"{code!r} is not an ISO 639-1 code; write two lower-case letters such as fr"


def independence_fault(value: str) -> str:
    """What is wrong with a value of `independence`; empty for a good one."""
    known = [member.value for member in Independence]
    return "" if value in known else f"{value!r} is not a kind of independence{suggestion(value, known)}"


def scope_fault(value: str) -> str:
    """What is wrong with a feed's scope; empty for a good one."""
    known = [member.value for member in Scope]
    return "" if value in known else f"{value!r} is not a scope{suggestion(value, known)}"


def time_zone_fault(name: str) -> str:
    """What is wrong with a time zone; empty for a good one."""
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        near = suggestion(name, sorted(zoneinfo.available_timezones()))
        return f"{name!r} is not an IANA time zone such as Europe/Paris{near}"
    return ""


def overlaps(claims: Sequence[Claim]) -> list[tuple[int, int, date]]:
    """Neighbours in time that hold together: the place of both in the list given, and the first day they share."""
    order = sorted(range(len(claims)), key=lambda place: claims[place].valid_from or date.min)
    found = []
    latest: int | None = None  # the claim that reaches furthest of those seen
    for place in order:
        start = claims[place].valid_from or date.min
        if latest is not None and start <= (claims[latest].valid_to or date.max):
            found.append((latest, place, start))
        if latest is None or (claims[place].valid_to or date.max) > (claims[latest].valid_to or date.max):
            latest = place
    return found

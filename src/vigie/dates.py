"""Read the dates of feeds, and say how far each can be relied on; nothing is ever guessed from today's date.

Read are: RFC 822 and 2822, ISO 8601 and RFC 3339 calendar dates, C's asctime, dates with month names in English,
French, German, Russian or Ukrainian, numeric dates, Unix times in seconds or milliseconds. Not read, because they name
no day: years, months; nor ISO weeks and ordinal days, which in feeds are more often other numbers.

A numeric date that begins with the year is year, month, day (`2016/6/29` is 29 June). Otherwise it is day, month, year,
unless that is no date or the edition's zone is one of the United States'.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from vigie.feeds.date_names import AMBIGUOUS_ZONES, MONTHS, NOISE, WEEKDAYS, ZONES
from vigie.schemas import DateQuality

__all__ = ["LATEST_AHEAD", "parse_date"]

#: Longer strings are no dates.
_MAX_LENGTH = 120
#: Before news feeds existed: what claims to be older is a default (1970) or a mistake (1246).
_FIRST_PLAUSIBLE = datetime(1995, 1, 1, tzinfo=UTC)
#: Dates may be so far ahead of the poll that brought them: clocks differ, and days are of other zones.
LATEST_AHEAD = timedelta(hours=24)

#: How most feeds write dates, RFC 822 and RFC 3339, with an offset or in UTC: read at once, and as :func:`_read` reads them.
_USUAL = (
    re.compile(
        r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?(?P<day>\d\d?) (?P<month>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) "
        r"(?P<year>\d{4}) (?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d) (?:GMT|(?P<offset>[+-]\d{4}))",
        re.ASCII,
    ),
    re.compile(
        r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)T(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)"
        r"(?:Z|(?P<offset>[+-]\d\d:\d\d))",
        re.ASCII,
    ),
)
_UNIX = re.compile(r"(\d{9,10}(?:\.\d+)?)|(\d{12,13})")
_TIME = r"(?P<hour>\d{1,2})[:hH.](?P<minute>\d{2})(?:[:.m](?P<second>\d{2})(?:[.,]\d+)?)?(?:\s*(?P<half>[ap])\.?m\b\.?)?"
_YEAR_FIRST = re.compile(
    r"(?P<year>\d{4})(?P<separator>[-/.])(?P<month>\d{1,2})(?P=separator)(?P<day>\d{1,2})"
    r"(?:(?:\s*t\s*|[\s,_]+|-(?=\d\d:))" + _TIME + r")?(?P<rest>.*)",
    re.DOTALL,
)
_COMPACT = re.compile(
    r"(?P<year>[12]\d{3})(?P<month>\d{2})(?P<day>\d{2})"
    r"(?:[t\s]?(?P<hour>\d{2}):?(?P<minute>\d{2})(?::?(?P<second>\d{2})(?:[.,]\d+)?)?)?(?P<half>)(?P<rest>\D.*)?",
    re.DOTALL,
)
_NUMERIC = re.compile(
    r"(?<!\d)(?P<first>\d{1,2})(?P<separator>[-/.])(?P<second>\d{1,2})(?P=separator)(?P<year>\d{4}|\d{2})(?!\d)"
)
_CLOCK = re.compile(r"(?<![\d.+-])" + _TIME + r"(?![\d:])")
_OFFSET = re.compile(r"(?:(?:gmt|utc?|мск)\s*)?(?P<sign>[+\-\u2212])\s*(?P<hours>\d{1,2})(?::?(?P<minutes>\d{2}))?(?![\d:])")
_COMMENT = re.compile(r"\([^()]*\)")
_WORD = re.compile(r"\d+|[^\W\d_][^\W\d_'’ʼ]*(?:['’ʼ][^\W\d_]+)?")
_IANA = re.compile(r"\b[a-z]+/[a-z_]+(?:/[a-z_]+)?\b")
_UNITED_STATES = frozenset(
    f"America/{city}" for city in ("New_York", "Chicago", "Denver", "Los_Angeles", "Phoenix", "Anchorage", "Detroit", "Boise")
)


@dataclass(frozen=True, slots=True)
class _Reading:
    """A date as it was understood: wall-clock time, its zone where it names one, and whether it has a time at all."""

    local: datetime
    zone: tzinfo | str | None
    has_time: bool


def parse_date(raw: str, *, zone: str, fetched_at: datetime) -> tuple[datetime | None, DateQuality]:
    """Read one date of a feed.

    Args:
        raw: The date as given.
        zone: IANA zone of the edition, taken where the date names none; empty: UTC.
        fetched_at: When the feed was fetched, aware.

    Returns:
        The time in UTC with the quality OK, ZONE_ASSUMED (no zone, none that is known, or a name of several), DATE_ONLY
        (midnight in the zone named, or else the edition's) or, where nothing else is amiss, AHEAD (up to 24 hours after
        `fetched_at`, which the others may be too); or None with MISSING, UNREADABLE,
        FUTURE (more than 24 hours after) or IMPLAUSIBLE (before 1995).

    Raises:
        zoneinfo.ZoneInfoNotFoundError: There is no such zone.
    """
    moment, quality = _moment(raw, zone)
    if moment is None:
        return None, quality
    if moment > fetched_at + LATEST_AHEAD:
        return None, DateQuality.FUTURE
    return moment, DateQuality.AHEAD if quality is DateQuality.OK and moment > fetched_at else quality


@functools.lru_cache(maxsize=4096)  # A feed's next poll brings most of its dates again.
def _moment(raw: str, zone: str) -> tuple[datetime | None, DateQuality]:
    """What a date says, whenever it was fetched."""
    edition = _zone(zone or "UTC")
    if not raw.strip():
        return None, DateQuality.MISSING
    usual = _read_usual(raw)
    if usual is not None and usual >= _FIRST_PLAUSIBLE:
        return usual, DateQuality.OK
    reading = _read(raw, zone) if len(raw) <= _MAX_LENGTH else None
    if reading is None:
        return None, DateQuality.UNREADABLE
    try:
        moment, zone_named = _in_utc(reading, edition)
    except (OverflowError, ValueError):  # year 1 or 9999, shifted out of the calendar
        return None, DateQuality.IMPLAUSIBLE
    if moment < _FIRST_PLAUSIBLE:
        return None, DateQuality.IMPLAUSIBLE
    if not reading.has_time:
        return moment, DateQuality.DATE_ONLY
    return moment, DateQuality.OK if zone_named else DateQuality.ZONE_ASSUMED


def _read_usual(raw: str) -> datetime | None:
    """A date in one of the usual forms, in UTC; None for any other, and for what is no date or at the calendar's ends."""
    match = _USUAL[raw[4:5] == "-"].fullmatch(raw)
    if match is None:
        return None
    year, month, day = match["year"], match["month"], match["day"]
    try:
        local = datetime(
            int(year), MONTHS[month.lower()] if month.isalpha() else int(month), int(day),
            int(match["hour"]), int(match["minute"]), int(match["second"]), tzinfo=UTC,
        )  # fmt: skip
        offset = match["offset"]
        if offset is None or offset.endswith(("00:00", "0000")):
            return local
        hours, minutes = int(offset[1:3]), int(offset[-2:])
        if hours > 15 or minutes > 59:
            return None
        shift = timedelta(hours=hours, minutes=minutes)
        return local - shift if offset[0] == "+" else local + shift
    except (ValueError, OverflowError):
        return None


@functools.lru_cache(maxsize=256)
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError) as error:  # a name that is no path, or a directory's
        raise ZoneInfoNotFoundError(f"No time zone found with key {name}") from error


def _read(raw: str, zone: str) -> _Reading | None:
    """Understand the date, or return None."""
    text = unicodedata.normalize("NFKC", raw).strip().lower()
    unix = _UNIX.fullmatch(text)
    if unix:
        seconds = float(unix.group(1)) if unix.group(1) else int(unix.group(2)) / 1000
        try:
            return _Reading(datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None), UTC, True)
        except (OverflowError, ValueError, OSError):
            return None
    try:
        for pattern in (_YEAR_FIRST, _COMPACT):
            match = pattern.fullmatch(text)
            if match:
                return _from_fields(match)
        return _from_words(text, zone)
    except (ValueError, OverflowError):  # no such day, hour or offset
        return None


def _from_fields(match: re.Match[str]) -> _Reading | None:
    day = datetime(int(match["year"]), int(match["month"]), int(match["day"]))  # noqa: DTZ001 - its zone comes beside it
    rest = match["rest"] or ""
    if any(sign.isdigit() for sign in _OFFSET.sub("", rest)):  # half a time, or more than a date
        return None
    return _Reading(day + _time_of(match), _zone_named(rest), match["hour"] is not None)


def _time_of(match: re.Match[str]) -> timedelta:
    """The time of day; 24:00 is the end of the day, the leap second the one before."""
    if match["hour"] is None:
        return timedelta(0)
    hour, minute, second = int(match["hour"]), int(match["minute"]), int(match["second"] or 0)
    if match["half"]:
        if not 1 <= hour <= 12:
            raise ValueError(match[0])
        hour = hour % 12 + (12 if match["half"] == "p" else 0)
    if minute > 59 or second > 60 or hour > 24 or (hour == 24 and (minute or second)):
        raise ValueError(match[0])
    return timedelta(hours=hour, minutes=minute, seconds=min(second, 59))


def _from_words(text: str, edition: str) -> _Reading | None:
    """A date in any order of day, month and year; the zone follows the time or stands last."""
    numeric = _NUMERIC.search(text)
    if numeric:
        text = f"{text[: numeric.start()]} {text[numeric.end() :]}"
    clock = _CLOCK.search(text)
    head, tail = (text[: clock.start()], text[clock.end() :]) if clock else (text, "")
    tail_words = _WORD.findall(_OFFSET.sub(" ", _IANA.sub(" ", _COMMENT.sub(" ", tail))))
    words = _WORD.findall(_COMMENT.sub(" ", head)) + tail_words
    if numeric and any(word.isdigit() for word in words):
        return None
    day = _day_of_numbers(numeric, edition) if numeric else _day_of_words(words)
    if day is None:
        return None
    time = _time_of(clock) if clock else timedelta(0)
    return _Reading(day + time, _zone_named(tail), clock is not None)


def _day_of_numbers(match: re.Match[str], edition: str) -> datetime:
    day, month = int(match["first"]), int(match["second"])
    american = edition in _UNITED_STATES and match["separator"] != "."
    if month > 12 or (american and day <= 12):
        day, month = month, day
    return datetime(_full_year(match["year"]), month, day)  # noqa: DTZ001 - its zone comes beside it


def _day_of_words(words: list[str]) -> datetime | None:
    """Day and year are the numbers, the month is a name; words that are neither, nor zones, make it unreadable."""
    months = [word for word in words if word in MONTHS]
    numbers = [word for word in words if word.isdigit()]
    others = [
        word for word in words if not word.isdigit() and word not in MONTHS and word not in WEEKDAYS and word not in NOISE
    ]
    if not 1 <= len(months) <= 2 or len(numbers) != 2 or any(len(word) > 5 for word in others) or len(others) > 1:
        return None
    first, second = numbers
    day, year = (second, first) if len(first) == 4 else (first, second)
    if len(day) > 2 or len(year) not in (2, 4):
        return None
    return datetime(_full_year(year), MONTHS[months[-1]], int(day))  # noqa: DTZ001 - its zone comes beside it


def _full_year(year: str) -> int:
    """Two digits as RFC 822 allowed: from 90 on the last century's."""
    number = int(year)
    if len(year) > 2:
        return number
    return number + (1900 if number >= 90 else 2000)


def _zone_named(text: str) -> tzinfo | str | None:
    """The zone in what follows a time: an offset, an IANA name, or an abbreviation (as a string, to be resolved in time)."""
    plain = _COMMENT.sub(" ", text)
    offset = _OFFSET.search(plain)
    if offset:
        hours, minutes = int(offset["hours"]), int(offset["minutes"] or 0)
        if hours > 15 or minutes > 59:
            raise ValueError(text)
        shift = timedelta(hours=hours, minutes=minutes)
        return timezone(shift if offset["sign"] == "+" else -shift)
    iana = _IANA.search(plain)
    if iana:
        try:
            return _zone(iana[0].title().replace("Etc/Gmt", "Etc/GMT").replace("Etc/Utc", "Etc/UTC"))
        except ZoneInfoNotFoundError:
            return None
    return next((word for word in _WORD.findall(text) if word in ZONES), None)


def _in_utc(reading: _Reading, edition: ZoneInfo) -> tuple[datetime, bool]:
    """The moment in UTC, and whether the date itself named the zone."""
    if reading.zone is None:
        return reading.local.replace(tzinfo=edition).astimezone(UTC), False
    if isinstance(reading.zone, tzinfo):
        return reading.local.replace(tzinfo=reading.zone).astimezone(UTC), True
    here = reading.local.replace(tzinfo=edition)
    if (here.tzname() or "").lower() == reading.zone:
        return here.astimezone(UTC), True
    meant = ZONES[reading.zone]
    zone = _zone(meant) if isinstance(meant, str) else timezone(timedelta(minutes=meant))
    return reading.local.replace(tzinfo=zone).astimezone(UTC), reading.zone not in AMBIGUOUS_ZONES

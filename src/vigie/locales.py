"""Numbers and dates as English and French readers write them, in texts and in charts."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

__all__ = ["LANGUAGES", "chart_locale", "day_text", "is_share", "moment_text", "number_text", "share_text", "step_format"]

#: Languages that labels exist in; the first is the one for whom nothing was chosen.
LANGUAGES = ("en", "fr")

#: Columns of shares whose names do not begin as those of others; and of counts whose names do.
_SHARES = frozenset(["share", "placebo_share", "corrected_low", "corrected_high"])
_COUNTS = frozenset(["share_days", "share_articles", "share_output", "share_sources"])
_THIN_SPACE = "\u202f"
_NO_BREAK = "\u00a0"
_MONTHS = {
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    "fr": [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ],
}
_SHORT_MONTHS = {
    "en": ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
    "fr": ["janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."],
}
_DAYS = {
    "en": ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"],
    "fr": ["dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi"],
}
_SHORT_DAYS = {
    "en": ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"],
    "fr": ["dim.", "lun.", "mar.", "mer.", "jeu.", "ven.", "sam."],
}


def number_text(value: float | None, language: str = "en", decimals: int = 0) -> str:
    r"""A number with grouped thousands; a dash where there is none, which is not zero.

    Example:
        >>> number_text(1234.5, "fr", 1)
        '1\u202f234,5'
    """
    if value is None:
        return "–"
    text = f"{value:,.{decimals}f}"
    return text.translate({ord(","): _THIN_SPACE, ord("."): ","}) if language == "fr" else text


def is_share(column: str) -> bool:
    """Whether a column of a question's answer holds shares from 0 to 1, which are read in per cent: its name says so."""
    return column in _SHARES or (column.startswith("share_") and column not in _COUNTS)


def share_text(value: float | None, language: str = "en", decimals: int = 1) -> str:
    """A share from 0 to 1 in per cent; a dash where there is none."""
    if value is None:
        return "–"
    return number_text(100 * value, language, decimals) + (f"{_NO_BREAK}%" if language == "fr" else "%")


def day_text(day: date | None, language: str = "en") -> str:
    """A day as it is written in a sentence: 29 May 2017, 1er juin 2017; a dash where there is none."""
    if day is None:
        return "–"
    number = "1er" if language == "fr" and day.day == 1 else str(day.day)
    return f"{number}{_NO_BREAK}{_MONTHS[language][day.month - 1]}{_NO_BREAK}{day.year}"


def moment_text(moment: datetime | None, language: str = "en") -> str:
    """A moment to the minute, in UTC and saying so; a dash where there is none."""
    if moment is None:
        return "–"
    there = moment.astimezone(UTC)
    return f"{day_text(there.date(), language)}, {there:%H:%M} UTC"


def step_format(by: str) -> str:
    """The d3 pattern for one step of a trend's axis."""
    return "%b %Y" if by == "month" else "%-d %b"


def chart_locale(language: str) -> dict[str, Any]:
    """The words and marks that Vega formats numbers and times with (d3's locale definitions)."""
    french = language == "fr"
    return {
        "number": {
            "decimal": "," if french else ".",
            "thousands": _THIN_SPACE if french else ",",
            "grouping": [3],
            "currency": ["", ""],
            "percent": f"{_NO_BREAK}%" if french else "%",
        },
        "time": {
            "dateTime": "%A %-d %B %Y, %X",
            "date": "%d/%m/%Y" if french else "%Y-%m-%d",
            "time": "%H:%M:%S",
            "periods": ["AM", "PM"],
            "days": _DAYS[language],
            "shortDays": _SHORT_DAYS[language],
            "months": _MONTHS[language],
            "shortMonths": _SHORT_MONTHS[language],
        },
    }

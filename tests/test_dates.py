"""Dates of feeds: read as they are meant, or said not to be readable; never replaced."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie import dates
from vigie.dates import parse_date
from vigie.schemas import DateQuality

FETCHED = datetime(2017, 6, 20, 12, 0, tzinfo=UTC)
VERSAILLES = datetime(2017, 5, 29, 15, 40, tzinfo=UTC)


def read(raw: str, zone: str = "Europe/Paris", fetched_at: datetime = FETCHED) -> tuple[datetime | None, DateQuality]:
    return parse_date(raw, zone=zone, fetched_at=fetched_at)


@pytest.mark.parametrize(
    "raw",
    [
        "Mon, 29 May 2017 17:40:00 +0200",
        "Mon, 29 May 2017 17:40:00 +02:00",
        "Mon, 29 May 2017 15:40:00 GMT",
        "Mon, 29 May 2017 15:40:00 -0000",
        "29 May 17 11:40 EDT",
        "Monday, 29-May-17 15:40:00 UTC",
        "Mon May 29 17:40:00 CEST 2017",
        "Mon May 29 2017 17:40:00 GMT+0200 (Central European Summer Time)",
        "Mon, 29 May 2017 17:40:00 Europe/Paris",
        "Mon, 29 May 2017 17:40:00 MEST",
        "Mo, 29 Mai 2017 17:40:00 MESZ",
        "Mon, 29 May 2017 16:40:00 MEZ",
        "Mon, 29 May 2017 17:40:00 EET",
        "Mon, 29 May 2017 18:40:00 EEST",
        "Mon, 29 May 2017 18:40:00 MSK",
        "Mon, 29 May 2017 16:40:00 BST",
        "Mon, 29 May 2017 24:00:00 +0820",
        "2017-05-29T15:40:00Z",
        "2017-05-29T17:40:00.123456+02:00",
        "2017-05-29T17:40+0200",
        "2017-05-29 18:40:00 +0300",
        "20170529T154000Z",
        "Пн, 29 Май 2017 18:40:00 +0300",
        "29 мая 2017 г., 18:40 (МСК)",
        "lun. 29 mai 2017 17:40:00 +0200",
        "пн, 29 травня 2017 18:40:00 +0300",
        "May 29, 2017 at 11:40 am ET",
        "1496072400",
        "1496072400000",
    ],
)
def test_a_date_with_time_and_zone_is_that_moment(raw: str) -> None:
    assert read(raw) == (VERSAILLES, DateQuality.OK)


@pytest.mark.parametrize(
    "raw",
    [
        "Mon, 29 May 2017 17:40:00",
        "Mon, 29 May 2017 17:40:00 XYZT",
        "Mon May 29 17:40:00 2017",
        "2017-05-29T17:40:00",
        "2017/5/29 17:40",
        "20170529174000",
        "29.05.2017 17:40",
        "29/05/2017 5:40 PM",
        "lundi 29 mai 2017 à 17h40",
        "Montag, 29. Mai 2017, 17.40 Uhr",
        "29 мая 2017 года, 17:40",
        "29 травня 2017 р. о 17:40",
    ],
)
def test_a_date_without_a_zone_takes_the_editions_and_says_so(raw: str) -> None:
    assert read(raw) == (VERSAILLES, DateQuality.ZONE_ASSUMED)


@pytest.mark.parametrize(
    ("raw", "day"),
    [
        ("2016/6/29", (2016, 6, 29)),
        ("2017-05-29", (2017, 5, 29)),
        ("29.05.2017", (2017, 5, 29)),
        ("05/29/2017", (2017, 5, 29)),
        ("Mon, 29 May 2017", (2017, 5, 29)),
        ("May 29, 2017", (2017, 5, 29)),
        ("1er juin 2017", (2017, 6, 1)),
        ("mar. 28 mars 2017", (2017, 3, 28)),
        ("28 mar. 2017", (2017, 3, 28)),
        ("14 août 2016", (2016, 8, 14)),
        ("5. März 2017", (2017, 3, 5)),
        ("31 декабря 1999", (1999, 12, 31)),
        ("7 лютого 2017", (2017, 2, 7)),
    ],
)
def test_a_day_without_a_time_is_midnight_in_the_editions_zone(raw: str, day: tuple[int, int, int]) -> None:
    assert read(raw) == (datetime(*day, tzinfo=ZoneInfo("Europe/Paris")), DateQuality.DATE_ONLY)


def test_a_day_with_a_zone_is_midnight_there() -> None:
    assert read("2017-05-29+03:00") == (datetime(2017, 5, 28, 21, tzinfo=UTC), DateQuality.DATE_ONLY)


def test_an_ambiguous_numeric_day_follows_the_editions_custom() -> None:
    assert read("05/06/2017 12:00", "Europe/Paris")[0] == datetime(2017, 6, 5, 10, tzinfo=UTC)
    assert read("05/06/2017 12:00", "America/New_York")[0] == datetime(2017, 5, 6, 16, tzinfo=UTC)
    assert read("05.06.2017 12:00", "America/New_York")[0] == datetime(2017, 6, 5, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "zone", "hours"),
    [
        ("IST", "Asia/Kolkata", 5.5),
        ("IST", "Asia/Jerusalem", 2),
        ("IST", "Europe/Paris", 5.5),
        ("CST", "Asia/Shanghai", 8),
        ("CST", "Europe/Paris", -6),
    ],
)
def test_an_ambiguous_zone_name_has_the_editions_meaning_first(name: str, zone: str, hours: float) -> None:
    expected = datetime(2017, 1, 29, 17, 40, tzinfo=UTC) - timedelta(hours=hours)
    # Where the edition's zone does not settle which is meant, that is an assumption.
    quality = DateQuality.ZONE_ASSUMED if zone == "Europe/Paris" else DateQuality.OK
    assert read(f"Sun, 29 Jan 2017 17:40:00 {name}", zone) == (expected, quality)


def test_moscow_time_was_four_hours_ahead_in_2012() -> None:
    assert read("Tue, 29 May 2012 17:40:00 MSK")[0] == datetime(2012, 5, 29, 13, 40, tzinfo=UTC)


@pytest.mark.parametrize("raw", ["", "   ", "\n"])
def test_no_date_is_missing(raw: str) -> None:
    assert read(raw) == (None, DateQuality.MISSING)


@pytest.mark.parametrize(
    "raw",
    [
        "yesterday",
        "Invalid date",
        "0000-00-00 00:00:00",
        "Wed, 31 Feb 2017 10:00:00 GMT",
        "2017-05-29T25:00:00Z",
        "2017-05-29T17",
        "2017",
        "2017-05",
        "2017-W22-1",
        "2017-149",
        "1 2 3",
        "29 May",
        "Mon, 29 May 2017 17:40:00 +9900",
        "29 May 2017 " * 50,
    ],
)
def test_what_names_no_day_is_unreadable(raw: str) -> None:
    assert read(raw) == (None, DateQuality.UNREADABLE)


@pytest.mark.parametrize(
    "raw", ["Thu, 01 Jan 1970 00:00:00 GMT", "1246-05-05", "0001-01-01T00:00:00+05:00", "1994-12-31T23:59:59Z"]
)
def test_a_date_before_1995_is_implausible(raw: str) -> None:
    assert read(raw) == (None, DateQuality.IMPLAUSIBLE)


def test_a_date_ahead_is_kept_for_a_day_and_then_is_the_future() -> None:
    assert read("2017-06-20T12:00:00Z")[1] is DateQuality.OK
    assert read("2017-06-21T11:59:59Z") == (datetime(2017, 6, 21, 11, 59, 59, tzinfo=UTC), DateQuality.AHEAD)
    assert read("2017-06-21T12:00:01Z") == (None, DateQuality.FUTURE)
    assert read("2099-01-01") == (None, DateQuality.FUTURE)
    assert read("9999-12-31T23:59:59-12:00")[0] is None


def test_an_unknown_edition_zone_is_an_error() -> None:
    for zone in ("Europe/Nowhere", "../etc/passwd"):
        with pytest.raises(ZoneInfoNotFoundError):
            read("2017-05-29", zone)


PIECES = "29 2017 05 - / . : T Z + , ( ) mai may мая mar. 17:40 GMT +0200 pm ² ٣ 1 Mon 99999999999 − x/y europe/paris 0001"
AWKWARD = st.lists(st.sampled_from(PIECES.split()), max_size=9)


@given(st.one_of(st.text(max_size=60), AWKWARD.map("".join), AWKWARD.map(" ".join)))
def test_any_text_is_a_moment_or_a_reason_never_both_and_never_an_error(raw: str) -> None:
    moment, quality = read(raw)
    dated = quality in (DateQuality.OK, DateQuality.ZONE_ASSUMED, DateQuality.DATE_ONLY, DateQuality.AHEAD)
    assert (moment is not None) == dated
    if moment is not None:
        assert datetime(1995, 1, 1, tzinfo=UTC) <= moment <= FETCHED + timedelta(days=1)


USUAL = st.tuples(
    st.sampled_from(["", "Mon, ", "mon, ", "Monday, "]),
    st.sampled_from(["1", "01", "31", "30 ", "29 ", "0"]),
    st.sampled_from([" Jan ", " Feb ", " feb ", " Sept ", "-02-", " 2 "]),
    st.sampled_from(["2017", "2016", "1970", "0001", "9999", "17"]),
    st.sampled_from([" ", "T"]),
    st.sampled_from(["00:00:00", "23:59:59", "23:59:60", "24:00:00", "7:05:00", "12:30"]),
    st.sampled_from([" GMT", " +0000", " -0330", " +1500", " +1600", " +0260", "Z", "+02:00", " UTC", ""]),
).map("".join)
ISO = st.tuples(
    st.sampled_from(["2017", "2016", "1994", "0001", "9999"]),
    st.sampled_from(["-02-29", "-06-30", "-06-31", "-00-10", "-12-01", "/06/30"]),
    st.sampled_from(["T", " ", "t"]),
    st.sampled_from(["00:00:00", "23:59:59", "23:59:60", "24:00:00", "12:30", "12:30:00.5"]),
    st.sampled_from(["Z", "z", "+00:00", "-03:30", "+15:00", "+16:00", "+0200", ""]),
).map("".join)


@given(st.one_of(USUAL, ISO), st.sampled_from(["UTC", "Europe/London", "America/New_York", "Africa/Abidjan"]))
def test_dates_in_usual_forms_are_read_as_the_long_way_reads_them(raw: str, zone: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dates, "_read_usual", lambda raw: None)
        slowly = dates._moment.__wrapped__(raw, zone)
    assert dates._moment.__wrapped__(raw, zone) == slowly


@given(st.datetimes(min_value=datetime(1996, 1, 1), max_value=datetime(2017, 6, 1)))  # noqa: DTZ001 - hypothesis wants them naive
def test_what_is_written_as_rfc_822_or_iso_8601_is_read_back(moment: datetime) -> None:
    moment = moment.replace(tzinfo=UTC, microsecond=0)
    assert read(moment.strftime("%a, %d %b %Y %H:%M:%S +0000")) == (moment, DateQuality.OK)
    assert read(moment.isoformat()) == (moment, DateQuality.OK)

"""Names found in the dates of feeds: months and weekdays, time zones by abbreviation."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["MONTHS", "NOISE", "WEEKDAYS", "ZONES"]

_MONTH_NAMES = (
    # English, French, German, Russian, Ukrainian, then Spanish, Italian, Portuguese: names, genitives, abbreviations
    "jan january janv janvier jän jänner januar jaen jaenner янв январь января січ січень січня ene enero gen gennaio janeiro",
    "feb february fév févr février fev fevr fevrier februar feber фев февр февраль февраля лют лютий лютого "
    "febrero febbraio fevereiro",
    "mar march mars mär märz mrz maer maerz marz мар март марта бер березень березня marzo março",
    "apr april avr avril апр апрель апреля кві квіт квітень квітня abr abril aprile",
    "may mai май мая тра трав травень травня mayo mag maggio maio",
    "jun june juin juni июн июнь июня чер черв червень червня junio giu giugno junho",
    "jul july juil juillet juli июл июль июля лип липень липня julio lug luglio julho",
    "aug august août aout aoû авг август августа сер серп серпень серпня ago agosto",
    "sep sept september septembre сен сент сентябрь сентября вер верес вересень вересня set septiembre settembre setembro",
    "oct october octobre okt oktober окт октябрь октября жов жовт жовтень жовтня octubre ott ottobre out outubro",
    "nov november novembre ноя нояб ноябрь ноября лис лист листопад листопада noviembre novembro",
    "dec december déc décembre decembre dez dezember дек декабрь декабря гру груд грудень грудня "
    "dic diciembre dicembre dezembro",
)
#: Month names in lower case, without a final dot → 1 to 12.
MONTHS: Mapping[str, int] = {name: number for number, names in enumerate(_MONTH_NAMES, 1) for name in names.split()}

_WEEKDAY_NAMES = (
    "mon tue tues wed weds thu thur thurs fri sat sun monday tuesday wednesday thursday friday saturday sunday "
    "lun mer jeu ven sam dim lundi mardi mercredi jeudi vendredi samedi dimanche "
    "mo di mi do fr sa so montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag "
    "пн вт ср чт пт сб вс пон вто сре чет пят суб вос понедельник вторник среда среду четверг пятница пятницу суббота субботу "
    "воскресенье нд пон вів чет пят пʼятниця п'ятниця п’ятниця суб нед понеділок вівторок середа середу неділя неділю субота "
    "суботу пятниця"
)
#: Weekday names, which tell nothing that the date does not. `mar` (mardi) and `сер` (середа) are months too: the
#: reader of dates takes the first of two months for a weekday.
WEEKDAYS = frozenset(_WEEKDAY_NAMES.split())

_NOISE_WORDS = (
    "at on of the published updated date le à a er st nd rd th um uhr den der am h в о г года год р року рік час від от de"
)
#: Words that stand in dates and say nothing: "at", "o'clock", "year", "published on".
NOISE = frozenset(_NOISE_WORDS.split())

#: Abbreviations that name several zones: where the edition's own zone does not settle which, the zone is an assumption.
AMBIGUOUS_ZONES = frozenset(["cst", "ist"])

#: Zone abbreviations in lower case → minutes east of UTC, or an IANA zone where the offset changed with the years or
#: the name covers summer and winter. Where the edition's own zone uses the abbreviation, the edition's meaning goes
#: first (so IST is India's, Israel's or Ireland's, CST China's or Chicago's); otherwise an ambiguous name has the
#: meaning most frequent in the press:
#:   BST British summer (not Bangladesh) · IST India (not Israel, Ireland) · CST, EST North America (not China,
#:   Australia) · AST Atlantic (not Arabia) · SST left out · GST Gulf (not South Georgia) · ECT, WST left out.
ZONES: Mapping[str, int | str] = {
    "z": 0,
    "utc": 0,
    "ut": 0,
    "gmt": 0,
    "wet": 0,
    "west": 60,
    "bst": 60,
    # Central Europe, in English, German and older Unix names
    "cet": 60,
    "met": 60,
    "mez": 60,
    "cest": 120,
    "mest": 120,
    "mesz": 120,
    "cedt": 120,
    # Eastern Europe, the Middle East
    "eet": 120,
    "oez": 120,
    "eest": 180,
    "eedt": 180,
    "oesz": 180,
    "trt": 180,
    "fet": 180,
    "idt": 180,
    # Russia: Moscow time was UTC+4 from March 2011 to October 2014
    "msk": "Europe/Moscow",
    "мск": "Europe/Moscow",
    "msd": 240,
    "samt": "Europe/Samara",
    "yekt": "Asia/Yekaterinburg",
    "omst": "Asia/Omsk",
    "krat": "Asia/Krasnoyarsk",
    "irkt": "Asia/Irkutsk",
    "yakt": "Asia/Yakutsk",
    "vlat": "Asia/Vladivostok",
    # Ukraine's "за Києвом"
    "київ": "Europe/Kyiv",
    # Asia
    "gst": 240,
    "pkt": 300,
    "ist": 330,
    "hkt": 480,
    "sgt": 480,
    "jst": 540,
    "kst": 540,
    # Australia, New Zealand
    "awst": 480,
    "acst": 570,
    "acdt": 630,
    "aest": 600,
    "aedt": 660,
    "nzst": 720,
    "nzdt": 780,
    # Africa
    "wat": 60,
    "cat": 120,
    "sast": 120,
    "eat": 180,
    # America: taken literally (EST in July is an hour off New York's clocks, but it is what is said)
    "nst": -210,
    "ndt": -150,
    "ast": -240,
    "adt": -180,
    "est": -300,
    "edt": -240,
    "cst": -360,
    "cdt": -300,
    "mst": -420,
    "mdt": -360,
    "pst": -480,
    "pdt": -420,
    "akst": -540,
    "akdt": -480,
    "hst": -600,
    "brt": -180,
    "art": -180,
    "et": "America/New_York",
    "ct": "America/Chicago",
    "mt": "America/Denver",
    "pt": "America/Los_Angeles",
}

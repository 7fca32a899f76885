"""What charts and pages say, in English and in French."""

from __future__ import annotations

from vigie.dashboard.words_pages import PAGE_WORDS
from vigie.dashboard.words_report import REPORT_WORDS
from vigie.dashboard.words_tables import HEADINGS, VALUES

__all__ = ["heading", "say", "value_words"]

#: What charts say. Key: English, French; values in braces are filled in.
_WORDS: dict[str, tuple[str, str]] = {
    "articles": ("Articles", "Articles"),
    "share_of_output": ("Share of output", "Part de la production"),
    "share_of_output_pooled": ("Share of output, pooled", "Part de la production, groupée"),
    "share_of_volume": ("Share of the panel's articles", "Part des articles du panel"),
    "day": ("day", "jour"),
    "week": ("week", "semaine"),
    "month": ("month", "mois"),
    "all": ("all sources", "toutes les sources"),
    "series": ("Series", "Série"),
    "source": ("Source", "Source"),
    "topic": ("Topic", "Sujet"),
    "state": ("Coverage of the period", "Couverture de la période"),
    "covered_days": ("Source-days covered", "Jours-sources couverts"),
    "partial_days": ("Source-days seen in part", "Jours-sources vus en partie"),
    "unknown_days": ("Source-days unknown", "Jours-sources inconnus"),
    "share_days": ("Days that shares run over", "Jours pris pour les parts"),
    "share_articles": ("Articles on topic, in the panel", "Articles sur le sujet, dans le panel"),
    "panel_articles": ("The panel's articles", "Articles du panel"),
    "hours": ("Hours", "Heures"),
    "title": ("Title", "Titre"),
    "value": ("Value", "Valeur"),
    "first": ("first seen in this panel", "première parution dans ce panel"),
    "interval": ("95 % interval", "intervalle à 95 %"),
    "gap_legend": (
        "Hatched: days that polls did not wholly cover, darker where more is unknown. Hollow points are minimums; no point: nothing is known.",
        "Hachuré : jours que les relevés n’ont pas entièrement couverts, plus foncé où plus est inconnu. Point creux : un minimum ; pas de point : rien n’est connu.",
    ),
    "nothing_known": (
        "Nothing is known of this period to draw; the notes say why.",
        "Rien n’est connu de cette période à tracer ; les notes disent pourquoi.",
    ),
    "trend_alt": (
        "Line chart, {measure} by {step}, {since} to {until}: {series}. {gaps} of {steps} steps are not wholly covered. The table below the chart has every value.",
        "Courbe, {measure} par {step}, du {since} au {until} : {series}. {gaps} des {steps} pas ne sont pas entièrement couverts. Le tableau sous le graphique donne chaque valeur.",
    ),
    "bars_alt": (
        "Bar chart, {measure} of {number} entries; the largest is {largest} with {value}. The table below the chart has every value.",
        "Barres, {measure} de {number} éléments ; le plus grand est {largest} avec {value}. Le tableau sous le graphique donne chaque valeur.",
    ),
    "days_alt": (
        "Grid of {sources} sources and {days} days: {covered} source-days covered, {partial} partial, {unknown} unknown.",
        "Grille de {sources} sources et {days} jours : {covered} jours-sources couverts, {partial} partiels, {unknown} inconnus.",
    ),
    "matrix_alt": (
        "Table of boxes, {title}, {down} rows and {across} columns; the largest is {largest} with {value}. The table below the chart has every value.",
        "Cases, {title}, {down} lignes et {across} colonnes ; la plus grande est {largest} avec {value}. Le tableau sous le graphique donne chaque valeur.",
    ),
    "interval_alt": ("{name} {value} ({low} to {high})", "{name} {value} (de {low} à {high})"),
    "file_made": ("data version {version} · vigie {vigie} · {at}", "version des données {version} · vigie {vigie} · {at}"),
    "folded": ("{number} more series are in the table alone", "{number} autres séries sont dans le tableau seul"),
}


#: Of charts, pages and reports; no key is in two of them.
_ALL = {**_WORDS, **PAGE_WORDS, **REPORT_WORDS}


def say(language: str, key: str, **values: object) -> str:
    """The words of a key in a language, values filled in.

    Raises:
        KeyError: There is no such key.
    """
    english, french = _ALL[key]
    text = french if language == "fr" else english
    return text.format(**values) if values else text


def heading(language: str, column: str) -> str:
    """The heading of a table's column; its name in words where there is none."""
    english, french = HEADINGS.get(column) or (column.replace("_", " ").capitalize(),) * 2
    return french if language == "fr" else english


def value_words(language: str, column: str, value: str) -> str:
    """Words for a code that stands in a column; the code itself where there are none."""
    words = VALUES.get("state" if column.startswith("state_") else column, {}).get(value)
    return value if words is None else words[language == "fr"]

"""The sentences that stand beside an answer, in English and in French."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from vigie.locales import day_text, moment_text, number_text

__all__ = ["SENTENCES", "Sentences"]

_NAMES_SHOWN = 12

#: Key: English, French. Values in braces are filled in.
SENTENCES: dict[str, tuple[str, str]] = {
    "article": ("{number} article", "{number} article"),
    "articles": ("{number} articles", "{number} articles"),
    "source": ("{number} source", "{number} source"),
    "sources": ("{number} sources", "{number} sources"),
    "and_more": ("{names} and {number} more", "{names} et {number} autres"),
    "days_of": ("{name} ({number} of {days})", "{name} ({number} sur {days})"),
    "known_by": (
        "As known by {moment}: what was collected later is left out; topics and registry are those of now.",
        "Tel que connu le {moment} : ce qui a été collecté plus tard est laissé de côté ; sujets et registre sont ceux d’aujourd’hui.",
    ),
    "read_in": (
        "Archives that were read in, files, captures and exports, count as collected when they were made, also where vigie read them after that moment.",
        "Les archives importées, fichiers, captures et exports, comptent comme collectées à la date où elles ont été faites, même si vigie les a lues après ce moment.",
    ),
    "only_backlog": (
        "The dataset holds nothing but backlog here: every article was published before its feed's first poll; none is counted (--backlog counts them). A trend begins with the second poll.",
        "Il n’y a ici que de l’arriéré : chaque article a paru avant le premier relevé de son flux ; aucun n’est compté (--backlog les compte). Une tendance commence au deuxième relevé.",
    ),
    "only_backlog_counted": (
        "The dataset holds nothing but backlog here: every article was published before its feed's first poll; they are counted, as asked. A trend begins with the second poll.",
        "Il n’y a ici que de l’arriéré : chaque article a paru avant le premier relevé de son flux ; ils sont comptés, comme demandé. Une tendance commence au deuxième relevé.",
    ),
    "nothing_covered": (
        "No day of any source was covered from midnight to midnight: there is no trend to show yet, and no share.",
        "Aucun jour d’aucune source n’a été couvert de minuit à minuit : il n’y a encore ni tendance ni part à montrer.",
    ),
    "not_evaluated": (
        "Not evaluated under the active version of the topics: {articles} of the days looked at, which cannot match; `vigie rematch` evaluates them.",
        "Non évalués sous la version active des sujets : {articles} des jours considérés, qui ne peuvent correspondre ; `vigie rematch` les évalue.",
    ),
    "asked_topics": ("Topics version {version}, as asked.", "Version des sujets {version}, comme demandé."),
    "with_overrides": (
        "With overrides: coders put {added} of the period on {topic} and took {removed} off it.",
        "Avec les décisions des codeurs : ils ont ajouté {added} de la période à {topic} et en ont retiré {removed}.",
    ),
    "without_overrides": (
        "Without overrides: coders put {added} of the period on {topic} and took {removed} off it (--overrides applies that).",
        "Sans les décisions des codeurs : ils ont ajouté {added} de la période à {topic} et en ont retiré {removed} (--overrides les applique).",
    ),
    "no_overrides": (
        "With overrides: there are none for this in the period.",
        "Avec les décisions des codeurs : il n’y en a pas pour cela dans la période.",
    ),
    "cut": (
        "Cut by the period, so that counts there are minimums: {steps}.",
        "Coupés par la période, de sorte que les comptes y sont des minimums : {steps}.",
    ),
    "cut_week": ("the week of {day} ({days} of {all} days)", "la semaine du {day} ({days} jours sur {all})"),
    "cut_month": ("the month of {day} ({days} of {all} days)", "le mois du {day} ({days} jours sur {all})"),
    "period": (
        "Period: {since} to {until}, days cut in {zone}.",
        "Période : du {since} au {until}, jours coupés en {zone}.",
    ),
    "period_chosen": (
        "Period: {since} to {until}, days cut in {zone} (chosen from the days that were covered; {options} choose otherwise).",
        "Période : du {since} au {until}, jours coupés en {zone} (choisie d’après les jours couverts ; {options} en choisissent une autre).",
    ),
    "and": ("{first} and {second}", "{first} et {second}"),
    "outside_period": ("Outside this period: {articles}.", "Hors de cette période : {articles}."),
    "panel_given": (
        "Panel {panel}, version {version}: {members}. Shares are over the days on which all of them were covered.",
        "Panel {panel}, version {version} : {members}. Les parts portent sur les jours où tous étaient couverts.",
    ),
    "panel_empty": ("no member is left", "il ne reste aucun membre"),
    "panel_gaps": ("Not covered on every day: {missing}.", "Non couverts chaque jour : {missing}."),
    "panel_elsewhere": (
        "Members of the panel that this dataset does not have, and over which nothing is shared: {missing}.",
        "Membres du panel que ces données n’ont pas, et sur lesquels aucune part ne porte : {missing}.",
    ),
    "no_panel": (
        "No panel: no source was covered on every day of the period, so there are no shares; choose a shorter period, or sources with --panel. Days not covered: {missing}.",
        "Pas de panel : aucune source n’a été couverte chaque jour de la période, donc pas de parts ; choisir une période plus courte, ou des sources avec --panel. Jours non couverts : {missing}.",
    ),
    "panel_covered": (
        "Panel for shares, the sources covered on every day: {members}.",
        "Panel des parts, les sources couvertes chaque jour : {members}.",
    ),
    "panel_left_out": (
        "Left out of it for days not covered: {missing}.",
        "Laissées de côté pour des jours non couverts : {missing}.",
    ),
    "unlike": (
        "Not like with like: the feeds of the panel carry {kinds}, and {most} of the others.",
        "Des choses dissemblables : les flux du panel portent {kinds}, et {most} des autres.",
    ),
    "everything": ("everything", "tout"),
    "front page": ("front page", "la une"),
    "sections": ("sections", "des rubriques"),
    "front and sections": ("front page and sections", "la une et des rubriques"),
    "kind_of": ("{kind} of {names}", "{kind} de {names}"),
    "unreadable": (
        "Left out, since {subject} has terms in {languages} alone: {names}.",
        "Laissées de côté, {subject} n’ayant de termes qu’en {languages} : {names}.",
    ),
    "backlog_left_out": (
        "Backlog left out: {articles} published before the first poll of the feed (--backlog counts).",
        "Arriéré laissé de côté : {articles} d’avant le premier relevé du flux (--backlog compte).",
    ),
    "backlog_counted": (
        "Backlog counted, as asked: {articles} published before the first poll of the feed; what else was published then is not known.",
        "Arriéré compté, comme demandé : {articles} d’avant le premier relevé du flux ; ce qui a paru d’autre n’est pas connu.",
    ),
    "removed": (
        "Text removed on request: {articles} of the period, which still count.",
        "Texte retiré sur demande : {articles} de la période, qui comptent toujours.",
    ),
    "undated": (
        "Undated, in no day: {articles} first seen in the period.",
        "Sans date, dans aucun jour : {articles} vus d’abord dans la période.",
    ),
    "scope_lead": (
        "Scope lead: evidence in the title and the first 25 words counts (--scope all counts the whole text).",
        "Portée « lead » : comptent les preuves du titre et des 25 premiers mots (--scope all compte tout le texte).",
    ),
    "scope_all": (
        "Scope all: evidence in the whole text counts (--scope lead counts the lead alone).",
        "Portée « all » : comptent les preuves de tout le texte (--scope lead ne compte que le début).",
    ),
    "uncorrected": (
        "Uncorrected matches: figures are not corrected for the matcher's errors.",
        "Correspondances non corrigées : les chiffres ne sont pas corrigés des erreurs de la détection.",
    ),
    "all_count": (
        "No topic or concept was asked for: all articles count.",
        "Ni sujet ni concept demandé : tous les articles comptent.",
    ),
    "too_short": (
        "Too short to be compared, under 40 words of text: {short} of {articles}. Clusters and their counts are minima.",
        "Trop courts pour être comparés, moins de 40 mots de texte : {short} sur {articles}. Les groupes et leurs nombres sont des minimums.",
    ),
    "spikes_looked_at": (
        "Looked at: {looked_at} of {all} topics and days; at most 5 % of what is called a spike is expected to be none.",
        "Examinés : {looked_at} jours-sujets sur {all} ; au plus 5 % de ce qui est dit un pic n’en serait pas un.",
    ),
    "spikes_baseline": (
        "Not looked at where under {least} of the {reach} days before were covered: {number} topics and days. The days read begin on {first_read}, so the first that can be judged is {first}.",
        "Non examinés là où moins de {least} des {reach} jours d’avant étaient couverts : {number} jours-sujets. Les jours lus commencent le {first_read} : le premier qui puisse être jugé est le {first}.",
    ),
    "spikes_joined": (
        "Silent for 28 days after a feed of the panel was first polled: {number} topics and days; a --panel without that feed's source can be judged.",
        "Muet 28 jours après le premier relevé d’un flux du panel : {number} jours-sujets ; un --panel sans la source de ce flux peut être jugé.",
    ),
    "first_rows": (
        "Only the first {rows} rows: there are more.",
        "Seulement les {rows} premières lignes : il y en a d’autres.",
    ),
}


@dataclass(frozen=True, slots=True)
class Sentences:
    """Says things in one language.

    Attributes:
        language: `en` or `fr`; where it is neither, English.
    """

    language: str = "en"

    def say(self, key: str, **values: object) -> str:
        """The sentence of a key, values filled in.

        Raises:
            KeyError: There is no such key.
        """
        english, french = SENTENCES[key]
        return (french if self.language == "fr" else english).format(**values)

    def number(self, value: int) -> str:
        """A whole number, its thousands grouped."""
        return number_text(value, self.language)

    def day(self, day: date) -> str:
        """A day; in English as options take it."""
        return day_text(day, "fr") if self.language == "fr" else day.isoformat()

    def moment(self, moment: datetime) -> str:
        """An aware moment, to the minute, in UTC."""
        return moment_text(moment, "fr") if self.language == "fr" else f"{moment:%Y-%m-%d %H:%M} UTC"

    def articles(self, number: int) -> str:
        """So many articles."""
        return self.say("article" if number == 1 else "articles", number=self.number(number))

    def sources(self, number: int) -> str:
        """So many sources."""
        return self.say("source" if number == 1 else "sources", number=self.number(number))

    def names(self, names: Sequence[str]) -> str:
        """Names, at most so many; of more, how many."""
        shown = ", ".join(names[:_NAMES_SHOWN])
        more = len(names) - _NAMES_SHOWN
        return self.say("and_more", names=shown, number=more) if more > 0 else shown

    def days_missing(self, missing: Mapping[str, int], days: int) -> str:
        """Names, each with its number of days out of so many."""
        return self.names([self.say("days_of", name=name, number=number, days=days) for name, number in missing.items()])

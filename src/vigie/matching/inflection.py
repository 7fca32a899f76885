"""All case forms of a Russian or Ukrainian word or phrase, by pymorphy3 and its dictionaries.

Needed only where a term's forms are not written down: those of the shipped topics are, in `topics/forms.yaml`, which
``vigie topics forms`` writes, so that they can be read and judged, and matching depends on no dictionary's version.

In a phrase, what agrees is inflected together: the adjectives before the head noun, and names beside each other
(`Минские соглашения` → `Минских соглашений`, `Юлия Навальная` → `Юлии Навальной`); what follows the head noun stays as it is
(`Министерство обороны` → `Министерству обороны`). A word given in the singular gets its plural forms too, unless it is a name.
"""

from __future__ import annotations

import functools
import importlib
import re
from collections.abc import Iterable, Iterator
from typing import Any

from vigie.errors import UsageError
from vigie.matching.model import Declared, Term
from vigie.matching.normalise import fold
from vigie.matching.places import Problems
from vigie.matching.terms import open_sides

__all__ = ["INFLECTED_LANGUAGES", "complete_forms", "fault_of", "forms_missing", "inflect"]

#: Languages whose case forms can be generated.
INFLECTED_LANGUAGES = ("ru", "uk")
_LATIN = re.compile(r"[A-Za-zÀ-ɏ]")
_CYRILLIC = re.compile(r"[Ѐ-ӿ]")
_POSSESSIVE = re.compile("(?:[оеё]в|[иы]н)$")
_CASES = ("nomn", "gent", "datv", "accs", "ablt", "loct")
_ADJECTIVES = frozenset(("ADJF", "PRTF"))
_NAMES = frozenset(("Name", "Surn", "Patr", "Geox"))
#: Variants that the press does not write: superlatives, `санкциею`, `соглашенье`, archaic and slang forms.
_OUTDATED = frozenset(("Supr", "V-oy", "V-ey", "V-be", "Arch", "Infr", "Slng", "arch", "rare", "slang"))


def inflect(phrase: str, language: str) -> tuple[str, ...]:
    """The phrase in all its case forms, itself first, the others in alphabetical order.

    Args:
        phrase: In the nominative; singular or plural.
        language: `ru` or `uk`.

    Raises:
        UsageError: The phrase has no noun or adjective in the nominative, or pymorphy3 is not installed.
    """
    words = phrase.split()
    analyses = [_nominatives(word, language, surname=word is words[-1]) for word in words]
    if len(words) == 1 and not any(a.tag.POS == "NOUN" for a in analyses[0]) and analyses[0]:
        return _ordered(phrase, _of_adjective(analyses[0][0], name=phrase[0].isupper()))
    together = _head(analyses)
    if not together:
        raise UsageError(f"`{phrase}` has no noun in the nominative: write its forms under `forms`, or as plain words")
    noun = together[-1]
    following = _names_after(noun, analyses[len(together) :])
    if _is_name(noun) or any(map(_is_name, following)):
        together += following
    rest = words[len(together) :]
    numbers = ("plur",) if "plur" in noun.tag.grammemes else ("sing",) if any(map(_is_name, together)) else ("sing", "plur")
    forms = [form for number in numbers for case in _CASES for form in _in_case(together, rest, case, number, noun)]
    return _ordered(phrase, forms)


def _head(analyses: list[list[Any]]) -> list[Any]:
    """The adjectives and the noun with which they agree: as many words as can be read so; empty where none."""
    for end in range(len(analyses), 0, -1):
        for noun in (a for a in analyses[end - 1] if a.tag.POS == "NOUN"):
            before = [_agreeing(found, noun) for found in analyses[: end - 1]]
            if all(before):
                return [*before, noun]
    return []


def _of_adjective(adjective: Any, *, name: bool) -> Iterator[str]:
    """The forms of an adjective alone; as a name those of its own gender: `Навальная` is not `Навальный`."""
    for form in adjective.lexeme:
        own = form.tag.gender == adjective.tag.gender and ("plur" in form.tag.grammemes) == ("plur" in adjective.tag.grammemes)
        if _is_current(form, adjective) and _is_adjective(form) and (own or not name):
            yield form.word


def _names_after(noun: Any, analyses: list[list[Any]]) -> list[Any]:
    """What is inflected with a name: the names after it of the same gender; a surname may be an adjective (`Навальная`)."""
    found = []
    for candidates in analyses:
        alike = [a for a in candidates if a.tag.gender == noun.tag.gender]
        surnames = [a for a in alike if "Name" in noun.tag.grammemes and _is_adjective(a)]
        following = next(iter([*(a for a in alike if a.tag.POS == "NOUN"), *surnames]), None)
        if following is None:
            break
        found.append(following)
    return found


def _in_case(together: list[Any], rest: list[str], case: str, number: str, noun: Any) -> list[str]:
    """The forms for one case: several where an ending has a variant."""
    results: list[list[str]] = [[]]
    for analysis in together:
        words = {
            form.word
            for form in analysis.lexeme
            if case in form.tag.grammemes and _is_current(form, analysis) and _agrees(form.tag, analysis, noun, number)
        }
        results = [[*start, word] for start in results for word in sorted(words)]
    return [" ".join([*words, *rest]) for words in results if words]


def _agrees(tag: Any, analysis: Any, noun: Any, number: str) -> bool:
    if ("plur" in tag.grammemes) != (number == "plur"):  # The Ukrainian dictionary marks only the plural.
        return False
    if analysis.tag.POS not in _ADJECTIVES:
        return number == "plur" or tag.gender is None or tag.gender == analysis.tag.gender
    if tag.animacy is not None and noun.tag.animacy is not None and tag.animacy != noun.tag.animacy:
        return False
    return number == "plur" or noun.tag.gender is None or tag.gender is None or tag.gender == noun.tag.gender


def _is_current(form: Any, word: Any) -> bool:
    """Whether the press writes a form: what its word is in every form (`фейк` is slang) says nothing against it."""
    return not (_OUTDATED & form.tag.grammemes) - word.tag.grammemes


def _is_adjective(form: Any) -> bool:
    return form.tag.POS in _ADJECTIVES


def _nominatives(word: str, language: str, *, surname: bool) -> list[Any]:
    """How a word can be read in the nominative: one with a capital rather as a name, the last of a phrase as a surname."""
    found = [a for a in _analyzer(language).parse(word) if "nomn" in a.tag.grammemes and not {"Abbr", "Fixd"} & a.tag.grammemes]
    if language == "uk" and word.endswith("ий"):
        found = [a for a in found if _declines_as_adjective(a)]
    found = [a for a in found if a.word == word.lower()] or found  # Not `Вашинґтон`.
    if language == "ru" and word[0].isupper() and not _analyzer(language).word_is_known(word):
        found += _masculine_surnames(word)
    if not word[0].isupper():
        return found
    return sorted(found, key=lambda a: (not (surname and "Surn" in a.tag.grammemes), not _is_name(a)))


def _masculine_surnames(word: str) -> list[Any]:
    """A Russian word on -ов, -ин and the like as a surname: of one that it lacks, the dictionary guesses the feminine alone."""
    surnames = [a for a in _analyzer("ru").parse(f"{word}а") if "Surn" in a.tag.grammemes] if _POSSESSIVE.search(word) else []
    return [form for a in surnames for form in a.lexeme if form.word == word.lower() and "nomn" in form.tag.grammemes]


def _declines_as_adjective(analysis: Any) -> bool:
    """Whether a Ukrainian word in -ий is inflected as all of them are: the dictionary also guesses `Сирський, Сирськия`."""
    return any(form.word == analysis.word[:-2] + "ого" for form in analysis.lexeme)


def _agreeing(analyses: list[Any], noun: Any) -> Any:
    plural = "plur" in noun.tag.grammemes
    for analysis in analyses:
        if analysis.tag.POS not in _ADJECTIVES or ("plur" in analysis.tag.grammemes) != plural:
            continue
        if plural or noun.tag.gender is None or analysis.tag.gender == noun.tag.gender:
            return analysis
    return None


def _is_name(analysis: Any) -> bool:
    return bool(_NAMES & analysis.tag.grammemes)


def _ordered(phrase: str, forms: Iterable[str]) -> tuple[str, ...]:
    first = phrase.lower()
    forms = (form.lower() for form in forms)
    return (first, *sorted(set(forms) - {first}))


@functools.cache
def _analyzer(language: str) -> Any:
    try:
        pymorphy3 = importlib.import_module("pymorphy3")  # Untyped, and seldom needed.
    except ImportError:
        raise UsageError(
            "the forms of an `inflect` term are not written down and pymorphy3 is not installed to generate them: "
            "pip install 'vigie[inflect]', or write them under `forms`"
        ) from None
    if language not in INFLECTED_LANGUAGES:
        raise UsageError(f"forms can be generated for {' and '.join(INFLECTED_LANGUAGES)}, not for `{language}`")
    return pymorphy3.MorphAnalyzer(lang=language)


def fault_of(term: Term) -> str:
    """Why a term can never match; empty where it can."""
    _, _, core = open_sides(term.text)
    folded = fold(core).strip()
    if not any(c.isalnum() for c in folded):
        return "it has neither letter nor digit"
    if "*" in core:
        return "`*` stands at the beginning or the end of a term only"
    if "*" in term.text and not (fold(core)[:1].strip() and fold(core)[-1:].strip()):
        return f"hyphens and dashes count as spaces: `{core.strip('-')}` finds `{core.strip('-')}-…` too"
    if "\n" in folded:
        return "no phrase runs across lines"
    for word in core.split():
        if _LATIN.search(word) and _CYRILLIC.search(word) and "-" not in word:
            return f"`{word}` mixes Latin and Cyrillic letters: type it again in one alphabet"
    if term.inflect:
        strange = [language for language in term.languages if language not in INFLECTED_LANGUAGES]
        if strange:
            return (
                f"no forms are generated for `{strange[0]}`, only for {' and '.join(INFLECTED_LANGUAGES)}: list them as words"
            )
        if "*" in term.text:
            return "`inflect` and `*` do not go together: use one"
        if term.case:
            return "`inflect` and `case` do not go together: list the forms as words"
    return ""


def forms_missing(declared: Declared) -> Iterator[tuple[str, Term]]:
    """Each inflected term whose forms are not written down, with its language."""
    for concept in declared.concepts.values():
        for term in (*concept.terms, *concept.phrases_apart):
            if term.inflect and not fault_of(term):
                for language in term.languages:
                    if term.text not in declared.forms.get(language, {}):
                        yield language, term


def complete_forms(declared: Declared, problems: Problems) -> dict[str, dict[str, tuple[str, ...]]]:
    """The forms of all inflected terms: those written down, the others generated."""
    forms = {language: dict(phrases) for language, phrases in declared.forms.items()}
    for language, term in forms_missing(declared):
        try:
            forms.setdefault(language, {})[term.text] = inflect(term.text, language)
        except UsageError as error:
            problems.add(term.place, str(error))
    return forms

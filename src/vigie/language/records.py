"""What goes into language detection and what comes out."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["UNDETERMINED", "DetectedLanguage", "LanguageInput"]

#: ISO 639-2 code for "the text does not tell".
UNDETERMINED = "und"


@dataclass(frozen=True, slots=True)
class LanguageInput:
    """One article's text, and what is known about its language before reading it."""

    #: Plain text, no markup.
    title: str
    #: Plain text; only its beginning is read.
    text: str = ""
    #: Language that the entry or its feed declares, in any spelling ("fr-FR", "en_US", "Russian"); may be wrong.
    declared: str = ""
    #: ISO 639-1 codes of the languages that the source publishes in.
    source_languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DetectedLanguage:
    """A language and how sure of it the detector is."""

    #: ISO 639-1 code, or `und` where the text does not tell.
    language: str
    #: Posterior probability, 0 to 1, of the likeliest language; under `und` of the one that was not likely enough.
    confidence: float
    #: ISO 639-1 code of another language that a whole sentence or quotation of the text is in; "" for none.
    second: str = ""

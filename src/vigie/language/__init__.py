"""Which language an article is written in: langdetect's model, evaluated exactly, with what is known of the source as prior."""

from vigie.language.detector import LanguageDetector
from vigie.language.records import UNDETERMINED, DetectedLanguage, LanguageInput

__all__ = ["UNDETERMINED", "DetectedLanguage", "LanguageDetector", "LanguageInput"]

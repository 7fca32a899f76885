"""What is taken out of a text before its letters are counted."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["TEXT_LIMIT", "TITLE_LIMIT", "clean"]

#: Characters of a title and of a text that are read: enough by far, and a bound on hostile input.
TITLE_LIMIT = 500
TEXT_LIMIT = 2_000

# langdetect's own two patterns (detector.py).
_URL = re.compile(r"https?://[-_.?&~;+=/#0-9A-Za-z]{1,2076}")
_MAIL = re.compile(r"[-_.0-9A-Za-z]{1,64}@[-_0-9A-Za-z]{1,255}[-_.0-9A-Za-z]{1,255}")
_SOFT_HYPHEN = "\u00ad"
_COMBINING = re.compile("[\u0300-\u036f]")


def clean(text: str, limit: int) -> str:
    """The first `limit` characters of `text` without addresses, soft hyphens and loose accents, in ordinary case.

    Accents are joined to their letters (NFC), as langdetect does for Vietnamese; those that cannot be joined, such as the
    stress marks of Russian, are dropped. A text all in capitals is set in small letters: the model skips capitals as names.
    """
    text = text[:limit]
    if "://" in text:
        text = _URL.sub(" ", text)
    if "@" in text:
        text = _MAIL.sub(" ", text)
    if not text.isascii():
        if _COMBINING.search(text):
            text = _COMBINING.sub("", unicodedata.normalize("NFC", text))
        text = text.replace(_SOFT_HYPHEN, "")
    return text.lower() if text.isupper() else text

"""What is expected of an article's language before it is read.

Three things are known: how often news is written in a language at all, what the source publishes in, and what the feed
declares. Each adds a weight in nats to the languages that it names. The weights are bounded, so that a sentence's own
evidence always outweighs a wrong declaration; they decide where a headline of two words could be anything.
"""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import NDArray

from vigie.language.scripts import LANGUAGES_OF, SCRIPT_OF, Script

__all__ = ["expected_scripts", "log_prior"]

#: Nats for languages that much of the world's news is written in, over those that few feeds have. Without it, two English
#: words are Afrikaans, Tagalog or Somali as often as English.
_COMMON = {
    3.5: ("en", "fr", "de", "ru", "es", "uk"),
    2.0: ("it", "pt", "pl", "nl", "tr", "cs", "ro", "hu", "sv", "bg"),
}
#: Nats for the language that the entry or its feed declares: often right, often a template's default ("en").
_DECLARED = 1.0
#: Nats for the only language of a source, and for each of several.
_ONLY_LANGUAGE = 3.0
_ONE_OF_SEVERAL = 2.0


@functools.lru_cache(maxsize=4096)
def log_prior(script: Script, declared: str, source_languages: tuple[str, ...]) -> NDArray[np.float64]:
    """The weight in nats of each language of the script, in the order of `LANGUAGES_OF`; codes as `language_of_tag` gives."""
    languages = LANGUAGES_OF[script]
    weights = dict.fromkeys(languages, 0.0)
    for weight, common in _COMMON.items():
        for language in common:
            if language in weights:
                weights[language] += weight
    if declared in weights:
        weights[declared] += _DECLARED
    published = set(source_languages) - {""}
    for language in published & weights.keys():  # each weight on its own: no order of addition to differ
        weights[language] += _ONLY_LANGUAGE if len(published) == 1 else _ONE_OF_SEVERAL
    prior = np.array([weights[language] for language in languages])
    prior.setflags(write=False)
    return prior


@functools.lru_cache(maxsize=4096)
def expected_scripts(declared: str, source_languages: tuple[str, ...]) -> frozenset[Script]:
    """The scripts of the languages that the feed or the source names."""
    return frozenset(SCRIPT_OF[language] for language in (declared, *source_languages) if language in SCRIPT_OF)

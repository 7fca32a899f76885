"""Language detection beside the `langdetect` library: accuracy and texts a second, on texts whose language is known.

    python benchmarks/language.py FOLDER [--headlines FOLDER] [--limit N]

FOLDER holds files KIND.LANGUAGE.txt, one text a line (lingua-py's test data is laid out so). The second folder holds
*.jsonl.gz with `lang` and `title`. The library is seeded: unseeded it answers differently in every run.
"""

from __future__ import annotations

import argparse
import gzip
import json
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import langdetect

from vigie.language import LanguageDetector, LanguageInput


@dataclass(frozen=True)
class Sample:
    """A text and the language that it is known to be in."""

    language: str
    text: str


@dataclass(frozen=True)
class Score:
    """What one detector made of a set of samples."""

    accuracy: float
    by_language: dict[str, float]
    per_second: float


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--headlines", type=Path)
    arguments.add_argument("--limit", type=int, help="texts a kind and language (default: all; the library takes a minute)")
    options = arguments.parse_args()
    sets = _read_lines(options.folder)
    if options.headlines:
        sets |= _read_headlines(options.headlines)

    langdetect.DetectorFactory.seed = 0
    langdetect.detect("warm up")
    _detect_vigie([Sample("en", "warm up"), Sample("ru", "разогрев")])
    print(f"{'texts':14} {'detector':18} {'n':>5} {'accuracy':>9} {'texts/s':>9} {'ratio':>6}   accuracy by language")
    for kind, everything in sets.items():
        samples = _limited(everything, options.limit) if options.limit else everything
        reference = _score(_detect_langdetect, samples)
        _print_row(kind, "langdetect", len(samples), reference, reference)
        for name, detect in _DETECTORS.items():
            _print_row(kind, name, len(samples), _score(detect, samples), reference)


def _read_lines(folder: Path) -> dict[str, list[Sample]]:
    sets: dict[str, list[Sample]] = defaultdict(list)
    for path in sorted(folder.glob("*.*.txt")):
        kind, language, _ = path.name.split(".")
        sets[kind].extend(Sample(language, line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip())
    return dict(sets)


def _read_headlines(folder: Path) -> dict[str, list[Sample]]:
    samples = []
    for path in sorted(folder.glob("*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            samples += [Sample(item["lang"], item["title"]) for item in map(json.loads, lines)]
    return {"headlines": samples}


def _limited(samples: list[Sample], limit: int) -> list[Sample]:
    """The first `limit` samples of each language."""
    seen: Counter[str] = Counter()
    kept = []
    for sample in samples:
        seen[sample.language] += 1
        if seen[sample.language] <= limit:
            kept.append(sample)
    return kept


def _detect_vigie(samples: list[Sample]) -> list[str]:
    return _languages([LanguageInput(sample.text) for sample in samples])


def _detect_with_source(samples: list[Sample]) -> list[str]:
    """As in a feed of a source that publishes in one language."""
    return _languages([LanguageInput(sample.text, source_languages=(sample.language,)) for sample in samples])


def _detect_misled(samples: list[Sample]) -> list[str]:
    """As in a feed that declares a wrong language."""
    return _languages([LanguageInput(sample.text, declared="fr" if sample.language == "en" else "en") for sample in samples])


def _languages(texts: list[LanguageInput]) -> list[str]:
    return [found.language for found in LanguageDetector().detect_batch(texts)]


def _detect_langdetect(samples: list[Sample]) -> list[str]:
    return [_detect_one(sample.text) for sample in samples]


def _detect_one(text: str) -> str:
    try:
        language: str = langdetect.detect(text)
    except langdetect.LangDetectException:
        return "und"
    return language


def _score(detect: Callable[[list[Sample]], list[str]], samples: list[Sample]) -> Score:
    started = time.perf_counter()
    found = detect(samples)
    seconds = time.perf_counter() - started
    total = Counter(sample.language for sample in samples)
    right = Counter(sample.language for sample, language in zip(samples, found, strict=True) if language == sample.language)
    by_language = {language: right[language] / total[language] for language in sorted(total)}
    return Score(right.total() / len(samples), by_language, len(samples) / seconds)


def _print_row(kind: str, name: str, count: int, score: Score, reference: Score) -> None:
    ratio = score.per_second / reference.per_second
    languages = " ".join(f"{language} {share:.3f}" for language, share in score.by_language.items())
    print(f"{kind:14} {name:18} {count:5} {score.accuracy:9.4f} {score.per_second:9,.0f} {ratio:5.0f}x   {languages}")


#: How vigie is asked: knowing nothing of the source, all of it, and something wrong.
_DETECTORS = {"vigie": _detect_vigie, "vigie, one source": _detect_with_source, "vigie, wrong tag": _detect_misled}

if __name__ == "__main__":
    main()

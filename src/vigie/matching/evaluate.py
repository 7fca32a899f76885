"""How good the topics are: precision, recall and F1 with intervals, on items whose true topics people have said.

Each item and topic is one decision. A figure rests on decisions: precision on those that the matcher calls on topic, recall on
those that the labels do; under 30 of them none is given. Weights and intervals are those of
:func:`vigie.stats.estimate_ratio`: an item weighs as many as its stratum has members for each one in the sample.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from vigie.language import LanguageDetector, LanguageInput
from vigie.matching.explain import Explainer
from vigie.matching.gold import OTHER, GoldItem, GoldSet
from vigie.matching.reasons import reason_for, shortfall
from vigie.matching.topic_set import UNDETERMINED, MatchResult, TopicSet
from vigie.schemas import Quality
from vigie.stats import Proportion, Unit, estimate_ratio, f1_of
from vigie.version import VERSION

__all__ = ["ALL", "LEAST", "Judged", "Mistake", "judge", "mistakes", "out_of_reach", "quality_of", "with_reason"]

#: Decisions under which no figure is given (METHOD.md).
LEAST = 30
#: Every topic, or every language.
ALL = "all"
COUNTED, SET_ASIDE = "counted", "set-aside"
_FALSE, _MISSED = "false positive", "false negative"


@dataclass(frozen=True, slots=True)
class Judged:
    """An item with what the matcher says of it."""

    item: GoldItem
    #: As detected, which is what the matcher went by.
    detected: str
    #: Under which it is counted: as labelled, but for `other`, which stands for many.
    language: str
    result: MatchResult

    @property
    def matched(self) -> frozenset[str]:
        """The topics that fired."""
        return frozenset(found.topic_id for found in self.result.matches)


@dataclass(frozen=True, slots=True)
class Mistake:
    """A decision that is not the coder's."""

    judged: Judged
    topic: str
    #: `false positive` or `false negative`.
    kind: str
    #: Whether the coder was unsure of it.
    unsure: bool
    #: Items of the data that the item stands for.
    weight: float
    #: What the match rests on, or what it lacks.
    reason: str = ""


def judge(topics: TopicSet, items: Sequence[GoldItem]) -> list[Judged]:
    """Detect the language of items and match them, as a pipeline does."""
    inputs = [LanguageInput(item.title, item.text, item.declared, item.source_languages) for item in items]
    judged = []
    for item, found in zip(items, LanguageDetector().detect_batch(inputs), strict=True):
        language = found.language if item.language == OTHER else item.language
        judged.append(Judged(item, found.language, language, topics.match(item.title, item.text, found.language)))
    return judged


def out_of_reach(topics: TopicSet, judged: Iterable[Judged]) -> list[Judged]:
    """Items in languages that no topic has terms for: they are part of no figure."""
    known = _languages(topics)
    return [each for each in judged if each.language not in known]


def quality_of(topics: TopicSet, gold: GoldSet, split: str, judged: Sequence[Judged], *, at: datetime) -> list[Quality]:
    """One row for each topic and language, for all topics, and for all languages; with unsure labels counted and set aside.

    Args:
        topics: What was evaluated.
        gold: The set that the items are of.
        split: Which half they are.
        judged: The items.
        at: When this is done, UTC.
    """
    known = _languages(topics)
    within = [each for each in judged if each.language in known]
    languages = [language for language in known if any(each.language == language for each in within)]
    treatments = [COUNTED, SET_ASIDE] if any(each.item.unsure for each in within) else [COUNTED]
    basis = Quality(
        gold=gold.name, gold_version=gold.version, drawn_from=gold.drawn_from, split=split if gold.is_split else ALL,
        topics_version=topics.version, topic_id="", language="", unsure="", items=0, positives=0, matched=0, true_positives=0,
        precision=None, precision_low=None, precision_high=None, recall=None, recall_low=None, recall_high=None,
        f1=None, f1_low=None, f1_high=None, code_version=VERSION, evaluated_at=at,
    )  # fmt: skip
    populations = {each.item.stratum: float(each.item.population) for each in judged} if gold.is_stratified else None
    rows = []
    for topic in (ALL, *sorted(topics.topics)):
        chosen = frozenset(topics.topics) if topic == ALL else frozenset([topic])
        for language in (ALL, *languages):
            for unsure in treatments:
                decisions = [_decide(each, chosen, language in (ALL, each.language), unsure, known) for each in judged]
                row = dataclasses.replace(basis, topic_id=topic, language=language, unsure=unsure)
                rows.append(_measured(row, decisions, populations))
    return rows


@dataclass(frozen=True, slots=True)
class _Decisions:
    """The decisions on one item: how many are right, wrong and missed."""

    stratum: str
    read: bool
    right: int = 0
    false: int = 0
    missed: int = 0


def _decide(each: Judged, chosen: frozenset[str], counts: bool, unsure: str, known: Sequence[str]) -> _Decisions:
    if not counts or each.language not in known:
        return _Decisions(each.item.stratum, read=False)  # Drawn all the same: it belongs to its stratum's number.
    topics = chosen - each.item.unsure if unsure == SET_ASIDE else chosen
    true, matched = each.item.topics & topics, each.matched & topics
    return _Decisions(each.item.stratum, True, len(true & matched), len(matched - true), len(true - matched))


def _measured(row: Quality, decisions: Sequence[_Decisions], populations: Mapping[str, float] | None) -> Quality:
    precision = _share([Unit(d.stratum, d.right, d.right + d.false) for d in decisions], populations)
    recall = _share([Unit(d.stratum, d.right, d.right + d.missed) for d in decisions], populations)
    f1 = f1_of(_share([Unit(d.stratum, d.right, d.right + d.false + d.missed) for d in decisions], populations))
    if precision is None or recall is None:
        f1 = None
    right = sum(d.right for d in decisions)
    return dataclasses.replace(
        row,
        items=sum(d.read for d in decisions),
        positives=right + sum(d.missed for d in decisions),
        matched=right + sum(d.false for d in decisions),
        true_positives=right,
        **_columns("precision", precision),
        **_columns("recall", recall),
        **_columns("f1", f1),
    )


def _share(units: Sequence[Unit], populations: Mapping[str, float] | None) -> Proportion | None:
    found = estimate_ratio(units, populations)
    return found if found is not None and found.n >= LEAST else None


def _columns(name: str, found: Proportion | None) -> dict[str, Any]:
    if found is None:
        return {}
    return {name: found.value, f"{name}_low": found.low, f"{name}_high": found.high}


def mistakes(topics: TopicSet, judged: Sequence[Judged]) -> list[Mistake]:
    """Every wrong decision, those that stand for most first, in an order that shows different kinds early.

    Items of the half that is not to be looked at are among them: whoever lists mistakes leaves out those.
    """
    drawn = Counter(each.item.stratum for each in judged)
    known = _languages(topics)
    found = []
    for each in judged:
        if each.language in known:
            weight = each.item.population / drawn[each.item.stratum] if each.item.stratum else 1.0
            for kind, wrong in ((_FALSE, each.matched - each.item.topics), (_MISSED, each.item.topics - each.matched)):
                found += [Mistake(each, topic, kind, topic in each.item.unsure, weight) for topic in wrong]
    found.sort(key=lambda m: (m.unsure, -m.weight, m.topic, m.kind, m.judged.item.key))
    return _varied(found)


def _varied(found: Sequence[Mistake]) -> list[Mistake]:
    """The same in rounds: first the first of each topic and kind, then the second of each, and so on; sure ones first."""
    rounds: Counter[tuple[str, str, bool]] = Counter()
    placed = []
    for mistake in found:
        kind = mistake.topic, mistake.kind, mistake.unsure
        placed.append((mistake.unsure, rounds[kind], mistake))
        rounds[kind] += 1
    return [mistake for _, _, mistake in sorted(placed, key=lambda entry: entry[:2])]


def with_reason(mistake: Mistake, explainer: Explainer) -> Mistake:
    """A mistake with what the match rests on, or what the rule lacks: concepts, and a word or two of the text."""
    each = mistake.judged
    explained = explainer.explain(each.item.title, each.item.text, each.detected)
    topic = next(topic for topic in explained.topics if topic.topic_id == mistake.topic)
    if topic.outcome in ("is not evaluated", "is implied"):
        reason = f"{topic.outcome} {topic.why}"
    else:
        reason = reason_for(topic.step) if mistake.kind == _FALSE else shortfall(topic.step)
    wrong_language = each.language not in (each.detected, OTHER)
    return dataclasses.replace(mistake, reason=f"taken for {each.detected}; {reason}" if wrong_language else reason)


def _languages(topics: TopicSet) -> tuple[str, ...]:
    """Languages in which topics are evaluated, `und` last."""
    claimed = {language for topic in topics.topics.values() for language in topic.languages}
    return (*sorted(claimed - {UNDETERMINED}), UNDETERMINED)

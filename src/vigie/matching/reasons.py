"""The reason for a match or a miss in one line, from the explanation of its rule."""

from __future__ import annotations

from collections.abc import Iterator
from operator import itemgetter

from vigie.matching.explain import Step

__all__ = ["reason_for", "shortfall"]

_CHOICES = ("any", "at_least", "weights")
#: Alternatives that are named where several came equally near.
_MOST = 3
_NOTHING = "no concept of its rule is found"


def shortfall(step: Step) -> str:
    """What a rule that does not hold lacks: of alternatives, the one that came nearest."""
    if not step.touched:
        return _NOTHING
    return "; ".join(dict.fromkeys(_lacks(step))) or _NOTHING


def reason_for(step: Step) -> str:
    """What a rule that holds rests on: of alternatives, the first that holds."""
    return "; ".join(dict.fromkeys(_rests_on(step)))


def _lacks(step: Step) -> Iterator[str]:
    if not step.steps:
        yield step.why if step.why.startswith("no ") else f"{step.rule}: {step.why}"
    elif step.kind == "none":
        yield from (f"ruled out by {inner.rule}: {inner.why}" for inner in step.steps if inner.held)
    elif step.kind in _CHOICES:
        failed = [(round(_progress(inner), 6), inner) for inner in step.steps if not inner.held]
        nearest = [inner for progress, inner in failed if progress == max(failed, key=itemgetter(0))[0]]
        yield ", or ".join(dict.fromkeys(" and ".join(_lacks(inner)) for inner in nearest[:_MOST]))
    else:
        yield from (text for inner in step.steps if not inner.held for text in _lacks(inner))


def _progress(step: Step) -> float:
    """How much of a rule holds, from 0 to 1; alternatives count as the best of them."""
    if not step.steps:
        return 1.0 if step.held else 0.5 if step.kind == "near" and step.touched else 0.0
    if step.kind == "none":
        return 1.0 if step.held else 0.0
    shares = [_progress(inner) for inner in step.steps if inner.kind != "none"] or [0.0]
    return max(shares) if step.kind in _CHOICES else sum(shares) / len(shares)


def _rests_on(step: Step) -> Iterator[str]:
    if not step.held or step.kind == "none":
        return
    if not step.steps:
        yield f"{step.rule}: {step.why}"
        return
    held = [inner for inner in step.steps if inner.held]
    for inner in held[:1] if step.kind == "any" else held:
        yield from _rests_on(inner)

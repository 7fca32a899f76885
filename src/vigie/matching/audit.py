"""Audit a figure: draw a sample of its articles for two people to code blindly, and say what errors the matcher makes.

The sample comes from the figure's own panel and window. Its strata are languages, and in each what the matcher found: the
topic, no more than a concept of it, or nothing. Coders see title and text; what the matcher said stays in the key, a file of
its own.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import duckdb

from vigie.errors import UsageError
from vigie.queries import Parameters, load_question
from vigie.queries.relations import read_sql
from vigie.queries.resolving import fetch_rows, resolve
from vigie.schemas import Audit
from vigie.stats import Kappa, Proportion, Unit, allocate, cohen_kappa, draw_order, estimate_ratio
from vigie.version import VERSION

__all__ = ["CodedItem", "Drawn", "Key", "audit_of", "draw_sample"]

#: Parts of the sample by what the matcher found: half the work goes where misses hide.
SHARES = {"match": 0.4, "touched": 0.4, "neither": 0.2}
#: Decisions under which no figure is given (METHOD.md).
LEAST = 30
ALL = "all"


@dataclass(frozen=True, slots=True)
class CodedItem:
    """What the key knows of one article of the sample."""

    article_id: str
    stratum: str
    language: str
    control: str
    matched: bool


@dataclass(frozen=True, slots=True)
class Group:
    """How many articles of one language and class of source the figure is taken over."""

    language: str
    control: str
    population: int
    matched: int


@dataclass(frozen=True, slots=True)
class Key:
    """What coders must not see: the figure, its strata, and what the matcher said of each item."""

    audit_id: str
    topic_id: str
    topics_version: str
    scope: str
    since: str
    until: str
    tz: str
    backlog: bool
    panel_id: str
    panel_version: str
    sources: tuple[str, ...]
    seed: str
    strata: Mapping[str, int]
    groups: tuple[Group, ...]
    items: Mapping[str, CodedItem]

    def identified(self) -> Key:
        """The same with the id that its content gives it: no part of it can be changed without being seen."""
        unnamed = dataclasses.replace(self, audit_id="")
        return dataclasses.replace(self, audit_id=hashlib.sha256(unnamed.to_json().encode()).hexdigest()[:16])

    def to_json(self) -> str:
        """The key as a file holds it."""
        return json.dumps(dataclasses.asdict(self), ensure_ascii=False, indent=1) + "\n"

    @classmethod
    def from_json(cls, text: str, name: str) -> Key:
        """Read a key back.

        Raises:
            UsageError: It is none, or was altered.
        """
        try:
            values = json.loads(text)
            values["items"] = {item: CodedItem(**known) for item, known in values["items"].items()}
            values["groups"] = tuple(Group(**group) for group in values["groups"])
            values["sources"] = tuple(values["sources"])
            key = cls(**values)
            named = key.identified()
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise UsageError(f"{name}: is no key of an audit ({error}); `vigie topics audit --topic T` writes one") from None
        if key != named:
            raise UsageError(f"{name}: was altered since the sample was drawn; bring back the file that was written with it")
        return key


@dataclass(frozen=True, slots=True)
class Drawn:
    """A sample: what coders get, in order, and the key to it."""

    key: Key
    #: For each item its id, language, title and text.
    rows: tuple[tuple[str, str, str, str], ...]


def draw_sample(con: duckdb.DuckDBPyConnection, parameters: Parameters, *, n: int, seed: str) -> Drawn:
    """Draw a stratified sample of the articles that a topic's shares are taken over.

    Args:
        con: The dataset, opened.
        parameters: The figure: topic, period, panel, scope, zone.
        n: How many to draw.
        seed: Decides which ones, and their order.

    Raises:
        UsageError: The figure cannot be computed, or there is nothing that it is taken over.
    """
    asked = resolve(con, load_question("articles"), parameters)
    frame = fetch_rows(con, read_sql("_sampling_frame.sql"), asked.values)
    if not frame:
        raise UsageError(
            f"{parameters.topic}: no share is taken over any article from {asked.values['since']} to {asked.values['until']}:"
            " the panel was covered as a whole on none of these days; choose others with --since and --until, or a --panel"
        )
    strata: dict[str, list[str]] = {}
    for row in frame:
        strata.setdefault(f"{row['language']} {row['kind']}", []).append(row["article_id"])
    populations = {stratum: len(articles) for stratum, articles in strata.items()}
    sizes = allocate(populations, n, _shares(populations))
    drawn = {article: s for s, size in sizes.items() for article in draw_order(strata[s], f"{seed}\ndraw")[:size]}
    known = {row["article_id"]: row for row in frame if row["article_id"] in drawn}
    names = {hashlib.sha256(f"{seed}\n{article}".encode()).hexdigest()[:10]: article for article in drawn}
    items = {}
    for name, article in sorted(names.items()):
        row = known[article]
        items[name] = CodedItem(article, drawn[article], row["language"], row["control"], row["matched"])
    [version] = fetch_rows(con, "FROM active_topics")
    key = Key(
        audit_id="", topic_id=str(parameters.topic), topics_version=version["topics_version"], scope=parameters.scope,
        since=str(asked.values["since"]), until=str(asked.values["until"]), tz=parameters.tz, backlog=parameters.backlog,
        panel_id=parameters.panel.panel_id if parameters.panel else "",
        panel_version=parameters.panel.version if parameters.panel else "",
        sources=tuple(asked.panel), seed=seed, strata={s: populations[s] for s in sorted(sizes)},
        groups=_groups(frame), items=items,
    )  # fmt: skip
    key = key.identified()
    texts = _texts(con, list(drawn))
    order = draw_order(items, f"{seed}\norder")
    return Drawn(key, tuple((name, items[name].language, *texts[items[name].article_id]) for name in order))


def _shares(populations: Mapping[str, int]) -> dict[str, float]:
    """Each kind's part, divided over its languages by their size."""
    kinds: Counter[str] = Counter()
    for stratum, size in populations.items():
        kinds[stratum.split()[1]] += size
    return {s: SHARES[s.split()[1]] * size / kinds[s.split()[1]] for s, size in populations.items()}


def _groups(frame: Sequence[Mapping[str, Any]]) -> tuple[Group, ...]:
    population = Counter((row["language"], row["control"]) for row in frame)
    matched = Counter((row["language"], row["control"]) for row in frame if row["matched"])
    return tuple(Group(*group, population[group], matched[group]) for group in sorted(population))


def _texts(con: duckdb.DuckDBPyConnection, articles: list[str]) -> dict[str, tuple[str, str]]:
    sql = "SELECT article_id, title, text FROM article_revisions WHERE revision = 1 AND list_contains($articles, article_id)"
    return {row["article_id"]: (row["title"], row["text"]) for row in fetch_rows(con, sql, {"articles": articles})}


def audit_of(
    key: Key,
    first: Mapping[str, bool],
    second: Mapping[str, bool],
    settled: Mapping[str, bool] | None = None,
    *,
    at: datetime,
) -> list[Audit]:
    """What two coders' answers say of the matcher: for all articles, each language, each class of source, each pair of these.

    An item on which they differ is on topic or not as `settled` has it; otherwise it counts half on either side.

    Args:
        key: The audit.
        first: For each item, whether the first coder says that it is on topic.
        second: The same of the second coder.
        settled: What was agreed on items on which they differ; None: nothing was.
        at: When this is done, UTC.
    """
    truth = {}
    for item in key.items:
        mean = (first[item] + second[item]) / 2
        truth[item] = float((settled or {}).get(item, mean)) if mean == 0.5 else mean
    all_settled = settled is not None and all(item in settled for item in key.items if first[item] != second[item])
    languages = sorted({group.language for group in key.groups})
    controls = sorted({group.control for group in key.groups})
    cells = [(ALL, ALL), *((language, ALL) for language in languages), *((ALL, control) for control in controls)]
    cells += [(group.language, group.control) for group in key.groups]  # what a figure may be corrected by (METHOD.md)
    rows = []
    for language, control in cells:
        inside = {i for i, item in key.items.items() if language in (ALL, item.language) and control in (ALL, item.control)}
        kappa = cohen_kappa(
            [(first[item], second[item]) if item in inside else None for item in key.items],
            [item.stratum for item in key.items.values()],
            key.strata,
        )
        row = _row_of(key, language, control, settled=all_settled, at=at)
        rows.append(_measured(row, key, inside, kappa, truth))
    return rows


def _row_of(key: Key, language: str, control: str, *, settled: bool, at: datetime) -> Audit:
    """What a row says of the figure; the measures are still to come."""
    groups = [g for g in key.groups if language in (ALL, g.language) and control in (ALL, g.control)]
    return Audit(
        audit_id=key.audit_id, topic_id=key.topic_id, topics_version=key.topics_version, language=language, control=control,
        scope=key.scope, since=date.fromisoformat(key.since), until=date.fromisoformat(key.until), tz=key.tz,
        backlog=key.backlog, panel_id=key.panel_id, panel_version=key.panel_version, sources=key.sources, seed=key.seed,
        population=sum(g.population for g in groups), matched=sum(g.matched for g in groups), settled=settled,
        n=0, positives=0.0, disagreements=0, kappa=None, kappa_low=None, kappa_high=None,
        sensitivity=None, sensitivity_low=None, sensitivity_high=None,
        specificity=None, specificity_low=None, specificity_high=None, code_version=VERSION, read_at=at,
    )  # fmt: skip


def _measured(row: Audit, key: Key, inside: set[str], kappa: Kappa, truth: Mapping[str, float]) -> Audit:
    found: dict[str, Kappa | Proportion | None] = {
        "kappa": kappa if kappa.n >= LEAST else None,
        "sensitivity": _share(key, inside, truth, matched=True),
        "specificity": _share(key, inside, {item: 1 - value for item, value in truth.items()}, matched=False),
    }
    measures: dict[str, Any] = {}
    for name, figure in found.items():
        if figure is not None:
            measures |= {name: figure.value, f"{name}_low": figure.low, f"{name}_high": figure.high}
    positives = sum(truth[item] for item in inside)
    return dataclasses.replace(row, n=len(inside), positives=positives, disagreements=kappa.disagreements, **measures)


def _share(key: Key, inside: set[str], truth: Mapping[str, float], *, matched: bool) -> Proportion | None:
    """Of what is true, the share that the matcher got right."""
    units = [
        Unit(item.stratum, truth[i] * (item.matched == matched), truth[i]) if i in inside else Unit(item.stratum, 0.0, 0.0)
        for i, item in key.items.items()
    ]
    found = estimate_ratio(units, {stratum: float(size) for stratum, size in key.strata.items()})
    return found if found is not None and found.n >= LEAST else None

"""What is known of the matcher's errors: measured on items that people labelled, or audited behind a printed figure."""

from dataclasses import dataclass
from datetime import date, datetime

from vigie.schemas.columns import column

__all__ = ["Audit", "Quality"]

_NONE_UNDER = "None where it rests on fewer than 30 decisions."


@dataclass(frozen=True, slots=True)
class Quality:
    """Table `quality`: how one topic did in one language on one set of labelled items. Counts are of items, unweighted."""

    gold: str = column("Which set of labelled items: `real` or `sample`.")
    gold_version: str = column("Hash of the labels.")
    drawn_from: str = column("What the items were drawn from, and how.")
    split: str = column("Which half: `dev`, `test`, or `all`.")
    topics_version: str = column("Version of the topics that was evaluated.")
    topic_id: str = column("The topic; `all`: all decisions on all topics together (micro-average).")
    language: str = column("The items' language, ISO 639-1; `all`: every language that the topics have terms for.")
    unsure: str = column("`counted`: labels that the coder was unsure of count as given; `set-aside`: they are left out.")
    items: int = column("Items read.")
    positives: int = column("Decisions that the labels say are on topic: what recall is a share of.")
    matched: int = column("Decisions that the matcher says are on topic: what precision is a share of.")
    true_positives: int = column("Decisions on which both say so.")
    precision: float | None = column(f"Share of matches that are right, weighted by stratum. {_NONE_UNDER}")
    precision_low: float | None = column("Lower bound of its 95 % interval.")
    precision_high: float | None = column("Upper bound of its 95 % interval.")
    recall: float | None = column(f"Share of what is on topic that is matched, weighted by stratum. {_NONE_UNDER}")
    recall_low: float | None = column("Lower bound of its 95 % interval.")
    recall_high: float | None = column("Upper bound of its 95 % interval.")
    f1: float | None = column("Harmonic mean of precision and recall; None where one of them is.")
    f1_low: float | None = column("Lower bound of its 95 % interval.")
    f1_high: float | None = column("Upper bound of its 95 % interval.")
    code_version: str = column("Version of vigie that evaluated.")
    evaluated_at: datetime = column("When, UTC.")


@dataclass(frozen=True, slots=True)
class Audit:
    """Table `audits`: the matcher's errors behind one figure, as two people coded a sample of its articles without seeing them.

    One row for all articles of an audit, and one for each language, for each class of source and for each pair of these in it.
    """

    audit_id: str = column("Hash of the figure's parameters, the seed and the articles drawn.")
    topic_id: str = column("The topic.")
    topics_version: str = column("Version of the topics that was audited.")
    language: str = column("ISO 639-1 code of the articles that the row is about; `all`: every language.")
    control: str = column("State that controls the sources that the row is about, `none` or `unstated`; `all`: every source.")
    scope: str = column("Where the figure wants evidence: `lead` or `all`.")
    since: date = column("First day of the figure, local date.")
    until: date = column("Last day of the figure, local date.")
    tz: str = column("Zone in which its days are cut.")
    backlog: bool = column("Whether the figure counts what was published before a feed's first poll.")
    panel_id: str = column("The figure's panel; empty: the sources that were covered throughout.")
    panel_version: str = column("The panel's version; empty where it has none.")
    sources: tuple[str, ...] = column("source_ids of the panel's members.")
    seed: str = column("Seed of the sample.")
    population: int = column("Articles that the figure's shares are taken over, of this language and class.")
    matched: int = column("Of these, articles that the matcher says are on topic.")
    n: int = column("Articles that both coded.")
    positives: float = column(
        "Of these, on topic as coded; a half for each one on which the coders differ and nobody settled it."
    )
    disagreements: int = column("Articles that the two coded differently.")
    settled: bool = column("True where a third file settled all that they differed on.")
    kappa: float | None = column(
        "Cohen's kappa of the two, weighted by stratum. None under 30 articles, or where only one code was given."
    )
    kappa_low: float | None = column("Lower bound of its 95 % interval.")
    kappa_high: float | None = column("Upper bound of its 95 % interval.")
    sensitivity: float | None = column(f"Share of the articles on topic that are matched, weighted by stratum. {_NONE_UNDER}")
    sensitivity_low: float | None = column("Lower bound of its 95 % interval.")
    sensitivity_high: float | None = column("Upper bound of its 95 % interval.")
    specificity: float | None = column(
        f"Share of the articles not on topic that are not matched, weighted by stratum. {_NONE_UNDER}"
    )
    specificity_low: float | None = column("Lower bound of its 95 % interval.")
    specificity_high: float | None = column("Upper bound of its 95 % interval.")
    code_version: str = column("Version of vigie that computed it.")
    read_at: datetime = column("When the coded files were read, UTC.")

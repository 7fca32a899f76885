"""What was evaluated under which topics, and what people decided of single articles."""

import enum
from dataclasses import dataclass
from datetime import date, datetime

from vigie.schemas.columns import column

__all__ = ["Evaluation", "Override", "Removal", "Verdict"]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Table `evaluations`: all articles of one file, evaluated under one version of the topics.

    No match and not evaluated are two things: the row is written when mentions and matches are in place.
    """

    topics_version: str = column("The version under which they were evaluated.")
    file: str = column("The file in the folder of table `articles`: its day's folder and its name, joined by a slash.")
    articles: int = column("How many article revisions it holds.")
    run_id: str = column("The run that evaluated them.")
    at: datetime = column("When it was done, UTC.")


class Verdict(enum.StrEnum):
    """What a coder decided of an article and a topic."""

    ADD = "add"  # it is on the topic, whatever the rules say
    REMOVE = "remove"  # it is not


@dataclass(frozen=True, slots=True)
class Override:
    """Table `overrides`: a person's verdict on one article and topic, which figures can be had with and without."""

    article_id: str = column("The article.")
    topic_id: str = column("The topic.")
    verdict: Verdict = column("add: it is on the topic; remove: it is not.")
    reason: str = column("Why, in words.")
    coder: str = column("Who decided.")
    decided_on: date = column("The day of the decision.")


@dataclass(frozen=True, slots=True)
class Removal:
    """Table `removals`: a text that was asked to be removed; the mark that stays of it.

    The next compaction removes it from every file. The article goes on to count, by its date, source, language and topics.
    """

    article_id: str = column("The article; empty where all of a source was asked for.")
    source_id: str = column("The source whose article it is.")
    reason: str = column("Why, in words.")
    at: datetime = column("When it was asked for, UTC.")

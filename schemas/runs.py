"""What a run was: enough to compute any of its figures again."""

from dataclasses import dataclass
from datetime import datetime

from vigie.schemas.columns import column

__all__ = ["Counter", "Label", "Option", "RunManifest", "TopicRecord"]


@dataclass(frozen=True, slots=True)
class Option:
    """One option of a run."""

    name: str = column("Name, as on the command line.")
    value: str = column("Value, as on the command line.")


@dataclass(frozen=True, slots=True)
class Counter:
    """One count of a run."""

    name: str = column("What was counted.")
    value: int = column("How many.")


@dataclass(frozen=True, slots=True)
class RunManifest:
    """Table `runs`: one finished run."""

    run_id: str = column("Id of the run, in order of time.")
    command: str = column("ingest, import, replay or rematch.")
    code_version: str = column("Version of vigie.")
    format_version: int = column("Version of the tables' format.")
    topics_version: str = column("Hash of the compiled topics; their text is kept in the table `topics`.")
    sources_version: str = column("Hash of the source registry; it is kept in the tables `sources` and `feeds`.")
    runner: str = column("The Beam runner that ran it.")
    started_at: datetime = column("When it started, UTC.")
    finished_at: datetime = column("When all its files were in place, UTC.")
    options: tuple[Option, ...] = column("Its options.")
    counters: tuple[Counter, ...] = column("What it counted.")


@dataclass(frozen=True, slots=True)
class Label:
    """What something is called in one language."""

    language: str = column("ISO 639-1 code.")
    text: str = column("What it is called.")


@dataclass(frozen=True, slots=True)
class TopicRecord:
    """Table `topics`: one topic of one version, with all that is needed to evaluate it again."""

    topics_version: str = column("Hash of the files that define concepts and topics.")
    topic_id: str = column("The topic.")
    label: str = column("What it is called, in English.")
    description: str = column("What belongs to it.")
    languages: tuple[str, ...] = column("ISO 639-1 codes of the languages that it has terms for.")
    concepts: tuple[str, ...] = column("Ids of the concepts its rule names.")
    definition: str = column("The files of this version, as YAML text: the same text in every row of a version.")
    labels: tuple[Label, ...] = column(
        "What it is called, for each language that it has a label in; none in files of older versions.", default=()
    )

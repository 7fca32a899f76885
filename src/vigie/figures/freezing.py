"""Freeze a figure: everything that it was computed from goes into one file, by which anyone can compute it again."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import shutil
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from vigie.errors import UsageError, WorkError
from vigie.figures.comparing import differences
from vigie.figures.extract import ATTEMPTS, write_extract
from vigie.queries import Answer, Parameters, ask, load_question, open_dataset
from vigie.registry import Registry, to_yaml
from vigie.schemas import Panel
from vigie.storage import Dataset
from vigie.version import VERSION

__all__ = ["MANIFEST", "Figure", "Frozen", "freeze"]

MANIFEST = "manifest.json"
#: Version of the file's layout.
LAYOUT = 1
#: Questions that set the sources that are shown beside others of the panel: the articles of both stand behind their figures.
_BESIDE_OTHERS = frozenset(["before-after", "share-of-voice"])
_DAYS = ("since", "until", "event", "as_of")
#: The earliest time that a zip file can hold: the same figure is the same bytes.
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Figure:
    """What is asked."""

    question: str
    parameters: Parameters
    #: The version of the topics that counts; None: the dataset's active one.
    topics_version: str | None = None
    #: Only what had been collected before counts; None: all.
    known_by: datetime | None = None

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        given = dataclasses.asdict(self.parameters)
        texts = {name: value.isoformat() if isinstance(value, date) else value for name, value in given.items()}
        known_by = self.known_by.isoformat() if self.known_by else None
        return {"question": self.question, "parameters": texts, "topics_version": self.topics_version, "known_by": known_by}

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Figure:
        """Back from plain values.

        Raises:
            KeyError, TypeError, ValueError: They are not those of a figure.
        """
        values = dict(content["parameters"])
        for name in _DAYS:
            values[name] = date.fromisoformat(values[name]) if values.get(name) else None
        values["sources"] = tuple(values.get("sources") or ())
        if values.get("panel"):
            values["panel"] = Panel(**{**values["panel"], "sources": tuple(values["panel"]["sources"])})
        known_by = datetime.fromisoformat(content["known_by"]) if content.get("known_by") else None
        return cls(content["question"], Parameters(**values), content.get("topics_version"), known_by)


@dataclass(frozen=True)
class Frozen:
    """A figure in a file."""

    path: Path
    answer: Answer
    #: Hash of the manifest, which holds those of all else: printed beside a figure, it tells that nothing was changed.
    mark: str
    articles: int


def freeze(data: Path, figure: Figure, out: Path, *, at: datetime) -> Frozen:
    """Ask a question and keep it, its answer, and all that the answer was computed from.

    Args:
        data: The dataset's folder.
        figure: What is asked.
        out: The file to write.
        at: When this is done, UTC.

    Raises:
        UsageError: The figure is none, or the file is there already or cannot be written.
        WorkError: The figure cannot be computed again from what was taken of the dataset.
    """
    if out.suffix.lower() != ".zip":
        raise UsageError(f"--out {out}: is a zip file; name it so, as figure.zip")
    if out.exists():
        raise UsageError(f"--out {out}: is there already; name another file, or move it away")
    if not out.absolute().parent.is_dir():
        raise UsageError(f"--out {out}: the folder {out.parent} does not exist; make it first")
    with open_dataset(data, topics_version=figure.topics_version, known_by=figure.known_by) as con:
        answer = ask(con, figure.question, figure.parameters)
        figure = _fixed(con, figure, answer)
        with tempfile.TemporaryDirectory(prefix="vigie-freeze-") as name:
            folder = Path(name)
            _extract(con, Dataset(data), figure, answer, folder / "data")
            articles = _describe(con, folder, dataset=Dataset(data), figure=figure, answer=answer)
            mark = _write_manifest(folder, figure, answer, at)
            _zip(folder, out)
    return Frozen(out, answer, mark, articles)


def _fixed(con: duckdb.DuckDBPyConnection, figure: Figure, answer: Answer) -> Figure:
    """The figure with nothing left open: the days, sources and topics version that were taken."""
    takes = load_question(figure.question).takes
    fixed = answer.parameters
    chosen: dict[str, Any] = {name: fixed[name] for name in ("since", "until") if name in takes and name in fixed}
    if "sources" in takes and "sources" in fixed:
        chosen["sources"] = tuple(fixed["sources"])
    if "panel" in takes and figure.parameters.panel is None and fixed.get("panel"):
        chosen["panel"] = Panel("covered-every-day", "", "The sources that were covered on every day", tuple(fixed["panel"]))
    version = figure.topics_version
    kept = "SELECT topics_version FROM active_topics WHERE topics_version IN (SELECT topics_version FROM stored.topics)"
    if (active := con.execute(kept).fetchone()) is not None:
        version = str(active[0])
    return dataclasses.replace(figure, parameters=dataclasses.replace(figure.parameters, **chosen), topics_version=version)


def _articles(con: duckdb.DuckDBPyConnection, figure: Figure, answer: Answer) -> pa.Table:
    """The articles that stand behind the figure: those that `articles` lists with its parameters."""
    question = load_question(figure.question)
    given = {name: getattr(figure.parameters, name) for name in {*load_question("articles").takes} & {*question.takes}}
    period, article = _period(answer), figure.parameters.article
    if period is not None:
        given["since"], given["until"] = period
    if question.name in _BESIDE_OTHERS:
        given["sources"] = tuple(sorted({*answer.parameters["sources"], *answer.parameters["panel"]}))
    if question.name == "article":
        given |= {"sources": tuple(_all_sources(con, figure, answer)), "backlog": True}
    behind = ask(con, "articles", Parameters(**given)).table
    if article is not None:
        return behind.filter(pc.equal(behind["article_id"], article))
    return behind if period is not None else behind.slice(0, 0)  # Polls and measurements rest on no list of articles.


def _period(answer: Answer) -> tuple[date, date] | None:
    """First and last day of what was counted; None where the question is of no period."""
    if answer.name == "article":
        first = answer.rows(1)[0]
        day: date = first["day"] or first["seen_day"]
        return day, day
    if not {"since", "until"} <= answer.parameters.keys():
        return None
    return answer.parameters["since"], answer.parameters["until"]


def _extract(con: duckdb.DuckDBPyConnection, dataset: Dataset, figure: Figure, answer: Answer, folder: Path) -> None:
    sources = _all_sources(con, figure, answer)
    found: list[str] = []
    for number, attempt in enumerate(ATTEMPTS):
        place = folder.with_name(f"{folder.name}-{number}")
        write_extract(con, dataset, place, sources=sources, period=_period(answer), attempt=attempt)
        with open_dataset(place, topics_version=figure.topics_version, known_by=figure.known_by) as small:
            try:
                found = differences(answer.table, ask(small, figure.question, figure.parameters).table)
            except UsageError as error:  # what the figure names is not in so small an extract
                found = [str(error)]
        if not found:
            place.rename(folder)
            _drop_attempts(folder)
            return
    raise WorkError(f"the figure cannot be computed again from its sources' rows alone ({found[0]}); it was not frozen")


def _drop_attempts(folder: Path) -> None:
    for other in folder.parent.glob(f"{folder.name}-*"):
        shutil.rmtree(other)


def _all_sources(con: duckdb.DuckDBPyConnection, figure: Figure, answer: Answer) -> list[str]:
    """The sources asked and those of the panel; where the question names none, all."""
    if answer.name == "article":
        return [str(answer.rows(1)[0]["source_id"])]
    named = {*answer.parameters.get("sources", ()), *answer.parameters.get("panel", ())}
    if figure.parameters.panel is not None:
        named |= set(figure.parameters.panel.sources)
    if not named or "sources" not in answer.parameters:
        named |= {row[0] for row in con.execute("SELECT DISTINCT source_id FROM stored.fetches").fetchall()}
        named |= {row[0] for row in con.execute("SELECT DISTINCT source_id FROM stored.articles").fetchall()}
    return sorted(named)


def _describe(con: duckdb.DuckDBPyConnection, folder: Path, *, dataset: Dataset, figure: Figure, answer: Answer) -> int:
    """Write what people read: SQL, answer, articles, registry, topics; the panel is in the manifest. How many articles."""
    pq.write_table(answer.table, folder / "answer.parquet", compression="zstd")
    (folder / "answer.json").write_text(
        json.dumps(answer.table.to_pylist(), default=str, ensure_ascii=False, indent=1), encoding="utf-8"
    )
    articles = _articles(con, figure, answer)
    columns = ["source_id", "published_at", "fetched_at", "title", "url", "article_id", "revision_hash"]
    pyarrow.csv.write_csv(articles.select(columns), folder / "articles.csv")
    (folder / "sql").mkdir()
    for item in files("vigie.queries").iterdir():
        if item.name.endswith(".sql") and (item.name.startswith("_") or item.name == f"{figure.question}.sql"):
            (folder / "sql" / item.name).write_text(item.read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "sources.yaml").write_text(to_yaml(Registry(tuple(dataset.read_version("sources")))), encoding="utf-8")
    topics = con.execute("SELECT any_value(definition) FROM stored.topics WHERE topics_version = $1", [figure.topics_version])
    if (definition := topics.fetchone()) is not None and definition[0]:
        (folder / "topics.yaml").write_text(str(definition[0]), encoding="utf-8")
    return int(articles.num_rows)


def _write_manifest(folder: Path, figure: Figure, answer: Answer, at: datetime) -> str:
    members = sorted(path for path in folder.rglob("*") if path.is_file())
    content = {
        "layout": LAYOUT,
        "code_version": VERSION,
        "frozen_at": at.isoformat(),
        "data_version": answer.data_version,
        "figure": figure.to_json(),
        "computed_with": answer.parameters,
        "notes": list(answer.notes),
        "files": {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in members},
    }
    text = json.dumps(content, default=str, ensure_ascii=False, indent=1)
    (folder / MANIFEST).write_text(text, encoding="utf-8")
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _zip(folder: Path, out: Path) -> None:
    """Write the file under a hidden name, then rename it: it is there whole or not at all."""
    hidden = out.with_name(f".{out.name}.{os.getpid()}")
    try:
        with zipfile.ZipFile(hidden, "w", zipfile.ZIP_DEFLATED) as packed:
            for path in sorted(path for path in folder.rglob("*") if path.is_file()):
                member = zipfile.ZipInfo(path.relative_to(folder).as_posix(), _ZIP_TIME)
                packed.writestr(member, path.read_bytes(), compress_type=zipfile.ZIP_DEFLATED)
        hidden.rename(out)
    except OSError as error:
        hidden.unlink(missing_ok=True)
        raise UsageError(f"--out {out}: cannot be written ({error.strerror}); name a place that can") from error

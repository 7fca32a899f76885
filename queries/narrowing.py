"""A dataset that is opened for one question alone: what that does not look at is left out."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import duckdb

from vigie.queries.definitions import Definitions, statements_of
from vigie.queries.relations import literal, read_sql
from vigie.queries.settled_files import CELL

__all__ = ["narrow"]

#: The columns of `tail.topic_finds` and its like, and of `tail.hits`.
_FIND = "subject VARCHAR, article_id VARCHAR, lead BOOLEAN, articles INTEGER"
_HIT = f"kind VARCHAR, subject VARCHAR, lead BOOLEAN, {CELL}, quarter BIGINT, seen_quarter BIGINT, articles BIGINT"


def narrow(to: Definitions, con: duckdb.DuckDBPyConnection, subjects: Mapping[str, str | None], zone: str) -> None:
    """Leave out what a single question does not look at: to plan it takes longer than to answer most.

    Args:
        to: Whom to tell.
        con: The connection.
        subjects: What it counts articles on: a `topic` or a `concept`, with its id, if it is about one; or nothing.
        zone: In which zone it is asked.
    """
    to.commented = False
    for kind in {"topic", "concept"} - set(subjects):
        to.add(f"tail.{kind}_finds", f"CREATE TABLE tail.{kind}_finds ({_FIND})")
    hits = f"CREATE TABLE tail.hits ({_HIT})"
    for kind, subject in subjects.items():
        one = f"WHERE kind = {literal(kind)} AND subject = {literal(subject)}" if subject is not None else ""
        hits = f"CREATE {'TABLE' if one else 'VIEW'} tail.hits AS FROM tail.worked_hits {one}"
    to.add("tail.hits", hits)
    to.add("tail.unevaluated", partial(_unevaluated, to, con))
    # As a view it is taken for as large as the ledger, all of which is then held to look for its few rows.
    vantages = statements_of(read_sql("_ledger.sql"))["tail.vantages"]
    to.add("tail.vantages", vantages.replace("CREATE VIEW ", "CREATE TABLE "))
    to.add("tail.runs", f"CREATE TABLE tail.runs AS FROM worked_runs({literal(zone)})")
    to.add("runs_in", "CREATE MACRO runs_in(zone) AS TABLE FROM tail.runs")


def _unevaluated(to: Definitions, con: duckdb.DuckDBPyConnection) -> str:
    """What creates the articles that were not evaluated: where all that ever was names the active topics, there are none."""
    versions = "SELECT topics_version FROM stored.evaluations UNION SELECT topics_version FROM stored.runs"
    others = f"SELECT count(*) FROM ({versions}) WHERE topics_version IS DISTINCT FROM (FROM active_topics)"
    to.create_for(others)
    [(number,)] = con.execute(others).fetchall()
    if number:
        return statements_of(read_sql("_counts.sql"))["tail.unevaluated"]
    return "CREATE TABLE tail.unevaluated (source_id VARCHAR, backlog BOOLEAN, quarter BIGINT, articles BIGINT)"

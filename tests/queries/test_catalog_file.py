"""`vigie catalog`: a file that any DuckDB client opens, from anywhere, while a run is writing, and that tells of a move."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime

import duckdb
import pytest
import typer
from typer.testing import CliRunner

from vigie.cli import catalog as command
from vigie.errors import UsageError, WorkError
from vigie.queries import open_dataset
from vigie.queries.catalog_file import check_catalog, write_catalog
from vigie.queries.choices import choices_of

AT = datetime(2017, 6, 1, tzinfo=UTC)
app = typer.Typer()
app.command()(command.catalog)


@pytest.fixture
def filled(dataset):
    """A dataset with revisions, a repetition, a match that is not committed, polls and a claim."""
    dataset.topic("relations", "fr")
    dataset.source("alpha", "fr")
    dataset.watch("alpha/all", "2017-05-22", "2017-05-25")
    export = {"complete_from": at("2017-05-01"), "complete_until": at("2017-05-08"), "anchor": None}
    dataset.poll("alpha/export", "2017-06-01", "export", **export)
    dataset.article("x", "alpha", "2017-05-22", topic="relations", concept="paris")
    dataset.article("x", "alpha", "2017-05-22", fetched="2017-05-23", revision="b", title="Moscow and Paris")
    dataset.finish_run("2017-05-25")
    dataset.write()
    dataset.run = "run-2"
    dataset.article("x", "alpha", "2017-05-22", topic="relations", concept="paris")
    dataset.article("y", "alpha", "2017-05-23", topic="relations", committed=False)
    dataset.write()
    return dataset


def at(day):
    return datetime.fromisoformat(day).replace(tzinfo=UTC)


def read(file, sql):
    with duckdb.connect(str(file), read_only=True) as con:
        return con.execute(sql).fetchall()


def test_columns_mean_in_the_workbench_what_they_mean_in_the_catalogue(filled):
    said = "SELECT table_name, column_name, comment FROM duckdb_columns() WHERE schema_name = 'main' AND NOT internal"
    in_file = {(table, column): text for table, column, text in read(write_catalog(filled.root, at=AT).path, said)}
    tables = choices_of(open_dataset(filled.root)).tables
    shown = {(table, column): text for table, (_, columns) in tables.items() for column, _, text in columns}
    both = shown.keys() & in_file.keys()
    assert ("articles", "fetched_at") in both
    assert {key: shown[key] for key in both} == {key: in_file[key] for key in both}
    assert all(text for (table, _), text in shown.items() if table != "dataset")


def test_its_views_show_what_vigie_itself_reads(filled):
    file = write_catalog(filled.root, at=AT).path
    con = open_dataset(filled.root)
    names = con.execute(
        "SELECT view_name FROM duckdb_views() WHERE schema_name = 'main' AND NOT internal AND view_name <> 'dataset'"
        " UNION SELECT table_name FROM duckdb_tables() WHERE schema_name = 'main'"
    ).fetchall()
    assert len(names) >= 19
    with duckdb.connect(str(file), read_only=True) as catalog:
        catalog.execute("SET TimeZone = 'UTC'")
        for (name,) in names:
            columns = ", ".join(
                f'"{c[0]}"' for c in con.execute(f"SELECT column_name FROM (DESCRIBE {name}) ORDER BY 1").fetchall()
            )
            ours, theirs = (sorted(map(repr, c.execute(f"SELECT {columns} FROM {name}").fetchall())) for c in (con, catalog))
            assert theirs == ours, name
        for macro in ("source_days('Europe/Paris')", "output_of('relations', NULL, 'lead', 'UTC')", "topic_hits('all')"):
            ours, theirs = (sorted(map(repr, c.execute(f"SELECT * FROM {macro}").fetchall())) for c in (con, catalog))
            assert theirs == ours, macro


def test_every_view_column_and_macro_is_documented(filled):
    file = write_catalog(filled.root, at=AT).path
    assert read(file, "SELECT schema_name, view_name FROM duckdb_views() WHERE NOT internal AND comment IS NULL") == []
    assert read(file, "SELECT function_name FROM duckdb_functions() WHERE NOT internal AND comment IS NULL") == []
    bare = (
        "SELECT schema_name, table_name, column_name FROM duckdb_columns()"
        " WHERE NOT internal AND comment IS NULL AND schema_name <> 'audits'"
    )
    assert read(file, bare) == []


def test_it_works_from_another_directory_and_shows_what_was_written_after_it(filled, tmp_path):
    file = write_catalog(filled.root, at=AT).path
    count = (
        "import duckdb, sys; con = duckdb.connect(sys.argv[1], read_only=True);"
        " print(con.execute('SELECT count(*) FROM articles').fetchall()[0][0])"
    )

    def ask():
        done = subprocess.run(
            [sys.executable, "-c", count, str(file)], cwd=tmp_path, capture_output=True, text=True, check=True
        )
        return int(done.stdout)

    assert ask() == 1
    filled.article("z", "alpha", "2017-05-24")
    filled.write()
    assert ask() == 2


def test_it_may_be_read_and_written_anew_while_a_run_is_writing(filled):
    file = write_catalog(filled.root, at=AT).path
    (filled.root / ".tmp" / "half-written.parquet").write_bytes(b"PAR1")
    with duckdb.connect(str(file), read_only=True) as con:
        for number in range(5):
            filled.article(f"n{number}", "alpha", "2017-05-24")
            filled.write()
            assert con.execute("SELECT count(*) FROM articles").fetchall() == [(2 + number,)]
        write_catalog(filled.root, at=AT)
        assert con.execute("SELECT count(*) FROM articles").fetchall() == [(6,)]
    assert not [name for name in os.listdir(filled.root / ".tmp") if name.startswith(("catalog", "hint"))]


def test_it_changes_nothing_of_what_vigie_reads(filled):
    before = open_dataset(filled.root).execute("SELECT data_version, files FROM dataset").fetchall()
    write_catalog(filled.root, at=AT)
    assert open_dataset(filled.root).execute("SELECT data_version, files FROM dataset").fetchall() == before


def test_a_table_without_files_is_a_view_without_rows(dataset):
    dataset.poll("alpha/all", "2017-05-22")
    file = write_catalog(dataset.write(), at=AT).path
    assert read(file, "SELECT count(*) FROM matches") == [(0,)]
    assert read(file, "FROM active_topics") == []


def test_after_a_move_it_says_what_to_run_and_works_again_once_that_was_done(filled):
    write_catalog(filled.root, at=AT)
    moved = filled.root.with_name("moved [1]")
    filled.root.rename(moved)
    with pytest.raises(duckdb.IOException, match="the-folder-was-moved--run-vigie-catalog-again"):
        read(moved / "vigie.duckdb", "SELECT count(*) FROM articles")
    with pytest.raises(UsageError, match=r"was moved or copied from there; run `vigie catalog --data .*` again"):
        check_catalog(moved)
    write_catalog(moved, at=AT)
    check_catalog(moved)
    assert read(moved / "vigie.duckdb", "SELECT count(*) FROM articles") == [(1,)]


def test_in_a_folder_whose_name_duckdb_cannot_write_in_it_says_so(filled, tmp_path):
    asked = tmp_path / "really?"
    filled.root.rename(asked)
    with pytest.raises(WorkError, match=r"vigie.duckdb: cannot be written \(.*a question mark or a backslash: rename it"):
        write_catalog(asked, at=AT)
    assert not list(asked.rglob("*.duckdb"))


def test_in_a_copy_it_says_whose_data_it_shows(filled):
    write_catalog(filled.root, at=AT)
    copy = filled.root.with_name("copy")
    shutil.copytree(filled.root, copy)
    assert read(copy / "vigie.duckdb", "SELECT folder FROM catalog") == [(str(filled.root),)]
    with pytest.raises(UsageError, match="shows the data of"):
        check_catalog(copy)


def test_it_can_be_attached_beside_others_and_read_by_clients_of_duckdb_1(filled):
    file = write_catalog(filled.root, at=AT).path
    with duckdb.connect() as con:
        con.execute(f"ATTACH '{file}' AS press (READ_ONLY)")
        assert con.execute("SELECT count(*) FROM press.matches").fetchall() == [(1,)]
    # The storage version of a DuckDB file, after its checksum and the letters DUCK: 64 is that of DuckDB 1.0.
    assert int.from_bytes(file.read_bytes()[12:20], "little") == 64


def test_the_command_writes_it_and_checks_it(filled):
    runner = CliRunner()
    missing = runner.invoke(app, ["--data", str(filled.root), "--check"])
    assert missing.exit_code == 2
    assert f"holds no catalogue vigie.duckdb; run `vigie catalog --data {filled.root}`" in missing.stderr
    written = runner.invoke(app, ["--data", str(filled.root)])
    assert written.exit_code == 0
    assert "After moving the folder run this again" in written.stdout
    assert runner.invoke(app, ["--data", str(filled.root), "--check"]).stdout.endswith("vigie.duckdb: in order\n")
    (filled.root / "vigie.duckdb").write_bytes(b"no database")
    damaged = runner.invoke(app, ["--data", str(filled.root), "--check"])
    assert damaged.exit_code == 2
    assert damaged.stderr.count("\n") == 1
    store = runner.invoke(app, ["--data", "s3://bucket/data"])
    assert store.exit_code == 2
    assert "is an object store, and a catalogue shows files on a disk" in store.stderr
    nowhere = runner.invoke(app, ["--data", str(filled.root / "nowhere")])
    assert nowhere.exit_code == 2
    assert "there is no such folder" in nowhere.stderr

"""Opening a dataset: what is no dataset is told, and what is open can only be read."""

from __future__ import annotations

import pytest

from vigie.errors import UsageError, WorkError
from vigie.queries import Parameters, ask, open_dataset, run_sql
from vigie.schemas import FORMAT_VERSION


@pytest.fixture
def con(dataset):
    """A dataset with one article, opened."""
    dataset.poll("alpha/all", "2017-05-22")
    dataset.article("x", "alpha", "2017-05-22")
    return dataset.open()


@pytest.fixture(scope="module")
def opened(new_dataset):
    """A dataset's folder, beside a file that is none of its business, and the connection to it."""
    dataset = new_dataset()
    dataset.article("x", "alpha", "2017-05-22")
    con = dataset.open()
    (dataset.root.parent / "secret.csv").write_text("a\n1\n")
    return dataset.root, con


def test_a_folder_that_does_not_exist_is_named_with_what_to_type(tmp_path):
    with pytest.raises(UsageError, match=r"nowhere: there is no such folder; make one with `vigie ingest"):
        open_dataset(tmp_path / "nowhere")


def test_a_folder_without_a_dataset_is_named(tmp_path):
    (tmp_path / "articles").mkdir()
    with pytest.raises(UsageError, match="no dataset is in this folder"):
        open_dataset(tmp_path)


def test_a_file_in_place_of_a_folder_is_named(tmp_path):
    (tmp_path / "data.txt").write_text("x")
    with pytest.raises(UsageError, match=r"data\.txt: is a file"):
        open_dataset(tmp_path / "data.txt")


def test_a_file_of_a_newer_format_is_named(dataset):
    dataset.poll("alpha/all", "2017-05-22")
    dataset.write()
    dataset.article("x", "alpha", "2017-05-22")
    path = dataset.write(format_version=FORMAT_VERSION + 1)
    with pytest.raises(
        UsageError, match=rf"articles/date=2017-05-22/.*parquet: a newer vigie wrote it \(format {FORMAT_VERSION + 1}"
    ):
        open_dataset(path)


def test_a_table_that_lies_elsewhere_behind_a_link_is_read(dataset, tmp_path):
    dataset.poll("alpha/all", "2017-05-22")
    dataset.article("x", "alpha", "2017-05-22")
    root = dataset.write()
    (root / "articles").rename(tmp_path / "elsewhere")
    (root / "articles").symlink_to(tmp_path / "elsewhere")
    assert run_sql(open_dataset(root), "SELECT count(*) AS n FROM articles").rows() == [{"n": 1}]


@pytest.mark.parametrize(
    ("statement", "remedy"),
    [
        ("SELECT stage, at FROM failures", 'as a column write "at" in double quotes'),
        ("SELECT start, end FROM mentions ORDER BY At", 'as a column write "at" and "end" in double quotes'),
        ('SELECT "at" FROM failures WHERE', "`vigie sql 'SHOW TABLES'` lists the tables"),
        ("SELECT 'at' FROM failures WHERE (", "`vigie sql 'SHOW TABLES'` lists the tables"),
        ("SELECT 'at", "`vigie sql 'SHOW TABLES'` lists the tables"),
    ],
)
def test_a_column_that_sql_takes_for_a_word_of_its_own_is_told(con, statement, remedy):
    with pytest.raises(UsageError, match="the statement cannot be run: Parser Error") as told:
        run_sql(con, statement)
    assert remedy in str(told.value)


def test_a_file_that_goes_while_the_dataset_is_open_is_told_in_one_line(dataset):
    dataset.poll("alpha/all", "2017-05-22")
    dataset.article("x", "alpha", "2017-05-22")
    con = dataset.open()
    next(dataset.root.glob("articles/*/*.parquet")).unlink()
    with pytest.raises(WorkError, match=r"coverage: a file of the dataset is gone or damaged: .*; open it again") as caught:
        ask(con, "coverage")
    assert "\n" not in str(caught.value)


def test_a_question_that_needs_more_memory_than_it_may_take_says_so_and_what_to_do(dataset):
    dataset.poll("alpha/all", "2017-05-22")
    dataset.article("x", "alpha", "2017-05-22", text="word " * 10_000_000)
    con = open_dataset(dataset.write(), memory_limit="40MiB")
    with pytest.raises(WorkError, match=r"articles: it needs more memory than it may take; .*`vigie compact`"):
        ask(con, "articles", Parameters(words="word"))


def test_small_files_that_need_more_memory_to_be_opened_than_they_may_take_say_what_to_do(dataset):
    dataset.poll("alpha/all", "2017-05-22")
    for number in range(4_000):
        dataset.article(f"{number:064}", "alpha", "2017-05-22")
    path = dataset.write()
    with pytest.raises(
        WorkError, match=r"its small files need more memory .*; settle them with `vigie compact --data "
    ) as caught:
        open_dataset(path, memory_limit="5MiB")
    assert "\n" not in str(caught.value)


def test_a_damaged_file_is_named_in_one_line(dataset):
    dataset.poll("alpha/all", "2017-05-22")
    path = dataset.write()
    broken = path / "articles" / "date=2017-05-22" / "broken.parquet"
    broken.parent.mkdir(parents=True)
    broken.write_bytes(b"PAR1 and no more than that")
    with pytest.raises(UsageError, match=r"broken\.parquet") as caught:
        open_dataset(path)
    assert "\n" not in str(caught.value)


def test_files_under_way_are_no_data(dataset, con):
    folder = dataset.root / "articles" / "date=2017-05-22"
    for name in (".tmp.parquet", "_tmp.parquet", "notes.txt"):
        (folder / name).write_bytes(b"half written")
    assert open_dataset(dataset.root).execute("SELECT count(*) FROM articles").fetchone() == (1,)


def test_a_folder_whose_name_looks_like_a_pattern_or_holds_a_quote_is_read(dataset, tmp_path):
    dataset.root = tmp_path / "l'année [2017]*?"
    dataset.article("x", "alpha", "2017-05-22")
    assert dataset.open().execute("SELECT count(*) FROM articles").fetchone() == (1,)


def test_what_is_open_stays_as_it_was_and_the_data_version_tells_the_difference(dataset, con):
    dataset.article("y", "alpha", "2017-05-23")
    later = dataset.open()
    assert con.execute("SELECT count(*) FROM articles").fetchone() == (1,)
    assert later.execute("SELECT count(*) FROM articles").fetchone() == (2,)
    assert ask(con, "coverage").data_version != ask(later, "coverage").data_version


def test_a_dataset_that_was_moved_has_the_same_version(dataset, con, tmp_path):
    before = ask(con, "coverage").data_version
    dataset.root.rename(tmp_path / "moved")
    assert ask(open_dataset(tmp_path / "moved"), "coverage").data_version == before


@pytest.mark.parametrize(
    "statement",
    [
        "FROM read_text('secret.txt')",
        "SELECT * FROM glob('*')",
        "FROM 'articles/*/*.parquet'",
        'FROM "x.csv"',
        "SELECT (SELECT content FROM read_text('secret.txt'))",
        "FROM query('FROM articles')",
        "SUMMARIZE 'articles/*/*.parquet'",
        "DESCRIBE FROM read_text('secret.txt')",
        "SELECT getenv('HOME')",
    ],
)
def test_a_statement_reads_no_file_by_itself(con, statement):
    with pytest.raises(UsageError):
        run_sql(con, statement)


def test_statements_that_read_are_run(con):
    assert run_sql(con, "SELECT count(*) AS n FROM articles").table.to_pylist() == [{"n": 1}]
    for statement in (
        "FROM articles",
        "WITH x AS (FROM articles) FROM x;",
        "SHOW TABLES",
        "DESCRIBE articles",
        "SUMMARIZE articles",
    ):
        assert run_sql(con, statement).table.num_rows > 0


@pytest.mark.parametrize(
    "statement",
    [
        "COPY (SELECT 1) TO '{data}/out.csv'",
        "COPY (SELECT 1) TO '{data}/../out.csv'",
        "EXPLAIN ANALYZE COPY (SELECT 1) TO '{data}/out.csv'",
        "EXPORT DATABASE '{data}/out'",
        "ATTACH '{data}/out.db'",
        "CREATE TABLE t AS SELECT 1",
        "DROP VIEW articles",
        "INSERT INTO sources (source_id) VALUES ('x')",
        "WITH x AS (INSERT INTO sources (source_id) VALUES ('x') RETURNING source_id) SELECT * FROM x",
        "SET threads = 1",
        "SET enable_external_access = true",
        "RESET lock_configuration",
        "PRAGMA enable_profiling",
        "CALL pragma_version()",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SELECT 1; DROP VIEW articles",
        "PREPARE p AS SELECT 1",
        "BEGIN TRANSACTION",
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM read_csv('{data}/../secret.csv')",
        "SELECT * FROM glob('/*')",
        "SELECT * FROM 'https://example.org/x.parquet'",
        "SELECT * FROM query('COPY (SELECT 1) TO ''{data}/out.csv''')",
        "SELECT * FROM statement",
        "",
        "SELEC 1",
    ],
)
def test_statements_that_write_or_reach_elsewhere_are_refused(opened, statement):
    root, con = opened
    before = sorted(root.parent.rglob("*"))
    with pytest.raises(UsageError) as caught:
        run_sql(con, statement.format(data=root))
    assert "\n" not in str(caught.value)
    assert sorted(root.parent.rglob("*")) == before
    assert run_sql(con, "SELECT count(*) AS n FROM articles").table.to_pylist() == [{"n": 1}]

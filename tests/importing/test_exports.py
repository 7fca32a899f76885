"""Exports of other archives: rows become articles that count, their days stay unknown unless stated, wrong files are told."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from runs import ask, make_job, replay_into

from vigie.cli.app import run
from vigie.errors import UsageError
from vigie.importing.column_map import load_column_map
from vigie.importing.exports import Completeness, read_export
from vigie.pipelines.import_history import import_export
from vigie.queries import Parameters, open_dataset
from vigie.queries import ask as ask_question
from vigie.registry import Registry
from vigie.schemas import Source

REGISTRY = Registry(
    (
        Source("quotidien", "Le Quotidien d’Essai", homepage="https://www.quotidien.example/", time_zone="Europe/Paris"),
        Source("courrier", "Le Courrier", homepage="https://courrier.example/", languages=("fr",)),
    )
)
NOW = datetime(2026, 2, 1, tzinfo=UTC)
MEDIACLOUD = """id,indexed_date,language,media_name,media_url,publish_date,title,url
1,2026-01-02 10:00:00,fr,quotidien.example,quotidien.example,2017-05-29 18:00:00,Macron reçoit Poutine,https://quotidien.example/1
2,2026-01-02 10:00:00,fr,courrier.example,courrier.example,2017-05-30 09:00:00,"Macron, ""franchise"" et Poutine",https://courrier.example/2
3,2026-01-02 10:00:00,fr,nulle-part.example,nulle-part.example,2017-05-30,Autre chose,https://nulle-part.example/3
"""


def export_file(folder: Path, content: str = MEDIACLOUD, name: str = "stories.csv") -> Path:
    path = folder / name
    path.write_text(content, encoding="utf-8")
    os.utime(path, (1_767_700_000, 1_767_700_000))
    return path


def bring_in(data: Path, path: Path, *, column_map: str = "mediacloud", **more: object) -> None:
    export = read_export(path, load_column_map(column_map), REGISTRY, now=NOW, **more)  # type: ignore[arg-type]
    import_export(make_job(data, REGISTRY), export)


def test_rows_become_articles_of_the_outlets_that_address_or_name_tell(tmp_path: Path) -> None:
    bring_in(tmp_path / "data", export_file(tmp_path))
    found = ask(tmp_path / "data", "SELECT source_id, title, origin, backlog, language FROM articles ORDER BY url")
    assert found == [
        ("courrier", 'Macron, "franchise" et Poutine', "mediacloud", False, "fr"),
        ("nulle-part-example", "Autre chose", "mediacloud", False, "fr"),
        ("quotidien", "Macron reçoit Poutine", "mediacloud", False, "fr"),
    ]
    dates = ask(tmp_path / "data", "SELECT published_at, date_quality FROM articles ORDER BY url")
    assert [quality for _, quality in dates] == ["zone-assumed", "date-only", "zone-assumed"]
    assert dates[2][0] == datetime(2017, 5, 29, 16, tzinfo=UTC)  # 18:00 in Paris, the outlet's zone


def test_the_days_of_an_export_are_unknown_and_its_counts_minima(tmp_path: Path) -> None:
    bring_in(tmp_path / "data", export_file(tmp_path))
    with open_dataset(tmp_path / "data") as connection:
        answer = ask_question(connection, "coverage", Parameters(by="day", sources=("quotidien", "courrier")))
    assert [(row["bucket"], row["articles"], row["state"]) for row in answer.table.to_pylist()] == [
        (date(2017, 5, 29), 1, "unknown"),
        (date(2017, 5, 30), 1, "unknown"),
    ]


def test_a_row_without_a_date_takes_no_period_to_the_day_of_the_import(tmp_path: Path) -> None:
    undated = "4,2026-01-02 10:00:00,fr,courrier.example,courrier.example,,Sans date,https://courrier.example/4\n"
    bring_in(tmp_path / "data", export_file(tmp_path, MEDIACLOUD + undated))
    with open_dataset(tmp_path / "data") as connection:
        chosen = ask_question(connection, "coverage", Parameters()).parameters
    assert (chosen["since"], chosen["until"]) == (date(2017, 5, 29), date(2017, 5, 30))


def test_a_stated_range_is_covered_and_nothing_around_it(tmp_path: Path) -> None:
    stated = Completeness(date(2017, 5, 28), date(2017, 5, 30))
    bring_in(tmp_path / "data", export_file(tmp_path), completeness=stated)
    with open_dataset(tmp_path / "data") as connection:
        wanted = Parameters(sources=("quotidien",), since=date(2017, 5, 27), until=date(2017, 5, 31), tz="Europe/Paris")
        rows = ask_question(connection, "coverage", wanted).table.to_pylist()
    assert [(row["articles"], row["state"]) for row in rows] == [
        (None, "unknown"), (0, "covered"), (1, "covered"), (0, "covered"), (None, "unknown"),
    ]  # fmt: skip
    kept = ask(tmp_path / "data", "SELECT DISTINCT origin, complete_from FROM stored.fetches WHERE source_id = 'quotidien'")
    assert kept == [("mediacloud", datetime(2017, 5, 27, 22, tzinfo=UTC))]


def test_reading_it_again_changes_nothing_also_from_a_copy_of_another_time(tmp_path: Path) -> None:
    path = export_file(tmp_path)
    figures = "SELECT article_id, revision_hash, first_published_at, backlog FROM articles ORDER BY ALL"
    bring_in(tmp_path / "data", path)
    once = ask(tmp_path / "data", figures)
    bring_in(tmp_path / "data", path)
    assert ask(tmp_path / "data", "SELECT count(*) FROM stored.fetches") == [(3,)]
    os.utime(path, (1_767_800_000, 1_767_800_000))
    bring_in(tmp_path / "data", path)
    assert ask(tmp_path / "data", "SELECT count(*) FROM stored.fetches") == [(3,)]
    assert ask(tmp_path / "data", figures) == once
    assert ask(tmp_path / "data", "SELECT count(*) FROM article_revisions") == [(3,)]


@pytest.mark.parametrize("file_time", ["1980-01-01", "2017-05-28", "2030-01-01"])
def test_rows_keep_their_dates_whatever_the_time_of_their_file_and_those_of_the_future_have_none(
    tmp_path: Path, file_time: str
) -> None:
    future = "4,2026-01-02 10:00:00,fr,courrier.example,courrier.example,2027-01-01,Demain,https://courrier.example/4\n"
    path = export_file(tmp_path, MEDIACLOUD + future)
    seconds = datetime.fromisoformat(f"{file_time}T00:00:00+00:00").timestamp()
    os.utime(path, (seconds, seconds))
    bring_in(tmp_path / "data", path)
    found = ask(tmp_path / "data", "SELECT date_quality, published_at::DATE::VARCHAR FROM articles ORDER BY url")
    assert found == [
        ("zone-assumed", "2017-05-30"), ("future", None), ("date-only", "2017-05-30"), ("zone-assumed", "2017-05-29"),
    ]  # fmt: skip
    [(first, last)] = ask(tmp_path / "data", "SELECT min(started_at), max(started_at) FROM fetches")
    assert first == last == (NOW if file_time == "2030-01-01" else datetime(2017, 5, 30, 9, tzinfo=UTC))


def test_a_file_s_time_before_its_rows_and_a_second_reading_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, data = export_file(tmp_path), tmp_path / "data"
    os.utime(path, (315_532_800, 315_532_800))
    command = ["import", "articles", str(path), "--map", "mediacloud", "--data", str(data)]
    with contextlib.suppress(SystemExit):
        run(command)
    said = capsys.readouterr().err
    assert (
        "the file's time, 1980-01-01 00:00 UTC, lies before its rows; it counts as made with the newest of them, 2017-05-30"
        in said
    )
    assert "before, as made" not in said
    os.utime(path)
    with contextlib.suppress(SystemExit):
        run(command)
    assert (
        f"was read into {data} before, as made 2017-05-30 09:00 UTC; what was read then stays as it is."
        in capsys.readouterr().err
    )


def test_of_a_file_that_was_read_as_older_than_its_rows_it_is_told_that_their_dates_were_lost(tmp_path: Path) -> None:
    export = read_export(export_file(tmp_path), load_column_map("mediacloud"), REGISTRY, now=NOW)
    assert export.loses_dates(datetime(1980, 1, 1, tzinfo=UTC))
    assert not export.loses_dates(datetime(2017, 5, 29, 12, tzinfo=UTC))  # A poll's dates may be a day ahead.


def test_an_article_that_two_exports_hold_is_one(tmp_path: Path) -> None:
    bring_in(tmp_path / "data", export_file(tmp_path))
    bring_in(tmp_path / "data", export_file(tmp_path, MEDIACLOUD.replace("\n1,2026-01-02", "\n1,2026-03-03"), "later.csv"))
    assert ask(tmp_path / "data", "SELECT count(*) FROM articles") == [(3,)]


def test_what_was_imported_years_later_is_no_delay(tmp_path: Path) -> None:
    bring_in(tmp_path / "data", export_file(tmp_path))
    with open_dataset(tmp_path / "data") as connection:
        rows = ask_question(connection, "delay", Parameters(sources=("quotidien", "courrier"))).table.to_pylist()
    assert [row["median_hours"] for row in rows if row["median_hours"] is not None] == []
    assert sum(row["left_out"] for row in rows) == 0


def test_a_replay_gives_the_same_articles(tmp_path: Path) -> None:
    bring_in(tmp_path / "data", export_file(tmp_path), completeness=Completeness(date(2017, 5, 28), date(2017, 5, 30)))
    replay_into(tmp_path / "data", tmp_path / "again")
    for sql in (
        "SELECT article_id, revision_hash, origin, backlog, first_published_at FROM articles ORDER BY ALL",
        "SELECT * FROM coverage ORDER BY ALL",
    ):
        assert ask(tmp_path / "again", sql) == ask(tmp_path / "data", sql)


def test_factiva_rows_have_no_address_and_their_dates_may_be_milliseconds(tmp_path: Path) -> None:
    row = {"an": "X1", "title": "Un titre", "snippet": "Un début.", "body": "La suite.", "source_name": "Le Courrier",
           "publication_datetime": 1496073600000, "language_code": "fr", "byline": "A. B."}  # fmt: skip
    path = export_file(tmp_path, json.dumps(row) + "\n", "factiva.jsonl")
    bring_in(tmp_path / "data", path, column_map="factiva")
    assert ask(tmp_path / "data", "SELECT source_id, guid, url, text, authors, published_at, date_quality FROM articles") == [
        ("courrier", "X1", "", "Un début.\nLa suite.", ["A. B."], datetime(2017, 5, 29, 16, tzinfo=UTC), "ok")
    ]


def test_a_day_that_is_written_as_its_first_millisecond_is_a_day_and_no_hour(tmp_path: Path) -> None:
    rows = ({"an": f"X{at}", "title": f"Titre {at}", "body": "", "source_name": "Le Courrier", "publication_date": at}
            for at in (1496016000000, 1496016000001))  # fmt: skip
    bring_in(
        tmp_path / "data",
        export_file(tmp_path, "".join(json.dumps(row) + "\n" for row in rows), "x.jsonl"),
        column_map="factiva",
    )
    found = ask(tmp_path / "data", "SELECT guid, date_quality FROM articles ORDER BY guid")
    assert found == [("X1496016000000", "date-only"), ("X1496016000001", "ok")]


def test_of_editions_on_one_host_it_is_that_which_the_article_s_address_begins_with(tmp_path: Path) -> None:
    editions = Registry(
        (
            Source("gazette", "La Gazette", homepage="https://www.gazette.example/"),
            Source("gazette-en", "La Gazette in English", homepage="https://www.gazette.example/en/"),
            Source("gazette-de", "La Gazette auf Deutsch", homepage="https://de.gazette.example/"),
            Source("radio-fr", "Radio", homepage="https://radio.example/fr/"),
            Source("radio-ru", "Радио", homepage="https://radio.example/ru/"),
            Source("radio-by-name", "Radio en espagnol", homepage="https://es.radio.example/"),
        )
    )
    path = export_file(tmp_path, "\n".join([
        "title,url,publish_date,media_name,media_url",
        "a,https://www.gazette.example/politique/1,2017-05-29,gazette.example,gazette.example",
        "b,https://gazette.example/en/politics/2,2017-05-29,gazette.example,gazette.example",
        "c,https://www.gazette.example/enquetes/3,2017-05-29,gazette.example,gazette.example",
        "d,https://amp.gazette.example/4,2017-05-29,gazette.example,http://www.gazette.example/en",
        "e,https://radio.example/ru/5,2017-05-29,radio.example,radio.example",
        "f,https://radio.example/es/6,2017-05-29,Radio en espagnol,radio.example",
        "g,https://de.gazette.example/7,2017-05-29,gazette.example,gazette.example",
    ]))  # fmt: skip
    export = read_export(path, load_column_map("mediacloud"), editions, now=NOW)
    whose = {
        item["title"]: document.source_id for document in export.documents() for item in json.loads(document.body)["items"]
    }
    assert whose == {
        "a": "gazette",
        "b": "gazette-en",
        "c": "gazette",
        "d": "gazette-en",
        "e": "radio-ru",
        "f": "radio-by-name",
        "g": "gazette-de",
    }


def test_rows_without_an_hour_are_told_by_the_zone_in_which_their_day_begins(tmp_path: Path) -> None:
    days = MEDIACLOUD.replace("2017-05-29 18:00:00", "29/05/2017")
    assert read_export(export_file(tmp_path, days), load_column_map("mediacloud"), REGISTRY, now=NOW).days_alone == {
        "Europe/Paris": 1,
        "UTC": 1,
    }


#: What a search of Media Cloud gives as CSV today; what its older interfaces gave, as minet and the API's clients write it.
SEARCH = """id,indexed_date,language,media_name,media_url,publish_date,title,url
c0ffee01,2026-01-02 10:00:00.123456,fr,quotidien.example,quotidien.example,2017-05-29,Macron reçoit Poutine,https://quotidien.example/1
"""
OLDER = """guid,stories_id,processed_stories_id,title,url,language,collect_date,publish_date,media_id,media_name,media_url,tags,tag_sets,tags_ids,tag_sets_ids
https://quotidien.example/?p=1,101,201,Macron reçoit Poutine,https://quotidien.example/1,fr,2017-05-29 19:00:00,2017-05-29 18:00:00,7,Le Quotidien d’Essai,http://www.quotidien.example/,"a|b",,"1|2",
"""  # noqa: E501
TOPIC = """guid,stories_id,title,url,language,media_id,media_name,collect_date,publish_date,date_is_reliable,facebook_share_count,full_text_rss,inlink_count,outlink_count,media_inlink_count,post_count,snapshots_id,timespans_id,next_link_id
https://quotidien.example/?p=1,101,Macron reçoit Poutine,https://quotidien.example/1,fr,7,Le Quotidien d’Essai,2017-05-29 19:00:00,2017-05-29 18:00:00,1,12,0,1,2,1,,3,4,5
"""  # noqa: E501


@pytest.mark.parametrize(
    ("content", "guid", "quality"),
    [(SEARCH, "c0ffee01", "date-only"), (OLDER, "https://quotidien.example/?p=1", "zone-assumed"),
     (TOPIC, "https://quotidien.example/?p=1", "zone-assumed")],
    ids=["search", "stories", "topic"],
)  # fmt: skip
def test_exports_of_media_cloud_are_read_in_each_of_their_forms(tmp_path: Path, content: str, guid: str, quality: str) -> None:
    bring_in(tmp_path / "data", export_file(tmp_path, content))
    found = ask(tmp_path / "data", "SELECT source_id, title, guid, language, date_quality, text FROM articles")
    assert found == [("quotidien", "Macron reçoit Poutine", guid, "fr", quality, "")]


def test_extraction_of_factiva_is_read_with_all_its_columns(tmp_path: Path) -> None:
    row = {
        "action": "", "an": "COURR00020170529ed5t0001", "art": "", "body": "La suite,\navec une ligne.", "byline": "A. B.",
        "company_codes": ",,", "copyright": "(c) 2017", "credit": "", "dateline": "", "document_type": "article",
        "ingestion_datetime": 1496080000000, "language_code": "fr", "modification_datetime": 1496080800000,
        "publication_date": 1496016000000, "publication_datetime": 1496073600000, "publisher_name": "Le Courrier",
        "region_codes": ",fra,russ,", "section": "", "snippet": "Un début.", "source_code": "COURR", "source_name": "",
        "subject_codes": ",gdip,", "title": "Macron, « franchise » et Poutine", "word_count": 7,
    }  # fmt: skip
    text = io.StringIO()
    writer = csv.DictWriter(text, row)
    writer.writeheader()
    writer.writerows([row, {**row, "an": "ZZ2", "publisher_name": "", "source_code": "NULLE", "title": "Autre chose"}])
    bring_in(tmp_path / "data", export_file(tmp_path, text.getvalue(), "factiva.csv"), column_map="factiva")
    assert ask(tmp_path / "data", "SELECT source_id, guid, text, published_at, date_quality FROM articles ORDER BY guid") == [
        ("courrier", "COURR00020170529ed5t0001", "Un début.\nLa suite, avec une ligne.",
         datetime(2017, 5, 29, 16, tzinfo=UTC), "ok"),
        ("nulle", "ZZ2", "Un début.\nLa suite, avec une ligne.", datetime(2017, 5, 29, 16, tzinfo=UTC), "ok"),
    ]  # fmt: skip


def test_a_map_of_ones_own_names_columns_and_outlets(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(
        "columns: {title: Titre, url: Lien, published: Date, source: Journal}\nsources: {LQ: quotidien}\n", encoding="utf-8"
    )
    path = export_file(tmp_path, "Titre;Lien;Date;Journal\nUn titre;https://x.example/1;29/05/2017;LQ\n")
    bring_in(tmp_path / "data", path, column_map=str(tmp_path / "mine.yaml"))
    assert ask(tmp_path / "data", "SELECT source_id, title, origin FROM articles") == [("quotidien", "Un titre", "mine")]


@pytest.mark.parametrize(
    ("dates", "order", "newest"),
    [
        (("29/05/2017", "03/04/2017"), "day", "2017-05-29"),
        (("5/29/2017", "03/04/2017 14:30"), "month", "2017-05-29"),
        (("3/12/17", "5/29/17"), "month", "2017-05-29"),
        (("03/04/2017",), "either", "2017-04-03"),
        (("2017-05-29", "99999999999999999999", "149605380²"), "", "2017-05-29"),
    ],
)
def test_days_that_could_be_two_are_read_as_the_others_of_their_file_must_be(
    tmp_path: Path, dates: tuple[str, ...], order: str, newest: str
) -> None:
    rows = [{"title": f"Title {date}", "url": "https://courrier.example/1", "publish_date": date} for date in dates]
    path = export_file(tmp_path, "".join(json.dumps(row) + "\n" for row in rows), "x.jsonl")
    export = read_export(path, load_column_map("mediacloud"), REGISTRY, now=NOW)
    assert (export.date_order, f"{export.newest:%Y-%m-%d}") == (order, newest)


def test_a_line_of_json_may_lack_what_it_has_no_value_of(tmp_path: Path) -> None:
    undated = {"title": "A", "url": "https://courrier.example/1"}
    path = export_file(tmp_path, f"{json.dumps(undated)}\n{json.dumps({**undated, 'publish_date': '2017-05-29'})}\n", "x.jsonl")
    assert read_export(path, load_column_map("mediacloud"), REGISTRY, now=NOW).rows == {"courrier": 2}


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        ("title,link\na,b\n", "x.csv", r"x\.csv:1: no column 'url', which the map mediacloud takes for the url; .*'link'"),
        (MEDIACLOUD + "4,5\n", "x.csv", r"x\.csv:5: 2 fields where the first line names 8"),
        (MEDIACLOUD + '4,2026,fr,"open\n', "x.csv", r"x\.csv:5: is no CSV"),
        ('{"title": "a", "url": "b", "publish_date": ""}\nnonsense\n', "x.jsonl", r"x\.jsonl:2: is no JSON"),
        ("[1]\n", "x.jsonl", r"x\.jsonl:1: is no JSON object"),
        ("title,url,url,publish_date\na,b,c,d\n", "x.csv", r"x\.csv:1: two columns are called 'url'"),
        (
            "title,url,publish_date,media_name\na,,2017-05-29,Известия\n",
            "x.csv",
            r"x\.csv:2: the outlet Известия has no address",
        ),
        ("sep=;\ntitle;url;publish_date\na;b\n", "x.csv", r"x\.csv:3: 2 fields where the first line names 3"),
        ('{"title": "a", "url": "https://courrier.example/1"}\n', "x.jsonl", r"x\.jsonl:1: no column 'publish_date'"),
        (
            "title,url,publish_date\na,https://courrier.example/1,29/05/2017\nb,https://courrier.example/2,05/30/2017\n",
            "x.csv",
            r"x\.csv: days are written both ways, day first in line 2 and month first in line 3",
        ),
        (MEDIACLOUD.splitlines()[0] + "\n", "x.csv", "holds no rows"),
        ("title,url,publish_date\nA title,,2017-05-29\n", "x.csv", r"x\.csv:2: nothing tells whose article this is"),
    ],
    ids=[
        "columns",
        "fields",
        "quotes",
        "json",
        "object",
        "twice",
        "name",
        "separator",
        "no column",
        "both ways",
        "empty",
        "outlet",
    ],
)
def test_a_wrong_file_is_told_by_file_and_line(tmp_path: Path, content: str, name: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        read_export(export_file(tmp_path, content, name), load_column_map("mediacloud"), REGISTRY, now=NOW)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("columns: {titel: a}\n", r"mine\.yaml:1: titel: .*did you mean title"),
        ("sources: {a: b}\n", r"mine\.yaml:1: columns: is missing"),
        ("columns:\n  url: a\n", r"mine\.yaml:2: columns: name the column of the title or of the text"),
        ("columns: [\n", r"mine\.yaml:\d: this is not valid YAML"),
    ],
    ids=["key", "no columns", "no title", "no YAML"],
)
def test_a_wrong_map_is_told_by_file_and_line(tmp_path: Path, content: str, says: str) -> None:
    (tmp_path / "mine.yaml").write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match=says):
        load_column_map(str(tmp_path / "mine.yaml"))


def test_a_map_that_does_not_exist_is_told_with_those_that_do() -> None:
    with pytest.raises(UsageError, match="it ships factiva, mediacloud"):
        load_column_map("mediacluod")

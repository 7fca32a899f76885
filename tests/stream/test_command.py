"""What `vigie stream` says before it runs anything."""

from __future__ import annotations

from pathlib import Path

import pytest
from apache_beam.options.pipeline_options import DebugOptions, PortableOptions, StandardOptions
from builders import item, rss, write_archive
from runs import ingest
from typer.main import get_command
from typer.testing import CliRunner

from vigie.cli.app import make_app
from vigie.cli.polling_options import limits_of
from vigie.pipelines.runner import beam_options


def vigie(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(make_app(["stream", "ingest"]), ["stream", *arguments])
    return done.exit_code, done.output


@pytest.mark.parametrize("runner", [(), ("--runner=DirectRunner",), ("--runner=SparkRunner",)], ids=str)
def test_a_runner_of_bounded_pipelines_is_refused_with_what_to_do_instead(tmp_path: Path, runner: tuple[str, ...]) -> None:
    code, said = vigie("--data", str(tmp_path / "data"), *runner)
    assert code == 2
    assert "--runner=PrismRunner" in said
    assert "vigie ingest --every 15m" in said
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize("command", ["stream", "ingest"])
def test_a_runner_that_is_not_there_is_one_line(tmp_path: Path, command: str) -> None:
    feeds = tmp_path / "feeds.opml"
    feeds.write_text('<opml version="2.0"><body><outline text="A" xmlUrl="http://127.0.0.1:9/feed"/></body></opml>')
    there = ("--sources", str(feeds), "--data", str(tmp_path / "data"), "--allow_private_hosts")
    app = make_app(["stream", "ingest"])
    for runner, expected in (
        (("--runner=PrismRunner", "--prism_location=/nowhere/prism"), "vigie: PrismRunner: did not take the job (ValueError: "),
        (("--runner=FlinkRunner", "--job_endpoint=127.0.0.1:9"), "vigie: --job_endpoint=127.0.0.1:9: nobody answers there ("),
    ):
        done = CliRunner().invoke(app, [command, *there, *runner])
        assert done.exit_code == 1
        assert done.output.splitlines()[-1].startswith(expected)
        assert "Traceback" not in done.output


def test_dry_run_prints_the_graph_and_writes_no_rows(tmp_path: Path) -> None:
    data = tmp_path / "data"
    code, said = vigie("--data", str(data), "--runner=FlinkRunner", "--flink_master=localhost:8081", "--dry_run")
    assert code == 0, said
    assert said.startswith("runner: FlinkRunner (")
    assert [line for line in said.splitlines() if line.startswith("PollContinuously")] == ["PollContinuously (unbounded)"]
    assert "WriteTables (unbounded)" in said
    assert list(data.rglob("*.parquet")) == []


def test_dataflow_is_told_what_it_lacks_and_its_graph_can_be_constructed_offline(tmp_path: Path) -> None:
    data = str(tmp_path / "data")
    code, said = vigie("--data", data, "--runner=DataflowRunner", "--dry_run")
    assert code == 2
    assert "Missing required option: project" in said
    there = (
        "--project=project-one",
        "--region=europe-west1",
        "--temp_location=gs://bucket/tmp",
        "--staging_location=gs://bucket/staging",
    )
    code, said = vigie("--data", data, "--runner=DataflowRunner", "--dry_run", *there)
    assert code == 0, said
    assert said.startswith("runner: DataflowRunner (")


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """An archive of one poll."""
    return write_archive(tmp_path / "archive", [("outlet/all", 0, rss([item(1)]), 200)])


@pytest.fixture
def data(tmp_path: Path, archive: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A dataset of it, where a runner that is never started is said to be at hand."""
    monkeypatch.setenv("VIGIE_PRISM", "/opt/prism")
    ingest(tmp_path / "data", archive)
    return tmp_path / "data"


@pytest.mark.parametrize("runner", ["SparkRunner", "PrismRunner", "DirectRunner"])
def test_each_bounded_command_prints_its_graph_and_writes_no_rows(
    tmp_path: Path, runner: str, archive: Path, data: Path
) -> None:
    empty = tmp_path / "empty"
    before = sorted(data.rglob("*.parquet"))
    for arguments, step in (
        (["ingest", "--from", str(archive), "--data", str(empty)], "IdentifyArticles"),
        (["ingest", "--data", str(empty)], "IdentifyArticles"),
        (["replay", "--data", str(data), "--into", str(empty)], "IdentifyArticles"),
        (["rematch", "--data", str(data)], "WriteEvaluations"),
    ):
        done = CliRunner().invoke(make_app(arguments[:1]), [*arguments, "--dry_run", f"--runner={runner}"])
        assert done.exit_code == 0, done.output
        assert done.stdout.startswith(f"runner: {runner} (")
        assert step in done.stdout.splitlines()
    assert list(empty.rglob("*.parquet")) == []
    assert sorted(data.rglob("*.parquet")) == before


def test_a_start_with_changed_topics_is_told_how_to_switch_to_them_and_writes_nothing(tmp_path: Path, data: Path) -> None:
    topics = tmp_path / "topics.yaml"
    before = sorted(data.rglob("*.parquet"))
    topics.write_text(
        "concepts: {bridge: {labels: {en: bridge}, terms: {en: [bridge]}}}\n"
        "topics: {bridges: {labels: {en: B}, description: B., source: invented, languages: [en], rule: bridge}}\n"
    )
    code, said = vigie("--data", str(data), "--topics", str(topics), "--runner=PrismRunner")
    assert code == 2
    assert f"`vigie rematch --data {data}` and the same --topics" in said
    assert len(said.splitlines()) == 1
    assert sorted(data.rglob("*.parquet")) == before


@pytest.mark.parametrize("wrong", ["0", "soon", "10", "10 years"])
def test_times_that_are_none_are_refused(tmp_path: Path, wrong: str) -> None:
    code, said = vigie("--data", str(tmp_path / "data"), "--runner=PrismRunner", f"--poll_interval={wrong}")
    assert code == 2
    assert "--poll_interval" in said


def test_a_flink_cluster_needs_no_more_than_its_address() -> None:
    options = beam_options(["--runner=FlinkRunner", "--flink_master=host:8081"], streaming=True)
    told = options.get_all_options(retain_unknown_options=True)
    assert options.view_as(StandardOptions).streaming
    assert options.view_as(PortableOptions).environment_type == "EXTERNAL"
    assert told["finish_bundle_before_checkpointing"]
    assert int(told["checkpointing_interval"]) == 10_000


@pytest.mark.parametrize("command", ["ingest", "stream"])
def test_who_says_nothing_of_it_asks_a_host_every_five_seconds_two_times_at_once_and_no_private_ones(command: str) -> None:
    told = {option.name: option.default for option in get_command(make_app([command])).commands[command].params}  # type: ignore[attr-defined]
    limits = limits_of(**{name: told[name] for name in ("allow_private_hosts", "host_interval", "vantage", "contact")})
    assert (limits.host_interval, limits.per_host, limits.allow_private_hosts) == (5.0, 2, False)


def test_what_the_user_says_stands() -> None:
    given = ["--runner=FlinkRunner", "--checkpointing_interval=3000", "--environment_type=DOCKER", "--environment_config=image"]
    options = beam_options([*given, "--flink_master=host:8081"], streaming=True)
    assert int(options.get_all_options(retain_unknown_options=True)["checkpointing_interval"]) == 3_000
    assert options.view_as(PortableOptions).environment_config == "image"


def test_prism_runs_without_splits_for_they_lose_state(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIGIE_PRISM", "/opt/prism")
    options = beam_options(["--runner=PrismRunner"], streaming=True)
    assert "prism_disable_sdf_split" in options.view_as(DebugOptions).experiments
    assert options.view_as(PortableOptions).environment_type == "LOOPBACK"


def test_a_missing_prism_is_told_with_how_to_install_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VIGIE_PRISM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    code, said = vigie("--data", str(tmp_path / "data"), "--runner=PrismRunner")
    assert code == 2
    assert "go install" in said

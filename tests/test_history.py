"""docs/history.md: its commands run as they stand, one after the other, and say what the page says."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def walked(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """The folder in which the page's commands were run, and what each printed."""
    folder = tmp_path_factory.mktemp("history")
    for name in ("docs", "sample_data"):
        (folder / name).symlink_to(repository / name)
    page = (repository / "docs" / "history.md").read_text(encoding="utf-8")
    said: dict[str, str] = {}
    for line in "\n".join(re.findall(r"```sh\n(.*?)```", page, re.DOTALL)).split("\n"):
        if not line:
            continue
        words = shlex.split(line)
        command = [sys.executable, *(["-m", "vigie", *words[1:]] if words[0] == "vigie" else words[1:])]
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, check=False, env={**os.environ, "COLUMNS": "250"}
        )
        assert done.returncode == 0, f"{line}\n{done.stderr}"
        assert "WARNING" not in done.stderr, f"{line}\n{done.stderr}"
        said[line] = done.stdout + done.stderr
    return folder, said


def test_every_command_of_the_page_runs(walked: tuple[Path, dict[str, str]]) -> None:
    _, said = walked
    assert sum(line.startswith("vigie ") for line in said) == 8
    frozen = next(text for line, text in said.items() if line.startswith("vigie thaw"))
    assert "answer:  the same as when it was frozen" in frozen


def test_the_figure_is_the_one_that_the_page_tells_of(walked: tuple[Path, dict[str, str]]) -> None:
    folder, said = walked
    asked = next(line for line in said if line.startswith("vigie query before-after"))
    command = [sys.executable, "-m", "vigie", *shlex.split(asked)[1:], "--format", "json"]
    answer = json.loads(subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout)
    rows = {row["source_id"]: row for row in answer["rows"]}
    volnograd = rows["volnograd-fr"]
    counts = [volnograd[name] for name in ("articles_before", "output_before", "articles_after", "output_after")]
    assert counts == [1, 1, 1, 17]
    assert volnograd["placebo_dates"] == 0
    assert rows.keys() == {"volnograd-fr", "courrier-ys", "gazette-broceliande"}


def test_captures_that_are_read_after_newer_polls_count_as_if_they_had_been_read_first(
    walked: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    folder, _ = walked
    live = tmp_path / "live"
    live.mkdir()
    for file in (folder / "sample_data" / "feeds" / "gazette-broceliande" / "all").glob("*.xml"):
        if file.name >= "2017-06-06":
            shutil.copy(file, live / f"gazette-broceliande_all_{file.name}")
    polls = ["ingest", "--from", str(live), "--sources", "sample_data/sources.yaml"]
    captures = ["import", "captures", "history/wayback", "--sources", "sample_data/sources.yaml"]
    period = ["--since", "2017-05-22", "--until", "2017-06-11", "--by", "week", "--format", "json"]
    told = []
    for name, orders in (("polls first", (polls, captures)), ("captures first", (captures, polls))):
        for words in (*orders, ["query", "coverage", "--source", "gazette-broceliande", *period]):
            done = subprocess.run(
                [sys.executable, "-m", "vigie", *words, "--data", str(tmp_path / name)],
                cwd=folder, capture_output=True, text=True, check=True,
            )  # fmt: skip
        told.append(json.loads(done.stdout)["rows"])
    assert [(row["articles"], row["state"]) for row in told[0]] == [(7, "covered"), (8, "covered"), (6, "covered")]
    assert told[0] == told[1]

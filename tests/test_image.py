"""The image: its Dockerfile's steps, run without Docker: the wheel in a fresh environment with the pinned libraries."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def installed(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scripts of a fresh environment that has the wheel, installed as the Dockerfile does it."""
    place = tmp_path_factory.mktemp("image")
    passed_over = shutil.ignore_patterns(".*", "build", "dist", "data", "demo-data", "__pycache__", "*.egg-info")
    shutil.copytree(repository, place / "build", ignore=passed_over)

    def run(*command: str) -> None:
        subprocess.run(command, check=True, capture_output=True, text=True, cwd=place)

    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", "wheels", "build")
    run(sys.executable, "-m", "venv", "python")
    wheel = str(next((place / "wheels").glob("*.whl")))
    pip = [str(place / "python" / "bin" / "python"), "-m", "pip", "--quiet"]
    # Not compiled: the test imports a fifth of the files.
    run(*pip, "install", "--no-compile", "--constraint", str(repository / "constraints.txt"), wheel)
    run(*pip, "check")
    return place / "python" / "bin"


def test_installed_wheel_shows_the_demo_from_any_folder(installed: Path, tmp_path: Path) -> None:
    done = subprocess.run([installed / "vigie", "demo"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "349  and 28 revisions" in done.stdout
    assert "Traceback" not in done.stderr
    assert (tmp_path / "data" / "articles").is_dir()


def test_entrypoint_tells_a_person_from_a_runner(repository: Path, tmp_path: Path) -> None:
    boot, vigie = tmp_path / "boot", tmp_path / "vigie"
    for program in (boot, vigie):
        program.write_text(f'#!/bin/sh\necho {program.name} "$@"\n')
        program.chmod(0o755)
    script = (repository / "docker-entrypoint.sh").read_text().replace("/opt/apache/beam/boot", str(boot))

    def started(*arguments: str) -> str:
        environment = {"PATH": f"{tmp_path}:/usr/bin:/bin"}
        done = subprocess.run(
            ["/bin/sh", "-c", script, "sh", *arguments], env=environment, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    assert started("--id=1-1", "--provision_endpoint=localhost:1") == "boot --id=1-1 --provision_endpoint=localhost:1"
    assert started("--worker_pool") == "boot --worker_pool"
    assert started("ingest", "--data", "/data") == "vigie ingest --data /data"


def test_dockerfile_names_files_that_exist_and_the_pinned_beam(repository: Path) -> None:
    dockerfile = (repository / "Dockerfile").read_text()
    copied = re.findall(r"^COPY (?!--from)(\S+) ", dockerfile, re.MULTILINE)
    beam = re.search(r"^ARG BEAM=(\S+)", dockerfile, re.MULTILINE)
    assert copied
    assert [name for name in copied if not (repository / name).exists()] == []
    assert beam is not None
    assert f"apache-beam=={beam[1]}" in (repository / "constraints.txt").read_text()


def test_every_dependency_is_pinned_exactly_and_without_an_address(repository: Path) -> None:
    pinned = [line for line in (repository / "constraints.txt").read_text().splitlines() if not line.startswith("#")]
    project = tomllib.loads((repository / "pyproject.toml").read_text())["project"]
    names = {re.split(r"[=<>\[]", name)[0].lower().replace("_", "-") for name in project["dependencies"]}
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+", line) for line in pinned)
    assert names <= {line.split("==")[0].lower().replace("_", "-") for line in pinned}

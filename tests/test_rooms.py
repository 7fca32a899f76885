"""The house rules: arrows point down, and what must start fast does not import Beam."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

#: Rooms from the top down: a room imports itself and what stands after it.
_ORDER = [
    "vigie.cli",
    "vigie.dashboard",
    "vigie.pipelines",
    "vigie.transforms",
    "vigie",
    "vigie.queries",
    "vigie.stats",
    "vigie.schemas",
]
_FOLDERS = {
    "dashboard": "vigie.dashboard",
    "pipelines": "vigie.pipelines",
    "transforms": "vigie.transforms",
    "queries": "vigie.queries",
    "schemas": "vigie.schemas",
}


def _room(module: str) -> str | None:
    if module != "vigie" and not module.startswith("vigie."):
        return None
    if module in ("vigie.errors", "vigie.locales", "vigie.version"):
        return "vigie.schemas"  # words and numbers that every room may use
    return max((room for room in _ORDER if module == room or module.startswith(f"{room}.")), key=len)


def _imports(path: Path) -> list[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            found.append(node.module)
        elif isinstance(node, ast.Import):
            found.extend(alias.name for alias in node.names)
    return found


def _python_files(repository: Path) -> list[tuple[Path, str]]:
    files = [(path, room) for folder, room in _FOLDERS.items() for path in (repository / folder).glob("*.py")]
    root = repository / "src" / "vigie"
    for path in root.rglob("*.py"):
        room = "vigie.cli" if "cli" in path.parts or path.name == "__main__.py" else "vigie"
        files.append((path, "vigie.stats" if path.parent.name == "stats" else room))
    return files


def test_arrows_point_down(repository: Path) -> None:
    upward = [
        f"{path.relative_to(repository)} imports {module}"
        for path, room in _python_files(repository)
        for module in _imports(path)
        if (target := _room(module)) and _ORDER.index(target) < _ORDER.index(room)
    ]
    assert upward == []


def test_thinking_is_free_of_beam(repository: Path) -> None:
    beam = [
        str(path.relative_to(repository))
        for path, room in _python_files(repository)
        if room in ("vigie", "vigie.queries", "vigie.schemas", "vigie.cli", "vigie.dashboard")
        and "apache_beam" in {m.split(".")[0] for m in _imports(path)}
    ]
    assert beam == []


@pytest.mark.parametrize("command", [["query", "--list"], ["sources", "check"], ["topics", "list"], ["--help"]], ids=" ".join)
def test_command_that_only_asks_does_not_load_beam(command: list[str]) -> None:
    code = (
        "import sys; from vigie.cli.app import make_app; make_app()(sys.argv[1:], standalone_mode=False); "
        "sys.exit('apache_beam was imported' if 'apache_beam' in sys.modules else 0)"
    )
    done = subprocess.run([sys.executable, "-c", code, *command], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_no_file_outgrows_a_reader(repository: Path) -> None:
    code = [path for path, _ in _python_files(repository)] + list((repository / "tests").rglob("*.py"))
    lines = {str(path.relative_to(repository)): len(path.read_text(encoding="utf-8").splitlines()) for path in code}
    assert {name: count for name, count in lines.items() if count > 400} == {}


@pytest.fixture(scope="module")
def wheel(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names in the wheel, built from a copy so that the checkout stays clean."""
    place = tmp_path_factory.mktemp("wheel")
    passed_over = shutil.ignore_patterns(".*", "build", "dist", "data", "demo-data", "__pycache__", "*.egg-info")
    shutil.copytree(repository, place / "copy", ignore=passed_over)
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(place), str(place / "copy")]
    subprocess.run(build, check=True, capture_output=True)
    return set(zipfile.ZipFile(next(place.glob("*.whl"))).namelist())


def test_wheel_has_one_top_level_name(wheel: set[str]) -> None:
    assert {name.split("/")[0] for name in wheel if ".dist-info/" not in name} == {"vigie"}


def test_wheel_has_every_file(wheel: set[str], repository: Path) -> None:
    folders = {"src/vigie": "vigie", **{f: f"vigie/{f}" for f in (*_FOLDERS, "topics", "sources", "sample_data")}}
    present = {
        f"{target}/{path.relative_to(repository / folder).as_posix()}"
        for folder, target in folders.items()
        for path in (repository / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.name != "README.md"
    }
    assert present - wheel == set()

"""Thaw a frozen figure: see that nothing in it was changed, compute it again, and say what differs."""

from __future__ import annotations

import hashlib
import json
import tempfile
import zipfile
import zlib
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path, PurePosixPath
from typing import Any

import pyarrow.parquet as pq

from vigie.errors import UsageError, WorkError
from vigie.figures.comparing import differences
from vigie.figures.freezing import LAYOUT, MANIFEST, Figure
from vigie.queries import Answer, ask, open_dataset
from vigie.version import VERSION

__all__ = ["Thawed", "thaw"]

#: A frozen figure that unpacks to more is refused: it may be made to fill the disk.
_MAX_BYTES = 20 * 2**30


@dataclass(frozen=True)
class Thawed:
    """A figure computed again."""

    figure: Figure
    answer: Answer
    #: What was said beside it when it was frozen.
    notes: tuple[str, ...]
    mark: str
    #: Version of vigie that froze it, and when.
    code_version: str
    frozen_at: str
    #: In which ways the answer now is another; empty: it is the same.
    answer_differs: tuple[str, ...]
    #: SQL that reads otherwise than it did, and other differences of the code.
    code_differs: tuple[str, ...]
    #: What a dataset, where one was named, answers otherwise.
    data_differs: tuple[str, ...]

    @property
    def same(self) -> bool:
        """Whether the figure is what it was."""
        return not self.answer_differs and not self.data_differs


def thaw(path: Path, data: Path | None = None) -> Thawed:
    """Compute a frozen figure again, from what is in its file alone.

    Args:
        path: The file that `vigie freeze` wrote.
        data: A dataset to ask the same of, for comparison; None: none is asked.

    Raises:
        UsageError: It is no such file, or a newer vigie wrote it.
        WorkError: Something in it was changed since it was frozen.
    """
    if not path.is_file():
        raise UsageError(f"{path}: no such file; name one that `vigie freeze` wrote")
    with tempfile.TemporaryDirectory(prefix="vigie-thaw-") as name:
        folder = Path(name)
        manifest, mark = _unpack(path, folder)
        try:
            figure = Figure.from_json(manifest["figure"])
        except (KeyError, TypeError, ValueError) as error:
            raise UsageError(
                f"{path}: names no figure that this vigie knows ({error}); thaw it with the one that froze it"
            ) from error
        before = pq.read_table(folder / "answer.parquet")
        answer = _answer(folder / "data", figure)
        others = differences(before, _answer(data, figure).table) if data is not None else []
        return Thawed(
            figure=figure,
            answer=answer,
            notes=tuple(manifest["notes"]),
            mark=mark,
            code_version=str(manifest["code_version"]),
            frozen_at=str(manifest["frozen_at"]),
            answer_differs=tuple(differences(before, answer.table)),
            code_differs=tuple(_code_differs(manifest, folder)),
            data_differs=tuple(others),
        )


def _answer(data: Path, figure: Figure) -> Answer:
    with open_dataset(data, topics_version=figure.topics_version, known_by=figure.known_by) as con:
        return ask(con, figure.question, figure.parameters)


def _unpack(path: Path, folder: Path) -> tuple[dict[str, Any], str]:
    try:
        with zipfile.ZipFile(path) as packed:
            names = packed.namelist()
            if MANIFEST not in names:
                raise UsageError(f"{path}: has no {MANIFEST}, so it is no frozen figure; name one that `vigie freeze` wrote")
            if sum(member.file_size for member in packed.infolist()) > _MAX_BYTES:
                raise UsageError(f"{path}: unpacks to more than {_MAX_BYTES >> 30} GiB; it is no figure")
            text = packed.read(MANIFEST)
            manifest = _manifest(path, text)
            listed: dict[str, str] = manifest["files"]
            _refuse_others(path, set(names) - {MANIFEST}, set(listed))
            for name, digest in listed.items():
                content = packed.read(name)
                if hashlib.sha256(content).hexdigest() != digest:
                    raise WorkError(f"{path}: {name} was changed since the figure was frozen; ask for the file as it was")
                target = folder / PurePosixPath(name)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise WorkError(f"{path}: is damaged or no zip file ({error}); ask for the file as it was") from error
    return manifest, hashlib.sha256(text).hexdigest()[:16]


def _manifest(path: Path, text: bytes) -> dict[str, Any]:
    try:
        manifest = json.loads(text)
        layout, listed = int(manifest["layout"]), dict(manifest["files"])
    except (ValueError, TypeError, KeyError) as error:
        raise WorkError(f"{path}: its {MANIFEST} cannot be read ({error}); ask for the file as it was") from error
    if layout > LAYOUT:
        raise UsageError(f"{path}: a newer vigie froze it (layout {layout}); upgrade vigie")
    if any(PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts for name in listed):
        raise WorkError(f"{path}: names files outside of itself; it is no figure that vigie froze")
    return dict(manifest)


def _refuse_others(path: Path, present: set[str], listed: set[str]) -> None:
    if missing := listed - present:
        raise WorkError(f"{path}: {min(missing)} is missing from it; ask for the file as it was")
    if more := present - listed:
        raise WorkError(f"{path}: {min(more)} was put into it since the figure was frozen; ask for the file as it was")


def _code_differs(manifest: dict[str, Any], folder: Path) -> list[str]:
    found = []
    if manifest["code_version"] != VERSION:
        found.append(f"frozen by vigie {manifest['code_version']}, thawed by {VERSION}")
    for then in sorted((folder / "sql").glob("*.sql")):
        now = files("vigie.queries") / then.name
        if not now.is_file():
            found.append(f"{then.name}: is no more")
        elif now.read_text(encoding="utf-8") != then.read_text(encoding="utf-8"):
            found.append(f"{then.name}: reads otherwise now")
    return found

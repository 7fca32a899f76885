"""A dataset in an object store: what is written goes there, each file one object; what is read is copied here first.

DuckDB reads S3 only by an extension that it has to download, so readers get files: a copy on this machine, kept from one
run to the next, since files never change once they are there. Access keys and region are read from the variables that all
S3 clients know (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION, AWS_ENDPOINT_URL).
"""

from __future__ import annotations

import hashlib
import os
import threading
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

import pyarrow.fs as pafs

from vigie.errors import UsageError, WorkError

__all__ = ["Remote", "remote_of"]

_LOCK = threading.Lock()


@dataclass(frozen=True, slots=True)
class Remote:
    """A folder of a bucket, and its copy."""

    #: `bucket/folder`, as Arrow's file systems name it.
    place: str
    #: The folder of the copy.
    copy: Path

    def __str__(self) -> str:
        """As a user names it."""
        return f"s3://{self.place}"

    def pull(self, folder: str = "") -> None:
        """Make the copy of a folder what the store has now.

        Raises:
            WorkError: The store does not answer.
        """
        place = f"{self.place}/{folder}".rstrip("/")
        with _LOCK:  # Workers of one process share the copy.
            try:
                found = self._store().get_file_info(pafs.FileSelector(place, recursive=True, allow_not_found=True))
                there = {info.path.removeprefix(f"{self.place}/"): info.size for info in found if info.is_file}
                self._drop_others(folder, there)
                for name, size in there.items():
                    if not (self.copy / name).is_file() or (self.copy / name).stat().st_size != size:
                        self._download(name)
            except OSError as error:
                raise WorkError(f"{self}: cannot be read ({_first_line(error)}); see AWS_ENDPOINT_URL and the keys") from error

    def push(self, name: str, content: bytes) -> None:
        """Write one object, whole or not at all, whatever becomes of this process.

        Raises:
            WorkError: The store does not take it.
        """
        try:
            with self._store().open_output_stream(f"{self.place}/{name}") as stream:
                stream.write(content)
        except OSError as error:
            raise WorkError(
                f"{self}/{name}: cannot be written ({_first_line(error)}); what was committed before stands: "
                "mend its rights and run the same command again"
            ) from error

    def probe(self) -> None:
        """See that the bucket is there and can be written to.

        Raises:
            UsageError: It cannot.
        """
        try:
            self.push(".probe", b"")
            self._store().delete_file(f"{self.place}/.probe")
        except (WorkError, OSError) as error:
            raise UsageError(
                f"{self}: cannot be written to ({_first_line(error)}); name a bucket that exists, and see AWS_ENDPOINT_URL, "
                "AWS_REGION and the keys"
            ) from error

    def _store(self) -> pafs.S3FileSystem:
        endpoint = urlsplit(os.environ.get("AWS_ENDPOINT_URL", ""))
        return pafs.S3FileSystem(endpoint_override=endpoint.netloc or None, scheme=endpoint.scheme or "https")

    def _download(self, name: str) -> None:
        target = self.copy / name
        target.parent.mkdir(parents=True, exist_ok=True)
        scratch = target.with_name(f".{os.getpid()}-{target.name}")
        with self._store().open_input_stream(f"{self.place}/{name}") as stream:
            scratch.write_bytes(stream.read())
        scratch.replace(target)

    def _drop_others(self, folder: str, there: dict[str, int]) -> None:
        for path in (self.copy / folder).rglob("*.parquet"):
            if path.relative_to(self.copy).as_posix() not in there and not path.name.startswith("."):
                path.unlink()


def remote_of(folder: Path | str) -> Remote | None:
    """The place in an object store that a name of a dataset stands for; None for a folder of this machine.

    Args:
        folder: `s3://bucket/folder`, also as a path, which has one slash less.
    """
    text = str(folder).replace("s3://", "s3:/", 1)
    if not text.startswith("s3:/"):
        return None
    place = str(PurePosixPath(text.removeprefix("s3:/")))
    kept = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "vigie"
    return Remote(place, kept / f"{place.replace('/', '-')}-{hashlib.sha256(_endpoint_and(place)).hexdigest()[:8]}")


def _endpoint_and(place: str) -> bytes:
    return f"{os.environ.get('AWS_ENDPOINT_URL', '')} {place}".encode("utf-8", "surrogatepass")


def _first_line(error: BaseException) -> str:
    return str(error).splitlines()[0]

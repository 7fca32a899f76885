"""The runners that tests start."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest
from conftest import REPOSITORY, need

sys.path.insert(0, str(REPOSITORY / "deploy"))
from flink_cluster import Cluster, wait_for


@pytest.fixture(scope="session")
def job_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of Beam's job server with a Flink of its own."""
    cluster = Cluster()
    present = shutil.which("java") is not None and (cluster.home / "job-server").is_dir()
    need("flink", present, "no Java, or no jars; get them with `python deploy/flink_cluster.py job-server`")
    path = tmp_path_factory.mktemp("flink") / "job-server.log"
    with path.open("wb") as log:
        process = subprocess.Popen(cluster.job_server("[local]", port=0), stdout=log, stderr=log)
    try:
        wait_for(lambda: _address(path.read_text()) is not None or process.poll() is not None, 240, "the job server")
        address = _address(path.read_text())
        assert address is not None, path.read_text()
        yield address
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


def _address(log: str) -> str | None:
    """Where a job server says that it takes jobs; None while it does not."""
    said = re.search(r"JobService started on (\S+)\n", log)
    return said[1] if said else None

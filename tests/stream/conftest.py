"""The runners that tests start."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from conftest import REPOSITORY, need

sys.path.insert(0, str(REPOSITORY / "deploy"))
from flink_cluster import Cluster, listens, wait_for


@pytest.fixture(scope="session")
def job_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of Beam's job server with a Flink of its own."""
    cluster = Cluster()
    present = shutil.which("java") is not None and (cluster.home / "job-server").is_dir()
    need("flink", present, "no Java, or no jars; get them with `python deploy/flink_cluster.py job-server`")
    port = _free_port()
    with (tmp_path_factory.mktemp("flink") / "job-server.log").open("wb") as log:
        process = subprocess.Popen(cluster.job_server("[local]", port), stdout=log, stderr=log)
    try:
        wait_for(lambda: listens(port), 90, "the job server")
        yield f"localhost:{port}"
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


def _free_port() -> int:
    """A port that is free, as are the two below it, which the job server takes too."""
    while True:
        with ExitStack() as held:
            last = held.enter_context(socket.create_server(("127.0.0.1", 0))).getsockname()[1]
            try:
                for below in (last - 1, last - 2):
                    held.enter_context(socket.create_server(("127.0.0.1", below)))
            except OSError:
                continue
            return int(last)

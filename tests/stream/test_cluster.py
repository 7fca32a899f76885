"""The cluster that `make flink-up` starts."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from flink_cluster import Cluster


def test_workers_run_vigie_as_users_install_it_not_the_checkout(tmp_path: Path) -> None:
    cluster = Cluster(tmp_path)
    cluster.install_workers()
    program = "import vigie.matching, vigie.pipelines.graph; print(vigie.__file__, vigie.pipelines.graph.__file__)"
    command = [sys.executable, "-c", program]
    done = subprocess.run(
        command, env=cluster.environment("worker-pool"), cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert all(Path(file).is_relative_to(tmp_path / "workers") for file in done.stdout.split())

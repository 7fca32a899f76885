"""`vigie stream` on Flink, embedded in Beam's job server: what the proofs try on a cluster, once and without kills."""

from __future__ import annotations

import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

from flink_cluster import wait_for
from runs import ask, rows
from stream.news_site import Site


def test_a_stream_on_flink_writes_every_entry_once_and_ends_when_it_is_told_to(tmp_path: Path, job_server: str) -> None:
    data, sources = tmp_path / "data", tmp_path / "sources.yaml"
    with Site(feeds=3, entries=12, every=timedelta(seconds=1)) as site:
        sources.write_text(site.registry())
        runner = ("--runner=FlinkRunner", f"--job_endpoint={job_server}", "--environment_type=LOOPBACK", "--parallelism=1")
        paces = ("--poll_interval=2s", "--flush_every=2s", "--host_interval=0", "--allow_private_hosts")
        command = [sys.executable, "-m", "vigie", "stream", f"--data={data}", f"--sources={sources}", *runner, *paces]
        process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        try:
            wait_for(lambda: len(rows(data, "articles")) >= 3 * site.entries or process.poll() is not None, 240, "all entries")
            process.send_signal(signal.SIGTERM)
            _, said = process.communicate(timeout=400)
        finally:
            process.kill()
        assert process.returncode == 0, said
        assert site.visible() == site.entries
        expected = sorted(f"Macron meets Putin, says source {feed}, part {n}" for feed in range(3) for n in range(12))
        assert sorted(title for (title,) in ask(data, "SELECT title FROM articles")) == expected
        assert len(rows(data, "fetches")) == sum(site.answered.values())

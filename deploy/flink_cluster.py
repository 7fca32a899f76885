"""A Flink cluster on this machine, each part a process of its own: `python deploy/flink_cluster.py up` and `… down`.

One job manager, two task managers, Beam's job server and a pool of Python workers that have vigie as users have it: from the
wheel of this checkout, which `up` builds; what vigie needs besides is this Python's.
`up` downloads what is missing (Maven: Beam's Flink runner; PyPI: Flink itself), which takes some minutes the first time.
Everything lies in the folder that VIGIE_FLINK_HOME names, else in `.flink` beside the repository's files. Loopback only.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path

FLINK = "1.19.3"
#: The newest set of Beam's runner that Maven Central has whole; Python's 2.77 talks to it.
BEAM_RUNNER = "2.62.0"
REST, JOBS, POOL = 8081, 8099, 50000
TASK_MANAGERS = ("task-manager-1", "task-manager-2")
PARTS = ("job-manager", *TASK_MANAGERS, "worker-pool", "job-server")

_REPOSITORY = Path(__file__).resolve().parent.parent
#: Packages of Java that Flink reaches into.
_OPENED = (
    "lang",
    "net",
    "io",
    "nio",
    "util",
    "util.concurrent",
    "util.concurrent.atomic",
    "util.concurrent.locks",
    "text",
    "time",
)
_OPENS = [f"--add-opens=java.base/java.{name}=ALL-UNNAMED" for name in _OPENED]
_OPENS.append("--add-opens=java.base/sun.nio.ch=ALL-UNNAMED")

_CONFIG = """\
jobmanager.rpc.address: localhost
jobmanager.bind-host: localhost
jobmanager.memory.process.size: 1024m
taskmanager.bind-host: localhost
taskmanager.host: localhost
taskmanager.numberOfTaskSlots: 2
taskmanager.memory.process.size: 1280m
rest.address: localhost
rest.bind-address: localhost
rest.port: {rest}
parallelism.default: 2
restart-strategy.type: fixed-delay
restart-strategy.fixed-delay.attempts: 1000
restart-strategy.fixed-delay.delay: 1 s
state.backend.type: hashmap
state.checkpoints.dir: file://{home}/checkpoints
state.savepoints.dir: file://{home}/savepoints
execution.checkpointing.externalized-checkpoint-retention: RETAIN_ON_CANCELLATION
heartbeat.interval: 2000
heartbeat.timeout: 6000
"""


class Cluster:
    """The processes of the cluster, by name.

    Args:
        home: Where programs, logs, checkpoints and the processes' ids lie.
    """

    def __init__(self, home: Path | None = None) -> None:
        """Name the folder; nothing is started."""
        self.home = (home or Path(os.environ.get("VIGIE_FLINK_HOME") or _REPOSITORY / ".flink")).resolve()

    def install(self) -> None:
        """Download what is missing, each thing tried twice."""
        self.install_job_server()
        if not (self.home / "flink").is_dir():
            _twice(self._install_flink)

    def install_job_server(self) -> None:
        """Download Beam's job server, unless it is there: with `--flink-master=[local]` it has a Flink of its own."""
        self.home.mkdir(parents=True, exist_ok=True)
        if not (self.home / "job-server").is_dir():
            _twice(self._install_job_server)

    def install_workers(self) -> None:
        """Build the checkout's wheel, and install it where the pool of workers looks first."""
        scratch = self.home / "workers.part"
        shutil.rmtree(scratch, ignore_errors=True)
        # A copy, since a build leaves its own files, and takes those that another has left.
        passed_over = shutil.ignore_patterns(".*", "build", "dist", "data", "demo-data", "__pycache__", "*.egg-info")
        shutil.copytree(_REPOSITORY, scratch / "source", ignore=passed_over)
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation"]
        subprocess.run([*pip, "--target", str(scratch / "workers"), str(scratch / "source")], check=True)
        shutil.rmtree(self.home / "workers", ignore_errors=True)
        (scratch / "workers").rename(self.home / "workers")
        shutil.rmtree(scratch)

    def environment(self, part: str) -> dict[str, str]:
        """The variables of one part: programs of this Python first, and for workers the wheel before all else."""
        found = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
        if part == "worker-pool":
            found["PYTHONPATH"] = os.pathsep.join(filter(None, (str(self.home / "workers"), os.environ.get("PYTHONPATH"))))
        return found

    def job_server(self, master: str, port: int = JOBS) -> list[str]:
        """The command of Beam's job server for a Flink master; with port 0 it takes free ones and says in its log which."""
        driver = "org.apache.beam.runners.flink.FlinkJobServerDriver"
        names = ("job", "artifact", "expansion")
        ports = [f"--{name}-port={max(port - place, 0)}" for place, name in enumerate(names)]
        where = [f"--flink-master={master}", f"--artifacts-dir={self.home}/artifacts"]
        return ["java", *_OPENS, "-Xmx1g", "-cp", f"{self.home}/job-server/*", driver, *ports, *where]

    def up(self) -> None:
        """Start all parts and wait until jobs can be sent."""
        self.install()
        if self._pid("worker-pool") is None:
            self.install_workers()
        conf = self.home / "conf"
        conf.mkdir(exist_ok=True)
        (conf / "config.yaml").write_text(_CONFIG.format(rest=REST, home=self.home))
        for part in PARTS:
            self.start(part)
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        """Until both task managers have joined and the job server listens."""
        wait_for(lambda: self.ask("/overview")["taskmanagers"] == len(TASK_MANAGERS), 120, "the task managers")
        for port, what in ((JOBS, "the job server"), (POOL, "the worker pool")):
            wait_for(lambda port=port: listens(port), 60, what)

    def down(self) -> None:
        """End all parts."""
        for part in reversed(PARTS):
            self.kill(part)

    def start(self, part: str) -> None:
        """Start one part, unless it runs."""
        if self._pid(part) is not None:
            return
        log = (self.home / f"{part}.log").open("ab")
        process = subprocess.Popen(
            self._command(part), stdout=log, stderr=log, env=self.environment(part), cwd=self.home, start_new_session=True
        )
        log.close()
        self._pid_file(part).write_text(str(process.pid))

    def kill(self, part: str) -> None:
        """`kill -9` one part with all that it started."""
        pid = self._pid(part)
        if pid is not None:
            os.killpg(pid, signal.SIGKILL)
            wait_for(lambda: self._pid(part) is None, 20, f"the end of {part}")
        self._pid_file(part).unlink(missing_ok=True)

    def ask(self, path: str, *, method: str = "GET") -> dict[str, object]:
        """What Flink's REST interface answers."""
        request = urllib.request.Request(f"http://localhost:{REST}{path}", method=method)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return dict(json.loads(answer.read() or b"{}"))

    def _pid_file(self, part: str) -> Path:
        return self.home / f"{part}.pid"

    def _pid(self, part: str) -> int | None:
        """The process of a part, None where it does not run."""
        try:
            pid = int(self._pid_file(part).read_text())
            with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
                return pid if file.read().rpartition(")")[2].split()[0] != "Z" else _reaped(pid)
        except (OSError, ValueError):
            return None

    def _command(self, part: str) -> list[str]:
        flink = f"{self.home}/flink/lib/*"
        conf = ["--configDir", str(self.home / "conf")]
        java = ["java", *_OPENS]
        if part == "job-manager":
            entry = "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint"
            return [*java, "-Xmx512m", "-cp", flink, entry, *conf]
        if part in TASK_MANAGERS:
            flags, settings = self._task_manager_memory(conf)
            return [*java, *flags, "-cp", flink, "org.apache.flink.runtime.taskexecutor.TaskManagerRunner", *conf, *settings]
        if part == "worker-pool":
            return [sys.executable, "-m", "apache_beam.runners.worker.worker_pool_main", f"--service_port={POOL}"]
        return self.job_server(f"localhost:{REST}")

    def _task_manager_memory(self, conf: list[str]) -> tuple[list[str], list[str]]:
        """The JVM's flags and Flink's settings that its own tool works out for a task manager."""
        tool = "org.apache.flink.runtime.util.bash.BashJavaUtils"
        path = f"{self.home}/flink/bin/bash-java-utils.jar:{self.home}/flink/lib/*"
        extra = ["--bin", f"{self.home}/flink/bin", "--lib", f"{self.home}/flink/lib"]
        command = ["java", "-cp", path, tool, "GET_TM_RESOURCE_PARAMS", *conf, *extra]
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        flags, settings = (
            line.partition("BASH_JAVA_UTILS_EXEC_RESULT:")[2].split() for line in said.splitlines() if "RESULT:" in line
        )
        return flags, settings

    def _install_job_server(self) -> None:
        scratch = self.home / "job-server.part"
        shutil.rmtree(scratch, ignore_errors=True)
        pom = _REPOSITORY / "deploy" / "flink-job-server.pom.xml"
        subprocess.run(
            ["mvn", "-q", "-B", "-f", pom, "dependency:copy-dependencies", f"-DoutputDirectory={scratch}"], check=True
        )
        scratch.rename(self.home / "job-server")

    def _install_flink(self) -> None:
        scratch = self.home / "flink.part"
        shutil.rmtree(scratch, ignore_errors=True)
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(scratch)]
        subprocess.run([*pip, f"apache-flink-libraries=={FLINK}"], check=True)
        (scratch / "pyflink").rename(self.home / "flink")
        shutil.rmtree(scratch)


def wait_for(condition: Callable[[], bool], seconds: float, what: str) -> None:
    """Wait until something holds.

    Raises:
        TimeoutError: It did not in time.
    """
    deadline = time.monotonic() + seconds
    while True:
        try:
            if condition():
                return
        except (OSError, KeyError):
            """Whoever is asked is not there yet."""
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {seconds:.0f} s in vain for {what}")
        time.sleep(0.25)


def listens(port: int) -> bool:
    """Whether something of this machine takes connections at a port; what refuses them raises an OSError."""
    with socket.create_connection(("localhost", port), timeout=1):
        return True


def _reaped(pid: int) -> None:
    """Take note of the end of a process that this one started."""
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        """Another one started it."""


def _twice(install: Callable[[], None]) -> None:
    try:
        install()
    except (subprocess.CalledProcessError, OSError):
        install()


def main() -> None:
    """Start or end the cluster."""
    actions: Mapping[str, Callable[[Cluster], None]] = {
        "up": Cluster.up,
        "down": Cluster.down,
        "job-server": Cluster.install_job_server,
    }
    if len(sys.argv) != 2 or sys.argv[1] not in actions:
        sys.exit("usage: python deploy/flink_cluster.py up|down|job-server")
    actions[sys.argv[1]](Cluster())
    if sys.argv[1] == "up":
        print(f"Flink: http://localhost:{REST} · jobs: --runner=FlinkRunner --job_endpoint=localhost:{JOBS}")


if __name__ == "__main__":
    main()

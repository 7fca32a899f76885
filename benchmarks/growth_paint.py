"""How long the dashboard's pages take to appear in Chromium, for `growth.py`."""

from __future__ import annotations

import math
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

__all__ = ["measure_paint"]

_PAGES = ("", "trends", "sources", "stories", "articles", "quality", "feeds")
#: Milliseconds after which a page is left, and said not to have ended.
_LONGEST = 60_000
_RUNNING = '[data-testid="stApp"][data-test-script-state="running"]'
_DONE = '[data-testid="stApp"][data-test-script-state="notRunning"]'


def measure_paint(data: Path) -> dict[str, dict[str, float]]:
    """Of each page, visited twice: seconds until something is painted, until its heading stands, and until all of it does.

    The first visit of the first page opens the dataset. The server's memory, in MiB, is told after each page.

    Raises:
        RuntimeError: There is no Chromium.
    """
    from playwright.sync_api import TimeoutError as NotInTime
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        raise RuntimeError("no Chromium on this machine: install it, as with `apt-get install chromium`")
    port = _free_port()
    command = [sys.executable, "-m", "vigie", "dashboard", "--data", str(data), "--port", str(port)]
    found: dict[str, dict[str, float]] = {}
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            address = f"http://127.0.0.1:{port}"
            _wait_for(f"{address}/_stcore/health")
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=chromium, args=["--headless", "--no-sandbox"])
                for visit in ("first", "again"):
                    for name in _PAGES:
                        page = browser.new_page()
                        started = time.monotonic()
                        page.goto(f"{address}/{name}")
                        page.locator('[data-testid="stMain"] h1').first.wait_for(timeout=_LONGEST)
                        heading = time.monotonic() - started
                        try:
                            page.locator(_DONE).wait_for(timeout=_LONGEST)
                            while page.locator(_RUNNING).count():
                                page.locator(_DONE).wait_for(timeout=_LONGEST)
                            whole = time.monotonic() - started
                        except NotInTime:
                            whole = math.inf
                        paint = (
                            page.evaluate("performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? -1") / 1000
                        )
                        figures = {"paint": paint, "heading": heading, "whole": whole, "server_mib": _memory(server.pid)}
                        found[f"{name or 'overview'}, {visit}"] = figures
                        shown = ", ".join(f"{key} {value:.2f}" for key, value in figures.items())
                        print(f"paint, {name or 'overview'}, {visit}: {shown}", flush=True)
                        page.close()
                browser.close()
        finally:
            server.terminate()
    return found


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _wait_for(address: str) -> None:
    for _ in range(600):
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError(f"{address}: does not answer")


def _memory(process: int) -> float:
    """Peak resident memory of a process and those it started, MiB, as Linux tells it."""
    total = 0
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            told = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
        except OSError:
            continue  # It has ended.
        if int(status.parent.name) == process or int(told["PPid"]) == process:
            total += int(told.get("VmHWM", "0 kB").split()[0])
    return total / 1024

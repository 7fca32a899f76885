"""A dashboard that really runs, and a real browser to look at it."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import need

#: Seconds that a page may take to come, on a busy machine.
PATIENCE = 90


def own_place() -> tuple[str, int]:
    """A loopback address that no other process uses, by this one's id, and a port: nobody takes it before the server does."""
    with socket.socket() as probe:
        probe.bind((f"127.{1 << 7 | os.getpid() >> 16}.{os.getpid() >> 8 & 255}.{os.getpid() & 255}", 0))
        address, port = probe.getsockname()
    return address, port


@contextlib.contextmanager
def serving(data: Path) -> Iterator[str]:
    """`vigie dashboard` over a folder, until the block ends; gives its address."""
    address, port = own_place()
    where = ("--address", address, "--port", str(port))
    command = [sys.executable, "-m", "vigie", "dashboard", "--data", str(data), *where]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        try:
            for _ in range(PATIENCE * 10):
                with contextlib.suppress(OSError), socket.create_connection((address, port), timeout=1):
                    break
                assert process.poll() is None, process.stderr.read() if process.stderr else ""
                time.sleep(0.1)  # a process of its own has no clock that could be moved
            yield f"http://{address}:{port}"
        finally:
            process.terminate()
            process.wait(60)
            if process.stderr:
                process.stderr.close()


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's dataset."""
    data = tmp_path_factory.mktemp("sample") / "data"
    subprocess.run([sys.executable, "-m", "vigie", "demo", "--data", str(data)], check=True, capture_output=True)
    return data


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Chromium, as the machine has it."""
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    need("browser", path is not None, "no Chromium on this machine")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=["--headless", "--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def dashboard(sample: Path, browser: Any) -> Iterator[str]:
    """The address of a dashboard over the sample data."""
    with serving(sample) as address:
        yield address


class Visitor:
    """A reader with a browser: opens pages and keeps what their consoles complain of."""

    def __init__(self, context: Any) -> None:
        context.set_default_timeout(PATIENCE * 1000)
        self.page = context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("dialog", lambda dialog: (self.complaints.append(f"dialog: {dialog.message}"), dialog.dismiss()))

    def _hear(self, message: Any) -> None:
        # Streamlit's page looks for its server under each part of its address before it finds it.
        if message.type == "error" and "/_stcore/" not in str(message.location.get("url")):
            self.complaints.append(f"{message.text} {message.location.get('url')}")

    def open(self, address: str) -> Any:
        """Open a page and wait until it is drawn."""
        self.page.goto(address, wait_until="domcontentloaded")
        return self.drawn()

    def drawn(self) -> Any:
        """Wait until the script of the page has run; after a step within a page, first wait for a mark of what it leads to."""
        self.page.wait_for_selector("h1", timeout=PATIENCE * 1000)
        self.page.wait_for_timeout(300)
        self.page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]', timeout=PATIENCE * 1000)
        return self.page


@pytest.fixture
def visit(browser: Any) -> Iterator[Callable[..., Visitor]]:
    """Makes visitors, each without what another left."""
    contexts = []

    def make(**options: Any) -> Visitor:
        contexts.append(browser.new_context(**{"viewport": {"width": 1280, "height": 1100}, "locale": "en-GB", **options}))
        return Visitor(contexts[-1])

    yield make
    for context in contexts:
        context.close()

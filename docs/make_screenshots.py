"""Take the README's pictures of the dashboard: sample data, real Chromium. Run: make screenshots."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

#: File, address, height in pixels, and whether the page is dark.
PICTURES = (
    ("dashboard.png", "trends?topic=franco-russian-relations&with=state-media-disinformation", 760, False),
    ("dashboard-overview.png", "?lang=fr", 1120, True),
)
_WIDTH = 1280
_PORT = 8599


def main() -> None:
    """Write docs/dashboard*.png."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        sys.exit("no Chromium on this machine: install it, as with `apt-get install chromium`")
    with tempfile.TemporaryDirectory() as folder:
        vigie = [sys.executable, "-m", "vigie"]
        subprocess.run([*vigie, "demo", "--data", folder], check=True, capture_output=True)
        server = subprocess.Popen([*vigie, "dashboard", "--data", folder, "--port", str(_PORT)])
        try:
            _wait()
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=chromium, args=["--headless", "--no-sandbox"])
                for name, address, height, dark in PICTURES:
                    _take(browser, Path(__file__).with_name(name), address, height, dark=dark)
                browser.close()
        finally:
            server.terminate()
            server.wait()


def _wait() -> None:
    for _ in range(300):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", _PORT), timeout=1):
            return
        time.sleep(0.1)
    sys.exit("the dashboard did not start")


def _take(browser: Browser, target: Path, address: str, height: int, *, dark: bool) -> None:
    page = browser.new_page(viewport={"width": _WIDTH, "height": height}, color_scheme="dark" if dark else "light")
    page.goto(f"http://127.0.0.1:{_PORT}/{address}")
    page.wait_for_selector('[data-testid="stVegaLiteChart"][aria-label]')
    page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]')
    page.wait_for_timeout(1500)
    page.screenshot(path=target)
    page.close()
    with Image.open(target) as image:  # Few colours: a third of the size, and no eye sees it.
        image.convert("P", palette=Image.Palette.ADAPTIVE, colors=128).save(target, optimize=True)
    sys.stdout.write(f"{target}\n")


if __name__ == "__main__":
    main()

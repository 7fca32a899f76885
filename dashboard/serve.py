"""Start the page: Streamlit in this process, bound to this machine alone unless told otherwise."""

from __future__ import annotations

import errno
import importlib
import ipaddress
import logging
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

from vigie.errors import UsageError

__all__ = ["LOOPBACK", "serve"]

LOOPBACK = "127.0.0.1"
#: What takes long to import and the first page needs: it is there before the first reader comes.
_NEEDED = ("altair", "duckdb", "pandas", "pyarrow", "vl_convert", "vigie.dashboard.app")


def serve(data: Path, *, port: int, address: str = LOOPBACK, say: Callable[[str], None]) -> None:
    """Serve the dashboard until it is stopped.

    Args:
        data: The dataset's folder; it is looked at with each page, and may come to be later.
        port: TCP port.
        address: Address to listen on.
        say: Told where the page is.

    Raises:
        UsageError: The port is taken, or the address is none of this machine.
    """
    _check_free(address, port)
    from streamlit.web import bootstrap

    options = _options(address, port)
    bootstrap.load_config_options(options)
    logging.getLogger("streamlit").setLevel(logging.ERROR)
    for name in _NEEDED:
        importlib.import_module(name)
    say(f"vigie dashboard: http://{_in_address(address)}:{port} shows {data}; stop it with Ctrl-C")
    if not _is_loopback(address):
        say("It listens beyond this machine: whoever reaches that address reads this data. There is no password.")
    script = Path(__file__).with_name("app.py")
    bootstrap.run(str(script), False, [str(data)], options)


def _options(address: str, port: int) -> dict[str, Any]:
    """Streamlit's options: no telemetry, no browser of its own, no reloading, no traces of errors, and the page's colours."""
    options: dict[str, Any] = {
        "server.address": address,
        "server.port": port,
        "server.headless": True,
        "server.fileWatcherType": "none",
        "server.runOnSave": False,
        "browser.gatherUsageStats": False,
        "client.toolbarMode": "viewer",
        "client.showErrorDetails": "none",
        "logger.level": "error",
        "logger.hideWelcomeMessage": True,
        "runner.magicEnabled": False,
        "theme.light.primaryColor": "#0072B2",
        "theme.dark.primaryColor": "#56B4E9",
        "theme.dark.backgroundColor": "#0E1117",
        "theme.dark.secondaryBackgroundColor": "#1A1F2B",
        "theme.dark.sidebar.backgroundColor": "#161B26",
        "theme.light.backgroundColor": "#FFFFFF",
    }
    return {name.replace(".", "_"): value for name, value in options.items()}


def _check_free(address: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except socket.gaierror as error:
            raise UsageError(f"--address {address}: is no address; give one of this machine, as {LOOPBACK}") from error
        except OSError as error:
            if error.errno == errno.EADDRNOTAVAIL:
                raise UsageError(f"--address {address}: is none of this machine's; try {LOOPBACK}") from error
            raise UsageError(f"--port {port}: is in use ({error.strerror}); choose another, as --port {port + 1}") from error


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return address == "localhost"


def _in_address(address: str) -> str:
    return f"[{address}]" if ":" in address else address

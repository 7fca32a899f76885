"""What a process keeps of memory; each looked at in a process of its own, for it is decided once."""

from __future__ import annotations

import os
import subprocess
import sys

# As `vigie ingest` does: with its command's module loaded, before anything else is.
POOL_OF_ARROW = """
import vigie.cli.app, vigie.cli.ingest
from vigie.heap import use_one_heap_for_arrow
use_one_heap_for_arrow()
import pyarrow
print(pyarrow.default_memory_pool().backend_name)
"""


def test_arrow_takes_its_memory_from_the_heap_of_the_process_once_told_to() -> None:
    """The command's modules load no Arrow before it is told: it decides once."""
    assert _pool() == "system"


def test_an_allocator_that_the_user_chose_for_arrow_stays() -> None:
    """Whoever sets the variable has a reason."""
    assert _pool(ARROW_DEFAULT_MEMORY_POOL="mimalloc") == "mimalloc"


def _pool(**chosen: str) -> str:
    environment = {name: value for name, value in os.environ.items() if name != "ARROW_DEFAULT_MEMORY_POOL"} | chosen
    ran = subprocess.run([sys.executable, "-c", POOL_OF_ARROW], env=environment, capture_output=True, text=True, check=True)
    return ran.stdout.strip()

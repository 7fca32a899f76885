"""Where rows are kept: the dataset's folder, written atomically, and the state read back from it."""

from vigie.storage.dataset import Dataset
from vigie.storage.known import load_cursors, load_states

__all__ = ["Dataset", "load_cursors", "load_states"]

"""How polls and batches of them are coded where they cross from one process or stage to another.

Beam estimates the size of some of the elements that pass a step, by default by coding them, which took a tenth of a run. A
poll's size is told by its rows.
"""

from __future__ import annotations

import pickle

from apache_beam import coders

from vigie.polls import Poll, Polls

__all__ = ["PollCoder", "PollsCoder"]

#: Bytes, about.
_RECORD, _ROW, _ARTICLE = 4_000, 300, 2_000


class PollCoder(coders.Coder):
    """Codes a poll as Python pickles it."""

    def encode(self, value: Poll) -> bytes:
        """The bytes."""
        return pickle.dumps(value, pickle.HIGHEST_PROTOCOL)

    def decode(self, encoded: bytes) -> Poll:
        """The poll."""
        poll: Poll = pickle.loads(encoded)
        return poll

    def estimate_size(self, value: Poll) -> int:
        """Bytes, about."""
        rows = len(value.failures) + len(value.sightings) + len(value.mentions) + len(value.matches)
        body = len(value.raw.body) if value.raw is not None else 0
        return _RECORD + body + _ROW * rows + _ARTICLE * len(value.articles)

    def is_deterministic(self) -> bool:
        """Polls are no keys."""
        return False

    def to_type_hint(self) -> type[Poll]:
        """What it codes."""
        return Poll


class PollsCoder(coders.Coder):
    """Codes a batch of polls in the same way."""

    def encode(self, value: Polls) -> bytes:
        """The bytes."""
        return pickle.dumps(value, pickle.HIGHEST_PROTOCOL)

    def decode(self, encoded: bytes) -> Polls:
        """The polls."""
        polls: Polls = pickle.loads(encoded)
        return polls

    def estimate_size(self, value: Polls) -> int:
        """Bytes, about."""
        return sum(map(PollCoder().estimate_size, value))

    def is_deterministic(self) -> bool:
        """They are no keys either."""
        return False

    def to_type_hint(self) -> type[Polls]:
        """What it codes."""
        return Polls


coders.registry.register_coder(Poll, PollCoder)
coders.registry.register_coder(Polls, PollsCoder)

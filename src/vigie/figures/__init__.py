"""Figures that can be kept: a question with its parameters, frozen with all that it was computed from, and computed again."""

from vigie.figures.freezing import Figure, Frozen, freeze
from vigie.figures.thawing import Thawed, thaw

__all__ = ["Figure", "Frozen", "Thawed", "freeze", "thaw"]

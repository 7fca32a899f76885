"""Statistics that SQL cannot do well: pure functions of numbers, with the source of each formula."""

from vigie.stats.agreement import Kappa, cohen_kappa, rogan_gladen
from vigie.stats.proportions import Proportion, Unit, estimate_ratio, f1_of, wilson
from vigie.stats.sampling import allocate, draw_order

__all__ = [
    "Kappa",
    "Proportion",
    "Unit",
    "allocate",
    "cohen_kappa",
    "draw_order",
    "estimate_ratio",
    "f1_of",
    "rogan_gladen",
    "wilson",
]

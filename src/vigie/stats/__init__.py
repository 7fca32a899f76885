"""Statistics that SQL cannot do well: pure functions of numbers, with the source of each formula."""

from vigie.stats.agreement import Kappa, cohen_kappa, rogan_gladen
from vigie.stats.bootstrap import LEAST_DAYS, Estimate, bootstrap_figure, bootstrap_figures, log_share_ratio
from vigie.stats.counts import CountModel, benjamini_hochberg, fit_counts, upper_tail
from vigie.stats.proportions import Proportion, Unit, estimate_ratio, f1_of, wilson
from vigie.stats.sampling import allocate, draw_order

__all__ = [
    "LEAST_DAYS",
    "CountModel",
    "Estimate",
    "Kappa",
    "Proportion",
    "Unit",
    "allocate",
    "benjamini_hochberg",
    "bootstrap_figure",
    "bootstrap_figures",
    "cohen_kappa",
    "draw_order",
    "estimate_ratio",
    "f1_of",
    "fit_counts",
    "log_share_ratio",
    "rogan_gladen",
    "upper_tail",
    "wilson",
]

"""State against independent media: their mean shares and the difference, with days drawn again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from vigie.stats import bootstrap_figure

__all__ = ["contrast_classes"]

Floats = npt.NDArray[np.float64]
_CLASSES = ("state", "independent")


def contrast_classes(
    counts: Iterable[dict[str, Any]], values: Mapping[str, Any]
) -> tuple[list[dict[str, Any]], tuple[str, ...]]:
    """The rows of the question `state-against-independent`: one a bucket.

    Args:
        counts: Daily counts a source, as its SQL gives them, with its class on that day.
        values: Its parameters.
    """
    buckets: dict[date, list[dict[str, Any]]] = {}
    for row in counts:
        buckets.setdefault(row["bucket"], []).append(row)
    return [_row(bucket, rows, values["seed"]) for bucket, rows in sorted(buckets.items())], ()


def _row(bucket: date, rows: Sequence[Mapping[str, Any]], seed: int) -> dict[str, Any]:
    """One bucket. A source that changed hands within it is one source in either class, each with its days."""
    shared = [row for row in rows if row["counted"]]
    days = sorted({row["day"] for row in shared})
    columns = sorted({(row["class"], row["source_id"]) for row in shared if row["class"] in _CLASSES})
    counts = np.zeros((len(days), len(columns), 2))
    day_at, column_at = ({value: place for place, value in enumerate(values)} for values in (days, columns))
    for row in shared:
        if row["class"] in _CLASSES:
            counts[day_at[row["day"]], column_at[row["class"], row["source_id"]]] = row["articles"], row["output"]
    members = {name: np.array([column[0] == name for column in columns], dtype=bool) for name in _CLASSES}
    found: dict[str, Any] = {"bucket": bucket}
    shares = {}
    for name, member in members.items():
        articles, output = counts[:, member].sum(axis=(0, 1)) if columns else (0, 0)
        share = float(_mean_share(counts.sum(axis=0)[None], member)[0]) if output else None
        found[f"share_of_output_{name}"] = None if share is None else round(share, 6)
        shares[name] = share
        found |= {f"articles_{name}": int(articles), f"output_{name}": int(output), f"sources_{name}": int(member.sum())}
        if not days:
            found |= {f"articles_{name}": None, f"output_{name}": None}
    found |= {"difference": None, "difference_low": None, "difference_high": None, "share_days": len(days)}
    if None not in shares.values():

        def difference(windows: Sequence[Floats]) -> Floats:
            sums = windows[0].reshape(len(windows[0]), len(columns), 2)
            gap: Floats = _mean_share(sums, members["state"]) - _mean_share(sums, members["independent"])
            return gap

        estimate = bootstrap_figure([counts.reshape(len(days), -1)], difference, seed=seed)
        figures = {"difference": estimate.value, "difference_low": estimate.low, "difference_high": estimate.high}
        found |= {name: None if value is None else round(value, 6) for name, value in figures.items()}
    return found


def _mean_share(sums: Floats, members: npt.NDArray[np.bool_]) -> Floats:
    """Mean over the members that published of (articles on topic / articles), for each replicate."""
    articles, output = sums[:, members, 0], sums[:, members, 1]
    published = output > 0
    shares = np.where(published, articles / np.where(published, output, 1), 0.0)
    mean: Floats = shares.sum(axis=1) / np.maximum(published.sum(axis=1), 1)
    return mean

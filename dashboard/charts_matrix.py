"""The chart of two names at a time: how much of each pair there is, in boxes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt

from vigie.dashboard.charts_trend import PICKED
from vigie.dashboard.look import Look, finish, plot
from vigie.locales import number_text, share_text

__all__ = ["matrix_chart"]

Row = Mapping[str, Any]
#: Height of a row and width of the longest name, pixels.
_ROW, _WIDEST_LABEL = 26, 220
#: Characters of names along the top that fit side by side on a narrow page; longer ones stand upright.
_FLAT = 60


def matrix_chart(
    rows: Sequence[Row],
    look: Look,
    *,
    across: str,
    down: str,
    value: str,
    title: str,
    order: Sequence[str] = (),
) -> alt.LayerChart:
    """Draw a number for each pair of names: darker is more, and the number stands in its box.

    Args:
        rows: Rows with two names and a number.
        look: Language and background.
        across: The column of the name along the top.
        down: The column of the name down the side.
        value: The column of the number; a share where its name begins with `share`.
        title: What the number is; it stands above the boxes.
        order: The names along the top in their order; by default that of the alphabet.

    Returns:
        A chart with the selection `picked` (fields `down` and `across`).
    """
    share = value.startswith("share")
    values = [
        {
            "across": row[across],
            "down": row[down],
            "value": float(row[value]),
            "text": number_text(row[value] * (100 if share else 1), look.language),
        }
        for row in rows
        if row[value] is not None
    ]
    largest = max(values, key=lambda row: row["value"], default=None)
    most = (largest["value"] if largest else 0) or 1
    there = {row["across"] for row in values}
    names = [name for name in order if name in there] or sorted(there)
    flat = len(names) * max(map(len, names), default=0) <= _FLAT
    axis = alt.Axis(
        orient="top",
        labelAngle=0 if flat else -90,
        labelLimit=_WIDEST_LABEL,
        domain=False,
        grid=False,
        titleAnchor="start",
        titleColor=look.faint,
    )
    picked = alt.selection_point(name=PICKED, fields=["down", "across"], on="click", empty=False)
    base = plot(values).encode(
        x=alt.X("across:N", title=f"{title}, %" if share else title, sort=names, axis=axis),
        y=alt.Y("down:N", title=None, axis=alt.Axis(labelLimit=_WIDEST_LABEL, grid=False, labelColor=look.ink)),
        tooltip=[
            alt.Tooltip("down:N", title=" "),
            alt.Tooltip("across:N", title=" "),
            alt.Tooltip("value:Q", title=title, format=".1%" if share else ",d"),
        ],
    )
    ends, turn = look.heat
    colour = alt.Color("value:Q", scale=alt.Scale(domain=[0, most], range=list(ends), interpolate="rgb"), legend=None)
    boxes = (
        base.mark_rect(cursor="pointer", stroke=look.ink, strokeWidth=0)
        .encode(color=colour, strokeWidth=alt.condition(picked, alt.value(2), alt.value(0)))
        .add_params(picked)
    )
    dark, bright = alt.value("#000000"), alt.value("#FFFFFF")
    ink = alt.condition(f"datum.value > {most * turn}", *((dark, bright) if look.dark else (bright, dark)))
    texts = base.mark_text(fontSize=11, cursor="pointer").encode(text="text:N", color=ink)
    written = share_text if share else number_text
    described = look.say(
        "matrix_alt",
        title=title,
        down=len({row["down"] for row in values}),
        across=len(names),
        largest=f"{largest['down']}, {largest['across']}" if largest else "–",
        value=written(largest["value"] if largest else None, look.language),
    )
    height = max(3, len({row["down"] for row in values})) * _ROW
    return finish([boxes, texts], look, height=height, description=described)

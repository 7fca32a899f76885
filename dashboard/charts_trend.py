"""The chart of a trend: lines that break where nothing is known, over hatching where not all is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import altair as alt

from vigie.dashboard.look import SHAPES, Look, finish, plot
from vigie.locales import day_text, step_format
from vigie.queries.steps import step_end

__all__ = ["MAX_SERIES", "PICKED", "describe_trend", "drawn_series", "trend_chart"]

#: Series that are drawn; the table beside a chart has them all.
MAX_SERIES = 8
#: Name of the selection that a click on a point makes; it holds `bucket` and `split`.
PICKED = "picked"
_HEIGHT = 300
#: Pixels of a legend's mark with the room around it, of a letter, and of the widest entry.
_SYMBOL, _LETTER, _WIDEST_NAME = 34, 7.5, 280
#: Hatching: diagonals in a column, and columns over the whole period.
_ROWS, _COLUMNS = 12, 60

Row = Mapping[str, Any]


def trend_chart(
    rows: Sequence[Row], look: Look, *, measure: str = "articles", by: str = "day", label: Mapping[str, str] | None = None
) -> alt.LayerChart:
    """Draw the answer to `coverage`, or several of them told apart by `split`.

    Counts of days that were not wholly covered are hollow points (minimums), shares are drawn where there is a wholly
    covered day; where nothing is known the line breaks. Behind them such steps are hatched, the darker the larger the
    part of source-days that is not covered.

    Args:
        rows: Rows with `bucket`, `split`, `state`, the three numbers of days, and the measure; undated rows are not drawn.
        look: Language and background.
        measure: `articles`, `share_of_output` or `share_of_output_pooled`.
        by: `day`, `week` or `month`.
        label: What a value of `split` is called; by default itself.

    Returns:
        A chart with the selection `picked` (fields `bucket`, `split`), as wide as its place.
    """
    dated = [row for row in rows if row["bucket"] is not None]
    shown = drawn_series(dated, measure)
    names = {split: (label or {}).get(split) or _series_name(split, look) for split in shown}
    values = [_point(row, names, measure, look) for row in dated if row["split"] in names]
    scale = alt.Scale(type="utc", domain=_domain(dated, by))
    lines = _lines(
        values, names, alt.X("from:T", title=None, scale=scale, axis=_axis(dated, by)), look, share=measure != "articles"
    )
    layers: list[alt.Chart | alt.LayerChart] = [_stripes(_hatching(dated, by), scale, look), lines]
    if all(point["value"] is None for point in values):
        layers.append(_nothing(look))
    description = describe_trend(rows, look, measure=measure, by=by, label=label)
    chart: alt.LayerChart = finish(layers, look, height=_HEIGHT, description=description).resolve_scale(
        y="independent", opacity="independent"
    )
    return chart


def describe_trend(
    rows: Sequence[Row], look: Look, *, measure: str = "articles", by: str = "day", label: Mapping[str, str] | None = None
) -> str:
    """What a trend's chart shows, in a sentence, for those who do not see it."""
    dated = [row for row in rows if row["bucket"] is not None]
    buckets = sorted({row["bucket"] for row in dated})
    gaps = {row["bucket"] for row in dated if row["state"] != "covered"}
    series = [(label or {}).get(split) or _series_name(split, look) for split in drawn_series(dated, measure)]
    return look.say(
        "trend_alt",
        measure=look.say(_word(measure)),
        step=look.say(by),
        series=", ".join(series) or "–",
        since=day_text(buckets[0] if buckets else None, look.language),
        until=day_text(buckets[-1] if buckets else None, look.language),
        gaps=len(gaps),
        steps=len(buckets),
    )


def drawn_series(rows: Iterable[Row], measure: str = "articles") -> list[str]:
    """The series that a chart draws, the largest first."""
    sizes: dict[str, float] = defaultdict(float)
    for row in rows:
        sizes[row["split"]] += row.get(measure) or 0
    return sorted(sizes, key=lambda split: (-sizes[split], split))[:MAX_SERIES]


def _word(measure: str) -> str:
    return "share_of_output" if measure.startswith("share_of_output") else measure


def _series_name(split: str, look: Look) -> str:
    return look.word("split", split)


def _point(row: Row, names: Mapping[str, str], measure: str, look: Look) -> dict[str, Any]:
    share = measure != "articles"
    # A share is taken over wholly covered days alone, so it is no minimum.
    known = "covered" if share else row["state"]
    return {
        "from": row["bucket"].isoformat(),
        "bucket": row["bucket"].isoformat(),
        "split": row["split"],
        "series": names[row["split"]],
        "value": row[measure],
        "minimum": known != "covered",
        "said": look.word("state", row["state"]),
        **{name: row.get(name) for name in ("covered_days", "partial_days", "unknown_days", "share_days")},
    }


def _stripes(hatching: list[dict[str, Any]], scale: alt.Scale, look: Look) -> alt.Chart:
    opacity = alt.Opacity("part:Q", scale=alt.Scale(domain=[0, 1], range=[0.12, 0.9]), legend=None)
    stripes: alt.Chart = (
        plot(hatching)
        .mark_rule(color=look.faint, strokeWidth=1)
        .encode(
            x=alt.X("from:T", scale=scale),
            x2=alt.X2("to:T"),
            y=alt.Y("low:Q", scale=alt.Scale(domain=[0, 1]), axis=None),
            y2="high:Q",
            opacity=opacity,
        )
    )
    return stripes


def _nothing(look: Look) -> alt.Chart:
    """The words in the middle of a chart of which nothing is known: an empty one would look like zero."""
    words: alt.Chart = plot([{}]).mark_text(
        text=look.say("nothing_known"), color=look.ink, fontSize=14, x=alt.expr("width / 2"), y=alt.expr("height / 2")
    )
    return words


def _lines(values: list[dict[str, Any]], names: Mapping[str, str], axis: alt.X, look: Look, *, share: bool) -> alt.LayerChart:
    order = list(names.values())
    one = len(order) <= 1
    # As many names side by side as there is room for: on a narrow page those of a fixed number would reach over its edge.
    widest = _SYMBOL + _LETTER * max(map(len, order), default=0)
    legend = None if one else alt.Legend(columns=alt.ExprRef(f"max(1, min(4, floor(width / {min(widest, _WIDEST_NAME)})))"))
    colour_scale = alt.Scale(domain=order, range=list(look.colours[: len(order)]))
    colour = alt.Color("series:N", sort=order, scale=colour_scale, legend=legend)
    shape = alt.Shape("series:N", sort=order, scale=alt.Scale(domain=order, range=list(SHAPES[: len(order)])), legend=legend)
    measure = look.say("share_of_output" if share else "articles")
    form = "~%" if share else ",d"
    largest = max((point["value"] or 0 for point in values), default=0)
    # Where all is zero or unknown there must be an axis too.
    top = alt.Scale(domainMin=0, domainMax=alt.Undefined if largest else (0.01 if share else 1), nice=True)
    axis_y = alt.Axis(format=form, tickMinStep=alt.Undefined if share else 1, tickCount=6)
    height = alt.Y("value:Q", title=measure, scale=top, axis=axis_y)
    picked = alt.selection_point(name=PICKED, fields=["bucket", "split"], on="click", nearest=True, empty=False)
    tooltip = [
        # In UTC, as the axis: in a browser's own zone west of it, it would be the day before.
        alt.Tooltip("utcyearmonthdate(from):T", title=look.say("day").capitalize(), format="%A %-d %B %Y"),
        *([] if one else [alt.Tooltip("series:N", title=look.say("series"))]),
        alt.Tooltip("value:Q", title=measure, format=".1%" if share else ",d"),
        alt.Tooltip("said:N", title=look.say("state")),
        *(
            alt.Tooltip(f"{name}:Q", title=look.say(name), format=",d")
            for name in ("covered_days", "partial_days", "unknown_days")
        ),
        *([alt.Tooltip("share_days:Q", title=look.say("share_days"), format=",d")] if share else []),
    ]
    points = plot(values).encode(x=axis, color=colour)
    line = points.mark_line(strokeWidth=2, invalid="break-paths-show-domains", interpolate="linear").encode(
        y=height, detail="split:N"
    )
    dots = (
        points.transform_filter("isValid(datum.value)")
        .mark_point(size=64, opacity=1, strokeWidth=2)
        .encode(
            y=height,
            shape=shape,
            fill=alt.condition(
                "datum.minimum", alt.value(look.page), alt.Fill("series:N", sort=order, scale=colour_scale, legend=None)
            ),
            size=alt.condition(picked, alt.value(180), alt.value(56)),
            tooltip=tooltip,
        )
        .add_params(picked)
    )
    return alt.LayerChart(layer=[line, dots])


def _after(day: date, by: str) -> date:
    return step_end(day, by) + timedelta(days=1)


def _domain(rows: Sequence[Row], by: str) -> Any:
    buckets = [row["bucket"] for row in rows]
    if not buckets:
        return alt.Undefined
    # Half a day to the left, so that the first point does not sit on the axis.
    margin = timedelta(hours=12)
    first, last = min(buckets), max(buckets)
    end = max(_after(last, by) - timedelta(days=1), last)
    return [_utc(first, -margin), _utc(end, margin)]


def _utc(day: date, shift: timedelta) -> float:
    """Milliseconds from 1970, as Vega has times."""
    return (_midnight(day) + shift).timestamp() * 1000


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _axis(rows: Sequence[Row], by: str) -> alt.Axis:
    buckets = sorted({row["bucket"] for row in rows})
    every = max(1, -(-len(buckets) // 12))
    return alt.Axis(
        format=step_format(by), values=[f"{day.isoformat()}T00:00:00Z" for day in buckets[::every]], labelOverlap=True
    )


def _hatching(rows: Sequence[Row], by: str) -> list[dict[str, Any]]:
    """Diagonals over the steps that are not wholly covered, in data of their own since Vega has no patterns."""
    days: dict[date, list[int]] = defaultdict(lambda: [0, 0])
    for row in rows:
        covered, partial, unknown = (row.get(name) or 0 for name in ("covered_days", "partial_days", "unknown_days"))
        days[row["bucket"]][0] += partial + unknown
        days[row["bucket"]][1] += covered + partial + unknown
    if not days:
        return []
    columns = max(1, round(_COLUMNS / len(days)))
    diagonals = _ROWS if len(days) <= _COLUMNS else 2  # Over years the columns are so narrow that few lines fill them.
    margin = timedelta(hours=12)
    lines = []
    for bucket, (missing, whole) in sorted(days.items()):
        if not missing:
            continue
        start, end = _midnight(bucket) - margin, _midnight(_after(bucket, by)) - margin
        for column in range(columns):
            left, right = (start + (end - start) * place / columns for place in (column, column + 1))
            lines += [
                {
                    "from": left.isoformat(),
                    "to": right.isoformat(),
                    "low": place / diagonals,
                    "high": (place + 1) / diagonals,
                    "part": missing / whole,
                }
                for place in range(diagonals)
            ]
    return lines

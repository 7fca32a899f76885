"""Charts of parts and places: bars, intervals, which days are known, when a story was where."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import altair as alt

from vigie.dashboard.charts_trend import PICKED
from vigie.dashboard.look import SHAPES, Look, finish, plot
from vigie.locales import moment_text, number_text, share_text

__all__ = [
    "MOST_DAYS",
    "bars_chart",
    "days_chart",
    "describe_bars",
    "describe_days",
    "intervals_chart",
    "moves_chart",
    "spread_chart",
]

Row = Mapping[str, Any]
#: Days of sources that `days_chart` can show: more are too many for a browser and for eyes.
MOST_DAYS = 20_000
#: Height of one row of a chart, pixels.
_ROW = 26
_WIDEST_LABEL = 220


def bars_chart(
    rows: Sequence[Row], look: Look, *, value: str, name: str = "split", group: str | None = None, title: str | None = None
) -> alt.LayerChart:
    """Draw one bar for each row, in the order of the rows, with its value written out.

    Args:
        rows: Rows with a name and a value; None: not known, told in words and not drawn as a bar of no length.
        look: Language and background.
        value: The column of the value; a share from 0 to 1 where its name begins with `share`.
        name: The column of the bar's name.
        group: A column that gives the bar's colour.
        title: What the value is; by default its column's words.

    Returns:
        A chart with the selection `picked` (field `name`).
    """
    share = value.startswith("share")
    written = _written(value)
    whole = not share and all(row[value] is None or float(row[value]).is_integer() for row in rows)
    values = [
        {
            "name": row[name],
            "value": float(row[value]) if row[value] is not None else None,
            "text": written(row[value], look.language),
            "group": "" if group is None else str(row[group]),
        }
        for row in rows
    ]
    order = [row["name"] for row in values]
    groups = list(dict.fromkeys(row["group"] for row in values))
    colours = alt.Scale(domain=groups, range=[look.colours[place % len(look.colours)] for place in range(len(groups))])
    largest = max((row["value"] or 0 for row in values), default=0)
    smallest = min((row["value"] or 0 for row in values), default=0)  # Less than 0 hours: dated ahead of time.
    axis_x = alt.X(
        "value:Q",
        title=title or look.say(value),
        scale=alt.Scale(domain=[min(0, smallest), largest * 1.12 or 1]),
        axis=alt.Axis(
            format="~%" if share else ",d" if whole else ",.2~f",
            tickCount=5,
            grid=True,
            domain=False,
            tickMinStep=1 if whole else alt.Undefined,
        ),
    )
    axis_y = alt.Y(
        "name:N",
        sort=order,
        title=None,
        axis=alt.Axis(grid=False, labelLimit=_WIDEST_LABEL, labelColor=look.ink, labelPadding=10),
    )
    picked = alt.selection_point(name=PICKED, fields=["name"], on="click", empty=False)
    base = plot(values).encode(y=axis_y, x=axis_x)
    legend = alt.Legend() if group is not None and len(groups) > 1 else None
    bars = (
        base.mark_bar(height=_ROW * 0.62, cornerRadiusEnd=2)
        .encode(
            color=alt.Color("group:N", scale=colours, legend=legend),
            opacity=alt.condition(picked, alt.value(1), alt.value(0.88)),
            tooltip=[
                alt.Tooltip("name:N", title=look.say("series")),
                alt.Tooltip("text:N", title=title or look.say(value)),
            ],
        )
        .add_params(picked)
    )
    texts = (
        base.mark_text(align="left", dx=5, color=look.ink)
        .encode(text="text:N", x=alt.X("at:Q"))
        .transform_calculate(at="isValid(datum.value) ? datum.value : 0")
    )
    described = describe_bars(rows, look, value=value, name=name, title=title)
    return _rows([bars, texts], look, len(values), described)


def describe_bars(rows: Sequence[Row], look: Look, *, value: str, name: str = "split", title: str | None = None) -> str:
    """What a chart of bars shows, in a sentence."""
    known = [row for row in rows if row[value] is not None]
    largest = max(known, key=lambda row: row[value], default=None)
    written = _written(value)
    return look.say(
        "bars_alt",
        measure=title or look.say(value),
        number=len(rows),
        largest=largest[name] if largest else "–",
        value=written(largest[value], look.language) if largest else "–",
    )


def _written(value: str) -> Callable[[float | None, str], str]:
    """How a column's values are written: half an hour is neither none nor a whole one."""
    return share_text if value.startswith("share") else _number


def _number(value: float | None, language: str) -> str:
    decimals = 0 if value is None or float(value).is_integer() else 1 if abs(value) >= 1 else 2
    return number_text(value, language, decimals)


def intervals_chart(
    rows: Sequence[Row],
    look: Look,
    *,
    title: str,
    domain: tuple[float, float] | None = None,
    form: str = "~%",
    zero: float | None = None,
) -> alt.LayerChart:
    """Draw estimates with their intervals: a point and a whisker for each row.

    Args:
        rows: Rows with `name`, `value`, `low`, `high` and, to tell them apart, `group`; without a value there is no point.
        look: Language and background.
        title: What the value is.
        domain: Ends of the axis; by default those of the data.
        form: The number's d3 format.
        zero: Where a line says "no difference".

    Returns:
        A chart with the selection `picked` (field `name`).
    """
    values = [{"group": "", **row} for row in rows]
    order = list(dict.fromkeys(row["name"] for row in values))
    groups = list(dict.fromkeys(row["group"] for row in values))
    scale = alt.Scale(domain=list(domain)) if domain else alt.Scale(zero=False, nice=True)
    legend = alt.Legend() if len(groups) > 1 else None
    offset = alt.YOffset("group:N", sort=groups) if len(groups) > 1 else alt.Undefined
    axis_x = alt.Axis(format=form, tickCount=6, grid=True, domain=False)
    base = plot(values).encode(
        y=alt.Y(
            "name:N",
            sort=order,
            title=None,
            axis=alt.Axis(grid=False, labelLimit=_WIDEST_LABEL, labelColor=look.ink, labelPadding=10),
        ),
        yOffset=offset,
        color=alt.Color(
            "group:N", sort=groups, scale=alt.Scale(domain=groups, range=list(look.colours[: len(groups)])), legend=legend
        ),
        tooltip=[
            alt.Tooltip("name:N", title=look.say("series")),
            *([alt.Tooltip("group:N", title=" ")] if len(groups) > 1 else []),
            alt.Tooltip("value:Q", title=title, format=form),
            alt.Tooltip("low:Q", title=f"{look.say('interval')} ↓", format=form),
            alt.Tooltip("high:Q", title=f"{look.say('interval')} ↑", format=form),
        ],
    )
    whiskers = base.mark_rule(strokeWidth=2).encode(x=alt.X("low:Q", title=title, scale=scale, axis=axis_x), x2="high:Q")
    shape = alt.Shape("group:N", sort=groups, scale=alt.Scale(domain=groups, range=list(SHAPES[: len(groups)])), legend=legend)
    picked = alt.selection_point(name=PICKED, fields=["name"], on="click", empty=False)
    points = (
        base.mark_point(filled=True, size=80, opacity=1, cursor="pointer")
        .encode(x=alt.X("value:Q", title=title, scale=scale), shape=shape)
        .add_params(picked)
    )
    layers: list[alt.Chart] = [whiskers, points]
    if zero is not None:
        line = plot([{"at": zero}]).mark_rule(color=look.faint, strokeDash=[4, 4]).encode(x="at:Q")
        layers.insert(0, line)
    known = [row for row in values if row.get("value") is not None]
    written = share_text if form.endswith("%") else lambda value, language: number_text(value, language, 2)
    described = f"{title}: " + "; ".join(
        look.say(
            "interval_alt",
            name=f"{row['name']} {row['group']}".strip(),
            **{key: written(row.get(key), look.language) for key in ("value", "low", "high")},
        )
        for row in known
    )
    return _rows(layers, look, len(order) * max(1, len(groups) * 0.7), described)


def moves_chart(rows: Sequence[Row], look: Look) -> alt.LayerChart:
    """Draw from where to where shares moved: a hollow point before, a full one now, a line between them.

    Args:
        rows: Rows with `label`, `share_before`, `share` (0 to 1, None: not known) and the numbers of articles.
        look: Language and background.

    Returns:
        A chart with the selection `picked` (field `name`).
    """
    values = [{"name": row["label"], "before": row["share_before"], "now": row["share"]} for row in rows]
    order = [row["name"] for row in values]
    picked = alt.selection_point(name=PICKED, fields=["name"], on="click", empty=False)
    axis_x = alt.Axis(format="~%", tickCount=6, grid=True, domain=False)
    base = plot(values).encode(
        y=alt.Y(
            "name:N",
            sort=order,
            title=None,
            axis=alt.Axis(grid=False, labelLimit=_WIDEST_LABEL, labelColor=look.ink, labelPadding=10),
        ),
        tooltip=[
            alt.Tooltip("name:N", title=look.say("topic")),
            alt.Tooltip("before:Q", title=look.say("before"), format=".1%"),
            alt.Tooltip("now:Q", title=look.say("now"), format=".1%"),
        ],
    )
    largest = max((share or 0 for row in values for share in (row["before"], row["now"])), default=0)
    scale = alt.Scale(domain=[0, largest * 1.05 or 0.01])
    x_now = alt.X("now:Q", title=look.say("share_of_output"), axis=axis_x, scale=scale)
    lines = base.transform_filter("isValid(datum.now) && isValid(datum.before)").mark_rule(strokeWidth=2.5, color=look.faint)
    before = base.transform_filter("isValid(datum.before)").mark_point(
        filled=True, fill=look.page, stroke=look.faint, strokeWidth=2, size=80, opacity=1
    )
    now = base.transform_filter("isValid(datum.now)").mark_point(filled=True, color=look.colours[0], size=110, opacity=1)
    layers = [
        lines.encode(x=x_now, x2="before:Q"),
        before.encode(x=alt.X("before:Q", title=look.say("share_of_output"), scale=scale)),
        now.encode(x=x_now, size=alt.condition(picked, alt.value(220), alt.value(110))).add_params(picked),
    ]
    moved = [row for row in rows if row["share"] is not None and row["share_before"] is not None]
    said = "; ".join(
        f"{row['label']} {share_text(row['share_before'], look.language)} → {share_text(row['share'], look.language)}"
        for row in moved
    )
    return _rows(layers, look, len(order), said or look.say("nothing_known"))


def days_chart(rows: Sequence[Row], look: Look, *, name: str = "source_id") -> alt.LayerChart:
    """Draw what is known of each source's days: a full box is covered, half a box partial, an outline unknown.

    Args:
        rows: Rows with the source, `day` and `state`.
        look: Language and background.
        name: The column of the source.
    """
    states = ["covered", "partial", "unknown"]
    sources = sorted({str(row[name]) for row in rows})
    days = sorted({row["day"] for row in rows})
    values = [
        {
            "name": row[name],
            "day": row["day"].isoformat(),
            # A field of its own: one that is a time anywhere is no name of a band.
            "date": row["day"].isoformat(),
            "state": look.word("state", row["state"]),
            "part": states.index(row["state"]),
        }
        for row in rows
    ]
    every = max(1, -(-len(days) // 12))
    marks = [day.isoformat() for day in days[::every]]
    # Words of a time axis on a band scale: Vega formats each label itself.
    label = "timeFormat(toDate(datum.value + 'T12:00:00'), '%-d %b')"
    base = plot(values).encode(
        x=alt.X(
            "day:O",
            title=None,
            scale=alt.Scale(paddingInner=0.15),
            axis=alt.Axis(values=marks, labelExpr=label, labelAngle=0, labelOverlap=True),
        ),
        y=alt.Y(
            "name:N",
            sort=sources,
            title=None,
            axis=alt.Axis(grid=False, labelColor=look.ink, labelLimit=_WIDEST_LABEL),
            scale=alt.Scale(paddingInner=0.25),
        ),
        tooltip=[
            alt.Tooltip("name:N", title=look.say("source")),
            alt.Tooltip("utcyearmonthdate(date):T", title=look.say("day").capitalize(), format="%A %-d %B %Y"),
            alt.Tooltip("state:N", title=look.say("state")),
        ],
    )
    boxes = base.mark_rect(cornerRadius=1.5, stroke=look.faint, strokeWidth=0.8, fillOpacity=0)
    names = [look.word("state", state) for state in states]
    colour = alt.Color(
        "state:N",
        scale=alt.Scale(domain=names, range=[look.colours[0], look.colours[4 if not look.dark else 1], look.page]),
        # Beside each other they would reach over the edge of a narrow page.
        legend=alt.Legend(symbolStrokeColor=look.faint, symbolType="square", columns=1),
    )
    filled = base.transform_filter("datum.part == 0").mark_rect(cornerRadius=1.5, opacity=0.9).encode(color=colour)
    half = (
        base.transform_filter("datum.part == 1")
        .mark_rect(opacity=0.95, height=alt.RelativeBandSize(band=0.45))
        .encode(color=colour)
    )
    return _rows([boxes, filled, half], look, len(sources) * 0.85, describe_days(rows, look, name=name))


def describe_days(rows: Sequence[Row], look: Look, *, name: str = "source_id") -> str:
    """What a chart of days shows, in a sentence."""
    states = [row["state"] for row in rows]
    return look.say(
        "days_alt",
        sources=len({row[name] for row in rows}),
        days=len({row["day"] for row in rows}),
        **{state: states.count(state) for state in ("covered", "partial", "unknown")},
    )


def spread_chart(rows: Sequence[Row], look: Look, *, name: str = "source_id", moment: str = "first_seen") -> alt.LayerChart:
    """Draw when each source was first seen with a story: one point a source, on its time line.

    Args:
        rows: Rows with a source, an aware time and a `title`.
        look: Language and background.
        name: The column of the source.
        moment: The column of the time.
    """
    timed = sorted((row for row in rows if row[moment] is not None), key=lambda row: (row[moment], row[name]))
    values = [{"name": row[name], "at": row[moment].isoformat(), "title": row.get("title", "")} for row in timed]
    order = list(dict.fromkeys(row["name"] for row in values))
    scale = alt.Scale(type="utc", padding=14)
    base = plot(values).encode(
        y=alt.Y(
            "name:N",
            sort=order,
            title=None,
            axis=alt.Axis(grid=False, labelLimit=_WIDEST_LABEL, labelColor=look.ink, labelPadding=10),
        ),
        x=alt.X("at:T", title="UTC", scale=scale, axis=alt.Axis(format="%-d %b %H:%M", tickCount=5, labelOverlap=True)),
    )
    points = base.mark_point(filled=True, size=90, opacity=1, color=look.colours[0]).encode(
        tooltip=[
            alt.Tooltip("name:N", title=look.say("source")),
            alt.Tooltip("utcyearmonthdatehoursminutes(at):T", title="UTC", format="%-d %b %Y %H:%M"),
            alt.Tooltip("title:N", title=look.say("title")),
        ]
    )
    described = "; ".join(f"{row[name]}, {moment_text(row[moment], look.language)}" for row in timed)
    return _rows([base.mark_line(color=look.faint, strokeWidth=1), points], look, len(order), described)


def _rows(layers: Sequence[alt.Chart | alt.LayerChart], look: Look, lines: float, description: str) -> alt.LayerChart:
    return finish(layers, look, height=max(3 * _ROW, _ROW * lines), description=description)

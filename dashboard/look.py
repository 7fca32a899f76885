"""How charts look: a palette that colour-blind readers can tell apart, on light and on dark, in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from vigie.dashboard.words import heading, say, value_words
from vigie.locales import chart_locale

__all__ = ["SHAPES", "Look", "finish", "plot", "spec_of"]

# What draws them bounds how many values a chart has; Altair's own bound, 5,000, is meant for files of notebooks.
alt.data_transformers.disable_max_rows()

#: Okabe and Ito (2008), "Color Universal Design", in the order in which neighbours differ most; yellow only on dark.
_ON_LIGHT = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#5F5F5F", "#000000")
_ON_DARK = ("#56B4E9", "#E69F00", "#009E73", "#F0E442", "#CC79A7", "#D55E00", "#B8B8B8", "#FFFFFF")
#: Shapes beside colours: no series is told by its colour alone.
SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "triangle-down", "triangle-left", "triangle-right")
_FONT = "'Source Sans', 'Source Sans 3', 'Source Sans Pro', 'Noto Sans', 'DejaVu Sans', Arial, sans-serif"


@dataclass(frozen=True, slots=True)
class Look:
    """What a chart is drawn for.

    Attributes:
        language: `en` or `fr`: labels, numbers, dates.
        dark: Whether it stands on a dark page.
    """

    language: str = "en"
    dark: bool = False

    @property
    def colours(self) -> tuple[str, ...]:
        """Colours of series, in order."""
        return _ON_DARK if self.dark else _ON_LIGHT

    @property
    def ink(self) -> str:
        """Colour of text."""
        return "#E8E8EC" if self.dark else "#262730"

    @property
    def faint(self) -> str:
        """Colour of axes and of text that matters less; 4.5:1 on its page."""
        return "#A3A8B4" if self.dark else "#5E6370"

    @property
    def heat(self) -> tuple[tuple[str, str], float]:
        """The ends of a scale from little to much, and from which part of it on the other of black and white is read better."""
        return (("#26304A", "#56B4E9"), 0.56) if self.dark else (("#EAF2F8", "#0072B2"), 0.92)

    @property
    def grid(self) -> str:
        """Colour of grid lines."""
        return "#333845" if self.dark else "#E6E8EC"

    @property
    def page(self) -> str:
        """Colour of the page, for charts that are kept as files."""
        return "#0E1117" if self.dark else "#FFFFFF"

    def say(self, key: str, **values: object) -> str:
        """Words in the reader's language."""
        return say(self.language, key, **values)

    def heading(self, column: str) -> str:
        """A column's heading: its words, or its name where it has none."""
        return heading(self.language, column)

    def headings(self, *columns: str) -> dict[str, str]:
        """Columns and their headings."""
        return {column: self.heading(column) for column in columns}

    def word(self, column: str, value: str) -> str:
        """What a code that stands in a column is called."""
        return value_words(self.language, column, value)

    def config(self) -> dict[str, Any]:
        """The Vega-Lite configuration of every chart."""
        text = {"labelColor": self.faint, "titleColor": self.ink, "labelFontSize": 12, "titleFontSize": 12}
        return {
            "font": _FONT,
            "background": "transparent",
            "locale": chart_locale(self.language),
            "view": {"stroke": None},
            "axis": {
                **text,
                "titleFontWeight": "normal",
                "grid": True,
                "gridColor": self.grid,
                "domain": False,
                "ticks": False,
                "labelPadding": 6,
                "titlePadding": 10,
            },
            "axisX": {"domain": True, "domainColor": self.faint, "grid": False, "labelFlush": False},
            "legend": {
                **text,
                "labelColor": self.ink,
                "orient": "top",
                "direction": "horizontal",
                "title": None,
                "labelLimit": 240,
                "symbolStrokeWidth": 2,
            },
            "title": {"color": self.ink, "subtitleColor": self.faint, "anchor": "start", "fontSize": 16, "offset": 12},
        }


def plot(values: Sequence[dict[str, Any]]) -> alt.Chart:
    """A chart of values that travel with it."""
    # Of a plain dict with a tuple Altair neither copies nor checks each value, which took seconds where there are thousands.
    return alt.Chart({"values": tuple(values)})


def spec_of(chart: alt.LayerChart) -> dict[str, Any]:
    """A chart as Vega-Lite, with its values where they are drawn."""
    spec: dict[str, Any] = chart.to_dict()
    named = spec.pop("datasets", {})
    for part in (spec, *spec.get("layer", ())):
        if "data" in part:
            part["data"] = {"values": list(named[part["data"]["name"]])}
    return spec


def finish(layers: Sequence[alt.Chart | alt.LayerChart], look: Look, *, height: float, description: str) -> alt.LayerChart:
    """Layers as one chart, as wide as its place, in a look's style.

    Args:
        layers: What lies over what, the lowest first.
        look: Its style.
        height: Of the plot, pixels.
        description: What it shows, for readers who do not see it.
    """
    chart: alt.LayerChart = alt.LayerChart(layer=list(layers))
    styled: alt.LayerChart = chart.properties(
        width="container",
        height=round(height),
        # Axes and legends take room beside the plot, not from it.
        autosize=alt.AutoSizeParams(type="fit-x", contains="padding"),
        # The last day of an axis and the line box of a legend reach beyond what Vega measures.
        padding={"left": 5, "top": 8, "right": 14, "bottom": 5},
        description=description,
    ).configure(**look.config())
    return styled

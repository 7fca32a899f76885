"""Charts of answers: pure functions from rows to Altair charts, for the page and for the report.

Example:
    answer = ask(con, "coverage", Parameters(topic="franco-russian-relations"))
    chart = trend_chart(answer.table.to_pylist(), Look("fr"))
    png = to_png(chart, answer, Look("fr"), title="…", made_at=now)

Every chart carries a `description` for readers who do not see it, and says what is not known.
"""

from vigie.dashboard.charts_matrix import matrix_chart
from vigie.dashboard.charts_parts import (
    MOST_DAYS,
    bars_chart,
    days_chart,
    describe_bars,
    describe_days,
    intervals_chart,
    moves_chart,
    spread_chart,
)
from vigie.dashboard.charts_trend import MAX_SERIES, PICKED, describe_trend, drawn_series, trend_chart
from vigie.dashboard.look import Look

__all__ = [
    "MAX_SERIES",
    "MOST_DAYS",
    "PICKED",
    "Look",
    "bars_chart",
    "days_chart",
    "describe_bars",
    "describe_days",
    "describe_trend",
    "drawn_series",
    "intervals_chart",
    "matrix_chart",
    "moves_chart",
    "spread_chart",
    "trend_chart",
]

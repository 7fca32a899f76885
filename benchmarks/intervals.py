"""Do intervals and discoveries hold what they promise? On days that are made up, so that the truth is known.

    python benchmarks/intervals.py

Prints how often the 95 % interval of a before-after comparison holds the truth, by length of the windows and by how much of a
day's level is the day before's; and of what `spikes` would call one, how much is none, by how much counts vary beyond chance.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from vigie.stats import benjamini_hochberg, bootstrap_figure, fit_counts, log_share_ratio, upper_tail

RUNS = 500
SERIES = 300
DAYS = 85
SEED = 20170529

Floats = npt.NDArray[np.float64]


def window(generator: np.random.Generator, days: int, memory: float) -> Floats:
    """Days of about 40 articles, 8 % of them on a topic, by a level that wanders."""
    level = generator.normal()
    counts = []
    for _ in range(days):
        level = memory * level + np.sqrt(1 - memory**2) * generator.normal()
        output = generator.poisson(40) + 1
        counts.append([generator.binomial(output, min(1.0, 0.08 * np.exp(0.5 * level))), output])
    return np.array(counts, dtype=np.float64)


def held(days: int, memory: float) -> float:
    """Share of intervals that hold the truth, which is no difference."""
    generator = np.random.default_rng(SEED)
    found = [
        bootstrap_figure([window(generator, days, memory) for _ in range(2)], log_share_ratio, seed=run, replicates=500)
        for run in range(RUNS)
    ]
    return sum((figure.low or 0) <= 0 <= (figure.high or 0) for figure in found) / RUNS


def discoveries(dispersion: float, unusual: int) -> tuple[int, int]:
    """Of some series, how many are rightly and how many wrongly called a spike at a rate of 5 %."""
    generator = np.random.default_rng(SEED)
    weekday = np.tile(np.arange(DAYS) % 7, (SERIES, 1))
    output = generator.poisson(200 * np.where(weekday > 4, 0.5, 1.0)) + 1.0
    mean = output * 0.05
    mean[:unusual, -1] *= 4
    if dispersion:
        mean = generator.gamma(1 / dispersion, dispersion * mean)
    counts = generator.poisson(mean).astype(np.float64)
    model = fit_counts(counts[:, :-1], output[:, :-1], weekday[:, :-1])
    expected, spread = model.expect(output[:, -1], weekday[:, -1])
    p_values = [upper_tail(int(n), mu, a) for n, mu, a in zip(counts[:, -1], expected, spread, strict=True)]
    called = [q <= 0.05 and n >= 5 for q, n in zip(benjamini_hochberg(p_values), counts[:, -1], strict=True)]
    return sum(called[:unusual]), sum(called[unusual:])


def main() -> None:
    """Print both tables."""
    print(f"Intervals that hold the truth, of {RUNS} (they promise 95 %)")
    print("days a window   memory 0   memory 0.3   memory 0.5")
    for days in (14, 28, 56):
        print(f"{days:13}   {held(days, 0):8.1%}   {held(days, 0.3):10.1%}   {held(days, 0.5):10.1%}")
    print(f"\nOf {SERIES} topics on a day, 60 of them four times as high as usual (false discoveries promised: at most 5 %)")
    print("dispersion   found of 60   false   false where none is unusual")
    for dispersion in (0.0, 0.1, 0.3):
        right, wrong = discoveries(dispersion, 60)
        print(f"{dispersion:10}   {right:11}   {wrong:5}   {discoveries(dispersion, 0)[1]:27}")


if __name__ == "__main__":
    main()

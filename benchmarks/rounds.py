"""Interleaved rounds: every case once a round, in turning order, compared within the round.

Other programs on the machine slow down neighbours in time alike, so the ratio of two cases of one
round is steadier than either time. What is printed:

median  of the times of a case, per operation
ratio   median over the rounds of (time of the case / time of the base in that round)
spread  the middle half of those ratios
"""

from __future__ import annotations

import gc
import os
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

Case = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Result:
    """What was measured of one case; times in seconds per operation."""

    median: float
    ratio: float
    low: float
    high: float
    times: tuple[float, ...]

    def beside(self, other: Result) -> float:
        """The median over the rounds of (time of this / time of the other in that round)."""
        pairs = zip(self.times, other.times, strict=True)
        return statistics.median(mine / theirs for mine, theirs in pairs)


def compare(
    title: str,
    cases: Mapping[str, Case],
    *,
    base: str,
    operations: int,
    rounds: int,
    targets: Mapping[str, float] | None = None,
) -> dict[str, Result]:
    """Run the cases, print the table, and say of each target (highest ratio) whether it was met."""
    times = _measure(cases, rounds)
    results = {name: _result(times[name], times[base], operations) for name in cases}
    print(f"\n{title}\n{rounds} rounds of {operations}; base: {base}")
    width = max(len(name) for name in cases)
    print(f"{'':<{width}} {'median':>11} {'ratio':>6}  spread")
    for name, result in results.items():
        print(
            f"{name:<{width}} {result.median * 1e6:>8.2f} us {result.ratio:>6.2f}  "
            f"{result.low:.2f}..{result.high:.2f}"
        )
    for name, limit in (targets or {}).items():
        verdict = "met" if results[name].ratio <= limit else "MISSED"
        print(f"target: {name} <= {limit:.2f}: {verdict} ({results[name].ratio:.2f})", flush=True)
    return results


def scale(default: int, name: str) -> int:
    """A size that an environment variable may change."""
    return int(os.environ.get(name, default))


def _measure(cases: Mapping[str, Case], rounds: int) -> dict[str, list[float]]:
    for case in cases.values():
        case()
    times: dict[str, list[float]] = {name: [] for name in cases}
    names = list(cases)
    for number in range(rounds):
        shift = number % len(names)
        for name in names[shift:] + names[:shift]:
            gc.collect()
            start = time.perf_counter()
            cases[name]()
            times[name].append(time.perf_counter() - start)
    return times


def _result(times: list[float], base: list[float], operations: int) -> Result:
    ratios = sorted(mine / other for mine, other in zip(times, base, strict=True))
    quarter = len(ratios) // 4
    return Result(
        median=statistics.median(times) / operations,
        ratio=statistics.median(ratios),
        low=ratios[quarter],
        high=ratios[-1 - quarter],
        times=tuple(times),
    )

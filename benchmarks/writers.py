"""Several writers at once for a while: how much they got done, how often they had to try again."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

Attempt = Callable[[], "Outcome"]
# A writer is entered in its own thread, with its number, and tries one movement after another.
Writer = Callable[[int], AbstractContextManager[Attempt]]


@dataclass(slots=True)
class Outcome:
    """What became of one movement."""

    done: bool
    retries: int = 0


@dataclass(slots=True)
class Tally:
    """The sum over all writers and rounds of one way."""

    done: int = 0
    retries: int = 0
    gave_up: int = 0
    rates: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Movements per second, median of the rounds."""
        return statistics.median(self.rates)


def contend(
    title: str, ways: Mapping[str, Writer], *, base: str, writers: int, seconds: float, rounds: int
) -> dict[str, Tally]:
    """Let the writers of each way work in turn, round after round, and print the comparison."""
    tallies = {name: Tally() for name in ways}
    for _ in range(rounds):
        for name, writer in ways.items():
            _round(writer, tallies[name], writers, seconds)
    print(f"\n{title}\n{writers} writers, {rounds} rounds of {seconds:g} s each; base: {base}")
    width = max(len(name) for name in ways)
    for name, tally in tallies.items():
        ratios = [a / b for a, b in zip(tally.rates, tallies[base].rates, strict=True)]
        tries = tally.retries / max(tally.done, 1)
        lost = 100 * tally.gave_up / max(tally.done + tally.gave_up, 1)
        print(
            f"{name:<{width}} {tally.rate:>7.0f}/s  x{statistics.median(ratios):<5.2f} "
            f"retries each {tries:>5.2f}  gave up {lost:>4.1f} %"
        )
    return tallies


def _round(writer: Writer, tally: Tally, writers: int, seconds: float) -> None:
    outcomes: list[tuple[int, int, int]] = []
    failures: list[BaseException] = []
    start = threading.Barrier(writers)

    def work(index: int) -> None:
        try:
            with writer(index) as attempt:
                start.wait()
                outcomes.append(_until(time.perf_counter() + seconds, attempt))
        except threading.BrokenBarrierError:
            return
        except BaseException as error:
            failures.append(error)
            start.abort()

    threads = [threading.Thread(target=work, args=(index,)) for index in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    done = sum(outcome[0] for outcome in outcomes)
    tally.done += done
    tally.retries += sum(outcome[1] for outcome in outcomes)
    tally.gave_up += sum(outcome[2] for outcome in outcomes)
    tally.rates.append(done / seconds)


def _until(deadline: float, attempt: Attempt) -> tuple[int, int, int]:
    done = retries = gave_up = 0
    while time.perf_counter() < deadline:
        outcome = attempt()
        done += outcome.done
        gave_up += not outcome.done
        retries += outcome.retries
    return done, retries, gave_up

"""What a run of one file means: its assertions, their places, and what is wrong with the file."""

from __future__ import annotations

from dataclasses import dataclass, field

from strongroom.pgtap.psql import Run
from strongroom.pgtap.script import Script
from strongroom.pgtap.tap import Assertion, Tap, parse


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of one file on one target.

    assertions  each with its line in the file, None when that could not be found
    problems    what is wrong with the file itself, beyond failed assertions; each begins with its
                kind: refused, SQL error, timeout, connection, no plan, plan mismatch, bail out,
                leftovers, no database
    skipped     why the file skipped itself
    """

    assertions: list[tuple[Assertion, int | None]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    skipped: str | None = None

    @property
    def failed(self) -> int:
        return sum(not a.passed and a.directive is None for a, _ in self.assertions)


def judge(script: Script, run: Run, name: str, seconds: float) -> Verdict:
    """Judge a run of a file that is shown as `name` and was given `seconds`."""
    tap = parse(run.output)
    problems = _ended_badly(run, tap, name, seconds)
    if not problems and tap.skipped is None:
        problems = _wrong_plan(tap)
    exact = script.can_count and (
        tap.statements == len(script.statements) or (run.code == 3 and not run.timed_out)
    )
    places = [
        (a, script.line_of(a.description, a.statement if exact else None)) for a in tap.assertions
    ]
    return Verdict(places, problems, tap.skipped)


def _ended_badly(run: Run, tap: Tap, name: str, seconds: float) -> list[str]:
    so_far = f"after {counted(len(tap.assertions), 'assertion')}"
    if tap.planned is not None:
        so_far += f" of {tap.planned} planned"
    if run.timed_out:
        return [
            f"timeout: {name} was ended after {seconds:g} s, {so_far}\n{run.error or ''}".strip()
        ]
    if tap.bailed_out is not None:
        return [f"bail out: {tap.bailed_out}, {so_far}"]
    if run.code == 3 or (run.code == 1 and run.error):
        return [f"SQL error: {run.error}\n{so_far}"]
    if run.code != 0:
        return [f"connection: {run.error or 'psql ended with code ' + str(run.code)}\n{so_far}"]
    return []


def _wrong_plan(tap: Tap) -> list[str]:
    ran = len(tap.assertions)
    if tap.planned is None:
        return [
            f"no plan: {counted(ran, 'assertion')} ran, and nothing says how many there should be\n"
            "begin with plan(n), or with no_plan(), and end with finish()"
        ]
    if tap.plans > 1:
        return [f"plan mismatch: {tap.plans} plans in one file"]
    if tap.planned != ran:
        return [f"plan mismatch: planned {counted(tap.planned, 'assertion')}, ran {ran}"]
    if not tap.numbers_are_in_order():
        numbers = ", ".join(str(a.number) for a in tap.assertions)
        return [f"plan mismatch: the assertions are numbered {numbers}"]
    return []


def counted(number: int, noun: str) -> str:
    """`1 file`, `2 files`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"

"""What psql printed, read as TAP (Test Anything Protocol).

psql runs with \\timing on, so that after the output of each statement stands a line with its time.
That tells which statement an assertion came from, and how long it took.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

Directive = Literal["TODO", "SKIP"]

_TIME = re.compile(r"^Time: (?P<ms>\d+\.\d+) ms(?: \(.*\))?$")
_PLAN = re.compile(r"^1\.\.(?P<count>\d+)(?:\s*#\s*SKIP\b\s*(?P<reason>.*))?$", re.IGNORECASE)
_RESULT = re.compile(r"^(?P<not>not )?ok\b(?: +(?P<number>\d+))?(?P<rest>.*)$")
_DIRECTIVE = re.compile(r"(?<!\\)#\s*(?P<kind>TODO|SKIP)\b:?\s*(?P<reason>.*)$", re.IGNORECASE)
_BAIL_OUT = re.compile(r"^Bail out!\s*(?P<reason>.*)$")
# What finish() says of the plan; the runner says it itself.
_CLOSING = re.compile(r"^# (Looks like you (planned|failed)|No tests run!|Failed \d+ tests? of)")


@dataclass(slots=True)
class Assertion:
    """One `ok` or `not ok`.

    statement   index of the statement of the file that printed it
    details     the diagnostics that pgTAP gave with it: have, want, what was missing
    """

    number: int
    passed: bool
    description: str
    directive: Directive | None
    reason: str
    statement: int
    details: list[str] = field(default_factory=list)
    seconds: float = 0.0


@dataclass(slots=True)
class Tap:
    """Everything that a file printed.

    planned     the plan's number, None without a plan
    skipped     why the whole file is skipped (`1..0 # SKIP reason`)
    bailed_out  what stands behind `Bail out!`
    statements  how many statements ran
    stray       lines that are no TAP, such as the result of a SELECT
    """

    planned: int | None = None
    plans: int = 0
    skipped: str | None = None
    bailed_out: str | None = None
    statements: int = 0
    assertions: list[Assertion] = field(default_factory=list)
    stray: list[str] = field(default_factory=list)

    def numbers_are_in_order(self) -> bool:
        return [a.number for a in self.assertions] == list(range(1, len(self.assertions) + 1))


def parse(output: str) -> Tap:
    """Read the output of one file."""
    tap = Tap()
    nested: list[str] = []
    for line in output.splitlines():
        if time := _TIME.match(line):
            _close_statement(tap, float(time["ms"]) / 1000)
        elif result := _RESULT.match(line):
            tap.assertions.append(_assertion(tap, result, nested))
            nested = []
        elif line.startswith((" ", "\t")):
            nested.append(line)
        else:
            _other(tap, line)
    return tap


def _close_statement(tap: Tap, seconds: float) -> None:
    mine = [a for a in tap.assertions if a.statement == tap.statements]
    for assertion in mine:
        assertion.seconds = seconds / len(mine)
    tap.statements += 1


def _assertion(tap: Tap, result: re.Match[str], nested: list[str]) -> Assertion:
    rest = result["rest"]
    directive = _DIRECTIVE.search(rest)
    if directive:
        rest = rest[: directive.start()]
    kind: Directive | None = None
    if directive:
        kind = "TODO" if directive["kind"].upper() == "TODO" else "SKIP"
    return Assertion(
        number=int(result["number"] or len(tap.assertions) + 1),
        passed=result["not"] is None,
        description=rest.strip().removeprefix("- ").replace("\\#", "#"),
        directive=kind,
        reason=directive["reason"].strip() if directive else "",
        statement=tap.statements,
        details=nested,
    )


def _other(tap: Tap, line: str) -> None:
    if plan := _PLAN.match(line):
        tap.planned = int(plan["count"])
        tap.plans += 1
        if tap.planned == 0:
            tap.skipped = (plan["reason"] or "").strip() or "no reason given"
    elif bail_out := _BAIL_OUT.match(line):
        tap.bailed_out = bail_out["reason"] or "no reason given"
    elif _CLOSING.match(line) or not line.strip():
        return
    elif line.startswith("#"):
        if tap.assertions:
            tap.assertions[-1].details.append(line.removeprefix("#").removeprefix(" "))
    else:
        tap.stray.append(line)

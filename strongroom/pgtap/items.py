"""pgTAP files as pytest items: one for each file and target, one report for each assertion."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

import psycopg
import pytest

from strongroom.pgtap import leftovers, psql, script
from strongroom.pgtap.hooks import Target
from strongroom.pgtap.tap import Assertion
from strongroom.pgtap.verdict import Verdict, judge

_REPEATED = re.compile(r"^Failed (\(TODO\) )?test \d+")


class PgtapError(Exception):
    """What is wrong with a file."""


class Pool:
    """One database for each target, used by one file after another while they leave it clean."""

    def __init__(self) -> None:
        self._clean: dict[str, tuple[Target, str, leftovers.State]] = {}

    def take(self, target: Target) -> tuple[str, leftovers.State]:
        """The URL of a clean database, and what is in it."""
        if target.label not in self._clean:
            url = target.create()
            self._clean[target.label] = (target, url, leftovers.look(url))
        return self._clean[target.label][1:]

    def discard(self, target: Target) -> None:
        """Drop a database that is no longer clean; the next file gets another."""
        if target.label in self._clean:
            _, url, _ = self._clean.pop(target.label)
            target.drop(url)

    def close(self) -> None:
        for target, _, _ in list(self._clean.values()):
            self.discard(target)


class PgtapFile(pytest.File):
    """A pgTAP file."""

    find_targets: Callable[[], Sequence[Target]]
    pool: Pool
    seconds: float

    def collect(self) -> Iterator[PgtapItem]:
        for target in self.find_targets():
            yield PgtapItem.from_parent(self, name=target.label, target=target)


class PgtapItem(pytest.Item):
    """A pgTAP file on one target."""

    parent: PgtapFile

    def __init__(self, *, target: Target, **rest: Any) -> None:
        super().__init__(**rest)
        self.target = target
        self.verdict = Verdict()

    def runtest(self) -> None:
        verdict = self.verdict = self._run()
        if verdict.problems:
            raise PgtapError("\n\n".join(verdict.problems))
        if verdict.failed:
            raise PgtapError(f"{verdict.failed} of {len(verdict.assertions)} assertions failed")
        if verdict.skipped is not None:
            raise pytest.skip.Exception(verdict.skipped, _use_item_location=True)

    def reports(self) -> Iterator[pytest.TestReport]:
        """One report for each assertion of the last run."""
        for assertion, line in self.verdict.assertions:
            yield self._report(assertion, line)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if isinstance(excinfo.value, PgtapError):
            return f"{self._name}: {excinfo.value}"
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[os.PathLike[str] | str, int | None, str]:
        return self.path, 0, f"{self._name} on {self.name}"

    @property
    def _name(self) -> str:
        return os.path.relpath(self.path, self.config.rootpath)

    def _run(self) -> Verdict:
        file = script.read(self.path)
        if refusal := file.refusal():
            return Verdict(problems=[f"refused: {refusal}"])
        try:
            url, before = self.parent.pool.take(self.target)
        except psycopg.Error as error:
            return Verdict(problems=[f"no database: {error}"])
        seconds = self.parent.seconds
        run = psql.run(self.target.psql, url, self.path, self.config.rootpath, seconds)
        verdict = judge(file, run, self._name, seconds)
        if run.timed_out:
            self.parent.pool.discard(self.target)
        elif left := leftovers.compare(before, leftovers.look(url)):
            self.parent.pool.discard(self.target)
            verdict.problems.append("leftovers: after the file\n" + "\n".join(left))
        return verdict

    def _report(self, assertion: Assertion, line: int | None) -> pytest.TestReport:
        place = f"{self._name}:{line}" if line else self._name
        label = _label(assertion)
        outcome, longrepr, expected = _outcome(assertion, place)
        report = pytest.TestReport(
            nodeid=self.nodeid,
            location=(
                self._name,
                line - 1 if line else None,
                f"{self._name} on {self.name}, {label}",
            ),
            keywords=dict.fromkeys(self.keywords, 1),
            outcome=outcome,
            longrepr=longrepr,
            when="call",
            duration=assertion.seconds,
            pgtap_assertion=label,
        )
        if expected is not None:
            report.wasxfail = expected
        if not hasattr(self.config, "workerinput"):
            report = rename(report)
        return report


def rename(report: pytest.TestReport) -> pytest.TestReport:
    """Give an assertion's report an id of its own.

    Not in a worker of a parallel run: xdist demands the item's id there.
    """
    data = report._to_json()
    data["nodeid"] = node_id(data["nodeid"], data["pgtap_assertion"])
    return pytest.TestReport._from_json(data)


def node_id(item: str, assertion: str) -> str:
    """An assertion's id; brackets would be taken for parameters."""
    return f"{item}::{assertion.translate(str.maketrans('[]', '()'))}"


def _outcome(
    assertion: Assertion, place: str
) -> tuple[Literal["passed", "failed", "skipped"], str | tuple[str, int, str] | None, str | None]:
    file, _, line = place.partition(":")
    if assertion.directive == "SKIP":
        return "skipped", (file, int(line or 0), f"Skipped: {assertion.reason}"), None
    if assertion.directive == "TODO":
        return ("passed" if assertion.passed else "skipped"), None, assertion.reason
    if assertion.passed:
        return "passed", None, None
    details = [line for line in assertion.details if not _REPEATED.match(line)]
    return "failed", "\n".join([f"{place}: not ok {_label(assertion)}", *details]), None


def _label(assertion: Assertion) -> str:
    return f"{assertion.number} - {assertion.description}".removesuffix(" - ")


def is_below(path: Path, roots: Sequence[Path]) -> bool:
    """Whether a path is one of the roots, or in one of them."""
    return any(path == root or path.is_relative_to(root) for root in roots)

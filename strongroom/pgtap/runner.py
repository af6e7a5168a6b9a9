"""The hooks of the plugin, registered when a run asks for pgTAP files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any

import pytest

from strongroom.pgtap.databases import UrlTarget
from strongroom.pgtap.hooks import Target
from strongroom.pgtap.items import PgtapFile, PgtapItem, Pool, is_below, node_id
from strongroom.pgtap.verdict import counted

_SUFFIXES = frozenset({".sql", ".pg"})


class Runner:
    """Collects and runs pgTAP files, and sums up at the end."""

    def __init__(self, config: pytest.Config, roots: Sequence[Path]) -> None:
        self._config = config
        self._roots = roots
        self._pool = Pool()
        self._targets: Sequence[Target] | None = None
        self._session: pytest.Session | None = None
        self._counts: Counter[str] = Counter()
        self._files: set[str] = set()

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        self._session = session

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> PgtapFile | None:
        """A file below a root; one whose name begins with `_` is there to be included by others."""
        if file_path.suffix not in _SUFFIXES or file_path.name.startswith("_"):
            return None
        if not is_below(file_path, self._roots):
            return None
        file: PgtapFile = PgtapFile.from_parent(parent, path=file_path)
        file.find_targets = self._find_targets
        file.pool = self._pool
        file.seconds = self._config.getoption("--pgtap-timeout")
        return file

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Send the assertions' reports ahead of the file's, which notes what else is wrong."""
        report = yield
        if isinstance(item, PgtapItem) and call.when == "call":
            for assertion in item.reports():
                item.ihook.pytest_runtest_logreport(report=assertion)
            verdict = item.verdict
            # What went wrong before there was a verdict, as in a project's own target, is one too.
            lost = report.failed and not verdict.failed
            report.__dict__["pgtap_problems"] = len(verdict.problems) or int(lost)
        return report

    def pytest_report_from_serializable(self, data: dict[str, Any]) -> None:
        """A worker sent an assertion under its item's id; here it gets its own."""
        if "pgtap_assertion" in data:
            data["nodeid"] = node_id(data["nodeid"], data["pgtap_assertion"])

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, str] | None:
        """Do not count a file beside its assertions, unless something is wrong with the file."""
        return ("", "", "") if _says_nothing_new(report) else None

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep the number of tests in step, so that progress ends at 100 %."""
        shown = 0
        if hasattr(report, "pgtap_assertion"):
            self._counts["todo" if hasattr(report, "wasxfail") else report.outcome] += 1
            shown = 1
        elif hasattr(report, "pgtap_problems"):
            self._files.add(report.nodeid.partition("::")[0])
            self._counts["runs"] += 1
            self._counts["bad runs"] += report.failed
            shown = -1 if _says_nothing_new(report) else 0
        if self._session is not None:
            self._session.testscollected += shown

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say how many files and assertions ran."""
        if not self._counts["runs"]:
            return
        count = self._counts
        assertions = count["passed"] + count["failed"] + count["skipped"] + count["todo"]
        words = ("passed", "failed", "skipped", "todo")
        parts = ", ".join(f"{count[word]} {word}" for word in words if count[word])
        runs = "" if count["runs"] == len(self._files) else f" in {count['runs']} runs"
        bad = f" ({count['bad runs']} of them bad)" if count["bad runs"] else ""
        terminalreporter.write_line(
            f"pgTAP: {counted(len(self._files), 'file')}{runs}{bad}, "
            f"{counted(assertions, 'assertion')}" + (f": {parts}" if parts else "")
        )

    def pytest_sessionfinish(self) -> None:
        self._pool.close()

    def _find_targets(self) -> Sequence[Target]:
        if self._targets is None:
            self._targets = self._choose_targets()
        return self._targets

    def _choose_targets(self) -> Sequence[Target]:
        option = self._config.getoption
        if url := option("--pgtap-url"):
            template, psql = option("--pgtap-template"), option("--pgtap-psql")
            return [UrlTarget(url, template=template, psql=psql)]
        found: Sequence[Target] | None = self._config.hook.pytest_pgtap_targets(config=self._config)
        if found is None:
            raise pytest.Collector.CollectError(
                "pgTAP files need a server: --pgtap-url postgresql://...\n"
                "(DATABASE_URL is not used: these tests are not for a database that matters)"
            )
        return found


def _says_nothing_new(report: pytest.TestReport) -> bool:
    """Whether a file's own report repeats what those of its assertions say."""
    problems = getattr(report, "pgtap_problems", None)
    return problems == 0 and not report.skipped

"""A report as people read it, and as annotations of a build."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from rich.console import Console
from rich.markup import escape

from strongroom.doctor.report import LEVELS, Finding, Report

# More findings of one check than this are counted, not listed.
_LISTED = 20
_STYLES = {"ERROR": "bold red", "WARN": "yellow", "INFO": "cyan"}
_ANNOTATIONS = {"ERROR": "error", "WARN": "warning", "INFO": "notice"}


def show(report: Report, findings: list[Finding]) -> None:
    """Print the findings, the gravest first, each with its place and its mend."""
    console = Console(soft_wrap=True, emoji=False, highlight=False)
    console.print(report.where, markup=False)
    before = None
    for finding, left_out in _capped(findings):
        if (finding.level, finding.name) != before:
            style = _STYLES[finding.level]
            head = f"\n[{style}]{finding.level:<5}[/] {escape(finding.name)}: "
            console.print(head + escape(finding.title or ""))
            if finding.description:
                console.print(f"      [dim]{escape(finding.description)}[/]")
            before = (finding.level, finding.name)
        if left_out:
            console.print(f"      ... and {left_out} more: --json lists all", markup=False)
            continue
        console.print(f"    - {finding.detail}", markup=False)
        if finding.remediation:
            console.print(f"      mend: {finding.remediation}", markup=False)
        if accepted := finding.accepted:
            until = str(accepted["until"])[:10]
            said = f"accepted by {accepted['by']} until {until}: {accepted['reason']}"
            console.print(f"      {said}", markup=False)
    console.print(f"\n{summary(report)}", markup=False)


def summary(report: Report) -> str:
    """What was asked, and what it came to."""
    asked, passed = len(report.checks), len(report.passed)
    whole = "" if asked == report.known else f" of {report.known}"
    counts = [f"{report.count(level)} {level}" for level in LEVELS if report.count(level)]
    said = f"{asked}{whole} checks: {passed} passed; {', '.join(counts) or 'nothing found'}"
    if accepted := len(report.findings) - len(report.open):
        said += f"; {accepted} accepted (--all shows them)"
    return said


def build_annotations(findings: list[Finding]) -> Iterator[str]:
    """One line a finding, as GitHub's runner reads them."""
    for finding in findings:
        text = "\n".join(filter(None, (finding.detail, finding.remediation)))
        name = _escape(finding.name).replace(":", "%3A").replace(",", "%2C")
        yield f"::{_ANNOTATIONS[finding.level]} title={name}::{_escape(text)}"


def _escape(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _capped(findings: list[Finding]) -> Iterator[tuple[Finding, int]]:
    """Each finding that is listed, and after the last of many how many more there are."""
    totals = Counter((finding.level, finding.name) for finding in findings)
    seen: Counter[tuple[str, str]] = Counter()
    for finding in findings:
        kind = (finding.level, finding.name)
        seen[kind] += 1
        if seen[kind] <= _LISTED:
            yield finding, 0
        elif seen[kind] == totals[kind]:
            yield finding, totals[kind] - _LISTED

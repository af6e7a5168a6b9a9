"""One run of `strongroom generate`: what is asked for, in its order.

What a run that only writes files need not have (typer and rich, other commands) is imported where
it is used: that is a tenth of the time that such a run takes.
"""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from strongroom.errors import MismatchError, StrongroomError, UsageError
from strongroom.project import Project, find_project
from strongroom_codegen.check import UP_TO_DATE, stale_files
from strongroom_codegen.diagnostics import Diagnostics, QueryError, counted
from strongroom_codegen.diagrams import write_diagrams
from strongroom_codegen.left import say_left
from strongroom_codegen.pipeline import Sources, build_parts, read_sources, render_files
from strongroom_codegen.unchanged import shared_changed, unchanged_apps
from strongroom_codegen.write import write

if TYPE_CHECKING:
    from rich.status import Status

_LONG_S = 1


def generate(
    *,
    check: bool = False,
    emit: str | None = None,
    explain: str | None = None,
    impact: str | None = None,
    grants: str | None = None,
    as_json: bool = False,
    form: str = "text",
    again: bool = False,
) -> None:
    """What `strongroom generate` does; the arguments are its options."""
    if form not in ("text", "github"):
        raise UsageError(f"--format is text or github, not {form}")
    if emit not in (None, "json"):
        raise UsageError(f"--emit is json, not {emit}")
    if as_json and not impact:
        raise UsageError("--json is for --impact", hint="the whole model: --emit json")
    asked = {"--emit": emit, "--explain-null": explain, "--impact": impact, "--grants": grants}
    _refuse_mixture([name for name, value in asked.items() if value is not None], check, again)
    project = project_here()
    if again:
        from strongroom_codegen.watch import watch

        watch(project, lambda: _generate_again(form))
        return
    # Who asks about one thing is told of that, and of errors that are in the way.
    with _findings(form, of_errors=bool(explain or impact or grants)) as diagnostics:
        if grants:
            from strongroom_codegen.grants_command import run_grants

            run_grants(project, diagnostics, grants, check=check)
            return
        if impact:
            from strongroom_codegen.impact_command import run_impact

            run_impact(project, diagnostics, impact, as_json=as_json)
            return
        closing = _run(project, diagnostics, check=check, emit=emit is not None, explain=explain)
    if closing:
        print(closing + _warnings(diagnostics), flush=True)


def _refuse_mixture(asked: list[str], check: bool, again: bool) -> None:
    """One question at a time: of two, one would go unanswered."""
    if again and (check or asked):
        raise UsageError("--watch writes files, and goes with --format alone")
    if len(asked) > 1:
        raise UsageError(f"{asked[0]} and {asked[1]} can't be asked at once", hint="ask twice")
    if check and asked not in ([], ["--grants"]):
        raise UsageError(f"--check goes with --grants, not with {asked[0]}", hint="ask twice")


@contextmanager
def _findings(form: str, *, of_errors: bool = False) -> Iterator[Diagnostics]:
    """Gathers what a run finds, and shows it whatever comes of the run.

    With `of_errors`, only when there is one.
    """
    diagnostics = Diagnostics()
    try:
        yield diagnostics
    except QueryError as error:
        if error.diagnostics is not diagnostics:
            diagnostics.found += error.diagnostics.found
        raise QueryError(diagnostics) from error
    finally:
        if diagnostics.failed or not of_errors:
            show_diagnostics(diagnostics, form)


def _generate_again(form: str) -> None:
    """One run of many: what is wrong is said, and the next change is waited for."""
    from psycopg import Error

    from strongroom.ending import show_error

    try:
        # The settings may be what changed.
        project = project_here()
        with _findings(form) as diagnostics:
            closing = _run(project, diagnostics, check=False, emit=False, explain=None)
        print(f"{closing}{_warnings(diagnostics)}; watching", flush=True)
    except StrongroomError as error:
        show_error(error)
    except (Error, OSError, ValueError) as error:
        # A server that was restarted, a file that was half written: the next run may do.
        show_error(StrongroomError(f"{type(error).__name__}: {error}".strip()))


def project_here() -> Project:
    """The project around the current folder; the SQL that ships in the package is no one's own."""
    here = Path.cwd().resolve()
    project = find_project(here)
    if not here.is_relative_to(project.root):
        raise UsageError(
            f"there is no project in {here} or above it",
            hint="go to the folder that holds pyproject.toml and schema/",
        )
    return project


def _run(
    project: Project, diagnostics: Diagnostics, *, check: bool, emit: bool, explain: str | None
) -> str | None:
    """Do what was asked for; the closing line, which is printed after all findings."""
    sources = read_sources(project, diagnostics)
    if check:
        return _check(project, sources, diagnostics)
    if not (emit or explain):
        return _write(project, sources, diagnostics)
    with _progress() as progress:
        parts = build_parts(project, sources, diagnostics, progress)
    model = parts.model
    say_left(parts.left, "left out")
    if emit:
        from strongroom_codegen.emit import emit_json

        print(emit_json(model), flush=True)
    if explain:
        from strongroom_codegen.explain import explain_null

        texts = {file.source.name: file.source.text for file in sources.files}
        print(explain_null(model, explain, texts), flush=True)
    return None


def _write(project: Project, sources: Sources, diagnostics: Diagnostics) -> str:
    """Write what changed; the closing line."""
    unchanged = unchanged_apps(project, sources.found, sources.registry)
    with _progress() as progress:
        parts = build_parts(project, sources, diagnostics, progress, unchanged)
        files = render_files(project, sources, parts.model, parts.as_before)
        if parts.kept and shared_changed(project, files, {file.app for file in sources.files}):
            # What apps share holds what each of them needs.
            parts = build_parts(project, sources, diagnostics, progress)
            files = render_files(project, sources, parts.model, parts.as_before)
    for app in sorted(parts.lacking.keys() - parts.as_before):
        print(f"{app} is generated on the full server: {parts.lacking[app]}", file=sys.stderr)
    say_left(parts.left, "left as it is")
    changed, removed = write(project, files)
    for path in changed:
        print(f"wrote {project.generated.name}/{path}")
    for path in removed:
        print(f"removed {project.generated.name}/{path}")
    for path in write_diagrams(project, parts.parts):
        print(f"drew the diagram of {path}")
    count = sum(len(s.queries) for app in parts.model.apps for s in app.subjects)
    asked, written = counted(count, "query", "queries"), counted(len(changed), "file", "files")
    closing = f"{asked}, {written} changed, {len(removed)} removed"
    return closing + (f", nothing new in {', '.join(sorted(parts.kept))}" if parts.kept else "")


@contextmanager
def _progress() -> Iterator[Callable[[int], None]]:
    """How far a long run is, on a terminal alone; without the collector, which finds nothing here.

    Trees are many small objects that all live until the end, when nobody need look at them again.
    """
    began = time.monotonic()
    shown = ExitStack()
    status: Status | None = None

    def show(done: int) -> None:
        nonlocal status
        if status is None and time.monotonic() - began > _LONG_S and sys.stderr.isatty():
            from rich.console import Console

            status = shown.enter_context(Console(stderr=True).status(""))
        if status:
            status.update(f"PostgreSQL has answered {done} statements")

    if gc.get_freeze_count():
        # Of an earlier run, under --watch.
        gc.unfreeze()
        gc.collect()
    gc.disable()
    try:
        with shown:
            yield show
    finally:
        gc.freeze()
        gc.enable()


def _warnings(diagnostics: Diagnostics) -> str:
    count = sum(found.severity == "warning" for found in diagnostics.found)
    return f", {counted(count, 'warning', 'warnings')} (see above)" if count else ""


def _check(project: Project, sources: Sources, diagnostics: Diagnostics) -> str:
    if diagnostics.failed:
        raise QueryError(diagnostics)
    stale = stale_files(project, sources.found, sources.registry)
    if stale:
        raise MismatchError(
            "the generated files are not what the sources say:\n  " + "\n  ".join(stale),
            hint="run: strongroom generate",
        )
    return UP_TO_DATE


def show_diagnostics(diagnostics: Diagnostics, form: str) -> None:
    """Findings go where errors go, so that standard output holds nothing but the result."""
    if not diagnostics.found:
        return
    if form == "github":
        # GitHub reads its commands from either stream, as plain lines.
        print(diagnostics.render("github"), file=sys.stderr)
        return
    from rich.console import Console
    from rich.markup import escape

    console = Console(stderr=True, soft_wrap=True, emoji=False, highlight=False)
    console.print(escape(diagnostics.render()))

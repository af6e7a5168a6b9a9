"""`python -m strongroom.trace`: write docs/requirements.md, or check that it is up to date."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from strongroom.errors import MismatchError, StrongroomError
from strongroom.project import find_project
from strongroom.trace.report import Trace, build_trace, to_json, to_markdown

_PAGE = Path("docs") / "requirements.md"
_EXAMPLE = """\
examples:
  python -m strongroom.trace            write docs/requirements.md
  python -m strongroom.trace --check    exit with 4 when that page is stale
  python -m strongroom.trace --json     print the same facts, with line numbers
"""


def main(arguments: list[str] | None = None) -> int:
    """Run the command; the exit code is that of `strongroom.errors`."""
    options = _parser().parse_args(arguments)
    try:
        root = options.root or find_project().root
        trace = build_trace(root)
        if options.json:
            sys.stdout.write(to_json(trace))
        elif options.check:
            _check(root / _PAGE, to_markdown(trace))
        else:
            _write(root / _PAGE, to_markdown(trace))
            _say(trace)
    except StrongroomError as error:
        print(f"error: {error.message}", file=sys.stderr)
        if error.hint:
            print(f"hint:  {error.hint}", file=sys.stderr)
        return error.exit_code
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m strongroom.trace",
        description="Which requirement is proved by which test.",
        epilog=_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--check", action="store_true", help="write nothing, compare the page")
    mode.add_argument("--json", action="store_true", help="print JSON and write nothing")
    parser.add_argument("--root", type=Path, help="folder of the project (default: around here)")
    return parser


def _check(page: Path, text: str) -> None:
    if not page.is_file() or page.read_text("utf-8") != text:
        raise MismatchError(
            f"{page}: not what the catalogue and the tests say", hint="run: make trace"
        )


def _write(page: Path, text: str) -> None:
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(text, "utf-8")


def _say(trace: Trace) -> None:
    for app in trace.catalogue.apps:
        missing = len(trace.unproved(app))
        total = len(app.requirements)
        print(f"{app.title:<30} {total - missing:>4} of {total:>4} proved")


if __name__ == "__main__":
    sys.exit(main())

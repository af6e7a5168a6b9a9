"""Where the command starts.

`strongroom generate --check` runs before each commit and in each build, and mostly nothing has
changed. That is answered here, before anything is loaded that takes longer than the answer.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence


def main() -> None:
    """Run the command."""
    if _asks_for_check_alone(sys.argv[1:]):
        from strongroom_codegen.check import UP_TO_DATE, is_up_to_date

        if is_up_to_date():
            print(UP_TO_DATE)
            return
    if sys.argv[1:2] == ["generate"]:
        # Its many objects live until the end, so looking for garbage among them finds none.
        gc.disable()
    if sys.argv[1:] == ["generate"]:
        _generate()
        return
    from strongroom.command import main as run

    run()


def _generate() -> None:
    """Without options nothing is parsed, so that typer need not be loaded."""
    from strongroom.ending import in_words

    with in_words(()):
        from strongroom_codegen.generating import generate

        try:
            generate()
        except BrokenPipeError:
            # Who reads has gone, as `head` does; typer ends so, too.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(1)


def _asks_for_check_alone(arguments: Sequence[str]) -> bool:
    """With a form of findings or without: when there are none, it makes no difference."""
    rest = list(arguments)
    if rest[:1] != ["generate"] or rest.count("--check") != 1:
        return False
    rest.remove("--check")
    return rest[1:] in ([], ["--format", "text"], ["--format", "github"])

"""Tables that the command prints."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from rich.console import Console
from rich.table import Table

# More than any row is long. Where nobody looks, a row is a line, for grep, awk and logs.
_UNFOLDED = 100_000


def show(
    titles: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    counts: Collection[str] = (),
    to_stderr: bool = False,
) -> None:
    """Print rows under their titles, `counts` to the right.

    A terminal that is too narrow folds what stands after the name, the first column.
    """
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in titles:
        table.add_column(
            title,
            justify="right" if title in counts else "left",
            overflow="fold",
            no_wrap=title == titles[0],
        )
    for row in rows:
        table.add_row(*row)
    console = Console(stderr=to_stderr, emoji=False, highlight=False, markup=False)
    if not console.is_terminal:
        console.width = _UNFOLDED
    console.print(table)

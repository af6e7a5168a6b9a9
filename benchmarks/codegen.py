"""What generating 500 queries over 50 tables takes, whole processes, beside sqlc in one run.

The project's scratch database is there (the server of `strongroom generate` keeps it); cold means
that nothing else is: no generated file and no answer of the server. sqlc needs no database: it
parses SQL by itself, and writes its own model as JSON.
"""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

from many_queries import QUERIES_EACH, TABLES, change_a_query, write_project, write_sqlc_project
from rounds import compare, scale

from strongroom.project import read_project
from strongroom.server import embedded

ROUNDS = scale(11, "BENCH_ROUNDS")
AIMS = {"generate, cold": 0.8, "generate --check, unchanged": 0.2}
# What sqlc took, in seconds, on the machine on which these were aimed at.
SQLC = (0.20, 0.27)


def main() -> None:
    sqlc = Path(sys.executable).with_name("sqlc")
    with tempfile.TemporaryDirectory(prefix="strongroom-bench-") as folder:
        ours, theirs = Path(folder) / "ours", Path(folder) / "sqlc"
        write_project(ours)
        write_sqlc_project(theirs)
        with _server(ours):
            _strongroom(ours)
            print(f"sqlc {version('sqlc')}, Python {sys.version.split()[0]}")
            results = compare(
                f"{TABLES * QUERIES_EACH} queries over {TABLES} tables, whole process",
                {
                    "generate, cold": lambda: _cold(ours),
                    "generate, one query changed": lambda: _changed(ours),
                    "generate --check, unchanged": lambda: _strongroom(ours, "--check"),
                    "sqlc generate": lambda: _run([sqlc, "generate"], theirs),
                },
                base="sqlc generate",
                operations=1,
                rounds=ROUNDS,
            )
    for name, aim in AIMS.items():
        took = results[name].median
        print(f"aim: {name} in {aim} s: {'met' if took <= aim else 'MISSED'} ({took:.2f} s)")
    least, most = (AIMS["generate, cold"] / took for took in reversed(SQLC))
    print(
        f"cold, beside sqlc: {results['generate, cold'].ratio:.2f}; the aim was {least:.1f} to"
        f" {most:.1f} of what sqlc took, {SQLC[0]} to {SQLC[1]} s"
    )


@contextmanager
def _server(root: Path) -> Iterator[None]:
    """The server that `strongroom generate` starts by itself, stopped at the end."""
    server = embedded(read_project(root))
    server.start()
    try:
        yield
    finally:
        server.stop()


_numbers = itertools.count(2)


def _cold(root: Path) -> None:
    for name in ("generated", ".strongroom/codegen"):
        shutil.rmtree(root / name, ignore_errors=True)
    _strongroom(root)


def _changed(root: Path) -> None:
    change_a_query(root, next(_numbers))
    _strongroom(root)


def _strongroom(root: Path, *arguments: str) -> None:
    _run([sys.executable, "-m", "strongroom", "generate", *arguments], root)


def _run(command: list[str | Path], root: Path) -> None:
    # With its bytecode kept, as an installed command has it.
    kept_out = {"DATABASE_URL", "PYTHONDONTWRITEBYTECODE"}
    environment = {key: value for key, value in os.environ.items() if key not in kept_out}
    subprocess.run(command, cwd=root, env=environment, check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main()

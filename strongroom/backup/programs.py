"""pg_dump and pg_restore: which of those on this machine fit a server, and how they are called."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from strongroom.errors import StrongroomError, UsageError
from strongroom.migrate.target import Target
from strongroom.server.wheel import wheel_binaries

_DEBIAN = Path("/usr/lib/postgresql")
# What these programs say may quote values of rows in its details.
_OWN_WORDS = re.compile(r"pg_(dump|restore): (error|warning): .*")
_QUOTED_ROW = re.compile(r"(COPY failed for table \S+).*")
_LINES_SAID = 5
_KNOWS_TIMEOUT = 17


@dataclass(frozen=True, slots=True)
class Program:
    """A program of PostgreSQL, and its major version."""

    path: Path
    major: int


def find(name: str, major: int, folder: Path | None, server: int) -> Program:
    """The program of this major version of PostgreSQL, else of the next newer one there is.

    server   the major version of the server that it is to work on, or to restore into one day

    Raises UsageError where there is none.
    """
    found: dict[int, Path] = {}
    for program in _candidates(name, folder):
        version = _major(program)
        if version is not None:
            found.setdefault(version, program)
    # From 17 on they write a setting into what is restored that no older server knows.
    is_bound = server < _KNOWS_TIMEOUT
    fitting = [v for v in found if v >= major and (v < _KNOWS_TIMEOUT or not is_bound)]
    if fitting:
        return Program(found[min(fitting)], min(fitting))
    there = ", ".join(f"{version} in {path.parent}" for version, path in sorted(found.items()))
    wanted = f"{major} to {_KNOWS_TIMEOUT - 1}" if is_bound else f"{major} or newer"
    raise UsageError(
        f"PostgreSQL {server} needs {name} {wanted}, and there is {there or 'none'}",
        hint=f"install the client of PostgreSQL {major}, and name its folder: --programs FOLDER",
    )


def environment(where: Target) -> dict[str, str]:
    """Ours, with the password, which no list of processes shows there."""
    password = conninfo_to_dict(where.conninfo).get("password")
    given = {"PGPASSWORD": str(password)} if password else {}
    return {**os.environ, "LC_ALL": "C", "PGAPPNAME": "strongroom backup", **given}


def address(where: Target) -> str:
    """Where the database is, for an argument: without a password."""
    given = conninfo_to_dict(where.conninfo)
    kept = {key: v for key, v in given.items() if "password" not in key}
    # A dump in the encoding of a role or of the environment lacks what that one can't write.
    return make_conninfo("", **{**kept, "client_encoding": "UTF8"})


def start(
    command: list[str], where: Target, *, stdin: int, stdout: int, stderr: int
) -> subprocess.Popen[bytes]:
    """Start a program on a database."""
    try:
        return subprocess.Popen(
            command, env=environment(where), stdin=stdin, stdout=stdout, stderr=stderr
        )
    except OSError as error:
        raise StrongroomError(f"{command[0]} can't be run: {error.strerror}") from None


def said(errors: bytes, code: int) -> str:
    """What a program that failed said, without values of rows."""
    lines = [
        _QUOTED_ROW.sub(r"\1", line)
        for line in errors.decode("utf-8", "replace").splitlines()
        if _OWN_WORDS.match(line)
    ]
    return "\n".join(lines[:_LINES_SAID]) or f"it ended with {code}"


def _candidates(name: str, folder: Path | None) -> Iterator[Path]:
    if folder is not None:
        yield folder / name
        return
    if wheel := wheel_binaries():
        yield wheel / name
    yield from sorted(_DEBIAN.glob(f"*/bin/{name}"))
    if on_path := shutil.which(name):
        yield Path(on_path)


def _major(program: Path) -> int | None:
    try:
        done = subprocess.run(
            [program, "--version"], capture_output=True, text=True, check=False, timeout=30
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    match = re.search(r"\(PostgreSQL\) (\d+)", done.stdout)
    return int(match[1]) if match else None

"""`strongroom subject ledger`: erasures that a restored copy must not undo."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import psycopg
import typer

from strongroom.errors import PendingError, StrongroomError, UsageError
from strongroom.lost import told_as_lost
from strongroom.maintain import place
from strongroom.subject import ledger
from strongroom.subject.pseudonyms import MacProvider

app = typer.Typer(
    help="Keep the ledger of erasures outside the backups, and replay it in a restored copy.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)

File = Annotated[Path, typer.Argument(metavar="FILE", help="The ledger, kept outside the backups.")]
Keys = Annotated[
    Path | None,
    typer.Option("--keys", metavar="KEYFILE", help="A file of keys; default: the environment."),
]
Json = Annotated[bool, typer.Option("--json", help="Machine-readable output.")]
Head = Annotated[
    str | None, typer.Option("--head", metavar="SEQ:HASH", help="The entry that it must reach.")
]
_STATUS = """
SELECT h.seq, pg_catalog.encode(h.hash, 'hex') AS hash, kernel.gate_problem() AS problem,
    (
        SELECT count(*)
        FROM kernel.replayed_erasure AS e
        LEFT JOIN kernel.subject_request AS r ON r.id = e.request_id
        WHERE r.state IS DISTINCT FROM 'done'
    ) AS unfinished
FROM kernel.erasure_ledger_head() AS h
"""


@app.command(epilog="Example: strongroom subject ledger export /mnt/ledgers/tarot.ledger")
def export(file: File, keys: Keys = None, as_json: Json = False) -> None:
    """Append the erasures that the file lacks, and sign how far it goes. Makes the file."""
    from strongroom.subject.ledger_export import export as write

    with _connected() as connection:
        head, count = write(connection, file, _Provider(keys))
    _answer(
        {"head": head.seq, "hash": head.hash, "new": count},
        f"{count:,} new entries; head {head.seq}:{head.hash}",
        as_json=as_json,
    )


@app.command(epilog="Example: strongroom subject ledger verify /mnt/ledgers/tarot.ledger")
def verify(file: File, keys: Keys = None, head: Head = None, as_json: Json = False) -> None:
    """Check every entry and every signature of the file. Needs the keys, and no database."""
    wanted = _expected(head)
    found = ledger.verify(file, _Provider(keys))
    if wanted is not None and (found.seq, found.hash) != wanted:
        raise PendingError(
            f"the ledger ends with {found.seq}:{found.hash}",
            hint="take the ledger that was exported last",
        )
    _answer(
        {"head": found.seq, "hash": found.hash, "exported_at": found.exported_at},
        f"whole: head {found.seq}:{found.hash}, exported {found.exported_at}",
        as_json=as_json,
    )


@app.command(epilog="Example: strongroom subject ledger replay /mnt/ledgers/tarot.ledger")
def replay(file: File, keys: Keys = None, head: Head = None, as_json: Json = False) -> None:
    """In a restored copy: erase again whom the ledger names, then let the apps in.

    Can be interrupted, and goes on when it is called again.
    """
    from strongroom.subject.ledger_replay import replay as run

    wanted, provider = _expected(head), _Provider(keys)
    with _connected() as connection:
        done = run(connection, file, provider, lambda text: typer.echo(text, err=True), wanted)
    _answer(
        done.as_dict(),
        f"{done.entries:,} entries replayed, {done.found:,} people erased again; the gate is open",
        as_json=as_json,
    )


@app.command("keep-out", epilog="Example: strongroom subject ledger keep-out --before 2026-11-20")
def keep_out(
    before: Annotated[
        datetime,
        typer.Option(help="When this database began to keep erased people out; in UTC."),
    ],
    keys: Keys = None,
    as_json: Json = False,
) -> None:
    """Keep those from writing who were erased before the database did so by itself.

    Who came back since then under the same id is kept out, too: kernel.readmit_subject() lets one
    in. Can be called again.
    """
    from strongroom.subject.keeping_out import keep_out as run

    provider = _Provider(keys)
    with _connected() as connection:
        say = lambda text: typer.echo(text, err=True)  # noqa: E731
        done = run(connection, before.replace(tzinfo=UTC), provider, say)
    _answer({"kept_out": done}, f"{sum(done.values()):,} people kept out", as_json=as_json)


@app.command(epilog="Example: strongroom subject ledger status --json")
def status(as_json: Json = False) -> None:
    """Say how far the ledger goes, and whether apps may use this database: ends with 3 if not."""
    with _connected() as connection:
        row = connection.execute(_STATUS).fetchone()
    assert row is not None
    answer = {
        "head": row[0], "hash": row[1], "open": row[2] is None, "problem": row[2],
        "unfinished": row[3],
    }  # fmt: skip
    _answer(answer, f"head {row[0]}:{row[1]}", as_json=as_json and row[2] is None)
    if row[2] is not None:
        error = PendingError(
            f"apps are kept out: {row[2]}", hint="strongroom subject ledger replay FILE"
        )
        error.answer = answer
        raise error


def _answer(answer: dict[str, Any], text: str, *, as_json: bool) -> None:
    typer.echo(json.dumps(answer) if as_json else text)


def _expected(text: str | None) -> tuple[int, str] | None:
    if text is None:
        return None
    match = re.fullmatch(r"(\d{1,18}):([0-9a-f]{64})", text)
    if match is None:
        raise UsageError("this is no head of a ledger", hint="--head 42:64 hexadecimal digits")
    return int(match[1]), match[2]


class _Provider:
    """The keys of the environment or of a file; what is missing is said as other errors are."""

    def __init__(self, keys: Path | None) -> None:
        try:
            from strongroom.sealing import EnvironmentKeys, FileKeys, SealingError
        except ImportError:
            raise UsageError(
                "keys need the extra `sealing`", hint="pip install 'strongroom[sealing]'"
            ) from None
        self._found: MacProvider = EnvironmentKeys() if keys is None else FileKeys(keys)
        self._error = SealingError

    def mac(self, key_id: str, data: bytes) -> bytes:
        """As strongroom.sealing.KeyProvider; raises UsageError."""
        try:
            return self._found.mac(key_id, data)
        except self._error as error:
            raise UsageError(str(error), hint="--keys names another file of keys") from None


@contextmanager
def _connected() -> Iterator[psycopg.Connection[Any]]:
    """A connection of the runner; errors of the server come as those of the command."""
    try:
        with closing(place.connect(place.find())) as connection:
            yield connection
    except psycopg.Error as error:
        if lost := told_as_lost(error):
            raise lost from error
        message = error.diag.message_primary or str(error).strip() or type(error).__name__
        said = f"{message}: {error.diag.message_detail}" if error.diag.message_detail else message
        raise StrongroomError(f"{error.sqlstate} {said}", hint=error.diag.message_hint) from error

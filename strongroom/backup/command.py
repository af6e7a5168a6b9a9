"""`strongroom backup`: make, check, restore and thin out encrypted backups."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import psycopg
import typer
from rich.console import Console

from strongroom.backup import folder
from strongroom.backup import restore as restoring
from strongroom.backup.create import create as make
from strongroom.backup.folder import Found
from strongroom.errors import ConnectError, StrongroomError, UsageError
from strongroom.lost import told_as_lost
from strongroom.migrate import target
from strongroom.migrate.target import Target
from strongroom.project import find_project
from strongroom.sealing.command import find_provider
from strongroom.sealing.errors import SealingError
from strongroom.sealing.key_files import add_key
from strongroom.sealing.providers import FileKeys

app = typer.Typer(
    help="Encrypted backups of the database, each proved by a trial restore.\n\n"
    "DATABASE_URL says which database; without it, the project's own server is used. Keys come"
    " from --keys FILE, else from what STRONGROOM_KEY_PROVIDER names (module:function), else from"
    " variables STRONGROOM_KEY_...",
    no_args_is_help=True,
    rich_markup_mode="rich",
)

KEY = "strongroom.backup.1"
Json = Annotated[bool, typer.Option("--json", help="Machine-readable output.")]
Keys = Annotated[
    Path | None, typer.Option("--keys", metavar="FILE", help="A file of keys, mode 0600.")
]
Folder = Annotated[Path, typer.Argument(metavar="FOLDER", help="Where the backups are.")]
Programs = Annotated[
    Path | None, typer.Option("--programs", metavar="FOLDER", help="Where pg_dump, pg_restore are.")
]
_OPEN = "apps are kept out of it: strongroom subject ledger replay FILE lets them in"


@app.command(epilog="Example: strongroom backup key --file /etc/strongroom/backup.keys")
def key(
    file: Annotated[Path, typer.Option(help="Where it is written; made with mode 0600.")],
    as_json: Json = False,
) -> None:
    """Make the next key of backups, and write it to a file. Keep a copy away from the backups."""
    with _in_words():
        prefix = KEY[:-1]
        names = FileKeys(file).names() if file.exists() else []
        numbers = [int(name.removeprefix(prefix)) for name in names if name.startswith(prefix)]
        key_id = f"{prefix}{max(numbers, default=0) + 1}"
        add_key(file, key_id, as_environment=False)
    typer.echo(json.dumps({"key": key_id}) if as_json else f"{key_id} is in {file}")


@app.command(epilog="Example: strongroom backup create --to /mnt/backups --keys backup.keys")
def create(
    to: Annotated[Path, typer.Option("--to", metavar="FOLDER", help="Where it goes.")],
    without_data: Annotated[
        list[str] | None,
        typer.Option("--without-data", metavar="TABLE", help="Leave out this table's rows."),
    ] = None,
    key_id: Annotated[str, typer.Option("--key", help="The name of the key.")] = KEY,
    keys: Keys = None,
    programs: Programs = None,
    as_json: Json = False,
) -> None:
    """Dump the database into an encrypted file, which is never readable on the way."""
    with _in_words():
        provider = find_provider(keys)
        cleared = folder.clear_interrupted(to, _say)
        with _watched("dumped") as progress:
            done = make(
                _target(), to, provider, key_id,
                without=without_data or (), binaries=programs, progress=progress,
            )  # fmt: skip
    rows = done.manifest["rows"]
    answer = {
        "file": str(done.path), "id": done.header_id, "size": done.size, "key": key_id,
        "file_sha256": done.file_sha256, "sha256": done.manifest["sha256"],
        "tables": len(rows) + len(done.manifest["emptied"]), "rows": sum(rows.values()),
        "without_data": done.manifest["without_data"], "cleared": cleared,
    }  # fmt: skip
    left = len(done.manifest["emptied"])
    text = f"{done.path}: {answer['rows']:,} rows of {len(rows):,} tables, {done.size:,} bytes"
    _answer(answer, text + (f", {left:,} tables without rows" if left else ""), as_json)


@app.command("list", epilog="Example: strongroom backup list /mnt/backups --json")
def list_backups(where: Folder, keys: Keys = None, as_json: Json = False) -> None:
    """Show the backups of a folder, oldest first, and which of them open with the keys at hand."""
    with _in_words():
        found = folder.backups(where, find_provider(keys))
    lines = [_line(one) for one in found] or ["there is no backup"]
    _answer({"backups": [_described(one) for one in found]}, "\n".join(lines), as_json)


@app.command(epilog="Example: strongroom backup verify FILE --keys backup.keys")
def verify(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The backup.")],
    decrypt_only: Annotated[
        bool, typer.Option("--decrypt-only", help="No trial restore; needs no server.")
    ] = False,
    keys: Keys = None,
    programs: Programs = None,
    as_json: Json = False,
) -> None:
    """Check every byte, then restore into a scratch database, count the rows, and drop it."""
    with _in_words():
        provider = find_provider(keys)
        if decrypt_only:
            manifest = restoring.check(file, provider)
            count, text = sum(manifest["rows"].values()), "every byte is genuine"
        else:
            done = restoring.restore(
                _target(), file, provider, into=None, binaries=programs, say=_say
            )
            manifest, count = done.manifest, done.rows
            text = f"restored for proof: {count:,} rows of {done.tables:,} tables, as backed up"
    _answer(_told(file, manifest, rows=count, restored=not decrypt_only), text, as_json)


@app.command(epilog="Example: strongroom backup restore FILE --into shop_restored")
def restore(
    into: Annotated[str, typer.Option("--into", metavar="NEWDB", help="A new database.")],
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help="The backup.")] = None,
    latest: Annotated[
        Path | None, typer.Option("--latest", metavar="FOLDER", help="The newest one in there.")
    ] = None,
    before: Annotated[
        datetime | None, typer.Option(help="With --latest: not newer than this (UTC).")
    ] = None,
    database: Annotated[
        str | None, typer.Option(help="With --latest: of the database of this name.")
    ] = None,
    keys: Keys = None,
    programs: Programs = None,
    as_json: Json = False,
) -> None:
    """Restore into a new database, never over one. Every byte is checked first.

    The database has its name once everything is there and counted; what fails leaves nothing.
    """
    if (file is None) == (latest is None):
        raise UsageError("name one backup: FILE, or --latest FOLDER")
    if latest is None and (before, database) != (None, None):
        raise UsageError("--before and --database go with --latest")
    with _in_words():
        provider = find_provider(keys)
        moment = before.replace(tzinfo=before.tzinfo or UTC) if before else None
        path = file or folder.newest(latest or Path(), provider, database, moment)
        done = restoring.restore(_target(), path, provider, into=into, binaries=programs, say=_say)
    text = (
        f"{into} has {done.rows:,} rows of {done.tables:,} tables, as {done.manifest['created_at']}"
    )
    if done.manifest["without_data"]:
        text += f"\nwithout rows: {', '.join(done.manifest['without_data'])}"
    if done.is_closed:
        text += f"\n{_OPEN}"
    answer = _told(path, done.manifest, rows=done.rows, database=into, closed=done.is_closed)
    _answer(answer, text, as_json)


@app.command(epilog="Example: strongroom backup prune /mnt/backups --keep 14 --yes")
def prune(
    where: Folder,
    keep: Annotated[int, typer.Option(min=1, help="How many to keep of each database.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Don't ask.")] = False,
    keys: Keys = None,
    as_json: Json = False,
) -> None:
    """Delete all but the newest backups of each database.

    What doesn't open with the keys at hand, or was cut, neither counts nor goes.
    """
    with _in_words():
        found = folder.backups(where, find_provider(keys))
        old = folder.surplus(found, keep)
        for one in (f for f in found if f.problem):
            _say(f"left alone: {one.problem}")
        if old and not yes:
            for one in old:
                _say(f"to be deleted: {one.path.name}")
            _confirm()
        for one in old:
            one.path.unlink(missing_ok=True)
    names = [one.path.name for one in old]
    kept = sum(1 for one in found if not one.problem) - len(old)
    _answer({"deleted": names, "kept": kept}, f"{len(old):,} deleted, {kept:,} kept", as_json)


def _target() -> Target:
    """DATABASE_URL, else the project's own server as its superuser."""
    project = find_project()
    if not target.is_embedded():
        return target.resolve(project)
    from strongroom.server import embedded

    if not embedded(project).status().running:
        raise ConnectError(
            "the project's server does not run",
            hint="strongroom server start; or set DATABASE_URL",
        )
    return Target(target.embedded_url(project, "postgres"), None)


def _told(file: Path, manifest: dict[str, Any], **more: Any) -> dict[str, Any]:
    kept = ("created_at", "server_version", "sha256", "without_data")
    return {"file": str(file), **{name: manifest[name] for name in kept}, **more}


def _described(one: Found) -> dict[str, Any]:
    header = one.header
    return {
        "file": str(one.path), "size": one.size, "problem": one.problem,
        "id": header and header.id, "database": header and header.database,
        "created_at": header and header.created_at.isoformat(), "key": header and header.key_id,
    }  # fmt: skip


def _line(one: Found) -> str:
    if one.header is None or one.problem:
        return f"{one.path.name}  {one.size:,} bytes  {one.problem}"
    return f"{one.path.name}  {one.size:,} bytes  {one.header.database}  {one.header.key_id}"


def _answer(answer: dict[str, Any], text: str, as_json: bool) -> None:
    typer.echo(json.dumps(answer) if as_json else text)


def _say(line: str) -> None:
    typer.echo(line, err=True)


def _confirm() -> None:
    if not sys.stdin.isatty():
        raise UsageError(
            "there is no terminal to ask on before we delete", hint="say --yes to go ahead"
        )
    if not typer.confirm("delete?", err=True):
        raise UsageError("nothing was deleted")


@contextmanager
def _watched(verb: str) -> Iterator[Callable[[int], None]]:
    """How far it is, where there is a terminal."""
    console = Console(stderr=True, emoji=False, highlight=False)
    if not console.is_terminal:
        yield lambda _: None
        return
    with console.status(f"{verb} 0 MB") as status:
        yield lambda done: status.update(f"{verb} {done / 1e6:,.1f} MB")


@contextmanager
def _in_words() -> Iterator[None]:
    """Errors of keys, of the server and of files, as those of the command."""
    try:
        yield
    except SealingError as error:
        raise UsageError(
            str(error), hint="--keys names a file of keys; strongroom backup key makes one"
        ) from None
    except psycopg.Error as error:
        if lost := told_as_lost(error):
            raise lost from error
        said = error.diag.message_primary or str(error).strip() or type(error).__name__
        raise StrongroomError(f"{error.sqlstate} {said}", hint=error.diag.message_hint) from error
    except OSError as error:
        raise StrongroomError(f"{error.filename or 'a file'}: {error.strerror}") from error

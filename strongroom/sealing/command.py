"""`strongroom keys`: make, rotate and retire the keys of sealed fields."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import psycopg
import typer
from rich.console import Console

from strongroom.errors import LockError, MismatchError, StrongroomError, UsageError
from strongroom.listing import show
from strongroom.lost import told_as_lost
from strongroom.maintain import place
from strongroom.sealing.errors import MissingKey, SealingError
from strongroom.sealing.key_files import add_key
from strongroom.sealing.keyring import Keyring
from strongroom.sealing.outcome import Plan
from strongroom.sealing.providers import EnvironmentKeys, FileKeys, KeyProvider
from strongroom.sealing.rotation import BATCH, GRACE, Rotation
from strongroom.sealing.status import KeyState, key_states
from strongroom.sealing.tables import Connection

app = typer.Typer(
    help="The keys of sealed fields. Keys are never shown, and never given as arguments.\n\n"
    "DATABASE_URL says which database; without it, the project's own server is used. Keys come"
    " from --keys FILE, else from what STRONGROOM_KEY_PROVIDER names (module:function), else from"
    " variables STRONGROOM_KEY_...",
    no_args_is_help=True,
    rich_markup_mode="rich",
)

Json = Annotated[bool, typer.Option("--json", help="Machine-readable output.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Don't ask.")]
Keys = Annotated[
    Path | None, typer.Option("--keys", metavar="FILE", help="A file of keys, mode 0600.")
]
App = Annotated[str, typer.Argument(metavar="APP", help="The app.")]
Purpose = Annotated[
    str,
    typer.Argument(
        metavar="PURPOSE", help="The purpose: the last word of the tag @sealed or @blind."
    ),
]
_IN_USE = {"KR080", "KR081", "KR082", "KR084", "KR085", "KR086"}


@app.command(epilog="Example: strongroom keys status tarot --json")
def status(
    app_name: Annotated[str | None, typer.Argument(metavar="APP", help="One app only.")] = None,
    keys: Keys = None,
    as_json: Json = False,
) -> None:
    """Show the registered keys, what is under them, and whether they are at hand.

    Ends with 4 when a key that is in use is missing or is another one than was registered.
    """
    provider = find_provider(keys)
    with _connected() as connection:
        found = key_states(connection, provider, app_name)
    answer = {"keys": [key.as_dict() for key in found]}
    if not as_json or any(key.provider in ("missing", "wrong") for key in found):
        if not as_json:
            _show(found)
        if bad := [f"{key.id} is {key.provider}" for key in found if key.provider in _BAD]:
            reasons = dict.fromkeys(key.reason for key in found if key.reason)
            hint = "; ".join(reasons) or "give the provider the keys of these names"
            error = MismatchError(", ".join(bad), hint=hint)
            error.answer = answer
            raise error
    if as_json:
        typer.echo(json.dumps(answer))


_BAD = ("missing", "wrong")


@app.command(epilog="Example: strongroom keys new tarot birth --file /etc/tarot/keys")
def new(
    app_name: App,
    purpose: Purpose,
    file: Annotated[Path, typer.Option(help="Where it is written; made with mode 0600.")],
    environment: Annotated[
        bool, typer.Option("--environment", help="As a line of an environment file.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Make the next key of a purpose and write it to a file; `rotate` puts it to use.

    Give it to every program that seals or opens first.
    """
    with _connected() as connection:
        row = connection.execute(
            "SELECT coalesce(max(e.version), 0) + 1 FROM kernel.encryption_key AS e"
            " WHERE e.app = %s AND e.purpose = %s",
            [app_name, purpose],
        ).fetchone()
    assert row is not None
    key_id = f"{app_name}.{purpose}.{row[0]}"
    with _in_words():
        add_key(file, key_id, as_environment=environment)
    typer.echo(json.dumps({"key": key_id}) if as_json else f"{key_id} is in {file}")


@app.command(epilog="Example: strongroom keys rotate tarot birth --reencrypt --yes")
def rotate(
    app_name: App,
    purpose: Purpose,
    kind: Annotated[
        str | None, typer.Option(help="Of the first key of a purpose: seal, index, pseudonym.")
    ] = None,
    reencrypt: Annotated[
        bool, typer.Option("--reencrypt", help="New data keys too; every row is sealed anew.")
    ] = False,
    batch: Annotated[int, typer.Option(min=1, max=100_000, help="Rows of a batch.")] = BATCH,
    grace: Annotated[
        float, typer.Option(min=0, help="Seconds that programs remember a key (max_age).")
    ] = GRACE,
    keys: Keys = None,
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """Put the next key of a purpose to use, and bring over what is under those before it.

    Data keys are wrapped anew; with --reencrypt they are replaced, and rows are sealed anew. Blind
    indexes are made anew. Killed, it is begun again and goes on. Ends with a count of what is left
    under old keys: nothing. What does not open is left and listed, with the keys of its rows, on
    standard output; the rest is done, and it ends with 1.
    """
    if kind not in (None, "seal", "index", "pseudonym"):
        raise UsageError("--kind is seal, index or pseudonym")
    ring = Keyring(find_provider(keys))
    console = Console(stderr=True, emoji=False, highlight=False, markup=False)
    with _connected() as connection:
        rotation = Rotation(
            connection, ring, app_name, purpose,
            kind=kind, reencrypt=reencrypt, batch=batch, grace=grace, say=console.print,
        )  # fmt: skip
        plan = rotation.plan()
        _preview(plan, reencrypt, console)
        _confirm(yes, "rotate")
        try:
            done = rotation.run(plan)
        except StrongroomError as error:
            if not as_json:
                _show_unopened(error.answer)
            raise
    if as_json:
        typer.echo(json.dumps(asdict(done)))
        return
    typer.echo(
        f"{done.rewrapped:,} data keys wrapped anew, {done.replaced:,} replaced,"
        f" {done.fields:,} fields sealed anew"
    )
    for name, count in done.left.items():
        typer.echo(f"{name}: {count} under old keys")
    for name, count in done.elsewhere.items():
        known = "can't be read" if count < 0 else f"{count} under old keys"
        typer.echo(f"{name}: {known}; no rotation reaches it, and the old key can't be retired")
    typer.echo(f"nothing is left under another key than {done.key}")


@app.command(epilog="Example: strongroom keys retire tarot.birth.1")
def retire(
    key_id: Annotated[str, typer.Argument(metavar="KEY", help="Its name: app.purpose.version.")],
    yes: Yes = False,
    as_json: Json = False,
) -> None:
    """End a key under which nothing is left; ends with 1 when something is."""
    console = Console(stderr=True, emoji=False, highlight=False, markup=False)
    console.print(f"{key_id} is to be retired; data keys that were replaced under it are deleted")
    _confirm(yes, "retire")
    with _connected() as connection:
        row = connection.execute("SELECT kernel.retire_encryption_key(%s)", [key_id]).fetchone()
    assert row is not None
    if as_json:
        typer.echo(json.dumps({"key": key_id, "deleted": row[0]}))
    else:
        typer.echo(f"{key_id} is retired; {row[0]:,} data keys are deleted")


def find_provider(path: Path | None) -> KeyProvider:
    """Who keeps the keys: a file, what STRONGROOM_KEY_PROVIDER names, or the environment."""
    if path is not None:
        return FileKeys(path)
    named = os.environ.get("STRONGROOM_KEY_PROVIDER")
    if named is None:
        return EnvironmentKeys()
    module, _, name = named.partition(":")
    try:
        make: Callable[[], object] = getattr(import_module(module), name)
    except (ImportError, AttributeError, ValueError):
        raise UsageError(
            f"STRONGROOM_KEY_PROVIDER names no function: {named}", hint="module:function"
        ) from None
    provider = make()
    if not isinstance(provider, KeyProvider):
        raise UsageError(
            f"{named} gives no provider of keys", hint="wrap, unwrap, mac, fingerprint"
        )
    return provider


@contextmanager
def _connected() -> Iterator[Connection]:
    with _in_words(), closing(place.connect(place.find())) as connection:
        yield connection


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except SealingError as error:
        kind = UsageError if isinstance(error, MissingKey) else StrongroomError
        raise kind(str(error)) from error
    except (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected) as error:
        raise LockError(str(error.diag.message_primary), hint="run it again") from error
    except psycopg.Error as error:
        if lost := told_as_lost(error):
            raise lost from error
        said = error.diag.message_primary or type(error).__name__
        if error.sqlstate in _IN_USE and error.diag.message_detail:
            said = f"{said}: {error.diag.message_detail}"
        raise StrongroomError(f"{error.sqlstate} {said}", hint=error.diag.message_hint) from error


def _confirm(yes: bool, verb: str) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        raise UsageError(
            f"there is no terminal to ask on before we {verb}", hint="say --yes to go ahead"
        )
    if not typer.confirm(f"{verb}?", err=True):
        raise UsageError("nothing was changed")


def _preview(plan: Plan, reencrypt: bool, console: Console) -> None:
    console.print(f"{plan.key} ({plan.kind}) {'becomes' if plan.is_new else 'is'} the active key")
    if plan.retiring:
        console.print(f"under {', '.join(plan.retiring)}: {plan.data_keys:,} data keys")
    if plan.fields:
        console.print(f"{plan.fields:,} fields are under replaced keys already")
    if reencrypt:
        console.print("data keys are replaced, and every row under them is sealed anew")


def _show_unopened(answer: dict[str, Any]) -> None:
    """Where the values are that do not open; keys of rows may be personal, and go to no log."""
    for one in answer.get("unopened", ()):
        row_key = ", ".join(f"{name} = {value}" for name, value in one["row_key"].items())
        typer.echo(f"{one['table']}.{one['column']}, row {row_key}: {one['reason']}")
    if (more := answer.get("unopened_count", 0) - len(answer.get("unopened", ()))) > 0:
        typer.echo(f"and {more:,} more")
    for number in answer.get("broken_data_keys", ()):
        typer.echo(f"data key {number}: its master key does not unwrap it")


def _show(keys: list[KeyState]) -> None:
    if not keys:
        typer.echo("no key is registered")
        return
    titles = ("key", "kind", "state", "registered", "data keys", "replaced", "at hand")
    show(titles, map(_shown, keys), counts={"data keys", "replaced"})


def _shown(key: KeyState) -> tuple[str, ...]:
    return (
        key.id,
        key.kind,
        key.state,
        f"{key.registered_at:%Y-%m-%d}",
        f"{key.data_keys:,}",
        f"{key.closed:,}",
        key.provider,
    )

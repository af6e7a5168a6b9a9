"""`strongroom subject`: what a person may ask for, answered from the command line."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import psycopg
import typer

from strongroom.errors import PendingError, StrongroomError, UsageError
from strongroom.listing import show
from strongroom.maintain import place
from strongroom.retention.asking import asked, plain, said
from strongroom.subject import erasing, exporting, rectifying
from strongroom.subject.confirming import confirm
from strongroom.subject.ledger_command import app as ledger_app
from strongroom.subject.opening import Opener, keys_explained

if TYPE_CHECKING:
    from strongroom.sealing import KeyProvider

app = typer.Typer(
    help="Export, correct and erase what is held of a person; see what was asked for.\n\n"
    "DATABASE_URL says which database; without it, the project's own server is used. Messages name"
    " no person: what is shown of one goes to standard output or into a file.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)
app.add_typer(ledger_app, name="ledger")

App = Annotated[str, typer.Argument(metavar="APP", help="The app: its schema.")]
Subject = Annotated[str, typer.Argument(metavar="ID", help="The user id.")]
Json = Annotated[bool, typer.Option("--json", help="Machine-readable output.")]
By = Annotated[str | None, typer.Option(metavar="NAME", help="Who does it; default: the login.")]
Keys = Annotated[
    Path | None, typer.Option("--keys", metavar="FILE", help="A file of keys, mode 0600.")
]
Mean = Annotated[
    str | None,
    typer.Option("--yes-i-mean", metavar="APP/ID", help="Don't ask: this is the person."),
]
EvenIfNobody = Annotated[
    bool, typer.Option("--even-if-nobody", help="Go on where no table has a row of the id.")
]

_REGIMES = ("gdpr", "fz152")
_REQUESTS = """
SELECT
    r.id::text AS request, r.app, r.kind, r.regime, r.state, r.state_reason, t.due_at,
    r.state NOT IN ('done', 'refused') AND t.due_at < pg_catalog.now() AS is_overdue
FROM kernel.subject_request AS r
CROSS JOIN LATERAL (SELECT coalesce(r.extended_to, r.due_at)) AS t (due_at)
WHERE (%(app)s::text IS NULL OR r.app = %(app)s)
  AND (%(subject)s::jsonb IS NULL OR r.subject = %(subject)s::jsonb ->> r.app)
  AND (%(all)s OR r.state NOT IN ('done', 'refused'))
ORDER BY t.due_at, r.id
"""

_APPS = """
SELECT a.app FROM kernel.app_schemas() AS a (app) WHERE %(app)s::text IS NULL
UNION ALL
SELECT %(app)s::text WHERE %(app)s::text IS NOT NULL
"""
# Of an app that is gone by now, too.
_KNOWN = "SELECT r.id FROM kernel.subject_request AS r WHERE r.app = %(app)s LIMIT 1"
_SPELLING = "SELECT kernel.canonical_subject(%s, %s) AS subject"


@app.command(epilog="Example: strongroom subject export tarot 42 --to 42.json --by anna")
def export(
    app_name: App,
    subject: Subject,
    to: Annotated[Path | None, typer.Option(metavar="FILE", help="A new file.")] = None,
    keys: Keys = None,
    leave_sealed: Annotated[
        bool, typer.Option("--leave-sealed", help="Write sealed fields as envelopes.")
    ] = False,
    even_if_nobody: EvenIfNobody = False,
    by: By = None,
    as_json: Json = False,
) -> None:
    """Write all that is held of a person into a file of mode 0600, whole or not at all.

    Without --to, show what would be in it. Each export is written into the audit log. An id that
    nobody has is refused.
    """
    with _connected(by) as connection:
        if to is None:
            _show_plan(exporting.plan(connection, app_name), as_json=as_json)
            return
        what = (connection, app_name, subject, to)
        if leave_sealed:
            # Without keys, and without the extra that uses them.
            opener = Opener(app_name, None)
            done = exporting.export(*what, opener, _say, even_if_nobody=even_if_nobody)
        else:
            with keys_explained():
                from strongroom.sealing.command import find_provider

                opener = Opener(app_name, find_provider(keys))
                done = exporting.export(*what, opener, _say, even_if_nobody=even_if_nobody)
    typer.echo(
        json.dumps(done.as_dict())
        if as_json
        else f"{done.rows:,} rows of {done.parts} parts in {done.path}, sealed fields:"
        f" {done.opened:,} opened, {done.sealed:,} left"
    )


@app.command(
    epilog="Example: strongroom subject rectify tarot 42 --table tarot.users --key id=42"
    ' --set username=anna --reason "letter 7/2026"'
)
def rectify(
    app_name: App,
    subject: Subject,
    table: Annotated[str, typer.Option(help="The table, with its schema.")],
    key: Annotated[list[str], typer.Option(metavar="COLUMN=VALUE", help="The primary key.")],
    change: Annotated[
        list[str], typer.Option("--set", metavar="COLUMN=JSON", help="The new value.")
    ],
    reason: Annotated[str, typer.Option(help="The case it is done for; no names.")],
    keys: Keys = None,
    by: By = None,
    mean: Mean = None,
    as_json: Json = False,
) -> None:
    """Correct columns of one row of a person. The audit log keeps who did it, and for what case.

    A value that is no JSON is text: --set age=33, --set name=anna, --set phone=null. Sealed fields
    are sealed here, with the keys of --keys or of the environment, and their blind indexes made.
    """
    row_key, changes = _pairs("--key", key), _pairs("--set", change)
    names = ", ".join(changes)
    confirm(f"{names} of a row of {table} will be overwritten", app_name, subject, mean)

    def provider() -> KeyProvider:
        from strongroom.sealing.command import find_provider

        return find_provider(keys)

    with _connected(by) as connection:
        row = rectifying.Row(app_name, subject, table, row_key)
        rectifying.rectify(connection, row, changes, reason, provider)
    typer.echo(json.dumps({"rows": 1}) if as_json else f"corrected: {names}")


@app.command(epilog="Example: strongroom subject erase tarot 42 --by anna --keys keys.txt")
def erase(
    app_name: App,
    subject: Subject,
    regime: Annotated[str, typer.Option(help="gdpr or fz152: which terms.")] = "gdpr",
    preview: Annotated[bool, typer.Option("--preview", help="Show what it would do.")] = False,
    even_if_nobody: EvenIfNobody = False,
    keys: Keys = None,
    by: By = None,
    mean: Mean = None,
    as_json: Json = False,
) -> None:
    """Erase a person: open or join the request, approve it, and run it to its evidence.

    Shows first what it will do; an id that nobody has is refused. Killed, or kept from finishing,
    it goes on when it is called again.
    Ends with 3 when a hold, older transactions or a second pair of eyes are waited for, with 1 when
    something is left or failed.
    """
    if regime not in _REGIMES:
        raise UsageError(f"--regime is {' or '.join(_REGIMES)}, not {regime}")
    with _connected(by) as connection, keys_explained():
        from strongroom.sealing import Keyring
        from strongroom.sealing.command import find_provider

        parts = erasing.preview(connection, app_name, subject)
        if preview:
            _show_parts(parts, as_json=as_json)
            if not any(part.rows for part in parts):
                _say(f"nobody of app {app_name} has this id: no table has a row of it")
            return
        if broken := [part.problem for part in parts if part.problem is not None]:
            raise UsageError("; ".join(broken), hint="mend the table or its tags")
        if not even_if_nobody:
            erasing.require_somebody(connection, app_name, subject, parts)
        key_id, fingerprint = erasing.pseudonym_key(connection, app_name)
        provider = find_provider(keys)
        # Another key would call the person as nobody can find them in a restored copy.
        Keyring(provider).check(key_id, fingerprint)
        if mean is None:
            _show_parts(parts, as_json=False)
        confirm("this can't be undone", app_name, subject, mean)
        request = erasing.open_erasure(connection, app_name, subject, regime)
        done = erasing.run(connection, request, provider, key_id, _say)
    typer.echo(json.dumps(done.as_dict()) if as_json else str(done))


@app.command(epilog='Example: strongroom subject hold tarot 42 --reason "case 7/2026"')
def hold(
    app_name: App,
    subject: Subject,
    reason: Annotated[str, typer.Option(help="Why, best as a reference to the case; no names.")],
    until: Annotated[
        str | None, typer.Option(help="When it ends by itself; default: never.")
    ] = None,
    by: By = None,
    mean: Mean = None,
    as_json: Json = False,
) -> None:
    """Keep a person from being erased; strongroom holds lists and releases holds."""
    confirm("nothing of the person will be erased or corrected", app_name, subject, mean)
    with asked(by) as cursor:
        row = cursor.execute(
            "SELECT kernel.place_hold(%s, %s, %s, p_expires_at => %s::timestamptz) AS hold",
            [reason, app_name, subject, until],
        ).fetchone()
    assert row is not None
    typer.echo(json.dumps(row) if as_json else f"hold {row['hold']} is in force")


@app.command(epilog="Example: strongroom subject status --app tarot --json")
def status(
    app_name: Annotated[str | None, typer.Option("--app", help="One app only.")] = None,
    subject: Annotated[str | None, typer.Option(help="One person only.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Ended ones as well.")] = False,
    as_json: Json = False,
) -> None:
    """Show what people asked for, what is due first above. Ends with 3 when one is overdue."""
    with asked() as cursor:
        spelt = None if subject is None else json.dumps(_spellings(cursor, app_name, subject))
        rows = cursor.execute(
            _REQUESTS.encode(), {"app": app_name, "subject": spelt, "all": everything}
        ).fetchall()
        if not rows and app_name is not None:
            _require_app(cursor, app_name)
    answer = {"requests": [plain(row) for row in rows]}
    late = sum(row["is_overdue"] for row in rows)
    if not as_json:
        _show_requests(rows)
    if late:
        error = PendingError(f"{late} requests are overdue", hint="answer them, or extend the term")
        error.answer = answer
        raise error
    if as_json:
        typer.echo(json.dumps(answer))


def _require_app(cursor: psycopg.Cursor[Any], app_name: str) -> None:
    """So that a slip of the pen does not read as if nobody had asked for anything."""
    apps = [row["app"] for row in cursor.execute(_APPS, {"app": None}).fetchall()]
    known = cursor.execute(_KNOWN, {"app": app_name}).fetchone()
    if app_name not in apps and known is None:
        raise UsageError(f"there is no app {app_name}", hint=f"there are: {', '.join(apps)}")


def _spellings(cursor: psycopg.Cursor[Any], app_name: str | None, subject: str) -> dict[str, str]:
    """The id as each app writes it; not where it can't be one."""
    found = {}
    for row in cursor.execute(_APPS, {"app": app_name}).fetchall():
        try:
            with cursor.connection.transaction():
                spelt = cursor.execute(_SPELLING, [row["app"], subject]).fetchone()
        except psycopg.Error as error:
            if error.sqlstate != "KR041" or app_name is not None:
                raise
        else:
            assert spelt is not None
            found[row["app"]] = spelt["subject"]
    return found


@contextmanager
def _connected(actor: str | None) -> Iterator[psycopg.Connection[Any]]:
    """A connection of the runner, in the name of who does it."""
    with said(), closing(place.connect(place.find())) as connection:
        connection.execute(
            "SELECT pg_catalog.set_config('kernel.actor', %s, false)", [actor or _login()]
        )
        try:
            yield connection
        except (psycopg.DataError, psycopg.IntegrityError) as error:
            # PostgreSQL shows the value, or the whole row.
            raise StrongroomError(
                f"{error.sqlstate} a value of the person stopped a function of the database",
                hint="the server's log has the statement; look at the masks of @erase first",
            ) from None


def _login() -> str:
    return os.environ.get("SUDO_USER") or os.environ.get("USER") or f"uid {os.getuid()}"


def _say(text: str) -> None:
    typer.echo(text, err=True)


def _pairs(option: str, given: list[str]) -> dict[str, Any]:
    pairs = [text.partition("=") for text in given]
    if any(not equals for _, equals, _ in pairs):
        # What was given may be a value.
        raise UsageError(f"one {option} has no =", hint=f"{option} COLUMN=VALUE")
    found = {column: _value(text) for column, _, text in pairs}
    if len(found) < len(pairs):
        raise UsageError(f"{option} names a column twice", hint="each column once")
    return found


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _show_plan(parts: list[tuple[str, bool]], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({"parts": [{"part": p, "shared": s} for p, s in parts]}))
        return
    for part, shared in parts:
        typer.echo(f"{part}  (may tell of others, too)" if shared else part)
    _say("with --to FILE this is written, of one person")


def _show_parts(parts: list[erasing.Part], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({"tables": [part.as_dict() for part in parts]}))
        return
    titles = ("table", "action", "rows", "held", "columns", "kept", "problem")
    show(titles, map(_shown_part, parts), counts={"rows", "held"}, to_stderr=True)


def _shown_part(part: erasing.Part) -> tuple[str, ...]:
    kept = ", ".join(part.kept_columns) + (f": {'; '.join(part.reasons)}" if part.reasons else "")
    columns = ", ".join(part.columns)
    counts = (f"{part.rows:,}", f"{part.held:,}")
    return (part.table, part.action, *counts, columns, kept, part.problem or "")


def _show_requests(rows: list[dict[str, Any]]) -> None:
    show(("request", "app", "kind", "regime", "state", "due", "reason"), map(_shown_request, rows))


def _shown_request(row: dict[str, Any]) -> tuple[str, ...]:
    due = f"{row['due_at']:%Y-%m-%d}" + (" overdue" if row["is_overdue"] else "")
    values = (row["request"], row["app"], row["kind"], row["regime"], row["state"], due)
    return (*values, row["state_reason"] or "")

"""Non-transactional files: one statement at a time, each remembered, nothing undone by itself.

Those that move data run each statement batch by batch (strongroom.migrate.batches).

A statement is noted before it begins, with whether what it makes was there: so a runner that was
killed after the statement and before its note knows on return that it had succeeded.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from psycopg import sql

from strongroom.errors import PartialError
from strongroom.migrate import batches, report, statements
from strongroom.migrate.backend import Backend, Limits
from strongroom.migrate.files import SqlFile, SqlMigration
from strongroom.migrate.ledger import Step
from strongroom.migrate.script import ScriptError, run
from strongroom.migrate.statements import Statement
from strongroom.migrate.target import Connection

_INDEX = """
SELECT i.indisvalid, c.oid::regclass::text
FROM pg_catalog.pg_index AS i
JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid
WHERE c.oid = pg_catalog.to_regclass(%s)
"""
_ENUM = """
SELECT true, e.enumlabel
FROM pg_catalog.pg_enum AS e
WHERE e.enumtypid = pg_catalog.to_regtype(%s) AND e.enumlabel = %s
"""
_CHILD = """
SELECT NOT i.inhdetachpending, i.inhrelid::regclass::text
FROM pg_catalog.pg_inherits AS i
WHERE i.inhparent = pg_catalog.to_regclass(%s) AND i.inhrelid = pg_catalog.to_regclass(%s)
"""
_BEGUN = """
INSERT INTO strongroom.migrate_step (migration_id, direction, step, checksum, existed)
VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (migration_id, direction, step)
DO UPDATE SET checksum = excluded.checksum, started_at = pg_catalog.clock_timestamp()
"""
_FINISHED = """
UPDATE strongroom.migrate_step
SET finished_at = pg_catalog.clock_timestamp()
WHERE migration_id = %s AND direction = %s AND step = %s
"""


def run_steps(
    backend: Backend, migration: SqlMigration, file: SqlFile, done: Sequence[Step], direction: str
) -> None:
    """Run the statements that were not finished before; PartialError when one fails."""
    found = _statements(file)
    known = {step.number: step for step in done if step.direction == direction}
    for number, statement in enumerate(found, 1):
        step = known.get(number)
        if step and step.finished:
            backend.say(f"  {number}/{len(found)} was done before")
            continue
        if step and _happened(backend, statement, step):
            backend.say(f"  {number}/{len(found)} had succeeded before the runner was stopped")
        else:
            _begin(backend, migration, direction, number, statement)
            _execute(backend, migration, file, number, statement)
        with backend.work():
            backend.session.execute(_FINISHED, (migration.id, direction, number))
        backend.say(f"  {number}/{len(found)} ok")


def changed_steps(file: SqlFile, done: Sequence[Step]) -> int | None:
    """The number of the first executed statement that the file no longer has as it was."""
    found = _statements(file)
    for step in done:
        same = step.number <= len(found) and _checksum(found[step.number - 1]) == step.checksum
        if step.finished and not same:
            return step.number
    return None


def _statements(file: SqlFile) -> list[Statement]:
    found = statements.parse(file.text)
    return found if isinstance(found, list) else []


def _checksum(statement: Statement) -> str:
    return hashlib.sha256(statement.text.encode()).hexdigest()


def _begin(
    backend: Backend, migration: SqlMigration, direction: str, number: int, statement: Statement
) -> None:
    _drop_invalid_index(backend, statement)
    with backend.work():
        existed = _look(backend.session, statement) is not None
        backend.session.execute(
            _BEGUN, (migration.id, direction, number, _checksum(statement), existed)
        )


def _execute(
    backend: Backend, migration: SqlMigration, file: SqlFile, number: int, statement: Statement
) -> None:
    try:
        if file.headers.batch_size is not None:
            backend.say(f"  {batches.run(backend, file, number, statement):,} rows")
        else:
            _run_alone(backend, file, number, statement)
    except ScriptError as failure:
        raise PartialError(
            f"{migration.id} stopped at statement {number} of {len(_statements(file))}\n"
            + report.explain(file.name, file.text, failure.error, number - 1, base=statement.start)
            + f"\nstatements 1 to {number - 1} stay done" * (number > 1),
            hint="remove the cause and run the same command again: it resumes at this statement",
        ) from failure.error


def _run_alone(backend: Backend, file: SqlFile, number: int, statement: Statement) -> None:
    limits = Limits(lock_timeout="0", statement_timeout="0").of(file)
    text = _finalize(backend, statement) or statement.text
    with backend.outside_transaction(limits):
        for setting in _settings_before(file, number):
            run(backend.session, setting)
        run(backend.session, text)


def _settings_before(file: SqlFile, number: int) -> list[str]:
    """SET statements hold for the statements that follow, also in a session that resumes."""
    return [s.text for s in _statements(file)[: number - 1] if statements.is_setting(s)]


def _drop_invalid_index(backend: Backend, statement: Statement) -> None:
    """A failed CREATE INDEX CONCURRENTLY leaves an index that costs and is of no use."""
    name = statements.created_index(statement)
    if name is None:
        return
    with backend.work():
        row = _index(backend.session, _with_schema(statement, name))
    if row is None or row[0]:
        return
    backend.say(f"  dropping the invalid index {row[1]} of an earlier attempt")
    with backend.outside_transaction(Limits(lock_timeout="0", statement_timeout="0")):
        backend.session.execute(f"DROP INDEX CONCURRENTLY {row[1]}".encode())


def _happened(backend: Backend, statement: Statement, step: Step) -> bool:
    """Whether a statement that was begun had its effect."""
    with backend.work():
        now = _look(backend.session, statement)
    if statements.created_index(statement) or statements.added_enum_value(statement):
        return not step.existed and now is not None and now[0]
    if statements.dropped_index(statement) or statements.detached(statement):
        return step.existed and now is None
    return False


def _look(connection: Connection, statement: Statement) -> tuple[bool, str] | None:
    """(whether it is whole, its name) of what a statement makes or removes; None if not there."""
    if name := statements.created_index(statement):
        return _index(connection, _with_schema(statement, name))
    if name := statements.dropped_index(statement):
        return _index(connection, name)
    if value := statements.added_enum_value(statement):
        return connection.execute(_ENUM, value).fetchone()
    if child := statements.detached(statement):
        return connection.execute(_CHILD, child).fetchone()
    return None


def _with_schema(statement: Statement, name: tuple[str | None, str]) -> tuple[str | None, str]:
    return statement.tree.relation.schemaname, name[1]


def _index(connection: Connection, name: tuple[str | None, str]) -> tuple[bool, str] | None:
    written = sql.Identifier(*(part for part in name if part)).as_string(connection)
    return connection.execute(_INDEX, (written,)).fetchone()


def _finalize(backend: Backend, statement: Statement) -> str | None:
    """What completes a detach that was interrupted."""
    child = statements.detached(statement)
    if child is None:
        return None
    with backend.work():
        row = backend.session.execute(_CHILD, child).fetchone()
    if row is None or row[0]:
        return None
    return f"ALTER TABLE {child[0]} DETACH PARTITION {child[1]} FINALIZE"

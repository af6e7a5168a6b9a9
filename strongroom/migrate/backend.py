"""yoyo's backend for psycopg 3, with the file and its ledger rows in one transaction."""

from __future__ import annotations

import getpass
import os
import socket
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import psycopg
from psycopg import sql
from psycopg.pq import TransactionStatus
from yoyo import internalmigrations
from yoyo.backends.core.postgresql import PostgresqlPsycopgBackend
from yoyo.connections import DatabaseURI

from strongroom import __version__
from strongroom.migrate import ledger, script
from strongroom.migrate.failure import MigrationError
from strongroom.migrate.files import SqlFile, SqlMigration
from strongroom.migrate.report import Say
from strongroom.migrate.routines import Touched
from strongroom.migrate.target import Connection, Target

_NO_URI = DatabaseURI("postgresql+psycopg", None, None, None, None, None, {})
_RESET = (
    "RESET SESSION AUTHORIZATION; RESET ROLE; RESET ALL; CLOSE ALL; UNLISTEN *; "
    "DISCARD TEMP; DISCARD SEQUENCES; DISCARD PLANS"
)
_RECORD_FILE = """
INSERT INTO strongroom.migrate_file
    (migration_id, checksum, rollback_checksum, run_id, duration, objects, source_version)
SELECT %(id)s, %(checksum)s, %(undo)s, %(run)s,
    pg_catalog.clock_timestamp() - pg_catalog.transaction_timestamp(), %(objects)s::text[],
    CASE
        WHEN %(objects)s::text[] IS NOT NULL
        THEN (SELECT coalesce(max(s.version_id), 0) FROM strongroom.migrate_source AS s)
    END
"""
_RECORD_SOURCE = """
INSERT INTO strongroom.migrate_source (kind, path, checksum, source, objects, run_id)
VALUES (%s, %s, %s, %s, %s, %s)
"""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a transaction may wait and work; PostgreSQL intervals, '0' for no limit."""

    lock_timeout: str = "2s"
    statement_timeout: str = "15min"
    idle_timeout: str = "1min"

    def of(self, file: SqlFile) -> Limits:
        """The limits of a file, which may set its own in its headers."""
        said = file.headers
        return Limits(
            said.lock_timeout or self.lock_timeout,
            said.statement_timeout or self.statement_timeout,
            self.idle_timeout,
        )


class Backend(PostgresqlPsycopgBackend):  # type: ignore[misc] # yoyo has no types
    """Applies and rolls back one migration at a time, atomically, as the owner's role.

    Constructed directly: yoyo's get_backend() creates and drops a table on every start. The deploy
    lock is taken by our own command, so yoyo's row in `yoyo_lock` is never written.
    """

    schema = ledger.SCHEMA

    def __init__(self, target: Target, say: Say, search_path: tuple[str, ...] = ()) -> None:
        self.target = target
        self.say = say
        self.project_path = search_path or ("public",)
        self.limits = Limits()
        self.run_id = 0
        super().__init__(_NO_URI, ledger.YOYO_TABLE)

    @property
    def session(self) -> Connection:
        """The connection, typed."""
        found: Connection = self.connection
        return found

    def connect(self, dburi: object) -> Connection:
        connection = self.target.connect("strongroom migrate")
        connection.add_notice_handler(self._notice)
        return connection

    def init_connection(self, connection: object) -> None:
        """Nothing: every transaction sets its own search_path."""

    def get_applied_migration_hashes(self) -> list[str]:
        """yoyo's question, answered in the ledger's schema as the owner."""
        with self.work():
            self.to_ledger()
            found: list[str] = super().get_applied_migration_hashes()
            return found

    def list_tables(self, **_: object) -> list[str]:
        query = "SELECT tablename FROM pg_catalog.pg_tables WHERE schemaname = %s"
        return [row[0] for row in self.session.execute(query, (self.schema,))]

    @contextmanager
    def lock(self, timeout: float = 10) -> Iterator[None]:
        """Already ours: see strongroom.migrate.lock."""
        yield

    def ensure_internal_schema_updated(self) -> None:
        """Done by create_ledger(), inside its transaction."""

    @contextmanager
    def work(self, limits: Limits | None = None, *, as_owner: bool = True) -> Iterator[None]:
        """A transaction as the owner, with limits, that ends committed or leaves nothing."""
        settings = self._settings(limits or self.limits, local=True)
        begin = [sql.SQL("BEGIN"), *(settings if as_owner else settings[1:])]
        try:
            self.session.execute(sql.SQL("; ").join(begin))
            self._in_transaction = True
            yield
            self.session.execute("COMMIT")
        except BaseException:
            self._tidy("ROLLBACK")
            raise
        finally:
            self._in_transaction = False
            self._tidy(_RESET)

    @contextmanager
    def outside_transaction(self, limits: Limits) -> Iterator[None]:
        """Statement by statement as the owner, with limits, each committing by itself."""
        try:
            for command in self._settings(limits, local=False):
                self.session.execute(command)
            yield
        finally:
            self._tidy(_RESET)

    def run_file(self, text: str) -> None:
        """Run a text inside work(); ScriptError when a statement of it fails."""
        script.run(self.session, text)
        if self.session.info.transaction_status != TransactionStatus.INTRANS:
            raise MigrationError("the file ended the transaction of the runner")

    def to_ledger(self) -> None:
        """Become the owner again, whatever a file left set, and look into the ledger's schema."""
        self._become((ledger.SCHEMA,))

    def to_project(self) -> None:
        """Become the owner again and look where files expect to."""
        self._become(self.project_path)

    def create_ledger(self) -> None:
        """Make yoyo's tables and ours, where they are missing."""
        with self.work():
            if not ledger.has_schema(self.session, ledger.SCHEMA):
                self.session.execute("CREATE SCHEMA strongroom")
                self.session.execute(
                    "COMMENT ON SCHEMA strongroom IS 'What was applied to this database, and when.'"
                )
            self.to_ledger()
            self.create_lock_table()
            if internalmigrations.needs_upgrading(self):
                internalmigrations.upgrade(self)
            for file in ledger.DDL[ledger.version(self.session) :]:
                self.session.execute(file.read_bytes())

    def begin_run(self, operation: str, commit: str | None) -> None:
        """Record that a command begins to change this database."""
        with self.work():
            self.run_id = self.insert_run(operation, commit)

    def insert_run(self, operation: str, commit: str | None) -> int:
        """A row of migrate_run, inside a transaction; its id."""
        row = self.session.execute(
            "INSERT INTO strongroom.migrate_run (operation, started_by, tool_version, "
            "source_commit) VALUES (%s, session_user, %s, %s) RETURNING run_id",
            (operation, __version__, commit),
        ).fetchone()
        assert row is not None
        return int(row[0])

    def apply_one(
        self,
        migration: SqlMigration,
        force: bool = False,
        mark: bool = True,
        *,
        prepare: Callable[[], object] = lambda: None,
    ) -> None:
        """Run a transactional migration and record it, or leave no trace of it.

        prepare     done before it, in its transaction
        """
        with self.work(self.limits.of(migration.forward)):
            prepare()
            touched = Touched(self.session)
            self.run_file(migration.forward.text)
            self.record(migration, touched.now())

    def rollback_one(self, migration: SqlMigration, force: bool = False) -> None:
        """Undo a migration and forget it, or leave no trace of the attempt."""
        with self.work(self.limits.of(migration.rollback)):
            self.run_file(migration.rollback.text)
            self.forget(migration)

    def record(
        self,
        migration: SqlMigration,
        touched: Sequence[str] | None,
        operation: str = "apply",
    ) -> None:
        """The ledger rows of a migration, inside its transaction.

        touched     functions and triggers that it made, replaced or dropped; None: nobody looked
        """
        self.to_ledger()
        self.log_migration(migration, operation)
        self.mark_one(migration, log=False)
        self._record_content(migration, touched)
        self._drop_steps(migration)

    def trust(self, migrations: Sequence[SqlMigration]) -> None:
        """Record the content of what stock yoyo applied: from now on an edit is noticed."""
        with self.work():
            for migration in migrations:
                self._record_content(migration, None)

    def forget(self, migration: SqlMigration) -> None:
        """Remove the ledger rows of a migration; yoyo's log keeps that it was there."""
        self.to_ledger()
        self.log_migration(migration, "rollback")
        self.unmark_one(migration, log=False)
        self.session.execute(
            "DELETE FROM strongroom.migrate_file WHERE migration_id = %s", (migration.id,)
        )
        self._drop_steps(migration)

    def record_source(
        self, kind: str, path: str, checksum: str, text: str, objects: list[str]
    ) -> None:
        """A new version of a repeatable file, inside its transaction."""
        self.session.execute(_RECORD_SOURCE, (kind, path, checksum, text, objects, self.run_id))

    def name_session(self, what: str) -> None:
        """Show other sessions what runs here."""
        self.session.execute(
            "SELECT pg_catalog.set_config('application_name', %s, false)",
            (f"strongroom migrate: {what}"[:63],),
        )

    def get_log_data(self, migration: Any = None, operation: str = "apply") -> dict[str, Any]:
        """What yoyo logs, without a look-up of the host's full name, which may take long."""
        try:
            user = getpass.getuser()
        except (KeyError, OSError):
            user = str(os.getuid())
        return {
            "id": str(uuid.uuid4()),
            "migration_id": migration.id if migration else None,
            "migration_hash": migration.hash if migration else None,
            "username": user,
            "hostname": socket.gethostname(),
            "created_at_utc": datetime.now(UTC).replace(tzinfo=None),
            "operation": operation,
        }

    def _tidy(self, commands: str) -> None:
        """Leave the session as it was; one that is broken needs no tidying."""
        with suppress(psycopg.Error):
            self.session.execute(commands.encode())

    def _settings(self, limits: Limits, *, local: bool) -> list[sql.Composed]:
        values = {
            "lock_timeout": limits.lock_timeout,
            "statement_timeout": limits.statement_timeout,
            "idle_in_transaction_session_timeout": limits.idle_timeout,
        }
        scope = sql.SQL("LOCAL" if local else "SESSION")
        return [
            self._as_owner(scope),
            *(
                sql.SQL("SET {} {} = {}").format(scope, sql.Identifier(name), sql.Literal(value))
                for name, value in values.items()
            ),
            sql.SQL("SET {} search_path = {}").format(scope, self._path(self.project_path)),
        ]

    def _become(self, search_path: tuple[str, ...]) -> None:
        scope = sql.SQL("LOCAL")
        path = sql.SQL("SET LOCAL search_path = {}").format(self._path(search_path))
        reset = sql.SQL("RESET SESSION AUTHORIZATION")
        self.session.execute(sql.SQL("; ").join([reset, self._as_owner(scope), path]))

    def _as_owner(self, scope: sql.SQL) -> sql.Composed:
        if self.target.owner is None:
            return sql.SQL("RESET ROLE").format()
        return sql.SQL("SET {} ROLE {}").format(scope, sql.Identifier(self.target.owner))

    @staticmethod
    def _path(names: tuple[str, ...]) -> sql.Composed:
        return sql.SQL(", ").join(sql.Identifier(name) for name in names)

    def _record_content(self, migration: SqlMigration, touched: Sequence[str] | None) -> None:
        undo = migration.rollback
        values = {
            "id": migration.id,
            "checksum": migration.forward.checksum,
            "undo": undo.checksum if undo.path.is_file() else None,
            "run": self.run_id,
            "objects": None if touched is None else list(touched),
        }
        self.session.execute(_RECORD_FILE, values)

    def _drop_steps(self, migration: SqlMigration) -> None:
        self.session.execute(
            "DELETE FROM strongroom.migrate_step WHERE migration_id = %s", (migration.id,)
        )

    def _notice(self, diagnostic: Any) -> None:
        for line in (diagnostic.message_primary or "").splitlines():
            self.say(f"  {(diagnostic.severity or 'NOTICE').lower()}: {line}")

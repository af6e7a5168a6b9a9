"""Rotation of keys: data keys are wrapped anew, or rows are sealed anew under new data keys.

Everything that a rotation knows is in the database, so one that was killed is begun again and goes
on. Readers and writers are not stopped: batches lock rows that nobody else has locked, and what
programs still have in their keyrings stays valid for the time of grace.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.rows import class_row

from strongroom.errors import LockError, StrongroomError, UsageError
from strongroom.sealing.errors import MissingKey, WrongKey
from strongroom.sealing.keyring import MAX_AGE, Keyring, WrappedKey
from strongroom.sealing.outcome import Left, Plan, Rotated, refuse_leftovers
from strongroom.sealing.resealing import Resealing
from strongroom.sealing.tables import OWNER, Connection, SealedTable, Walk, sealed_tables

Say = Callable[[str], None]

BATCH = 2_000
GRACE = MAX_AGE + 5
_WAIT = 0.2
_PATIENCE = 60.0
_RETRIED = (
    psycopg.errors.LockNotAvailable,
    psycopg.errors.DeadlockDetected,
    psycopg.errors.SerializationFailure,
)


class Rotation:
    """A rotation of the keys of one purpose. `grace`: how long programs remember keys, seconds."""

    def __init__(
        self,
        connection: Connection,
        ring: Keyring,
        app: str,
        purpose: str,
        *,
        kind: str | None = None,
        reencrypt: bool = False,
        batch: int = BATCH,
        grace: float = GRACE,
        say: Say = lambda text: None,
    ) -> None:
        self.connection = connection
        self.ring = ring
        self.app, self.purpose = app, purpose
        self.reencrypt = reencrypt
        self.batch, self.grace = batch, grace
        self.say = say
        self._wanted_kind = kind
        self._unopened: dict[str, Left] = {}
        self._broken: set[int] = set()

    def plan(self) -> Plan:
        """What is to be done; changes nothing. Raises UsageError where there is no key to go to."""
        keys = self._registered()
        kinds = {row["kind"] for row in keys}
        if self._wanted_kind is not None and kinds - {self._wanted_kind}:
            raise UsageError(f"keys of {self.app}.{self.purpose} are of kind {', '.join(kinds)}")
        kind = next(iter(kinds), None) or self._wanted_kind or "seal"
        version = max((row["version"] for row in keys), default=0) + 1
        key_id = f"{self.app}.{self.purpose}.{version}"
        states = {row["state"]: row["id"] for row in keys}
        active = states.get("active")
        retiring = tuple(row["id"] for row in keys if row["state"] == "retiring")
        try:
            self.ring.provider.fingerprint(key_id)
            is_new = True
        except MissingKey as missing:
            is_new = False
            if "coming" in states:
                active = states["coming"]
            elif active is None or not retiring:
                raise UsageError(
                    f"there is no key to rotate to: {missing}",
                    hint=f"make one: strongroom keys new {self.app} {self.purpose} --file KEYS",
                ) from None
            key_id = str(active)
        going = () if active is None or key_id == active else (active,)
        old = (*retiring, *going)
        with self._as_owner():
            counts = self._row(
                "SELECT count(*) FROM kernel.subject_key WHERE encryption_key_id = ANY (%s)"
                " AND closed_at IS NULL",
                [list(old)],
            )
            fields = sum(self._count_fields(walk) for walk in self._walks(kind))
        return Plan(key_id, kind, is_new, old, counts[0], fields)

    def run(self, plan: Plan) -> Rotated:
        """Do it. Raises UsageError, LockError, StrongroomError, SealingError.

        A value that does not open stops nothing: the rest is done, and at its end an error says
        what is left, with the whole `Rotated` as its answer.
        """
        done = Rotated(plan.key, plan.kind)
        fingerprint = self.ring.provider.fingerprint(plan.key)
        query = "SELECT kernel.register_encryption_key(%s, %s, %s)"
        done.registered = self._row(query, [plan.key, plan.kind, fingerprint])[0]
        self.ring.check(plan.key, fingerprint)
        if done.registered:
            self.say(f"{plan.key} is registered")
        self._activate(plan.key)
        if plan.kind == "seal":
            if self.reencrypt:
                done.replaced = self._move_keys(plan.key, replace=True)
            if self._is_resealing():
                self._reseal(done)
                self._close(done)
            # Also what an earlier rotation has not come to the end of.
            done.rewrapped = self._move_keys(plan.key, replace=False)
        elif plan.kind == "index":
            self._reseal(done)
        self._prove(done)
        return done

    def _activate(self, key_id: str) -> None:
        """Let programs write under a key when all of them know it."""
        state, age = self._row(
            "SELECT e.state, extract(epoch FROM now() - e.registered_at)::float"
            " FROM kernel.encryption_key AS e WHERE e.id = %s",
            [key_id],
        )
        if state == "coming":
            self._give_grace(age, f"know {key_id}")
            self._row("SELECT kernel.activate_encryption_key(%s)", [key_id])

    def _give_grace(self, age: float | None, what: str) -> None:
        if age is not None and age < self.grace:
            self.say(f"waiting {self.grace - age:.0f} s for programs to {what}")
            time.sleep(self.grace - age)

    def _move_keys(self, key_id: str, *, replace: bool) -> int:
        moved = 0
        word = "replaced" if replace else "wrapped anew"
        while rows := self._keys_to_move(live=replace):
            active = self._active(key_id)
            wanted = [
                WrappedKey(None, row.app, row.subject, row.purpose, key_id, active, None)
                for row in rows
            ]
            if replace:
                ids = [row.id for row in rows]
                new = [self.ring.make(one) for one in wanted]
                query = "SELECT kernel.replace_data_keys(%s, %s::bigint[], %s::bytea[])"
                count = self._row(query, [key_id, ids, new])[0]
            else:
                whole = [
                    (row.id, row.wrapped, wrapped)
                    for row, one in zip(rows, wanted, strict=True)
                    if (wrapped := self._rewrapped(row, one)) is not None
                ]
                if not whole:
                    continue
                ids, old, new = (list(column) for column in zip(*whole, strict=True))
                query = "SELECT kernel.rewrap_data_keys(%s, %s::bigint[], %s::bytea[], %s::bytea[])"
                count = self._row(query, [key_id, ids, old, new])[0]
            moved += count
            self.say(f"{moved:,} data keys {word}")
        return moved

    def _rewrapped(self, row: WrappedKey, wanted: WrappedKey) -> bytes | None:
        """A data key wrapped anew; None for one that was changed, which stays as it is."""
        assert row.id is not None
        self.ring.check(row.encryption_key_id, row.fingerprint)
        try:
            return self.ring.rewrap(row, wanted)
        except WrongKey as error:
            # The new master key may be the wrong one, too.
            self.ring.check(wanted.encryption_key_id, wanted.fingerprint)
            self._broken.add(row.id)
            self.say(f"data key {row.id} is left: {error}")
            return None

    def _is_resealing(self) -> bool:
        query = (
            "SELECT EXISTS (SELECT FROM kernel.subject_key AS k WHERE k.app = %(app)s"
            " AND k.purpose = %(purpose)s AND k.replaced_at IS NOT NULL AND k.closed_at IS NULL)"
            " OR EXISTS (SELECT FROM kernel.rows_under_keys(%(app)s, %(purpose)s) AS r"
            " WHERE r.row_count > 0)"
        )
        with self._as_owner():
            found: bool = self._row(query, {"app": self.app, "purpose": self.purpose})[0]
        return found

    def _reseal(self, done: Rotated) -> None:
        """Walk all tables until nothing is left on old keys, before and after the time of grace."""
        # Once: programs still write under the old keys, and would be run after for ever.
        with self._as_owner():
            walks = self._walks(done.kind)
        for walk in walks:
            self._walk_table(walk, done)
        query = (
            "SELECT extract(epoch FROM now() - greatest("
            "(SELECT max(k.replaced_at) FROM kernel.subject_key AS k"
            " WHERE k.app = %(app)s AND k.purpose = %(purpose)s AND k.closed_at IS NULL),"
            "(SELECT max(e.retiring_at) FROM kernel.encryption_key AS e"
            " WHERE e.app = %(app)s AND e.purpose = %(purpose)s AND e.state = 'retiring')"
            "))::float"
        )
        with self._as_owner():
            since = self._row(query, {"app": self.app, "purpose": self.purpose})[0]
        self._give_grace(since, "forget the old keys")
        self._walk(done)

    def _close(self, done: Rotated) -> None:
        deadline = time.monotonic() + _PATIENCE
        while left := self._row("SELECT kernel.close_data_keys(%s, %s)", [self.app, self.purpose])[
            0
        ]:
            self._be_patient(deadline, f"{left} data keys are in use")
        self._walk(done)

    def _walk(self, done: Rotated) -> None:
        """Walk until a whole round of every table has found nothing."""
        deadline = time.monotonic() + _PATIENCE
        with self._as_owner():
            walks = self._walks(done.kind)
        while True:
            sealed = 0
            for walk in walks:
                sealed += self._walk_table(walk, done)
            if not sealed:
                with self._as_owner():
                    if not any(self._is_left(walk) for walk in walks):
                        return
                self._be_patient(deadline, "rows on the old key are locked")
            else:
                deadline = time.monotonic() + _PATIENCE

    def _walk_table(self, walk: Walk, done: Rotated) -> int:
        after: tuple[Any, ...] | None = None
        keys = len(walk.table.key)
        unopened = self._unopened[walk.table.shown] = Left()
        count = 0
        tries = 0
        while True:
            try:
                with self._as_owner():
                    rows = walk.batch(self.connection, after, self.batch)
                    if rows:
                        work = Resealing(self.connection, self.ring, self.app, walk)
                        written, fields = work.seal(rows)
                        if written:
                            walk.write_back(self.connection, written)
            except _RETRIED as error:
                tries += 1
                if tries > 5:
                    raise LockError(f"{walk.table.shown}: {error.diag.message_primary}") from error
                time.sleep(_WAIT * tries)
                continue
            tries = 0
            if not rows:
                return count
            after = rows[-1][:keys]
            unopened.add(work.unopened)
            count += fields
            done.fields += fields
            self.say(f"{walk.table.shown}: {done.fields:,} fields sealed anew")

    def _walks(self, kind: str) -> list[Walk]:
        version = None
        if kind == "index":
            version = next(
                (
                    row["version"].to_bytes(2, "big")
                    for row in self._registered()
                    if row["state"] == "active"
                ),
                b"",
            )
        walks = []
        for table in sealed_tables(self.connection, self.app):
            columns = table.of_purpose(self.purpose)
            if not columns or kind == "pseudonym":
                continue
            self._require_fit(table)
            names = tuple(column.name for column in columns)
            sources = tuple(column.source for column in columns if column.source is not None)
            walks.append(Walk(table, names + sources, names, version))
        return walks

    def _require_fit(self, table: SealedTable) -> None:
        if not table.is_guarded and (self.reencrypt or table.of_purpose(self.purpose)):
            raise UsageError(
                f"{table.shown} has sealed columns and no guard",
                hint=f"SELECT kernel.guard_sealed('{table.shown}') in a migration",
            )

    def _count_fields(self, walk: Walk) -> int:
        rows = self.connection.execute(
            "SELECT r.row_count FROM kernel.rows_under_keys(%s, %s) AS r"
            " WHERE r.relation = %s::regclass",
            [self.app, self.purpose, walk.table.shown],
        )
        return sum(count for (count,) in rows)

    def _is_left(self, walk: Walk) -> bool:
        """Whether something is under old keys that the last walk has not seen."""
        return self._count_fields(walk) > self._unopened[walk.table.shown].count

    def _prove(self, done: Rotated) -> None:
        query = (
            "SELECT r.relation::text || '.' || r.column_name, coalesce(r.row_count, -1)"
            " FROM kernel.{}(%s, %s) AS r"
        )
        places = (self.app, self.purpose)
        rows = self.connection.execute(query.format("rows_under_keys").encode(), places)
        done.left = dict(rows.fetchall())
        rows = self.connection.execute(query.format("rows_under_keys_elsewhere").encode(), places)
        done.elsewhere = {name: count for name, count in rows.fetchall() if count}
        done.data_keys_left = len(self._keys_to_move(live=False))
        done.unopened_count = sum(left.count for left in self._unopened.values())
        done.unopened = [one for left in self._unopened.values() for one in left.listed]
        done.broken_data_keys = sorted(self._broken)
        refuse_leftovers(done, f"{self.app}.{self.purpose}")

    def _keys_to_move(self, *, live: bool) -> list[WrappedKey]:
        cursor = self.connection.cursor(row_factory=class_row(WrappedKey))
        query = "SELECT * FROM kernel.data_keys_to_move(%s, %s, %s, %s)"
        limit = self.batch + len(self._broken)
        found = cursor.execute(query, [self.app, self.purpose, live, limit]).fetchall()
        return [key for key in found if key.id not in self._broken or live]

    def _active(self, key_id: str) -> bytes:
        for row in self._registered():
            if row["id"] == key_id and row["state"] == "active":
                found: bytes = row["fingerprint"]
                return found
        raise StrongroomError(
            f"{key_id} is not the active key any more",
            hint="another rotation has begun: look at it",
        )

    def _registered(self) -> list[dict[str, Any]]:
        cursor = self.connection.execute(
            "SELECT e.id, e.version, e.kind, e.state, e.fingerprint FROM kernel.encryption_key AS e"
            " WHERE e.app = %s AND e.purpose = %s ORDER BY e.version",
            [self.app, self.purpose],
        )
        assert cursor.description is not None
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor]

    def _row(self, query: str, params: Any) -> tuple[Any, ...]:
        row: tuple[Any, ...] | None = self.connection.execute(query.encode(), params).fetchone()
        assert row is not None
        return row

    @contextmanager
    def _as_owner(self) -> Iterator[None]:
        with self.connection.transaction():
            self.connection.execute(f"SET LOCAL ROLE {OWNER}")
            self.connection.execute("SET LOCAL search_path = pg_catalog")
            yield

    def _be_patient(self, deadline: float, why: str) -> None:
        if time.monotonic() > deadline:
            raise LockError(why, hint="end the transactions that hold them, and run this again")
        time.sleep(_WAIT)

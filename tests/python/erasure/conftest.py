"""People of an app who are to be erased, and the loop that does it."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest

from strongroom.subject.eraser import Erased, erase
from tests.python.fix_databases import Connection, Database

KEY_ID = "probe.people.1"

# A thread of posts by one person, links round in a circle, rows of two people, partitions, a JSON
# document, an audited table, and names that need quotes.
APP = """
CREATE SCHEMA probe AUTHORIZATION strongroom_owner;
SET ROLE strongroom_owner;
COMMENT ON SCHEMA probe IS E'An app.\n@app';
CREATE TABLE probe.users (
    id bigint PRIMARY KEY, name text, favourite bigint, erased_at timestamptz
);
CREATE TABLE probe.posts (
    user_id bigint REFERENCES probe.users (id) ON DELETE CASCADE, id bigint, body text,
    answers bigint, PRIMARY KEY (user_id, id),
    FOREIGN KEY (user_id, answers) REFERENCES probe.posts (user_id, id)
);
CREATE TABLE probe.likes (
    user_id bigint REFERENCES probe.users (id), author bigint, post bigint,
    PRIMARY KEY (user_id, author, post),
    FOREIGN KEY (author, post) REFERENCES probe.posts (user_id, id)
);
CREATE TABLE probe.letters (
    id bigint PRIMARY KEY, sender bigint, recipient bigint, body text, sent_at timestamptz
);
CREATE TABLE probe."no""tes;--" (
    user_id bigint, "at ;" timestamptz, "doc ü" jsonb, PRIMARY KEY (user_id, "at ;")
) PARTITION BY RANGE ("at ;");
CREATE TABLE probe.notes_1 PARTITION OF probe."no""tes;--"
FOR VALUES FROM ('2020-01-01') TO ('2030-01-01');
CREATE TABLE probe.payments (
    user_id bigint, id bigint, amount integer, PRIMARY KEY (user_id, id)
);
COMMENT ON COLUMN probe.users.id IS E'The person.\n@internal\n@subject';
COMMENT ON COLUMN probe.users.name IS
E'The name.\n@personal identifier\n@erase mask ''gone '' || id';
COMMENT ON COLUMN probe.users.favourite IS E'A post.\n@internal';
COMMENT ON COLUMN probe.users.erased_at IS E'When.\n@internal';
COMMENT ON COLUMN probe.posts.user_id IS E'Who.\n@internal';
COMMENT ON COLUMN probe.posts.id IS E'Number.\n@internal';
COMMENT ON COLUMN probe.posts.body IS E'Words.\n@personal content\n@erase delete';
COMMENT ON COLUMN probe.posts.answers IS E'Which.\n@internal';
COMMENT ON COLUMN probe.likes.user_id IS E'Who.\n@internal';
COMMENT ON COLUMN probe.likes.author IS E'Whose.\n@internal';
COMMENT ON COLUMN probe.likes.post IS E'Which.\n@internal';
COMMENT ON COLUMN probe.letters.id IS E'Number.\n@internal';
COMMENT ON COLUMN probe.letters.sender IS E'From.\n@personal identifier\n@erase null\n@subject';
COMMENT ON COLUMN probe.letters.recipient IS E'To.\n@personal identifier\n@erase null\n@subject';
COMMENT ON COLUMN probe.letters.body IS
E'Words.\n@personal content\n@erase mask CASE WHEN sender::text = $1 THEN NULL ELSE body END';
COMMENT ON COLUMN probe.letters.sent_at IS E'When.\n@internal';
COMMENT ON COLUMN probe."no""tes;--".user_id IS E'Who.\n@internal';
COMMENT ON COLUMN probe."no""tes;--"."at ;" IS E'When.\n@internal';
COMMENT ON COLUMN probe."no""tes;--"."doc ü" IS E'Words.\n@personal content\n@erase delete';
COMMENT ON COLUMN probe.payments.user_id IS E'Who.\n@internal';
COMMENT ON COLUMN probe.payments.id IS E'Number.\n@internal';
COMMENT ON COLUMN probe.payments.amount IS
E'How much.\n@personal payment\n@erase keep the tax office wants it';
DO $do$
DECLARE v_table regclass;
BEGIN
    FOR v_table IN SELECT oid::regclass FROM pg_class
        WHERE relnamespace = 'probe'::regnamespace AND relkind IN ('r', 'p')
    LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', v_table);
        EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', v_table);
        EXECUTE format(
            'CREATE POLICY all_owner ON %s TO strongroom_owner USING (true) WITH CHECK (true)',
            v_table
        );
    END LOOP;
END;
$do$;
SELECT kernel.enable_audit('probe.posts');
RESET ROLE;
"""
_FILL = """
INSERT INTO probe.users SELECT p, 'name of ' || p FROM generate_series(1, 4) AS p;
INSERT INTO probe.posts
SELECT p, n, format('post %s of %s', n, p), nullif(n - 1, 0)
FROM generate_series(1, 4) AS p, generate_series(1, {count}) AS n;
INSERT INTO probe.likes
SELECT p, p, n FROM generate_series(1, 4) AS p, generate_series(1, 3) AS n;
INSERT INTO probe.letters
SELECT p * 10 + q, p, q, format('letter of %s to %s', p, q), now()
FROM generate_series(1, 4) AS p, generate_series(1, 4) AS q WHERE p <> q;
INSERT INTO probe."no""tes;--"
SELECT p, timestamptz '2025-01-01' + n * interval '1 min', jsonb_build_object('note', p)
FROM generate_series(1, 4) AS p, generate_series(1, {count}) AS n;
INSERT INTO probe.payments
SELECT p, n, n FROM generate_series(1, 4) AS p, generate_series(1, 5) AS n;
"""
OTHERS = """
SELECT jsonb_build_object(
    'users', (SELECT jsonb_agg(t ORDER BY t.id) FROM probe.users AS t WHERE t.id <> %(p)s),
    'posts', (SELECT jsonb_agg(t ORDER BY t) FROM probe.posts AS t WHERE t.user_id <> %(p)s),
    'likes', (SELECT jsonb_agg(t ORDER BY t) FROM probe.likes AS t WHERE t.user_id <> %(p)s),
    'notes', (SELECT jsonb_agg(t ORDER BY t) FROM probe."no""tes;--" AS t WHERE t.user_id <> %(p)s),
    'letters', (SELECT jsonb_agg(t ORDER BY t) FROM probe.letters AS t
        WHERE %(p)s <> ALL (ARRAY[t.sender, t.recipient])),
    'received', (SELECT jsonb_agg(t.body ORDER BY t.id) FROM probe.letters AS t
        WHERE t.recipient = %(p)s OR t.id % 10 = %(p)s),
    'payments', (SELECT jsonb_agg(t ORDER BY t) FROM probe.payments AS t)
)
"""


class Keys:
    """A key that is not in the database."""

    def mac(self, key_id: str, data: bytes) -> bytes:
        return hmac.digest(key_id.encode(), data, hashlib.sha256)


@dataclass(frozen=True, slots=True)
class House:
    """An app of four people, and what tests do to it again and again."""

    database: Database
    admin: Connection
    said: list[str] = field(default_factory=list)

    def runner(self, *, autocommit: bool = True) -> Connection:
        return self.database.connect("strongroom_runner", autocommit=autocommit)

    def query(self, text: str, *values: object) -> list[Any]:
        return self.admin.execute(text.encode(), values or None).fetchall()

    def value(self, text: str, *values: object) -> Any:
        return self.query(text, *values)[0][0]

    def approved(self, person: int, app: str = "probe") -> UUID:
        """An erasure of a person that may be run."""
        request = self.value("SELECT kernel.open_request(%s, %s, 'erasure')", app, str(person))
        self.admin.execute("SELECT kernel.approve_request(%s)", (request,))
        return UUID(str(request))

    def erase(
        self,
        request: UUID,
        *,
        connection: Connection | None = None,
        limit: int = 50,
        may_go_on: Callable[[], bool] = lambda: True,
    ) -> Erased:
        runner = connection or self.runner()
        return erase(
            runner, request, Keys(), KEY_ID, self.said.append, limit=limit, may_go_on=may_go_on
        )

    def others(self, person: int) -> Any:
        """All that is not this person's, and what must stay although it is."""
        return self.admin.execute(
            OTHERS.replace("% 10", "%% 10").encode(), {"p": person}
        ).fetchone()

    def left(self, person: int) -> dict[str, int]:
        """What is left of a person that should be gone."""
        rows = self.query(
            "SELECT relation::text, row_count FROM kernel.erasure_pending('probe', %s)"
            " WHERE action <> 'keep' AND row_count > 0",
            str(person),
        )
        return dict(rows)

    def state(self, request: UUID) -> str:
        return str(self.value("SELECT state FROM kernel.subject_request WHERE id = %s", request))

    def check(self, request: UUID, person: int) -> None:
        """Nothing half done is called done, and nothing done is without its evidence."""
        state = self.state(request)
        evidence = self.value("SELECT count(*) FROM kernel.erasure_evidence WHERE id = %s", request)
        ledger = self.value("SELECT count(*) FROM kernel.erasure_ledger WHERE act = %s", request)
        assert (evidence, ledger) == ((1, 1) if state == "done" else (0, 0))
        if state == "done":
            assert self.left(person) == {}
            assert self.query("SELECT FROM kernel.erasure_token") == []


def furnish(database: Database, *, count: int = 120) -> House:
    """Make the app in a database, with so many posts and notes a person."""
    admin = database.admin()
    admin.execute(APP.encode())
    admin.execute(_FILL.format(count=count).encode())
    return House(database, admin)


@pytest.fixture
def house(database: Database) -> House:
    """On each server."""
    return furnish(database)


@pytest.fixture
def any_house(any_database: Database) -> House:
    """On one server."""
    return furnish(any_database)

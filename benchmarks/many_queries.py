"""A project of 50 tables and 500 queries, the same at each run, for Strongroom and for sqlc.

Nothing is random: the shapes of tables and queries take turns, so that any two runs and any two
machines generate from the same bytes.
"""

from __future__ import annotations

from pathlib import Path

TABLES = 50
QUERIES_EACH = 10

_TABLE = """\
CREATE TABLE app.{table} (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    parent_id bigint REFERENCES app.{parent} (id),
    title text NOT NULL,
    note text,
    status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'closed', 'held')),
    amount numeric(12, 2) NOT NULL DEFAULT 0,
    score double precision,
    tags text[] NOT NULL DEFAULT '{{}}',
    details jsonb,
    created_at timestamptz NOT NULL DEFAULT now(),
    closed_at timestamptz
);
COMMENT ON TABLE app.{table} IS 'The {table} of the app.';
CREATE INDEX ON app.{table} (parent_id);
CREATE UNIQUE INDEX ON app.{table} (title) WHERE closed_at IS NULL;
"""
# <name> is a parameter, {table} the table, {parent} another one.
_QUERIES = """\
-- name: get_{table} :maybe
-- One of the {table}.
SELECT t.id, t.parent_id, t.title, t.note, t.status, t.amount, t.score, t.created_at
FROM app.{table} AS t
WHERE t.id = <id>;

-- name: list_{table} :many
-- The {table} of a status, newest first, with the title of what they belong to.
SELECT t.id, t.title, t.status, t.created_at, p.title AS parent_title, p.amount AS parent_amount
FROM app.{table} AS t
LEFT JOIN app.{parent} AS p ON p.id = t.parent_id
WHERE t.status = <status>
ORDER BY t.created_at DESC
LIMIT <count>;

-- name: add_{table} :one
INSERT INTO app.{table} (parent_id, title, note, amount, tags, details)
VALUES (<parent_id>, <title>, <note>, <amount>, <tags>, <details>)
RETURNING id, created_at;

-- name: close_{table} :{changed}
UPDATE app.{table}
SET status = 'closed', closed_at = now(), note = coalesce(<note>, note)
WHERE id = <id> AND status <> 'closed';

-- name: remove_{table} :{changed}
DELETE FROM app.{table} WHERE created_at < <before> AND status = 'closed';

-- name: totals_{table} :many
-- By status: how many, and how much.
SELECT t.status, count(*) AS number, sum(t.amount) AS total, max(t.closed_at) AS last_closed,
    avg(t.score) FILTER (WHERE t.score > 0) AS mean_score
FROM app.{table} AS t
WHERE t.created_at >= <since>
GROUP BY t.status
HAVING count(*) > 1
ORDER BY t.status;

-- name: rank_{table} :many
SELECT t.id, t.title, row_number() OVER (PARTITION BY t.status ORDER BY t.amount DESC) AS place,
    lag(t.amount) OVER (ORDER BY t.id) AS before
FROM app.{table} AS t
WHERE t.parent_id = <parent_id>;

-- name: tree_{table} :many
-- The {table} and those of {parent} that they belong to, by two levels.
WITH chosen AS (
    SELECT t.id, t.parent_id, t.title FROM app.{table} AS t WHERE t.amount > <least>
)
SELECT c.id, c.title, p.title AS parent_title, g.title AS grand_title,
    CASE WHEN p.id IS NULL THEN 'root' ELSE 'leaf' END AS kind
FROM chosen AS c
LEFT JOIN app.{parent} AS p ON p.id = c.parent_id
LEFT JOIN app.{grand} AS g ON g.id = p.parent_id
ORDER BY c.id;

-- name: search_{table} :many
SELECT t.id, t.title, t.tags, coalesce(t.note, '') AS note, length(t.title) AS width
FROM app.{table} AS t
WHERE (t.title ILIKE '%' || <text>::text || '%' OR <tag>::text = ANY (t.tags))
  AND EXISTS (SELECT 1 FROM app.{parent} AS p WHERE p.id = t.parent_id AND p.status = 'open')
ORDER BY t.title, t.id;

-- name: copy_{table} :many
INSERT INTO app.{table} (parent_id, title, amount)
SELECT t.parent_id, t.title || ' (copy)', t.amount FROM app.{table} AS t WHERE t.id = <id>
ON CONFLICT DO NOTHING
RETURNING id, title, amount;
"""
_SQLC = """\
version: "2"
sql:
  - engine: postgresql
    schema: schema
    queries: queries
    gen:
      {target}
"""
_SQLC_TARGETS = {
    "json": "json: {out: out, filename: model.json}",
    "go": "go: {out: out, package: app, sql_package: pgx/v5}",
}


def write_project(root: Path) -> None:
    """The project as Strongroom reads it."""
    files = {
        "pyproject.toml": '[project]\nname = "many"\nversion = "1"\n',
        "schema/app/schema.sql": "CREATE SCHEMA app;\n",
    }
    lines = ["\\ir app/schema.sql"]
    for name, text in _schema().items():
        files[f"schema/app/{name}.sql"] = text
        lines.append(f"\\ir app/{name}.sql")
    files["schema/install.sql"] = "\n".join(lines) + "\n"
    for name, text in _queries(":", "", "rowcount").items():
        files[f"queries/app/{name}.sql"] = text
    _write(root, files)


def write_sqlc_project(root: Path, target: str = "json") -> None:
    """The same as sqlc reads it; `target` is what it generates: json or go."""
    schema = {f"schema/{n:02}_{name}.sql": t for n, (name, t) in enumerate(_schema().items(), 1)}
    queries = _queries("sqlc.narg(", ")", "execrows")
    _write(
        root,
        {
            "sqlc.yaml": _SQLC.format(target=_SQLC_TARGETS[target]),
            "schema/00_schema.sql": "CREATE SCHEMA app;\n",
            **schema,
            # sqlc has no :maybe.
            **{f"queries/{k}.sql": t.replace(":maybe", ":one") for k, t in queries.items()},
        },
    )


def change_a_query(root: Path, number: int) -> None:
    """Change one query of the first file so that its SQL differs from the last time."""
    path = next(iter(sorted((root / "queries").rglob("*.sql"))))
    head, mark, tail = path.read_text("utf-8").partition("HAVING count(*) > ")
    path.write_text(f"{head}{mark}{number}{tail[tail.index(chr(10)) :]}", "utf-8")


def _tables() -> list[str]:
    nouns = ("orders", "items", "parcels", "people", "places", "events", "notes", "bills", "plans")
    return [f"{nouns[n % len(nouns)]}_{n:02}" for n in range(TABLES)]


def _schema() -> dict[str, str]:
    tables = _tables()
    return {
        table: _TABLE.format(table=table, parent=tables[max(0, n - 1)])
        for n, table in enumerate(tables)
    }


def _queries(before: str, after: str, changed: str) -> dict[str, str]:
    tables = _tables()
    texts = {}
    for n, table in enumerate(tables):
        parent, grand = tables[max(0, n - 1)], tables[max(0, n - 2)]
        text = _QUERIES.format(table=table, parent=parent, grand=grand, changed=changed)
        for name in _PARAMETERS:
            text = text.replace(f"<{name}>", f"{before}{name}{after}")
        texts[table] = text
    return texts


_PARAMETERS = (
    *("id", "status", "count", "parent_id", "title", "note", "amount", "tags", "details"),
    *("before", "since", "least", "text", "tag"),
)


def _write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")

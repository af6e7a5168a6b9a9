"""What the server said about SQL texts, kept between runs on one scratch database.

An answer is reused for the very same SQL text on the very same database: its system, its OID and
its name (a digest of the schema's SQL), asked by the same generator from the same server version.
Everything that is not the server's is worked out anew each time, so no edit can be missed. The
file lies in `.strongroom/`; whatever is wrong with it, it is left unread and written again.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import orjson
import psycopg

from strongroom.project import Project
from strongroom_codegen.catalog import Catalog
from strongroom_codegen.describe import Described, Refusal, ResultColumn, describe_all
from strongroom_codegen.fingerprint import generator_digest

Answers = dict[str, Described | Refusal]
_DATABASE = (
    "SELECT s.system_identifier::text, d.oid::text, d.datname,"
    " current_setting('server_version_num'), current_setting('search_path')"
    " FROM pg_catalog.pg_database AS d, pg_catalog.pg_control_system() AS s"
    " WHERE d.datname = current_database()"
)


def ask(
    project: Project,
    connection: psycopg.Connection[Any],
    catalog: Catalog,
    texts: Sequence[str],
    progress: Callable[[int], None] = lambda done: None,
    more: str = "",
) -> Answers:
    """The answer about each text, from the file or from the server.

    more    what tells the file of this server from that of the first one

    On a database that is dropped at the end of the run, nothing is kept.
    """
    if "DATABASE_URL" in os.environ:
        return describe_all(connection, catalog, texts, progress)
    path = project.state / "codegen" / f"answers{more}.json"
    identity = _identity(connection)
    kept = _read(path, identity)
    new = [text for text in texts if text not in kept]
    asked = describe_all(connection, catalog, new, progress) if new else {}
    found: Answers = {text: asked.get(text) or kept[text] for text in texts}
    if asked or len(kept) > len(found):
        _write(path, identity, found)
    return found


def _identity(connection: psycopg.Connection[Any]) -> list[str]:
    row = connection.execute(_DATABASE.encode()).fetchone()
    return [*(row or ()), generator_digest()]


def _read(path: Path, identity: list[str]) -> Answers:
    try:
        document = orjson.loads(path.read_bytes())
        if document["identity"] != identity:
            return {}
        return {
            text: Described(
                tuple(parameters),
                tuple(ResultColumn(name, oid) for name, oid in columns),
                query,
            )
            for text, (parameters, columns, query) in document["answers"].items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _write(path: Path, identity: list[str], answers: Answers) -> None:
    """All or nothing; a folder that can't be written costs the next run some time, no more."""
    kept = {
        text: [answer.parameters, [(c.name, c.type) for c in answer.columns], answer.query]
        for text, answer in answers.items()
        if not isinstance(answer, Refusal)
    }
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_bytes(orjson.dumps({"identity": identity, "answers": kept}))
        draft.replace(path)

"""What was found about queries, kept between runs on one scratch database.

What was found is used again for the very same query on the very same database: its system, its OID
and its name (a digest of the schema's SQL), asked by the same generator from the same server
version. The file lies in `.strongroom/`; whatever is wrong with it, it is left unread and written
again.
"""

from __future__ import annotations

import contextlib
import io
import os
import pickle
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import psycopg

from strongroom.project import Project
from strongroom_codegen.analyse import AnalysedQuery
from strongroom_codegen.diagnostics import Diagnostic
from strongroom_codegen.fingerprint import digest, generator_digest
from strongroom_codegen.parameters import PreparedQuery
from strongroom_codegen.source import Place

_DATABASE = (
    "SELECT s.system_identifier::text, d.oid::text, d.datname,"
    " current_setting('server_version_num'), current_setting('search_path')"
    " FROM pg_catalog.pg_database AS d, pg_catalog.pg_control_system() AS s"
    " WHERE d.datname = current_database()"
)
_FIELDS = tuple(field.name for field in fields(AnalysedQuery) if field.name != "prepared")


@dataclass(frozen=True, slots=True)
class Found:
    """What was found about a query: all of an AnalysedQuery but the query itself.

    None as `analysed` for one that can't be generated. Findings hold for the `place` of the query.
    """

    analysed: tuple[Any, ...] | None
    findings: tuple[Diagnostic, ...]
    place: Place

    def of(self, prepared: PreparedQuery) -> list[AnalysedQuery]:
        """The same about this query, if it can be generated."""
        return [] if self.analysed is None else [AnalysedQuery(prepared, *self.analysed)]

    def holds_for(self, prepared: PreparedQuery) -> bool:
        """Whether it is as good as new for a query of the same key, wherever that now stands."""
        return not self.findings or self.place == prepared.query.place


def found_about(
    prepared: PreparedQuery, analysed: AnalysedQuery | None, findings: list[Diagnostic]
) -> Found:
    """What is to be kept of a query."""
    values = None if analysed is None else tuple(getattr(analysed, name) for name in _FIELDS)
    return Found(values, tuple(findings), prepared.query.place)


def key_of(prepared: PreparedQuery) -> str:
    """A digest of all that a query says, where it stands left out."""
    query = prepared.query
    parts = [query.full_name, query.kind, *prepared.names, "", *prepared.optional, ""]
    parts += [f"{note.name} {note.allows_null} {note.default}" for note in query.notes]
    parts += [f"@{option.name} {option.argument}" for option in query.options]
    for variant in prepared.variants:
        parts += [variant.sql, variant.sent, variant.order, *variant.given, "", *variant.names, ""]
    return digest(parts)


class Kept:
    """The file of one server; of a database that is dropped at the end of the run there is none.

    more    what tells the file of this server from that of the first one
    """

    def __init__(
        self, project: Project, connection: psycopg.Connection[Any], more: str = ""
    ) -> None:
        self._path: Path | None = None
        self._identity: list[str] = []
        if "DATABASE_URL" not in os.environ:
            self._path = project.state / "codegen" / f"found{more}.pickle"
            row = connection.execute(_DATABASE.encode()).fetchone()
            self._identity = [*(row or ()), generator_digest()]

    def read(self) -> dict[str, Found]:
        """By the key of a query; nothing where the file is not of this database, or broken."""
        if self._path is None:
            return {}
        try:
            identity, found = unpickled(self._path.read_bytes())
        except (OSError, ValueError, TypeError):
            return {}
        return dict(found) if identity == self._identity else {}

    def write(self, found: dict[str, Found]) -> None:
        """All or nothing; a folder that can't be written costs the next run some time, no more."""
        if self._path is None:
            return
        draft = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        with contextlib.suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            draft.write_bytes(pickle.dumps((self._identity, found)))
            draft.replace(self._path)


def unpickled(data: bytes) -> Any:
    """What was pickled, of plain values and classes of the generator alone.

    Raises ValueError for anything else, such as bytes that would run something.
    """
    try:
        return _Unpickler(io.BytesIO(data)).load()
    except (pickle.UnpicklingError, EOFError, AttributeError, ImportError, IndexError) as error:
        raise ValueError(f"not what was pickled: {error}") from error


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if module.partition(".")[0] == __package__:
            found = super().find_class(module, name)
            if isinstance(found, type) and found.__module__ == module:
                return found
        raise pickle.UnpicklingError(f"{module}.{name}")

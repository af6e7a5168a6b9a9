"""Turn analysed queries into the model of the generated package."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Any

import psycopg

from strongroom.project import Project
from strongroom_codegen.analyse import AnalysedQuery
from strongroom_codegen.annotations import AnnotatedFile, AnnotatedQuery
from strongroom_codegen.api_files import is_of_functions, routine_parameters
from strongroom_codegen.app_types import AppTypes, read_app_types
from strongroom_codegen.catalog import Catalog
from strongroom_codegen.compose_columns import compose_columns
from strongroom_codegen.compose_items import compose_items, item_type
from strongroom_codegen.compose_parameters import compose_parameters
from strongroom_codegen.compose_sealed import check_app, python_of
from strongroom_codegen.diagnostics import Diagnostics
from strongroom_codegen.domains import (
    domain_errors,
    errors_of_domains,
    schemas_of_domain_errors,
)
from strongroom_codegen.error_rules import table_errors
from strongroom_codegen.errors_registry import ErrorCode
from strongroom_codegen.inside import Value
from strongroom_codegen.kinds import ITEMS, whole_number
from strongroom_codegen.model import (
    AppModel,
    CodecModel,
    ColumnModel,
    ErrorClass,
    Field,
    ProjectModel,
    QueryModel,
    RowType,
    SubjectModel,
    VariantModel,
)
from strongroom_codegen.named_types import NamedTypes, read_named_types
from strongroom_codegen.naming import camel, field_names
from strongroom_codegen.overrides import read_overrides
from strongroom_codegen.places import Places
from strongroom_codegen.pytypes import PyType
from strongroom_codegen.sealed_columns import NOTHING_SEALED, SealedColumn, SealedColumns
from strongroom_codegen.text_types import is_text
from strongroom_codegen.violations import Violations

_TIMEOUT = re.compile(r"(?P<number>\d+)\s*(?P<unit>ms|s|min)$")
_MILLISECONDS = {"ms": 1, "s": 1000, "min": 60000}
_ROLES = ("app", "worker", "analyst")


@dataclass(frozen=True, slots=True)
class Composer:
    """What composing needs to know besides the queries."""

    project: Project
    connection: psycopg.Connection[Any]
    catalog: Catalog
    registry: tuple[ErrorCode, ...]
    diagnostics: Diagnostics
    violations: Violations
    places: Places
    sealed: SealedColumns = NOTHING_SEALED

    def compose(
        self,
        files: Iterable[AnnotatedFile],
        analysed: dict[str, AnalysedQuery],
        without: Collection[str] = (),
    ) -> ProjectModel:
        """The whole model, but for the apps in `without`, which another server is asked about.

        `analysed` is by full name and lacks what was refused.
        """
        by_app: dict[str, list[AnnotatedFile]] = {}
        for file in files:
            by_app.setdefault(file.app, []).append(file)
        namespaces = {code.namespace for code in self.registry}
        # Namespaces without queries belong to all apps, also when they have functions of their own.
        with_queries = {f.app for fs in by_app.values() for f in fs if not is_of_functions(f)}
        shared = sorted((namespaces | schemas_of_domain_errors(self.catalog)) - with_queries)
        overrides = read_overrides(self.catalog, self.project.types, self.diagnostics, self.places)
        named = read_named_types(self.catalog, overrides)
        done = set(by_app)
        here = sorted(done.difference(without))
        apps = [self._app(app, by_app[app], shared, analysed, named) for app in here]
        # Types of a schema may be made from those of yet another.
        while rest := ({*shared, *named.used} - done):
            done |= rest
            apps += [self._app(app, [], shared, analysed, named) for app in sorted(rest)]
        apps.sort(key=lambda app: app.name)
        codecs = (
            CodecModel(one.codec, one.type, one.load, one.dump)
            for one in sorted(overrides.values(), key=lambda one: one.codec)
            if one.codec
        )
        return ProjectModel(self.project.package, tuple(apps), tuple(codecs))

    def _app(
        self,
        app: str,
        files: list[AnnotatedFile],
        shared: list[str],
        analysed: dict[str, AnalysedQuery],
        named: NamedTypes,
    ) -> AppModel:
        if app in shared:
            # Each knows those before it: two that knew each other could not be imported.
            shared = shared[: shared.index(app)]
        types = read_app_types(
            app, self.catalog, named.overrides, self.diagnostics, named, self.places
        )
        errors = self._errors(app)
        rows = {row.name: row for row in types.rows.values()} if files else {}
        subjects = []
        for file in files:
            queries = []
            for query in file.queries:
                found = analysed.get(query.full_name)
                if found:
                    queries.append(self._query(found, types, rows, shared))
            subjects.append(SubjectModel(file.subject, file.doc, file.source.name, tuple(queries)))
        comment = self.catalog.schemas.get(app)
        is_shown = bool(files) or app in named.used
        return AppModel(
            name=app,
            doc=comment.text if comment else "",
            enums=named.enums(app) if is_shown else (),
            literals=(
                *(types.literals.values() if files else ()),
                *(named.literals(app) if is_shown else ()),
            ),
            domains=named.domains(app) if is_shown else (),
            models=tuple(types.models.values()) if files else (),
            adapters=tuple(types.adapters.values()) if files else (),
            sealed=self._sealed(types, subjects),
            composites=tuple(types.composites.values()) if files else (),
            rows=self._all_rows(app, files, rows, types) if files else (),
            records=tuple(types.records.values()) if files else (),
            errors=errors,
            shared_errors=tuple(shared),
            subjects=tuple(subjects),
        )

    def _sealed(
        self, types: AppTypes, subjects: list[SubjectModel]
    ) -> tuple[tuple[SealedColumn, PyType], ...]:
        """The sealed columns that the queries of an app use, and what is in them."""
        queries = (query for subject in subjects for query in subject.queries)
        used = {column for query in queries for column in query.sealed.columns()}
        return tuple(
            (column, python_of(column, types)) for column in sorted(used, key=lambda c: c.constant)
        )

    def _all_rows(
        self, app: str, files: list[AnnotatedFile], rows: dict[str, RowType], types: AppTypes
    ) -> tuple[RowType, ...]:
        """The rows of tables and queries, and those within them."""
        made = {name: row for name, row in types.made.items() if rows.get(name) != row}
        names = [*rows, *made, *(row.name for row in types.composites.values())]
        for name in sorted({name for name in names if names.count(name) > 1}):
            # What a query makes up is named after the query.
            queries = (query for file in files for query in file.queries)
            makers = (query.place for query in queries if name.startswith(camel(query.name)))
            self.diagnostics.error(
                next(makers, files[0].source.place(0)),
                f"two classes of {app} would be named {name}",
                "rename the query, the column or the type, or give the table a tag @row",
            )
        return (*rows.values(), *made.values())

    def _query(
        self,
        found: AnalysedQuery,
        types: AppTypes,
        rows: dict[str, RowType],
        shared: list[str],
    ) -> QueryModel:
        query = found.prepared.query
        returns_rows = query.kind not in ("exec", "rowcount", "copy") and (
            bool(found.columns) or query.kind not in ITEMS
        )
        columns = compose_columns(found, types, self.diagnostics) if returns_rows else ()
        role = self._role(query)
        option = query.option("deprecated")
        names = field_names([column.name for column in columns])
        key = [names[n] for n in found.key.columns] if found.key and columns else []
        parameters = routine_parameters(
            query, compose_parameters(found, types, self.connection, self.diagnostics)
        )
        check_app(found, types, self.diagnostics)
        each, parameters = compose_items(found, parameters, types, self.diagnostics)
        return QueryModel(
            app=query.app,
            subject=query.subject,
            name=query.name,
            kind=query.kind,
            doc=query.doc,
            file=query.source.name,
            line=query.place.line,
            parameters=parameters,
            columns=columns,
            variants=self._variants(found),
            optional=found.prepared.optional,
            orders=found.prepared.orders,
            key=tuple(key),
            key_types=self._key_types(found),
            row=self._row(found, columns, types, rows),
            role=role,
            identity=self._identity(query, role),
            at_most_one=found.at_most_one,
            always_one=found.always_one,
            timeout_ms=self._timeout(query),
            deprecated=(option.argument or "deprecated") if option else None,
            reads=found.footprint.reads,
            writes=found.footprint.writes,
            modifies=found.footprint.modifies,
            uses=found.footprint.uses,
            calls=found.footprint.calls,
            raises=self._raises(found, query.app, shared),
            types=types.named.chosen(
                [
                    *(column.type for column in found.columns if returns_rows),
                    *(parameter.type for parameter in found.parameters),
                ],
                query.app,
            ),
            sealed=found.sealed if returns_rows else replace(found.sealed, results={}),
            adapters={origin: adapter.name for origin, adapter in types.adapters.items()}
            if found.sealed
            else {},
            text=returns_rows and self._is_text(found),
            fetch=whole_number(query, "fetch", self.diagnostics),
            chunk=whole_number(query, "chunk", self.diagnostics),
            item=item_type(query, each, rows, self.diagnostics),
            each=each,
            routine=query.routine.signature if query.routine else None,
        )

    def _is_text(self, found: AnalysedQuery) -> bool:
        return any(
            is_text(self.catalog, Value(column.type, True, None, column.inside))
            for column in found.columns
        )

    def _key_types(self, found: AnalysedQuery) -> tuple[str, ...]:
        numbers = found.key.columns if found.key and found.columns else ()
        return tuple(self.catalog.base_type(found.columns[n].type).format for n in numbers)

    def _variants(self, found: AnalysedQuery) -> tuple[VariantModel, ...]:
        return tuple(
            VariantModel(
                variant.given,
                variant.order,
                variant.sent or variant.sql,
                variant.names,
                tuple(self.catalog.base_type(oid).format for oid in types),
            )
            for variant, types in zip(found.prepared.variants, found.types, strict=True)
        )

    def _row(
        self,
        found: AnalysedQuery,
        columns: tuple[ColumnModel, ...],
        types: AppTypes,
        rows: dict[str, RowType],
    ) -> str | None:
        """The row type of a query: a table's where it is the same, else one of its own."""
        if len(columns) < 2:
            return None
        query = found.prepared.query
        names = field_names([column.name for column in columns])
        fields = tuple(
            Field(name, c.type, c.nullable) for name, c in zip(names, columns, strict=True)
        )
        origins = {column.origin[0] for column in found.columns if column.origin}
        alike = types.rows_of_shape(fields)
        if alike:
            # Tables may look alike: the one that the columns are from comes first.
            return next((row.name for oid, row in alike if oid in origins), alike[0][1].name)
        name = f"{camel(query.name)}Row"
        if name in rows:
            self.diagnostics.error(
                query.place, f"two row types would be named {name}", "rename the query"
            )
        rows[name] = RowType(name, fields, f"A row of {query.full_name}.")
        return name

    def _role(self, query: AnnotatedQuery) -> str:
        option = query.option("role")
        if option and option.argument not in _ROLES:
            self.diagnostics.error(
                option.place, f'"{option.argument}" is no role', f"one of {', '.join(_ROLES)}"
            )
        return option.argument if option else "app"

    def _identity(self, query: AnnotatedQuery, role: str) -> bool:
        option = query.option("identity")
        if option and option.argument != "none":
            self.diagnostics.error(
                option.place, "@identity can only be none", "write: @identity none"
            )
        return option is None and role == "app" and "kernel" in self.catalog.schemas

    def _timeout(self, query: AnnotatedQuery) -> int | None:
        option = query.option("timeout")
        if option is None:
            return None
        match = _TIMEOUT.match(option.argument)
        if match is None or int(match["number"]) == 0:
            self.diagnostics.error(
                option.place, "a timeout is a number and ms, s or min", "write: @timeout 500ms"
            )
            return None
        return int(match["number"]) * _MILLISECONDS[match["unit"]]

    def _errors(self, app: str) -> tuple[ErrorClass, ...]:
        found = [
            ErrorClass(code.name, _sentences(code.meaning, code.remedy), sqlstate=code.sqlstate)
            for code in self.registry
            if code.namespace == app
        ]
        found += table_errors(self.violations.rules, app)
        found += domain_errors(self.catalog, app)
        for name in sorted({e.name for e in found if [f.name for f in found].count(e.name) > 1}):
            self.diagnostics.error(
                self.places.of_last_tag(f"@error {name}"),
                f"two errors of {app} are named {name}",
                "names are unique in docs/error-codes.md and the @error tags of constraints",
            )
        return tuple(sorted(found, key=lambda error: (error.sqlstate or "~", error.name)))

    def _raises(self, found: AnalysedQuery, app: str, shared: list[str]) -> tuple[str, ...]:
        """The errors of all that a query sets off, and of the domains that it goes through."""
        schemas = (app, *shared)
        names = self.violations.of(found.footprint, found.functions, schemas)
        names |= errors_of_domains(self.catalog, found.domains, schemas)
        return tuple(sorted(names))


def _sentences(*parts: str) -> str:
    kept = [part.rstrip(".") + "." for part in parts if part]
    return "\n\n".join(part[:1].upper() + part[1:] for part in kept)

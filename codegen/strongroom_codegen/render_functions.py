"""The functions of a subject and the statements that they send."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from strongroom_codegen import render_items, render_sealed
from strongroom_codegen.layout import WIDTH, bracketed, docstring, exploded, tuple_source
from strongroom_codegen.literals import DEFAULT_MODULES, block, python_names, quoted
from strongroom_codegen.model import Parameter, QueryModel, Reader, VariantModel
from strongroom_codegen.naming import constant_name, field_names
from strongroom_codegen.page import LIMIT
from strongroom_codegen.parameters import AFTER
from strongroom_codegen.pytypes import PyType, with_holes

_SESSION = "strongroom.session"


class ImportSink(Protocol):
    """Where a rendered piece says what it needs."""

    package: str
    app: str

    def add(self, module: str, *names: str) -> None: ...
    def add_type(self, found: PyType, taken: frozenset[str] = ...) -> None: ...
    def add_reader(self, reader: Reader, own: str = ...) -> None: ...


@dataclass(frozen=True, slots=True)
class FunctionRenderer:
    """Renders one module; `error_docs` gives each exception its sentence in docstrings."""

    imports: ImportSink
    error_docs: Mapping[str, str]
    subject: str
    aio: bool
    classes: frozenset[str] = frozenset()
    """Names of the app's rows and types, and of the checks of its json columns."""

    def statement(self, query: QueryModel) -> str:
        """The module constant: one statement, or one for each variant."""
        self.imports.add(_SESSION, "Statement")
        self.imports.add(f"{self._app_module()}.errors", "ERRORS")
        name, result = self._constant(query), self._result(query)
        kind = "sealing.SealedStatement" if query.sealed else "Statement"
        if not _has_variants(query):
            return f"{name}: {kind}[{result}] = {self._variant(query, query.variants[0], '')}"
        parts = ["str"] * bool(query.orders) + ["bool"] * len(query.optional)
        key = parts[0] if len(parts) == 1 else f"tuple[{', '.join(parts)}]"
        head = f"{name}: dict[{key}, {kind}[{result}]] = {{"
        items = [
            f"{self._key(query, variant)}: {self._variant(query, variant, '    ')}"
            for variant in query.variants
        ]
        return exploded(head, items, "}")

    def function(self, query: QueryModel) -> str:
        """The function, decorators and docstring included."""
        session = "AsyncSession" if self.aio else "Session"
        self.imports.add(_SESSION, session)
        if self.aio:
            self.imports.add(f"{self._app_module()}.{self.subject}", self._constant(query))
        arguments = [f"db: {session}"]
        if query.parameters or query.orders:
            arguments.append("*")
        arguments += self._items(query) if query.each else []
        arguments += [self._argument(parameter) for parameter in render_items.arguments(query)]
        if query.orders:
            self.imports.add("typing", "Literal")
            names = ", ".join(quoted(order) for order in query.orders)
            arguments.append(f"sort: Literal[{names}] = {quoted(query.orders[0])}")
        # A stream is awaited row by row, not when it is made.
        word = "async def" if self.aio and query.kind != "stream" else "def"
        head = bracketed(f"{word} {query.function}(", arguments, f") -> {self._returned(query)}:")
        lines = [head, docstring(self._doc(query), "    "), *self._body(query)]
        if query.deprecated is not None:
            self.imports.add("typing_extensions", "deprecated")
            lines.insert(0, f"@deprecated({quoted(query.deprecated)})")
        return "\n".join(lines)

    def _constant(self, query: QueryModel) -> str:
        return constant_name(query.name, self.classes | {p.name for p in query.parameters})

    def _items(self, query: QueryModel) -> list[str]:
        """The argument that takes the items, and what it needs."""
        self.imports.add("collections.abc", *("Iterable", "AsyncIterable")[: 1 + self.aio])
        if query.item:
            self.imports.add(f"{self._app_module()}.rows", query.item)
        else:
            self.imports.add_type(query.each[0].type)
        if query.kind == "batch":
            self.imports.add(_SESSION, render_items.loader(query))
        return [render_items.items_argument(query, aio=self.aio)]

    def _app_module(self) -> str:
        return f"{self.imports.package}.{self.imports.app}"

    def _argument(self, parameter: Parameter) -> str:
        self.imports.add_type(parameter.type)
        text = parameter.type.text()
        if parameter.holes and parameter.type.arguments:
            # A list of str is no list of str | None to a type checker, and both will do.
            text += f" | {with_holes(parameter.type).text()}"
        if parameter.optional:
            self.imports.add(_SESSION, "UNSET", "Unset")
            text += " | Unset"
        if parameter.nullable:
            text += " | None"
        if parameter.optional:
            return f"{parameter.name}: {text} = UNSET"
        if parameter.default is not None:
            # A type of the project's own is made from one of these: Amount(Decimal("5")).
            for name in python_names(parameter.default):
                if module := DEFAULT_MODULES.get(name):
                    self.imports.add(module, name)
            return f"{parameter.name}: {text} = {parameter.default}"
        return f"{parameter.name}: {text}"

    def _result(self, query: QueryModel) -> str:
        """The type of one row."""
        if query.kind == "exec":
            return "None"
        if query.kind == "rowcount" or (query.each and not query.columns):
            return "int"
        if query.row:
            self.imports.add(f"{self._app_module()}.rows", query.row)
            return query.row
        column = query.columns[0]
        self.imports.add_type(column.type)
        text = column.type.text()
        return f"{text} | None" if column.nullable and text != "None" else text

    def _returned(self, query: QueryModel) -> str:
        result = self._result(query)
        if query.each:
            return render_items.returned(query, result)
        if query.kind == "maybe":
            return result if result.endswith("None") else f"{result} | None"
        if query.kind == "many":
            return f"list[{result}]"
        if query.kind == "page":
            self.imports.add(_SESSION, "Page")
            return f"Page[{result}]"
        if query.kind == "stream":
            stream = "AsyncStream" if self.aio else "Stream"
            self.imports.add(_SESSION, stream)
            return f"{stream}[{result}]"
        return result

    def _key(self, query: QueryModel, variant: VariantModel) -> str:
        parts = [quoted(variant.order)] if query.orders else []
        parts += [str(name in variant.given) for name in query.optional]
        return parts[0] if len(parts) == 1 else tuple_source(parts)

    def _variant(self, query: QueryModel, variant: VariantModel, indent: str) -> str:
        if query.sealed:
            return self._sealed_variant(query, variant, indent)
        return self._plain_variant(query, variant, indent)

    def _sealed_variant(self, query: QueryModel, variant: VariantModel, indent: str) -> str:
        self.imports.add(render_sealed.MODULE, "statement as sealing")
        self.imports.add(f"{self._app_module()}.types", *render_sealed.constants(query))
        inner = f"{indent}    "
        fields = [f"statement={self._plain_variant(query, variant, inner)}"]
        fields += render_sealed.sealed_fields(query, variant, inner)
        return exploded("sealing.SealedStatement(", fields, ")", indent).removeprefix(indent)

    def _plain_variant(self, query: QueryModel, variant: VariantModel, indent: str) -> str:
        inner = f"{indent}    "
        sql = block(variant.sql)
        fields = [f"name={quoted(query.full_name)}", f'sql="""\\\n{sql}"""']
        if variant.pg_types:
            types = tuple_source([quoted(t) for t in variant.pg_types], inner, room=13)
            fields.append(f"parameters={types}")
        if query.columns:
            names = tuple_source([quoted(c.name) for c in query.columns], inner, room=10)
            fields.append(f"columns={names}")
        fields += self._converters(query, variant, inner)
        if query.types:
            for found in query.types:
                self.imports.add_type(found)
            types = tuple_source([found.text() for found in query.types], inner, room=7)
            fields.append(f"types={types}")
        fields += self._promises(query, variant)
        return exploded("Statement(", fields, ")", indent).removeprefix(indent)

    def _converters(self, query: QueryModel, variant: VariantModel, indent: str) -> list[str]:
        fields = []
        if query.sealed.results:
            fields.append("row=sealing.tuple_of")
        elif query.row:
            fields.append(f"row={query.row}")
        decode = [column.decode or "None" for column in query.columns]
        by_name = {parameter.source: parameter for parameter in query.parameters}
        encode = [by_name[name].encode or "None" for name in variant.names]
        for field, items in (("decode", decode), ("encode", encode)):
            adapters = [item.partition(".")[0] for item in items if item != "None"]
            if adapters:
                self.imports.add(f"{self._app_module()}.types", *adapters)
                fields.append(f"{field}={tuple_source(items, indent, room=len(field) + 2)}")
        for field, readers in (
            ("shapes", [column.reader for column in query.columns]),
            ("takes", [by_name[name].writer for name in variant.names]),
        ):
            if any(readers):
                for reader in readers:
                    if reader:
                        self.imports.add_reader(reader)
                items = [reader.text if reader else "None" for reader in readers]
                fields.append(f"{field}={tuple_source(items, indent, room=len(field) + 2)}")
        return fields

    def _promises(self, query: QueryModel, variant: VariantModel) -> list[str]:
        fields = []
        if query.role != "app":
            fields.append(f"role={quoted(query.role)}")
        if not query.identity:
            fields.append("identity=False")
        if query.at_most_one:
            fields.append("at_most_one=True")
        if query.timeout_ms is not None:
            fields.append(f"timeout_ms={query.timeout_ms}")
        if query.modifies:
            fields.append("writes=True")
        if query.text:
            fields.append("text=True")
        fields.append("errors=ERRORS")
        if variant.order:
            fields.append(f"sort={quoted(variant.order)}")
        return fields

    def _body(self, query: QueryModel) -> list[str]:
        lines: list[str] = []
        statement = self._constant(query)
        if query.sealed:
            module = f"{'aio_' if self.aio else ''}calls as sealing_calls"
            self.imports.add(render_sealed.MODULE, module)
        if query.each:
            return [render_items.call(query, statement, aio=self.aio)]
        if not _has_variants(query):
            values = [self._value(query, parameter) for parameter in _in_sql_order(query)]
            return [*lines, self._call(query, statement, values)]
        lookup = ["sort"] if query.orders else []
        arguments = {parameter.source: parameter.name for parameter in query.parameters}
        lookup += [f"not isinstance({arguments[name]}, Unset)" for name in query.optional]
        lines.append(bracketed(f"statement = {statement}[", lookup, "]", "    "))
        if query.optional:
            lines += self._collect(query)
            return [*lines, self._call(query, "statement", None)]
        values = [self._value(query, parameter) for parameter in _in_sql_order(query)]
        return [*lines, self._call(query, "statement", values)]

    def _collect(self, query: QueryModel) -> list[str]:
        """Gather what was given, in the order of $1, $2, ..."""
        lines = ["    values: list[object] = []"]
        for parameter in _in_sql_order(query):
            add = f"values.append({self._value(query, parameter)})"
            if query.kind == "page" and parameter.source == AFTER:
                self.imports.add(_SESSION, "read_token")
                types = tuple_source([quoted(t) for t in query.key_types])
                raw = "statement.statement" if query.sealed else "statement"
                add = f"values += read_token({raw}, {parameter.name}, {types})"
            if parameter.optional:
                lines.append(f"    if not isinstance({parameter.name}, Unset):")
                add = f"    {add}"
            lines.append(f"    {add}")
        return lines

    def _value(self, query: QueryModel, parameter: Parameter) -> str:
        # One row more than asked for shows whether there is a next page.
        is_limit = query.kind == "page" and parameter.source == LIMIT
        if parameter.variadic:
            self.imports.add(_SESSION, "listed")
            return f"listed({parameter.name})"
        return f"{parameter.name} + 1" if is_limit else parameter.name

    def _call(self, query: QueryModel, statement: str, values: list[str] | None) -> str:
        waits = self.aio and query.kind != "stream"
        where = "sealing_calls" if query.sealed else "db"
        head = f"return {'await ' if waits else ''}{where}.{query.kind}("
        arguments = ["db", statement] if query.sealed else [statement]
        if values is None:
            arguments.append("tuple(values)")
        elif values:
            arguments.append(tuple_source(values, "        ", room=1))
        if query.kind == "page":
            names = [f"row.{name}" for name in query.key] if query.row else ["row"]
            if query.sealed.results:
                fields = field_names([column.name for column in query.columns])
                names = [f"row[{fields.index(name)}]" for name in query.key]
            limit = next(p.name for p in query.parameters if p.source == LIMIT)
            arguments += [f"limit={limit}", f"key=lambda row: {tuple_source(names)}"]
        if query.fetch is not None:
            arguments.append(f"fetch={query.fetch}")
        flat = f"    {head}{', '.join(arguments)})"
        if "\n" not in flat and len(flat) <= WIDTH:
            return flat
        return exploded(head, arguments, ")", "    ")

    def _doc(self, query: QueryModel) -> str:
        parts = [query.doc or f"Run the query {query.full_name}."]
        described = [p for p in render_items.arguments(query) if p.doc]
        if described:
            lines = [f"    {p.name}: {p.doc}" for p in described]
            parts.append("\n".join(["Args:", *lines]))
        raises = [f"    {name}: {self.error_docs.get(name, '')}".rstrip() for name in query.raises]
        if query.kind == "one" and not query.always_one:
            raises.append("    NoRow: there is no row")
        if query.kind in ("one", "maybe") and not query.at_most_one:
            raises.append("    TooManyRows: there is more than one row")
        if raises:
            parts.append("\n".join(["Raises:", *raises]))
        return "\n\n".join(parts)


def _has_variants(query: QueryModel) -> bool:
    return bool(query.optional or query.orders)


def _in_sql_order(query: QueryModel) -> list[Parameter]:
    by_name = {parameter.source: parameter for parameter in query.parameters}
    complete = max(query.variants, key=lambda variant: len(variant.given))
    return [by_name[name] for name in dict.fromkeys(complete.names)]

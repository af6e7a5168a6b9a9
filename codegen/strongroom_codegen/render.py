"""Render the model: path below the generated folder -> text, nothing written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from jinja2 import Environment, PackageLoader, StrictUndefined

from strongroom_codegen.layout import (
    bracketed,
    docstring,
    exploded,
    import_line,
    import_lines,
    tuple_source,
)
from strongroom_codegen.literals import python_literal, quoted
from strongroom_codegen.model import (
    AppModel,
    ErrorClass,
    Field,
    ProjectModel,
    Reader,
    SubjectModel,
)
from strongroom_codegen.pytypes import (
    PACKAGE_TYPES,
    ROWS_MODULE,
    TYPES_MODULE,
    PyType,
    module_alias,
)
from strongroom_codegen.render_functions import FunctionRenderer
from strongroom_codegen.render_records import record_source
from strongroom_codegen.render_sealed import field_source


@dataclass(slots=True)
class Imports:
    """The imports of one module, gathered while it is rendered."""

    package: str
    app: str
    lines: dict[str, set[str]] = field(default_factory=dict)
    aliases: set[str] = field(default_factory=set)

    def add(self, module: str, *names: str) -> None:
        self.lines.setdefault(module, set()).update(names)

    def add_type(self, found: PyType, taken: frozenset[str] = frozenset()) -> None:
        for part in found.parts():
            module = part.module
            if module in (TYPES_MODULE, ROWS_MODULE):
                module = f"{self.package}.{self.app}{module}"
            elif module == PACKAGE_TYPES:
                module = f"{self.package}{TYPES_MODULE}"
            if module.startswith("."):
                alias = part.name.partition(".")[0]
                self.add(f"{self.package}{module.removesuffix(TYPES_MODULE)}", f"types as {alias}")
            elif part.name in taken:
                self.aliases.add(f"import {module} as {module_alias(part.module)}")
            elif module != "builtins":
                self.add(module, part.name)

    def add_reader(self, reader: Reader, own: str = "") -> None:
        """What a shape names; nothing of the module `own`, in which it stands."""
        for module, name in reader.names:
            if module != own:
                is_own = module in (TYPES_MODULE, ROWS_MODULE)
                self.add(f"{self.package}.{self.app}{module}" if is_own else module, name)

    def text(self) -> str:
        parts = ["\n".join(sorted(self.aliases)), import_lines(self.lines)]
        return "\n".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Rendered:
    """The text of one generated file and the source file that it comes from first."""

    path: str
    text: str
    origin: str


def render(project: ProjectModel) -> list[Rendered]:
    """Every file of the generated package, sorted by path."""
    files = [_file(project, "__init__.py", "schema/", "package.py.j2")]
    files += [_file(project, "aio/__init__.py", "schema/", "aio_package.py.j2")]
    if project.codecs:
        files.append(_codecs(project))
    for app in project.apps:
        files += _app_files(project, app)
    return sorted(files, key=lambda file: file.path)


def _codecs(project: ProjectModel) -> Rendered:
    imports = Imports(project.package, "")
    imports.add("strongroom.session", "Codec")
    functions = [part for codec in project.codecs for part in (codec.load, codec.dump) if part]
    for module in {function.module for function in functions}:
        imports.aliases.add(f"import {module}")
    return _file(project, "types.py", "pyproject.toml", "codecs.py.j2", imports=imports.text())


def _app_files(project: ProjectModel, app: AppModel) -> list[Rendered]:
    package, name = project.package, app.name
    base = {"package": package, "app": app}
    # Those of constraints alone have no registry.
    is_registered = any(error.sqlstate for error in app.errors)
    errors = "docs/error-codes.md" if is_registered else f"the schema {name}"
    files = [_file(project, f"{name}/errors.py", errors, "errors.py.j2", **base)]
    modules = ["errors"]
    if app.subjects or app.literals or app.domains or app.enums:
        modules.append("types")
        files.append(_types(project, app))
    if app.subjects:
        modules += ["rows", *(subject.name for subject in app.subjects)]
        subjects = [subject.name for subject in app.subjects]
        files.append(_rows(project, app))
        files += [_subject(project, app, s, aio=aio) for s in app.subjects for aio in (False, True)]
        files.append(
            _file(
                project,
                f"aio/{name}/__init__.py",
                f"queries/{name}/",
                "app.py.j2",
                **base,
                location=f"{package}.aio.{name}",
                modules=sorted(subjects),
            )
        )
    files.append(
        _file(
            project,
            f"{name}/__init__.py",
            f"queries/{name}/" if app.subjects else errors,
            "app.py.j2",
            **base,
            location=f"{package}.{name}",
            modules=sorted(modules),
        )
    )
    return files


def _types(project: ProjectModel, app: AppModel) -> Rendered:
    imports = Imports(project.package, app.name)
    # What the module defines itself needs no import.
    for model in app.models:
        imports.add("pydantic", "BaseModel", "ConfigDict")
        for item in model.fields:
            _add_outside(imports, item.type, _taken(model.fields))
            if item.has_other_key:
                imports.add("pydantic", "Field")
    for composite in app.composites:
        imports.add("dataclasses", "dataclass")
        imports.add("typing", "TypeVar", "dataclass_transform")
        for item in composite.fields:
            _add_outside(imports, item.type, _taken(composite.fields))
    for adapter in app.adapters:
        imports.add("pydantic", "TypeAdapter")
        _add_outside(imports, adapter.type, frozenset())
    if app.sealed:
        imports.add("strongroom", "sealing")
    for column, python in app.sealed:
        if not column.of:
            _add_outside(imports, python, frozenset())
    if app.enums:
        imports.add("enum", "StrEnum")
        imports.add("strongroom.session", "enum_of")
    if app.literals:
        imports.add("typing", "Literal", "TypeAlias")
    for domain in app.domains:
        imports.add("typing", "NewType" if domain.is_new else "TypeAlias")
        _add_outside(imports, domain.base, frozenset())
    return _file(
        project,
        f"{app.name}/types.py",
        f"schema/{app.name}/",
        "types.py.j2",
        app=app,
        records=_records(app, TYPES_MODULE, imports),
        sealed=[field_source(column, python.text()) for column, python in app.sealed],
        imports=imports.text(),
        taken=_taken,
    )


def _records(app: AppModel, module: str, imports: Imports) -> list[str]:
    """The constants by which the rows of a module are read inside of other values."""
    found = []
    for record in app.records:
        if record.module == module:
            imports.add("strongroom.session", "Record")
            for reader in record.inside:
                if reader:
                    imports.add_reader(reader, module)
            found.append(record_source(record))
    return found


def _add_outside(imports: Imports, found: PyType, taken: frozenset[str]) -> None:
    for part in found.parts():
        if part.module != TYPES_MODULE:
            imports.add_type(PyType(part.module, part.name), taken)


def _rows(project: ProjectModel, app: AppModel) -> Rendered:
    imports = Imports(project.package, app.name)
    if app.rows:
        imports.add("dataclasses", "dataclass")
        imports.add("typing", "TypeVar", "dataclass_transform")
    for row in app.rows:
        taken = _taken(row.fields)
        for item in row.fields:
            for part in item.type.parts():
                if part.module != ROWS_MODULE:
                    imports.add_type(PyType(part.module, part.name), taken)
    return _file(
        project,
        f"{app.name}/rows.py",
        f"schema/{app.name}/",
        "rows.py.j2",
        app=app,
        records=_records(app, ROWS_MODULE, imports),
        imports=imports.text(),
        taken=_taken,
    )


def _subject(project: ProjectModel, app: AppModel, subject: SubjectModel, *, aio: bool) -> Rendered:
    imports = Imports(project.package, app.name)
    docs = {e.name: e.text or e.doc.partition("\n")[0] for e in _errors(project, app)}
    functions = FunctionRenderer(imports, docs, subject.name, aio=aio, classes=_classes(app))
    statements = [] if aio else [functions.statement(query) for query in subject.queries]
    bodies = [functions.function(query) for query in subject.queries]
    folder = f"aio/{app.name}" if aio else app.name
    return _file(
        project,
        f"{folder}/{subject.name}.py",
        subject.file,
        "subject.py.j2",
        doc=subject.doc or f"Queries of {subject.file}.",
        imports=imports.text(),
        statements=statements,
        functions=bodies,
    )


def _classes(app: AppModel) -> frozenset[str]:
    groups = (app.literals, app.domains, app.models, app.adapters, app.rows)
    names = {item.name for group in groups for item in group}
    return frozenset(names | {column.constant for column, _ in app.sealed})


def _errors(project: ProjectModel, app: AppModel) -> list[ErrorClass]:
    shared = [other for other in project.apps if other.name in app.shared_errors]
    return [error for one in (*shared, app) for error in one.errors]


def _taken(fields: tuple[Field, ...]) -> frozenset[str]:
    """Type names that a field of the same class hides."""
    names = {item.name for item in fields}
    return frozenset(part.name for item in fields for part in item.type.parts()) & names


def _field_type(item: Field, taken: frozenset[str]) -> str:
    text = item.type.text(taken)
    return f"{text} | None" if item.nullable else text


def _nested_tuple(items: Iterable[Iterable[str]]) -> str:
    inner = [tuple_source([quoted(part) for part in item]) for item in items]
    return tuple_source(inner, "    ", room=10)


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("strongroom_codegen"),
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - Python is written here, not HTML
    )
    environment.filters.update(
        docstring=docstring, quoted=quoted, literal=python_literal, field_type=_field_type
    )
    environment.filters["nested_tuple"] = _nested_tuple
    environment.filters["qualified"] = lambda found: f"{found.module}.{found.name}"
    environment.globals.update(bracketed=bracketed, exploded=exploded, import_line=import_line)
    return environment


_ENVIRONMENT = _environment()


def _file(
    project: ProjectModel, path: str, origin: str, template: str, **values: object
) -> Rendered:
    text = _ENVIRONMENT.get_template(template).render(project=project, **values)
    return Rendered(f"{project.package}/{path}", text.rstrip("\n") + "\n", origin)

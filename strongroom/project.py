"""Where the SQL of a project is, and in which order it loads.

A project is a folder with `schema/`, `functions/`, `queries/` and `migrations/`; `pyproject.toml`
`[tool.strongroom]` may rename them. Without one, the SQL that ships in the package is the project.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from keyword import iskeyword
from pathlib import Path
from typing import TYPE_CHECKING, Any

from strongroom.errors import UsageError

if TYPE_CHECKING:
    import psycopg

DATABASE = "strongroom"
"""Where the data are on a project's own server; `postgres` stays for administration."""

_INCLUDE = re.compile(r"^\\ir?\s+(\S+)\s*$")
_SETTINGS = re.compile(r"^\[tool\.strongroom[.\]]", re.MULTILINE)
_META = re.compile(r"^\\(?!ir?\s)\S+")
# What only psql needs, to decide what we decide in Python.
_FOR_PSQL = ".psql"
_KNOWN_KEYS = frozenset(
    {"schema", "functions", "queries", "migrations", "generated", "package", "search_path", "types"}
)

_SHAPES: dict[str, tuple[type, str]] = {
    "search_path": (list, 'search_path = ["public"]'),
    "types": (dict, '[tool.strongroom.types] point = "str"'),
}


@dataclass(frozen=True, slots=True)
class SqlFile:
    """One SQL file of the project, named by its path below the project's root."""

    path: Path
    name: str

    def read(self) -> str:
        return self.path.read_text(encoding="utf-8-sig")


@dataclass(frozen=True, slots=True)
class Project:
    """A project's folders and settings."""

    root: Path
    schema: Path
    functions: Path
    queries: Path
    migrations: Path
    generated: Path
    package: str
    search_path: tuple[str, ...] = ()
    types: dict[str, object] = field(default_factory=dict)

    @property
    def error_codes(self) -> Path:
        """The registry of SQLSTATEs of our own."""
        return self.root / "docs" / "error-codes.md"

    @property
    def state(self) -> Path:
        """Where servers and other things that are no source keep their files."""
        return self.root / ".strongroom"

    def install_order(self) -> list[SqlFile]:
        """Every file of `schema/` and `functions/`, in the order in which a database is built."""
        entry = self.schema / "install.sql"
        if entry.exists():
            return [self._file(path) for path in _includes(entry)]
        found = [*sorted(self.schema.rglob("*.sql")), *sorted(self.functions.rglob("*.sql"))]
        return [self._file(path) for path in found]

    def is_function(self, file: SqlFile) -> bool:
        return file.path.is_relative_to(self.functions)

    def first_functions(self) -> list[SqlFile]:
        """Functions that need no table: those that load before the first table."""
        files = self.install_order()
        tables = (n for n, f in enumerate(files) if not self.is_function(f) and _makes_table(f))
        return [f for f in files[: next(tables, len(files))] if self.is_function(f)]

    def _file(self, path: Path) -> SqlFile:
        return SqlFile(path, path.relative_to(self.root).as_posix())


def find_project(start: Path | None = None) -> Project:
    """The project that holds the current folder, else the SQL that ships in the package."""
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if _is_project(folder):
            return read_project(folder)
    return read_project(shipped_root())


def _is_project(folder: Path) -> bool:
    """It has a pyproject.toml and either a `schema/` or settings that say where that is."""
    file = folder / "pyproject.toml"
    if not file.is_file():
        return False
    return (folder / "schema").is_dir() or _SETTINGS.search(file.read_text("utf-8")) is not None


def shipped_root() -> Path:
    """The folder of the SQL of this distribution: package data, else the repository."""
    package = Path(__file__).resolve().parent
    data = package / "_sql"
    return data if data.is_dir() else package.parent


def read_project(root: Path) -> Project:
    """Read `[tool.strongroom]` of a project; every key has a default."""
    file = root / "pyproject.toml"
    document = _read_settings(file)
    settings: dict[str, Any] = document.get("tool", {}).get("strongroom", {})
    unknown = sorted(settings.keys() - _KNOWN_KEYS)
    if unknown:
        raise UsageError(
            f"{file}: [tool.strongroom] has no key {', '.join(unknown)}",
            hint=f"known keys: {', '.join(sorted(_KNOWN_KEYS))}",
        )
    _check_settings(file, settings)
    name = re.sub(r"\W+", "_", document.get("project", {}).get("name", "strongroom"))
    package = settings.get("package", f"{name}_db")
    if not package.isidentifier() or iskeyword(package):
        raise UsageError(
            f'{file}: "{package}" can\'t be the name of a Python package',
            hint='choose one: [tool.strongroom] package = "my_db"',
        )
    return Project(
        root=root,
        schema=root / settings.get("schema", "schema"),
        functions=root / settings.get("functions", "functions"),
        queries=root / settings.get("queries", "queries"),
        migrations=root / settings.get("migrations", "migrations"),
        generated=root / settings.get("generated", "generated"),
        package=package,
        search_path=tuple(settings.get("search_path", ())),
        types=dict(settings.get("types", {})),
    )


def _read_settings(file: Path) -> dict[str, Any]:
    if not file.is_file():
        return {}
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except ValueError as error:
        raise UsageError(
            f"{file} can't be read: {error}", hint="it must be TOML in UTF-8"
        ) from error


def _check_settings(file: Path, settings: dict[str, Any]) -> None:
    for key, value in settings.items():
        wanted, example = _SHAPES.get(key, (str, f'{key} = "{key}"'))
        is_right = isinstance(value, wanted)
        if wanted is list:
            is_right = is_right and all(isinstance(name, str) for name in value)
        if not is_right:
            raise UsageError(
                f"{file}: {key} of [tool.strongroom] can't be {value!r}", hint=f"write: {example}"
            )


def install(connection: psycopg.Connection[Any], project: Project) -> None:
    """Build the whole database on a connection, as `psql -f schema/install.sql` does.

    Apps whose extensions are not to be had there are left out.
    """
    from strongroom.extensions import installable

    for file in installable(connection, project):
        connection.execute(file.read().encode())


def _includes(file: Path) -> list[Path]:
    paths: list[Path] = []
    for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
        if include := _INCLUDE.match(line):
            target = (file.parent / include[1]).resolve()
            if not target.is_file():
                raise UsageError(f"{file}:{number}: {include[1]} does not exist")
            if target.suffix == _FOR_PSQL:
                continue
            paths += _includes(target) if target.name == "install.sql" else [target]
        elif line.strip() and not line.startswith("--") and not _META.match(line):
            raise UsageError(
                f"{file}:{number}: only \\ir lines and comments may stand in an install.sql",
                hint="put the statement into a file of its own and include that",
            )
    return paths


def _makes_table(file: SqlFile) -> bool:
    return re.search(r"^CREATE (UNLOGGED )?TABLE\b", file.read(), re.MULTILINE) is not None

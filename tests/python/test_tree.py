"""The tree keeps its promises: every file in its place, every file small enough to read."""

from __future__ import annotations

import ast
import re
import subprocess
from collections import Counter
from pathlib import Path

from strongroom.project import Project, read_project

ROOT = Path(__file__).parents[2]
PROJECT = read_project(ROOT)
MODULE_LINES = 400
FUNCTION_LINES = 80
# What the codegen wrote is not for people to read.
HAND_WRITTEN = ("strongroom", "codegen", "tests", "benchmarks", "examples")
# Files of a namespace that are about the schema as a whole, not about a subject.
OF_THE_SCHEMA = frozenset({"schema", "types"})
CREATES_FUNCTION = re.compile(
    r"^ *CREATE (?:OR REPLACE )?(?:FUNCTION|PROCEDURE|AGGREGATE)\s+(\w+)\.(\w+)", re.MULTILINE
)
CREATES_ROOM = re.compile(
    r"^CREATE (?:UNLOGGED )?(?:TABLE|(?:OR REPLACE )?(?:MATERIALIZED )?VIEW)\s+(\w+)\.(\w+)",
    re.MULTILINE,
)
PARTITION = re.compile(r"\bPARTITION\s+OF\b")
# Written so that this file does not name them either.
REGISTRIES = re.compile(
    r"\b(pypi\.(org|python)|python[h]osted|registry\.npmjs|deb\.debian|proxy\.golang|crates\.io)\b"
)
MACHINE_PATHS = re.compile(r"(?<![\w.~-])/(work|root|home|Users)/\w+")


def tracked(*patterns: str) -> list[Path]:
    """The files that git knows, or would take in, and that are there."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", *patterns]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return sorted(ROOT / name for name in set(done.stdout.split("\0")) if (ROOT / name).is_file())


def name_of(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def names(files: list[Path]) -> list[str]:
    return [name_of(file) for file in files]


SQL = [f for f in tracked("*.sql") if f.is_relative_to(PROJECT.schema)]
FUNCTIONS = [f for f in tracked("*.sql") if f.is_relative_to(PROJECT.functions)]
PYTHON = [f for f in tracked("*.py") if f.relative_to(ROOT).parts[0] in HAND_WRITTEN]
QUERIES = [f for f in tracked("*.sql") if f.is_relative_to(PROJECT.queries)]
TEXTS = [f for f in tracked() if f.suffix not in {".png", ".lock"}]


def test_every_file_is_loaded_exactly_once() -> None:
    """install.sql names each file of schema/ and functions/ once, and nothing else."""
    loaded = Counter(file.path for file in PROJECT.install_order())
    assert [name_of(path) for path, times in loaded.items() if times > 1] == []
    assert sorted(loaded) == sorted(
        file for file in (*SQL, *FUNCTIONS) if file.name != "install.sql"
    )


def test_roles_and_kernel_come_first() -> None:
    """Roles, then the schemas that all need, then kernel functions before the first table."""
    order = [file.name for file in PROJECT.install_order()]
    begin = ["roles.sql", "kernel/schema.sql", "extensions/schema.sql"]
    assert order[:3] == [f"schema/{name}" for name in begin]
    apps = [n for n, name in enumerate(order) if n > 2 and "/kernel/" not in name]
    kernel = [n for n, name in enumerate(order) if "/kernel/" in name]
    assert not apps or max(kernel) < min(apps)


def test_one_function_one_file() -> None:
    """A file is named after its function, its folder after the schema; overloads share a file."""
    wrong = {}
    for file in FUNCTIONS:
        found = set(CREATES_FUNCTION.findall(file.read_text("utf-8")))
        if found != {(file.parent.name, file.stem)}:
            wrong[name_of(file)] = found
    assert wrong == {}


def test_one_table_one_room() -> None:
    """A file of schema/ is named after its table or view, its folder after the schema."""
    wrong = {}
    for file in (f for f in SQL if f.parent != PROJECT.schema):
        text = file.read_text("utf-8")
        found = {
            match.groups()
            for match in CREATES_ROOM.finditer(text)
            if not PARTITION.search(text[match.end() : text.find(";", match.end())])
        }
        if found != (set() if file.stem in OF_THE_SCHEMA else {(file.parent.name, file.stem)}):
            wrong[name_of(file)] = found
    assert wrong == {}


def test_no_app_names_another() -> None:
    """Apps may name the kernel; the kernel names no app, and apps do not name each other."""
    apps = {f.parent.name for f in SQL if f.name == "schema.sql"} - {"kernel", "extensions"}
    wrong = []
    for file in (*SQL, *FUNCTIONS, *QUERIES):
        code = re.sub(r"--[^\n]*", "", file.read_text("utf-8"))
        others = apps - {file.parent.name}
        found = {app for app in others if re.search(rf"(?<![\w.']){app}\.\w", code)}
        wrong += [f"{name_of(file)} names {app}" for app in sorted(found)]
    assert wrong == []


def test_queries_mirror_tables() -> None:
    """queries/<ns>/<subject>.sql belongs to schema/<ns>/<subject>.sql and has generated code."""
    package = PROJECT.generated / PROJECT.package
    missing = []
    for file in QUERIES:
        space = file.parent.name
        partners = [PROJECT.schema / space / file.name, package / space / f"{file.stem}.py"]
        missing += [partner for partner in partners if not partner.is_file()]
    assert names(missing) == [], "or run `strongroom generate`"


def test_generated_modules_mirror_queries() -> None:
    """Nothing is left in generated/ of a query file that is gone."""
    package = PROJECT.generated / PROJECT.package
    own = {"__init__", "errors", "rows", "types"}
    for app in {file.parent.name for file in QUERIES}:
        modules = {file.stem for file in (package / app).glob("*.py")} - own
        assert modules == {f.stem for f in QUERIES if f.parent.name == app}


def test_pgtap_files_mirror_what_they_test() -> None:
    """tests/pgtap/<ns>/<subject>.sql is about a table, a view, a function, or the whole schema."""
    known = {(f.parent.name, f.stem) for f in (*SQL, *FUNCTIONS)}
    spaces = {space for space, _ in known if space not in {"schema", "functions"}}
    strangers = [
        name
        for file, name in ((f, name_of(f)) for f in tracked("tests/pgtap/*.sql"))
        if file.parent.name not in {"invariants"} | spaces
    ]
    assert strangers == []


def test_python_is_short_enough() -> None:
    """A module fits into a head, a function onto a screen."""
    long = []
    for file in PYTHON:
        text = file.read_text("utf-8")
        if text.count("\n") >= MODULE_LINES:
            long.append(f"{name_of(file)}: {text.count(chr(10))} lines")
        long += [f"{name_of(file)}: {name}: {length} lines" for name, length in _functions(text)]
    assert long == []


def test_sql_is_short_enough() -> None:
    """So do SQL files, each function being a file; install.sql is a line for each of them."""
    long = {
        name_of(file)
        for file in (*SQL, *FUNCTIONS)
        if name_of(file) != "schema/install.sql"
        and _code_lines(file) > (FUNCTION_LINES if file in FUNCTIONS else MODULE_LINES)
    }
    assert long == set()


def test_packages_say_what_they_export() -> None:
    """A package whose __init__ imports something lists what of it is public."""
    silent = []
    for file in PYTHON:
        if file.name != "__init__.py":
            continue
        tree = ast.parse(file.read_text("utf-8"))
        imports = [
            node
            for node in tree.body
            if isinstance(node, ast.ImportFrom) and node.module not in {"__future__"}
        ]
        exports = any(
            isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__"
            for node in tree.body
        )
        if imports and not exports:
            silent.append(name_of(file))
    assert silent == []


def test_every_module_says_what_it_is() -> None:
    """Modules that people write begin with a docstring."""
    silent = [f for f in PYTHON if not ast.get_docstring(ast.parse(f.read_text("utf-8")))]
    assert names([file for file in silent if file.stat().st_size]) == []


def test_nothing_of_this_machine() -> None:
    """No file names a package registry's host, or a path that only one machine has."""
    found = []
    for file in TEXTS:
        try:
            text = file.read_text("utf-8")
        except UnicodeDecodeError:
            continue
        for pattern in (REGISTRIES, MACHINE_PATHS):
            found += [f"{name_of(file)}: {match[0]}" for match in pattern.finditer(text)]
    assert found == []


def test_the_rules_can_fail(tmp_path: Path) -> None:
    """The checks above see what they are there for."""
    assert [n for n, _ in _functions("def f():\n" + "    x = 1\n" * FUNCTION_LINES)] == ["f"]
    assert MACHINE_PATHS.search("see " + "/".join(["", "home", "me", "x"]))
    assert REGISTRIES.search("https://" + ".".join(["pypi", "org"]))
    assert _loads(tmp_path, "a.sql", "a.sql") == ["schema/a.sql", "schema/a.sql"]


def _loads(root: Path, *files: str) -> list[str]:
    (root / "schema").mkdir()
    (root / "functions").mkdir()
    for name in files:
        (root / "schema" / name).touch()
    lines = "".join(f"\\ir {name}\n" for name in files)
    (root / "schema" / "install.sql").write_text(lines)
    project: Project = read_project(root)
    return [file.name for file in project.install_order()]


def _code_lines(file: Path) -> int:
    lines = [line.strip() for line in file.read_text("utf-8").splitlines()]
    return sum(1 for line in lines if line and not line.startswith(("--", "COMMENT ON")))


def _functions(text: str) -> list[tuple[str, int]]:
    """Functions that are too long."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    nodes = [node for node in ast.walk(ast.parse(text)) if isinstance(node, kinds)]
    lengths = [(node.name, (node.end_lineno or 0) - node.lineno + 1) for node in nodes]
    return [(name, length) for name, length in lengths if length > FUNCTION_LINES]

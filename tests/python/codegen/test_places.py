"""Every error says where: file, line and column, also of what stands in the schema or settings."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import strongroom_codegen
from strongroom.project import Project, read_project
from strongroom.server import Server
from strongroom_codegen.diagnostics import Diagnostics, QueryError
from strongroom_codegen.pipeline import build_model, read_sources

HERE = Path(__file__).parent
_FINDING = re.compile(r"^(?P<place>.*?)(?:error|warning): ", re.MULTILINE)
# A comment that a DO block put together stands in no file.
_PLACE = re.compile(r"(?:[\w./-]+|comment of \S+):[1-9]\d*:[1-9]\d*: $")
_COMMENT = "COMMENT ON COLUMN shop.items.extra IS\n'What''s more.\n@json shop.lable';\n"
_TWICE = (
    "CREATE DOMAIN shop.a AS text CONSTRAINT a_check CHECK (VALUE <> '');\n"
    "COMMENT ON CONSTRAINT a_check ON DOMAIN shop.a IS '@error EmailInvalid Too short.';\n"
)
_RAISES = (
    "CREATE FUNCTION shop.lift() RETURNS void LANGUAGE sql RETURN NULL;\n"
    "COMMENT ON FUNCTION shop.lift() IS 'Lifts.\n@raises TooHevy';\n"
)


@pytest.mark.parametrize(
    "path", sorted(HERE.glob("errors*/*.text")), ids=lambda p: f"{p.parent.name}/{p.stem}"
)
def test_every_error_of_the_fixtures_has_a_place(path: Path) -> None:
    if path.stem == "explain":
        pytest.skip("what it says is no error")
    found = [match["place"] for match in _FINDING.finditer(path.read_text("utf-8"))]
    assert found
    assert [place for place in found if not _PLACE.match(place)] == []


def test_no_error_is_raised_without_looking_for_its_place() -> None:
    without = []
    for path in sorted(Path(strongroom_codegen.__file__).parent.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            is_finding = node.func.attr in ("error", "warning")
            if is_finding and node.args and ast.unparse(node.args[0]) == "None":
                without.append(f"{path.name}:{node.lineno}")
    assert without == []


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (_COMMENT, "schema/zz.sql:3:1"),
        (f"-- @json shop.lable\n{_COMMENT}", "schema/zz.sql:4:1"),
        (_TWICE, "schema/zz.sql:2:52"),
        (_RAISES, "schema/zz.sql:3:1"),
    ],
)
def test_errors_in_comments_of_the_schema(
    project: Project, on_any_server: Server, text: str, place: str
) -> None:
    (project.schema / "zz.sql").write_text(text)
    assert _only_place(project) == place


def test_errors_in_settings(project: Project, on_any_server: Server) -> None:
    file = project.root / "pyproject.toml"
    before = file.read_text("utf-8").rstrip()
    lines = '[tool.strongroom.types]\ninterval = "strongroom.session.Interval"\n"no.type" = "str"\n'
    file.write_text(f"{before}\n\n{lines}")
    last = before.count("\n") + 1 + 4
    assert _only_place(read_project(project.root)) == f"pyproject.toml:{last}:1"


def test_two_classes_of_one_name(project: Project, on_any_server: Server) -> None:
    (project.schema / "zz.sql").write_text("COMMENT ON TABLE shop.sales IS 'x\n@row ItemOfRow';\n")
    (project.queries / "shop" / "zz.sql").write_text(
        "-- name: first :one\nSELECT 1 AS one;\n\n"
        "-- name: item_of :one\nSELECT ROW(1, 2) AS row, 2 AS b;\n"
    )
    assert _only_place(project) == "queries/shop/zz.sql:4:1"


def _only_place(project: Project) -> str:
    diagnostics = Diagnostics()
    sources = read_sources(project, diagnostics)
    with pytest.raises(QueryError):
        build_model(project, sources, diagnostics)
    (found,) = diagnostics.found
    return str(found.place)

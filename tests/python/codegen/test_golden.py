"""What is generated, and what is said about errors, byte by byte."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from strongroom.project import Project
from strongroom.server import Server
from strongroom_codegen.diagnostics import Diagnostics, QueryError
from strongroom_codegen.explain import explain_null
from strongroom_codegen.pipeline import build_model, read_sources, render_files

HERE = Path(__file__).parent
Golden = Callable[[Path, str], None]
# Those of sources change with every change of the generator; test_command sees that they are right.
_DIGEST = re.compile(r"^[0-9a-f]{16}  ", re.MULTILINE)


def _generate(project: Project) -> dict[str, str]:
    diagnostics = Diagnostics()
    sources = read_sources(project, diagnostics)
    model = build_model(project, sources, diagnostics)
    return render_files(project, sources, model)


def test_same_bytes_on_every_server(project: Project, on_server: Server, golden: Golden) -> None:
    files = _generate(project)
    for path, text in files.items():
        golden(HERE / "golden" / f"{path}.golden", _DIGEST.sub("0123456789abcdef  ", text))
    kept = {p.relative_to(HERE / "golden").as_posix() for p in (HERE / "golden").rglob("*.golden")}
    assert {f"{path}.golden" for path in files} == kept


def test_generating_twice_gives_the_same(project: Project, on_any_server: Server) -> None:
    assert _generate(project) == _generate(project)


@pytest.mark.parametrize("form", ["text", "github"])
@pytest.mark.parametrize("path", sorted((HERE / "errors").glob("*.sql")), ids=lambda p: p.stem)
def test_errors_say_where_and_what_to_do(
    project: Project, on_any_server: Server, golden: Golden, path: Path, form: str
) -> None:
    for old in project.queries.rglob("*.sql"):
        old.unlink()
    (project.queries / "shop" / path.name).write_text(path.read_text("utf-8"), "utf-8")
    diagnostics = Diagnostics()
    sources = read_sources(project, diagnostics)
    with pytest.raises(QueryError) as raised:
        build_model(project, sources, diagnostics)
    assert raised.value.diagnostics.failed
    if form == "text" or path.stem == "sql":
        golden(path.with_suffix(f".{form}"), diagnostics.render(form) + "\n")


def test_names_of_files_are_checked(project: Project) -> None:
    for name in ("shop/types.sql", "shop/class.sql", "loose.sql", "aio/a.sql", "shop/a/b.sql"):
        target = project.queries / name
        target.parent.mkdir(exist_ok=True)
        target.write_text("-- name: a :many\nSELECT 1 AS a;\n")
    diagnostics = Diagnostics()
    read_sources(project, diagnostics)
    assert {d.place.file: d.message for d in diagnostics.found if d.place} == {
        "queries/shop/types.sql": '"types" is the name of a generated module, so no app or subject'
        " can have it",
        "queries/aio/a.sql": '"aio" is the name of a generated module, so no app or subject'
        " can have it",
        "queries/shop/class.sql": '"class" can\'t be the name of a Python module',
        "queries/loose.sql": "a query file must lie in a folder named after its app",
        "queries/shop/a/b.sql": "a query file must lie in a folder named after its app",
    }


def test_broken_schema_is_shown_at_its_line(project: Project, on_any_server: Server) -> None:
    (project.schema / "zz.sql").write_text("CREATE TABLE shop.zz (\n    id bigintt\n);\n")
    diagnostics = Diagnostics()
    sources = read_sources(project, diagnostics)
    with pytest.raises(QueryError) as raised:
        build_model(project, sources, diagnostics)
    (found,) = raised.value.diagnostics.found
    assert str(found.place) == "schema/zz.sql:2:8"
    assert 'type "bigintt" does not exist' in found.message


def test_explain_null_names_the_line(
    project: Project, on_any_server: Server, golden: Golden
) -> None:
    diagnostics = Diagnostics()
    sources = read_sources(project, diagnostics)
    model = build_model(project, sources, diagnostics)
    texts = {file.source.name: file.source.text for file in sources.files}
    text = (
        explain_null(model, "shop.bosses", texts) + "\n" + explain_null(model, "shop.totals", texts)
    )
    golden(HERE / "errors" / "explain.text", text + "\n")

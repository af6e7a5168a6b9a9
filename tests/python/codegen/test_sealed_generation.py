"""What the generator says of sealed columns: refusals, golden files, the model, `query run`."""

from __future__ import annotations

import contextlib
import importlib
import json
import re
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from strongroom.errors import UsageError
from strongroom.project import read_project
from strongroom.server import Server
from strongroom.session.identity import Identity
from strongroom_codegen.diagnostics import Diagnostics, QueryError
from strongroom_codegen.emit import emit_json
from strongroom_codegen.pipeline import build_model, read_sources
from strongroom_codegen.query_call import read_call
from strongroom_codegen.query_run import run_call
from tests.python.codegen import sealed_app
from tests.python.codegen.sealed_app import NOTHING, Vault


def test_what_is_refused(
    tmp_path: Path, on_any_server: Server, golden: Callable[[Path, str], None]
) -> None:
    queries = sealed_app.SEALED / "errors.sql"
    project = sealed_app.make_project(tmp_path / "vault", queries.read_text("utf-8"))
    with pytest.raises(QueryError) as raised:
        sealed_app.generate(project)
    golden(queries.with_suffix(".text"), raised.value.diagnostics.render() + "\n")


def test_keys_that_values_can_not_be_bound_to(tmp_path: Path, on_any_server: Server) -> None:
    tables = {
        "keyless": ("a int", "tarot.keyless has no primary key, to which"),
        "odd": ("a float PRIMARY KEY", "the key of tarot.odd has the column a, to which"),
    }
    loose = "(provider = icu, locale = 'und-u-ks-level2', deterministic = false)"
    text = ""
    with psycopg.connect(on_any_server.url()) as connection:
        # The embedded server is built without ICU.
        with contextlib.suppress(psycopg.errors.FeatureNotSupported):
            connection.execute(f"CREATE COLLATION pg_temp.x {loose}".encode())
            text = f"CREATE COLLATION tarot.x {loose};\n"
            tables["loose"] = (
                "a text COLLATE tarot.x PRIMARY KEY",
                "the key of tarot.loose has a collation by which different texts are equal",
            )
        connection.rollback()
    for name, (column, _) in tables.items():
        text += (
            f"CREATE TABLE tarot.{name} ({column}, secret kernel.sealed);\n"
            f"COMMENT ON COLUMN tarot.{name}.secret IS '@sealed text {name} vault';\n"
        )
    project = sealed_app.make_project(tmp_path / "vault", "-- name: n :one\nSELECT 1 AS one;\n")
    (project.root / "schema" / "tarot" / "vault.sql").write_text(text, "utf-8")
    with pytest.raises(QueryError) as raised:
        sealed_app.generate(project)
    said = raised.value.diagnostics.render()
    assert [problem for _, problem in tables.values() if problem not in said] == []


TAGS = {
    "@sealed money vault_text vault": "@sealed money vault_text vault can't be followed",
    "@sealed text vault_text": "@sealed text vault_text can't be followed",
    "@blind e_mail mail_index": "names no sealed column of tarot.vault",
}


@pytest.mark.parametrize("tag", TAGS)
def test_tags_that_can_not_be_followed(tag: str, tmp_path: Path, on_any_server: Server) -> None:
    project = sealed_app.make_project(tmp_path / "vault", "-- name: n :one\nSELECT 1 AS one;\n")
    path = project.root / "schema" / "tarot" / "vault.sql"
    text = path.read_text("utf-8")
    old = (
        "@blind email mail_index"
        if tag.startswith("@blind")
        else ("@sealed text vault_text vault pad 64")
    )
    path.write_text(re.sub(r"SELECT kernel.guard_sealed.*\n", "", text.replace(old, tag)), "utf-8")
    with pytest.raises(QueryError) as raised:
        sealed_app.generate(project)
    assert TAGS[tag] in raised.value.diagnostics.render()
    assert "schema/tarot/vault.sql:" in raised.value.diagnostics.render()


def test_golden(vault_package: str, golden: Callable[[Path, str], None]) -> None:
    root = Path(importlib.import_module(f"{vault_package}.tarot").__file__ or "").parent
    for name in ("vault.py", "types.py"):
        golden(sealed_app.SEALED / "golden" / f"{name}.golden", (root / name).read_text("utf-8"))
    aio = root.parent / "aio" / "tarot" / "vault.py"
    golden(sealed_app.SEALED / "golden" / "aio.py.golden", aio.read_text("utf-8"))


def test_query_run_has_no_keys(vault_package: str, vault: Vault, tmp_path: Path) -> None:
    """Results stay envelopes; what would have to be sealed is refused, and says what to do."""
    root = Path(importlib.import_module(vault_package).__file__ or "").parent.parent.parent
    project = read_project(root)
    with vault.session() as db:
        vault.calls.put(db, id=1, name="n", a_text="secret", **NOTHING)
    call = read_call(project, "tarot.text_of", {"id": "1"})
    assert call.values == ("1",)
    found = run_call(vault.connection, Identity("tarot", 1, None, None, "app"), call, commit=False)
    assert found.rows[0][0] is not None
    assert found.rows[0][0].startswith("\\x01")
    with pytest.raises(UsageError, match="seals what it is given under keys for vault"):
        read_call(project, "tarot.rename", {"id": "1", "a_text": "plain"})
    with pytest.raises(UsageError, match="blind index under keys for mail_index"):
        read_call(project, "tarot.by_email", {"email": "a@b"})
    null = read_call(project, "tarot.patch", {"id": "1"}, frozenset({"a_date", "email"}))
    assert null.values == (None, None, None, "1")


def test_the_model_says_what_is_sealed(tmp_path: Path, on_any_server: Server) -> None:
    project = sealed_app.make_project(tmp_path / "vault")
    diagnostics = Diagnostics()
    model = build_model(project, read_sources(project, diagnostics), diagnostics)
    queries = {query["name"]: query for query in json.loads(emit_json(model))["queries"]}
    upsert = queries["tarot.upsert"]
    text = {"column": "tarot.vault.a_text", "label": "vault_text", "key": "vault"}
    assert [p.get("sealed") for p in upsert["parameters"]] == [None, text]
    assert [c.get("sealed") for c in upsert["columns"]] == [None, text]
    (email,) = queries["tarot.by_email"]["parameters"]
    assert email["blind"]["key"] == "mail_index"
    assert email["python"] == "str"
    assert [p["name"] for p in queries["tarot.patch"]["parameters"]] == ["a_date", "email", "id"]
    touching = {
        name
        for name, query in queries.items()
        for use in query["uses"]
        if use["relation"] == "tarot.vault" and "email_index" in use["columns"]
    }
    assert touching == {"tarot.put", "tarot.get", "tarot.by_email", "tarot.patch", "tarot.load"}

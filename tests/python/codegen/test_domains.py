"""Domains: types of their own, lists of values, errors of their constraints; on every server."""

from __future__ import annotations

import importlib
from decimal import Decimal
from types import ModuleType
from typing import Any, get_args

import psycopg
import pytest

from strongroom.project import Project
from strongroom.server import Server
from strongroom.session import ErrorTable, RuleViolation, Session, Statement
from strongroom_codegen.catalog import Catalog
from strongroom_codegen.diagnostics import Diagnostics
from strongroom_codegen.model import AppModel, NamedType
from strongroom_codegen.pipeline import build_model, read_sources
from strongroom_codegen.value_lists import value_lists

Shop = tuple[psycopg.Connection[Any], Catalog]
OFFER: dict[str, Any] = {
    "id": 1,
    "price": Decimal(5),
    "currency": "EUR",
    "contact": "a@work",
    "sizes": [1, 3],
    "consent": True,
    "page": 7,
}


def test_values_of_domains_are_those_of_the_types_below(package: ModuleType, db: Session) -> None:
    added = package.offers.add_offer(db, **OFFER)
    assert [getattr(added, name) for name in OFFER] == list(OFFER.values())
    (found,) = package.offers.offers_in(db, currency="EUR", contact="a@work", pattern="%@%")
    assert (found.id, found.price, found.wrote) == (1, Decimal("5.00"), "a@work")
    page = package.offers.offers_by_price(db, limit=1)
    package.offers.add_offer(db, **{**OFFER, "id": 2, "price": Decimal(6)})
    page = package.offers.offers_by_price(db, limit=1)
    following = package.offers.offers_by_price(db, limit=1, after=page.next)
    assert [row.id for row in (*page, *following)] == [1, 2]


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"price": Decimal(0)}, "shared.AmountNotPositive"),
        ({"contact": "nobody"}, "shop.EmailInvalid"),
        ({"currency": "DEM"}, None),
        ({"sizes": [1, 9]}, "shop.SizeUnknown"),
    ],
)
def test_a_violated_constraint_raises_its_class(
    package: ModuleType, db: Session, changed: dict[str, Any], error: str | None
) -> None:
    app, _, name = (error or "").partition(".")
    expected: type[Exception] = psycopg.errors.CheckViolation
    if error:
        expected = getattr(importlib.import_module(f"shop_db.{app}.errors"), name)
        assert f"    {name}: " in package.offers.add_offer.__doc__
    with pytest.raises(expected) as caught:
        package.offers.add_offer(db, **{**OFFER, **changed})
    assert isinstance(caught.value, RuleViolation) == bool(error)


def test_a_cast_alone_can_violate(package: ModuleType, db: Session) -> None:
    assert package.offers.as_email(db, text="a@b") == "a@b"
    with pytest.raises(package.errors.EmailInvalid, match=r"^An address has an @\.$"):
        package.offers.as_email(db, text="ab")
    assert "EmailInvalid" not in (package.offers.offers_in.__doc__ or "")


def test_not_null_of_a_domain(db: Session) -> None:
    class AmountMissing(RuleViolation):
        domains = (("shared", "amount", ""),)
        text = "Say how much."

    errors = ErrorTable()
    errors.register(AmountMissing)
    cast: Statement[Any] = Statement(
        name="shop.cast",
        sql="SELECT CAST($1 AS shared.amount) AS v",
        parameters=("numeric",),
        columns=("v",),
        identity=False,
        errors=errors,
    )
    with pytest.raises(AmountMissing, match=r"^Say how much\.$"):
        db.one(cast, (None,))


def test_two_domains_with_constraints_of_one_name(project: Project, on_server: Server) -> None:
    (project.schema / "zz.sql").write_text(
        "CREATE DOMAIN shop.a AS text CONSTRAINT same CHECK (VALUE <> '');\n"
        "CREATE DOMAIN shop.b AS text CONSTRAINT same CHECK (VALUE <> '');\n"
        "CREATE DOMAIN shop.c AS shop.a CONSTRAINT same CHECK (VALUE <> 'c');\n"
        "COMMENT ON CONSTRAINT same ON DOMAIN shop.a IS '@error AEmpty';\n"
        "COMMENT ON CONSTRAINT same ON DOMAIN shop.b IS '@error BEmpty';\n"
        "COMMENT ON CONSTRAINT same ON DOMAIN shop.c IS '@error CWrong';\n"
    )
    errors = {error.name: error.domains for error in _app(project, "shop").errors}
    assert errors["AEmpty"] == (("shop", "a", "same"),)
    assert errors["BEmpty"] == (("shop", "b", "same"),)
    assert errors["CWrong"] == (("shop", "c", "same"),)


def test_names_that_are_taken_get_an_underscore(project: Project, on_any_server: Server) -> None:
    (project.schema / "zz.sql").write_text(
        "CREATE DOMAIN shop.gift AS text;\n"
        'CREATE DOMAIN shop."2 fast" AS text;\n'
        'CREATE DOMAIN shop."!" AS text;\n'
        'CREATE DOMAIN shop."two fast" AS text;\n'
        "CREATE DOMAIN shop.two_fast AS text;\n"
        "CREATE DOMAIN shop.items_kind AS text;\n"
        'CREATE DOMAIN shop."decimal" AS numeric;\n'
        'CREATE DOMAIN shop."none" AS numeric;\n'
    )
    names = {domain.name for domain in _app(project, "shop").domains}
    assert names >= {"Gift_", "Type2Fast", "Type", "TwoFast", "TwoFast_", "ItemsKind_"}
    assert names >= {"Decimal_", "None_"}


def test_what_can_be_a_new_type(project: Project, on_any_server: Server) -> None:
    (project.schema / "zz.sql").write_text(
        "CREATE DOMAIN shop.really AS shop.consent;\n"
        "CREATE DOMAIN shop.size2 AS shop.size;\n"
        "CREATE DOMAIN shop.tags AS text[];\n"
        "CREATE DOMAIN shop.extra AS jsonb;\n"
        "CREATE DOMAIN shop.sum AS shared.amount;\n"
    )
    found = {domain.name: (domain.is_new, domain.base.text()) for domain in _domains(project)}
    assert found["Really"] == (False, "Consent")
    assert found["Size2"] == (False, "Size")
    assert found["Tags"] == (True, "list[str | None]")
    assert found["Extra"] == (False, "JsonValue")
    assert found["Sum"] == (True, "shared_types.Amount")


@pytest.mark.parametrize(
    ("check", "expected"),
    [
        ("VALUE IN ('a', 'b')", ("a", "b")),
        ("VALUE = 'a'", ("a",)),
        ("VALUE IS NULL OR VALUE IN ('a')", ("a",)),
        ("VALUE IN ('a', 'b') AND length(VALUE) < 9", ("a", "b")),
        ("VALUE <> 'a'", None),
        ("VALUE <> ANY (ARRAY['a', 'b'])", None),
        ("VALUE < ANY (ARRAY['a', 'b'])", None),
        ("VALUE NOT IN ('a', 'b')", None),
        ("lower(VALUE) IN ('a', 'b')", None),
        ("VALUE ~~* ANY (ARRAY['a'])", None),
    ],
)
def test_which_checks_list_values(shop: Shop, check: str, expected: tuple[str, ...] | None) -> None:
    connection = shop[0]
    with connection.transaction(force_rollback=True):
        connection.execute(f"CREATE DOMAIN shop.listed AS text CHECK ({check})".encode())
        row = connection.execute(
            "SELECT conbin::text FROM pg_constraint WHERE contypid = 'shop.listed'::regtype"
        ).fetchone()
    assert row
    assert value_lists(row[0]) == ({0: expected} if expected else {})


def test_char_has_no_list_because_it_comes_back_padded(shop: Shop) -> None:
    connection = shop[0]
    with connection.transaction(force_rollback=True):
        connection.execute("CREATE DOMAIN shop.listed AS char(3) CHECK (VALUE IN ('a', 'b'))")
        row = connection.execute(
            "SELECT conbin::text, 'a'::shop.listed FROM pg_constraint"
            " WHERE contypid = 'shop.listed'::regtype"
        ).fetchone()
    assert row
    assert (value_lists(row[0]), row[1]) == ({}, "a  ")


def test_a_literal_holds_what_the_check_says(package: ModuleType) -> None:
    from_shared = importlib.import_module("shop_db.shared.types")
    assert get_args(from_shared.Currency) == ("EUR", "USD")
    assert get_args(package.types.Size) == (1, 2, 3)


def _app(project: Project, name: str) -> AppModel:
    diagnostics = Diagnostics()
    sources = read_sources(project, diagnostics)
    model = build_model(project, sources, diagnostics)
    return next(app for app in model.apps if app.name == name)


def _domains(project: Project) -> tuple[NamedType, ...]:
    return _app(project, "shop").domains

"""The post office of the tests of shapes: rows at random, and whether values are as declared."""

from __future__ import annotations

import random
from dataclasses import is_dataclass
from types import UnionType
from typing import Any, Literal, NewType, Union, get_args, get_origin, get_type_hints

import psycopg


def fits(value: Any, hint: Any) -> bool:
    """Whether a value is what its declared type says, all the way down."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return any(fits(value, one) for one in arguments)
    if origin is Literal:
        return value in arguments
    if origin is list:
        return isinstance(value, list) and all(fits(v, arguments[0]) for v in value)
    while isinstance(hint, NewType):
        hint = hint.__supertype__
    if hint in (None, type(None)):
        return value is None
    if not isinstance(hint, type):
        return True  # JsonValue
    if not isinstance(value, hint):
        return False
    if not is_dataclass(hint):
        return True
    hints = get_type_hints(hint)
    return all(fits(getattr(value, name), hints[name]) for name in hints)


def fill(connection: psycopg.Connection[Any], rng: random.Random, parcels: int) -> None:
    """Parcels with their scans and remarks, with NULLs wherever the tables take them."""

    def maybe(text: str) -> str:
        return "NULL" if rng.random() < 0.5 else text

    def add(table: str, *values: object) -> None:
        given = ", ".join(map(str, values))
        connection.execute(f"INSERT INTO post.{table} VALUES ({given})".encode())

    for number in range(parcels):
        point, word, path = maybe(f"ROW(1, {maybe('2')})"), maybe("'c'"), maybe("'{NULL}'")
        route = maybe(f"ROW({point}, {word}, {path}, NULL, NULL)")
        weight, size = maybe("1.5"), maybe("'large'")
        columns = "parcels (id, sender, kind, weight, size, route)"
        add(columns, number, "'s'", "'box'", weight, size, route)
        add("remarks", maybe(str(number)), maybe("'t'"))
    for number in range(2 * parcels):
        codes, told = maybe("'{1,NULL}'"), maybe("'{a}'")
        spots = maybe("ARRAY[NULL, ROW(1, NULL)::post.point]")
        parcel, town = maybe(str(number % parcels)), maybe("'T'")
        add("scans", number, parcel, town, "'{t}'", codes, told, spots)

"""Parameters of one call, checked and written before anything is sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from strongroom.session.errors import BadParameter
from strongroom.session.link import Plan
from strongroom.session.statement import UNSET, Statement
from strongroom.session.tracing import commented
from strongroom.session.values import BINARY, TEXT, Binding, encoded_json, silenced


def make_plan(
    statement: Statement[Any], bindings: list[Binding], comment: str | None = None
) -> Plan:
    """How a statement is bound on a connection where its types have these bindings."""
    dumps = [binding.dump for binding in bindings]
    for position, encode in enumerate(statement.encode or ()):
        if encode is not None:
            encode = silenced(encode)
            name = statement.parameters[position]
            if name in ("json[]", "jsonb[]"):
                dumps[position] = _encoded_elements(encode, dumps[position])
                continue
            is_json = name in ("json", "jsonb")
            dumps[position] = _encoded(encode, dumps[position], is_json=is_json)
    sql = commented(statement.sql, statement.name, comment)
    plan = Plan(sql.encode(), bindings, dumps)
    plan.result_format = TEXT if statement.text else BINARY
    return plan


def _encoded(
    encode: Callable[[Any], object], dump: Callable[[Any], bytes], *, is_json: bool
) -> Callable[[Any], bytes]:
    def dump_encoded(value: Any) -> bytes:
        encoded = encode(value)
        return dump(encoded_json(encoded) if is_json else encoded)

    return dump_encoded


def _encoded_elements(
    encode: Callable[[Any], object], dump: Callable[[Any], bytes]
) -> Callable[[Any], bytes]:
    def dump_encoded(value: Any) -> bytes:
        return dump([None if item is None else encoded_json(encode(item)) for item in value])

    return dump_encoded


def bind(statement: Statement[Any], plan: Plan, params: tuple[object, ...]) -> list[bytes | None]:
    """The values as they are sent.

    Raises BadParameter, which names statement, position and type, and never the value.
    """
    dumps = plan.dumps
    if len(params) != len(dumps):
        raise BadParameter(
            f"{statement.name} takes {len(dumps)} parameters, and {len(params)} were given"
        )
    try:
        if len(params) == 1 and params[0] is not None:
            return [dumps[0](params[0])]
        return [
            None if value is None else dump(value)
            for dump, value in zip(dumps, params)  # noqa: B905
        ]
    except Exception:
        raise _first_bad(statement, plan, params) from None


def _first_bad(statement: Statement[Any], plan: Plan, params: tuple[object, ...]) -> BadParameter:
    """Say which value could not be written; errors of a validator may quote it, so no cause."""
    for position, (dump, value) in enumerate(zip(plan.dumps, params, strict=True)):
        try:
            if value is not None:
                dump(value)
        except Exception as error:
            plain = type(error) in (TypeError, ValueError)
            reason = str(error) if plain else f"refused by its encoder ({type(error).__name__})"
            if value is UNSET:
                reason = "UNSET is not a value"
            return BadParameter(
                f"{statement.name}, parameter ${position + 1}"
                f" ({statement.parameters[position]}): {reason}, got {type(value).__name__}"
            )
    return BadParameter(f"{statement.name}: a parameter changed while it was bound")

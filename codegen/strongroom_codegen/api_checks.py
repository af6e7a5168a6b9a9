"""What can't be called through a wrapper, and who may call what can."""

from __future__ import annotations

from strongroom_codegen.api_comment import ApiComment
from strongroom_codegen.catalog import Catalog
from strongroom_codegen.diagnostics import Diagnostics
from strongroom_codegen.lexer import UnterminatedError, tokenize
from strongroom_codegen.routine import Routine

_POLYMORPHIC = frozenset(
    {
        *("any", "anyelement", "anyarray", "anynonarray", "anyenum", "anyrange"),
        *("anymultirange", "anycompatible", "anycompatiblearray", "anycompatiblenonarray"),
        *("anycompatiblerange", "anycompatiblemultirange"),
    }
)
_KINDS = {"a": "aggregate", "w": "window function"}
_ROLES = ("app", "worker", "analyst")


def check_routine(
    routine: Routine, comment: ApiComment, catalog: Catalog, diagnostics: Diagnostics
) -> bool:
    """Whether the routine can have a wrapper of this kind; what is in the way is reported."""
    found = _unfit(routine, catalog) or _wrong_kind(routine, comment, catalog)
    if found is None:
        return True
    diagnostics.error(comment.place, *found)
    return False


def _unfit(routine: Routine, catalog: Catalog) -> tuple[str, str] | None:
    signature = routine.signature
    if routine.kind in _KINDS:
        return (
            f"{signature} is an {_KINDS[routine.kind]}"
            if routine.kind == "a"
            else f"{signature} is a {_KINDS[routine.kind]}",
            "call it in a query of queries/",
        )
    for argument in routine.arguments:
        found = catalog.types[argument.type]
        if found.name in _POLYMORPHIC and found.schema == "pg_catalog":
            return (
                f"{signature} takes or gives {found.name}, for which there is no one Python type",
                "make a function with a type of its own that calls it, and give that the @api tag",
            )
    result = catalog.types[routine.result]
    if result.name == "record" and not routine.outputs:
        return (
            f"{signature} returns record, so nobody knows its columns",
            "declare it RETURNS TABLE (...), or with OUT arguments",
        )
    if result.kind == "p" and result.name not in ("void", "record"):
        return (
            f"{signature} returns {result.name}, which is nothing that an application can take",
            "remove the @api tag",
        )
    ending = _ends_transactions(routine)
    if ending:
        return (
            f"{signature} says {ending}, and a session calls it inside a transaction that carries"
            " the identity: the server would refuse",
            "make it a function that does one batch, and loop in Python; or call it on a plain"
            " connection in autocommit mode",
        )
    return None


def _wrong_kind(routine: Routine, comment: ApiComment, catalog: Catalog) -> tuple[str, str] | None:
    signature, kind = routine.signature, comment.kind
    if kind == "exec":
        return None
    returns_nothing = (
        not routine.outputs if routine.kind == "p" else _name(routine, catalog) == "void"
    )
    if returns_nothing:
        return f"{signature} returns nothing, so it can't be :{kind}", "write :exec"
    if routine.returns_set:
        if kind in ("one", "maybe") and routine.rows != 1:
            return (
                f"{signature} returns a set of rows, so it can't be :{kind}",
                "write :many, or declare the function with ROWS 1 if it gives one row at most",
            )
        return None
    if kind not in ("one", "maybe"):
        return f"{signature} returns one row, so it can't be :{kind}", "write :one"
    is_row = catalog.types[routine.result].kind == "c" or len(routine.outputs) > 1
    if kind == "maybe" and (routine.kind == "p" or not is_row):
        return (
            f"{signature} always returns one value, NULL perhaps, so it can't be :maybe",
            "write :one; its result is None where the value is NULL",
        )
    return None


def _name(routine: Routine, catalog: Catalog) -> str:
    return catalog.types[routine.result].name


def _ends_transactions(routine: Routine) -> str | None:
    """COMMIT or ROLLBACK, if a procedure's own text says it; strings and comments don't count."""
    if routine.kind != "p" or routine.language != "plpgsql":
        return None
    try:
        tokens = tokenize(routine.source)
    except UnterminatedError:
        return None
    words = [token.text.upper() for token in tokens if token.kind == "word"]
    return next((word for word in words if word in ("COMMIT", "ROLLBACK")), None)


def read_role(routine: Routine, comment: ApiComment, diagnostics: Diagnostics) -> str:
    """The role that a session needs: the one that @role names, else the first that may execute."""
    option = next((o for o in comment.options if o.name == "role"), None)
    wanted = option.argument if option else None
    allowed = [role for role in _ROLES if role in routine.executors]
    if not routine.roles or (wanted is not None and wanted not in _ROLES):
        return wanted or "app"
    if wanted is None and not allowed:
        names = ", ".join(f"{routine.schema}_{role}" for role in routine.roles)
        role = "app" if "app" in routine.roles else routine.roles[0]
        diagnostics.error(
            comment.place,
            f"no role of the app may execute {routine.signature} (looked at: {names})",
            _grant(routine, role),
        )
    elif wanted is not None and wanted not in allowed:
        diagnostics.error(
            comment.place_of("role"),
            f"{routine.schema}_{wanted} may not execute {routine.signature}",
            _grant(routine, wanted),
        )
    return wanted or next(iter(allowed), "app")


def _grant(routine: Routine, role: str) -> str:
    """The statement that lets a role of the app in."""
    if role in routine.outsiders:
        return f"GRANT USAGE ON SCHEMA {routine.schema} TO {routine.schema}_{role};"
    word = routine.word.upper()
    return f"GRANT EXECUTE ON {word} {routine.signature} TO {routine.schema}_{role};"

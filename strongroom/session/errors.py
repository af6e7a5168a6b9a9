"""What can go wrong in a session, and how errors of the server become the classes of an app.

SessionError                what the session itself refuses, mostly before anything is sent
├── NoIdentity              the statement needs a user and the session has none
├── WrongRole               the session was opened for another role than the statement's
├── NoRow, TooManyRows      not the number of rows that the statement promised
├── ShapeMismatch           the result's columns are not the ones the code was generated for
├── StalePlan               a migration changed the statement's result while a transaction was open
├── TransactionConflict     the connection is in a transaction that this session may not join
├── TransactionAborted      the transaction failed inside; there is nothing to commit
├── BadParameter            a value that can't be bound (also a ValueError)
└── BadPageToken            a page token that is not one of this query's (also a ValueError)
DatabaseError               a psycopg.DatabaseError
└── RuleViolation           a rule of the database was broken; generated classes derive from it
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, NoReturn, TypeVar

import psycopg
from psycopg.errors import error_from_result

if TYPE_CHECKING:
    from psycopg.pq.abc import PGresult


class SessionError(Exception):
    """Refused by the session; the message says by what, and what to do."""


class NoIdentity(SessionError):  # noqa: N818
    """The statement acts for a user and the session has none. Nothing was sent."""


class WrongRole(SessionError):  # noqa: N818
    """The session's role is not the statement's. Nothing was sent."""


class NoRow(SessionError):  # noqa: N818
    """A statement that promises one row found none; a write was rolled back."""


class TooManyRows(SessionError):  # noqa: N818
    """A statement that promises at most one row found more; a write was rolled back."""


class ShapeMismatch(SessionError):  # noqa: N818
    """The result has other columns than the generated code expects: generate again."""


class StalePlan(SessionError):  # noqa: N818
    """A migration, or DISCARD, came between; the open transaction has to be repeated."""


class TransactionConflict(SessionError):  # noqa: N818
    """The connection is in a transaction, or a mode, that this session may not use."""


class TransactionAborted(SessionError):  # noqa: N818
    """The transaction had failed inside, so it was rolled back instead of committed."""


class BadParameter(SessionError, ValueError):  # noqa: N818
    """A value of the wrong Python type, or out of range. Nothing was sent."""


class BadPageToken(SessionError, ValueError):  # noqa: N818
    """The page token is damaged, or belongs to another query or order."""


class DatabaseError(psycopg.DatabaseError):
    """The server refused a statement, and the app has a class for the reason.

    `__cause__` is psycopg's own error. `str()` is the message alone: DETAIL of a constraint
    holds values of the row, so it is never part of it.
    """

    def __init__(
        self,
        message: str,
        *,
        detail: str | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.detail = detail
        self.hint = hint


class RuleViolation(DatabaseError):  # noqa: N818
    """A rule of the database was broken.

    A subclass has `sqlstate`, or else `text` and `constraint` (schema, table, name), `columns`
    that are NOT NULL (schema, table, column), or `domains`, each (schema, domain, constraint),
    where '' stands for NOT NULL. Partitions report a constraint as theirs: `also` names those that
    are known, and with `on_partitions` no other table has a constraint of the same name.
    """

    sqlstate: str | None = None
    constraint: ClassVar[tuple[str, str, str] | None] = None
    also: ClassVar[tuple[tuple[str, str, str], ...]] = ()
    on_partitions: ClassVar[bool] = False
    columns: ClassVar[tuple[tuple[str, str, str], ...]] = ()
    domains: ClassVar[tuple[tuple[str, str, str], ...]] = ()
    text: ClassVar[str] = ""


_BROKEN_DOMAIN = ("23514", "23502")
"""check_violation and not_null_violation: of a domain where the error names a type."""

_NOT_NULL = "23502"
_Rule = TypeVar("_Rule", bound=type[RuleViolation])
_Key = TypeVar("_Key")


class ErrorTable:
    """Which class stands for which SQLSTATE and which constraint of an app."""

    def __init__(self) -> None:
        self._by_state: dict[str, type[RuleViolation]] = {}
        self._by_constraint: dict[tuple[str, str, str], type[RuleViolation]] = {}
        self._by_name: dict[str, type[RuleViolation]] = {}
        self._by_column: dict[tuple[str, str, str], type[RuleViolation]] = {}
        self._by_domain: dict[tuple[str, str, str], type[RuleViolation]] = {}

    def register(self, rule: _Rule) -> _Rule:
        """Class decorator: the errors that `rule` names are raised as `rule`.

        Raises ValueError for a class that names nothing, or what another class already names.
        """
        if rule.constraint is not None:
            for constraint in (rule.constraint, *rule.also):
                self._claim(self._by_constraint, constraint, rule)
            if rule.on_partitions:
                self._claim(self._by_name, rule.constraint[2], rule)
        elif rule.columns:
            for column in rule.columns:
                self._claim(self._by_column, column, rule)
        elif rule.domains:
            for domain in rule.domains:
                self._claim(self._by_domain, domain, rule)
        elif rule.sqlstate is not None:
            self._claim(self._by_state, rule.sqlstate, rule)
        else:
            raise ValueError(f"{rule.__name__} names no sqlstate, constraint, column or domain")
        return rule

    def extend(self, other: ErrorTable) -> None:
        """Take over the classes of another app's table, such as the kernel's."""
        tables = (other._by_state, other._by_constraint, other._by_column, other._by_domain)
        for rule in (rule for table in tables for rule in table.values()):
            self.register(rule)

    @staticmethod
    def _claim(
        table: dict[_Key, type[RuleViolation]], key: _Key, rule: type[RuleViolation]
    ) -> None:
        if table.setdefault(key, rule) is not rule:
            raise ValueError(f"{key} is both {table[key].__name__} and {rule.__name__}")

    def translate(self, error: psycopg.Error) -> RuleViolation | None:
        """The app's own error for this one, or None when no class was registered for it."""
        diag = error.diag
        schema, constraint = diag.schema_name or "", diag.constraint_name or ""
        if diag.datatype_name and diag.sqlstate in _BROKEN_DOMAIN:
            rule = self._by_domain.get((schema, diag.datatype_name, constraint))
        elif constraint:
            rule = self._by_constraint.get((schema, diag.table_name or "", constraint))
            rule = rule or self._by_name.get(constraint)
        elif diag.sqlstate == _NOT_NULL:
            column = (schema, diag.table_name or "", diag.column_name or "")
            rule = self._by_column.get(column)
        else:
            rule = None
        if rule is not None:
            violation = rule(rule.text or diag.message_primary or "", hint=diag.message_hint)
            violation.sqlstate = diag.sqlstate
            return violation
        rule = self._by_state.get(diag.sqlstate or "")
        if rule is None:
            return None
        return rule(diag.message_primary or "", detail=diag.message_detail, hint=diag.message_hint)


def server_error(result: PGresult) -> psycopg.Error:
    """psycopg's error of a failed result, its text cut to MESSAGE and HINT.

    DETAIL and CONTEXT often hold values of rows and parameters; who may see them asks `diag`.
    """
    error = error_from_result(result, encoding="utf-8")
    lines = [error.diag.message_primary or str(error)]
    if error.diag.message_hint:
        lines.append(f"HINT:  {error.diag.message_hint}")
    error.args = ("\n".join(lines),)
    return error


def raise_server_error(result: PGresult, errors: ErrorTable | None) -> NoReturn:
    """Raise what the app calls this failure, else psycopg's class."""
    error = server_error(result)
    violation = errors.translate(error) if errors is not None else None
    if violation is None:
        raise error from None
    raise violation from error


def at_item(error: BaseException, item: int) -> None:
    """Note for which item of a batch, bulk or copy an error was raised, counted from 0."""
    if failed_item(error) is None:
        error.__dict__["failed_item"] = item
        error.add_note(f"item {item}, counted from 0")


def failed_item(error: BaseException) -> int | None:
    """The item for which a `:batch`, `:bulk` or `:copy` call failed, counted from 0.

    None when the error is not of one item, or the server does not say of which.
    """
    item = error.__dict__.get("failed_item")
    return item if isinstance(item, int) else None

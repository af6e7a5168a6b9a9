"""Who a session acts for, in the form in which it travels with every call."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, get_args
from uuid import UUID

from strongroom.session.errors import NoIdentity, WrongRole
from strongroom.session.statement import Role, Statement

# One plain statement: inside a SECURITY DEFINER function set_config('role') is refused. The role
# comes last, so nothing here depends on what it may do. No setting is ever NULL, so each is made;
# an answer without rows and columns takes less time than one of five texts.
SET_IDENTITY = (
    b"SELECT WHERE pg_catalog.set_config('kernel.app', $1, true) IS NULL"
    b" OR pg_catalog.set_config('kernel.user_id', $2, true) IS NULL"
    b" OR pg_catalog.set_config('kernel.actor', $3, true) IS NULL"
    b" OR pg_catalog.set_config('kernel.request_id', $4, true) IS NULL"
    b" OR pg_catalog.set_config('role', $5, true) IS NULL"
)
SET_IDENTITY_OIDS = (25, 25, 25, 25, 25)
SET_IDENTITY_FORMATS = (1, 1, 1, 1, 1)
NOBODY = (b"", b"", b"", b"", b"none")
"""The values of `SET_IDENTITY` that leave nothing behind."""


@dataclass(frozen=True, slots=True)
class Identity:
    """App, user, actor, request and role of a session; transaction-local on the server."""

    app: str | None
    user_id: int | str | UUID | None
    actor: str | None
    request_id: str | None
    role: Role
    wire: tuple[bytes, ...] = field(init=False)
    """Values of `SET_IDENTITY`; empty for a plain session, which sends none."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "wire", self._wire())

    def _wire(self) -> tuple[bytes, ...]:
        if self.role not in get_args(Role):
            raise ValueError(f"role is one of {', '.join(get_args(Role))}")
        if isinstance(self.user_id, bool) or not isinstance(self.user_id, int | str | UUID | None):
            raise TypeError("user_id is an int, a UUID or a str")
        if self.app == "":
            raise ValueError("app can't be empty: leave it out, or pass None")
        if isinstance(self.user_id, str) and not _is_canonical(self.user_id):
            # PostgreSQL reads ' 1 ' as 1: what logs and limits call the user must be the user.
            raise ValueError("user_id as text is a whole number or a UUID, as PostgreSQL writes it")
        if self.app is None:
            if self.user_id is not None:
                raise NoIdentity("a session with a user needs an app: session(..., app=...)")
            return ()
        parts = (self.app, self.user_id, self.actor, self.request_id, f"{self.app}_{self.role}")
        values = tuple("" if part is None else str(part) for part in parts)
        if any("\x00" in value for value in values):
            raise ValueError("app, user_id, actor and request_id can't hold a zero character")
        return tuple(value.encode() for value in values)

    def require(self, statement: Statement[Any]) -> None:
        """Refuse a statement that this session may not run; nothing was sent yet."""
        if self.app is not None and statement.role != self.role:
            raise WrongRole(
                f"{statement.name} is for the {statement.role} role, and this session was opened"
                f" for {self.role}: open it with role={statement.role!r}"
            )
        if statement.identity and (self.user_id is None or self.app is None):
            raise NoIdentity(
                f"{statement.name} acts for a user and this session has none:"
                " open it with app=... and user_id=..."
            )


def _is_canonical(text: str) -> bool:
    """Whether PostgreSQL would write this bigint or uuid just so."""
    for read in (int, UUID):
        try:
            if str(read(text)) == text:
                return True
        except ValueError:
            continue
    return False

"""The keys of sealed fields, as a session has them.

`strongroom.sealing` is loaded when the first one is asked for: it is an extra.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeVar

from strongroom.session.errors import SessionError
from strongroom.session.statement import UNSET, Unset

if TYPE_CHECKING:
    from strongroom.sealing import DataKey, IndexKey, Keyring
    from strongroom.sealing.claims import Claim, Origin
    from strongroom.session.conversation import Level
    from strongroom.session.engine import Engine
    from strongroom.session.identity import Identity

R = TypeVar("R")

_IDLE = 0


class _Sealing:
    """What both kinds of session know: the keyring, and keys that are not committed yet."""

    _identity: Identity
    _engine: Engine | None
    _keyring: Keyring | None = None
    # The outermost block in which a key was made, which other sessions can't know before its end.
    _made_in: Level | None = None

    @property
    def keyring(self) -> Keyring:
        """The keyring of this session. Raises SessionError where it has none."""
        if self._keyring is None:
            raise SessionError(
                "this session has no keyring, and sealed fields need one:"
                " session(..., keyring=Keyring(provider))"
            )
        return self._keyring

    @property
    def sealing_subject(self) -> str | None:
        """The user of this session, as envelopes name people."""
        user = self._identity.user_id
        return None if user is None else str(user)

    def _app(self) -> str:
        if self._identity.app is None:
            raise SessionError("keys belong to apps: session(..., app=...)")
        return self._identity.app

    def key_at_hand(self, purpose: str, subject: str | None) -> DataKey | None:
        """The key that seals for a person, if it is on the ring and this session may have it."""
        identity = self._identity
        # Another person's key may be on the ring: the server says no.
        if subject is not None and identity.role != "worker" and subject != self.sealing_subject:
            return None
        return self.keyring.live(identity.app or self._app(), subject, purpose)

    def _live(self, purpose: str, subject: str | None) -> Claim[tuple[DataKey, Origin]]:
        from strongroom.sealing.claims import live_key

        return live_key(self.keyring, self._app(), self._identity.role, purpose, subject)

    def _numbered(self, envelopes: Iterable[bytes | None]) -> Claim[dict[bytes, DataKey]]:
        from strongroom.sealing.claims import numbered_keys

        return numbered_keys(
            self.keyring, self._app(), self._identity.role, self.sealing_subject, envelopes
        )

    def _indexes(self, purpose: str) -> Claim[tuple[IndexKey, ...]]:
        from strongroom.sealing.claims import index_keys

        return index_keys(self.keyring, self._app(), self._identity.role, purpose)

    def _remember(self, key: DataKey, origin: Origin) -> DataKey:
        """Put a key on the ring, unless it might be rolled back yet."""
        engine = self._engine
        levels = engine.levels if engine is not None else []
        if origin == "made" and levels:
            self._made_in = levels[0]
        elif self._made_in not in levels:
            self._made_in = None
        is_settled = engine is None or engine.pgconn.transaction_status == _IDLE
        if self._made_in is None and (is_settled or bool(levels)):
            self.keyring.keep(key, live=True)
        return key


class Sealing(_Sealing):
    """Keys for a `Session`."""

    many: Callable[..., list[Any]]

    def sealing_key(self, purpose: str, subject: str | Unset | None = UNSET) -> DataKey:
        """The data key that seals for a person, made where there is none.

        `subject`: the user id as text, by default the session's user; None: the app's own secrets.
        Another person's: as a worker only. Asks the server for what the keyring does not know.
        """
        who = self.sealing_subject if isinstance(subject, Unset) else subject
        found = self.key_at_hand(purpose, who)
        return found or self._remember(*self._drive(self._live(purpose, who)))

    def opening_keys(self, envelopes: Iterable[bytes | None]) -> dict[bytes, DataKey]:
        """The data keys that these envelopes name, for `Field.open`; not those of others."""
        return self._drive(self._numbered(envelopes))

    def index_keys(self, purpose: str) -> tuple[IndexKey, ...]:
        """The keys of blind indexes, for `BlindIndex`."""
        return self._drive(self._indexes(purpose))

    def _drive(self, claim: Claim[R]) -> R:
        try:
            statement, params = next(claim)
            while True:
                statement, params = claim.send(self.many(statement, params))
        except StopIteration as end:
            result: R = end.value
            return result


class AsyncSealing(_Sealing):
    """Keys for an `AsyncSession`."""

    many: Callable[..., Awaitable[list[Any]]]

    async def sealing_key(self, purpose: str, subject: str | Unset | None = UNSET) -> DataKey:
        """As `Session.sealing_key`."""
        who = self.sealing_subject if isinstance(subject, Unset) else subject
        found = self.key_at_hand(purpose, who)
        return found or self._remember(*(await self._drive(self._live(purpose, who))))

    async def opening_keys(self, envelopes: Iterable[bytes | None]) -> dict[bytes, DataKey]:
        """As `Session.opening_keys`."""
        return await self._drive(self._numbered(envelopes))

    async def index_keys(self, purpose: str) -> tuple[IndexKey, ...]:
        """As `Session.index_keys`."""
        return await self._drive(self._indexes(purpose))

    async def _drive(self, claim: Claim[R]) -> R:
        try:
            statement, params = next(claim)
            while True:
                statement, params = claim.send(await self.many(statement, params))
        except StopIteration as end:
            result: R = end.value
            return result

"""The keys that are registered, and whether the provider has them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from strongroom.sealing.errors import MissingKey
from strongroom.sealing.providers import KeyProvider
from strongroom.sealing.tables import OWNER, Connection

_KEYS = """
SELECT
    e.id, e.app, e.purpose, e.kind, e.state, e.fingerprint, e.registered_at, e.retiring_at,
    count(k.id) FILTER (WHERE k.closed_at IS NULL),
    count(k.id) FILTER (WHERE k.closed_at IS NOT NULL)
FROM kernel.encryption_key AS e
LEFT JOIN kernel.subject_key AS k ON k.encryption_key_id = e.id
WHERE %s::text IS NULL OR e.app = %s
GROUP BY e.id
ORDER BY e.app, e.purpose, e.version
"""


@dataclass(frozen=True, slots=True)
class KeyState:
    """A master key: `provider` is ok, missing, wrong, or unused where it is retired.

    `data_keys`: under it; `closed`: those that were replaced and go when it is retired; `reason`:
    why it is missing.
    """

    id: str
    kind: str
    state: str
    registered_at: datetime
    retiring_at: datetime | None
    data_keys: int
    closed: int
    provider: str
    reason: str | None

    def as_dict(self) -> dict[str, Any]:
        """For JSON: instants as text."""
        found = asdict(self)
        for name in ("registered_at", "retiring_at"):
            found[name] = found[name].isoformat() if found[name] is not None else None
        return found


def key_states(connection: Connection, provider: KeyProvider, app: str | None) -> list[KeyState]:
    """Every registered key, of one app or of all."""
    with connection.transaction():
        connection.execute(f"SET LOCAL ROLE {OWNER}")
        rows = connection.execute(_KEYS, [app, app]).fetchall()
    return [
        KeyState(
            id_, kind, state, registered, retiring, open_, closed,
            *(("unused", None) if state == "retired" else _held(provider, id_, fingerprint)),
        )
        for id_, _, _, kind, state, fingerprint, registered, retiring, open_, closed in rows
    ]  # fmt: skip


def _held(provider: KeyProvider, key_id: str, fingerprint: bytes) -> tuple[str, str | None]:
    try:
        return "ok" if provider.fingerprint(key_id) == fingerprint else "wrong", None
    except MissingKey as error:
        return "missing", str(error)

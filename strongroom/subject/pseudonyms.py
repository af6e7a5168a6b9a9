"""What a person is called where nobody may be named: in evidence and in the erasure ledger."""

from __future__ import annotations

from typing import Protocol, runtime_checkable


class MacProvider(Protocol):
    """Has keys that are not in the database; `strongroom.sealing.KeyProvider` is one."""

    def mac(self, key_id: str, data: bytes) -> bytes:
        """32 bytes that only who has the key can make of this."""


@runtime_checkable
class FingerprintProvider(Protocol):
    """Tells its keys from others of the same name."""

    def fingerprint(self, key_id: str) -> bytes:
        """16 bytes that tell this key from others and nothing of what it is."""


def pseudonym(provider: MacProvider, key_id: str, app: str, subject: str) -> bytes:
    """The keyed pseudonym of a person: who has no key can neither make it nor test a guess.

    key_id   a key of kind pseudonym
    subject  the user id as PostgreSQL writes it: what kernel.canonical_subject() returns

    Raises what the provider raises, for a key that it does not have above all.
    """
    parts = [b"strongroom pseudonym", app.encode(), subject.encode()]
    return provider.mac(key_id, b"".join(len(part).to_bytes(4, "big") + part for part in parts))

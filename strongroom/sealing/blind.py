"""Blind indexes: equal values have equal indexes, and only who has the key can make them."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from strongroom.sealing.errors import BadValue, UnknownDataKey
from strongroom.sealing.values import WRITINGS, is_of

if TYPE_CHECKING:
    from strongroom.sealing.keyring import IndexKey, Keyring


@dataclass(frozen=True, slots=True)
class BlindIndex:
    """A column tagged `@blind COLUMN KEY`.

    `label`: of the sealed column, else its name. `type`: of the value, as in `Field`.
    """

    app: str
    label: str
    purpose: str
    type: str = "text"

    @property
    def name(self) -> str:
        """App and label, for messages."""
        return f"{self.app}.{self.label}"

    def make(self, ring: Keyring, keys: Sequence[IndexKey], value: object) -> bytes:
        """What is written beside the envelope of a value: under the active key."""
        active = next((key for key in keys if key.is_active), None)
        if active is None:
            raise UnknownDataKey(f"{self.app}.{self.purpose} has no active key of kind index")
        return ring.blind(active, self.label, self._normal(value))

    def lookups(self, ring: Keyring, keys: Sequence[IndexKey], value: object) -> list[bytes]:
        """What a row that has this value may hold: one for each key that is not retired."""
        normal = self._normal(value)
        return [ring.blind(key, self.label, normal) for key in keys]

    def _normal(self, value: object) -> str:
        writing = WRITINGS[self.type]
        if writing.python is not None and not is_of(value, writing.python):
            raise BadValue(
                f"{self.name} takes {writing.python.__name__}, not {type(value).__name__}"
            )
        try:
            text = writing.write(_same(value, self.type))
            if self.type == "jsonb":
                text = json.dumps(json.loads(text), ensure_ascii=False, sort_keys=True)
            text = normalised(text)
            text.encode()
        except BadValue as error:
            raise BadValue(f"{self.name}: {error}") from None
        except UnicodeEncodeError:
            raise BadValue(f"{self.name}: the text is not Unicode") from None
        return text


def _same(value: Any, type_: str) -> Any:
    """One of all values that PostgreSQL calls equal, but are written in several ways."""
    if type_ == "double":
        return value or 0.0
    if type_ == "numeric" and value.is_finite():
        sign, digits, exponent = value.as_tuple()
        kept = digits[: len("".join(map(str, digits)).rstrip("0"))]
        return Decimal((sign, kept, exponent + len(digits) - len(kept))) if kept else Decimal(0)
    return value


def normalised(text: str) -> str:
    """Text as it is compared: without space around it, in one case and one Unicode form."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFKC", text).strip().casefold())

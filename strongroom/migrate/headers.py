"""The `-- key: value` lines at the top of a migration.

yoyo reads two of them, and ignores without a word what it doesn't understand; we refuse.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches

KEYS = {
    "depends": "ids of the migrations that must be applied before",
    "requires": "extension NAME ...: what the whole app can't do without",
    "transactional": "false: statement by statement, outside a transaction; "
    "batches: each statement until it finds no row, a batch a transaction",
    "batch-size": "how many rows a batch takes; 1000 where it is not said",
    "lock-timeout": "how long a statement may wait for a lock, such as 5s",
    "statement-timeout": "how long a statement may take, such as 1h; 0 for no limit",
    "locks": "for the reader: which locks it takes, and for how long",
    "irreversible": "in a rollback file: why there is no way back",
}
_HEADER = re.compile(r"^\s*--\s*([A-Za-z][A-Za-z_-]*)\s*:(?:\s+(.*?))?\s*$")
_EXTENSIONS = re.compile(r"^extension(\s+[\w-]+)+$")
_SIZE = re.compile(r"^([1-9]\d{0,5}|1000000)$")
_TOP = re.compile(r"^\s*(--.*)?$")


class HeaderError(Exception):
    """A header that can't be followed, and its line (from 1)."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line
        self.message = message


@dataclass(frozen=True, slots=True)
class Headers:
    """What the headers of a file say."""

    depends: tuple[str, ...] = ()
    extensions: tuple[str, ...] = ()
    transactional: bool = True
    batch_size: int | None = None
    lock_timeout: str | None = None
    statement_timeout: str | None = None
    irreversible: str | None = None


def read(text: str) -> Headers:
    """The headers of a file's text; HeaderError when one is unknown or not at the top."""
    found: dict[str, str] = {}
    at_top = True
    for number, line in enumerate(text.split("\n"), 1):
        at_top = at_top and _TOP.match(line) is not None
        match = _HEADER.match(line)
        if not match:
            continue
        key, value = match[1], match[2] or ""
        if not at_top:
            _refuse_below_top(number, key)
            continue
        if _is_prose(number, key):
            continue
        if key != "depends" and key in found:
            raise HeaderError(number, f"'{key}' is said twice")
        found[key] = f"{found.get(key, '')} {value}".strip()
        if not found[key]:
            raise HeaderError(number, f"'{key}' has no value")
        if key == "transactional" and value not in ("true", "false", "batches"):
            raise HeaderError(number, "'transactional' is true, false or batches")
        if key == "batch-size" and not _SIZE.match(value):
            raise HeaderError(number, "'batch-size' is a number from 1 to 1000000")
        if key == "requires" and not _EXTENSIONS.match(value):
            raise HeaderError(number, "'requires' is the word extension and names of extensions")
    in_batches = found.get("transactional") == "batches"
    if "batch-size" in found and not in_batches:
        raise HeaderError(1, "'batch-size' is for files with '-- transactional: batches'")
    return Headers(
        depends=tuple(found.get("depends", "").split()),
        extensions=tuple(found.get("requires", "").split()[1:]),
        transactional=found.get("transactional", "true") == "true",
        batch_size=int(found.get("batch-size", "1000")) if in_batches else None,
        lock_timeout=found.get("lock-timeout"),
        statement_timeout=found.get("statement-timeout"),
        irreversible=found.get("irreversible"),
    )


def _is_prose(number: int, key: str) -> bool:
    """A capitalised word that resembles no key is prose; anything else must be a key."""
    if key in KEYS:
        return False
    similar = get_close_matches(key.lower().replace("_", "-"), KEYS, n=1, cutoff=0.8)
    if similar:
        raise HeaderError(number, f"there is no header '{key}'; did you mean '{similar[0]}'?")
    if key[0].isupper():
        return True
    known = ", ".join(KEYS)
    raise HeaderError(
        number, f"there is no header '{key}' (known: {known}); prose begins with a capital letter"
    )


def _refuse_below_top(number: int, key: str) -> None:
    if key in KEYS.keys() - {"locks", "irreversible"}:
        raise HeaderError(
            number, f"'{key}' must stand at the top of the file, before any SQL or /* comment */"
        )

"""The file of a backup, against whoever changes it and cannot have the key."""

from __future__ import annotations

import io
import json
import struct
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strongroom.backup.stream import Reader, Writer, check_header, new_header, read_header
from strongroom.errors import MismatchError, StrongroomError, UsageError
from strongroom.sealing import EnvironmentKeys
from strongroom.sealing.providers import new_key

KEY = "strongroom.backup.1"
KEYS = EnvironmentKeys({EnvironmentKeys.variable(KEY): new_key()})
MOMENT = datetime(2026, 11, 21, 18, tzinfo=UTC)
CHUNK = 16
FRAME = struct.Struct(">BI")
DUMPS = st.binary(max_size=100)


def written(dump: bytes, pieces: int = 7, manifest: dict[str, object] | None = None) -> bytes:
    file = io.BytesIO()
    writer = Writer(file, KEYS, new_header(KEYS, KEY, "shop", MOMENT), chunk=CHUNK)
    for at in range(0, len(dump), pieces):
        writer.write(dump[at : at + pieces])
    writer.finish(manifest or {"rows": {}})
    return file.getvalue()


def read(data: bytes, keys: EnvironmentKeys = KEYS) -> bytes:
    reader = Reader(io.BytesIO(data), keys, "it")
    return b"".join(reader.chunks())


def frames(data: bytes) -> tuple[bytes, list[bytes]]:
    """What stands before the first frame, and the frames."""
    at = data.index(b"{")
    at += struct.unpack(">I", data[at - 4 : at])[0]
    at += 2 + struct.unpack(">H", data[at : at + 2])[0]
    before, found = data[:at], []
    while at < len(data):
        end = at + FRAME.size + FRAME.unpack_from(data, at)[1]
        found.append(data[at:end])
        at = end
    return before, found


def refused(data: bytes) -> None:
    with pytest.raises(MismatchError):
        read(data)


@given(DUMPS, st.integers(1, 100))
def test_what_is_written_is_read(dump: bytes, pieces: int) -> None:
    data = written(dump, pieces, {"rows": {"a": 1}})
    reader = Reader(io.BytesIO(data), KEYS, "it")
    assert b"".join(reader.chunks()) == dump
    assert (reader.manifest["rows"], reader.manifest["bytes"]) == ({"a": 1}, len(dump))
    # Twice: first it is checked, then it is restored.
    assert b"".join(reader.chunks()) == dump
    assert check_header(io.BytesIO(data), KEYS, "it").database == "shop"


@given(DUMPS, st.data())
def test_a_flipped_bit_is_found(dump: bytes, choice: st.DataObject) -> None:
    """[T-31] Wherever it is: header, wrapped key, lengths, chunks, manifest."""
    data = bytearray(written(dump))
    at = choice.draw(st.integers(0, len(data) - 1))
    data[at] ^= 1 << choice.draw(st.integers(0, 7))
    with pytest.raises(StrongroomError) as error:
        read(bytes(data))
    # A name of another key is looked for first.
    assert isinstance(error.value, MismatchError | UsageError)


@given(DUMPS, st.data())
def test_a_file_that_was_cut_is_found(dump: bytes, choice: st.DataObject) -> None:
    data = written(dump)
    cut = data[: choice.draw(st.integers(0, len(data) - 1))]
    refused(cut)
    with pytest.raises(MismatchError):
        check_header(io.BytesIO(cut), KEYS, "it")


@given(st.binary(min_size=3 * CHUNK, max_size=100), st.data())
def test_chunks_stay_where_they_are(dump: bytes, choice: st.DataObject) -> None:
    """Swapped, left out, twice, from another file under the same key, or after the end."""
    before, found = frames(written(dump))
    first, second = choice.draw(
        st.lists(st.integers(0, len(found) - 1), min_size=2, max_size=2, unique=True)
    )
    other = frames(written(dump))[1]
    swapped = [*found]
    swapped[first], swapped[second] = found[second], found[first]
    refused(before + b"".join(swapped))
    refused(before + b"".join(found[:first] + found[first + 1 :]))
    refused(before + b"".join(found[: first + 1] + found[first:]))
    refused(before + b"".join([*found[:first], other[first], *found[first + 1 :]]))
    refused(before + b"".join([*found, found[-1]]))
    refused(before + b"".join(found) + b"x")
    assert read(before + b"".join(found)) == dump


def test_a_chunk_is_not_the_last_one() -> None:
    """A dump that is cut behind a chunk has no end, whatever the chunk is called."""
    before, found = frames(written(b"a" * CHUNK * 3))
    called_last = FRAME.pack(1, len(found[1]) - FRAME.size) + found[1][FRAME.size :]
    refused(before + found[0] + called_last)


def test_another_key_is_told_from_damage() -> None:
    data = written(b"dump")
    others = EnvironmentKeys({EnvironmentKeys.variable(KEY): new_key()})
    with pytest.raises(MismatchError, match="is not the one that it was written with"):
        read(data, others)
    with pytest.raises(UsageError, match="is missing"):
        read(data, EnvironmentKeys({}))


def test_a_header_that_was_edited_well_is_found() -> None:
    """It would decide which backups go and which one is restored."""
    data = written(b"dump")
    edited = data.replace(b"2026-11-21", b"2027-11-21")
    assert read_header(io.BytesIO(edited), "it").created_at.year == 2027
    with pytest.raises(MismatchError, match="its header was changed"):
        check_header(io.BytesIO(edited), KEYS, "it")


def test_the_manifest_is_not_readable() -> None:
    data = written(b"dump", manifest={"rows": {"shop.people": 12345}})
    assert b"12345" not in data
    assert json.loads(data[data.index(b"{") : data.index(b"}") + 1])["key_id"] == KEY

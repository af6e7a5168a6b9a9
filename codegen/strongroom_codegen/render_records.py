"""The constants by which rows are read inside of other values."""

from __future__ import annotations

from strongroom_codegen.layout import exploded, tuple_source
from strongroom_codegen.literals import quoted
from strongroom_codegen.model import RecordModel


def record_source(record: RecordModel) -> str:
    """`PERSON_RECORD: Record[Person] = Record(...)`."""
    names = [quoted(name) for name in record.names]
    fields = [f"make={record.row}", f"names={tuple_source(names, '    ', room=7)}"]
    types = tuple_source([quoted(name) for name in record.types], "    ", room=7)
    fields.append(f"types={types}")
    if record.type is not None:
        fields.append(f"type={quoted(record.type)}")
    if record.inside:
        inside = [reader.text if reader else "None" for reader in record.inside]
        fields.append(f"inside={tuple_source(inside, '    ', room=8)}")
    if record.fields != record.names:
        fields.append(
            f"fields={tuple_source([quoted(name) for name in record.fields], '    ', room=8)}"
        )
    return exploded(f"{record.name}: Record[{record.row}] = Record(", fields, ")")

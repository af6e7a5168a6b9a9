"""JSON that is not null, for parameters whose `None` would be SQL's NULL."""

from __future__ import annotations

from typing import TypeAlias

from pydantic import JsonValue

NonNullJson: TypeAlias = list[JsonValue] | dict[str, JsonValue] | str | bool | int | float
"""What a json or jsonb parameter takes that can't be NULL."""

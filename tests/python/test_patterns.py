"""Regular expressions that every Python from 3.11 reads alike."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from re import _parser  # type: ignore[attr-defined]  # what re itself reads a pattern by
from types import ModuleType
from typing import Any

import pytest

import strongroom
import strongroom_codegen

_REFUSED = {"POSSESSIVE_REPEAT", "ATOMIC_GROUP"}


def _modules(package: ModuleType) -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if not found.name.endswith("__main__"):
            yield importlib.import_module(found.name)


def _operations(parsed: Any) -> Iterator[str]:
    """The names of all that a parsed pattern does, however deep."""
    for part in parsed:
        if isinstance(part, (tuple, list, _parser.SubPattern)):
            yield from _operations(part)
        else:
            yield str(part)


def _refused(pattern: re.Pattern[Any]) -> set[str]:
    return _REFUSED & set(_operations(_parser.parse(pattern.pattern, pattern.flags)))


@pytest.mark.parametrize("package", [strongroom, strongroom_codegen])
def test_no_pattern_holds_on_to_what_it_has(package: ModuleType) -> None:
    """The Python 3.11.2 of Debian 12 loses what groups behind possessive repeats hold."""
    seen = 0
    for module in _modules(package):
        for name, value in vars(module).items():
            if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
                seen += 1
                assert not _refused(value), f"{module.__name__}.{name}"
    assert seen > 10


def test_what_is_refused_is_found() -> None:
    for text in ("a(?:b++|c)*", "(?>a)b", "(x|(?:y*+)z)?"):
        assert _refused(re.compile(text))
    assert not _refused(re.compile(r"a+(?:b*)+\+"))

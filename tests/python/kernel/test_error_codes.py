"""The registry of SQLSTATEs and the SQL that raises them say the same."""

from __future__ import annotations

import re

from strongroom.project import read_project, shipped_root

_PROJECT = read_project(shipped_root())
_RAISED = re.compile(r"ERRCODE = '([0-9A-Z]{5})'")
_ROW = re.compile(r"^\| ([0-9A-Z]{5}) \| (\w+) \| .+ \| .+ \|$", re.MULTILINE)
_SECTION = re.compile(r"^## (\w+) \(([A-Z]{2})\)$", re.MULTILINE)
_FIRST_LETTERS = set("IJKLMNOQRSTUVWYZ")


def _registered() -> list[tuple[str, str]]:
    return _ROW.findall(_PROJECT.error_codes.read_text("utf-8"))


def test_every_code_of_ours_that_sql_raises_is_registered() -> None:
    raised = {
        code
        for file in _PROJECT.install_order()
        for code in _RAISED.findall(file.read())
        if code[0] in _FIRST_LETTERS
    }
    assert raised - {code for code, _ in _registered()} == set()
    assert raised


def test_every_registered_code_is_raised() -> None:
    text = "".join(file.read() for file in _PROJECT.install_order())
    assert [code for code, _ in _registered() if f"'{code}'" not in text] == []


def test_codes_are_unique_and_minted_by_the_rules() -> None:
    text = _PROJECT.error_codes.read_text("utf-8")
    codes = [code for code, _ in _registered()]
    assert len(set(codes)) == len(codes)
    sections = _SECTION.split(text)
    letters = sections[2::3]
    assert len(set(letters)) == len(letters)
    for section_letters, body in zip(letters, sections[3::3], strict=True):
        assert section_letters[0] in _FIRST_LETTERS
        rows: list[tuple[str, str]] = _ROW.findall(body)
        assert rows
        assert len({name for _, name in rows}) == len(rows)
        for code, name in rows:
            assert re.fullmatch(rf"{section_letters}\d{{3}}", code)
            assert code[2:] != "000"
            assert re.fullmatch(r"[A-Z][a-z0-9]+([A-Z][a-z0-9]*)*", name)
            assert not name.endswith("Error")

"""The trace from requirements to tests. Its cases use the letters Y and Z, which no app has."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from strongroom.errors import LintError, UsageError
from strongroom.trace import build_trace, find_tags, read_catalogue, to_json, to_markdown
from strongroom.trace.__main__ import main

_CATALOGUE = """\
prefix = "Z"
title = "Zebra"

["Setting"]
"Z-01" = "stripes are black"
"Z-02" = "stripes | are white"

["Table stripes"]
"Z-10" = "table stripes"
"Z-10.1" = "stripes.id"
"Z-10.2" = "stripes.width"
"Z-10.10" = "stripes: found by width"

["Flaws"]
"Z-F1" = "no stripe twice"
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with the catalogue above and no test yet."""
    _write(tmp_path, "tests/requirements/zebra.toml", _CATALOGUE)
    _write(tmp_path, "pyproject.toml", "")
    (tmp_path / "schema").mkdir()
    return tmp_path


def _write(root: Path, name: str, text: str) -> Path:
    file = root / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")
    return file


def _numbers(root: Path) -> list[str]:
    return [tag.number for tag in find_tags(root, read_catalogue(root / "tests/requirements"))]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("-- [Z-01]", ["Z-01"]),
        ("-- [Z-01, Z-F1] and [Z-10.2]", ["Z-01", "Z-F1", "Z-10.2"]),
        ("-- [Z-10.1..Z-10.10]", ["Z-10.1", "Z-10.2", "Z-10.10"]),
        ("-- [ Z-10.2 .. Z-10.10 , Z-02 ]", ["Z-10.2", "Z-10.10", "Z-02"]),
        ("-- [Z-01..Z-10]", ["Z-01", "Z-02", "Z-10"]),
        ("-- [Y-01] belongs to nobody; x[0], [A-Z], [Z-F0-9] and Z-01 are no tags", []),
    ],
)
def test_tags_in_brackets_name_requirements(project: Path, text: str, numbers: list[str]) -> None:
    _write(project, "tests/pgtap/zebra.sql", text)
    assert _numbers(project) == numbers


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[Z-03]", "there is no requirement Z-03"),
        ("[Z-10.3]", "there is no requirement Z-10.3"),
        ("[Z-01..Z-09]", "there is no requirement Z-09"),
        ("[Z-10.2..Z-10.1]", "Z-10.2..Z-10.1 is no range of one level, going up"),
        ("[Z-01..Z-10.2]", "Z-01..Z-10.2 is no range of one level, going up"),
        ("[Z-01 Z-02]", "'Z-01 Z-02' in [Z-01 Z-02] is no number"),
        ("[Z-01,]", "'' in [Z-01,] is no number"),
        ("[Z-01", "the tag [Z-01 is not closed"),
    ],
)
def test_a_wrong_tag_is_an_error_at_its_line(project: Path, text: str, problem: str) -> None:
    _write(project, "tests/pgtap/zebra.sql", f"-- first\n-- {text}\n")
    with pytest.raises(LintError) as caught:
        _numbers(project)
    assert caught.value.message == f"tests/pgtap/zebra.sql:2: {problem}"


def test_all_wrong_tags_are_told_at_once(project: Path) -> None:
    _write(project, "tests/a.sql", "-- [Z-77]")
    _write(project, "tests/b.sql", "-- [Z-78]")
    with pytest.raises(LintError) as caught:
        _numbers(project)
    assert caught.value.message.splitlines() == [
        "tests/a.sql:1: there is no requirement Z-77",
        "tests/b.sql:1: there is no requirement Z-78",
    ]


def test_a_python_tag_knows_the_test_around_it(project: Path) -> None:
    source = '''\
"""A module [Z-01]."""
import pytest

class TestStripes:
    @pytest.mark.parametrize("case", ["[Z-02]"])
    def test_width(self, case):
        """Bounded [Z-10.2]."""

async def test_waits():
    assert 1  # [Z-F1]

def make():
    """Not a test [Z-10]."""
'''
    _write(project, "tests/python/test_zebra.py", source)
    tags = find_tags(project, read_catalogue(project / "tests/requirements"))
    assert [(tag.number, tag.line, tag.test) for tag in tags] == [
        ("Z-01", 1, None),
        ("Z-02", 5, "TestStripes.test_width"),
        ("Z-10.2", 7, "TestStripes.test_width"),
        ("Z-F1", 10, "test_waits"),
        ("Z-10", 13, None),
    ]


def test_the_page_tells_what_is_proved_and_what_is_not(project: Path) -> None:
    _write(project, "tests/pgtap/zebra.sql", "-- [Z-10.1..Z-10.10]\n")
    _write(project, "tests/test_z.py", "def test_black():\n    '''[Z-01] [Z-01]'''\n")
    page = to_markdown(build_trace(project))
    assert "| [Zebra](#zebra) | Z- | 5 | 7 |" in page
    assert "| all | | 5 | 7 |" in page
    assert "- Zebra: Z-02, Z-F1\n" in page
    assert "| Z-01 | stripes are black | [test_z.py](../tests/test_z.py) (`test_black`) |" in page
    assert r"| Z-02 | stripes \| are white | — |" in page
    assert "| Z-10 | table stripes | its parts |" in page
    assert "| Z-10.2 | stripes.width | [pgtap/zebra.sql](../tests/pgtap/zebra.sql) |" in page


def test_numbers_without_a_test_are_joined_into_ranges(project: Path) -> None:
    _write(project, "tests/zebra.sql", "-- [Z-10.2]\n")
    assert "- Zebra: Z-01..Z-10, Z-10.1, Z-10.10, Z-F1\n" in to_markdown(build_trace(project))


def test_a_table_needs_each_of_its_parts(project: Path) -> None:
    _write(project, "tests/zebra.sql", "-- [Z-10.1, Z-10.2]\n")
    trace = build_trace(project)
    table = next(item for item in trace.catalogue if item.number == "Z-10")
    assert not trace.is_proved(table)


def test_json_has_the_lines_of_tags(project: Path) -> None:
    _write(project, "tests/zebra.sql", "\n-- [Z-F1]\n")
    app = json.loads(to_json(build_trace(project)))["apps"][0]
    assert (app["app"], app["proved"], app["total"]) == ("zebra", 1, 7)
    assert app["requirements"][-1]["tests"] == [
        {"file": "tests/zebra.sql", "line": 2, "test": None}
    ]


def test_writing_then_checking_passes_until_a_test_changes(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--root", str(project)]
    assert main([*arguments, "--check"]) == 4
    assert "run: make trace" in capsys.readouterr().err
    assert main(arguments) == 0
    first = (project / "docs/requirements.md").read_bytes()
    assert main([*arguments, "--check"]) == 0
    assert main(arguments) == 0
    assert (project / "docs/requirements.md").read_bytes() == first
    _write(project, "tests/zebra.sql", "-- [Z-01]\n")
    assert main([*arguments, "--check"]) == 4
    assert (project / "docs/requirements.md").read_bytes() == first


def test_a_wrong_tag_ends_the_command_with_its_exit_code(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _write(project, "tests/zebra.sql", "-- [Z-99]\n")
    assert main(["--root", str(project)]) == LintError.exit_code
    assert "error: tests/zebra.sql:1: there is no requirement Z-99" in capsys.readouterr().err
    assert not (project / "docs/requirements.md").exists()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("title = 'Zebra'", "needs a one-letter prefix and a title"),
        ("prefix = 'Z'\ntitle = 'Zebra'\n'Z-01' = 'x'", "Z-01 stands outside a section"),
        ("prefix = 'Z'\ntitle = 'Zebra'\n[a]\n'Y-01' = 'x'", "'Y-01' is no requirement number"),
        ("prefix = 'Z'\ntitle = 'Zebra'\n[a]\n'Z-1.2.3' = 'x'", "'Z-1.2.3' is no requirement"),
        ("prefix = 'Z'\ntitle = 'Zebra'\n[a]\n'Z-01' = ' '", "Z-01 needs one line of text"),
        ("prefix = 'Z'\ntitle = 'Zebra'\n[a]\nZ-01='x'\n[b]\nZ-01='y'", "Z-01 is listed twice"),
        ("prefix = ", "Invalid value"),
    ],
)
def test_a_catalogue_that_is_wrong_is_refused(tmp_path: Path, text: str, problem: str) -> None:
    file = _write(tmp_path, "zebra.toml", text)
    with pytest.raises(UsageError) as caught:
        read_catalogue(tmp_path)
    assert caught.value.message.startswith(f"{file}: ")
    assert problem in caught.value.message


def test_two_apps_cannot_share_a_letter(project: Path) -> None:
    folder = project / "tests/requirements"
    _write(folder, "zebu.toml", _CATALOGUE)
    with pytest.raises(UsageError, match="two files have the same prefix"):
        read_catalogue(folder)


def test_a_project_without_a_catalogue_is_told_what_to_write(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no catalogue of requirements"):
        read_catalogue(tmp_path)


def test_the_five_apps_and_their_shared_rules_are_listed() -> None:
    catalogue = read_catalogue(Path(__file__).parents[2] / "requirements")
    totals = {app.prefix: len(app.requirements) for app in catalogue.apps}
    assert totals == {"A": 244, "C": 163, "P": 105, "S": 210, "T": 100, "X": 8}


def test_what_waits_says_why(project: Path) -> None:
    """And says it no longer when a test has come."""
    file = project / "tests/requirements/zebra.toml"
    file.write_text(_CATALOGUE + '[without-a-test]\n"Z-F1" = "no zebra yet"\n', "utf-8")
    assert "    - Z-F1: no zebra yet\n" in to_markdown(build_trace(project))
    _write(project, "tests/pgtap/a.sql", "-- [Z-F1]\n")
    with pytest.raises(LintError, match="Z-F1 has a test now"):
        build_trace(project)


@pytest.mark.parametrize("line", ['"Z-99" = "why"', '"Z-F1" = ""', '"Z-F1" = 1'])
def test_a_reason_is_of_a_requirement_and_says_something(project: Path, line: str) -> None:
    file = project / "tests/requirements/zebra.toml"
    file.write_text(f"{_CATALOGUE}[without-a-test]\n{line}\n", "utf-8")
    with pytest.raises(UsageError, match="needs to be listed, and a reason"):
        build_trace(project)

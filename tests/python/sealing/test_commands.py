"""`strongroom keys`, as people and programs call it; killed at random points, and begun again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from random import Random
from typing import Any

import pytest

from strongroom.sealing import EnvironmentKeys, FileKeys, Keyring, LocalKeys, MissingKey
from tests.python.fix_databases import Database
from tests.python.sealing.conftest import new_keys
from tests.python.sealing.test_rotation import PEOPLE, check, fill

ROOT = Path(__file__).parents[3]


def begin(
    database: Database, environment: dict[str, str], *arguments: str
) -> subprocess.Popen[str]:
    """The command, started."""
    return subprocess.Popen(
        [sys.executable, "-m", "strongroom", "keys", *arguments],
        cwd=ROOT,
        env={
            **os.environ,
            **environment,
            "DATABASE_URL": database.url("strongroom_runner"),
            "COLUMNS": "200",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def call(database: Database, environment: dict[str, str], *arguments: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error."""
    running = begin(database, environment, *arguments)
    out, err = running.communicate(timeout=120)
    assert not any(key in out + err for key in environment.values())
    return running.returncode, out, err


@pytest.mark.slow
def test_a_rotation_that_is_killed_goes_on(
    births: Database, ring: Keyring, environment: dict[str, str]
) -> None:
    """[A-41] kill -9 at random points: every row opens after each, and at last nothing is left."""
    fill(births, ring)
    random = Random()
    environment |= new_keys("tarot.location.2", "tarot.places.2")
    for purpose in ("location", "places"):
        rotate = [
            "rotate",
            "tarot",
            purpose,
            "--reencrypt",
            "--yes",
            "--batch",
            "3",
            "--grace",
            "0",
        ]
        for _ in range(3):
            running = begin(births, environment, *rotate)
            assert running.stderr is not None
            for line in running.stderr:
                if "sealed anew" in line:
                    break
            time.sleep(random.random() * 0.05)
            os.kill(running.pid, signal.SIGKILL)
            running.communicate()
            check(births, EnvironmentKeys(environment))
        code, out, err = call(births, environment, *rotate, "--json")
        assert code == 0, err
        assert set(json.loads(out)["left"].values()) == {0}
        code, out, err = call(
            births, environment, "retire", f"tarot.{purpose}.1", "--yes", "--json"
        )
        assert code == 0, err
        del environment[EnvironmentKeys.variable(f"tarot.{purpose}.1")]
    check(births, EnvironmentKeys(environment))


def test_from_a_new_key_to_its_end(
    births: Database, ring: Keyring, environment: dict[str, str], tmp_path: Path
) -> None:
    """Made, put to use, shown and retired; exit codes say what went wrong."""
    fill(births, ring, 2)
    file = tmp_path / "keys.env"
    code, _, err = call(births, environment, "rotate", "tarot", "birth", "--yes")
    assert (code, "STRONGROOM_KEY_TAROT__BIRTH__2 is not set" in err) == (2, True)
    code, out, _ = call(
        births, environment, "new", "tarot", "birth", "--file", str(file), "--environment", "--json"
    )
    assert (code, json.loads(out)) == (0, {"key": "tarot.birth.2"})
    assert file.stat().st_mode & 0o777 == 0o600
    name, _, value = file.read_text().strip().partition("=")
    environment[name] = value

    code, _, err = call(births, environment, "rotate", "tarot", "birth")
    assert (code, "no terminal" in err, "tarot.birth.2 (seal) becomes" in err) == (2, True, True)
    code, _, err = call(births, environment, "retire", "tarot.birth.1", "--yes")
    assert (code, "KR085" in err) == (1, True)
    code, out, _ = call(births, environment, "rotate", "tarot", "birth", "--yes", "--json")
    assert code == 0
    assert json.loads(out) == {
        "key": "tarot.birth.2", "kind": "seal", "registered": True, "rewrapped": PEOPLE,
        "replaced": 0, "fields": 0, "left": {"tarot.births.born": 0}, "data_keys_left": 0,
        "elsewhere": {}, "unopened_count": 0, "unopened": [], "broken_data_keys": [],
    }  # fmt: skip
    code, out, _ = call(births, environment, "rotate", "tarot", "birth", "--yes")
    assert (code, "nothing is left under another key" in out) == (0, True)
    assert call(births, environment, "retire", "tarot.birth.1", "--yes")[0] == 0

    found = _states(births, environment)
    assert found["tarot.birth.1"] == ("retired", 0, "unused")
    assert found["tarot.birth.2"] == ("active", PEOPLE, "ok")
    del environment["STRONGROOM_KEY_TAROT__BIRTH__2"]
    environment |= new_keys("tarot.location.1")
    found = _states(births, environment, code=4)
    assert found["tarot.birth.2"][2] == "missing"
    assert found["tarot.location.1"][2] == "wrong"
    code, out, err = call(births, environment, "status")
    assert (code, "tarot.vendor.1" in out, "tarot.birth.2 is missing" in err) == (4, True, True)
    assert "STRONGROOM_KEY_TAROT__BIRTH__2 is not set" in err
    file.chmod(0o644)
    code, _, err = call(births, environment, "status", "--keys", str(file))
    assert (code, "can be read by others than its owner: chmod 600 it" in err) == (4, True)
    code, _, err = call(births, environment, "status", "--keys", str(file.with_name("none")))
    assert (code, "can't be read: No such file" in err) == (4, True)
    code, _, err = call(births, environment, "retire", "tarot.nothing.1", "--yes")
    assert (code, "keys status shows which there are" in err) == (1, True)


def _states(database: Database, environment: dict[str, str], code: int = 0) -> dict[str, Any]:
    ended, out, err = call(database, environment, "status", "tarot", "--json")
    assert ended == code, err
    keys = json.loads(out)["keys"]
    return {key["id"]: (key["state"], key["data_keys"], key["provider"]) for key in keys}


def test_keys_from_a_file(births: Database, ring: Keyring, tmp_path: Path) -> None:
    file = tmp_path / "keys"
    code, _, _ = call(births, {}, "new", "tarot", "birth", "--file", str(file))
    assert code == 0
    assert FileKeys(file).names() == ["tarot.birth.2"]
    assert call(births, {}, "new", "tarot", "birth", "--file", str(file))[0] == 2  # it is there
    assert call(births, {}, "new", "tarot", "Birth!", "--file", str(file))[0] == 2
    # Nothing is under the first key, which the file does not have.
    code, _, err = call(births, {}, "rotate", "tarot", "birth", "--keys", str(file), "--yes")
    assert code == 0, err
    file.chmod(0o640)
    code, _, err = call(births, {}, "status", "--keys", str(file), "--json")
    assert (code, "missing" in err) == (4, True)


def test_a_file_that_others_can_read_is_not_read(tmp_path: Path) -> None:
    """[A-41] The file is its owner's alone, plain, and says each key once."""
    file = tmp_path / "keys"
    for text, mode, why in (
        ("", 0o640, "chmod 600"),
        ("", 0o604, "chmod 600"),
        ("# none\n", 0o600, "missing in"),
        ("tarot.birth.1 = AAAA\n", 0o600, "is not 32 bytes in base64"),
        ("tarot.birth.1 = !!!!\n", 0o600, "is not 32 bytes in base64"),
        ("tarot.birth.1 = A\ntarot.birth.1 = B\n", 0o600, "two keys of one name"),
    ):
        file.unlink(missing_ok=True)
        file.write_text(text)
        file.chmod(mode)
        with pytest.raises(MissingKey, match=why) as refused:
            FileKeys(file).fingerprint("tarot.birth.1")
        assert "AAAA" not in str(refused.value)
    with pytest.raises(MissingKey, match="can't be read"):
        FileKeys(tmp_path / "nothing").fingerprint("tarot.birth.1")
    with pytest.raises(MissingKey, match="no plain file"):
        FileKeys(Path(os.devnull)).fingerprint("tarot.birth.1")


def test_a_key_that_is_made_twice_at_once_is_written_once(tmp_path: Path) -> None:
    """Two lines of one name would make every key in the file unreadable."""
    program = """
import sys
from pathlib import Path
from strongroom.errors import UsageError
from strongroom.sealing.key_files import add_key
sys.stdin.read(1)
made = 0
for n in range(1, 300):
    try:
        add_key(Path(sys.argv[1]), f"tarot.birth.{n}", as_environment=False)
        made += 1
    except UsageError:
        pass
print(made)
"""
    file = tmp_path / "keys"
    makers = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(file)],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for _ in range(2)
    ]  # fmt: skip
    for maker in makers:
        assert maker.stdin is not None
        maker.stdin.write("x")
        maker.stdin.flush()
    assert sum(int(maker.communicate()[0]) for maker in makers) == 299
    assert len(FileKeys(file).names()) == 299


def test_a_file_is_read_again_when_it_changes(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    environment = new_keys("tarot.birth.1", "tarot.birth.2")
    file.touch(0o600)
    keys, first = FileKeys(file), EnvironmentKeys(environment)
    for version in (1, 2):
        key_id = f"tarot.birth.{version}"
        with file.open("a") as lines:
            lines.write(f"{key_id} = {environment[EnvironmentKeys.variable(key_id)]}\n")
        assert keys.fingerprint(key_id) == first.fingerprint(key_id)
        assert keys.mac(key_id, b"x") == first.mac(key_id, b"x")


@pytest.mark.parametrize(
    ("argument", "code", "says"),
    [("keys", 2, "pip install 'strongroom[sealing]'"), ("--help", 0, "migrate")],
)
def test_without_the_extra_the_rest_of_the_command_works(
    argument: str, code: int, says: str
) -> None:
    program = (
        "import sys; sys.modules['cryptography'] = None;"
        f" sys.argv = ['strongroom', {argument!r}];"
        " from strongroom.command import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == code
    assert says in done.stdout + done.stderr


def test_local_keys_need_a_place() -> None:
    with pytest.raises(NotImplementedError):
        LocalKeys().fingerprint("tarot.birth.1")

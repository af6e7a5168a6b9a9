"""`strongroom doctor`: what it shows, and what its exit code says."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from tests.python.doctor.conftest import ROOT, Doctor
from tests.python.fix_databases import Database

# ERROR, WARN and INFO of the catalogue, one each.
OFF = "ALTER TABLE tarot.users NO FORCE ROW LEVEL SECURITY"
UNKEYED = "ALTER TABLE tarot.spread_prices DROP CONSTRAINT spread_prices_pkey CASCADE"
CATALOGUE = "row_security_not_forced,missing_primary_key,global_unique"


def test_all_is_well(doctor: Doctor) -> None:
    done = doctor.run("--only", "row_security_off", "--only", "missing_primary_key")
    assert done.returncode == 0, done.stderr
    assert "strongroom_runner@" in done.stdout
    assert f"/{doctor.database.name}, PostgreSQL " in done.stdout
    assert "checks: 2 passed; nothing found" in done.stdout
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("damages", "level", "code", "said"),
    [
        ([], "info", 0, "{told} INFO"),
        ([UNKEYED], "info", 10, "1 WARN, {told} INFO"),
        ([UNKEYED], "error", 0, "1 WARN, {told} INFO"),
        ([OFF, UNKEYED], "info", 11, "1 ERROR, 1 WARN, {told} INFO"),
        ([OFF, UNKEYED], "error", 11, "1 ERROR, 1 WARN, {told} INFO"),
    ],
)
def test_the_exit_code_tells_the_gravest(
    doctor: Doctor, damages: list[str], level: str, code: int, said: str
) -> None:
    told = doctor.ask("--only", CATALOGUE)[1]["counts"]["INFO"]
    for damage in damages:
        doctor.database.admin().execute(damage.encode())
    done = doctor.run("--only", CATALOGUE, "--level", level)
    assert done.returncode == code, done.stderr
    assert f"{3 - len(damages) - 1} passed; {said.format(told=told)}" in done.stdout
    assert ("INFO  global_unique" in done.stdout) == (level == "info")
    assert ("WARN  missing_primary_key" in done.stdout) == (level == "info" and bool(damages))
    assert ("the checks found" in done.stderr) == (code != 0)


def test_a_finding_says_where_and_what_mends_it(doctor: Doctor) -> None:
    doctor.database.admin().execute(OFF)
    done = doctor.run("--only", CATALOGUE)
    assert "ERROR row_security_not_forced: Row level security does not bind" in done.stdout
    assert "- tarot.users does not force row level security." in done.stdout
    assert "mend: ALTER TABLE tarot.users FORCE ROW LEVEL SECURITY;" in done.stdout
    doctor.database.admin().execute("ALTER TABLE tarot.users FORCE ROW LEVEL SECURITY;")
    assert doctor.run("--only", CATALOGUE).returncode == 0


def test_many_findings_of_a_check_are_counted(doctor: Doctor) -> None:
    admin = doctor.database.admin()
    for number in range(25):
        admin.execute(f"CREATE TABLE tarot.t{number:02} (user_id bigint)".encode())
    done = doctor.run("--only", "row_security_off")
    assert done.stdout.count("has row level security off") == 20
    assert "and 5 more: --json lists all" in done.stdout
    _, document = doctor.ask("--only", "row_security_off")
    assert len(document["findings"]) == 25


def test_json_has_everything(doctor: Doctor) -> None:
    told = doctor.ask("--only", "global_unique")[1]["counts"]["INFO"]
    assert told > 0
    doctor.database.admin().execute(OFF)
    code, document = doctor.ask("--only", CATALOGUE)
    assert code == document["exit_code"] == 11
    assert document["error"] == f"the checks found 1 ERROR, {told} INFO"
    assert document["database"] == doctor.database.name
    assert document["role"] == "strongroom_runner"
    assert document["counts"] == {"ERROR": 1, "WARN": 0, "INFO": told}
    assert document["passed"] == 1
    assert document["known_checks"] > 30
    assert {check["name"]: check["passed"] for check in document["checks"]} == {
        "global_unique": False,
        "missing_primary_key": True,
        "row_security_not_forced": False,
    }
    found = document["findings"][0]
    assert found["cache_key"] == "row_security_not_forced:tarot.users"
    assert found["metadata"] == {
        "check": "row_security_not_forced",
        "name": "users",
        "schema": "tarot",
    }
    code, document = doctor.ask("--only", "missing_primary_key")
    assert code == 0
    assert "error" not in document
    assert document["findings"] == []


def test_annotations_of_a_build(doctor: Doctor) -> None:
    doctor.database.admin().execute('CREATE TABLE tarot."100%" (user_id bigint)')
    done = doctor.run("--only", "row_security_off,global_unique", "--format", "github")
    assert done.returncode == 11
    assert done.stdout.splitlines()[0] == (
        '::error title=row_security_off::tarot."100%25" has row level security off.'
        '%0AALTER TABLE tarot."100%25" ENABLE ROW LEVEL SECURITY;'
    )
    assert done.stdout.splitlines()[1].startswith("::notice title=global_unique::")


def test_an_accepted_finding_is_hidden_until_its_day(doctor: Doctor) -> None:
    admin = doctor.database.admin()
    admin.execute(OFF)
    admin.execute(
        "INSERT INTO kernel.accepted_finding (cache_key, reason, accepted_by, expires_at) VALUES"
        " ('row_security_not_forced:tarot.users', 'The import of May runs as owner.', 'dba', %s)",
        ("2999-01-01",),
    )
    done = doctor.run("--only", "row_security_not_forced")
    assert done.returncode == 0, done.stderr
    assert " checks: 1 passed; nothing found; 1 accepted (--all shows them)" in done.stdout
    assert "tarot.users" not in done.stdout
    done = doctor.run("--only", "row_security_not_forced", "--all")
    assert done.returncode == 0
    assert "accepted by dba until 2999-01-01: The import of May runs as owner." in done.stdout
    admin.execute(
        "UPDATE kernel.accepted_finding SET accepted_at = '2000-01-01', expires_at = '2000-01-02'"
    )
    assert doctor.run("--only", "row_security_not_forced").returncode == 11


def test_an_annotation_is_one_line_whatever_a_finding_is_called(doctor: Doctor) -> None:
    admin = doctor.database.admin()
    admin.execute(
        "CREATE VIEW tarot.check_odd AS SELECT E'a,b\\n::error::c' AS name, 'x' AS title,"
        " 'WARN' AS level, 'INTERNAL' AS facing, ARRAY['SERVER'] AS categories,"
        " 'x' AS description, 'x' AS detail, 'x' AS remediation, '{}'::jsonb AS metadata,"
        " 'x' AS cache_key"
    )
    admin.execute("GRANT USAGE ON SCHEMA tarot TO strongroom_runner")
    admin.execute("GRANT SELECT ON tarot.check_odd TO strongroom_runner")
    done = doctor.run("--only", "tarot.odd", "--format", "github")
    assert done.stdout == "::warning title=a%2Cb%0A%3A%3Aerror%3A%3Ac::x%0Ax\n"


def test_a_check_that_fails_takes_no_other_with_it(doctor: Doctor) -> None:
    """An app's own check, which writes: the command asks in a transaction that can't."""
    admin = doctor.database.admin()
    admin.execute(OFF)
    admin.execute(
        "CREATE FUNCTION tarot.spoil() RETURNS bigint LANGUAGE plpgsql AS"
        " 'BEGIN DELETE FROM tarot.users; RETURN 1; END'"
    )
    admin.execute(
        "CREATE VIEW tarot.check_users AS SELECT 'x' AS name, 'x' AS title, 'INFO' AS level,"
        " 'INTERNAL' AS facing, ARRAY['SERVER'] AS categories, 'x' AS description,"
        " tarot.spoil()::text AS detail, 'x' AS remediation, '{}'::jsonb AS metadata,"
        " 'x' AS cache_key"
    )
    admin.execute("GRANT USAGE ON SCHEMA tarot TO strongroom_runner")
    admin.execute("GRANT SELECT ON tarot.check_users TO strongroom_runner")
    admin.execute("GRANT EXECUTE ON FUNCTION tarot.spoil() TO strongroom_runner")
    done = doctor.run("--only", "tarot.users,row_security_not_forced")
    assert done.returncode == 11
    assert "WARN  failed_check" in done.stdout
    assert "Check tarot.users could not be run:" in done.stdout
    assert "(25006)" in done.stdout or "(42501)" in done.stdout
    assert "row_security_not_forced" in done.stdout


def test_a_timeout_of_applications_does_not_end_it(doctor: Doctor) -> None:
    doctor.url = f"{doctor.database.url(doctor.user)}&options=-cstatement_timeout%3D20ms"
    done = doctor.run("--level", "error", "--only", "column_tags,missing_gate,policy_not_indexed")
    assert done.returncode == 0, done.stderr
    assert "3 passed" in done.stdout


def test_a_lock_is_told_of_and_holds_up_no_other_check(doctor: Doctor) -> None:
    holder = doctor.database.connect("postgres", autocommit=False)
    holder.execute("LOCK TABLE kernel.job IN ACCESS EXCLUSIVE MODE")
    code, document = doctor.ask("--only", "jobs,row_security_off")
    assert code == 10
    ((failed),) = document["findings"]
    assert failed["name"] == "failed_check"
    assert "canceling statement due to lock timeout (55P03)" in failed["detail"]
    assert "ask again later" in failed["remediation"]
    assert document["passed"] == 1


@pytest.mark.parametrize("user", ["strongroom_migrator", "postgres"])
def test_who_may_become_the_owner_may_ask(doctor: Doctor, user: str) -> None:
    doctor.user = user
    code, document = doctor.ask("--only", CATALOGUE)
    assert code == 0
    assert document["role"] == ("postgres" if user == "postgres" else "strongroom_owner")


def test_a_superuser_lends_a_check_of_an_app_no_rights(doctor: Doctor) -> None:
    """Whoever makes a view in an app would act as the superuser who asks it."""
    admin = doctor.database.admin()
    with admin.transaction():
        admin.execute("SET LOCAL ROLE strongroom_owner")
        admin.execute(
            "CREATE FUNCTION tarot.who() RETURNS text LANGUAGE sql AS"
            " $$ SELECT 'as ' || current_setting('is_superuser') $$"
        )
        admin.execute(
            "CREATE VIEW tarot.check_users WITH (security_invoker = true) AS SELECT 'x' AS name,"
            " 'x' AS title, 'WARN' AS level, 'INTERNAL' AS facing, ARRAY['SERVER'] AS categories,"
            " 'x' AS description, tarot.who() AS detail, 'x' AS remediation,"
            " '{}'::jsonb AS metadata, 'x' AS cache_key"
        )
        admin.execute("GRANT USAGE ON SCHEMA tarot TO strongroom_runner, pg_monitor")
        admin.execute("GRANT SELECT ON tarot.check_users TO strongroom_runner")
        admin.execute("GRANT EXECUTE ON FUNCTION tarot.who() TO strongroom_runner")
    code, document = doctor.ask("--only", "tarot.users")
    assert (code, [f["detail"] for f in document["findings"]]) == (10, ["as off"])
    doctor.user = "postgres"
    code, document = doctor.ask("--only", "tarot.users,row_security_off")
    assert code == 0
    refusal = "Check tarot.users could not be run: a superuser lends a check of an app no rights"
    assert [(f["level"], f["detail"]) for f in document["findings"]] == [
        ("INFO", f"{refusal} (42501).")
    ]
    # A role that a superuser takes on can be put off again by what it calls.
    admin.execute("SET ROLE strongroom_runner")
    rows = admin.execute("SELECT detail FROM kernel.findings(ARRAY['tarot.users'])").fetchall()
    assert rows == [(f"{refusal} (42501).",)]
    admin.execute("RESET ROLE")
    admin.execute("ALTER VIEW tarot.check_users OWNER TO postgres")
    _, document = doctor.ask("--only", "tarot.users")
    assert [f["detail"] for f in document["findings"]] == ["as on"]


def test_monitoring_sees_when_holds_end(doctor: Doctor, watcher: str) -> None:
    admin = doctor.database.admin()
    admin.execute(sql.SQL("GRANT pg_monitor TO {}").format(sql.Identifier(watcher)))
    admin.execute("SELECT kernel.place_hold('case 7', 'tarot', '1', p_expires_at => now() + '1 d')")
    doctor.user = watcher
    code, document = doctor.ask("--only", "hold_expiry,untagged_schema")
    assert code == 0
    assert [f["title"] for f in document["findings"]] == ["A hold ends soon"]
    with doctor.database.connect(watcher) as connection:
        for column in ("subject", "reason", "row_key"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(f"SELECT {column} FROM kernel.legal_hold".encode())


def test_monitoring_may_ask_once_it_holds_pg_monitor(doctor: Doctor, watcher: str) -> None:
    doctor.user = watcher
    done = doctor.run()
    assert done.returncode == 2
    assert f"role '{watcher}' may not ask the checks of database" in done.stderr
    assert f'GRANT pg_monitor TO "{watcher}"' in done.stderr
    admin = doctor.database.admin()
    admin.execute(sql.SQL("GRANT pg_monitor TO {}").format(sql.Identifier(watcher)))
    code, document = doctor.ask("--only", f"{CATALOGUE},limited_sight,sequence_use")
    assert code == 0
    # Positions of sequences take the owner's rights, which serve the runner alone.
    assert [f["detail"] for f in document["findings"] if f["name"] != "global_unique"] == [
        "Check sequence_use could not be run: permission denied for function sequence_use (42501)."
    ]


def test_the_page_says_what_monitoring_does_not_see(doctor: Doctor, watcher: str) -> None:
    doctor.user = watcher
    admin = doctor.database.admin()
    admin.execute(sql.SQL("GRANT pg_monitor TO {}").format(sql.Identifier(watcher)))
    _, document = doctor.ask()
    unseen = {f["metadata"]["failed"] for f in document["findings"] if f["name"] == "failed_check"}
    page = (ROOT / "docs" / "kernel" / "health.md").read_text("utf-8")
    row = next(line for line in page.splitlines() if line.startswith("| a role that holds"))
    assert unseen == set(row.split("`")[3::2])


def test_the_runner_hears_what_it_does_not_see(doctor: Doctor) -> None:
    done = doctor.run("--only", "limited_sight")
    assert done.returncode == 0
    assert "strongroom_runner does not see transactions" in done.stdout
    assert "GRANT pg_monitor TO strongroom_runner" in done.stdout


def test_what_can_not_be_followed(doctor: Doctor) -> None:
    done = doctor.run("--only", "row_security_of")
    assert done.returncode == 2
    assert "there is no check row_security_of" in done.stderr
    assert "row_security_off" in done.stderr
    done = doctor.run("--level", "loud")
    assert done.returncode == 2
    assert "--level is error, warn or info" in done.stderr
    assert doctor.run("--format", "xml").returncode == 2


def test_a_database_that_was_not_migrated(doctor: Doctor) -> None:
    doctor.url = doctor.database.server.url("postgres", "postgres")
    done = doctor.run()
    assert done.returncode == 3
    assert "database postgres has no checks" in done.stderr
    assert "strongroom migrate apply" in done.stderr


def test_a_server_that_is_not_there(doctor: Doctor) -> None:
    doctor.url = "postgresql://nobody:secret@127.0.0.1:1/none"
    code, document = doctor.ask()
    assert code == document["exit_code"] == 9
    assert "can't connect to nobody@127.0.0.1:1/none" in document["error"]
    assert "secret" not in document["error"]


def test_the_projects_own_server_is_not_started(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "x"\n')
    (tmp_path / "schema").mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "strongroom", "doctor"],
        cwd=tmp_path,
        env={k: v for k, v in os.environ.items() if k != "DATABASE_URL"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 9
    assert "the project's server does not run" in done.stderr
    assert not (tmp_path / ".strongroom").exists()


def test_it_changes_nothing(any_database: Database) -> None:
    """The command runs on a read-only standby as on a primary."""
    doctor = Doctor(any_database)
    name = sql.Identifier(any_database.name)
    any_database.admin().execute(
        sql.SQL("ALTER DATABASE {} SET default_transaction_read_only = on").format(name)
    )
    assert doctor.run("--only", CATALOGUE).returncode == 0

"""A person asks what is held of them, then to be forgotten: all of it, and nobody else's."""

from __future__ import annotations

import json
from hashlib import sha256
from uuid import UUID

from strongroom.sealing import EnvironmentKeys
from strongroom.session import session
from strongroom.subject.eraser import Erased, erase
from strongroom_db.persona import user_settings, users
from tests.python.fix_databases import Connection
from tests.python.persona.conftest import Bot
from tests.python.sealing.conftest import new_keys, register
from tests.python.tarot.conftest import row

MASTER = "persona.people.1"
_TABLES = (
    "user_settings",
    "admin_users",
    "llm_cache",
    "usage_stats",
    "usage_days",
    "subscriptions",
)
_OTHERS = """
SELECT jsonb_build_object({parts}, 'users', (
    SELECT jsonb_agg(t ORDER BY t.id) FROM persona.users AS t WHERE t.id <> %(person)s
))
"""
_PART = (
    "'{0}', (SELECT jsonb_agg(t ORDER BY t.id) FROM persona.{0} AS t WHERE t.user_id <> %(person)s)"
)


def live(bot: Bot, person: int, name: str) -> None:
    """Everything that a person can leave behind, with a word that only they wrote."""
    with session(bot.login(), app="persona", user_id=person) as db:
        users.set_profile(
            db,
            username=name,
            first_name=f"first_{name}",
            last_name=f"last_{name}",
            language_code="ru",
        )
        user_settings.set_signature(db, signature=f"signature_{name}")
        user_settings.set_preferences(db, preferences={"note": f"preference_{name}"})
    bot.agree(person)
    app = bot.app(person)
    (_, _, token, _) = row(app, "SELECT * FROM persona.claim_answer('openai', repeat('a', 64))")
    row(
        app,
        "SELECT persona.store_answer('openai', repeat('a', 64), %s, %s, %s)",
        token,
        json.dumps({"text": f"question_{name}"}),
        json.dumps({"text": f"answer_{name}"}),
    )
    # What everybody may have, with a name that no filter finds.
    key = sha256(name.encode()).hexdigest()
    claim = "SELECT token FROM persona.claim_answer('openai', %s, false)"
    (token,) = row(app, claim, key)
    row(
        app,
        "SELECT persona.store_answer('openai', %s, %s, %s, %s, false)",
        key,
        token,
        json.dumps({"text": f"shared_{name}"}),
        json.dumps({"text": f"told_{name}"}),
    )
    row(app, "SELECT persona.record_usage('openai', 100)")
    row(
        bot.owner,
        "SELECT persona.begin_subscription(%s, 'pro', %s, %s)",
        person,
        f"payment_{name}",
        json.dumps({"payer": f"gateway_{name}"}),
    )


def others(bot: Bot, person: int) -> object:
    """All rows of everybody else."""
    parts = ", ".join(_PART.format(table) for table in _TABLES)
    (found,) = bot.owner.execute(
        _OTHERS.format(parts=parts).encode(), {"person": person}
    ).fetchone() or (None,)
    return found


def run(bot: Bot, runner: Connection, person: int, keys: EnvironmentKeys) -> Erased:
    """Erase a person as the command does."""
    request = UUID(
        str(
            row(
                runner, "SELECT kernel.open_request('persona', %s, 'erasure', 'fz152')", str(person)
            )[0]
        )
    )
    runner.execute("SELECT kernel.approve_request(%s)", (request,))
    return erase(runner, request, keys, MASTER, lambda _: None)


def test_a_person_is_exported_and_erased_whole(bot: Bot) -> None:
    """[P-08] [P-06] [P-02] [P-F1] [P-F15] [X-3] An administrator, with something in each table."""
    anna, boris = bot.admin(), bot.admin()
    live(bot, anna, "canary_anna")
    live(bot, boris, "canary_boris")
    with session(bot.login(), app="persona", user_id=anna) as db:
        users.view_profile(db, user_id=boris)
    with session(bot.login(), app="persona", user_id=boris) as db:
        users.view_profile(db, user_id=anna)
    keys = EnvironmentKeys(new_keys(MASTER))
    runner = bot.database.connect("strongroom_runner")
    register(runner, keys, MASTER, "pseudonym")

    bot.owner.execute("SELECT set_config('kernel.actor', 'olga', false)")
    exported = bot.one("SELECT kernel.export_subject('persona', %s)::text", str(anna))
    words = "username first_ last_ signature_ preference_ question_ answer_ payment_ gateway_"
    for word in (*words.split(), "shared_", "told_"):
        assert f"{word.replace('username', '')}canary_anna" in exported, word
    assert "canary_boris" not in exported

    before = others(bot, anna)
    done = run(bot, runner, anna, keys)
    assert (done.state, done.reason) == ("done", None)
    traces = bot.owner.execute(
        "SELECT relation::text, column_name"
        " FROM kernel.subject_traces('persona', ARRAY['canary_anna'])"
        " WHERE rows > 0"
    ).fetchall()
    assert traces == []
    assert others(bot, anna) == before
    assert bot.one("SELECT count(*) FROM persona.users WHERE id = %s", anna) == 0
    assert bot.one("SELECT array_agg(asked_by) FROM persona.llm_cache WHERE user_id IS NULL") == [
        boris
    ]
    # What was asked of a vendor stays what it was, and is nobody's.
    assert bot.one("SELECT total_tokens FROM persona.usage_stats WHERE user_id IS NULL") == 100
    assert bot.one("SELECT sum(total_tokens)::int FROM persona.usage_stats") == 200
    # Both looks are in the journal: by who is gone, and at who is gone.
    journal = bot.owner.execute(
        "SELECT actor_id, target_user_id FROM persona.pd_audit_log"
        " WHERE action = 'view_profile' ORDER BY id"
    ).fetchall()
    assert journal == [(anna, boris), (boris, anna)]
    assert bot.one("SELECT count(*) FROM kernel.erasure_evidence") == 1


def test_who_comes_back_is_somebody_new(bot: Bot) -> None:
    """[P-06] [P-08] Nothing of before is found again under the same telegram id."""
    anna = bot.person()
    live(bot, anna, "canary_anna")
    telegram_id = bot.one("SELECT telegram_id FROM persona.users WHERE id = %s", anna)
    keys = EnvironmentKeys(new_keys(MASTER))
    runner = bot.database.connect("strongroom_runner")
    register(runner, keys, MASTER, "pseudonym")
    assert run(bot, runner, anna, keys).state == "done"
    with session(bot.login(), app="persona") as db:
        assert users.find_user(db, telegram_id=telegram_id) is None
        again = users.register_user(db, telegram_id=telegram_id)
    assert again != anna
    with session(bot.login(), app="persona", user_id=again) as db:
        assert user_settings.get_settings(db).signature == "@annabbox"


def test_a_person_asks_in_the_bot(bot: Bot) -> None:
    """[P-08] By the terms of 152-FZ, confirmed by a code."""
    anna = bot.person()
    with session(bot.login(), app="persona", user_id=anna) as db:
        asked = users.request_erasure(db)
        assert asked.code is not None
        assert users.confirm_request(db, request_id=asked.request_id, code="wrong") == "rejected"
        assert users.confirm_request(db, request_id=asked.request_id, code=asked.code) == "verified"
        seen = users.request_access(db)
        assert {r.kind for r in users.list_requests(db)} == {"erasure", "access"}
        assert seen.request_id != asked.request_id
    regimes = bot.owner.execute("SELECT DISTINCT regime FROM kernel.subject_request").fetchall()
    assert regimes == [("fz152",)]

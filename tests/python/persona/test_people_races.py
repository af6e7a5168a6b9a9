"""Real connections that want the same of people and rights at the same moment."""

from __future__ import annotations

from functools import partial

from tests.python.persona.conftest import Bot
from tests.python.tarot.conftest import at_once, outcome, row

_ROUNDS = 10


def test_one_person_registers_many_times_at_once(bot: Bot) -> None:
    """[P-20] One person, one row of settings."""
    workers = [bot.worker() for _ in range(8)]
    for n in range(_ROUNDS):
        register = "SELECT persona.register_user(%s)"
        answers = at_once([partial(outcome, w, register, 9000 + n) for w in workers])
        assert len(set(answers)) == 1, answers
    assert bot.one("SELECT count(*) FROM persona.user_settings") == _ROUNDS


def test_two_managers_take_the_right_from_each_other(bot: Bot) -> None:
    """[P-25] One of them is left, whoever was faster."""
    for _ in range(_ROUNDS):
        bot.owner.execute("DELETE FROM persona.admin_users")
        one, other = bot.admin(), bot.admin()
        revoke = "SELECT persona.revoke_rights(%s)"
        answers = at_once(
            [
                partial(outcome, bot.app(one), revoke, other),
                partial(outcome, bot.app(other), revoke, one),
            ]
        )
        assert sorted(map(str, answers)) == ["(True,)", "LB001"], answers
        assert bot.one("SELECT count(*) FROM persona.admin_users") == 1


def test_two_managers_step_back_at_once(bot: Bot) -> None:
    """[P-25] The second one finds that he is the last."""
    for _ in range(_ROUNDS):
        bot.owner.execute("DELETE FROM persona.admin_users")
        both = [bot.admin(), bot.admin()]
        step = "SELECT persona.grant_rights(%s)"
        answers = at_once([partial(outcome, bot.app(a), step, a) for a in both])
        assert [a for a in answers if isinstance(a, str)] == ["LB003"], answers
        left = "SELECT count(*) FROM persona.admin_users WHERE can_manage_users"
        assert bot.one(left) == 1


def test_rights_come_and_go_and_the_flag_keeps_up(bot: Bot) -> None:
    """[P-F7] After any mixture of grants and revocations the flag says what the rights say."""
    root, anna = bot.admin(), bot.person()
    connections = [bot.app(root) for _ in range(4)]
    grant, revoke = "SELECT persona.grant_rights(%s)", "SELECT persona.revoke_rights(%s)"
    for _ in range(_ROUNDS):
        at_once(
            [
                partial(row, connection, (grant, revoke)[number % 2], anna)
                for number, connection in enumerate(connections)
            ]
        )
        assert bot.one(
            "SELECT u.is_admin = EXISTS (SELECT FROM persona.admin_users a WHERE a.user_id = u.id)"
            " FROM persona.users AS u WHERE u.id = %s",
            anna,
        )

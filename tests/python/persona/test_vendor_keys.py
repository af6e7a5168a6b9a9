"""Keys of vendors: sealed by the program, set in the name of who may, read by workers."""

from __future__ import annotations

import psycopg
import pytest

from strongroom.sealing import EnvironmentKeys, Keyring, NotOpened
from strongroom.session import WrongRole, session
from strongroom_db.kernel.errors import MissingIdentity
from strongroom_db.persona import vendor_keys
from strongroom_db.persona.errors import RightMissing
from tests.python.persona.conftest import Bot
from tests.python.sealing.conftest import new_keys, register

MASTER = "persona.vendors.1"
SECRET = "sk-canary-0123456789abcdef"


@pytest.fixture
def ring(bot: Bot) -> Keyring:
    """A keyring with the master key of vendors' keys, which is registered."""
    keys = EnvironmentKeys(new_keys(MASTER))
    with bot.database.connect("strongroom_runner") as runner:
        register(runner, keys, MASTER, "seal")
    return Keyring(keys)


def test_a_key_is_set_used_replaced_and_dropped(bot: Bot, ring: Keyring) -> None:
    """[P-27] [P-F13] [X-4] The server has an envelope; the audit log who set it, and no key."""
    login, root = bot.login(), bot.admin(users=False)
    with session(login, app="persona", role="worker", user_id=root, keyring=ring) as db:
        assert vendor_keys.get_vendor_key(db, vendor="openai") is None
        vendor_keys.set_vendor_key(db, vendor="openai", api_key=SECRET)
    with session(login, app="persona", role="worker", keyring=ring) as db:
        found = vendor_keys.get_vendor_key(db, vendor="openai")
        assert found is not None
        assert found.api_key == SECRET
    with session(login, app="persona", role="worker", user_id=root, keyring=ring) as db:
        vendor_keys.set_vendor_key(db, vendor="openai", api_key="another")
        found = vendor_keys.get_vendor_key(db, vendor="openai")
        assert found is not None
        assert found.api_key == "another"
        assert vendor_keys.drop_vendor_key(db, vendor="openai") == 1
        assert vendor_keys.drop_vendor_key(db, vendor="openai") == 0
    entries = bot.owner.execute(
        "SELECT actor, operation, key FROM kernel.audit_entries"
        " WHERE relation = 'vendor_keys' ORDER BY id"
    ).fetchall()
    steps = ("INSERT", "UPDATE", "DELETE")
    assert entries == [(f"admin:{root}", step, "openai") for step in steps]
    traces = bot.one(
        "SELECT count(*) FROM kernel.subject_traces('persona', ARRAY[%s]) WHERE rows > 0", SECRET
    )
    assert traces == 0


def test_nobody_else_sets_one(bot: Bot, ring: Keyring) -> None:
    """[P-26] [P-27] Not the app, not a worker in nobody's name, not an administrator of people."""
    login, other, root = bot.login(), bot.admin(keys=False), bot.admin()
    with session(login, app="persona", user_id=root, keyring=ring) as db:
        with pytest.raises(WrongRole):
            vendor_keys.set_vendor_key(db, vendor="openai", api_key=SECRET)
        with pytest.raises(WrongRole):
            vendor_keys.get_vendor_key(db, vendor="openai")
    for user_id, refusal in ((None, MissingIdentity), (other, RightMissing)):
        with session(login, app="persona", role="worker", user_id=user_id, keyring=ring) as db:
            with pytest.raises(refusal):
                vendor_keys.set_vendor_key(db, vendor="openai", api_key=SECRET)
            with pytest.raises(refusal):
                vendor_keys.drop_vendor_key(db, vendor="openai")
    assert bot.one("SELECT count(*) FROM persona.vendor_keys") == 0


def test_an_envelope_of_another_vendor_does_not_open(bot: Bot, ring: Keyring) -> None:
    """[P-27] A key that is moved to another row by somebody with the table is no key there."""
    login, root = bot.login(), bot.admin()
    with session(login, app="persona", role="worker", user_id=root, keyring=ring) as db:
        vendor_keys.set_vendor_key(db, vendor="openai", api_key=SECRET)
        bot.owner.execute(
            "INSERT INTO persona.vendor_keys (vendor, api_key)"
            " SELECT 'yandex', api_key FROM persona.vendor_keys"
        )
        with pytest.raises(NotOpened):
            vendor_keys.get_vendor_key(db, vendor="yandex")


def test_a_key_in_clear_does_not_fit(bot: Bot) -> None:
    """[P-27] What is not sealed is refused by the column."""
    with pytest.raises(psycopg.errors.CheckViolation):
        bot.owner.execute(
            "INSERT INTO persona.vendor_keys (vendor, api_key) VALUES ('openai', %s)",
            (SECRET.encode(),),
        )

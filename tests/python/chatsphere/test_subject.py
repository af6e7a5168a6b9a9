"""An owner asks what is held, then to be forgotten, with all that the bots learned."""

from __future__ import annotations

from uuid import UUID

from strongroom.sealing import EnvironmentKeys
from strongroom.subject.eraser import Erased, erase
from tests.python.chatsphere.conftest import Platform, row
from tests.python.fix_databases import Connection
from tests.python.sealing.conftest import new_keys, register

MASTER = "chatsphere.people.1"
_STORE = """
SELECT chatsphere.store_chunk(
    c.user_id, c.chatbot_id, c.source_id, c.lease_id, 0, %s,
    array_fill(%s::integer, '{1536}')::extensions.halfvec, 'small'
)
FROM chatsphere.claim_sources() AS c
"""
_REST = """
SELECT jsonb_build_object(
    'pieces', (SELECT jsonb_agg(k ORDER BY k.id) FROM chatsphere.document_chunks AS k),
    'sources', (SELECT jsonb_agg(s ORDER BY s.id) FROM chatsphere.training_sources AS s),
    'said', (SELECT jsonb_agg(m ORDER BY m.id) FROM chatsphere.chat_messages AS m)
)
"""


def _live(platform: Platform, person: UUID, name: str, number: int) -> None:
    """A bot that learned something, and a visitor who asked it."""
    app = platform.app(person)
    (bot,) = row(app, "SELECT chatsphere.create_chatbot(%s)", f"bot_{name}")
    row(app, "SELECT chatsphere.add_source(%s, 'text', %s)", bot, f"source_{name}")
    row(platform.clerk, _STORE, f"piece_{name}", number)
    opened = "SELECT session_token FROM chatsphere.open_session(%s, repeat('a', 64))"
    (token,) = row(app, opened, bot)
    row(app, "SELECT message_id FROM chatsphere.say(%s, %s)", token, f"said_{name}")
    app.close()


def _erase(runner: Connection, person: UUID) -> Erased:
    keys = EnvironmentKeys(new_keys(MASTER))
    register(runner, keys, MASTER, "pseudonym")
    ask = "SELECT kernel.open_request('chatsphere', %s, 'erasure', 'gdpr')"
    request = UUID(str(row(runner, ask, str(person))[0]))
    runner.execute("SELECT kernel.approve_request(%s)", (request,))
    return erase(runner, request, keys, MASTER, lambda _: None)


def test_an_owner_is_exported_and_erased_with_what_the_bots_learned(platform: Platform) -> None:
    """[C-20] [C-F10] [C-F15] [C-F26] Pieces and vectors are personal, as the text is."""
    anna, boris = platform.person(), platform.person()
    _live(platform, boris, "canary_boris", 3)
    admin = platform.database.admin()
    admin.execute("SET ROLE strongroom_owner")
    others = row(admin, _REST)
    _live(platform, anna, "canary_anna", 2)
    admin.execute("SELECT set_config('kernel.actor', 'olga', false)")
    (exported,) = row(admin, "SELECT kernel.export_subject('chatsphere', %s)::text", str(anna))
    for word in ("bot", "source", "piece", "said"):
        assert f"{word}_canary_anna" in exported, word
    assert "[2,2,2,2," in exported
    assert "canary_boris" not in exported

    done = _erase(platform.database.connect("strongroom_runner"), anna)
    assert (done.state, done.reason) == ("done", None)
    traces = admin.execute(
        "SELECT relation::text, column_name"
        " FROM kernel.subject_traces('chatsphere', ARRAY['canary_anna']) WHERE rows > 0"
    ).fetchall()
    assert traces == []
    assert row(admin, _REST) == others
    erased = "SELECT erased_at IS NOT NULL FROM chatsphere.users WHERE id = %s"
    assert row(admin, erased, anna) == (True,)

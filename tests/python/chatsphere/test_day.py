"""A day of the platform through the generated functions: owner, worker, visitor, support."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from strongroom.session import NoIdentity, Session, WrongRole, session
from strongroom_db.chatsphere import (
    analytics_usage,
    api_keys,
    api_usage,
    chat_sessions,
    chatbots,
    document_chunks,
    error_logs,
    performance_metrics,
    subscriptions,
    training_sources,
    user_chatbot_metrics,
    users,
)
from strongroom_db.chatsphere.errors import (
    ChatbotNameTaken,
    EmailTaken,
    SourceKnown,
    SupportNotAllowed,
    UnknownAccount,
    UnknownChatbot,
    UnknownConversation,
    UnknownSession,
    UsageLimitReached,
)
from strongroom_db.chatsphere.rows import RecordAnalyticsUsageItem, RecordPerformanceItem
from tests.python.chatsphere.conftest import HASH, Platform

_VISITOR = "ab" * 32
_AGES_AGO = datetime(2020, 1, 1, tzinfo=UTC)
_NORTH = [0.5, 0.25, *[0.0] * 1534]


def test_a_day(platform: Platform) -> None:
    """[C-04] [C-31] [C-F12] [C-F18] Sign up, key, bot, source, visitor, figures."""
    login = platform.database.connect()
    with session(login, app="chatsphere") as db:
        mira = users.register_user(db, email="Mira@Example.org", password_hash=HASH)
        with pytest.raises(EmailTaken):
            users.register_user(db, email="mira@example.ORG", password_hash=HASH)
        found = users.find_login(db, email="MIRA@example.org")
        assert found is not None
        assert (found.user_id, found.password_hash) == (mira, HASH)
        with pytest.raises(NoIdentity):
            users.get_user(db)

    with session(login, app="chatsphere", user_id=mira) as db:
        made = api_keys.create_api_key(db, name="program")
        bot = chatbots.create_chatbot(db, name="Helper", model_config={"temperature": 0.2})
        with pytest.raises(ChatbotNameTaken):
            chatbots.create_chatbot(db, name="Helper")
        source = training_sources.add_source(
            db, chatbot_id=bot, source_type="text", content="The sea is in the north."
        )
        with pytest.raises(SourceKnown):
            training_sources.add_source(
                db, chatbot_id=bot, source_type="faq", content="The sea is in the north."
            )
        with pytest.raises(WrongRole):
            training_sources.claim_source(db)

    with session(login, app="chatsphere", role="worker") as jobs:
        taken = training_sources.claim_source(jobs)
        assert taken is not None
        assert taken.source_id == source
        assert training_sources.claim_source(jobs) is None
        text = training_sources.read_source(jobs, user_id=mira, chatbot_id=bot, source_id=source)
        assert text is not None
        assert text.content == "The sea is in the north."
        document_chunks.store_chunk(
            jobs,
            user_id=mira,
            chatbot_id=bot,
            source_id=source,
            lease_id=taken.lease_id,
            chunk_index=0,
            content=text.content,
            embedding=_NORTH,
            embedding_model="small",
        )
        training_sources.complete_source(
            jobs, user_id=mira, chatbot_id=bot, source_id=source, lease_id=taken.lease_id
        )

    with session(login, app="chatsphere") as db:
        key = api_keys.authenticate_api_key(db, api_key=made.api_key)
        assert key is not None
        assert (key.user_id, key.key_id) == (mira, made.key_id)
        opened = chat_sessions.open_session(db, chatbot_id=bot, user_identifier=_VISITOR)
        chat_sessions.say(db, session_token=opened.session_token, content="Where is the sea?")
        (known,) = document_chunks.search_session_chunks(
            db,
            session_token=opened.session_token,
            query="Where is the sea?",
            embedding=_NORTH,
            embedding_model="small",
        )
        assert known.content == "The sea is in the north."

    with session(login, app="chatsphere", role="worker") as jobs:
        _answer(jobs, mira, bot, opened.session_id)

    with session(login, app="chatsphere") as db:
        said = chat_sessions.read_session(db, session_token=opened.session_token)
        assert [m.content for m in said] == ["Where is the sea?", "In the north."]
        chat_sessions.end_session(db, session_token=opened.session_token)
        with pytest.raises(UnknownSession):
            chat_sessions.say(db, session_token=opened.session_token, content="?")

    with session(login, app="chatsphere", user_id=mira) as db:
        _look_at_the_day(db, bot, opened.session_id)


def _answer(jobs: Session, owner: UUID, bot: UUID, session_id: UUID) -> None:
    (known,) = document_chunks.search_bot_chunks(
        jobs, user_id=owner, chatbot_id=bot, embedding=_NORTH, embedding_model="small"
    )
    assert known.distance == pytest.approx(0, abs=1e-3)
    chat_sessions.answer(
        jobs,
        user_id=owner,
        chatbot_id=bot,
        session_id=session_id,
        content="In the north.",
        tokens_used=40,
    )
    items = [RecordAnalyticsUsageItem(owner, bot, "thumbs_up", 1)]
    assert analytics_usage.record_analytics_usage(jobs, items=items) == 1
    gauges = [RecordPerformanceItem(owner, bot, "answer_seconds", n / 10, {}) for n in range(5)]
    assert performance_metrics.record_performance(jobs, items=gauges) == 5
    error_logs.log_error(
        jobs,
        user_id=owner,
        chatbot_id=bot,
        error_type="HttpError",
        error_message="mail to a@b.org failed",
    )
    (error,) = error_logs.list_recent_errors(jobs, since=_AGES_AGO)
    assert error.error_message == "mail to [removed] failed"


def _look_at_the_day(db: Session, bot: UUID, session_id: UUID) -> None:
    (figures,) = user_chatbot_metrics.list_chatbot_metrics(db)
    assert (figures.total_sessions, figures.total_messages, figures.total_tokens) == (1, 2, 40)
    pages = chat_sessions.list_messages(db, chatbot_id=bot, session_id=session_id, limit=1)
    assert pages.next is not None
    rest = chat_sessions.list_messages(db, chatbot_id=bot, session_id=session_id, after=pages.next)
    assert [m.role for m in (*pages, *rest)] == ["user", "assistant"]
    before = datetime.now(UTC) + timedelta(days=1)
    (mean,) = performance_metrics.summarise_performance(
        db, chatbot_id=bot, since=_AGES_AGO, before=before
    )
    assert (mean.measured, round(mean.mean, 3)) == (5, 0.2)
    (listed,) = training_sources.list_sources(db, chatbot_id=bot)
    (piece,) = document_chunks.list_chunks(db, chatbot_id=bot, source_id=listed.id)
    (found,) = document_chunks.search_chunks(db, chatbot_id=bot, query="sea")
    assert (piece.id, piece.content) == (found.chunk_id, found.content)
    assert (listed.status, listed.attempts) == ("completed", None)
    api_usage.record_api_usage(
        db, endpoint="/v1/chat", tokens_used=40, response_time_ms=80, status_code=200
    )
    (day,) = api_usage.sum_api_usage(db, since=_AGES_AGO, before=before)
    assert (day.calls, day.tokens_used) == (1, 40)
    (period,) = api_usage.list_usage_periods(db)
    assert period.used == 1


def test_who_answers_knows_the_bot_alone(platform: Platform) -> None:
    """[C-31] [C-13.6] A page names a bot: the worker learns whose it is and how to answer in it."""
    login = platform.database.connect()
    person = platform.person()
    with session(login, app="chatsphere", user_id=person) as db:
        bot = chatbots.create_chatbot(db, name="Helper", model_config={"temperature": 0.2})
    with session(login, app="chatsphere") as db:
        opened = chat_sessions.open_session(db, chatbot_id=bot, user_identifier=_VISITOR)
        chat_sessions.say(db, session_token=opened.session_token, content="Are you open?")
    with session(login, app="chatsphere", role="worker") as jobs:
        found = chatbots.read_chatbot(jobs, chatbot_id=bot)
        assert found is not None
        assert (found.user_id, found.language, found.model_config) == (
            person,
            "en",
            {"temperature": 0.2},
        )
        chat_sessions.answer(
            jobs,
            user_id=found.user_id,
            chatbot_id=bot,
            session_id=opened.session_id,
            content="Until six.",
            tokens_used=9,
        )
        users.set_active(jobs, user_id=person, is_active=False)
        assert chatbots.read_chatbot(jobs, chatbot_id=bot) is None
        users.set_active(jobs, user_id=person, is_active=True)
    with session(login, app="chatsphere") as db:
        said = chat_sessions.read_session(db, session_token=opened.session_token)
    assert [m.content for m in said] == ["Are you open?", "Until six."]
    with session(login, app="chatsphere", user_id=person) as db:
        with pytest.raises(WrongRole):
            chatbots.read_chatbot(db, chatbot_id=bot)
        chatbots.update_chatbot(
            db,
            chatbot_id=bot,
            name="Helper",
            description=None,
            language="en",
            model_config={},
            is_active=False,
        )
    with session(login, app="chatsphere", role="worker") as jobs:
        assert chatbots.read_chatbot(jobs, chatbot_id=bot) is None


def test_a_bot_is_deleted_while_it_is_measured(platform: Platform) -> None:
    """[C-17] [C-18] [C-19] [C-F15] What workers have collected is kept, without its name."""
    login = platform.database.connect()
    person = platform.person()
    gone, kept = platform.bot(person, "Gone"), platform.bot(person, "Kept")
    with session(login, app="chatsphere", user_id=person) as db:
        chatbots.delete_chatbot(db, chatbot_id=gone)
    with session(login, app="chatsphere", role="worker") as jobs:
        assert (
            analytics_usage.record_analytics_usage(
                jobs,
                items=[
                    RecordAnalyticsUsageItem(
                        user_id=person, chatbot_id=bot, metric_type="clicks", value=1
                    )
                    for bot in (gone, kept)
                ],
            )
            == 2
        )
        assert (
            performance_metrics.record_performance(
                jobs,
                items=[
                    RecordPerformanceItem(
                        user_id=person, chatbot_id=bot, metric_name="wait_ms", value=1.5, labels={}
                    )
                    for bot in (gone, kept)
                ],
            )
            == 2
        )
        error_logs.log_error(
            jobs, user_id=person, chatbot_id=gone, error_type="NoBot", error_message=""
        )
        (error,) = error_logs.list_recent_errors(jobs, since=_AGES_AGO)
        assert (error.chatbot_id, error.error_message) == (None, "(nothing)")
        with pytest.raises(UnknownConversation):
            chat_sessions.answer(
                jobs,
                user_id=person,
                chatbot_id=kept,
                session_id=gone,
                content="Hello?",
                tokens_used=1,
            )
    admin = platform.database.admin()
    for table in ("analytics_usage", "performance_metrics"):
        found = admin.execute(
            f"SELECT chatbot_id FROM chatsphere.{table} ORDER BY chatbot_id NULLS LAST"
        ).fetchall()
        assert found == [(kept,), (None,)]


def test_a_plan_and_its_limit(platform: Platform) -> None:
    """[C-32] [C-F19] The webhook changes the tier; the limit follows, and holds."""
    login = platform.database.connect()
    person = platform.person()
    now = datetime.now(UTC)
    with session(login, app="chatsphere", role="worker") as jobs:
        with pytest.raises(UnknownAccount):
            subscriptions.sync_subscription(
                jobs,
                user_id=uuid4(),
                provider_subscription_id="sub",
                event_at=now,
                plan_name="starter",
                price_id="price",
                status="active",
                period_start=now,
                period_end=now + timedelta(days=30),
            )
        subscriptions.sync_subscription(
            jobs,
            user_id=person,
            provider_subscription_id="sub",
            event_at=now,
            plan_name="starter",
            price_id="price",
            status="active",
            period_start=now,
            period_end=now + timedelta(days=30),
        )
    with session(login, app="chatsphere", user_id=person) as db:
        me = users.get_user(db)
        assert (me.subscription_tier, me.usage_limit) == ("starter", 10000)
        running = subscriptions.get_subscription(db)
        assert running is not None
        assert running.plan_name == "starter"
        assert api_usage.reserve_usage(db, units=10000).used == 10000
        with pytest.raises(UsageLimitReached):
            api_usage.reserve_usage(db)


def test_the_second_account_reaches_nothing_of_the_first(platform: Platform) -> None:
    """[C-28] [C-F10] Through the same functions, with the ids of the first."""
    login = platform.database.connect()
    first, second = platform.person(), platform.person()
    bot = platform.bot(first)
    (source,) = platform.sources(first, bot, 1)
    with session(login, app="chatsphere") as db:
        opened = chat_sessions.open_session(db, chatbot_id=bot, user_identifier=_VISITOR)
        chat_sessions.say(db, session_token=opened.session_token, content="hello")
    with session(login, app="chatsphere", user_id=second) as db:
        assert chatbots.get_chatbot(db, chatbot_id=bot) is None
        assert chatbots.delete_chatbot(db, chatbot_id=bot) == 0
        assert training_sources.get_source(db, chatbot_id=bot, source_id=source) is None
        assert training_sources.delete_source(db, chatbot_id=bot, source_id=source) == 0
        assert document_chunks.search_chunks(db, chatbot_id=bot, query="text") == []
        assert list(document_chunks.list_chunks(db, chatbot_id=bot, source_id=source)) == []
        assert list(chat_sessions.list_sessions(db, chatbot_id=bot)) == []
        session_id = opened.session_id
        messages = chat_sessions.list_messages(db, chatbot_id=bot, session_id=session_id)
        assert list(messages) == []
        assert chat_sessions.delete_session(db, chatbot_id=bot, session_id=session_id) == 0
        assert chat_sessions.forget_visitor(db, chatbot_id=bot, user_identifier=_VISITOR) == 0
        with pytest.raises(UnknownChatbot):
            training_sources.add_source(db, chatbot_id=bot, source_type="text", content="x")
    with (
        session(login, app="chatsphere", role="worker", actor="support:7") as staff,
        pytest.raises(SupportNotAllowed),
    ):
        chat_sessions.support_conversation(
            staff, user_id=first, chatbot_id=bot, session_id=session_id
        )
    with session(login, app="chatsphere", user_id=first) as db:
        users.allow_support(db, until=datetime.now(UTC) + timedelta(hours=1))
    with session(login, app="chatsphere", role="worker", actor="support:7") as staff:
        (message,) = chat_sessions.support_conversation(
            staff, user_id=first, chatbot_id=bot, session_id=session_id
        )
        assert message.content == "hello"

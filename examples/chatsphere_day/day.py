"""A day of the platform for chatbots: an owner, a program with a key, a worker and a visitor."""

from __future__ import annotations

import hashlib
from typing import TypeVar
from uuid import UUID, uuid4

import psycopg

from stage import Stage
from strongroom.session import session
from strongroom_db.chatsphere import (
    api_keys,
    api_usage,
    chat_sessions,
    chatbots,
    document_chunks,
    training_sources,
    user_chatbot_metrics,
    users,
)
from strongroom_db.chatsphere.errors import UsageLimitReached

T = TypeVar("T")
# Nobody's password: a program hashes what was typed, and sends the hash only.
HASH = "$2b$12$" + "x" * 53
VISITOR = hashlib.sha256(b"a visitor, under a key of the program").hexdigest()


MODEL = "letters-of-words"
LEARNED = ("The ferry leaves at nine.", "Dogs travel for half the price.", "The bar sells soup.")


def meaning(text: str) -> list[float]:
    """What stands for a model here: 1536 numbers, nearer for texts that share more words."""
    numbers = [0.0] * 1536
    for word in text.lower().strip("?.").split():
        numbers[int(hashlib.sha256(word.rstrip("s").encode()).hexdigest(), 16) % 1536] += 1
    return numbers


def play(stage: Stage) -> int:
    """The day; gives how many people got at what is not theirs."""
    stage.scene("An account, and a key that is shown once")
    iris, key = _sign_up(stage, "iris"), ""
    with session(stage.pool, app="chatsphere", user_id=iris) as db:
        made = api_keys.create_api_key(db, name="website")
        key = there(made.api_key)
        [kept] = api_keys.list_api_keys(db)
    stage.say(f"the key is {len(key)} characters long; the database knows {kept.prefix!r} of it")
    stage.scene("A bot that learns from a queue")
    bot = _learn(stage, iris)
    stage.scene("A visitor asks")
    _talk(stage, iris, bot)
    stage.scene("The last calls of a plan")
    _use_up(stage, iris, key)
    stage.scene("Another account looks")
    return _look(stage, _sign_up(stage, "otto"), bot)


def there(value: T | None) -> T:
    """What is certain to be there."""
    assert value is not None
    return value


def _sign_up(stage: Stage, name: str) -> UUID:
    with session(stage.pool, app="chatsphere") as db:
        address = f"{name}-{uuid4().hex[:8]}@example.org"
        user_id = users.register_user(db, email=address, password_hash=HASH)
    user_id = there(user_id)
    with session(stage.pool, app="chatsphere", user_id=user_id) as db:
        mine = users.get_user(db)
        stage.say(f"{name} is on the plan {mine.subscription_tier!r}: {mine.usage_limit} calls")
    return user_id


def _learn(stage: Stage, owner: UUID) -> UUID:
    with session(stage.pool, app="chatsphere", user_id=owner) as db:
        bot = there(chatbots.create_chatbot(db, name="Harbour"))
        training_sources.add_source(
            db, chatbot_id=bot, source_type="text", content=" ".join(LEARNED)
        )
    with session(stage.pool, app="chatsphere", role="worker") as jobs:
        taken = there(training_sources.claim_source(jobs))
        again = training_sources.claim_source(jobs)
        source, lease = there(taken.source_id), there(taken.lease_id)
        for place, piece in enumerate(LEARNED):
            document_chunks.store_chunk(
                jobs,
                user_id=owner,
                chatbot_id=bot,
                source_id=source,
                lease_id=lease,
                chunk_index=place,
                content=piece,
                embedding=meaning(piece),
                embedding_model=MODEL,
            )
        training_sources.complete_source(
            jobs, user_id=owner, chatbot_id=bot, source_id=source, lease_id=lease
        )
    stage.say(f"one worker claims the source, the next finds {again}")
    return bot


def _talk(stage: Stage, owner: UUID, bot: UUID) -> None:
    with session(stage.pool, app="chatsphere") as db:
        opened = chat_sessions.open_session(db, chatbot_id=bot, user_identifier=VISITOR)
        token, talk = there(opened.session_token), there(opened.session_id)
        question = "When does the ferry leave?"
        chat_sessions.say(db, session_token=token, content=question)
    with session(stage.pool, app="chatsphere", role="worker") as jobs:
        known = document_chunks.search_bot_chunks(
            jobs,
            user_id=owner,
            chatbot_id=bot,
            query="fery",
            embedding=meaning(question),
            embedding_model=MODEL,
            limit=1,
        )
        stage.say(f"by meaning, and by letters of a misspelt word: {known[0].content!r}")
        chat_sessions.answer(
            jobs,
            user_id=owner,
            chatbot_id=bot,
            session_id=talk,
            content="At nine.",
            tokens_used=21,
        )
    with session(stage.pool, app="chatsphere") as db:
        for message in chat_sessions.read_session(db, session_token=token):
            stage.say(f"{message.role}: {message.content}")
        chat_sessions.end_session(db, session_token=token)
    with session(stage.pool, app="chatsphere", user_id=owner) as db:
        [figures] = user_chatbot_metrics.list_chatbot_metrics(db).rows
        stage.say(f"so far {figures.total_messages} messages, {figures.total_tokens} tokens")


def _use_up(stage: Stage, owner: UUID, key: str) -> None:
    # Whoever runs the platform may set the limit of one account.
    with psycopg.connect(stage.owner_url) as connection:
        connection.execute("SELECT set_config('role', 'strongroom_owner', true)")
        connection.execute("UPDATE chatsphere.users SET usage_limit = 3 WHERE id = %s", (owner,))
    with session(stage.pool, app="chatsphere") as db:
        caller = there(api_keys.authenticate_api_key(db, api_key=key))
        nobody = api_keys.authenticate_api_key(db, api_key=f"{key[:-1]}~")
        stage.say(f"a wrong key is {nobody}")
    with session(stage.pool, app="chatsphere", user_id=caller.user_id) as db:
        try:
            while True:
                taken = api_usage.reserve_usage(db)
                stage.say(f"call {taken.used} of {taken.usage_limit}")
        except UsageLimitReached as refused:
            stage.say(f"{type(refused).__name__} [{refused.sqlstate}]")


def _look(stage: Stage, stranger: UUID, bot: UUID) -> int:
    with session(stage.pool, app="chatsphere", user_id=stranger) as db:
        seen = chatbots.get_chatbot(db, chatbot_id=bot)
        talks = chat_sessions.list_sessions(db, chatbot_id=bot).rows
        deleted = chatbots.delete_chatbot(db, chatbot_id=bot)
        stage.say(f"finds the bot: {seen}; its conversations: {len(talks)}; deletes {deleted}")
    return int(seen is not None) + len(talks) + deleted

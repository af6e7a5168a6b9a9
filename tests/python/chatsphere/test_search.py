"""Search among many pieces: the index finds what an exact search does, for one bot of several."""

from __future__ import annotations

import random
from collections.abc import Iterator
from uuid import UUID

import psycopg
import pytest

from tests.python.chatsphere.conftest import Platform, row
from tests.python.fix_databases import Connection

_DIMENSIONS = 1536
_STORE = """
INSERT INTO chatsphere.document_chunks (
    user_id, chatbot_id, source_id, chunk_index, language, content, embedding, embedding_model
)
SELECT %s, %s, %s, n - 1, CASE WHEN n %% 5 = 0 THEN 'de' ELSE 'en' END, 'piece ' || n, v, 'small'
FROM unnest(%s::extensions.halfvec[]) WITH ORDINALITY AS p (v, n)
"""
_NEAR = "SELECT chunk_id FROM chatsphere.near_chunks(%s, %s, %s, 'small', %s, %s, 20)"
_NEAREST = "SELECT chunk_id FROM chatsphere.nearest_chunks(%s, %s, %s, 'small', %s, %s, 20)"
_SCANS = """
SELECT pg_stat_get_xact_numscans('chatsphere.document_chunks_embedding_idx'::regclass)
"""
_SEARCH = """
SELECT chunk_id, distance FROM chatsphere.search_bot_chunks(%s, %s, %s, %s, %s, p_limit => 20)
"""


def _vector(chance: random.Random, middle: float) -> str:
    """A vector that lies around one direction, as texts about one thing do."""
    numbers = [f"{chance.gauss(middle if n < 8 else 0, 1):.3f}" for n in range(48)]
    return f"[{','.join(numbers)}{',0' * (_DIMENSIONS - len(numbers))}]"


def _store(admin: Connection, owner: UUID, bot: UUID, source: UUID, vectors: list[str]) -> None:
    admin.execute(_STORE.encode(), (owner, bot, source, vectors))


@pytest.fixture
def definer(platform: Platform) -> Iterator[Connection]:
    """The role that searches, with row level security as it is there."""
    with platform.database.admin() as admin:
        admin.execute("SET ROLE chatsphere_definer")
        yield admin


def test_the_index_finds_what_an_exact_search_finds(
    platform: Platform, definer: Connection
) -> None:
    """[C-02] [C-20] Recall for one bot, all near pieces being another's; with and without filters.

    Without the scan that goes on, the index would give the other bot's pieces and none of this one.
    """
    chance = random.Random(1536)
    owner = platform.person("pro")
    near, far = platform.bot(owner, "near"), platform.bot(owner, "far")
    admin = platform.database.admin()
    sources = {bot: platform.sources(owner, bot, 1)[0] for bot in (near, far)}
    for bot, middle in ((near, 2.0), (far, -0.5)):
        vectors = [_vector(chance, middle) for _ in range(400)]
        _store(admin, owner, bot, sources[bot], vectors)
    for bot, source, language in (
        (far, None, None),
        (near, None, None),
        (far, None, "de"),
        (far, sources[far], None),
    ):
        found = wanted = 0
        for _ in range(10):
            asked = (owner, bot, _vector(chance, 2.0), source, language)
            (before,) = row(definer, _SCANS)
            with definer.transaction():
                approximate = {one for (one,) in definer.execute(_NEAR.encode(), asked)}
                assert row(definer, _SCANS) > (before,)
            exact = {one for (one,) in definer.execute(_NEAREST.encode(), asked)}
            assert len(approximate) == len(exact) == 20
            found += len(approximate & exact)
            wanted += len(exact)
        assert found / wanted >= 0.95, (bot == far, source, language)


def test_an_exact_search_reads_one_bot_and_no_index_of_all(
    platform: Platform, definer: Connection
) -> None:
    """[C-02] [C-20] What bots of usual size are asked is compared with all of theirs."""
    owner = platform.person("pro")
    bot = platform.bot(owner)
    (source,) = platform.sources(owner, bot, 1)
    chance = random.Random(7)
    vectors = [_vector(chance, 1.0) for _ in range(30)]
    _store(platform.database.admin(), owner, bot, source, vectors)
    with definer.transaction():
        found = definer.execute(_NEAREST.encode(), (owner, bot, vectors[3], None, None)).fetchall()
        assert row(definer, _SCANS) == (0,)
    index = "SELECT chunk_index FROM chatsphere.document_chunks WHERE id = %s"
    assert row(definer, index, found[0][0]) == (3,)
    assert len(found) == 20


def test_a_large_bot_is_searched_to_the_end(platform: Platform) -> None:
    """[C-02] What an index would give too little of is looked for in all; letters are left out."""
    owner = platform.person("pro")
    bot = platform.bot(owner)
    first, second = platform.sources(owner, bot, 2)
    admin = platform.database.admin()
    # Ten thousand vectors would be a minute of building it; the way through the functions is the
    # same without.
    admin.execute("DROP INDEX chatsphere.document_chunks_embedding_idx")
    chance = random.Random(9)
    same = _vector(chance, 1.0)
    fill = _STORE.replace("unnest(%s::extensions.halfvec[]) WITH ORDINALITY", "filled")
    filled = "WITH filled AS (SELECT %s::extensions.halfvec, n FROM generate_series(1, 10001) AS n)"
    admin.execute((filled + fill).encode(), (same, owner, bot, first))
    rare = [_vector(chance, 1.0) for _ in range(3)]
    _store(admin, owner, bot, second, rare)
    admin.execute(
        "UPDATE chatsphere.document_chunks SET embedding_model = 'rare', content = 'aquamarine'"
        " WHERE source_id = %s",
        (second,),
    )
    clerk = platform.clerk
    found = clerk.execute(_SEARCH.encode(), (owner, bot, None, rare[1], "rare")).fetchall()
    assert len(found) == len({chunk for chunk, _ in found}) == 3
    assert found[0][1] == pytest.approx(0, abs=1e-3)
    assert len(clerk.execute(_SEARCH.encode(), (owner, bot, None, same, "small")).fetchall()) == 20
    assert (
        len(clerk.execute(_SEARCH.encode(), (owner, bot, "aquamarine", None, None)).fetchall()) == 3
    )
    assert clerk.execute(_SEARCH.encode(), (owner, bot, "aqamarine", None, None)).fetchall() == []
    by_source = "SELECT chunk_id FROM chatsphere.search_bot_chunks(%s, %s, %s, p_source_id => %s)"
    found = clerk.execute(by_source.encode(), (owner, bot, "aqamarine", second)).fetchall()
    assert len(found) == 3


def test_what_is_being_stored_is_not_taken_away(platform: Platform) -> None:
    """[C-F23] [C-F29] A lease ends while its worker writes: the next one gets it afterwards."""
    owner = platform.person()
    bot = platform.bot(owner)
    (source,) = platform.sources(owner, bot, 1)
    claim = "SELECT source_id, lease_id FROM chatsphere.claim_sources()"
    store = (
        "SELECT chatsphere.store_chunk(%s, %s, %s, %s, 0, %s,"
        " array_fill(1, '{1536}')::extensions.halfvec, 'small')"
    )
    slow = platform.database.connect(role="chatsphere_worker", app="chatsphere", autocommit=False)
    (_, lost) = row(slow, claim)
    slow.commit()
    row(slow, store, owner, bot, source, lost, "slow")
    other = platform.worker()
    admin = platform.database.admin()
    admin.execute("SET lock_timeout = '100ms'")
    with pytest.raises(psycopg.errors.LockNotAvailable):
        admin.execute("UPDATE chatsphere.training_jobs SET available_at = now()")
    assert other.execute(claim.encode()).fetchall() == []
    slow.commit()
    admin.execute("UPDATE chatsphere.training_jobs SET available_at = now()")
    (_, lease) = row(other, claim)
    with pytest.raises(psycopg.Error) as refused:
        row(slow, store, owner, bot, source, lost, "late")
    assert refused.value.sqlstate == "SP012"
    row(other, store, owner, bot, source, lease, "quick")
    assert row(admin, "SELECT content FROM chatsphere.document_chunks") == ("quick",)

"""A day at the tarot table."""

from __future__ import annotations

import office
from stage import Stage
from strongroom.session import session
from strongroom_db.tarot import users
from tarot_day.table import Table


def play(stage: Stage) -> int:
    """The day; gives the number of breaks in the ledger."""
    table = Table(stage.pool, stage.say)
    stage.scene("People join")
    mira, jonas = table.join(7001, "mira"), table.join(7002, "jonas")
    stage.scene("Credits are bought")
    table.buy(mira, 80)
    stage.scene("Nine spreads from a deck of 78")
    last = table.read_every_spread(mira)
    stage.scene("One that can't be paid")
    table.read_too_much(jonas)
    stage.scene("An answer that got lost")
    table.repeat(mira)
    stage.scene("A refund")
    table.refund(mira, last)
    stage.scene("The history, in pages")
    table.page(mira)
    stage.scene("Others, and nobody")
    table.look_at_others(mira, jonas, last.reading_id)
    stage.scene("A person asks to be forgotten")
    vera = table.join(7003, "vera")
    table.buy(vera, 20)
    table.read(vera, "three")
    _ask(stage, vera)
    office.forget(stage, vera)
    stage.scene("Do the books agree?")
    return table.reconcile()


def _ask(stage: Stage, user_id: int) -> None:
    """The person asks in the app, and confirms with the code that only they were shown."""
    with session(stage.pool, app="tarot", user_id=user_id) as db:
        asked = users.request_erasure(db)
    with session(stage.pool, app="tarot", user_id=user_id) as db:
        wrong = users.confirm_request(db, request_id=asked.request_id, code="not this")
        assert asked.code is not None
        right = users.confirm_request(db, request_id=asked.request_id, code=asked.code)
        stage.say(f"a wrong code is {wrong}, the right one {right}")
        [request] = users.list_requests(db)
        stage.say(f"to be answered by {request.due_at:%Y-%m-%d}")

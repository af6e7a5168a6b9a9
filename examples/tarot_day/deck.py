"""The deck of 78 cards, and a few words that a reader would say about a draw."""

from __future__ import annotations

import random

from strongroom_db.tarot.types import DrawnCard

MAJOR = {
    "The Fool": "a first step without a map",
    "The Magician": "skill that is finally used",
    "The High Priestess": "something known but not yet said",
    "The Empress": "care that makes things grow",
    "The Emperor": "order that holds",
    "The Hierophant": "a teacher, or a tradition",
    "The Lovers": "a choice made with the whole heart",
    "The Chariot": "will that keeps two horses on one road",
    "Strength": "patience with what is wild",
    "The Hermit": "a lamp carried alone",
    "Wheel of Fortune": "a turn that nobody asked for",
    "Justice": "what was weighed comes back",
    "The Hanged Man": "a pause that shows the other side",
    "Death": "an end that makes room",
    "Temperance": "two waters mixed without haste",
    "The Devil": "a chain that is worn by consent",
    "The Tower": "a wall that had to fall",
    "The Star": "hope after the storm",
    "The Moon": "a path seen by half light",
    "The Sun": "plain joy",
    "Judgement": "a call that can't be unheard",
    "The World": "a circle that closes",
}
SUITS = {"Wands": "work", "Cups": "feeling", "Swords": "thought", "Pentacles": "means"}
RANKS = {
    "Ace": "a seed of",
    "Two": "a balance in",
    "Three": "company in",
    "Four": "rest from",
    "Five": "strife over",
    "Six": "a passage in",
    "Seven": "a test of",
    "Eight": "swift change in",
    "Nine": "near fulfilment of",
    "Ten": "the full weight of",
    "Page": "a young voice in",
    "Knight": "a rush of",
    "Queen": "a quiet mastery of",
    "King": "a firm hand in",
}
MEANINGS = MAJOR | {
    f"{rank} of {suit}": f"{says} {theme}"
    for suit, theme in SUITS.items()
    for rank, says in RANKS.items()
}
NAMES = {name.lower().replace(" ", "_"): name for name in MEANINGS}
"""The 78 cards as the database writes them (`tarot.deck()`), and as a reader does."""


def draw(count: int, chance: random.Random) -> list[DrawnCard]:
    """Draw `count` different cards, about a third of them reversed."""
    return [
        DrawnCard(card=card, position=position, reversed=chance.random() < 1 / 3)
        for position, card in enumerate(chance.sample(list(NAMES), count), 1)
    ]


def interpret(cards: list[DrawnCard]) -> str:
    """What the reader says about the cards, one sentence each."""
    sentences = []
    for drawn in cards:
        name = NAMES[drawn.card]
        turned = ", held back for now" if drawn.reversed else ""
        sentences.append(f"{drawn.position}. {name}: {MEANINGS[name]}{turned}.")
    return " ".join(sentences)

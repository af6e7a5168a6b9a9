"""What can be said of a statement without the server: where it ends, and that it is no query."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from strongroom_codegen.lexer import Token, parameter_name

if TYPE_CHECKING:
    from strongroom_codegen.annotations import AnnotatedQuery
    from strongroom_codegen.source import Place

_SYNTAX_ERROR = "42601"
_TAKE_PARAMETERS = {
    (word,)
    for word in (
        *("SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "VALUES", "WITH", "TABLE"),
        *("CALL", "CREATE", "DECLARE", "EXECUTE", "EXPLAIN"),
    )
}
_TRANSACTIONS = frozenset(
    {"BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT", "SAVEPOINT", "RELEASE"}
)


def statement_end(tokens: Sequence[Token]) -> int:
    """The index of the semicolon that ends the first statement, else the number of tokens.

    As psql sees it: none within brackets (CREATE RULE ... DO (a; b)), and none within the
    BEGIN ATOMIC ... END of a routine, where each CASE has an END of its own.
    """
    words: list[str] = []
    brackets = depth = 0
    for number, token in enumerate(tokens):
        if token.kind == "word":
            word = token.text.upper()
            words.append(word)
            if words[0] == "CREATE" and not brackets and _is_routine(words):
                opens = word == "BEGIN" or (word == "CASE" and depth > 0)
                depth += opens
                depth -= word == "END" and depth > 0
        elif token.kind == "other":
            brackets += (token.text == "(") - (token.text == ")" and brackets > 0)
            if token.text == ";" and not brackets and not depth:
                return number
    return len(tokens)


def words_of(tokens: Sequence[Token], count: int) -> tuple[str, ...]:
    """The first words of a statement, in upper case; a bracket before them doesn't count."""
    words: list[str] = []
    for token in tokens:
        if len(words) == count:
            break
        if token.kind == "word":
            words.append(token.text.upper())
        elif not token.is_blank and token.text != "(":
            break
    return tuple(words)


def refusal(tokens: Sequence[Token], kind: str) -> tuple[str, str] | None:
    """What is wrong with a statement that no session can run for its caller, and what to do."""
    first = words_of(tokens, 1)
    if first and first[0] in _TRANSACTIONS:
        return (
            f"{first[0]} would take the transaction from the session that runs it",
            "call the other functions inside: with db.transaction()",
        )
    if words_of(tokens, 2) == ("PREPARE", "TRANSACTION"):
        return (
            "PREPARE TRANSACTION would take the transaction from the session that runs it",
            "call the other functions inside: with db.transaction()",
        )
    if first == ("COPY",) and kind != "copy" and _is_copy_to_client(tokens):
        return (
            f"COPY FROM STDIN and COPY TO STDOUT talk to the client, and a :{kind} query doesn't",
            "read with a SELECT, write with an INSERT, or use psycopg's cursor.copy()",
        )
    return None


def always_answers(tokens: Sequence[Token]) -> bool:
    """SHOW and EXPLAIN answer with text that is never NULL."""
    return words_of(tokens, 1) in (("SHOW",), ("EXPLAIN",))


def parameter_hint(query: AnnotatedQuery, place: Place, sqlstate: str) -> tuple[str, str] | None:
    """What to say of a syntax error at a parameter: message and hint; None for other errors."""
    at = next((n for n, t in enumerate(query.body) if query.source.place(t.start) == place), None)
    if sqlstate != _SYNTAX_ERROR or at is None or query.body[at].kind != "parameter":
        return None
    name = parameter_name(query.body[at])
    message = f'syntax error at or near ":{name}"'
    if _is_bracketed(query.body[:at]):
        return message, f"in an array slice, write a space after the colon: [1 : {name}]"
    if words_of(query.body, 1)[:1] not in _TAKE_PARAMETERS:
        return message, (
            "PostgreSQL takes no parameters in such a statement; call a function instead, as"
            " pg_notify(:channel, :text) or set_config(:name, :value, true)"
        )
    return message, "a parameter stands for a value, never for a name or a keyword"


def _is_bracketed(tokens: Sequence[Token]) -> bool:
    texts = [token.text for token in tokens if token.kind == "other"]
    return texts.count("[") > texts.count("]")


def answers_once(tokens: Sequence[Token]) -> bool:
    """CALL answers with one row, and SHOW of one setting, too."""
    words = words_of(tokens, 2)
    return words[:1] == ("CALL",) or (words[:1] == ("SHOW",) and words != ("SHOW", "ALL"))


def _is_routine(words: list[str]) -> bool:
    if words[:3] == ["CREATE", "OR", "REPLACE"]:
        return words[3:4] in (["FUNCTION"], ["PROCEDURE"])
    return words[:2] in (["CREATE", "FUNCTION"], ["CREATE", "PROCEDURE"])


def _is_copy_to_client(tokens: Sequence[Token]) -> bool:
    """STDIN or STDOUT after the FROM or TO that follows what is copied."""
    depth = 0
    before = ""
    for token in tokens:
        if token.kind == "other":
            depth += (token.text == "(") - (token.text == ")")
        elif token.kind == "word" and not depth:
            word = token.text.upper()
            if before in ("FROM", "TO"):
                return word in ("STDIN", "STDOUT")
            before = word
    return False

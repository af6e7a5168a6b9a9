"""The statements of an SQL file, by PostgreSQL's own parser."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pglast import ast, enums, parser


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement: its text, where it begins (characters from the file's start), its tree."""

    text: str
    start: int
    tree: Any


@dataclass(frozen=True, slots=True)
class Unparsable:
    """What the parser says of a text that it doesn't know, and where (characters)."""

    message: str
    start: int


def parse(text: str) -> list[Statement] | Unparsable:
    """The statements of a text; a newer or older server may accept what this parser does not."""
    try:
        found = parser.parse_sql(text)
    except parser.ParseError as error:
        message, *where = error.args
        return Unparsable(str(message), where[0] if where and isinstance(where[0], int) else 0)
    return list(_statements(text, found))


def _statements(text: str, found: Any) -> Iterator[Statement]:
    for raw in found:
        end = raw.stmt_location + raw.stmt_len if raw.stmt_len else len(text)
        yield Statement(text[raw.stmt_location : end].rstrip(), raw.stmt_location, raw.stmt)


def ends_transaction(statement: Statement) -> bool:
    """BEGIN, COMMIT, ROLLBACK and their kin; savepoints are harmless."""
    harmless = {
        enums.TransactionStmtKind.TRANS_STMT_SAVEPOINT,
        enums.TransactionStmtKind.TRANS_STMT_RELEASE,
        enums.TransactionStmtKind.TRANS_STMT_ROLLBACK_TO,
    }
    return isinstance(statement.tree, ast.TransactionStmt) and statement.tree.kind not in harmless


def copies_from_client(statement: Statement) -> bool:
    """COPY ... FROM STDIN: its data would have to come through psql."""
    tree = statement.tree
    return isinstance(tree, ast.CopyStmt) and bool(tree.is_from) and tree.filename is None


def needs_no_transaction(statement: Statement) -> bool:
    """A statement that PostgreSQL runs, or is best run, outside a transaction."""
    tree = statement.tree
    always = (ast.VacuumStmt, ast.AlterSystemStmt, ast.CallStmt, ast.AlterEnumStmt)
    return isinstance(tree, always) or runs_concurrently(statement)


def runs_concurrently(statement: Statement) -> bool:
    """CREATE INDEX, DROP INDEX, REINDEX and DETACH PARTITION with CONCURRENTLY."""
    tree = statement.tree
    if isinstance(tree, ast.IndexStmt | ast.DropStmt):
        return bool(tree.concurrent)
    if isinstance(tree, ast.ReindexStmt):
        return any(option.defname == "concurrently" for option in tree.params or ())
    return detached(statement) is not None


def moves_rows(statement: Statement) -> bool:
    """INSERT, UPDATE, DELETE and MERGE, whose number of rows the server tells."""
    moving = (ast.InsertStmt, ast.UpdateStmt, ast.DeleteStmt, ast.MergeStmt)
    return isinstance(statement.tree, moving)


def is_setting(statement: Statement) -> bool:
    """SET and RESET."""
    return isinstance(statement.tree, ast.VariableSetStmt)


def created_index(statement: Statement) -> tuple[str | None, str] | None:
    """(schema, name) of the index that CREATE INDEX makes; None for another statement."""
    tree = statement.tree
    if isinstance(tree, ast.IndexStmt) and tree.idxname:
        return _schema(tree.relation), tree.idxname
    return None


def dropped_index(statement: Statement) -> tuple[str | None, str] | None:
    """(schema, name) of the one index that DROP INDEX drops; None for another statement."""
    tree = statement.tree
    if not isinstance(tree, ast.DropStmt) or tree.removeType != enums.ObjectType.OBJECT_INDEX:
        return None
    objects: Any = tree.objects
    *schema, name = (part.sval for part in objects[0])
    return (schema[-1] if schema else None), name


def detached(statement: Statement) -> tuple[str, str] | None:
    """(parent, partition) of DETACH PARTITION ... CONCURRENTLY, as they are written."""
    tree = statement.tree
    if not isinstance(tree, ast.AlterTableStmt):
        return None
    commands: Any = tree.cmds
    for command in commands:
        if command.subtype == enums.AlterTableType.AT_DetachPartition and command.def_.concurrent:
            return _written(tree.relation), _written(command.def_.name)
    return None


def added_enum_value(statement: Statement) -> tuple[str, str] | None:
    """(type, value) of ALTER TYPE ... ADD VALUE."""
    tree = statement.tree
    if isinstance(tree, ast.AlterEnumStmt) and tree.newVal and not tree.oldVal:
        written: Any = tree.typeName
        return ".".join(_quoted(part.sval) for part in written), tree.newVal
    return None


def last_role(text: str) -> str | None:
    """The role that the last SET ROLE of a text leaves the session with."""
    found = parse(text)
    role: str | None = None
    for statement in found if isinstance(found, list) else []:
        tree = statement.tree
        if isinstance(tree, ast.VariableSetStmt) and tree.name == "role" and tree.args:
            role = tree.args[0].val.sval
    return role


def _schema(relation: Any) -> str | None:
    found: str | None = relation.schemaname
    return found


def _written(relation: Any) -> str:
    schema = f"{_quoted(relation.schemaname)}." if relation.schemaname else ""
    return schema + _quoted(relation.relname)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'

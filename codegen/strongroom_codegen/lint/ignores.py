"""`-- @lint ignore RULE reason` in the comment over a query."""

from __future__ import annotations

from collections.abc import Iterable

from strongroom_codegen.annotations import AnnotatedQuery
from strongroom_codegen.diagnostics import Diagnostics, did_you_mean
from strongroom_codegen.lint.rules import RULES, Finding

_WRITE = "write: -- @lint ignore RULE reason"


def without_ignored(
    found: list[Finding], queries: Iterable[AnnotatedQuery], diagnostics: Diagnostics
) -> list[Finding]:
    """The findings that nobody ignores; a line that ignores nothing is an error."""
    kept = list(found)
    for query in queries:
        for option in query.all_options("lint"):
            verb, _, rest = option.argument.partition(" ")
            rule, _, reason = rest.strip().partition(" ")
            if verb != "ignore" or not rule:
                diagnostics.error(option.place, "@lint can only ignore a rule", _WRITE)
            elif rule not in RULES:
                diagnostics.error(option.place, f'"{rule}" is no rule', did_you_mean(rule, RULES))
            elif not reason.strip():
                diagnostics.error(
                    option.place,
                    f"@lint ignore {rule} gives no reason",
                    f"say why it is right here: -- @lint ignore {rule} reason",
                )
            else:
                mine = [f for f in kept if f.rule == rule and f.query.full_name == query.full_name]
                if not mine:
                    diagnostics.error(
                        option.place,
                        f"@lint ignore {rule} ignores nothing: the query does not break that rule",
                        "remove the line",
                    )
                kept = [f for f in kept if f not in mine]
    return kept

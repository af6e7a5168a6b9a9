"""`strongroom generate --grants`."""

from __future__ import annotations

import typer

from strongroom.errors import MismatchError, UsageError
from strongroom.project import Project
from strongroom_codegen.catalog import read_catalog
from strongroom_codegen.diagnostics import Diagnostics, did_you_mean
from strongroom_codegen.grant_facts import read_grant_facts, read_held
from strongroom_codegen.grants import Needs, missing_and_more, roles_of, script
from strongroom_codegen.left import say_left
from strongroom_codegen.model import ProjectModel, QueryModel
from strongroom_codegen.pipeline import build_parts, read_sources
from strongroom_codegen.scratch import scratch_database


def run_grants(project: Project, diagnostics: Diagnostics, name: str, *, check: bool) -> None:
    """Print the grants of an app's roles or of one role; or compare them with what schema/ grants.

    Raises UsageError for an unknown name, MismatchError when a grant is missing.
    """
    parts = build_parts(project, read_sources(project, diagnostics), diagnostics)
    say_left(parts.left, "not asked about")
    chosen = _chosen(parts.model, name)
    place = next(part.place for part in parts.parts if chosen[0][1][0].app in part.apps)
    texts, lacking = [], 0
    with scratch_database(project, place) as connection:
        facts = read_grant_facts(connection, read_catalog(connection))
        for role, queries in chosen:
            needs = Needs(facts, role)
            for query in queries:
                needs.query(query)
            if not check:
                texts.append(script(role, needs, facts, f"the queries of {queries[0].app}"))
                continue
            others = facts.members.get(role, frozenset()) - {role}
            held, inherited = (
                read_held(connection, facts, [role]),
                read_held(connection, facts, others),
            )
            missing, more = missing_and_more(needs.finish(), held, inherited, facts)
            lacking += len(missing)
            lines = [f"{role}: {len(missing)} missing, {len(more)} more than its queries need"]
            lines += [f"  missing: {grant.sql(role, facts)}" for grant in missing]
            lines += [f"  not needed: {grant.sql(role, facts)}" for grant in more]
            unknown = sorted(needs.unknown)
            lines += [f"  not known: what {function} does as its caller" for function in unknown]
            texts.append("\n".join(lines) + "\n")
    typer.echo("\n".join(texts), nl=False)
    if lacking:
        raise MismatchError(
            f"{lacking} {'grant is' if lacking == 1 else 'grants are'} missing in schema/",
            hint="the lines above that say so are the grants to add",
        )


def _chosen(model: ProjectModel, name: str) -> list[tuple[str, list[QueryModel]]]:
    queries = [q for app in model.apps for s in app.subjects for q in s.queries]
    by_role = list(roles_of(queries))
    chosen = [(role, own) for role, own in by_role if name in (role, own[0].app)]
    if not chosen:
        known = {role for role, _ in by_role} | {own[0].app for _, own in by_role}
        raise UsageError(
            f'no query belongs to an app or a role "{name}"', hint=did_you_mean(name, known)
        )
    return chosen

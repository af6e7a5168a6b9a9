"""One model of what several servers said."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from strongroom_codegen.model import AppModel, ProjectModel

T = TypeVar("T", bound=Hashable)


def merged(models: Sequence[tuple[ProjectModel, Collection[str]]]) -> ProjectModel:
    """The model of a project from those of its servers, each with the apps that it is about.

    What apps share is taken from the first; types of it that only a later one needs are added.
    """
    first = models[0][0]
    apps = {app.name: app for app in first.apps}
    codecs = {codec.name: codec for codec in first.codecs}
    for model, names in models[1:]:
        for app in model.apps:
            known = apps.get(app.name)
            apps[app.name] = app if known is None or app.name in names else _with_types(known, app)
        codecs = {codec.name: codec for codec in model.codecs} | codecs
    return ProjectModel(
        first.package,
        tuple(apps[name] for name in sorted(apps)),
        tuple(codecs[name] for name in sorted(codecs)),
    )


def _with_types(known: AppModel, other: AppModel) -> AppModel:
    return replace(
        known,
        enums=_united(known.enums, other.enums),
        literals=_united(known.literals, other.literals),
        domains=_united(known.domains, other.domains),
    )


def _united(mine: Iterable[T], others: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys([*mine, *others]))

"""Entry point of the plugin: options only; the rest loads when a run asks for pgTAP files."""

from __future__ import annotations

from pathlib import Path

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Say which pgTAP files to run, and where."""
    group = parser.getgroup("pgtap", "pgTAP files")
    group.addoption(
        "--pgtap",
        action="append",
        metavar="PATH",
        default=[],
        help="a pgTAP file, or a folder of them, to run (may be given more than once)",
    )
    group.addoption(
        "--pgtap-url",
        metavar="URL",
        help="the server to run them on, as a role that may create databases",
    )
    group.addoption(
        "--pgtap-template",
        metavar="DATABASE",
        help="the database there to clone for them (default: the one in the URL)",
    )
    group.addoption(
        "--pgtap-psql",
        metavar="PROGRAM",
        default="psql",
        help="the psql to run (default: psql); write it with =",
    )
    group.addoption(
        "--pgtap-timeout",
        metavar="SECONDS",
        type=float,
        default=120.0,
        help="end a file that takes longer (default: 120)",
    )
    parser.addini(
        "pgtap_paths",
        "files or folders whose .sql and .pg files are pgTAP tests",
        type="paths",
        default=[],
    )


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    """Let a project say where its files run."""
    from strongroom.pgtap import hooks

    pluginmanager.add_hookspecs(hooks)


def pytest_configure(config: pytest.Config) -> None:
    """Load the runner when there is something to run."""
    asked = [str(Path(config.invocation_params.dir, path)) for path in config.getoption("--pgtap")]
    roots = [*map(Path, asked), *config.getini("pgtap_paths")]
    if not roots:
        return
    if asked and config.args_source is not config.ArgsSource.ARGS:
        config.args = asked
    else:
        config.args += [path for path in asked if path not in config.args]
    from strongroom.pgtap.runner import Runner

    config.pluginmanager.register(Runner(config, [root.resolve() for root in roots]), "pgtap-run")

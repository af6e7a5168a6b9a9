"""Where benchmarks run: a server of their own with fsync on, and fresh databases."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

import psycopg
from psycopg import sql

from strongroom.project import Project, install, read_project
from strongroom.server import EmbeddedServer, embedded, postmaster

ROOT = Path(__file__).resolve().parent.parent
# Those of the measurements that the targets come from: what fits into memory is not read again, and
# no vacuum begins in the midst of a case.
_SETTINGS = {"shared_buffers": "2GB", "autovacuum": "off"}


def bench_server() -> EmbeddedServer:
    """The embedded server named bench: fsync on, unlike the servers of tests."""
    server = embedded(read_project(ROOT), name="bench")
    server.start()
    with psycopg.connect(server.url(), autocommit=True) as admin:
        others = [
            name
            for name, value in _SETTINGS.items()
            if admin.execute("SELECT current_setting(%s)", (name,)).fetchone() != (value,)
        ]
        for name in others:
            statement = sql.SQL("ALTER SYSTEM SET {} = {}")
            admin.execute(statement.format(sql.Identifier(name), sql.Literal(_SETTINGS[name])))
    if others:
        server.stop()
        server.start()
    return server


@contextmanager
def fresh_database(name: str, project: Project | None = None) -> Iterator[str]:
    """A new database, with the SQL of a project installed in it; dropped at the end. Its URL."""
    server = bench_server()
    identifier = sql.Identifier(name)
    with psycopg.connect(server.url(), autocommit=True) as admin:
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(identifier))
        admin.execute(sql.SQL("CREATE DATABASE {}").format(identifier))
        try:
            if project is not None:
                with psycopg.connect(server.url(name), autocommit=True) as connection:
                    install(connection, project)
            yield server.url(name)
        finally:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(identifier))


def run_script(url: str, text: str) -> None:
    """Run a script of statements as the superuser."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(text.encode())


def pgbench(url: str, script: str, *, clients: int, seconds: int) -> float:
    """Transactions per second of a pgbench script with prepared statements."""
    program = bench_server().binaries() / "pgbench"
    arguments = [
        *("-n", "-M", "prepared", "-c", str(clients), "-j", "2", "-T", str(seconds)),
        *("-f", "/dev/stdin", url),
    ]
    done = subprocess.run(
        [program, *arguments], input=script, capture_output=True, text=True, check=False
    )
    for line in done.stdout.splitlines():
        if line.startswith("tps = "):
            return float(line.split()[2])
    raise RuntimeError(done.stdout + done.stderr)


def describe(url: str, *packages: str) -> None:
    """Say what was measured on: versions and the kind of machine."""
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT current_setting('server_version')").fetchone()
    server = f"PostgreSQL {row[0]}" if row else "PostgreSQL"
    clients = [f"{name} {version(name)}" for name in packages]
    print(", ".join([server, f"Python {platform.python_version()}", *clients]))


@contextmanager
def one_core() -> Iterator[None]:
    """Keep this process, and the backends of connections made meanwhile, on one core.

    Whether client and server share one decides how long a read waits to be woken, more than
    anything that is measured, and the scheduler decides it anew from case to case.
    """
    server = bench_server()
    running = postmaster.find(server.data)
    if running is None:
        raise RuntimeError("the server of the benchmarks is not running")
    processes = (0, running.pid)
    before = [os.sched_getaffinity(process) for process in processes]
    try:
        for process in processes:
            os.sched_setaffinity(process, {min(before[0])})
        yield
    finally:
        for process, cores in zip(processes, before, strict=True):
            os.sched_setaffinity(process, cores)

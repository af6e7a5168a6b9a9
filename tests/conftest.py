"""What every test can ask for; the fixtures themselves are in tests/python/fix_*.py."""

from __future__ import annotations

import os
import signal
import threading

import pytest
from hypothesis import settings

# In CI every run tries the same examples: a new finding belongs to a run that somebody watches.
settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")

# A shell starts what runs in its background with Ctrl-C ignored, which children inherit; tests send
# that signal.
if (
    threading.current_thread() is threading.main_thread()
    and signal.getsignal(signal.SIGINT) is signal.SIG_IGN
):
    signal.signal(signal.SIGINT, signal.default_int_handler)

pytest_plugins = (
    "pytester",
    "tests.python.fix_servers",
    "tests.python.fix_templates",
    "tests.python.fix_apps",
    "tests.python.fix_databases",
    "tests.python.fix_pgtap",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Choose the servers of a run."""
    parser.addoption(
        "--servers",
        metavar="18,17,15",
        help="the servers to test on (default: every one that can run on this machine)",
    )


def pytest_configure() -> None:
    """Forget whatever database the person at the keyboard works with: tests never touch it."""
    for name in [n for n in os.environ if n.startswith("PG") or n == "DATABASE_URL"]:
        del os.environ[name]

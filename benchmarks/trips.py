"""How often a connection waits for the server, counted from libpq's own trace of the messages.

A round trip is a run of messages sent (F) that is followed by messages received (B).
"""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Callable

import psycopg
from psycopg.pq import Trace


def count_trips(connection: psycopg.Connection, work: Callable[[], object]) -> int:
    """Round trips that `work` makes on the connection."""
    with tempfile.TemporaryFile("w+") as file:
        connection.pgconn.trace(file.fileno())
        connection.pgconn.set_trace_flags(Trace.SUPPRESS_TIMESTAMPS)
        try:
            work()
        finally:
            connection.pgconn.untrace()
        file.seek(0)
        directions = [line[0] for line in file if line[:1] in {"F", "B"}]
    return sum(sent == "F" and received == "B" for sent, received in itertools.pairwise(directions))

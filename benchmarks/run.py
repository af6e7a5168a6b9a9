"""`make bench`: every benchmark, one after the other, in sizes that take a few minutes in all.

`benchmarks/run.py client session` runs those two. Ends with 1 when one of them failed to run;
a target that was missed is said in the output, once more at the end, and is no failure, for
machines differ.
"""

from __future__ import annotations

import re
import subprocess
import sys
import time
from pathlib import Path

from place import bench_server

SCRIPTS = (
    "client",
    "session",
    "bulk",
    "ledger",
    "retention",
    "policies",
    "gate",
    "uuid_v7",
    "codegen",
    "counters",
    "sealing",
    "partitions",
    "audit",
    "training_queue",
    "owners",
    "recall",
)


def main(names: list[str]) -> int:
    unknown = sorted(set(names) - set(SCRIPTS))
    if unknown:
        print(f"no such benchmark: {', '.join(unknown)}; there are {', '.join(SCRIPTS)}")
        return 2
    failed: list[str] = []
    verdicts: list[str] = []
    try:
        for name in names or SCRIPTS:
            print(f"\n=== {name}", flush=True)
            start = time.monotonic()
            if not _run(name, verdicts):
                failed.append(name)
            print(f"({time.monotonic() - start:.0f} s)", flush=True)
    finally:
        bench_server().stop()
    missed = [verdict for verdict in verdicts if "MISSED" in verdict]
    print(f"\n{len(verdicts) - len(missed)} of {len(verdicts)} targets met", *missed, sep="\n")
    if failed:
        print(f"\ndid not run to the end: {', '.join(failed)}")
    return 1 if failed else 0


def _run(name: str, verdicts: list[str]) -> bool:
    """Whether a script ran to its end; what it says of targets is kept."""
    script = Path(__file__).with_name(f"{name}.py")
    command = [sys.executable, "-u", script]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            print(line, end="", flush=True)
            if re.search(r"\b(met|MISSED)\b", line):
                verdicts.append(f"{name}: {line.strip()}")
    return process.returncode == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""What the machine's own apt knows and brings."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

from strongroom.errors import StrongroomError
from strongroom.server.account import clean_environment

_TARGET = "$(ORIGIN)|$(COMPONENT)|$(LABEL)|$(CREATED_BY)|$(REPO_URI)"
_PROXY = re.compile(r'^Acquire::https?::Proxy(::\S+)? ".*";$', re.MULTILINE)


def install(package: str, log: Path, say: Callable[[str], None]) -> None:
    """Install a package of the machine's; needs root."""
    say(f"installing {package} with apt-get")
    wanted = ["install", "--yes", "--no-install-recommends", package]
    output = ""
    for arguments in (wanted, ["update"], wanted):
        done = run("apt-get", *arguments)
        output = done.stdout
        with log.open("a", encoding="utf-8") as file:
            file.write(output)
        if arguments is wanted and done.returncode == 0:
            return
    tail = "\n".join(output.splitlines()[-8:])
    raise StrongroomError(
        f"apt-get can't install {package}\n{tail}",
        hint=f"apt-get install {package}, then try again",
    )


def mirror() -> str | None:
    """The Debian mirror that the machine uses, if it uses one; else debootstrap has its own."""
    try:
        done = run("apt-get", "indextargets", "--format", _TARGET)
    except OSError:
        return None
    for line in done.stdout.splitlines():
        origin, component, label, created, uri = (line.split("|", 4) + [""] * 5)[:5]
        if (origin, component, label, created) == ("Debian", "main", "Debian", "Packages"):
            return uri
    return None


def proxies() -> str:
    """The machine's proxy settings, as lines of an apt.conf."""
    found = _PROXY.finditer(run("apt-config", "dump").stdout)
    return "".join(f"{line[0]}\n" for line in found)


def run(*argv: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run one of apt's programs, its errors in its output."""
    return subprocess.run(
        argv,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
        cwd=cwd,
        env=clean_environment({"DEBIAN_FRONTEND": "noninteractive"}),
    )

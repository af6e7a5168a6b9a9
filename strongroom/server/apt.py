"""What the machine's own apt knows and brings."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

from strongroom.errors import StrongroomError
from strongroom.server.account import clean_environment

_TARGET = "$(ORIGIN)|$(COMPONENT)|$(LABEL)|$(CREATED_BY)|$(REPO_URI)"
_PROXY = re.compile(r'^Acquire::https?::Proxy(::\S+)? ".*";$', re.MULTILINE)


def need(program: str, log: Path, say: Callable[[str], None]) -> None:
    """Install the package of a program that is missing; needs root."""
    if shutil.which(program, path="/usr/sbin:/usr/bin:/sbin:/bin"):
        return
    say(f"installing {program} with apt-get")
    install = ["install", "--yes", "--no-install-recommends", program]
    output = ""
    for arguments in (install, ["update"], install):
        done = run("apt-get", *arguments)
        output = done.stdout
        with log.open("a", encoding="utf-8") as file:
            file.write(output)
        if arguments is install and done.returncode == 0:
            return
    tail = "\n".join(output.splitlines()[-8:])
    raise StrongroomError(
        f"apt-get can't install {program}\n{tail}",
        hint=f"apt-get install {program}, then try again",
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

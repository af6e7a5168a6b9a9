"""A real PgBouncer in transaction mode before a server, for tests of what runs behind a pool."""

from __future__ import annotations

import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

from psycopg.conninfo import conninfo_to_dict

from strongroom.errors import ConnectError, StrongroomError
from strongroom.server import debian13, places
from strongroom.server.account import Account, clean_environment, direct
from strongroom.server.cluster import Server
from strongroom.server.full import free_port

# Only the server's socket and our folder are shown inside the Debian, and only to this process,
# which ends with us.
_ENTER = (
    "place=$1 root=$2 id=$3 socket=$4; shift 4; "
    'mount --bind "$place" "$root/srv"; mount -t tmpfs -o mode=755,size=64k none "$root/mnt"; '
    'shown="$root/mnt/${socket##*/}"; touch "$shown"; mount --bind "$socket" "$shown"; '
    'exec chroot "$root" setpriv --reuid "$id" --regid "$id" --clear-groups --no-new-privs '
    '--pdeathsig TERM -- "$@"'
)
_SECONDS = 15.0


class PgBouncer:
    """PgBouncer on a loopback port, in transaction mode; start and stop it with `with`.

    server   a server of ours that runs; PgBouncer reaches it through its unix socket
    users    the roles that may connect; each gets the same random password
    options  more settings of pgbouncer.ini, e.g. {"default_pool_size": "1"}

    The program is the full server's as root, else the machine's. It lives as long as the thread
    that started it. When the server restarts, restart this too.
    """

    def __init__(
        self,
        server: Server,
        users: Sequence[str] = ("postgres",),
        options: Mapping[str, str] | None = None,
    ) -> None:
        self.server = server
        self.users = tuple(users)
        self.port = 0
        self._options = dict(options or {})
        self._password = secrets.token_urlsafe(18)
        self._process: subprocess.Popen[bytes] | None = None
        self._folder: Path | None = None

    def missing(self) -> str | None:
        """None if it can run here, else one line why not."""
        reason = debian13.cannot_use()
        if reason is None or _on_path() is not None:
            return None
        return f"pgbouncer is not installed, and the full server's can't be used: {reason}"

    def start(self) -> None:
        """Make it take connections; ConnectError when it can't run here."""
        if self._process is not None:
            return
        if reason := self.missing():
            raise ConnectError(f"PgBouncer can't run here: {reason}")
        found = conninfo_to_dict(self.server.url())
        folder = Path(tempfile.mkdtemp(prefix="strongroom-pgbouncer-"))
        self._folder = folder
        account, program, host = self._choose(folder, f"{found['host']}", f"{found['port']}")
        self.port = free_port()
        self._write(folder, account, host, f"{found['port']}")
        with (folder / "output").open("wb") as output:
            self._process = subprocess.Popen(
                [*account.prefix, program, account.seen(folder / "pgbouncer.ini")],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd="/",
                env=clean_environment(),
            )
        self._await_ready(self._process, folder)

    def stop(self) -> None:
        """End it, and remove its files."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait(10)
            self._process = None
        if self._folder is not None:
            shutil.rmtree(self._folder)
            self._folder = None

    def url(self, database: str = "postgres", user: str = "postgres") -> str:
        """A connection URL, with its password."""
        who = f"{quote(user, safe='')}:{self._password}"
        return f"postgresql://{who}@127.0.0.1:{self.port}/{quote(database, safe='')}"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _choose(self, folder: Path, host: str, port: str) -> tuple[Account, str, str]:
        """Who runs it, which program, and where that finds the server's socket."""
        if debian13.cannot_use() is not None:
            return direct(), f"{_on_path()}", host
        root, number = debian13.ensure(), debian13.POSTGRES_ID
        where = (str(folder), str(root), str(number), f"{host}/.s.PGSQL.{port}")
        prefix = ("unshare", "--mount", "--", "sh", "-ec", _ENTER, "sh", *where)
        account = Account("chroot", prefix=prefix, uid=number, gid=number, view=(folder, "/srv"))
        folder.chmod(0o711)
        return account, "/usr/sbin/pgbouncer", "/mnt"

    def _write(self, folder: Path, account: Account, host: str, port: str) -> None:
        users = folder / "users"
        settings = {
            "listen_addr": "127.0.0.1",
            "listen_port": str(self.port),
            "unix_socket_dir": "",
            "pool_mode": "transaction",
            "auth_type": "scram-sha-256",
            "auth_file": account.seen(users),
            "max_client_conn": "200",
            "admin_users": "postgres",
            **self._options,
        }
        quoted = host.replace("'", "''")
        lines = ["[databases]", f"* = host='{quoted}' port={port}", "[pgbouncer]"]
        lines += [f"{name} = {value}" for name, value in settings.items()]
        _write_private(folder / "pgbouncer.ini", lines, account)
        _write_private(users, [f'"{user}" "{self._password}"' for user in self.users], account)

    def _await_ready(self, process: subprocess.Popen[bytes], folder: Path) -> None:
        deadline = time.monotonic() + _SECONDS
        while process.poll() is None and time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.02)
        said = (folder / "output").read_text("utf-8", "replace")
        self.stop()
        raise StrongroomError(f"PgBouncer did not start\n{said.strip()}")


def _write_private(file: Path, lines: Sequence[str], account: Account) -> None:
    file.touch(mode=0o600)
    file.write_text("\n".join(lines) + "\n", "utf-8")
    account.give(file)


def _on_path() -> str | None:
    # As root, PgBouncer refuses to run.
    return None if places.is_root() else shutil.which("pgbouncer", path="/usr/sbin:/usr/bin:/bin")

"""PostgreSQL 17 with PostGIS, pgvector, pgTAP and plpgsql_check, of Debian 13's packages."""

from __future__ import annotations

import secrets
import socket
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

from strongroom.errors import ConnectError, StrongroomError
from strongroom.server import debian13, places
from strongroom.server.account import Account
from strongroom.server.cluster import LocalServer

_INSIDE = "/srv"
# The cluster's folder is shown below the Debian's /srv, in a mount namespace of the server's own.
_ENTER = (
    'place=$1 root=$2 id=$3; shift 3; mount --bind "$place" "$root/srv"; '
    'exec chroot "$root" setpriv --reuid "$id" --regid "$id" --clear-groups --no-new-privs '
    '-- "$@"'
)


class FullServer(LocalServer):
    """The server for apps that need more than contrib; listens on a loopback port as well."""

    label = "17"

    def missing(self) -> str | None:
        return debian13.cannot_use()

    def start(self) -> None:
        if reason := self.missing():
            raise ConnectError(
                f"the full server can't run here: {reason}",
                hint="build the Dockerfile and set DATABASE_URL, or use the server without --full",
            )
        debian13.ensure()
        places.state_folder(self.state.parent)
        places.own_folder(self.state)
        self._check_owner()
        places.own_folder(self.place, owner=self.account)
        super().start()

    def binaries(self) -> Path:
        return debian13.PROGRAMS

    @cached_property
    def account(self) -> Account:
        return chrooted(self.place)

    @property
    def place(self) -> Path:
        return self.state / "server"

    @property
    def port(self) -> int:
        """The loopback port, chosen at the first start, and anew when someone else took it."""
        try:
            return int(self._port.read_text("utf-8"))
        except (OSError, ValueError):
            return super().port

    def tcp_url(self, database: str = "postgres") -> str:
        """A URL for programs that know no unix socket; with a password, for any of this machine's
        users may connect to a port."""
        password = self._password.read_text("utf-8").strip()
        return f"postgresql://postgres:{password}@127.0.0.1:{self.port}/{quote(database, safe='')}"

    def settings(self) -> dict[str, str]:
        # The Debian has no tmpfs for the POSIX kind.
        more = {"listen_addresses": "127.0.0.1", "dynamic_shared_memory_type": "sysv"}
        return {**super().settings(), **more}

    def authentication(self) -> list[str | Path]:
        if not self._password.is_file():
            self.account.write(self._password, secrets.token_urlsafe(24) + "\n")
        return ["--auth-local=trust", "--auth-host=scram-sha-256", "--pwfile", self._password]

    @property
    def _port(self) -> Path:
        return self.state / "port"

    @property
    def _password(self) -> Path:
        return self.place / "password"

    def _settle(self) -> None:
        if not self._port.is_file() or not _is_free(self.port):
            self._port.write_text(f"{free_port()}\n", "utf-8")

    def _launch(self) -> None:
        try:
            super()._launch()
        except StrongroomError as error:
            if "Address already in use" not in error.message:
                raise
            # Somebody took the port after we had looked.
            self._port.write_text(f"{free_port()}\n", "utf-8")
            super()._launch()

    def _make_socket_folder(self) -> Path:
        usual = places.own_folder(self.place / "socket", owner=self.account)
        places.short_name(self.state, usual)
        return usual


def chrooted(place: Path) -> Account:
    """Run inside the Debian 13 as its user postgres, with one folder of ours in sight."""
    where = (str(place), str(debian13.folder()), str(debian13.POSTGRES_ID))
    return Account(
        "chroot",
        prefix=("unshare", "--mount", "--", "sh", "-ec", _ENTER, "sh", *where),
        uid=debian13.POSTGRES_ID,
        gid=debian13.POSTGRES_ID,
        view=(place, _INSIDE),
    )


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """A loopback port that nobody uses, below those that the system gives to connections."""
    for _ in range(200):
        port = 20_000 + secrets.randbelow(12_000)
        if _is_free(port):
            return port
    raise StrongroomError("no free port was found", hint="end some servers of this machine")

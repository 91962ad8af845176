"""Where a device is: a hosts file first, then DNS.

The file has the shape of ``/etc/hosts``: an address, then names; ``#`` begins a comment. It is
read again when it changed.
"""

from __future__ import annotations

import socket
import threading
from ipaddress import ip_address
from typing import TYPE_CHECKING, Protocol

from orchestrator.errors import SettingsInvalid, Unreachable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


class Resolver(Protocol):
    """Turns names into addresses."""

    def addresses(self, name: str) -> Sequence[str]:
        """Return IP addresses of a host name, best first.

        Raises:
            Unreachable: the name does not resolve.
        """
        ...


class DnsResolver:
    """Asks the system's resolver."""

    def addresses(self, name: str) -> Sequence[str]:
        """Return what DNS says, in its order, without repeats."""
        try:
            found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            msg = f"the name {name} does not resolve"
            raise Unreachable(msg, host=name, hint="is the PC registered in DNS?") from error
        return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class HostsResolver:
    """Looks in a hosts file, and asks another resolver about every name that is not in it."""

    def __init__(self, file: Path, otherwise: Resolver | None = None) -> None:
        """Read the file now, so that a bad line is told before anything is called.

        Args:
            file: the hosts file.
            otherwise: whom to ask about other names; DNS when None.

        Raises:
            SettingsInvalid: the file cannot be read, or a line has no address.
        """
        self._file = file
        self._otherwise = otherwise or DnsResolver()
        self._lock = threading.Lock()
        self._stamp: tuple[int, int] = (0, 0)
        self._known: dict[str, list[str]] = {}
        self._refresh()

    def addresses(self, name: str) -> Sequence[str]:
        """Return the file's addresses of the name, or of its first label; else ask on."""
        return self.known(name) or self._otherwise.addresses(name)

    def known(self, name: str) -> Sequence[str]:
        """Return the file's addresses alone, without asking anybody; none when it has none."""
        self._refresh()
        wanted = name.lower().rstrip(".")
        found = self._known.get(wanted) or self._known.get(wanted.split(".", maxsplit=1)[0])
        return list(found) if found else ()

    def _refresh(self) -> None:
        with self._lock:
            try:
                status = self._file.stat()
                stamp = (status.st_mtime_ns, status.st_size)
                if stamp == self._stamp:
                    return
                text = self._file.read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError) as error:
                msg = f"the hosts file cannot be read: {getattr(error, 'strerror', None) or error}"
                raise SettingsInvalid(msg, where=str(self._file)) from error
            self._known = parse_hosts(text, where=str(self._file))
            self._stamp = stamp


def parse_hosts(text: str, *, where: str) -> dict[str, list[str]]:
    """Read hosts-file text into names (lower case) and their addresses.

    Raises:
        SettingsInvalid: a line that does not begin with an address or names nobody.
    """
    known: dict[str, list[str]] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.split("#", maxsplit=1)[0].split()
        if not words:
            continue
        try:
            address = str(ip_address(words[0]))
        except ValueError as error:
            msg = f"{words[0]!r} is not an IP address"
            raise SettingsInvalid(msg, where=f"{where}:{number}") from error
        if len(words) == 1:
            msg = f"{address} has no name beside it"
            raise SettingsInvalid(msg, where=f"{where}:{number}")
        for name in words[1:]:
            known.setdefault(name.lower(), []).append(address)
    return known

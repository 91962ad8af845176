"""The folder in which a running lab says how it is reached.

====================  =======================================================================
``hosts``             an address and a name a line, as in ``/etc/hosts``
``ca.pem``            the authority of the PCs' certificates
``username``          the account that may log in everywhere
``password``          its password, for the owner's eyes only (0600)
``context.toml``      the same as settings of the command line
``lab.json``          pid, PCs, addresses, ports, seed, pace
``control.sock``      where a running lab takes orders
====================  =======================================================================

A lab removes them when it stops; what a killed lab left behind is overwritten by the next.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from orchestrator.errors import InvalidInput, NotFound

if TYPE_CHECKING:
    from pathlib import Path

    from orchestrator.lab.service import Lab

HOSTS, CONTEXT, DESCRIPTION, CONTROL = "hosts", "context.toml", "lab.json", "control.sock"
USERNAME, PASSWORD = "username", "password"
CA = "ca.pem"
_LONGEST_SOCKET_PATH = 103
"""Bytes; sockaddr_un of macOS has room for this many and a NUL, that of Linux for four more."""
_FILES = (HOSTS, CONTEXT, DESCRIPTION, CONTROL, USERNAME, PASSWORD, CA)


def running_pid(folder: Path) -> int | None:
    """Return the process of the lab that uses the folder; None when there is none."""
    try:
        pid = int(json.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))["pid"])
        os.kill(pid, 0)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return pid


def claim(folder: Path) -> None:
    """Make the folder ours.

    Raises:
        InvalidInput: another lab uses it, it cannot be made, or no socket can be in it.
    """
    if len(os.fsencode(folder / CONTROL)) > _LONGEST_SOCKET_PATH:
        message = "the path of the folder is too long for a socket in it"
        raise InvalidInput(message, where=str(folder), hint="set ENROLLMEND_HOME to a shorter one")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        message = f"the folder cannot be made: {error.strerror}"
        raise InvalidInput(message, where=str(folder)) from error
    pid = running_pid(folder)
    if pid is not None and pid != os.getpid():
        message = f"a lab is running already (process {pid})"
        raise InvalidInput(message, where=str(folder), hint="stop it: enrollmend lab down")


def hosts_text(lab: Lab) -> str:
    """Return the hosts file."""
    return "".join(f"{lab.hosts[name]} {name}\n" for name in lab.devices)


def context_text(lab: Lab, folder: Path) -> str:
    """Return the settings that reach this lab: NTLM over HTTP, or over HTTPS when that is all."""
    scheme = "http" if "http" in lab.ports else "https"
    return (
        "# written by a running lab\n"
        "[connection]\n"
        'auth = "ntlm"\n'
        f'scheme = "{scheme}"\n'
        f"port = {lab.ports[scheme]}\n"
        f"hosts_file = {json.dumps(str(folder / HOSTS))}\n"
        f"ca_file = {json.dumps(str(lab.ca_file))}\n"
        f"username_file = {json.dumps(str(folder / USERNAME))}\n"
        f"password_file = {json.dumps(str(folder / PASSWORD))}\n"
        "\n[timings]\n"
        f"pace = {lab.pace}\n"
    )


def describe(lab: Lab) -> dict[str, object]:
    """Return what ``lab.json`` says."""
    return {
        "pid": os.getpid(),
        "devices": len(lab.devices),
        "addresses": {name: lab.hosts[name] for name in lab.devices},
        "ports": lab.ports,
        "seed": lab.seed,
        "pace": lab.pace,
        "username": lab.account.name,
        "ca_file": str(lab.ca_file),
    }


def publish(lab: Lab, folder: Path) -> None:
    """Write the files; the description last, for it says that the rest is there."""
    secret = folder / PASSWORD
    secret.touch(mode=0o600)
    secret.write_text(lab.account.password, encoding="utf-8")
    (folder / USERNAME).write_text(lab.account.name, encoding="utf-8")
    (folder / HOSTS).write_text(hosts_text(lab), encoding="utf-8")
    (folder / CONTEXT).write_text(context_text(lab, folder), encoding="utf-8")
    (folder / DESCRIPTION).write_text(json.dumps(describe(lab)), encoding="utf-8")


def withdraw(folder: Path) -> None:
    """Remove the files."""
    for name in _FILES:
        (folder / name).unlink(missing_ok=True)


def control_path(folder: Path) -> Path:
    """Return the socket of the running lab.

    Raises:
        NotFound: no lab is running there.
    """
    if running_pid(folder) is None or not (folder / CONTROL).exists():
        message = "no lab is running here"
        raise NotFound(message, hint="start one: enrollmend lab up")
    return folder / CONTROL

"""The remediation as a playbook: five tasks of `raw`, the psrp connection, nothing gathered.

The steps are those of `remediation_steps`. A task of `raw` has a session of its own, so each
carries the definitions it needs. The last is repeated until the event that says *enrolled* is
there.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import yaml


def command(
    folder: Path, told: dict[str, Any], names: list[str], forks: int
) -> tuple[list[str], dict[str, str]]:
    """Write inventory and playbook; return the command and its environment.

    Args:
        folder: where they are written.
        told: what `write_steps` returned.
        names: the PCs.
        forks: PCs at a time.
    """
    hosts = {name: {"ansible_host": told["addresses"][name]} for name in names}
    connection = {
        "ansible_connection": "psrp",
        "ansible_port": told["port"],
        "ansible_user": told["username"],
        "ansible_password": told["password"],
        "ansible_psrp_auth": "ntlm",
        "ansible_psrp_protocol": "http",
    }
    texts = {f"text_{n}": step["all_definitions"] for n, step in enumerate(told["five"])}
    play = {
        "hosts": "all",
        "gather_facts": False,
        "vars": texts,
        "tasks": [_task(n, step["call"]) for n, step in enumerate(told["five"])],
    }
    play["tasks"][-1] |= {
        "register": "proof",
        "until": "'\"id\":75,' in proof.stdout",
        "retries": 20,
        "delay": 0,
    }
    settings = folder / "ansible.cfg"
    settings.touch()  # no other is looked for then
    inventory, playbook = folder / "inventory.yml", folder / "playbook.yml"
    for path in (inventory, playbook):
        path.touch(mode=0o600)
    inventory.write_text(yaml.safe_dump({"all": {"hosts": hosts, "vars": connection}}))
    playbook.write_text(yaml.safe_dump([play], sort_keys=False, width=10_000))
    program = str(Path(sys.executable).with_name("ansible-playbook"))
    words = [program, "-i", str(inventory), "-f", str(forks), str(playbook)]
    environment = {
        **os.environ,
        "ANSIBLE_CONFIG": str(settings),
        "ANSIBLE_HOME": str(folder / "ansible"),
        "ANSIBLE_NOCOLOR": "1",
        "LC_ALL": "C.UTF-8",
    }
    return words, environment


def _task(number: int, call: str) -> dict[str, Any]:
    return {"name": f"step {number + 1}", "raw": f"{{{{ text_{number} }}}}{call}"}

"""What one session costs this side: CPU, messages, bytes; ours beside bare pypsrp.

The same exchange for everybody: log in, open a runspace, send the definitions and call one
function with a parameter, read one object, close. The simulated PC runs in a process of its own,
so that only the client is measured. Rounds alternate between clients; the best round of each
counts, for a machine that is busy with something else only ever adds.

    python benchmarks/psrp_session.py [--rounds 5] [--sessions 40] [--write]
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pages
from pypsrp.powershell import PowerShell, RunspacePool
from pypsrp.wsman import WSMan

from orchestrator.adapters.connection import AuthKind, ConnectionProfile
from orchestrator.adapters.credentials import Credentials
from orchestrator.adapters.psrp import PsrpSessions
from orchestrator.adapters.psrp_definitions import PRELUDE, shipped
from orchestrator.adapters.resolver import HostsResolver
from orchestrator.domain.device import DeviceName
from orchestrator.lab.scripted import ScriptedBackend, ScriptedCall
from orchestrator.lab.service import running_lab

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from multiprocessing.synchronize import Event

    from orchestrator.lab.backend import BackendShell, Emit, Target
    from orchestrator.lab.powershell import Result, Statement

PORTS = {"http": 35985, "https": 35986}
PC = "PC-0001"
FUNCTION = "Get-EnrollmentFact"
CLIENTS = {"bare": "bare pypsrp", "stock": "ours, stock transport", "socket": "ours"}
LOGINS = (("ntlm", "http"), ("ntlm", "https"), ("certificate", "https"))


class Answering(ScriptedBackend):
    """Takes definitions without a word and answers the function with an object of usual size."""

    def __init__(self) -> None:
        answer = json.dumps({"format": 1, "filler": ["x" * 60] * 120})
        super().__init__({FUNCTION: lambda call: _say(call, answer)})

    def open(self, device: Target, configuration: str) -> BackendShell:  # type: ignore[override] # wraps it
        """Make a session that swallows scripts."""
        return _Quiet(super().open(device, configuration))


def _say(call: ScriptedCall, answer: str) -> None:
    call.emit(answer)


@dataclass
class _Quiet:
    inner: BackendShell

    def close(self) -> None:
        self.inner.close()

    def run(self, statements: Sequence[Statement], inputs: Sequence[object], emit: Emit) -> Result:
        kept = [each for each in statements if not each.commands[-1].is_script]
        return self.inner.run(kept, inputs, emit)


def serve(folder: Path, ready: Event, done: Event) -> None:
    """Run the simulated PC until told otherwise."""
    with running_lab([PC], backend=Answering(), folder=folder, ports=PORTS, seed=77) as lab:
        certificate, key = lab.client_certificate()
        facts = {
            "address": lab.hosts[PC],
            "ca_file": str(lab.ca_file),
            "certificate": str(certificate),
            "key": str(key),
            "username": lab.account.name,
            "password": lab.account.password,
        }
        (folder / "facts.json").write_text(json.dumps(facts), encoding="utf-8")
        (folder / "hosts").write_text(f"{lab.hosts[PC]} {PC}\n", encoding="utf-8")
        ready.set()
        done.wait()


def bare(facts: dict[str, str], kind: str, scheme: str) -> None:
    """One session of pypsrp as it comes."""
    extra: dict[str, Any] = {"username": facts["username"], "password": facts["password"]}
    if kind == "certificate":
        extra = {"certificate_pem": facts["certificate"], "certificate_key_pem": facts["key"]}
    wsman = WSMan(
        facts["address"],
        port=PORTS[scheme],
        ssl=scheme == "https",
        auth=kind,
        cert_validation=facts["ca_file"],  # type: ignore[arg-type] # a path is what it takes
        **extra,
    )
    module = shipped()
    text = "".join(module.text(name) for name in module.needed(FUNCTION))
    with wsman, RunspacePool(wsman) as pool, PowerShell(pool) as shell:
        shell.add_script(PRELUDE).add_statement()
        shell.add_script(text).add_statement()
        shell.add_cmdlet(FUNCTION).add_parameters({"Network": True})
        (answer,) = shell.invoke()
        json.loads(answer)


def ours(sessions: PsrpSessions, told: dict[str, int]) -> None:
    """One session through our door."""
    with sessions.open(DeviceName(PC), seconds=30) as session:
        session.invoke(FUNCTION, {"Network": True}, seconds=30)
    told["messages"] = session.traffic.messages
    told["sent"] = session.traffic.sent
    told["definitions"] = session.traffic.definitions


def measure(run: Callable[[], None], sessions: int) -> tuple[float, float]:
    """Return milliseconds of CPU and of wall time a session."""
    cpu, wall = time.process_time(), time.perf_counter()
    for _ in range(sessions):
        run()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    return cpu / sessions * 1000, wall / sessions * 1000


def compare(folder: Path, facts: dict[str, str], rounds: int, sessions: int) -> str:
    """Measure every login and client; return a table."""
    environ = {
        "ENROLLMEND_USERNAME": facts["username"],
        "ENROLLMEND_PASSWORD": facts["password"],
        "ENROLLMEND_CERTIFICATE": facts["certificate"],
        "ENROLLMEND_CERTIFICATE_KEY": facts["key"],
    }
    rows = []
    for kind, scheme in LOGINS:
        profile = ConnectionProfile(
            auth=AuthKind(kind), scheme=scheme, port=PORTS[scheme], ca_file=Path(facts["ca_file"])
        )
        told: dict[str, dict[str, int]] = {"bare": {}, "stock": {}, "socket": {}}
        runs: dict[str, Callable[[], None]] = {"bare": partial(bare, facts, kind, scheme)}
        for transport in ("stock", "socket"):
            made = PsrpSessions(
                profile,
                Credentials(environ),
                HostsResolver(folder / "hosts"),
                transport=transport,
            )
            runs[transport] = partial(ours, made, told[transport])
        best = {name: (float("inf"), float("inf")) for name in runs}
        for _ in range(rounds):
            for name, run in runs.items():
                best[name] = min(best[name], measure(run, sessions))
        for name, (cpu, wall) in best.items():
            ratio = cpu / best["bare"][0]
            sent = (told[name].get("messages", ""), told[name].get("sent", ""))
            figures = (f"{cpu:.1f} ms", f"{ratio:.2f}", f"{wall:.1f} ms", *sent)
            rows.append((f"{kind} {scheme}, {CLIENTS[name]}", *figures))
    heading = ("login, client", "CPU a session", "x bare", "wall", "messages", "bytes sent")
    return f"""One call of `{FUNCTION}` in a session of its own, {told["socket"]["definitions"]} \
characters of definitions; the best of {rounds} rounds of {sessions} sessions, one after the other.

{pages.table(heading, rows)}"""


def main() -> None:
    """Start the PC, measure, stop it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--sessions", type=int, default=40)
    parser.add_argument("--write", action="store_true", help="into docs/benchmarks.md")
    options = parser.parse_args()
    context = multiprocessing.get_context("spawn")
    ready, done = context.Event(), context.Event()
    with TemporaryDirectory(prefix="enrollmend-bench-") as name:
        folder = Path(name)
        child = context.Process(target=serve, args=(folder, ready, done))
        child.start()
        try:
            if not ready.wait(60):
                message = "the simulated PC did not start"
                raise RuntimeError(message)
            facts = json.loads((folder / "facts.json").read_text(encoding="utf-8"))
            body = compare(folder, facts, options.rounds, options.sessions)
            print(body)
            if options.write:
                pages.write("One session", pages.typed(), body)
        finally:
            done.set()
            child.join()


if __name__ == "__main__":
    main()

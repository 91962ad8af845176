"""A lab with scripted PCs, and sessions that know where they are."""

from __future__ import annotations

import json
import os
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from orchestrator.adapters.connection import AuthKind, ConnectionProfile
from orchestrator.adapters.credentials import Credentials
from orchestrator.adapters.psrp import PsrpSessions
from orchestrator.adapters.psrp_definitions import Definitions
from orchestrator.domain.device import DeviceName
from orchestrator.errors import Unreachable
from orchestrator.lab.powershell import Result
from orchestrator.lab.scripted import ScriptedBackend, ScriptedCall, failure
from orchestrator.lab.service import running_lab
from orchestrator.module import ModuleFunction

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    from orchestrator.adapters.psrp_session import PsrpSession
    from orchestrator.lab.backend import BackendShell, Emit, Target
    from orchestrator.lab.powershell import Statement
    from orchestrator.lab.service import Lab

SEED = os.getpid() % 100
"""Two processes of tests side by side have labs at addresses of their own."""
PORTS = {"http": 25985, "https": 25986}
NAME = "PC-0001"

TEXTS = {
    "Get-EnrollmentFact": "function Get-EnrollmentFact\n{\n    Get-Small\n}\n",
    "Get-Small": "# small\nfunction Get-Small\n{\n    'small' # one\n}\n",
    "Invoke-EnrollmentRepair": "function Invoke-EnrollmentRepair\n{\n    Get-Small; Get-Large\n}\n",
    "Get-Large": "function Get-Large { 'large' }\n",
}
MODULE = Definitions(
    {name: ModuleFunction(name, text, public=True) for name, text in TEXTS.items()}
)


class QuietBackend(ScriptedBackend):
    """Takes definitions without a word, as Windows does."""

    def __init__(self) -> None:
        super().__init__({"Get-EnrollmentFact": facts})
        self.scripts: list[str] = []

    def open(self, device: Target, configuration: str) -> BackendShell:  # type: ignore[override] # wraps it
        return QuietShell(self, super().open(device, configuration))


@dataclass
class QuietShell:
    backend: QuietBackend
    inner: BackendShell

    def close(self) -> None:
        self.inner.close()

    def run(self, statements: Sequence[Statement], inputs: Sequence[object], emit: Emit) -> Result:
        kept = []
        for statement in statements:
            if statement.commands[-1].is_script:
                self.backend.scripts.append(statement.commands[-1].text)
            else:
                kept.append(statement)
        return self.inner.run(kept, inputs, emit)


def facts(call: ScriptedCall) -> None:
    call.emit(json.dumps({"device": call.device.name, "given": plain(call.arguments)}))


def plain(arguments: Mapping[str, object]) -> dict[str, object]:
    """Return arguments with where they came as plain values, and their types beside them."""
    return {name: [type(value).__name__, value] for name, value in arguments.items()}


def fails(error_id: str, message: str = "it went wrong") -> Callable[[ScriptedCall], Result]:
    return lambda _: Result("Failed", failure(message, error_id))


class Addresses:
    """A resolver that knows the lab."""

    def __init__(self, known: Mapping[str, str]) -> None:
        self.known = known

    def addresses(self, name: str) -> Sequence[str]:
        if name not in self.known:
            msg = f"the name {name} does not resolve"
            raise Unreachable(msg, host=name)
        return [self.known[name]]


@dataclass
class Bench:
    """A running lab and everything that opens sessions on it."""

    lab: Lab
    backend: QuietBackend
    transport: str
    environ: dict[str, str] = field(default_factory=dict)

    def profile(
        self, kind: str = "ntlm", scheme: str = "http", **options: Any
    ) -> ConnectionProfile:
        chosen: dict[str, Any] = {
            "auth": AuthKind(kind),
            "scheme": scheme,
            "port": PORTS[scheme],
            "ca_file": self.lab.ca_file,
            "lab": True,
            **options,
        }
        return ConnectionProfile(**chosen)

    def sessions(self, profile: ConnectionProfile | None = None, **options: Any) -> PsrpSessions:
        chosen: dict[str, Any] = {"transport": self.transport, "definitions": MODULE, **options}
        return PsrpSessions(
            profile or self.profile(),
            chosen.pop("credentials", Credentials(self.environ)),
            chosen.pop("resolver", Addresses(self.lab.hosts)),
            **chosen,
        )

    def open(
        self, profile: ConnectionProfile | None = None, *, seconds: float = 10, **options: Any
    ) -> AbstractContextManager[PsrpSession]:
        return self.sessions(profile, **options).open(DeviceName(NAME), seconds=seconds)

    @property
    def shells(self) -> int:
        """How many shells are open on all PCs."""
        return self.lab.call(lambda: sum(len(pc.service.shells) for pc in self.lab.pcs.values()))

    def requests(self, name: str = NAME) -> int:
        return self.lab.call(lambda: self.lab.pcs[name].requests)


@pytest.fixture(params=["socket", "stock"])
def transport(request: pytest.FixtureRequest) -> str:
    chosen = request.param
    assert isinstance(chosen, str)
    return chosen


@pytest.fixture
def start(transport: str) -> Callable[..., AbstractContextManager[Bench]]:
    @contextmanager
    def starting(*names: str, **options: Any) -> Iterator[Bench]:
        backend = QuietBackend()
        chosen: dict[str, Any] = {"ports": PORTS, "seed": SEED, **options}
        with running_lab(list(names or (NAME,)), backend=backend, **chosen) as lab:
            certificate, key = lab.client_certificate()
            environ = {
                "ENROLLMEND_USERNAME": lab.account.name,
                "ENROLLMEND_PASSWORD": lab.account.password,
                "ENROLLMEND_CERTIFICATE": str(certificate),
                "ENROLLMEND_CERTIFICATE_KEY": str(key),
            }
            yield Bench(lab, backend, transport, environ)

    return starting

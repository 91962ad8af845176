"""One call that starts a lab with a scripted backend, and one that makes a client for it."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from pypsrp.wsman import WSMan

from orchestrator.lab.scripted import ScriptedBackend
from orchestrator.lab.service import running_lab

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from orchestrator.lab.service import Lab

PORTS = {"http": 15985, "https": 15986}
SEED = os.getpid() % 100
"""Two processes of tests side by side have labs at addresses of their own."""

BASIC = {"auth": "basic", "port": PORTS["https"]}


@pytest.fixture
def scripted() -> ScriptedBackend:
    return ScriptedBackend()


@pytest.fixture
def start_lab(scripted: ScriptedBackend) -> Callable[..., Any]:
    @contextmanager
    def start(*names: str, **options: Any) -> Iterator[Lab]:
        chosen: dict[str, Any] = {"ports": PORTS, "seed": SEED, "backend": scripted} | options
        with running_lab(list(names or ("PC-0001",)), **chosen) as lab:
            yield lab

    return start


@pytest.fixture
def client() -> Callable[..., WSMan]:
    def make(lab: Lab, name: str = "PC-0001", **options: Any) -> WSMan:
        chosen: dict[str, Any] = {
            "username": lab.account.name,
            "password": lab.account.password,
            "cert_validation": str(lab.ca_file),
            "reconnection_retries": 0,
            **(BASIC if "auth" not in options else {}),
            **options,
        }
        if chosen["auth"] == "certificate":
            certificate, key = lab.client_certificate()
            chosen |= {"certificate_pem": str(certificate), "certificate_key_pem": str(key)}
        return WSMan(lab.hosts[name], **chosen)

    return make

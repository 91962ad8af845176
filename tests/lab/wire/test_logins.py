from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from pypsrp.exceptions import AuthenticationError, WinRMTransportError
from pypsrp.powershell import PowerShell, RunspacePool
from pypsrp.wsman import WSMan

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestrator.lab.service import Lab

HTTP, HTTPS = 15985, 15986
KINDS = [
    pytest.param({"auth": "ntlm", "ssl": False, "port": HTTP}, id="NTLM, sealed, over HTTP"),
    pytest.param({"auth": "negotiate", "ssl": False, "port": HTTP}, id="SPNEGO, sealed, over HTTP"),
    pytest.param({"auth": "basic", "port": HTTPS}, id="Basic over HTTPS"),
    pytest.param({"auth": "ntlm", "port": HTTPS}, id="NTLM with channel binding over HTTPS"),
    pytest.param(
        {"auth": "negotiate", "port": HTTPS, "encryption": "always"},
        id="SPNEGO, sealed, over HTTPS",
    ),
    pytest.param({"auth": "certificate", "port": HTTPS}, id="client certificate"),
]


def client(lab: Lab, name: str = "PC-0001", **options: Any) -> WSMan:
    if options["auth"] == "certificate":
        certificate, key = lab.client_certificate()
        options |= {"certificate_pem": str(certificate), "certificate_key_pem": str(key)}
    return WSMan(
        lab.hosts[name],
        **{
            "username": lab.account.name,
            "password": lab.account.password,
            "cert_validation": str(lab.ca_file),
            "reconnection_retries": 0,
        }
        | options,
    )


@pytest.mark.parametrize("options", KINDS)
def test_an_unmodified_client_logs_in_and_runs_a_script(
    start_lab: Callable[..., Any], options: dict[str, Any]
) -> None:
    with start_lab() as lab, client(lab, **options) as wsman, RunspacePool(wsman) as pool:
        shell = PowerShell(pool)
        shell.add_script("'hello'")
        assert shell.invoke() == ["'hello'"]


@pytest.mark.parametrize("options", KINDS[:5])
def test_a_wrong_password_is_401(start_lab: Callable[..., Any], options: dict[str, Any]) -> None:
    with start_lab() as lab, client(lab, password="wrong", **options) as wsman:
        with pytest.raises(AuthenticationError):
            RunspacePool(wsman).open()
        assert not lab.pcs["PC-0001"].service.shells


def test_an_unknown_user_is_401(start_lab: Callable[..., Any]) -> None:
    options = {"auth": "ntlm", "ssl": False, "port": HTTP, "username": "LAB\\nobody"}
    with (
        start_lab() as lab,
        client(lab, **options) as wsman,
        pytest.raises(AuthenticationError),
    ):
        RunspacePool(wsman).open()


def test_a_body_in_the_clear_over_http_is_refused(start_lab: Callable[..., Any]) -> None:
    options = {"auth": "ntlm", "ssl": False, "port": HTTP, "encryption": "never"}
    with start_lab() as lab, client(lab, **options) as wsman:
        with pytest.raises(WinRMTransportError) as raised:
            RunspacePool(wsman).open()
        assert raised.value.code == 500
        assert not lab.pcs["PC-0001"].service.shells


def test_basic_over_http_is_refused(start_lab: Callable[..., Any]) -> None:
    options = {"auth": "basic", "ssl": False, "port": HTTP, "encryption": "never"}
    with (
        start_lab() as lab,
        client(lab, **options) as wsman,
        pytest.raises(AuthenticationError),
    ):
        RunspacePool(wsman).open()

from __future__ import annotations

import base64
import ssl
from typing import TYPE_CHECKING, Any

import pytest
from pypsrp.exceptions import AuthenticationError, WinRMTransportError, WSManFaultError
from pypsrp.powershell import PowerShell, RunspacePool

from orchestrator.lab.auth import Account
from orchestrator.lab.tls import Authority, Channel

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestrator.lab.tls import Leaf

HTTP, HTTPS = 15985, 15986
NTLM_HTTP: dict[str, Any] = {"auth": "ntlm", "ssl": False, "port": HTTP}
KINDS = [
    pytest.param(NTLM_HTTP, id="NTLM, sealed, over HTTP"),
    pytest.param({"auth": "negotiate", "ssl": False, "port": HTTP}, id="SPNEGO, sealed, over HTTP"),
    pytest.param({"auth": "basic", "port": HTTPS}, id="Basic over HTTPS"),
    pytest.param({"auth": "ntlm", "port": HTTPS}, id="NTLM with channel binding over HTTPS"),
    pytest.param(
        {"auth": "negotiate", "port": HTTPS, "encryption": "always"},
        id="SPNEGO, sealed, over HTTPS",
    ),
    pytest.param({"auth": "certificate", "port": HTTPS}, id="client certificate"),
]


@pytest.mark.parametrize("options", KINDS)
def test_an_unmodified_client_logs_in_and_runs_a_script(
    start_lab: Callable[..., Any], client: Callable[..., Any], options: dict[str, Any]
) -> None:
    with start_lab() as lab, client(lab, **options) as wsman, RunspacePool(wsman) as pool:
        shell = PowerShell(pool)
        shell.add_script("'hello'")
        assert shell.invoke() == ["'hello'"]


@pytest.mark.parametrize("options", KINDS[:5])
def test_a_wrong_password_is_401(
    start_lab: Callable[..., Any], client: Callable[..., Any], options: dict[str, Any]
) -> None:
    with start_lab() as lab, client(lab, password="wrong", **options) as wsman:
        with pytest.raises(AuthenticationError):
            RunspacePool(wsman).open()
        assert not lab.pcs["PC-0001"].service.shells


def test_an_unknown_user_is_401(start_lab: Callable[..., Any], client: Callable[..., Any]) -> None:
    with (
        start_lab() as lab,
        client(lab, username="LAB\\nobody", **NTLM_HTTP) as wsman,
        pytest.raises(AuthenticationError),
    ):
        RunspacePool(wsman).open()


@pytest.mark.parametrize(
    "name", ["svc-enrollmend", "svc-enrollmend@lab.example", "lab\\SVC-enrollmend"]
)
def test_a_user_may_be_spelled_in_any_usual_way(
    start_lab: Callable[..., Any], client: Callable[..., Any], name: str
) -> None:
    with (
        start_lab() as lab,
        client(lab, username=name, **NTLM_HTTP) as wsman,
        RunspacePool(wsman) as pool,
    ):
        assert pool.is_alive()


def test_each_pc_may_have_accounts_of_its_own(
    start_lab: Callable[..., Any], client: Callable[..., Any]
) -> None:
    own = Account("PC-0002\\local-admin", "only-here")
    accounts = {"PC-0002": (own,)}
    login = {"username": own.name, "password": own.password, **NTLM_HTTP}
    with start_lab("PC-0001", "PC-0002", accounts_of=lambda name: accounts.get(name, ())) as lab:
        with client(lab, "PC-0002", **login) as wsman, RunspacePool(wsman) as pool:
            assert pool.is_alive()
        with client(lab, "PC-0001", **login) as wsman, pytest.raises(AuthenticationError):
            RunspacePool(wsman).open()


def test_an_account_that_is_no_administrator_is_denied_access(
    start_lab: Callable[..., Any], client: Callable[..., Any]
) -> None:
    guest = Account("LAB\\guest", "guest", admin=False)
    with start_lab(accounts=[guest]) as lab, client(lab, **NTLM_HTTP) as wsman:
        with pytest.raises(WSManFaultError) as raised:
            RunspacePool(wsman).open()
        assert raised.value.code == 5


def test_a_body_in_the_clear_over_http_is_refused(
    start_lab: Callable[..., Any], client: Callable[..., Any]
) -> None:
    with start_lab() as lab, client(lab, encryption="never", **NTLM_HTTP) as wsman:
        with pytest.raises(WinRMTransportError) as raised:
            RunspacePool(wsman).open()
        assert raised.value.code == 500
        assert not lab.pcs["PC-0001"].service.shells


def test_basic_over_http_is_refused(
    start_lab: Callable[..., Any], client: Callable[..., Any]
) -> None:
    options = {"auth": "basic", "ssl": False, "port": HTTP, "encryption": "never"}
    with start_lab() as lab, client(lab, **options) as wsman, pytest.raises(AuthenticationError):
        RunspacePool(wsman).open()


def test_a_login_bound_to_another_channel_is_refused(
    start_lab: Callable[..., Any], client: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    # what a relay would do: a good login, made for another server's certificate
    forged = staticmethod(lambda _: b"tls-server-end-point:" + b"\0" * 31 + b"\1")
    monkeypatch.setattr("pypsrp.negotiate.HTTPNegotiateAuth._get_cbt_data", forged)
    with (
        start_lab() as lab,
        client(lab, auth="ntlm", port=HTTPS) as wsman,
        pytest.raises(AuthenticationError),
    ):
        RunspacePool(wsman).open()


def test_a_client_certificate_of_another_authority_is_refused(
    start_lab: Callable[..., Any], client: Callable[..., Any], tmp_path: Any
) -> None:
    certificate, key = Authority(tmp_path).client("svc-enrollmend")
    files = {"certificate_pem": str(certificate), "certificate_key_pem": str(key)}
    with start_lab() as lab, client(lab, port=HTTPS, auth="certificate") as wsman:
        wsman.transport.certificate_pem = files["certificate_pem"]
        wsman.transport.certificate_key_pem = files["certificate_key_pem"]
        with pytest.raises(Exception, match=r"(?i)ssl|tls|alert|reset|aborted"):
            RunspacePool(wsman).open()
        assert not lab.pcs["PC-0001"].service.shells


def test_no_password_is_shown_by_an_account() -> None:
    assert "canary" not in repr(Account("LAB\\user", "canary"))
    assert base64.b64encode(b"canary").decode() not in repr(Account("LAB\\user", "canary"))


def test_a_certificate_is_good_for_the_address_and_for_every_name_of_the_pc(tmp_path: Any) -> None:
    authority = Authority(tmp_path)
    leaf = authority.leaf("PC-0042", "127.0.0.42", "PC-0042.corp.example")
    for name in ("PC-0042", "pc-0042", "pc-0042.corp.example", "127.0.0.42"):
        handshake(authority, leaf, name)
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(authority, leaf, "PC-0043")
    assert authority.leaf("PC-0042", "127.0.0.42") is leaf


def handshake(authority: Authority, leaf: Leaf, name: str) -> None:
    context = ssl.create_default_context(cafile=authority.ca_file)
    theirs, ours = ssl.MemoryBIO(), ssl.MemoryBIO()
    client_side = context.wrap_bio(theirs, ours, server_hostname=name)
    channel = Channel(leaf.context)
    for _ in range(3):
        try:
            client_side.do_handshake()
        except ssl.SSLWantReadError:
            theirs.write(channel.feed(ours.read())[1])
        else:
            return
    raise AssertionError

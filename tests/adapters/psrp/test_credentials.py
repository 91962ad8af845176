from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from orchestrator.adapters.connection import AuthKind
from orchestrator.adapters.credentials import AccountBrake, Credentials, Login
from orchestrator.adapters.psrp_accounts import spnego_account
from orchestrator.errors import AuthenticationRefused, CredentialsMissing

if TYPE_CHECKING:
    from pathlib import Path

CANARY = "hunter2-canary"


def account(password: str = CANARY, user: str = "CORP\\svc") -> Login:
    return Login(kind=AuthKind.NTLM, username=user, password=password)


def test_the_account_comes_from_the_environment() -> None:
    environ = {"ENROLLMEND_USERNAME": "CORP\\svc", "ENROLLMEND_PASSWORD": CANARY}
    assert Credentials(environ).login(AuthKind.NTLM) == account()


def test_a_file_is_read_at_the_moment_of_use(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("old\n", encoding="utf-8")
    environ = {"ENROLLMEND_USERNAME": "svc", "ENROLLMEND_PASSWORD_FILE": str(file)}
    credentials = Credentials(environ)
    assert credentials.login(AuthKind.NTLM).password == "old"
    file.write_text(" new with blanks \r\n", encoding="utf-8")
    assert credentials.login(AuthKind.NTLM).password == " new with blanks "


@pytest.mark.parametrize(
    ("kind", "environ", "message"),
    [
        (AuthKind.NTLM, {}, "ENROLLMEND_USERNAME is not set"),
        (AuthKind.BASIC, {"ENROLLMEND_USERNAME": "svc"}, "ENROLLMEND_PASSWORD is not set"),
        (AuthKind.KERBEROS, {"ENROLLMEND_PASSWORD": CANARY}, "ENROLLMEND_USERNAME is not set"),
        (AuthKind.CERTIFICATE, {}, "ENROLLMEND_CERTIFICATE is not set"),
        (AuthKind.CERTIFICATE, {"ENROLLMEND_CERTIFICATE": "/nowhere"}, "/nowhere is not a file"),
        (
            AuthKind.NTLM,
            {
                "ENROLLMEND_USERNAME": "svc",
                "ENROLLMEND_PASSWORD": CANARY,
                "ENROLLMEND_PASSWORD_FILE": "/x",
            },
            "both set",
        ),
        (
            AuthKind.NTLM,
            {"ENROLLMEND_USERNAME": "svc", "ENROLLMEND_PASSWORD_FILE": "/nowhere"},
            "/nowhere cannot be read: No such file",
        ),
    ],
)
def test_what_is_missing_is_named_in_one_line(
    kind: AuthKind, environ: dict[str, str], message: str
) -> None:
    with pytest.raises(CredentialsMissing, match=message) as caught:
        Credentials(environ).login(kind)
    assert "\n" not in str(caught.value)
    assert CANARY not in str(caught.value)


def test_a_kerberos_ticket_needs_no_account() -> None:
    login = Credentials({}).login(AuthKind.KERBEROS)
    assert login.account == "the Kerberos ticket cache"
    assert spnego_account(login) == (None, None)


def test_a_keytab_is_named_by_its_path(tmp_path: Path) -> None:
    keytab = tmp_path / "svc.keytab"
    keytab.write_bytes(b"\x05\x02")
    environ = {"ENROLLMEND_KEYTAB": str(keytab), "ENROLLMEND_USERNAME": "svc@CORP.EXAMPLE"}
    login = Credentials(environ).login(AuthKind.KERBEROS)
    assert login.keytab == str(keytab)
    assert login.password == ""


def test_no_repr_shows_a_secret() -> None:
    login = Login(kind=AuthKind.CERTIFICATE, certificate="c", key="k", key_password=CANARY)
    shown = repr(login) + repr(account()) + repr(Credentials({"ENROLLMEND_PASSWORD": CANARY}))
    assert CANARY not in shown + account().fingerprint


def test_ntlm_is_given_the_hash_and_not_the_password() -> None:
    user, password = spnego_account(account(password="Password"))
    assert password is None
    # the NT hash of "Password" (MS-NLMP 4.2.2.1.2)
    assert getattr(user, "nt_hash", "") == "a4f49c406510bdcab6824ee7c30fd852"
    assert "Password" not in repr(user)


def test_the_brake_holds_after_so_many_different_devices() -> None:
    brake = AccountBrake(limit=3)
    for host in ("PC-1", "pc-1", "PC-2"):
        brake.refused(account(), host)
    brake.check(account(), "PC-9")
    brake.refused(account(), "PC-3")
    with pytest.raises(
        AuthenticationRefused, match=r"3 devices in a row refused .*CORP.svc"
    ) as caught:
        brake.check(account(), "PC-9")
    assert caught.value.code == "brake"
    assert CANARY not in str(caught.value)


def test_the_brake_lets_another_password_and_another_account_pass() -> None:
    brake = AccountBrake(limit=1)
    brake.refused(account(), "PC-1")
    brake.check(account(password="new"), "PC-2")
    brake.check(account(user="CORP\\other"), "PC-2")


def test_a_device_that_accepts_the_account_clears_the_count() -> None:
    brake = AccountBrake(limit=2)
    brake.refused(account(), "PC-1")
    brake.accepted(account())
    brake.refused(account(), "PC-2")
    brake.check(account(), "PC-3")


def test_the_brake_counts_rightly_under_threads() -> None:
    brake = AccountBrake(limit=100)
    threads = [
        threading.Thread(target=brake.refused, args=(account(), f"PC-{number}"))
        for number in range(100)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with pytest.raises(AuthenticationRefused, match="100 devices"):
        brake.check(account(), "PC-0")

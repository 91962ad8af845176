from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from orchestrator.adapters.connection import AuthKind
from orchestrator.adapters.credentials import AccountBrake, Credentials, Login
from orchestrator.adapters.psrp_accounts import spnego_account
from orchestrator.errors import (
    AuthenticationRefused,
    CredentialsMissing,
    TransientFailure,
    Unreachable,
)

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


def refusal(host: str, code: str = "401") -> AuthenticationRefused:
    return AuthenticationRefused("no", host=host, code=code)


def refuse(brake: AccountBrake, login: Login, host: str, code: str = "401") -> None:
    with pytest.raises(AuthenticationRefused), brake.trying(login, host, seconds=0):
        raise refusal(host, code)


def accept(brake: AccountBrake, login: Login, host: str) -> None:
    with brake.trying(login, host, seconds=0):
        pass


def test_the_brake_holds_after_so_many_different_devices() -> None:
    brake = AccountBrake(limit=3)
    for host in ("PC-1", "pc-1", "PC-2", "PC-3"):
        refuse(brake, account(), host)
    with pytest.raises(AuthenticationRefused, match=r"3 devices in a row .*CORP.svc") as caught:
        accept(brake, account(), "PC-9")
    assert caught.value.code == "brake"
    assert CANARY not in str(caught.value)


def test_the_brake_lets_another_password_and_another_account_pass() -> None:
    brake = AccountBrake(limit=1)
    refuse(brake, account(), "PC-1")
    accept(brake, account(password="new"), "PC-2")
    accept(brake, account(user="CORP\\other"), "PC-2")


def test_a_device_that_accepts_the_account_clears_the_count() -> None:
    brake = AccountBrake(limit=2)
    refuse(brake, account(), "PC-1")
    accept(brake, account(), "PC-2")
    refuse(brake, account(), "PC-3")
    accept(brake, account(), "PC-4")


def test_access_denied_and_absent_devices_do_not_count() -> None:
    brake = AccountBrake(limit=1)
    refuse(brake, account(), "PC-1", code="5")
    with pytest.raises(Unreachable), brake.trying(account(), "PC-2", seconds=0):
        raise Unreachable("off")
    accept(brake, account(), "PC-3")


def test_a_wrong_password_is_never_tried_by_all_threads_at_once() -> None:
    brake, tried = AccountBrake(limit=3), []
    together = threading.Barrier(40)

    def work(number: int) -> None:
        together.wait()
        name = f"PC-{number}"
        with suppress(AuthenticationRefused), brake.trying(account(), name, seconds=20):
            tried.append(number)
            raise refusal(name)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(tried) == 3


def test_a_proven_account_is_used_by_all_threads_at_once() -> None:
    brake = AccountBrake(limit=1)
    accept(brake, account(), "PC-1")
    with brake.trying(account(), "PC-2", seconds=0), brake.trying(account(), "PC-3", seconds=0):
        pass


def test_who_waits_too_long_for_an_unproven_account_may_come_again() -> None:
    brake = AccountBrake(limit=1)
    with (
        brake.trying(account(), "PC-1", seconds=0),
        pytest.raises(TransientFailure, match="others still find out"),
        brake.trying(account(), "PC-2", seconds=0.01),
    ):
        pass

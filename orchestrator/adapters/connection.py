"""How devices are logged in to: what a connection profile may say, and which mixes are refused.

- Nothing unencrypted is ever sent: HTTPS, or HTTP with WinRM message encryption.
- HTTPS trusts the CA file that is named and no other; the environment and the system's store do
  not count.
- Basic sends the password itself, so it exists for a lab, over HTTPS, alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from orchestrator.errors import SettingsInvalid

if TYPE_CHECKING:
    from pathlib import Path

HTTP_PORT = 5985
HTTPS_PORT = 5986
_LAST_PORT = 65535
DEFAULT_CONFIGURATION = "Microsoft.PowerShell"


class AuthKind(StrEnum):
    """How a login is proved."""

    KERBEROS = "kerberos"
    CERTIFICATE = "certificate"
    NTLM = "ntlm"
    NEGOTIATE = "negotiate"
    BASIC = "basic"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionProfile:
    """Everything about a connection but the account and the device.

    Attributes:
        auth: kind of login.
        scheme: ``https`` or ``http``.
        port: TCP port; 0 means the usual one of the scheme (Microsoft: 5986 and 5985).
        configuration_name: the session configuration; any other than the default is a constrained
            endpoint that has the module installed, so no definitions are sent to it.
        ca_file: PEM file of the CAs that issued the devices' certificates; needed for HTTPS.
        message_encryption: seal each message with the key of the login; a must over HTTP.
        dns_suffix: appended to names without a dot, for DNS, TLS and Kerberos alike.
        service: service class of the Kerberos name that is asked for.
        lab: the devices are simulated, so Basic is allowed.
    """

    auth: AuthKind = AuthKind.KERBEROS
    scheme: str = "https"
    port: int = 0
    configuration_name: str = DEFAULT_CONFIGURATION
    ca_file: Path | None = None
    message_encryption: bool = True
    dns_suffix: str = ""
    service: str = "host"
    lab: bool = False

    def __post_init__(self) -> None:
        """Refuse what would send something readable or trust somebody unnamed."""
        if self.scheme not in ("https", "http"):
            msg = f"scheme must be https or http, not {self.scheme!r}"
            raise SettingsInvalid(msg, where="connection.scheme")
        plain = self.scheme == "http"
        if plain and self.auth in (AuthKind.CERTIFICATE, AuthKind.BASIC):
            msg = f"{self.auth} logins need https: over http they cannot be encrypted"
            raise SettingsInvalid(msg, where="connection.scheme", hint='set scheme = "https"')
        if plain and not self.message_encryption:
            msg = "http without message encryption would send everything readable"
            raise SettingsInvalid(
                msg, where="connection.message_encryption", hint="leave it on, or use https"
            )
        if self.auth is AuthKind.BASIC and not self.lab:
            msg = "basic logins send the password itself and are for the lab alone"
            raise SettingsInvalid(
                msg, where="connection.auth", hint="use kerberos, certificate or ntlm"
            )
        if not plain and self.ca_file is None:
            msg = "https needs the CA that issued the devices' certificates"
            raise SettingsInvalid(msg, where="connection.ca_file", hint="name its PEM file")
        if not 0 <= self.port <= _LAST_PORT:
            msg = f"{self.port} is not a TCP port"
            raise SettingsInvalid(msg, where="connection.port", hint="1 to 65535, 0 for the usual")

    @property
    def tcp_port(self) -> int:
        """The port that is called."""
        return self.port or (HTTPS_PORT if self.scheme == "https" else HTTP_PORT)

    @property
    def sealed(self) -> bool:
        """Whether messages are sealed with the key of the login: over HTTP always, else never."""
        return self.scheme == "http"

    @property
    def constrained(self) -> bool:
        """Whether the endpoint has the module installed and takes no definitions."""
        return self.configuration_name.lower() != DEFAULT_CONFIGURATION.lower()

    def host_name(self, name: str) -> str:
        """Return the name a device is resolved, verified and authenticated by."""
        if self.dns_suffix and "." not in name:
            return f"{name}.{self.dns_suffix.strip('.')}"
        return name

r"""The certificate provider: ``Cert:\LocalMachine\My`` and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.lab.cmdlets.common import make
from orchestrator.lab.powershell.values import Refusal

if TYPE_CHECKING:
    from orchestrator.lab.device_seat import Seat
    from orchestrator.lab.powershell.values import PSObject
    from orchestrator.lab.store_state import Certificate

_PREFIX = "Microsoft.PowerShell.Security\\Certificate::LocalMachine\\My"


def is_certificate(path: str) -> bool:
    """Tell whether a path belongs to this provider."""
    lower = path.lower()
    return lower.startswith("cert:") or "\\certificate::" in lower


def thumbprint_of(path: str) -> str:
    """Return the thumbprint a path ends with; empty for the store itself.

    Raises:
        Refusal: another store.
    """
    text = path.rpartition("::")[2].lower().removeprefix("cert:").strip("\\")
    parts = text.split("\\")
    if parts[:2] != ["localmachine", "my"] or len(parts) > 3:  # noqa: PLR2004 - store and thumbprint
        what = f"certificate store {path}"
        raise Refusal(what)
    return parts[2].upper() if len(parts) > 2 else ""  # noqa: PLR2004


def certificate_object(certificate: Certificate) -> PSObject:
    """Return an ``X509Certificate2``."""
    return make(
        "System.Security.Cryptography.X509Certificates.X509Certificate2",
        {
            "Thumbprint": certificate.thumbprint,
            "Subject": certificate.subject,
            "Issuer": certificate.issuer,
            "NotBefore": certificate.not_before,
            "NotAfter": certificate.not_after,
            "HasPrivateKey": certificate.has_private_key,
            "SerialNumber": certificate.thumbprint[:32],
            "FriendlyName": "",
            "PSPath": f"{_PREFIX}\\{certificate.thumbprint}",
            "PSParentPath": _PREFIX,
            "PSChildName": certificate.thumbprint,
        },
        native=certificate,
        text=f"[Subject]\r\n  {certificate.subject}\r\n\r\n[Thumbprint]\r\n"
        f"  {certificate.thumbprint}",
    )


def public_part(certificate: Certificate) -> bytes:
    """Return stand-in bytes for the DER form of a certificate: the same each time."""
    text = f"SIMULATED CERTIFICATE\n{certificate.thumbprint}\n{certificate.subject}\n"
    return b"0\x82" + text.encode()


def store_object() -> PSObject:
    """Return the store ``My``."""
    return make(
        "System.Security.Cryptography.X509Certificates.X509Store",
        {"Name": "My", "PSPath": _PREFIX, "PSChildName": "My", "PSIsContainer": True},
    )


def all_certificates(seat: Seat) -> list[Certificate]:
    """Return the certificates of the store, by thumbprint."""
    return sorted(seat.device.certificates.values(), key=lambda cert: cert.thumbprint)

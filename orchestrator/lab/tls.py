"""The lab's own certificate authority, and TLS without sockets.

A leaf is made for each PC when it is first asked for, and client certificates on request. Only the
CA's certificate and a client's files are meant to stay on disk; a leaf's file lives for a moment,
because `ssl` loads certificates from files only.
"""

from __future__ import annotations

import hashlib
import ipaddress
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

if TYPE_CHECKING:
    from pathlib import Path

_UPN = ObjectIdentifier("1.3.6.1.4.1.311.20.2.3")
_DAYS = timedelta(days=3650)
_EPOCH = datetime(2024, 1, 1, tzinfo=UTC)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


@dataclass(frozen=True, slots=True)
class Leaf:
    """What a listener needs.

    Attributes:
        context: server side; asks for a client certificate and takes none for an answer.
        binding: ``tls-server-end-point`` hash of the certificate (RFC 5929).
    """

    context: ssl.SSLContext
    binding: bytes


class Authority:
    """A certificate authority that lives as long as the lab."""

    def __init__(self, folder: Path) -> None:
        """Make a new key and certificate.

        Args:
            folder: private folder for the files; ``ca.pem`` is written at once.
        """
        self.folder = folder
        self.ca_file = folder / "ca.pem"
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._leaf_key = ec.generate_private_key(ec.SECP256R1())
        self._leaf_pem = _pem(self._leaf_key)
        name = _name("enrollmend lab CA")
        self._certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(self._key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(_EPOCH)
            .not_valid_after(_EPOCH + _DAYS)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(
                x509.KeyUsage(
                    digital_signature=True,
                    key_cert_sign=True,
                    crl_sign=True,
                    content_commitment=False,
                    key_encipherment=False,
                    data_encipherment=False,
                    key_agreement=False,
                    encipher_only=False,
                    decipher_only=False,
                ),
                critical=True,
            )
            .add_extension(
                x509.SubjectKeyIdentifier.from_public_key(self._key.public_key()), critical=False
            )
            .sign(self._key, hashes.SHA256())
        )
        self._ca_pem = self._certificate.public_bytes(serialization.Encoding.PEM)
        self.ca_file.write_bytes(self._ca_pem)
        self._leaves: dict[str, Leaf] = {}

    def _issue(
        self,
        subject: str,
        names: list[x509.GeneralName],
        usage: ObjectIdentifier,
        key: ec.EllipticCurvePrivateKey,
    ) -> x509.Certificate:
        return (
            x509.CertificateBuilder()
            .subject_name(_name(subject))
            .issuer_name(self._certificate.subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(_EPOCH)
            .not_valid_after(_EPOCH + _DAYS)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()),
                critical=False,
            )
            .sign(self._key, hashes.SHA256())
        )

    def leaf(self, name: str, address: str, long_name: str = "") -> Leaf:
        """Return the certificate of a PC, making it the first time.

        Args:
            name: the PC's name, as clients call it.
            address: its loopback address.
            long_name: its name with the domain; valid as well.
        """
        known = self._leaves.get(name)
        if known is not None:
            return known
        spelled = dict.fromkeys((name, name.lower(), long_name, long_name.lower()))
        names: list[x509.GeneralName] = [x509.DNSName(item) for item in spelled if item]
        names.append(x509.IPAddress(ipaddress.ip_address(address)))
        certificate = self._issue(name, names, ExtendedKeyUsageOID.SERVER_AUTH, self._leaf_key)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        file = self.folder / f"leaf-{address}.pem"
        file.touch(mode=0o600)
        file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM) + self._leaf_pem)
        context.load_cert_chain(file)
        file.unlink()
        context.load_verify_locations(cadata=self._ca_pem.decode())
        context.verify_mode = ssl.CERT_OPTIONAL
        der = certificate.public_bytes(serialization.Encoding.DER)
        made = Leaf(context, hashlib.sha256(der).digest())
        self._leaves[name] = made
        return made

    def client(self, account: str) -> tuple[Path, Path]:
        """Write a client certificate that is mapped to an account; return certificate and key.

        Args:
            account: the user name, put into the UPN name as Windows' mapping wants it
                (Microsoft: WinRM client certificate authentication).
        """
        key = ec.generate_private_key(ec.SECP256R1())
        encoded = account.encode()
        upn = x509.OtherName(_UPN, bytes((0x0C, len(encoded))) + encoded)
        certificate = self._issue(account, [upn], ExtendedKeyUsageOID.CLIENT_AUTH, key)
        stem = "".join(letter if letter.isalnum() else "-" for letter in account)
        pem, key_file = self.folder / f"client-{stem}.pem", self.folder / f"client-{stem}.key"
        pem.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        key_file.touch(mode=0o600)
        key_file.write_bytes(_pem(key))
        return pem, key_file


class Channel:
    """TLS on the server's side, without a socket.

    Attributes:
        certified: common name of the client's verified certificate, empty for none.
    """

    def __init__(self, context: ssl.SSLContext) -> None:
        """Wait for the client's hello."""
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._in, self._out, server_side=True)
        self._ready = False
        self.certified = ""

    def feed(self, data: bytes) -> tuple[bytes, bytes]:
        """Take bytes from the wire; return plain text that came and bytes that have to go.

        Raises:
            ssl.SSLError: the client does not speak TLS, does not trust us, or shows a certificate
                we do not trust. `alert` holds what to tell it.
        """
        self._in.write(data)
        plain = bytearray()
        try:
            if not self._ready:
                self._tls.do_handshake()
                self._ready = True
                self.certified = _common_name(self._tls.getpeercert())
            while piece := self._tls.read(65536):
                plain += piece
        except (ssl.SSLWantReadError, ssl.SSLZeroReturnError):
            pass  # more has to come, or the client said goodbye: both are told by the transport
        return bytes(plain), self._out.read()

    def alert(self) -> bytes:
        """Return what is left to be sent after an error."""
        return self._out.read()

    def seal(self, data: bytes) -> bytes:
        """Encrypt an answer."""
        self._tls.write(data)
        return self._out.read()


def _common_name(certificate: object) -> str:
    if not isinstance(certificate, dict):
        return ""
    for part in certificate.get("subject", ()):
        for key, value in part:
            if key == "commonName":
                return str(value)
    return ""

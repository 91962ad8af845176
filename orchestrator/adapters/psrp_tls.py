"""TLS towards devices: the CA file of the profile and nothing else, names verified.

OpenSSL's own variables (``SSL_CERT_FILE``, ``SSL_CERT_DIR``) only act on its default store, which
is never loaded here.
"""

from __future__ import annotations

import ssl
from functools import lru_cache
from typing import TYPE_CHECKING

from orchestrator.errors import CredentialsMissing, SettingsInvalid

if TYPE_CHECKING:
    import socket
    from pathlib import Path

    from orchestrator.adapters.connection import ConnectionProfile
    from orchestrator.adapters.credentials import Login


def tls_context(profile: ConnectionProfile, login: Login) -> ssl.SSLContext | None:
    """Return how to talk TLS to a device, or None when the profile says HTTP.

    Raises:
        SettingsInvalid: the CA file cannot be used.
        CredentialsMissing: the client certificate or its key cannot be used.
    """
    if profile.scheme != "https" or profile.ca_file is None:
        return None
    file = profile.ca_file
    try:
        stamp = file.stat().st_mtime_ns
        if not login.certificate:
            return _shared(file, stamp)
        context = _trusting(file)
    except (OSError, ssl.SSLError) as error:
        msg = f"not a CA file that can be used: {error.strerror or 'it holds no certificate'}"
        raise SettingsInvalid(msg, where=str(file)) from error
    try:
        # a callable, for OpenSSL would ask at the terminal for a password it is not given
        context.load_cert_chain(login.certificate, login.key, lambda: login.key_password)
    except (OSError, ssl.SSLError, ValueError) as error:
        msg = f"the client certificate {login.certificate} and its key cannot be used"
        raise CredentialsMissing(
            msg, hint="both are PEM, they belong together, and the key's password is right"
        ) from error
    # HTTP.sys asks for the certificate after it has read the request, not in the handshake
    context.post_handshake_auth = True
    return context


def speaks_tls(connection: socket.socket) -> bool:
    """Tell whether whoever took a connection shakes hands for TLS; nothing else is sent.

    Whom one talks to is not verified, for nothing is told to them.
    """
    hello = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    hello.check_hostname = False
    hello.verify_mode = ssl.CERT_NONE
    try:
        with hello.wrap_socket(connection, do_handshake_on_connect=False) as wrapped:
            wrapped.do_handshake()
    except OSError:
        return False
    return True


@lru_cache(maxsize=8)
def _shared(file: Path, stamp: int) -> ssl.SSLContext:  # noqa: ARG001 - a changed file is another
    """Return the context of logins that bring no certificate; it holds no secret."""
    return _trusting(file)


def _trusting(file: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_verify_locations(cafile=str(file))
    return context

"""What an HTTP answer of a device means, the same for both transports.

- Once messages are sealed, an answer that is not is worth nothing.
- A body is looked at only where WinRM puts a fault; a web server's error page is not one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pypsrp.exceptions import AuthenticationError, WinRMTransportError

if TYPE_CHECKING:
    from pypsrp.encryption import WinRMEncryption

_BOUNDARY = re.compile(r'boundary="?([^";]+)"?')
_SEALED = ("multipart/encrypted", "multipart/x-multi-encrypted")
_OK, _UNAUTHORIZED = 200, 401
_FAULTS = (400, 500)


class RedirectRefused(Exception):
    """The device points to another address, where nobody logs in."""


class NotSealed(Exception):
    """The device answers readably to a sealed message, or the other way round."""


class Hostile(Exception):
    """The answer holds what no SOAP message holds."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer.

    Attributes:
        status: HTTP status.
        content_type: its header, as sent.
        challenges: the ``WWW-Authenticate`` headers, joined by commas.
        body: bytes, sealed or not.
    """

    status: int
    content_type: str
    challenges: str
    body: bytes


def read_answer(answer: Answer, encryption: WinRMEncryption | None) -> bytes:
    """Return the SOAP message of a good answer.

    Args:
        answer: what came.
        encryption: what unseals it; None when messages are not sealed.

    Raises:
        AuthenticationError: 401.
        WinRMTransportError: any other status that is not 200; its text is the fault, if any.
        RedirectRefused: 3xx.
        NotSealed: the message is readable but must not be, or the other way round.
        Hostile: a document type, the lever of XML bombs.
    """
    if answer.status == _UNAUTHORIZED:
        raise AuthenticationError
    if 300 <= answer.status < 400:  # noqa: PLR2004 - the class of statuses that redirect
        msg = f"status {answer.status}"
        raise RedirectRefused(msg)
    body = _open(answer, encryption)
    if b"<!DOCTYPE" in body:
        raise Hostile
    if answer.status != _OK:
        text = body.decode(errors="replace") if answer.status in _FAULTS else ""
        protocol = "http"
        raise WinRMTransportError(protocol, answer.status, text)
    return body


def _open(answer: Answer, encryption: WinRMEncryption | None) -> bytes:
    sealed = answer.content_type.lower().startswith(_SEALED)
    if encryption is None:
        if sealed:
            raise NotSealed
        return answer.body
    if not sealed:
        if answer.status == _OK and answer.body:
            raise NotSealed
        return b""
    boundary = _BOUNDARY.search(answer.content_type)
    if boundary is None:
        raise NotSealed
    plain: bytes = encryption.unwrap_message(answer.body, boundary.group(1))
    return plain

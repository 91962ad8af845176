"""pypsrp's WSMan and runspace pool, made fit for many threads of one process.

- `pypsrp.wsman.WSMan.__init__` rewrites ElementTree's global table of prefixes each time, and a
  thread that serialises meanwhile sends malformed XML. Here the table is filled once, on import,
  and never touched again.
- Debug records of pypsrp and pyspnego hold whole messages, with every parameter, and login tokens;
  warnings hold what devices sent. Their loggers let errors pass and nothing else.
- Nothing a device sends becomes a Python warning.
"""

from __future__ import annotations

import logging
import uuid
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Any

from pypsrp.powershell import Fragmenter, RunspacePool
from pypsrp.wsman import NAMESPACES, WSMan

from orchestrator.adapters.psrp_pipeline import PackingSerializer

if TYPE_CHECKING:
    from orchestrator.adapters.psrp_transport import Transport

_ENVELOPE = 512000
"""Bytes of a message; what Windows 8 and later take (Microsoft: MaxEnvelopeSizekb 500)."""

_FRAME = 1900
"""More than the SOAP around a payload has, the device's address left out."""

for _prefix, _namespace in NAMESPACES.items():
    ET.register_namespace(_prefix, _namespace)


class _ErrorsOnly(logging.Filter):
    """Stops every record below an error, whatever levels are set by whomever."""

    def filter(self, record: logging.LogRecord) -> bool:
        return record.levelno >= logging.ERROR


_FILTER = _ErrorsOnly()
_TALKATIVE = ("pypsrp", "spnego", "requests", "urllib3", "requests_credssp")


def quiet_loggers() -> None:
    """Pin the loggers of the libraries that would write secrets; may be called again."""
    known = [name for name in logging.root.manager.loggerDict if name.split(".")[0] in _TALKATIVE]
    for name in {*known, *_TALKATIVE}:
        logger = logging.getLogger(name)
        logger.setLevel(logging.ERROR)
        if _FILTER not in logger.filters:
            logger.addFilter(_FILTER)


quiet_loggers()


class Wsman(WSMan):
    """One device's WSMan client; used by one thread.

    Attributes:
        transport: what posts the messages.
    """

    def __init__(self, transport: Transport, *, operation_timeout: int) -> None:
        """Do what pypsrp does, except for the transport and the global table.

        Args:
            transport: posts messages.
            operation_timeout: seconds after which the device answers in any case.
        """
        self.session_id = str(uuid.uuid4())  # noqa: TID251 - a number on the wire, not an id of ours
        self.locale = self.data_locale = "en-US"
        self.transport = transport  # type: ignore[assignment] # in place of pypsrp's own
        self.operation_timeout = operation_timeout
        self.max_envelope_size = _ENVELOPE
        self.max_payload_size = self._calc_envelope_size(_ENVELOPE)

    def _calc_envelope_size(self, max_envelope_size: int) -> int:
        """Return how many bytes of payload fit, by arithmetic instead of a trial message."""
        return (max_envelope_size - _FRAME - len(self.transport.endpoint)) // 4 * 3


class Pool(RunspacePool):
    """A runspace pool of one runspace.

    Attributes:
        remarks: warnings of the pool itself.
    """

    def __init__(
        self, connection: Wsman, configuration_name: str, *, idle_timeout: int, no_profile: bool
    ) -> None:
        """Open nothing yet.

        Args:
            connection: the device.
            configuration_name: the endpoint.
            idle_timeout: seconds after which the device closes a pool nobody asks.
            no_profile: spare the PC loading the account's profile, which no function needs.
        """
        super().__init__(
            connection,
            configuration_name=configuration_name,
            no_profile=no_profile,
            idle_timeout=idle_timeout,
        )
        self.remarks: list[str] = []
        self._serializer = PackingSerializer()
        self._fragmenter = Fragmenter(connection.max_payload_size, self._serializer)

    def _process_runspacepool_warning(self, message: Any) -> None:  # noqa: ANN401 - pypsrp's
        self.remarks.append(str(message.data)[:500])

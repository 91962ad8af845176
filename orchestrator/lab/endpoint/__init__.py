"""The shell's end of PSRP, without sockets: fragments in, events and fragments out.

The only user of `psrpcore` in the project.
"""

from orchestrator.lab.endpoint.pool import (
    Arrived,
    Asked,
    Opened,
    Pool,
    ProtocolError,
    fragments_of,
)

__all__ = ["Arrived", "Asked", "Opened", "Pool", "ProtocolError", "fragments_of"]

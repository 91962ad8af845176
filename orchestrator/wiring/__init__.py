"""The one place that chooses adapters.

`world` puts the ports together, `devices` knows the ways to PCs, and `here` lets this process work
by itself where there is no worker.
"""

from orchestrator.wiring.devices import resolver, watch
from orchestrator.wiring.world import PREFIX, connect, workers_alive

__all__ = ["PREFIX", "connect", "resolver", "watch", "workers_alive"]

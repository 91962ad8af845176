"""A lab: many simulated PCs on loopback addresses of their own, in one process.

In a test::

    with running_lab(["PC-0001", "PC-0002"]) as lab:
        lab.hosts["PC-0001"]  # its address
        lab.ca_file, lab.account  # what a client needs

What must always be true here: PCs and shells are touched on the loop's thread only; `Lab.call`
gets there from any other.
"""

from __future__ import annotations

import asyncio
import ipaddress
import random
import tempfile
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from orchestrator.lab.auth import Account, Accounts
from orchestrator.lab.backend import BarePc
from orchestrator.lab.scripted import ScriptedBackend
from orchestrator.lab.server import HTTP_PORT, HTTPS_PORT, PcServer, allow_sockets
from orchestrator.lab.stack import with_room
from orchestrator.lab.tls import Authority

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence

    from orchestrator.lab.backend import Backend, Target
    from orchestrator.lab.faults import Fault
    from orchestrator.lab.wsman import Limits

T = TypeVar("T")

OPERATOR = Account("LAB\\svc-enrollmend", "Lab-Pa55word!")
PORTS: Mapping[str, int] = {"http": HTTP_PORT, "https": HTTPS_PORT}
_TICK = 0.1
_FULL_SCAN = 10
_LAST_TURNS = 4
_NETWORKS = 200
_FIRST_NETWORK = 16
_HOSTS = 254 * 254


def plan_addresses(names: Sequence[str], seed: int = 0) -> dict[str, str]:
    """Give every PC a loopback address: the same for the same seed and order.

    Args:
        names: of the PCs.
        seed: chooses the second byte, so that labs with other seeds do not collide.
    """
    network = _FIRST_NETWORK + seed % _NETWORKS
    planned = {}
    for index, name in enumerate(names):
        block, rest = divmod(index, _HOSTS)
        third, fourth = divmod(rest, 254)
        second = _FIRST_NETWORK + (network - _FIRST_NETWORK + block) % _NETWORKS
        planned[name] = f"127.{second}.{third + 1}.{fourth + 1}"
    return planned


class Lab:
    """Simulated PCs and what clients need to reach them.

    Attributes:
        hosts: name to address.
        ports: scheme to port.
        account: an account that may open shells on every PC.
        pcs: name to `PcServer`.
    """

    def __init__(
        self,
        devices: Iterable[Target],
        *,
        backend: Backend,
        folder: Path,
        addresses: Mapping[str, str] | None = None,
        ports: Mapping[str, int] = PORTS,
        pace: float = 1.0,
        seed: int = 0,
        accounts: Sequence[Account] = (OPERATOR,),
        accounts_of: Callable[[str], Sequence[Account]] | None = None,
        limits: Limits | None = None,
        idle_seconds: float = 120.0,
    ) -> None:
        """Describe a lab; nothing listens yet.

        Args:
            devices: the PCs.
            backend: what runs scripts on them.
            folder: private folder for certificates.
            addresses: name to loopback address; planned from the seed when not given.
            ports: scheme to port.
            pace: real seconds a simulated second takes.
            seed: for addresses and ids.
            accounts: who may log in everywhere; the first is `account`.
            accounts_of: accounts of single PCs instead, by name; an empty answer means `accounts`.
            limits: quotas of every PC.
            idle_seconds: how long a kept-alive connection may rest.

        Raises:
            ValueError: an address is not a loopback address, or used twice.
        """
        self.devices: dict[str, Target] = {device.name: device for device in devices}
        self.hosts = dict(addresses or plan_addresses(list(self.devices), seed))
        _check_addresses([self.hosts[name] for name in self.devices])
        self.ports = dict(ports)
        self.pace = pace
        self.seed = seed
        self.account = accounts[0]
        self.pcs: dict[str, PcServer] = {}
        self.authority = Authority(folder)
        self._backend = backend
        self._shared = Accounts(accounts)
        self._accounts_of = accounts_of
        self._limits = limits
        self._idle_seconds = idle_seconds
        self._random = random.Random(seed)  # noqa: S311 - ids of messages, not secrets
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ticking: asyncio.Task[None] | None = None

    @property
    def ca_file(self) -> Path:
        """The certificate a client has to trust."""
        return self.authority.ca_file

    def client_certificate(self, account: Account | None = None) -> tuple[Path, Path]:
        """Write a client certificate for an account; return certificate and key file."""
        name = (account or self.account).name.rpartition("\\")[2]
        return self.authority.client(name)

    def message_id(self) -> str:
        """Make an id: unique, and the same in every lab of this seed."""
        text = f"{self._random.getrandbits(128):032X}"
        return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-A{text[17:20]}-{text[20:]}"

    async def start(self) -> None:
        """Open every PC that is reachable.

        Raises:
            InvalidInput: an address is in use, or there are more PCs than this process may open
                sockets for; nothing is left listening.
        """
        self._loop = asyncio.get_running_loop()
        allow_sockets(len(self.devices) * len(self.ports))
        try:
            for name, device in self.devices.items():
                own = self._accounts_of(name) if self._accounts_of else ()
                pc = PcServer(
                    device,
                    self.hosts[name],
                    self.ports,
                    accounts=Accounts(own) if own else self._shared,
                    authority=self.authority,
                    backend=self._backend,
                    loop=self._loop,
                    message_id=self.message_id,
                    pace=self.pace,
                    limits=self._limits,
                    idle_seconds=self._idle_seconds,
                )
                self.pcs[name] = pc
                await pc.sync_open()
        except BaseException:
            await self.stop()
            raise
        self._ticking = self._loop.create_task(self._tick())

    async def stop(self) -> None:
        """Close everything."""
        if self._ticking is not None:
            self._ticking.cancel()
            await asyncio.gather(self._ticking, return_exceptions=True)
        for pc in self.pcs.values():
            pc.close()
        # A connection that was accepted in this very moment has its transport a turn later, is
        # made and cut in the next, and buried in the one after.
        for _ in range(_LAST_TURNS):
            await asyncio.sleep(0)

    async def _tick(self) -> None:
        """Open what came back, close what went without notice."""
        count = 0
        while True:
            await asyncio.sleep(_TICK)
            count += 1
            for pc in self.pcs.values():
                if not pc.is_open or count % _FULL_SCAN == 0:
                    await pc.sync_open()

    # -- from other threads -------------------------------------------------------------------

    def call(self, work: Callable[[], T]) -> T:
        """Run something on the loop's thread, and return its result.

        Raises:
            RuntimeError: the lab is not running.
        """

        async def wrapped() -> T:
            return work()

        return self.wait(wrapped())

    def wait(self, work: Awaitable[T]) -> T:
        """Await something on the loop's thread.

        Raises:
            RuntimeError: the lab is not running.
        """
        if self._loop is None:
            message = "the lab is not running"
            raise RuntimeError(message)

        async def awaited() -> T:
            return await work

        return asyncio.run_coroutine_threadsafe(awaited(), self._loop).result()

    def put_fault(self, name: str, *faults: Fault) -> None:
        """Let things go wrong on a PC from now on."""
        self.devices[name].faults.extend(faults)
        self.sync(name)

    def clear_faults(self, name: str) -> None:
        """Let nothing go wrong on a PC any more."""
        self.devices[name].faults.clear()
        self.sync(name)

    def power(self, name: str, *, on: bool) -> None:
        """Switch a PC on or off."""
        self.call(lambda: setattr(self.devices[name], "powered", on))
        self.sync(name)

    def sync(self, name: str) -> None:
        """Bring a PC's listeners in line with its state, before this returns."""
        self.wait(self.pcs[name].sync_open())

    def drop_connections(self, name: str) -> None:
        """Cut every connection to a PC, as an idle timeout does; shells live on."""
        self.call(self.pcs[name].drop_connections)


def _check_addresses(addresses: Sequence[str]) -> None:
    seen: set[str] = set()
    for address in addresses:
        if not ipaddress.ip_address(address).is_loopback:
            message = f"{address} is not a loopback address: the lab never leaves this machine"
            raise ValueError(message)
        if address in seen:
            message = f"{address} is given to two PCs"
            raise ValueError(message)
        seen.add(address)


@contextmanager
def running_lab(
    devices: Iterable[Target | str],
    *,
    backend: Backend | None = None,
    folder: Path | None = None,
    **options: Any,  # noqa: ANN401 - handed through to `Lab`
) -> Iterator[Lab]:
    """Run a lab on a thread of its own as long as the block lasts.

    Args:
        devices: PCs, or names of bare ones without Windows.
        backend: what runs scripts; a `ScriptedBackend` when not given.
        folder: for certificates; a temporary one when not given.
        options: as `Lab` takes them.
    """
    made = [BarePc(item, [], []) if isinstance(item, str) else item for item in devices]
    with tempfile.TemporaryDirectory(prefix="enrollmend-lab-") as temporary:
        chosen = backend or ScriptedBackend()
        lab = Lab(made, backend=chosen, folder=folder or Path(temporary), **options)
        loop = asyncio.new_event_loop()
        thread = threading.Thread(
            target=with_room, args=(loop.run_forever,), name="lab", daemon=True
        )
        thread.start()
        try:
            asyncio.run_coroutine_threadsafe(lab.start(), loop).result()
            try:
                yield lab
            finally:
                asyncio.run_coroutine_threadsafe(lab.stop(), loop).result()
        finally:
            loop.call_soon_threadsafe(loop.stop)
            thread.join()
            loop.close()

"""Orders to a running lab: JSON lines over a Unix socket, one order a line, one answer a line.

An order is ``{"do": VERB, ...}``; the answer ``{"ok": true, "result": ...}`` or
``{"ok": false, "error": one line}``. Verbs: ``ls``, ``stats``, ``dump``, ``ledger``, ``explain``,
``set``, ``down``. Only the owner of the folder can open the socket.
"""

from __future__ import annotations

import asyncio
import json
import resource
import socket
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from orchestrator.errors import InvalidInput, NotFound
from orchestrator.lab import faults
from orchestrator.lab.service_state import CONTROL, control_path

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence
    from pathlib import Path

    from orchestrator.lab.backend import Target
    from orchestrator.lab.service import Lab

_LIMIT = 64 * 1024 * 1024
_TIMEOUT = 120.0
FAULTS: Mapping[str, type[faults.Fault]] = {
    name: item
    for name, item in vars(faults).items()
    if isinstance(item, type)
    and issubclass(item, faults.Fault)
    and item not in (faults.Fault, faults.WireFault, faults.DeviceFault)
}


def _plain(name: str) -> str:
    return name.replace("-", "").replace("_", "").lower()


def make_fault(name: str, options: Mapping[str, object]) -> faults.Fault:
    """Make a fault from its name and options, as a person would write them.

    Args:
        name: such as ``Hang`` or ``drop-in-receive``.
        options: fields of the fault; text is turned into numbers where the field wants one.

    Raises:
        InvalidInput: no such fault or option, or a value that does not fit.
    """
    kind = {_plain(item): made for item, made in FAULTS.items()}.get(_plain(name))
    if kind is None:
        message = f"there is no fault {name!r}"
        raise InvalidInput(message, hint=f"there are: {', '.join(sorted(FAULTS))}")
    known = {item.name: str(item.type) for item in fields(kind)}
    values: dict[str, Any] = {}
    for option, value in options.items():
        if option not in known:
            message = f"{kind.__name__} has no option {option!r}"
            raise InvalidInput(message, hint=f"it has: {', '.join(sorted(known))}")
        convert = {"int": int, "float": float}.get(known[option], str)
        try:
            values[option] = convert(str(value))
        except ValueError as error:
            message = f"{option} is a number, not {value!r}"
            raise InvalidInput(message, where=kind.__name__) from error
    try:
        return kind(**values)
    except TypeError as error:
        message = f"{kind.__name__} needs {', '.join(sorted(set(known) - set(values)))}"
        raise InvalidInput(message) from error


class Control:
    """Takes orders for a lab."""

    def __init__(
        self,
        lab: Lab,
        folder: Path,
        *,
        explain: Callable[[Target], object] | None = None,
        on_down: Callable[[], None],
    ) -> None:
        """Describe the socket; it is opened by `start`."""
        self._lab = lab
        self._known = {name.lower(): device for name, device in lab.devices.items()}
        self._path = folder / CONTROL
        self._explain = explain
        self._on_down = on_down
        self._server: asyncio.Server | None = None
        self._callers: set[asyncio.StreamWriter] = set()

    async def start(self) -> None:
        """Listen."""
        self._path.unlink(missing_ok=True)
        self._server = await asyncio.start_unix_server(self._serve, self._path, limit=_LIMIT)
        self._path.chmod(0o600)

    async def stop(self) -> None:
        """Stop listening."""
        if self._server is not None:
            self._server.close()
        for writer in list(self._callers):
            writer.close()
        self._path.unlink(missing_ok=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._callers.add(writer)
        try:
            while line := await reader.readline():
                answer = await self.answer(line)
                writer.write(json.dumps(answer, default=str).encode() + b"\n")
                await writer.drain()
        except ConnectionError:
            pass  # whoever asked has gone; there is nobody to tell
        finally:
            self._callers.discard(writer)
            writer.close()

    async def answer(self, line: bytes) -> dict[str, object]:
        """Carry out one order."""
        try:
            order = json.loads(line)
            verb = order.pop("do")
            handlers: dict[str, Callable[..., Awaitable[object]]] = {
                "ls": self._ls,
                "stats": self._stats,
                "dump": self._dump,
                "ledger": self._ledger,
                "explain": self._explained,
                "power": self._power,
                "set": self._set,
                "down": self._down,
            }
            return {"ok": True, "result": await handlers[verb](**order)}
        except (InvalidInput, NotFound) as error:
            return {"ok": False, "error": error.message, "hint": error.hint}
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            text = f"the order cannot be understood: {type(error).__name__}: {error}"
            return {"ok": False, "error": text, "hint": ""}

    def _device(self, pc: str) -> Target:
        device = self._known.get(pc.lower())
        if device is None:
            message = f"there is no PC {pc!r} in this lab"
            raise NotFound(message, hint="enrollmend lab ls shows them")
        return device

    async def _ls(self) -> list[dict[str, object]]:
        return [
            {
                "name": name,
                "address": self._lab.hosts[name],
                "open": pc.is_open,
                "story": getattr(pc.device, "story", ""),
                "faults": [type(item).__name__ for item in pc.device.faults],
                "shells": len(pc.service.shells),
                "requests": pc.requests,
            }
            for name, pc in self._lab.pcs.items()
        ]

    async def _stats(self) -> dict[str, object]:
        pcs = self._lab.pcs.values()
        return {
            "pcs": len(self._lab.pcs),
            "open": sum(pc.is_open for pc in pcs),
            "connections": sum(len(pc.connections) for pc in pcs),
            "shells": sum(len(pc.service.shells) for pc in pcs),
            "sessions": sum(pc.service.opened for pc in pcs),
            "requests": sum(pc.requests for pc in pcs),
            "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        }

    async def _dump(self, pc: str) -> object:
        device = self._device(pc)
        dump = getattr(device, "dump", None)
        if dump is None:
            message = f"{pc} has no Windows to be dumped"
            raise InvalidInput(message)
        return dump()

    async def _ledger(self, pc: str = "") -> object:
        """Tell what ran when: of a PC, or by name of every PC on which something did."""
        if pc:
            return self._device(pc).ledger
        return {name: device.ledger for name, device in self._lab.devices.items() if device.ledger}

    async def _explained(self, pc: str) -> object:
        device = self._device(pc)
        if self._explain is None:
            message = "this lab cannot explain its PCs"
            raise InvalidInput(message)
        return self._explain(device)

    async def _set(
        self,
        pc: str,
        power: str = "",
        fault: str = "",
        options: Mapping[str, object] | None = None,
        *,
        clear: bool = False,
    ) -> dict[str, object]:
        device = self._device(pc)
        if power not in ("", "on", "off"):
            message = f"power is on or off, not {power!r}"
            raise InvalidInput(message)
        made = make_fault(fault, options or {}) if fault else None
        if clear:
            device.faults.clear()
        if made is not None:
            device.faults.append(made)
        if power:
            device.powered = power == "on"
        server = self._lab.pcs[device.name]
        await server.sync_open()
        return {"open": server.is_open, "faults": [str(item) for item in device.faults]}

    async def _power(self, pcs: Sequence[str], *, on: bool) -> dict[str, int]:
        """Switch many PCs at once, for a lab at work takes orders late."""
        devices = [self._device(pc) for pc in pcs]
        for device in devices:
            device.powered = on
        # All at once: a lab at work may take a second to come back to what has begun.
        await asyncio.gather(*(self._lab.pcs[device.name].sync_open() for device in devices))
        return {"switched": len(devices)}

    async def _down(self) -> str:
        asyncio.get_running_loop().call_soon(self._on_down)
        return "stopping"


def ask(folder: Path, do: str, **order: object) -> Any:  # noqa: ANN401 - JSON
    """Give an order to the lab that runs in a folder, and return its result.

    Raises:
        NotFound: no lab runs there, or it knows no such PC.
        InvalidInput: the lab cannot do that.
    """
    path = control_path(folder)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.settimeout(_TIMEOUT)
        try:
            line.connect(str(path))
            line.sendall(json.dumps({"do": do} | order).encode() + b"\n")
            with line.makefile("rb") as stream:
                answer = json.loads(stream.readline())
        except (OSError, ValueError) as error:
            message = "the lab does not answer"
            raise NotFound(message, hint=f"see whether its process lives: {folder}") from error
    if answer["ok"]:
        return answer["result"]
    raise InvalidInput(str(answer["error"]), hint=str(answer.get("hint", "")))


def words_to_options(words: Sequence[str]) -> dict[str, str]:
    """Read ``name=value`` words.

    Raises:
        InvalidInput: a word has no ``=``.
    """
    options = {}
    for word in words:
        name, separator, value = word.partition("=")
        if not separator:
            message = f"{word!r} is not name=value"
            raise InvalidInput(message)
        options[name] = value
    return options

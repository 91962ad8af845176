"""One runspace pool seen from the PC: what a client sends becomes events, records become fragments.

What must always be true here:

- no clock, no socket; nothing is sent, it waits in a queue until a Receive takes it;
- a queue belongs to one stream: the pool's (``""``) or one command's (its id in upper case);
- object ids grow over all queues and are never used twice, also after a new client connects;
- a pipeline is known to `psrpcore` before its first fragment is fed.
"""

from __future__ import annotations

import struct
import uuid
from collections import deque
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import psrpcore
from psrpcore import types as ps

from orchestrator.lab.endpoint import constants
from orchestrator.lab.endpoint.create import read_pipeline
from orchestrator.lab.endpoint.records import messages
from orchestrator.lab.endpoint.values import error_record, inward

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

    from orchestrator.lab.powershell import Record, Result, Statement

FRAGMENT = 32768
_HEADER = struct.Struct(">QQBI")
_MESSAGE = struct.Struct("<iI16s16s")
_TO_CLIENT = 1
_NO_ID = bytes(16)
_START, _END = 1, 2
_BARRIER = b""
_CACHED = 4096
_NO_SECRETS = psrpcore.PSRemotingCrypto()
_OPENINGS = (ps.PSRPMessageType.SessionCapability, ps.PSRPMessageType.InitRunspacePool)


class ProtocolError(Exception):
    """What the client sent is not PSRP, or not at this point."""


@dataclass(frozen=True, slots=True)
class Opened:
    """The pool is open."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A client wants a pipeline to run.

    Attributes:
        inputs: whether pipeline input follows, up to its end.
        refused: why the lab cannot run it; empty when it can.
    """

    command_id: str
    statements: tuple[Statement, ...]
    inputs: bool = False
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Arrived:
    """An object of pipeline input, or its end."""

    command_id: str
    value: object = None
    end: bool = False


Event = Opened | Asked | Arrived


def fragments_of(message: bytes, object_id: int) -> Iterator[bytes]:
    """Cut a message into fragments ([MS-PSRP] 2.2.4)."""
    last = max(0, len(message) - 1) // FRAGMENT
    for number in range(last + 1):
        piece = message[number * FRAGMENT : (number + 1) * FRAGMENT]
        flags = (_START if number == 0 else 0) | (_END if number == last else 0)
        yield _HEADER.pack(object_id, number, flags, len(piece)) + piece


@dataclass(frozen=True, slots=True)
class _Created:
    """A pipeline as the client described it."""

    statements: tuple[Statement, ...]
    inputs: bool
    merges: bool


@lru_cache(maxsize=64)
def _opening(data: bytes) -> Any:  # noqa: ANN401 - psrpcore's object
    """Deserialise a message that every session of a client begins with."""
    root = ET.fromstring(data)  # noqa: S314 - the lab's clients are our own
    return ps.deserialize(root, _NO_SECRETS)


class _Server(psrpcore.ServerRunspacePool):
    """`psrpcore`'s pool, with our own queues instead of its one buffer.

    `prepare_message` is the one place where it would serialise: constant messages skip that.
    """

    def __init__(self, pool: Pool) -> None:
        super().__init__()
        self.owner = pool

    def prepare_message(
        self,
        message: Any,  # noqa: ANN401 - anything psrpcore sends
        message_type: ps.PSRPMessageType | None = None,
        pipeline_id: uuid.UUID | None = None,
        stream_type: object = None,  # noqa: ARG002 - we have one stream
    ) -> None:
        """Queue a message."""
        kind = message_type or ps.PSRPMessageType.get_message_id(type(message))
        match message:
            case ps.SessionCapability():
                data = constants.CAPABILITY
            case ps.ApplicationPrivateData():
                data = constants.PRIVATE_DATA
            case ps.RunspacePoolStateMsg() if message.RunspaceState == ps.RunspacePoolState.Opened:
                data = constants.POOL_OPENED
            case _:
                data = self.clixml(message)
        self.owner.queue_message(int(kind), data, pipeline_id)

    def clixml(self, message: Any) -> bytes:  # noqa: ANN401 - anything psrpcore serialises
        """Serialise a message the long way."""
        element = ps.serialize(
            message,
            self._cipher,
            our_capability=self.our_capability,
            their_capability=self.their_capability,
        )
        return constants.BOM + bytes(ET.tostring(element, encoding="utf-8"))

    def _process_message(self, message: Any) -> Any:  # noqa: ANN401 - psrpcore's own types
        """Read what is the same in every session from a cache, and pipelines the short way."""
        kind, data = message.message_type, bytes(message.data)
        if kind == ps.PSRPMessageType.CreatePipeline:
            return _Created(*read_pipeline(data, self._value))
        if kind in _OPENINGS and len(data) < _CACHED and b"<SS" not in data:
            event = psrpcore.PSRPEvent.create(
                kind, _opening(data), message.runspace_pool_id, message.pipeline_id
            )
            getattr(self, f"_process_{kind.name}")(event)
            return event
        return super()._process_message(message)

    def drop_input(self) -> None:
        """Forget everything that came and was not understood."""
        self._receive_buffer = bytearray()
        self._incoming_fragments.clear()
        self._incoming_messages.clear()

    def _value(self, element: Element) -> object:
        return ps.deserialize(
            element,
            self._cipher,
            our_capability=self.our_capability,
            their_capability=self.their_capability,
        )

    def _process_ConnectRunspacePool(  # noqa: N802 - psrpcore finds it by name
        self, event: psrpcore.ConnectRunspacePoolEvent
    ) -> None:
        """Answer a new client: capability and sizes at once, the state by the next Receive."""
        self._max_runspaces = event.max_runspaces or self.max_runspaces
        self._min_runspaces = event.min_runspaces or self.min_runspaces
        self.prepare_message(self.our_capability)
        self.prepare_message(
            ps.RunspacePoolInitData(
                MinRunspaces=self.min_runspaces, MaxRunspaces=self.max_runspaces
            )
        )
        self._change_state(ps.RunspacePoolState.Opened, emit=False)


class Pool:
    """One runspace pool.

    Attributes:
        queues: fragments that wait, by stream.
    """

    def __init__(self, *, cold: bool = False) -> None:
        """Make a pool that is not open yet.

        Args:
            cold: spread the opening over three Receives instead of two, as Windows does when the
                host process has to start first.
        """
        self.queues: dict[str, deque[bytes]] = {"": deque()}
        self._cold = cold
        self._server = _Server(self)
        self._object_id = 0

    def queue_message(self, kind: int, data: bytes, pipeline: uuid.UUID | None) -> None:
        """Put a message into the queue of its stream."""
        stream = "" if pipeline is None else str(pipeline).upper()
        queue = self.queues.get(stream)
        if queue is None:
            return
        self._object_id += 1
        identity = self._server.runspace_pool_id.bytes_le
        target = _NO_ID if pipeline is None else pipeline.bytes_le
        head = _MESSAGE.pack(_TO_CLIENT, kind, identity, target)
        queue.extend(fragments_of(head + data, self._object_id))
        opening = kind == ps.PSRPMessageType.ApplicationPrivateData
        if opening or (self._cold and kind == ps.PSRPMessageType.SessionCapability):
            queue.append(_BARRIER)

    # -- in -----------------------------------------------------------------------------------

    def feed(self, data: bytes, command_id: str = "") -> list[Event]:
        """Take fragments a client sent.

        Raises:
            ProtocolError: they are not PSRP, or not expected now.
        """
        try:
            payload = psrpcore.PSRPPayload(data, psrpcore.StreamType.default, None)
            self._server.receive_data(payload)
            events = []
            while (event := self._server.next_event()) is not None:
                events.append(event)
            return [made for event in events if (made := self._translate(event, command_id))]
        except (
            psrpcore.PSRPCoreError,
            ET.ParseError,
            ValueError,
            TypeError,
            KeyError,
            AttributeError,
            IndexError,
            struct.error,
        ) as error:
            # what is left of it would spoil what comes next
            self._server.drop_input()
            message = f"the PSRP data cannot be read: {type(error).__name__}"
            raise ProtocolError(message) from error

    def expect(self, command_id: str) -> None:
        """Make a pipeline known before its data comes.

        Raises:
            ProtocolError: the id is not a GUID.
        """
        try:
            psrpcore.ServerPipeline(self._server, uuid.UUID(command_id))
        except ValueError as error:
            message = f"the command id is not a GUID: {command_id[:40]!r}"
            raise ProtocolError(message) from error
        self.queues[command_id] = deque()

    def _translate(self, event: object, command_id: str) -> Event | None:
        match event:
            case psrpcore.InitRunspacePoolEvent():
                return Opened()
            case _Created():
                self._pipeline(command_id).state = ps.PSInvocationState.Running
                refused = "merging streams of a command" if event.merges else ""
                return Asked(command_id, event.statements, event.inputs, refused)
            case psrpcore.GetCommandMetadataEvent():
                self._pipeline(command_id).state = ps.PSInvocationState.Running
                return Asked(command_id, (), refused="asking for command metadata")
            case psrpcore.PipelineInputEvent():
                return Arrived(command_id, inward(event.data))
            case psrpcore.EndOfPipelineInputEvent():
                return Arrived(command_id, end=True)
            case psrpcore.GetAvailableRunspacesEvent():
                busy = len(self.running())
                free = max(0, self._server.max_runspaces - busy)
                self._server.runspace_availability_response(event.ci, free)
            case (
                psrpcore.SetMaxRunspacesEvent()
                | psrpcore.SetMinRunspacesEvent()
                | psrpcore.ResetRunspaceStateEvent()
            ):
                self._server.runspace_availability_response(event.ci, response=True)
        return None

    # -- out ----------------------------------------------------------------------------------

    def _pipeline(self, command_id: str) -> psrpcore.ServerPipeline:
        return self._server.pipeline_table[uuid.UUID(command_id)]

    def running(self) -> list[str]:
        """Return the ids of the commands that have not ended."""
        table = self._server.pipeline_table
        live = ps.PSInvocationState.Running
        return [str(name).upper() for name, item in table.items() if item.state == live]

    def emit(self, command_id: str, record: Record) -> None:
        """Queue a record of a running command."""
        pipeline = self._pipeline(command_id)
        if record.stream == "output" and type(record.value) is str:
            kind = int(ps.PSRPMessageType.PipelineOutput)
            self.queue_message(kind, constants.string(record.value), pipeline.pipeline_id)
            return
        messages(pipeline, record.stream, record.value)

    def finish(self, command_id: str, ended: Result) -> None:
        """Queue the last state of a command."""
        pipeline = self._pipeline(command_id)
        if ended.state == "Completed":
            pipeline.state = ps.PSInvocationState.Completed
            kind = int(ps.PSRPMessageType.PipelineState)
            self.queue_message(kind, constants.PIPELINE_COMPLETED, pipeline.pipeline_id)
        elif ended.state == "Stopped":
            pipeline.stop()
        else:
            error = error_record(ended.error) if ended.error is not None else None
            pipeline._change_state(  # noqa: SLF001 - psrpcore has no public way to fail
                ps.PSInvocationState.Failed, error=error
            )

    def forget(self, command_id: str) -> None:
        """Drop a command and all that waits for it."""
        self.queues.pop(command_id, None)
        self._server.pipeline_table.pop(uuid.UUID(command_id), None)

    def connect(self, data: bytes) -> bytes:
        """Let a new client connect, and return what its answer carries.

        Raises:
            ProtocolError: the data is not a connect.
        """
        waiting = self.queues[""]
        self.queues[""] = deque()
        self._server.state = ps.RunspacePoolState.Disconnected
        self._server.connect()
        self.feed(data)
        answer = b"".join(self.queues[""])
        self.queues[""] = waiting
        kind = int(ps.PSRPMessageType.RunspacePoolState)
        self.queue_message(kind, constants.POOL_OPENED, None)
        return answer

    def waits(self, stream: str) -> bool:
        """Tell whether anything waits to be received."""
        return bool(self.queues.get(stream))

    def take(self, stream: str, budget: int) -> list[bytes]:
        """Take fragments for one answer: at least one, at most so many bytes."""
        queue, size = self.queues[stream], 0
        taken: list[bytes] = []
        while queue:
            piece = queue[0]
            if piece == _BARRIER:
                queue.popleft()
                if taken:
                    break
                continue
            size += len(piece)
            if taken and size > budget:
                break
            taken.append(queue.popleft())
        return taken

"""reg.exe, icacls.exe, w32tm.exe, netsh.exe, cmd.exe and powershell.exe."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from orchestrator.lab.powershell.values import Refusal
from orchestrator.lab.programs import Ended, Job, prepare, program
from orchestrator.lab.programs_reg import export_text, import_text
from orchestrator.lab.store import first_denied
from orchestrator.lab.store_files import OEM, decode, encode

if TYPE_CHECKING:
    from orchestrator.lab.device_seat import Seat

_CODE_PAGE_ERROR = "ERROR: "


@program("reg.exe")
def reg(seat: Seat, arguments: list[str]) -> Job:
    """Export, import and delete keys: 0 or 1 (Microsoft: reg export, reg import, reg delete).

    An administrator's export or deletion fails at a key that only SYSTEM may open.
    """
    words = [word for word in arguments if not word.startswith("/")]
    verb = words[0].lower() if words else ""
    if verb == "export" and len(words) == 3:  # noqa: PLR2004 - verb, key, file
        return Job(0.3, lambda: _export(seat, words[1], words[2], arguments))
    if verb == "import" and len(words) == 2:  # noqa: PLR2004 - verb, file
        return Job(0.3, lambda: _import(seat, words[1]))
    if verb == "delete" and len(words) == 2 and arguments[-1].lower() == "/f":  # noqa: PLR2004
        return Job(0.3, lambda: _delete(seat, words[1]))
    what = f"reg.exe {' '.join(arguments)}"
    raise Refusal(what)


def _export(seat: Seat, key_path: str, path: str, arguments: list[str]) -> Ended:
    device = seat.device
    whole = seat.key_path(key_path)
    key = device.registry.find(whole)
    if key is None:
        return Ended(1, _CODE_PAGE_ERROR + "The system was unable to find the specified key.\n")
    if not seat.is_system and first_denied(key, write=False) is not None:
        return Ended(1, _CODE_PAGE_ERROR + "Access is denied.\n")
    real = seat.file_path(path)
    if device.files.find(real) is not None and "/y" not in [one.lower() for one in arguments]:
        return Ended(1, _CODE_PAGE_ERROR + "The file exists, and nobody answers the question.\n")
    if device.files.find(real.rpartition("\\")[0]) is None:
        return Ended(1, _CODE_PAGE_ERROR + "The system cannot find the path specified.\n")
    device.files.write(real, encode(export_text(key, whole), "unicode"), seat.now())
    return Ended(0, "The operation completed successfully.\n")


def _import(seat: Seat, path: str) -> Ended:
    file = seat.device.files.find(seat.file_path(path))
    if file is None or file.content is None:
        return Ended(1, _CODE_PAGE_ERROR + "Error opening the file.\n")
    done = import_text(seat.device.registry, decode(file.content), system=seat.is_system)
    return Ended(0 if done else 1)


def _delete(seat: Seat, key_path: str) -> Ended:
    registry = seat.device.registry
    whole = seat.key_path(key_path)
    key = registry.find(whole)
    if key is None:
        return Ended(1, _CODE_PAGE_ERROR + "The system was unable to find the specified key.\n")
    if not seat.is_system and first_denied(key, write=True) is not None:
        return Ended(1, _CODE_PAGE_ERROR + "Access is denied.\n")
    registry.delete(whole)
    return Ended(0, "The operation completed successfully.\n")


@program("icacls.exe")
def icacls(seat: Seat, arguments: list[str]) -> Job:
    """Set rights or owner of a file or folder, with ``/t`` of what is below it too."""
    path = seat.file_path(arguments[0]) if arguments else ""

    def finish() -> Ended:
        file = seat.device.files.find(path)
        if file is None:
            return Ended(2, f"{path}: The system cannot find the file specified.\n")
        files = seat.device.files
        words = [word.lower() for word in arguments]
        if "/inheritance:r" in words:
            files.items[file.path] = replace(file, protected=True)
        if "/setowner" in words:
            if "*s-1-5-32-544" not in words:
                what = f"icacls.exe {' '.join(arguments)}"
                raise Refusal(what)
            for each in [files.items[file.path], *(files.below(path) if "/t" in words else [])]:
                if each.owner != "BA":
                    files.items[each.path] = replace(each, owner="BA")
        return Ended(0, "Successfully processed 1 files; Failed processing 0 files\n")

    return Job(0.2, finish)


@program("w32tm.exe")
def w32tm(seat: Seat, arguments: list[str]) -> Job:
    """Resynchronise the clock; the service must run, and a domain must be there to ask."""
    device = seat.device

    def finish() -> Ended:
        if not any(word.lower() == "/resync" for word in arguments):
            what = f"w32tm.exe {' '.join(arguments)}"
            raise Refusal(what)
        service = device.services.get("W32Time")
        if service is None or service.state != "Running":
            return Ended(0x80070426, "The service has not been started. (0x80070426)\n")
        if not device.join.part_of_domain:
            return Ended(0x800705B4, "No time data was available.\n")
        device.skew = 0.0
        return Ended(0, "The command completed successfully.\n")

    return Job(3.0, finish)


@program("netsh.exe")
def netsh(seat: Seat, arguments: list[str]) -> Job:
    """Show the WinHTTP proxy, which is the one that SYSTEM uses."""
    if [word.lower() for word in arguments] != ["winhttp", "show", "proxy"]:
        what = f"netsh.exe {' '.join(arguments)}"
        raise Refusal(what)
    proxy = seat.device.network.proxy
    text = (
        f"    Proxy Server(s) :  {proxy}\n" if proxy else "    Direct access (no proxy server).\n"
    )
    return Job(0.5, lambda: Ended(0, f"\nCurrent WinHTTP proxy settings:\n\n{text}"))


_CMD = re.compile(r'^(?P<command>.+?)(?:\s*>\s*"?(?P<file>[^">]+?)"?)?$')


@program("cmd.exe")
def cmd(seat: Seat, arguments: list[str]) -> Job:
    """Run one program, its output redirected: ``/d /c dsregcmd.exe /status > "file"``."""
    lower = [word.lower() for word in arguments]
    found = _CMD.match(" ".join(arguments[lower.index("/c") + 1 :])) if "/c" in lower else None
    if found is None or any(mark in found["command"] for mark in "&|<"):
        what = f"cmd.exe {' '.join(arguments)}"
        raise Refusal(what)
    name, _, rest = found["command"].strip().strip('"').partition(" ")
    job = prepare(seat, name, rest)
    if job is None:
        return Job(0.1, lambda: Ended(9009))

    def finish() -> Ended:
        ended = job.finish()
        if found["file"] is not None:
            content = ended.text.replace("\n", "\r\n").encode(OEM, "replace")
            seat.device.files.write(seat.file_path(found["file"]), content, seat.now())
            return Ended(ended.code, "", ended.later)
        return ended

    return Job(job.seconds, finish)


@program("powershell.exe")
def powershell(seat: Seat, arguments: list[str]) -> Job:
    """Run a script file as the account of the seat; a terminating error ends with 1."""
    lower = [word.lower() for word in arguments]
    if "-file" not in lower:
        what = f"powershell.exe {' '.join(arguments)}"
        raise Refusal(what)
    at = lower.index("-file")
    path, rest = arguments[at + 1], arguments[at + 2 :]

    def finish() -> Ended:
        from orchestrator.lab.programs_script import run_script  # noqa: PLC0415 - the evaluator

        file = seat.device.files.find(seat.file_path(path))
        if file is None or file.content is None:
            return Ended(0xFFFD0000)
        return run_script(seat, decode(file.content), rest)

    return Job(0.8, finish)

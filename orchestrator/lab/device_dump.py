"""The whole state of a simulated PC as plain data, and the difference of two such states."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from orchestrator.lab.store import flatten
from orchestrator.lab.store_files import decode

if TYPE_CHECKING:
    from orchestrator.lab.device import Device

OUR_KEY = r"HKLM\SOFTWARE\enrollmend"
OUR_FOLDER = r"C:\ProgramData\enrollmend"
OUR_TASKS = "\\enrollmend\\"
_SHORT = 4000


def _content(content: bytes | None) -> str:
    if content is None:
        return "(folder)"
    if len(content) > _SHORT:
        return f"sha256:{hashlib.sha256(content).hexdigest()} ({len(content)} bytes)"
    return decode(content)


def _below(path: str, folder: str) -> bool:
    return (path.lower() + "\\").startswith(folder.lower() + "\\")


def dump_device(device: Device, *, ours: bool) -> dict[str, object]:
    """Return registry, tasks, folders, services, certificates, files and events.

    Run history of tasks, rights on keys, processes and counters are no content and are left out.
    """
    registry = {
        path: values
        for path, values in sorted(flatten(device.registry.root).items())
        if ours or not _below(path, OUR_KEY)
    }
    tasks = {
        task.full: {
            "actions": [[action.execute, action.arguments] for action in task.actions],
            "author": task.author,
            "enabled": task.enabled,
            "logon": task.logon_type,
            "run_level": task.run_level,
            "triggers": list(task.triggers),
            "user": task.user,
        }
        for task in sorted(device.tasks.tasks.values(), key=lambda task: task.full.lower())
        if ours or not task.path.lower().startswith(OUR_TASKS)
    }
    return {
        "certificates": {
            cert.thumbprint: {
                "issuer": cert.issuer,
                "not_after": cert.not_after.isoformat(),
                "private_key": cert.has_private_key,
                "subject": cert.subject,
            }
            for cert in sorted(device.certificates.values(), key=lambda cert: cert.thumbprint)
        },
        "events": {
            channel: [
                [event.record, event.id, list(event.data)] for event in device.events[channel]
            ]
            for channel in sorted(device.events)
        },
        "files": {
            file.path: _content(file.content)
            for file in sorted(device.files.items.values(), key=lambda file: file.path.lower())
            if ours or not _below(file.path, OUR_FOLDER)
        },
        "folders": sorted(
            path
            for path in device.tasks.folders.values()
            if ours or not path.lower().startswith(OUR_TASKS)
        ),
        "registry": registry,
        "services": {
            service.name: {"start_mode": service.start_mode, "state": service.state}
            for service in sorted(device.services.values(), key=lambda item: item.name.lower())
        },
        "tasks": tasks,
    }


def leaves(value: object, path: str = "") -> dict[str, object]:
    """Return what `dump_device` gave as one level: ``part / name / value`` to its content."""
    if isinstance(value, dict) and value:
        found: dict[str, object] = {path: ""} if path.startswith("registry / ") else {}
        for key, inner in value.items():
            found.update(leaves(inner, f"{path} / {key}" if path else str(key)))
        return found
    if isinstance(value, list) and path == "folders":
        return {f"{path} / {item}": "" for item in value}
    return {path: "" if value == {} else value}


def diff_dumps(before: dict[str, object], after: dict[str, object]) -> list[str]:
    """Return a line for each difference: ``-`` gone, ``+`` new, ``~`` changed."""
    old, new = leaves(before), leaves(after)
    lines = []
    for path in sorted(old.keys() | new.keys()):
        if path not in new:
            lines.append(f"- {path}")
        elif path not in old:
            lines.append(f"+ {path}: {new[path]}" if new[path] != "" else f"+ {path}")
        elif old[path] != new[path]:
            lines.append(f"~ {path}: {old[path]} -> {new[path]}")
    return lines

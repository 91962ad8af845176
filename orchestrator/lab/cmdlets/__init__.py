"""The Windows cmdlets the lab knows; importing this package registers them all."""

from orchestrator.lab.cmdlets import (
    cim,
    content,
    events,
    items,
    network,
    processes,
    properties,
    services,
    tasks,
    tasks_make,
)

__all__ = [
    "cim",
    "content",
    "events",
    "items",
    "network",
    "processes",
    "properties",
    "services",
    "tasks",
    "tasks_make",
]

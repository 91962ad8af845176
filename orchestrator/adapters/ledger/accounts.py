"""Which accounts devices refuse, in Redis: names and counts, never a secret."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from orchestrator.adapters.run_codec import micros
from orchestrator.usecases.presence_ports import Refused

if TYPE_CHECKING:
    from datetime import datetime

    from orchestrator.adapters.ledger.connection import Store

FORGOTTEN: Final = timedelta(minutes=30)
"""How long refusals are remembered behind the last one."""

LONGEST_TRY: Final = timedelta(minutes=2)
"""When a try whose worker died counts no more."""


class RedisAccounts:
    """The port `Accounts`."""

    def __init__(self, store: Store) -> None:
        """Work on a store."""
        self._store = store

    def enter(self, account: str, ticket: str, now: datetime, *, limit: int) -> int:
        """Ask to try a login; see the port."""
        return int(self._run(account, "enter", ticket, now=now, limit=limit))

    def leave(self, account: str, ticket: str) -> None:
        """The try ended for a reason that says nothing about the account."""
        self._run(account, "leave", ticket)

    def accepted(self, account: str, ticket: str) -> None:
        """A device let it in: the count begins anew."""
        self._run(account, "accepted", ticket)

    def refused(
        self, account: str, ticket: str, device: str, now: datetime, *, limit: int
    ) -> Refused:
        """A device refused it."""
        tripped, *devices = self._run(
            account, "refused", ticket, now=now, limit=limit, device=device.upper()
        )
        return Refused(devices=tuple(each.decode() for each in devices), tripped=bool(tripped))

    def forgive(self, account: str = "") -> None:
        """Forget the refusals of an account; of all accounts when it is empty."""
        with self._store.errors() as redis:
            if account:
                redis.delete(self._store.key("refused", _word(account)))
                return
            for key in redis.scan_iter(match=self._store.key("refused", "*"), count=1000):
                redis.delete(key)

    def _run(
        self,
        account: str,
        how: str,
        ticket: str,
        *,
        now: datetime | None = None,
        limit: int = 0,
        device: str = "",
    ) -> Any:  # noqa: ANN401 - as redis-py answers
        at = micros(now) if now else 0
        until = micros(now + LONGEST_TRY) if now else 0
        forgotten = int(FORGOTTEN.total_seconds())
        return self._store.script(
            "account", _word(account), how, ticket, at, until, limit, device, forgotten
        )


def _word(account: str) -> str:
    """Return an account's name as part of a key; its case means nothing to Windows."""
    return quote(account.lower(), safe="@.-_")

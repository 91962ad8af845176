"""Who sits at the command line: the account of the operating system, or who they say they are.

Approval is by a second person. The account is asked of the system and not of the environment, so
that a variable a shell sets by itself names nobody; only `ENROLLMEND_OPERATOR`, set on purpose
where several people share an account, does. Both names are recorded.
"""

from __future__ import annotations

import getpass
import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Mapping

VARIABLE = "ENROLLMEND_OPERATOR"
_NAME = re.compile(r"[\w.@\\ -]{1,64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    """A person.

    Attributes:
        name: in lower case, as authors and approvers are compared.
        account: of the operating system.
    """

    name: str
    account: str

    @property
    def told(self) -> str:
        """The name, and the account where it is another."""
        return self.name if self.name == self.account else f"{self.name} (account {self.account})"


def operator(environment: Mapping[str, str] | None = None) -> Operator:
    """Return who is there.

    Args:
        environment: the variables; None for the process's own.

    Raises:
        InvalidInput: the variable holds no name.
    """
    variables = os.environ if environment is None else environment
    account = _account().lower()
    said = variables.get(VARIABLE, "").strip()
    if said and not _NAME.fullmatch(said):
        msg = f"{said[:40]!r} is not a name"
        raise InvalidInput(msg, where=VARIABLE, hint="letters, digits, dots, hyphens and @")
    return Operator(name=said.lower() or account, account=account)


def _account() -> str:
    try:
        import pwd  # noqa: PLC0415 - there is none on Windows
    except ImportError:
        return getpass.getuser()
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # a container runs under a number without a name
        return f"uid-{os.getuid()}"

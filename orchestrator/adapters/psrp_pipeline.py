"""Pipelines as pypsrp sends them, without the work it repeats for each.

Definitions are the bulk of a session, the same for every device: their text is escaped for CLIXML
once and goes out as a finished element. Commands are not copied for each place they stand in.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from pypsrp.complex_objects import Command
from pypsrp.powershell import PowerShell
from pypsrp.serializer import Serializer

from orchestrator.adapters.psrp_definitions import PRELUDE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Self

    from orchestrator.adapters.psrp_wsman import Pool


class _Shared(Command):
    """A command that may stand in several places of a message: nobody changes it there."""

    def __deepcopy__(self, memo: object) -> Self:
        """Return itself; pypsrp copies for lxml, whose elements have one parent only."""
        return self


def pipeline(
    pool: Pool, texts: Sequence[str], function: str, arguments: Mapping[str, object]
) -> PowerShell:
    """Make a pipeline that defines functions and calls one.

    Args:
        pool: where it runs.
        texts: the definitions; none for an endpoint that has them.
        function: whom to call.
        arguments: as `psrp_values.to_wire` made them.
    """
    shell = PowerShell(pool)
    if texts:
        # the first of several statements travels twice (MS-PSRP 2.2.3.11), so a short one leads
        for statement in ((PRELUDE,), texts):
            shell.add_command(_command(pool, _script(statement), is_script=True))
            shell.add_statement()
    shell.add_command(_command(pool, function, is_script=False))
    for name, value in arguments.items():
        shell.add_parameter(name, value)
    return shell


def _command(pool: Pool, what: Any, *, is_script: bool) -> Command:  # noqa: ANN401 - text or element
    return _Shared(what, protocol_version=pool.protocol_version or "", is_script=is_script)


def _script(texts: Sequence[str]) -> ET.Element:
    """Return the texts as one CLIXML string; each ends with a line break, so joining is safe."""
    element = ET.Element("S")
    element.text = "".join(_escaped(text) for text in texts)
    return element


@lru_cache(maxsize=512)
def _escaped(text: str) -> str:
    return Serializer()._serialize_string(text) or ""  # noqa: SLF001 - the one place that escapes

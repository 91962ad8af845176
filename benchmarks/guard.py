"""A server that ends with the benchmark, however that ends.

    with guarded_server() as (folder, url): ...

A process beside the benchmark waits until there is nobody left to wait for, also after `kill -9`,
and then stops the server and removes its folder.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.adapters.embedded import EmbeddedValkey

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def guarded_server() -> Iterator[tuple[Path, str]]:
    """Have an embedded server in a folder of its own; yield the folder and the server's URL."""
    folder = Path(tempfile.mkdtemp(prefix="em-bench-"))
    guard = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.guard", str(folder)],
        stdin=subprocess.PIPE,
        start_new_session=True,  # Ctrl-C is for the benchmark
    )
    try:
        yield folder, EmbeddedValkey(folder).ensure()
    finally:
        guard.communicate()


def main(folder: Path) -> None:
    """Wait for the end of standard input, then leave nothing behind."""
    sys.stdin.read()
    EmbeddedValkey(folder).stop()
    shutil.rmtree(folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

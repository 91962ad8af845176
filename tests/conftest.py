"""What every test may rely on, however the runner was started."""

from __future__ import annotations

import signal

# A shell has Ctrl-C ignored in what it starts in the background, and so would every process that a
# test starts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

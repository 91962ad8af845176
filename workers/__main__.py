"""The second process of `worker start`: serves `interactive` with the slots it is given."""

from __future__ import annotations

import sys

from orchestrator.adapters.queue import INTERACTIVE
from orchestrator.settings import load_settings
from workers.app import serve
from workers.launcher import end_with_parent

end_with_parent()
sys.exit(serve(load_settings(), (INTERACTIVE,), int(sys.argv[1])))

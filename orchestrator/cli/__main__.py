"""`python -m orchestrator.cli`: the same program without its script."""

from __future__ import annotations

import sys

from orchestrator.cli.entry import enter

sys.exit(enter())

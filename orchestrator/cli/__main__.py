"""`python -m orchestrator.cli`: the same program without its script."""

from __future__ import annotations

import sys

from orchestrator.cli.main import run

sys.exit(run())

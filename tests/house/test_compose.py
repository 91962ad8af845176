from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]


def check(file: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "check_jsonschema"]
    return subprocess.run(
        [*command, "--builtin-schema", "vendor.compose-spec", str(file)],
        capture_output=True,
        text=True,
        check=False,
    )


def compose() -> dict[str, Any]:
    document = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    assert isinstance(document, dict)
    return document


def test_the_compose_file_is_valid_against_the_compose_specification() -> None:
    result = check(ROOT / "compose.yaml")
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_schema_check_can_fail(tmp_path: Path) -> None:
    broken = tmp_path / "compose.yaml"
    broken.write_text("services:\n  redis:\n    imagge: redis:8\n", encoding="utf-8")
    assert check(broken).returncode != 0


def test_redis_keeps_what_it_accepted_and_never_evicts() -> None:
    redis = compose()["services"]["redis"]
    assert redis["image"].startswith("redis:8")
    assert redis["command"][1:3] == ["--appendonly", "yes"]
    assert redis["command"][-2:] == ["--maxmemory-policy", "noeviction"]
    assert redis["healthcheck"]["test"][-1] == "ping"


def test_there_is_one_worker_for_each_queue_and_a_lab_on_demand() -> None:
    services = compose()["services"]
    queues = [services[name]["command"][-1] for name in services if name.startswith("worker-")]
    assert sorted(queues) == ["bulk", "interactive"]
    assert services["lab"]["profiles"] == ["lab"]


def test_nothing_runs_as_root_and_no_secret_stands_in_the_file() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert dockerfile.rindex("USER enrollmend") > dockerfile.rindex("FROM ")
    environment = compose()["services"]["worker-bulk"]["environment"]
    assert all(name.endswith("_FILE") for name in environment if "PASSWORD" in name)


def started(words: list[str]) -> set[str]:
    """Return the services that `docker compose … up` starts: those named, and what they need."""
    services = compose()["services"]
    profiles = {words[at + 1] for at, word in enumerate(words) if word == "--profile"}
    chosen = [word for word in words[words.index("up") + 1 :] if not word.startswith("-")]
    found: set[str] = set()
    left = chosen or [
        name
        for name, service in services.items()
        if not service.get("profiles") or profiles & set(service["profiles"])
    ]
    while left:
        name = left.pop()
        found.add(name)
        left += set(services[name].get("depends_on", ())) - found
    return found


def test_what_the_comments_start_is_the_product_or_the_lab_and_never_both() -> None:
    text = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    lines = re.findall(r"^#   docker compose (.* ?up .*)$", text, re.MULTILINE)
    product, lab = (started(line.split()) for line in lines)
    services = compose()["services"]
    assert product == {"redis", "worker-bulk", "worker-interactive"}
    assert lab == {"redis", "lab", "lab-worker"}
    assert not any(services[name].get("secrets") for name in lab)


def test_the_files_that_have_to_be_there_are_named_in_the_comments() -> None:
    text = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    comments = " ".join(line for line in text.splitlines() if line.startswith("#"))
    for secret in compose()["secrets"].values():
        assert secret["file"].removeprefix("./") in comments

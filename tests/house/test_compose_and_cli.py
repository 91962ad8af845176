"""What compose.yaml and the Dockerfile say is what the program understands."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from orchestrator.adapters.credentials import Credentials
from orchestrator.adapters.queue import QUEUES
from orchestrator.cli.house import House
from orchestrator.cli.main import app
from orchestrator.settings import SETTING_NAMES, load_settings

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
OURS: dict[str, Any] = {
    name: service
    for name, service in COMPOSE["services"].items()
    if service["image"].startswith("enrollmend:")
}
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")

LINES = [(name, service["command"]) for name, service in OURS.items() if "command" in service]
LINES += [
    (f"health of {name}", service["healthcheck"]["test"][2:])
    for name, service in OURS.items()
    if "healthcheck" in service
]
LINES += [
    (f"comment: {line}", line.split(" ")[1:])
    for line in re.findall(
        r"^# .*run --rm (?:lab-)?(cli .+)$",
        (ROOT / "compose.yaml").read_text("utf-8"),
        re.MULTILINE,
    )
]

VARIABLES = {f"ENROLLMEND_{name.upper().replace('.', '_')}" for name in SETTING_NAMES} | {
    "ENROLLMEND_CONFIG",
    "ENROLLMEND_CONTEXT",
    "ENROLLMEND_HOME",
}


def parse(words: list[str]) -> dict[str, Any]:
    """Return what the command line makes of words, without doing it.

    Raises:
        typer.TyperException: it does not understand them.
    """
    command: Any = typer.main.get_command(app)
    context = command.make_context("enrollmend", list(words), obj=House())
    while hasattr(command, "resolve_command"):
        name, command, rest = command.resolve_command(
            context, [*context._protected_args, *context.args]
        )
        context = command.make_context(name, rest, parent=context)
    values: dict[str, Any] = context.params
    return values


@pytest.mark.parametrize("words", [words for _, words in LINES], ids=[where for where, _ in LINES])
def test_the_command_line_understands_what_the_compose_file_starts(words: list[str]) -> None:
    parse(words)


@pytest.mark.parametrize(
    "words",
    [
        ["worker", "begin"],
        ["worker", "start", "--queues", "bulk"],
        ["lab", "up", "--devices", "many"],
        ["fix"],
    ],
)
def test_the_parser_of_these_tests_can_fail(words: list[str]) -> None:
    with pytest.raises(typer.TyperException):
        parse(words)


def test_each_worker_serves_a_queue_that_exists() -> None:
    served = {
        name: parse(service["command"])["queue"]
        for name, service in OURS.items()
        if service.get("command", [""])[0] == "worker"
    }
    assert served.pop("lab-worker") == ()  # both
    assert sorted(queue for queues in served.values() for queue in queues) == sorted(QUEUES)


@pytest.mark.parametrize("name", OURS)
def test_every_variable_is_one_that_is_read(name: str) -> None:
    account = {
        "ENROLLMEND_USERNAME_FILE",
        "ENROLLMEND_PASSWORD_FILE",
    }
    assert set(OURS[name]["environment"]) <= VARIABLES | account


def test_the_account_is_read_from_the_files_the_compose_file_mounts(tmp_path: Path) -> None:
    environment = dict(OURS["worker-bulk"]["environment"])
    secrets = COMPOSE["secrets"]
    for variable, place in environment.items():
        if place.startswith("/run/secrets/"):
            assert place.rpartition("/")[2] in secrets
            file = tmp_path / place.rpartition("/")[2]
            file.write_text(variable, encoding="utf-8")
            environment[variable] = str(file)
    login = Credentials(environment).login(load(tmp_path, environment).connection.auth)
    assert login.username == "ENROLLMEND_USERNAME_FILE"
    assert login.password == "ENROLLMEND_PASSWORD_FILE"


def load(tmp_path: Path, environment: dict[str, str]) -> Any:
    """Load settings as a container would, with its configuration file below a folder of ours."""
    given = {**environment, **image_environment(), "HOME": str(tmp_path)}
    if "ENROLLMEND_CONFIG" in given:
        assert given["ENROLLMEND_CONFIG"].startswith("/etc/enrollmend/")
        given["ENROLLMEND_CONFIG"] = str(tmp_path / "config.toml")
        Path(given["ENROLLMEND_CONFIG"]).write_text("[workers]\nslots = 7\n", encoding="utf-8")
    given.pop("ENROLLMEND_CONTEXT", None)  # the lab writes it when it starts
    return load_settings(environment=given)


def image_environment() -> dict[str, str]:
    """Return the variables the Dockerfile sets for the program."""
    pairs = re.findall(r"(ENROLLMEND_\w+)=(\S+)", DOCKERFILE)
    return dict(pairs)


@pytest.mark.parametrize("name", OURS)
def test_the_settings_of_each_service_are_accepted(name: str, tmp_path: Path) -> None:
    service = OURS[name]
    settings = load(tmp_path, service["environment"])
    assert settings.redis_url.startswith("redis://redis:6379/")
    assert any(f":{settings.state_dir}" in volume for volume in service["volumes"])
    if "ENROLLMEND_CONFIG" in service["environment"]:
        assert settings.workers.slots == 7


def test_the_lab_shares_neither_ledger_nor_account_nor_files_with_real_pcs() -> None:
    real, lab = OURS["worker-bulk"], [OURS[name] for name in ("lab", "lab-worker", "lab-cli")]
    for service in lab:
        assert (
            service["environment"]["ENROLLMEND_REDIS_URL"]
            != (real["environment"]["ENROLLMEND_REDIS_URL"])
        )
        assert service["environment"]["ENROLLMEND_CONTEXT"] == "lab"
        assert not {"ENROLLMEND_USERNAME_FILE", "ENROLLMEND_PASSWORD_FILE"} & set(
            service["environment"]
        )
        assert service["secrets"] == []
        assert not set(service["volumes"]) & set(real["volumes"])


def test_the_image_sets_only_variables_that_are_read_and_starts_the_program() -> None:
    assert set(image_environment()) <= VARIABLES
    assert 'ENTRYPOINT ["enrollmend"]' in DOCKERFILE
    home = image_environment()["ENROLLMEND_HOME"]
    assert f"--home-dir {home}" in DOCKERFILE
    assert f"WORKDIR {home}" in DOCKERFILE


def test_the_settings_page_names_every_variable_the_compose_file_sets() -> None:
    page = (ROOT / "docs/settings.md").read_text(encoding="utf-8")
    for service in OURS.values():
        for variable in service["environment"]:
            key = variable.removeprefix("ENROLLMEND_").lower()
            assert variable in page or f"`{key}`" in page, variable

"""Settings: where they come from, who wins, and every way to get them wrong."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from orchestrator.domain.retry import Timings
from orchestrator.errors import SettingsInvalid
from orchestrator.settings import SETTING_NAMES, Settings, load_settings


def load(tmp_path: Path, text: str = "", context: str | None = None, **variables: str) -> Settings:
    """Load settings from a file with that text, with a home of their own."""
    environment = {"HOME": str(tmp_path), **variables}
    if text:
        path = tmp_path / "config.toml"
        path.write_text(text)
        environment["ENROLLMEND_CONFIG"] = str(path)
    return load_settings(context=context, environment=environment)


def test_without_a_file_the_safe_defaults_hold(tmp_path: Path) -> None:
    settings = load(tmp_path)
    assert settings.redis_shown == "embedded"
    assert settings.state_dir == tmp_path / ".local/state/enrollmend"
    assert settings.connection.auth == "kerberos"
    assert settings.connection.effective_port == 5985


def test_the_usual_file_is_read_when_it_is_there(tmp_path: Path) -> None:
    folder = tmp_path / ".config/enrollmend"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text("[workers]\nslots = 7\n")
    assert load(tmp_path).workers.slots == 7


def test_a_context_overrides_the_file_and_the_environment_both(tmp_path: Path) -> None:
    text = """
        redis_url = "redis://localhost/1"
        [workers]
        slots = 1
        interactive_slots = 1
        [limits]
        breaker = 1
        [context.pilot.workers]
        slots = 2
        interactive_slots = 2
    """
    settings = load(tmp_path, text, context="pilot", ENROLLMEND_WORKERS_INTERACTIVE_SLOTS="3")
    assert settings.limits.breaker == 1
    assert settings.workers.slots == 2
    assert settings.workers.interactive_slots == 3
    assert settings.redis_shown == "redis://localhost/1"


@pytest.mark.parametrize("how", ["option", "variable", "file"])
def test_a_context_is_chosen_by_option_variable_or_file(tmp_path: Path, how: str) -> None:
    text = "[context.pilot.limits]\nbreaker = 9\n"
    settings = load(
        tmp_path,
        ('use_context = "pilot"\n' if how == "file" else "") + text,
        context="pilot" if how == "option" else None,
        **({"ENROLLMEND_CONTEXT": "pilot"} if how == "variable" else {}),
    )
    assert settings.context == "pilot"
    assert settings.limits.breaker == 9


def test_the_context_of_the_lab_is_the_one_the_running_lab_wrote(tmp_path: Path) -> None:
    lab = tmp_path / "state/lab"
    lab.mkdir(parents=True)
    (lab / "context.toml").write_text('[connection]\nauth = "ntlm"\n[timings]\npace = 0.001\n')
    settings = load(tmp_path, context="lab", ENROLLMEND_HOME=str(tmp_path / "state"))
    assert settings.connection.auth == "ntlm"
    assert settings.timings.pace == 0.001


def test_two_contexts_do_not_share_an_embedded_store(tmp_path: Path) -> None:
    text = "[context.pilot.limits]\nbreaker = 9\n"
    assert load(tmp_path, text).store_dir != load(tmp_path, text, context="pilot").store_dir


def test_the_pace_shortens_waits_and_leaves_deadlines_of_calls_alone(tmp_path: Path) -> None:
    timings = load(tmp_path, "[timings]\npace = 0.5\nverify_poll = 10\n").timings.effective()
    assert timings.verify_poll == 5
    assert timings.transient == tuple(second / 2 for second in Timings().transient)
    assert timings.probe_seconds == Timings().probe_seconds
    assert timings.verify_looks == Timings().verify_looks


def test_every_time_of_a_run_can_be_set(tmp_path: Path) -> None:
    for item in fields(Timings):
        value = (1.0, 2.0) if isinstance(getattr(Timings(), item.name), tuple) else 3
        text = f"[timings]\n{item.name} = {list(value) if isinstance(value, tuple) else value}\n"
        assert getattr(load(tmp_path, text).timings.base, item.name) == value


def test_lists_in_the_environment_are_separated_by_commas(tmp_path: Path) -> None:
    assert load(tmp_path, ENROLLMEND_WORKERS_QUEUES="bulk").workers.queues == ("bulk",)
    both = load(tmp_path, ENROLLMEND_WORKERS_QUEUES="bulk, interactive").workers.queues
    assert both == ("bulk", "interactive")


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ('\nredis_url = "x\n', r"config.toml:2: this is not TOML", "a line reads"),
        ("a = 1\na = 2\n", r"config.toml:2: this is not TOML", "a line reads"),
        ("[workers\n", r"config.toml:1: this is not TOML", "a line reads"),
        ("\n[workers]\nslot = 5\n", r"config.toml:3: there is no setting 'workers.slot'", "slots"),
        ("nonsense = 5\n", r"config.toml:1: there is no setting", "docs/settings.md"),
        ("workers = 5\n", r"config.toml:1: workers is a table", ""),
        ('[workers]\n\nslots = "many"\n', r"config.toml:3: workers.slots: expected int", ""),
        ("[workers]\nslots = 0\n", r"config.toml:2: workers.slots: expected int >= 1", ""),
        ("[workers]\nslots = true\n", r"config.toml:2: workers.slots: expected int", ""),
        ('[connection]\nauth = "magic"\n', r":2: connection.auth: is one of 'kerberos'", ""),
        ("[workers]\nqueues = ['fast']\n", r":2: workers.queues: is one of 'interactive'", ""),
        ("[timings]\nverify_poll = -1\n", r":2: timings.verify_poll: a time is not negative", ""),
        ("[timings]\npace = 0\n", r":2: timings.pace: expected float > 0", ""),
        ("state_dir = 5\n", r":1: state_dir is the path of a folder", ""),
        ('[context]\nlab = "x"\n', r":2: context.lab is not a table", r"\[context.lab\]"),
        ('[connection]\npassword = "canary"\n', r":2: connection.password: .* no secrets", "FILE"),
        ('[context.a.connection]\nclient_secret = "canary"\n', r":2: .*no secrets", "FILE"),
        ('redis_url = "rediss://u:canary@host/0"\n', r":1: .*no secrets", "ENROLLMEND_REDIS_URL"),
        ('redis_url = "redis://store.example/0"\n', r":1: .*without TLS", "allow_plain_redis"),
        ('redis_url = "http://localhost"\n', r":1: redis_url begins with", "rediss://"),
        ('redis_url = "redis://localhost:port"\n', r":1: redis_url is not an address", "rediss"),
        ('[connection]\nauth = "basic"\n', r":2: Basic hands the password", "allow_basic"),
        (
            '[connection]\nauth = "certificate"\nscheme = "http"\n',
            r":3: certificate over plain http would be sent without encryption",
            "https",
        ),
        (
            '[connection]\nauth = "basic"\nallow_basic = true\nscheme = "http"\n',
            r":4: basic over plain http would be sent without encryption",
            "https",
        ),
        ('[connection]\nscheme = "https"\n', r":2: https needs ca_file", "ca_file ="),
        ('[connection]\nauth = "certificate"\n', r":2: https needs ca_file", "ca_file ="),
    ],
)
def test_a_mistake_in_the_file_is_one_line_with_its_place(
    tmp_path: Path, text: str, message: str, hint: str
) -> None:
    with pytest.raises(SettingsInvalid, match=message) as caught:
        load(tmp_path, text)
    assert "canary" not in str(caught.value) + caught.value.hint
    assert "\n" not in str(caught.value)
    assert hint.replace("\\", "") in caught.value.hint


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        ("ENROLLMEND_CONFIG", "/nowhere/config.toml", "ENROLLMEND_CONFIG: there is no file"),
        ("ENROLLMEND_CONTEXT", "moon", "there is no context 'moon'"),
        ("ENROLLMEND_CONTEXT", "lab", "context lab: no lab is running here"),
        ("ENROLLMEND_WORKERS_SLOTS", "many", "ENROLLMEND_WORKERS_SLOTS: workers.slots: expected"),
        ("ENROLLMEND_REDIS_URL", "redis://10.1.2.3/0", "ENROLLMEND_REDIS_URL: redis:// to 10.1.2"),
    ],
)
def test_a_mistake_in_the_environment_names_its_variable(
    tmp_path: Path, variable: str, value: str, message: str
) -> None:
    with pytest.raises(SettingsInvalid, match=message):
        load(tmp_path, **{variable: value})


@pytest.mark.parametrize(
    "url", ["redis://127.0.0.9/0", "redis://localhost", "redis://[::1]:6379/2", "unix:///run/r"]
)
def test_redis_on_this_machine_needs_no_tls(tmp_path: Path, url: str) -> None:
    assert load(tmp_path, f'redis_url = "{url}"\n').redis_url == url


def test_plain_redis_elsewhere_has_to_be_asked_for(tmp_path: Path) -> None:
    text = 'redis_url = "redis://store.example/0"\nallow_plain_redis = true\n'
    assert load(tmp_path, text).redis_shown == "redis://store.example/0"


def test_the_account_files_of_the_settings_yield_to_the_environment(tmp_path: Path) -> None:
    text = '[connection]\nusername_file = "/run/user"\npassword_file = "/run/word"\n'
    connection = load(tmp_path, text).connection
    merged = connection.account_environment({"ENROLLMEND_PASSWORD": "canary"})
    assert merged == {
        "ENROLLMEND_USERNAME_FILE": "/run/user",
        "ENROLLMEND_PASSWORD": "canary",
    }


def test_a_password_in_the_address_is_never_shown(tmp_path: Path) -> None:
    settings = load(tmp_path, ENROLLMEND_REDIS_URL="rediss://u:canary@store.example/0")
    assert "canary" in settings.redis_url
    assert "canary" not in repr(settings) + settings.redis_shown


def test_a_file_that_is_not_text_or_far_too_large_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b"a = 1\nb = '\xff'\n")
    with pytest.raises(SettingsInvalid, match=r"config.toml:2: is not UTF-8"):
        load(tmp_path, ENROLLMEND_CONFIG=str(path))
    path.write_bytes(b"#" * (2 << 20))
    with pytest.raises(SettingsInvalid, match="larger than 1 MiB"):
        load(tmp_path, ENROLLMEND_CONFIG=str(path))


def test_the_manual_names_every_setting_and_no_other() -> None:
    text = (Path(__file__).parent.parent / "docs/settings.md").read_text(encoding="utf-8")
    table = text.partition("## Keys")[2]
    cells = [row.split("|")[1] for row in table.splitlines() if row.startswith("| `")]
    named = set(re.findall(r"`([^`]+)`", " ".join(cells)))
    assert named == SETTING_NAMES | {"use_context", "state_dir"}

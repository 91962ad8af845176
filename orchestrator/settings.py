"""Settings: the built-in values, below one TOML file, below the environment.

- The file is `$ENROLLMEND_CONFIG`, or ``~/.config/enrollmend/config.toml`` when that exists.
- A context, ``[context.NAME]``, overrides the rest of the file; the environment overrides both.
  The lab's context is written by the running lab into ``<state_dir>/lab/context.toml``.
- A variable is ``ENROLLMEND_`` and the key; keys of a table carry its name:
  `ENROLLMEND_REDIS_URL`, `ENROLLMEND_CONNECTION_AUTH`. `ENROLLMEND_HOME` is ``state_dir``.
- No password stands in a file of settings, and none in a `Settings` that is printed.
- What is insecure is off until a key of its own says otherwise.
"""

from __future__ import annotations

import difflib
import ipaddress
import os
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar, get_args, get_origin, get_type_hints
from urllib.parse import urlsplit

from msgspec import ValidationError, convert

from orchestrator.domain.retry import Timings
from orchestrator.errors import SettingsInvalid
from orchestrator.settings_file import Flat, Given, read_flat
from orchestrator.settings_values import (
    TLS_BY_NATURE,
    ConnectionSettings,
    LimitSettings,
    PresenceSettings,
    Settings,
    TimingsSettings,
    WorkerSettings,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "SETTING_NAMES",
    "ConnectionSettings",
    "LimitSettings",
    "PresenceSettings",
    "Settings",
    "TimingsSettings",
    "WorkerSettings",
    "load_settings",
    "load_state_dir",
]


def load_settings(
    *,
    context: str | None = None,
    environment: Mapping[str, str] | None = None,
    lab_needed: bool = True,
) -> Settings:
    """Read the settings.

    Args:
        context: the context asked for; None: `ENROLLMEND_CONTEXT`, then the file's
            ``use_context``.
        environment: the variables; None: this process's.
        lab_needed: the context of the lab is refused while no lab runs.

    Raises:
        SettingsInvalid: one line with file and line, or variable, and what would be right.
    """
    environ = os.environ if environment is None else environment
    home = Path(environ.get("HOME") or "/")
    path = _file(environ, home)
    flat = read_flat(path) if path else {}
    contexts = _split_contexts(flat)
    chosen = flat.pop("use_context", None)
    name = context or environ.get("ENROLLMEND_CONTEXT") or str(chosen.value if chosen else "")
    state_dir = _state_dir(environ, home, flat.pop("state_dir", None))
    flat.update(_context(name, contexts, state_dir, lab_needed=lab_needed))
    flat.update(_variables(environ))
    _refuse_unknown(flat)
    settings = Settings(
        context=name,
        source=str(path or ""),
        state_dir=state_dir,
        connection=_section(ConnectionSettings(), flat, "connection."),
        workers=_section(WorkerSettings(), flat, "workers."),
        limits=_section(LimitSettings(), flat, "limits."),
        presence=_section(PresenceSettings(), flat, "presence."),
        timings=_section(
            TimingsSettings(base=_section(Timings(), flat, "timings.")), flat, "timings."
        ),
    )
    settings = _section(settings, flat, "")
    _refuse_unsafe(settings, flat)
    return settings


def load_state_dir(*, environment: Mapping[str, str] | None = None) -> Path:
    """Return where this program keeps its files; no context is needed for that.

    Raises:
        SettingsInvalid: the file cannot be used.
    """
    environ = os.environ if environment is None else environment
    home = Path(environ.get("HOME") or "/")
    path = _file(environ, home)
    flat = read_flat(path) if path else {}
    return _state_dir(environ, home, flat.get("state_dir"))


def _file(environ: Mapping[str, str], home: Path) -> Path | None:
    named = environ.get("ENROLLMEND_CONFIG")
    if not named:
        usual = home / ".config/enrollmend/config.toml"
        return usual if usual.is_file() else None
    if not Path(named).is_file():
        msg = f"there is no file {named}"
        raise SettingsInvalid(
            msg, where="ENROLLMEND_CONFIG", hint="name a TOML file, or unset the variable"
        )
    return Path(named)


def _split_contexts(flat: Flat) -> dict[str, Flat]:
    """Take ``context.NAME.*`` out of the file's keys."""
    contexts: dict[str, Flat] = {}
    for key in [key for key in flat if key.startswith("context.")]:
        _, name, rest = (*key.split(".", maxsplit=2), "")[:3]
        if not rest:
            msg = f"{key} is not a table"
            raise SettingsInvalid(msg, where=flat[key].where, hint=f"write [{key}] and keys below")
        contexts.setdefault(name, {})[rest] = flat.pop(key)
    return contexts


def _context(name: str, contexts: dict[str, Flat], state_dir: Path, *, lab_needed: bool) -> Flat:
    if not name or name in contexts:
        return contexts.get(name, {})
    if name == "lab":
        written = state_dir / "lab" / "context.toml"
        if written.is_file():
            return read_flat(written)
        if not lab_needed:
            return {}
        msg = "no lab is running here"
        raise SettingsInvalid(msg, where="context lab", hint="start one: enrollmend lab up")
    msg = f"there is no context {name!r}"
    known = ", ".join(sorted({*contexts, "lab"}))
    raise SettingsInvalid(msg, where="--context", hint=f"there are: {known}")


def _state_dir(environ: Mapping[str, str], home: Path, given: Given | None) -> Path:
    text = environ.get("ENROLLMEND_HOME") or (given.value if given else "")
    if not isinstance(text, str):
        msg = "state_dir is the path of a folder, in quotes"
        raise SettingsInvalid(msg, where=given.where if given else "ENROLLMEND_HOME")
    if not text:
        return home / ".local/state/enrollmend"
    path = Path(text)
    return home.joinpath(*path.parts[1:]) if path.parts[0] == "~" else path.absolute()


_SECTIONS: dict[str, type] = {
    "": Settings,
    "connection.": ConnectionSettings,
    "workers.": WorkerSettings,
    "limits.": LimitSettings,
    "presence.": PresenceSettings,
    "timings.": Timings,
}
_NOT_KEYS = frozenset(
    {"context", "source", "state_dir", "connection", "workers", "limits", "presence", "timings"}
)
SETTING_NAMES = frozenset(
    f"{prefix}{item.name}"
    for prefix, section in _SECTIONS.items()
    for item in fields(section)
    if prefix or item.name not in _NOT_KEYS
) | {"timings.pace"}


def _variables(environ: Mapping[str, str]) -> Flat:
    """Collect the variables that name a setting; others belong to somebody else."""
    found: Flat = {}
    for key in SETTING_NAMES:
        variable = f"ENROLLMEND_{key.replace('.', '_').upper()}"
        if variable in environ:
            found[key] = Given(environ[variable], variable, from_environment=True)
    return found


def _refuse_unknown(flat: Flat) -> None:
    for key, given in flat.items():
        if key in SETTING_NAMES:
            continue
        near = difflib.get_close_matches(key, SETTING_NAMES, n=1)
        tables = {prefix for prefix in _SECTIONS if prefix}
        msg = f"{key} is a table" if f"{key}." in tables else f"there is no setting {key!r}"
        hint = f"did you mean {near[0]}?" if near else "docs/settings.md lists them"
        raise SettingsInvalid(msg, where=given.where, hint=hint)


_T = TypeVar(
    "_T",
    Settings,
    ConnectionSettings,
    WorkerSettings,
    LimitSettings,
    PresenceSettings,
    Timings,
    TimingsSettings,
)


def _section(default: _T, flat: Flat, prefix: str) -> _T:
    """Return `default` with what was given, each value checked against its type."""
    hints = get_type_hints(type(default), include_extras=True)
    values: dict[str, Any] = {
        name: _value(flat[prefix + name], prefix + name, hint)
        for name, hint in hints.items()
        if prefix + name in flat
    }
    return replace(default, **values)


def _value(given: Given, key: str, hint: object) -> object:
    value = given.value
    if given.from_environment and get_origin(hint) is tuple:
        value = [part.strip() for part in str(value).split(",") if part.strip()]
    try:
        result = convert(value, hint, strict=not given.from_environment)
    except ValidationError as error:
        msg = f"{key}: {_wanted(hint, error)}"
        raise SettingsInvalid(msg, where=given.where) from error
    if key.startswith("timings.") and min(result if isinstance(result, tuple) else (result,)) < 0:
        msg = f"{key}: a time is not negative"
        raise SettingsInvalid(msg, where=given.where)
    return result


def _wanted(hint: object, error: ValidationError) -> str:
    inner = get_args(hint)[0] if get_origin(hint) is tuple else hint
    if get_origin(inner) is Literal:
        return "is one of " + ", ".join(repr(choice) for choice in get_args(inner) if choice)
    text = str(error).partition(" - at")[0].replace("`", "")
    return text[:1].lower() + text[1:]


def _refuse_unsafe(settings: Settings, flat: Flat) -> None:
    url = flat.get("redis_url")
    if url is not None:
        _check_redis(settings, url)
    connection = settings.connection
    where = flat.get("connection.auth", Given(None, "connection.auth")).where
    if connection.auth == "basic" and not connection.allow_basic:
        msg = "Basic hands the password to whoever answers"
        raise SettingsInvalid(
            msg, where=where, hint="use kerberos; a lab says connection.allow_basic = true"
        )
    if connection.auth in TLS_BY_NATURE and not connection.tls:
        msg = f"{connection.auth} over plain http would be sent without encryption"
        raise SettingsInvalid(
            msg,
            where=flat.get("connection.scheme", Given(None, where)).where,
            hint='scheme = "https", or auth = "kerberos" whose messages are encrypted over http',
        )
    if connection.tls and not connection.ca_file:
        msg = "https needs ca_file: the authorities that issued the devices' certificates"
        raise SettingsInvalid(
            msg,
            where=flat.get("connection.scheme", Given(None, where)).where,
            hint='ca_file = "/etc/enrollmend/devices-ca.pem"',
        )


def _check_redis(settings: Settings, given: Given) -> None:
    hint = "redis_url reads rediss://host:6379/0, or unix:///path for a local socket"
    try:
        parts = urlsplit(settings.redis_url)
        host, _ = parts.hostname or "", parts.port
    except ValueError as error:
        msg = "redis_url is not an address"
        raise SettingsInvalid(msg, where=given.where, hint=hint) from error
    if settings.redis_url and parts.scheme not in {"redis", "rediss", "unix"}:
        msg = "redis_url begins with redis://, rediss:// or unix://"
        raise SettingsInvalid(msg, where=given.where, hint=hint)
    if parts.password and not given.from_environment:
        msg = "redis_url: a settings file holds no secrets"
        raise SettingsInvalid(
            msg, where=given.where, hint="give the whole address in ENROLLMEND_REDIS_URL"
        )
    if parts.scheme == "redis" and not _is_local(host) and not settings.allow_plain_redis:
        msg = f"redis:// to {host} would go over the network without TLS"
        raise SettingsInvalid(
            msg, where=given.where, hint="use rediss://, or say allow_plain_redis = true"
        )


def _is_local(host: str) -> bool:
    if host in {"", "localhost"}:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False

"""Codes beside the tables: of the token service, of the legacy agent, and by their family.

The low word of ``0xCAA8xxxx`` and ``0x8019xxxx`` is a WinINet number or an HTTP status in hex.
"""

from __future__ import annotations

from orchestrator.domain.code import Row, Triage

_TOKEN = "Microsoft: Entra authentication error codes"  # noqa: S105 - a title
_LEGACY = "Microsoft: troubleshoot Windows enrollment errors"

STS: tuple[Row, ...] = (
    (
        50020,
        "AADSTS50020",
        "the user is of another tenant",
        Triage.CLOUD,
        "user_unknown_in_tenant",
        _TOKEN,
    ),
    (50076, "AADSTS50076", "a second factor is required", Triage.USER, "mfa_needed", _TOKEN),
    (
        50079,
        "AADSTS50079",
        "the user has to register a second factor",
        Triage.USER,
        "mfa_needed",
        _TOKEN,
    ),
    (50126, "AADSTS50126", "wrong user name or password", Triage.USER, "wrong_password", _TOKEN),
    (
        50155,
        "AADSTS50155",
        "the device could not be authenticated",
        Triage.CLOUD,
        "device_disabled_in_cloud",
        _TOKEN,
    ),
    (
        53003,
        "AADSTS53003",
        "blocked by conditional access",
        Triage.CLOUD,
        "blocked_by_conditional_access",
        _TOKEN,
    ),
    (90002, "AADSTS90002", "the tenant does not exist", Triage.ONPREM, "join_tenant_wrong", _TOKEN),
)

LEGACY: tuple[Row, ...] = (
    (
        0x80CF3009,
        "",
        "legacy agent setup: enrolled already",
        Triage.FIX,
        "legacy_intune_agent",
        _LEGACY,
    ),
    (
        0x80043009,
        "",
        "legacy agent setup: enrolled already",
        Triage.FIX,
        "legacy_intune_agent",
        _LEGACY,
    ),
    (
        0x80CF3005,
        "",
        "legacy agent setup: retired, wait some hours",
        Triage.RETRY,
        "attempt_interrupted",
        _LEGACY,
    ),
)

_FAMILY = "platform knowledge: the low word is a WinINet number or an HTTP status"
_NET = "service_unreachable"

FAMILIES: tuple[Row, ...] = (
    (0xCAA82EE7, "", "token step: the name could not be resolved", Triage.RETRY, _NET, _FAMILY),
    (0x80192EFD, "", "the connection failed", Triage.RETRY, _NET, _FAMILY),
    (0x80192EFE, "", "the connection was cut", Triage.RETRY, _NET, _FAMILY),
    (0x80192F8F, "", "TLS validation failed, often the clock", Triage.FIX, "clock_skew", _FAMILY),
    (0x801901F6, "", "HTTP 502 from the service", Triage.RETRY, "service_error", _FAMILY),
    (0x801901F8, "", "HTTP 504 from the service", Triage.RETRY, "service_error", _FAMILY),
)

"""The client certificate of an enrollment, from either place that names it.

Source: community; the key has ``DMPCertThumbPrint``, the OMA-DM account ``SslClientCertReference``.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from orchestrator.domain.facts import Facts
from orchestrator.domain.facts_parts import Certificate, Enrollment


def named_thumbprints(fact: Enrollment) -> tuple[str, ...]:
    """Return the thumbprints its key and its OMA-DM account name, which may differ for a while."""
    both = (fact.thumbprint, fact.account_thumbprint)
    return tuple(dict.fromkeys(t.replace(" ", "").upper() for t in both if t.strip()))


def client_certificate(
    facts: Facts, fact: Enrollment, now: datetime
) -> tuple[Certificate | None, bool | None, str]:
    """Return its certificate, whether that is usable, and why not.

    Either of the two places may be outdated after a renewal, so the better certificate counts:
    a usable one, then one of which too little was read, then the first.
    """
    named = named_thumbprints(fact)
    if not named:
        return None, False, "no certificate is named by DMPCertThumbPrint or its OMA-DM account"
    if facts.certificates is None:
        return None, None, ""
    found = [_looked_up(facts.certificates, thumbprint, now) for thumbprint in named]
    return min(found, key=lambda item: (item[1] is not True, item[1] is False))


def _looked_up(
    certificates: Sequence[Certificate], thumbprint: str, now: datetime
) -> tuple[Certificate | None, bool | None, str]:
    found = next((c for c in certificates if c.thumbprint.upper() == thumbprint), None)
    if found is None:
        return None, False, f"its certificate {thumbprint} is not in Cert:\\LocalMachine\\My"
    if found.has_private_key is False:
        return found, False, f"its certificate {thumbprint} has no private key"
    if found.not_after is not None and found.not_after <= now:
        return found, False, f"its certificate {thumbprint} expired {found.not_after:%Y-%m-%d}"
    if found.has_private_key is None or found.not_after is None:
        return found, None, ""
    return found, True, ""

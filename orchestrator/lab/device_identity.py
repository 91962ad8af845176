"""What a simulated PC is called and how it is joined, as its registry tells."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import NAMESPACE_DNS, uuid5

from orchestrator.lab.store_baseline import CLOUD_JOIN, GP_MACHINE
from orchestrator.lab.store_state import INTUNE_COMPLIANCE, INTUNE_TERMS, Certificate, Network

if TYPE_CHECKING:
    from orchestrator.lab.device import Device

COMPUTER_NAME = r"SYSTEM\CurrentControlSet\Control\ComputerName\ComputerName"
TCPIP = r"SYSTEM\CurrentControlSet\Services\Tcpip\Parameters"
WINHTTP = r"SOFTWARE\Microsoft\Windows\CurrentVersion\Internet Settings\Connections"


def write_name(device: Device) -> None:
    """Write what is another PC's under another name: name, AD object, Entra device."""
    registry = device.registry
    base = uuid5(NAMESPACE_DNS, device.name)
    registry.set(COMPUTER_NAME, "ComputerName", device.name)
    device.join = join = replace(
        device.join, device_id=str(base), thumbprint=(base.hex + base.hex[:8]).upper()
    )
    if join.part_of_domain:
        unit = ",".join(f"DC={part}" for part in join.domain.split("."))
        registry.set(GP_MACHINE, "Distinguished-Name", f"CN={device.name},OU=Workstations,{unit}")
    registry.delete(CLOUD_JOIN + r"\JoinInfo")
    registry.create(CLOUD_JOIN + r"\JoinInfo")
    if join.azure_ad_joined:
        values = {"TenantId": join.tenant_id, "UserEmail": ""}
        registry.put(f"{CLOUD_JOIN}\\JoinInfo\\{join.thumbprint}", values)


def write_identity(device: Device) -> None:
    """Write name, domain, Entra device and tenant into the registry."""
    registry = device.registry
    write_name(device)
    join = device.join
    if join.part_of_domain:
        registry.set(TCPIP, "Domain", join.domain)
    else:
        registry.unset(GP_MACHINE, "Distinguished-Name")
        registry.unset(TCPIP, "Domain")
    if not join.azure_ad_joined:
        return
    urls = {
        "MdmEnrollmentUrl": join.mdm_url,
        "MdmTermsOfUseUrl": INTUNE_TERMS,
        "MdmComplianceUrl": INTUNE_COMPLIANCE,
    }
    registry.put(
        f"{CLOUD_JOIN}\\TenantInfo\\{join.tenant_id}",
        {"DisplayName": join.tenant_name} | (urls if join.mdm_url else {}),
    )


def add_join_certificate(device: Device, thumbprint: str = "") -> None:
    """Put the certificate of the join into the machine store (community: its issuer)."""
    thumbprint = thumbprint or device.join.thumbprint
    start = device.now() - timedelta(days=300)
    device.certificates[thumbprint] = Certificate(
        thumbprint=thumbprint,
        subject=f"CN={device.join.device_id}",
        issuer="CN=MS-Organization-Access",
        not_before=start,
        not_after=start + timedelta(days=3650),
    )


def set_proxy(device: Device, proxy: str, *, blocked: frozenset[str] = frozenset()) -> None:
    """Give the SYSTEM account a WinHTTP proxy, with the hosts that fail behind it.

    The layout of ``WinHttpSettings`` is known from practice: flags at byte 8, the length of the
    proxy at byte 12, its text after it.
    """
    device.network = Network(blocked=blocked, proxy=proxy, error=device.network.error)
    text = proxy.encode("ascii")
    head = (0x28, 0, 3 if proxy else 1, len(text))
    data = b"".join(number.to_bytes(4, "little") for number in head) + text
    device.registry.set(WINHTTP, "WinHttpSettings", data + bytes(4))

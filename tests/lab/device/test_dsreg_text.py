from collections.abc import Callable
from dataclasses import replace

from orchestrator.lab.device import Device
from orchestrator.lab.dsreg_text import status_text

Make = Callable[..., Device]


def lines(pc: Device, identity: str = "admin") -> list[str]:
    return status_text(pc.session(identity)).splitlines()


def value(text: list[str], key: str) -> str | None:
    for line in text:
        name, _, rest = line.partition(":")
        if name.strip() == key:
            return rest.strip()
    return None


def test_keys_end_in_column_26_and_boxes_are_seventy_wide(make: Make) -> None:
    text = lines(make())
    assert "             AzureAdJoined : YES" in text
    assert text[1] == "+" + "-" * 70 + "+"
    assert text[2] == f"| {'Device State':<69}|"


def test_one_key_is_printed_without_the_blank_before_its_colon(make: Make) -> None:
    assert any(line.strip().startswith("AadRecoveryEnabled: ") for line in lines(make()))


def test_only_the_user_sees_a_token(make: Make) -> None:
    pc = make()
    user = pc.users[0].name
    assert value(lines(pc, user), "AzureAdPrt") == "YES"
    assert value(lines(pc, "system"), "AzureAdPrt") == "NO"
    assert value(lines(pc), "AzureAdPrt") == "NO"


def test_device_and_tenant_are_the_same_for_everybody(make: Make) -> None:
    pc = make()
    for key in ("AzureAdJoined", "DeviceId", "TenantId", "MdmUrl", "DeviceAuthStatus"):
        assert value(lines(pc), key) == value(lines(pc, pc.users[0].name), key) is not None


def test_an_empty_mdm_url_is_printed_empty(make: Make) -> None:
    assert value(lines(make(story="PC-NOMDMURL")), "MdmUrl") == ""


def test_a_pc_that_could_not_join_shows_why_and_no_tenant(make: Make) -> None:
    text = lines(make(story="PC-SYNCWAIT"), "system")
    assert value(text, "Client ErrorCode") == "0x801c03f2"
    assert value(text, "User Context") == "SYSTEM"
    assert value(text, "TenantId") is None


def test_a_failed_token_request_shows_its_status(make: Make) -> None:
    pc = make(story="PC-PRTFAIL")
    text = lines(pc, pc.users[0].name)
    assert value(text, "Attempt Status") == "0xc000006a"
    assert "AADSTS50126" in str(value(text, "Server Error Description"))


def test_the_old_layout_clips_a_key_and_doubles_a_colon(make: Make) -> None:
    text = lines(make(story="PC-OLDLAYOUT"))
    assert "    AzureAdJoined: YES" in text
    assert value(text, "dmComplianceUrl") is not None
    assert any(line.strip() == "KeySignTest: : MUST Run elevated to test." for line in text)
    states = [line for line in text if "DomainJoined" in line or "MdmUrl" in line]
    assert "MdmUrl" in states[0]


def test_off_the_network_the_domain_join_is_denied(make: Make) -> None:
    pc = make()
    pc.join = replace(pc.join, domain_joined=False)
    assert value(lines(pc), "DomainJoined") == "NO"

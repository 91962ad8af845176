"""Envelopes in and out, without a server."""

from __future__ import annotations

import base64
from xml.etree import ElementTree as ET

import pytest

from orchestrator.lab import soap, soap_faults

ENVELOPE = (
    '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"'
    ' xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing"'
    ' xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"'
    f' xmlns:r="{soap.SHELL}"><s:Header>{{header}}</s:Header><s:Body>{{body}}</s:Body></s:Envelope>'
)


def envelope(action: str, body: str = "", header: str = "") -> bytes:
    head = f"<a:Action>x/{action}</a:Action><a:MessageID>uuid:1</a:MessageID>{header}"
    return ENVELOPE.format(header=head, body=body).encode()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("PT20S", 20),
        ("PT7200.000S", 7200),
        ("P1DT2H3M4.5S", 93784.5),
        ("P0DT0H0M0S", 0),
        ("20", None),
        ("", None),
        (None, None),
    ],
)
def test_durations_are_seconds(text: str | None, expected: float | None) -> None:
    assert soap.seconds(text) == expected


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"<unclosed", "not XML"),
        (b"", "not XML"),
        (b"<html/>", "not a SOAP envelope but html"),
        (ENVELOPE.format(header="", body="").encode(), "no action or no message id"),
        (
            envelope("Command", "<r:CommandLine><r:Arguments>!!</r:Arguments></r:CommandLine>"),
            "not base64",
        ),
        (
            envelope("Receive", header="<w:MaxEnvelopeSize>lots</w:MaxEnvelopeSize>"),
            "MaxEnvelopeSize is not a number",
        ),
    ],
)
def test_what_is_not_wsman_is_told(body: bytes, message: str) -> None:
    with pytest.raises(soap.NotWsman, match=message):
        soap.parse(body)


def test_a_request_is_reduced_to_what_a_shell_looks_at() -> None:
    header = (
        "<w:ResourceURI>http://x/Enrollment</w:ResourceURI>"
        "<w:OperationTimeout>PT5S</w:OperationTimeout><w:MaxEnvelopeSize>1000</w:MaxEnvelopeSize>"
        '<w:SelectorSet><w:Selector Name="ShellId">abc</w:Selector></w:SelectorSet>'
        '<w:OptionSet><w:Option Name="o">1</w:Option></w:OptionSet>'
    )
    data = base64.b64encode(b"data").decode()
    body = f'<r:Send><r:Stream Name="stdin" CommandId="def">{data}</r:Stream></r:Send>'
    assert soap.parse(envelope("Send", body, header)) == soap.Request(
        action="Send",
        message_id="uuid:1",
        resource="http://x/Enrollment",
        timeout=5,
        max_envelope=1000,
        shell_id="ABC",
        command_id="DEF",
        payload=b"data",
        options={"o": "1"},
    )


def test_an_unknown_body_is_an_empty_one() -> None:
    assert soap.parse(envelope("Odd", "<other/>")).payload == b""


def test_a_fault_tells_code_machine_and_text() -> None:
    text = soap_faults.fault(soap_faults.SHELL_QUOTA, "uuid:1", "ID", "PC<1>", limit=3)
    found = next(item for item in ET.fromstring(text).iter() if item.tag.endswith("WSManFault"))  # noqa: S314 - ours
    assert found.attrib == {"Code": "2150859173", "Machine": "PC<1>"}
    assert "number of 3 concurrent shells" in (found[0].text or "")


def test_an_unknown_code_is_an_internal_error_with_the_given_text() -> None:
    kind = soap_faults.of_code(77, "odd")
    assert (kind.code, kind.subcode, kind.text) == (77, "w:InternalError", "odd")
    assert soap_faults.of_code(5, "odd") is soap_faults.ACCESS_DENIED


def test_a_long_run_time_is_days_hours_minutes_and_seconds() -> None:
    view = soap.ShellView(
        shell_id="A", resource="r", owner="o", client="c", process_id=4, idle_timeout=60,
        state="Connected", age=90061.9, inactivity=0,
    )  # fmt: skip
    assert "<rsp:ShellRunTime>P1DT1H1M1S</rsp:ShellRunTime>" in soap.shell_xml(view)

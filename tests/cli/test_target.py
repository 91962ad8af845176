"""`target`: what selectors mean, the inventory, and PCs that are left alone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from orchestrator.cli.operator import VARIABLE, operator
from orchestrator.domain.campaign import Campaign, CampaignStatus
from orchestrator.domain.run import RunState
from orchestrator.domain.target import Target
from orchestrator.errors import InvalidInput

if TYPE_CHECKING:
    from pathlib import Path

HOSTS = "name,site,tags\nPC-0001,BER,vip\nPC-0002,HAM,\npc-0001.corp.example,BER,\n"


@pytest.fixture
def hosts(tmp_path: Path) -> str:
    path = tmp_path / "hosts.csv"
    path.write_text(HOSTS)
    return f"@{path}"


def test_a_list_is_shown_before_anything_is_queued(bench: Any, hosts: str) -> None:
    ran = bench.run("target", "resolve", hosts)
    assert ran.code == 0
    assert [line.split() for line in ran.out.splitlines()[2:]] == [
        ["pc-0001.corp.example", "BER", "vip"],
        ["PC-0002", "HAM"],
    ]
    assert "pc-0001.corp.example (" in ran.err
    assert "taken once\n2 devices\n" in ran.err
    assert not bench.ledger.state.runs


def test_a_long_list_is_previewed_and_data_has_all(bench: Any, tmp_path: Path) -> None:
    path = tmp_path / "hosts.txt"
    path.write_text("\n".join(f"PC-{number:04}" for number in range(100)))
    ran = bench.run("target", "resolve", f"@{path}", "-n", "5")
    assert len(ran.out.splitlines()) == 7
    assert ran.err == "100 devices, 95 of them not shown (-n)\n"
    assert len(json.loads(bench.run("target", "resolve", f"@{path}", "-o", "json").out)) == 100


def test_the_document_of_a_target_can_be_read_again(bench: Any, hosts: str) -> None:
    text = bench.run("target", "resolve", hosts, "-o", "jsonl").out
    again = bench.run("target", "resolve", "-", "-o", "jsonl", stdin=text).out
    assert again == text
    assert json.loads(text.splitlines()[0]) == {
        "schema": "enrollmend.target/v1",
        "device": {"name": "pc-0001.corp.example", "key": "PC-0001", "site": "BER"},
        "tags": {"vip": ""},
    }


def test_csv_neutralises_what_a_spreadsheet_would_run(bench: Any) -> None:
    bench.book.keep([Target.of("PC-0001", site="=1+1", tags=(("a", "@x"),))])
    assert bench.run("target", "ls", "-o", "csv").out.splitlines()[1] == "PC-0001,'=1+1,a=@x"


def test_what_is_imported_is_found_by_its_site(bench: Any, hosts: str) -> None:
    ran = bench.run("target", "import", hosts)
    assert "2 devices imported, 2 of them new; 2 in all" in ran.err
    ran = bench.run("target", "resolve", "tag:site=ham", "-o", "csv")
    assert ran.out == "device,site,tags\nPC-0002,HAM,\n"
    assert "1 device taken out" in bench.run("target", "forget", "PC-0002").err
    assert bench.run("target", "resolve", "tag:site=ham").code == 2


def test_pcs_are_left_alone_by_name_until_they_are_taken_off(bench: Any) -> None:
    bench.environment[VARIABLE] = "Ada"
    ran = bench.run("target", "exclude", "add", "PC-0001", "--reason", "of the board")
    assert "1 device left alone, 1 newly" in ran.err
    (listed,) = json.loads(bench.run("target", "exclude", "ls", "-o", "json").out)
    assert (listed["device"], listed["reason"]) == ("PC-0001", "of the board")
    assert listed["by"].startswith("ada (account ")
    ran = bench.run("fix", "PC-0001")
    assert ran.code == 2
    assert "no device is left: the exclusion list takes 1" in ran.err
    assert not bench.ledger.state.runs
    assert (
        "left out 1 device: the exclusion list 1" in bench.run("fix", "-d", "PC-1", "PC-0001").err
    )
    assert "1 device no longer left alone" in bench.run("target", "exclude", "rm", "PC-0001").err
    assert bench.run("target", "exclude", "ls").out.splitlines()[2:] == []


@pytest.mark.parametrize("status", list(CampaignStatus))
def test_leaving_a_pc_alone_names_the_campaigns_that_still_have_it(
    bench: Any, make: Any, status: CampaignStatus
) -> None:
    now = make["run"]().created
    bench.ports().campaigns.create(
        Campaign(id="c-1", name="x", created=now, author="ada", status=status)
    )
    for name in ("PC-0001", "PC-0002"):
        bench.keep(make["run"](name, id=f"c-1.{name}", campaign="c-1"))
    bench.keep(make["run"]("PC-0003", id="c-1.PC-0003", campaign="c-1", state=RunState.CANCELLED))
    ran = bench.run("target", "exclude", "add", "PC-0001", "PC-0003", "PC-0004")
    told = "c-1 was started before and still has PC-0001:\n  enrollmend cancel c-1.PC-0001\n"
    goes_on = {"starting", "running", "paused", "stopped"}
    assert (told in ran.err) is (status.value in goes_on)
    assert ("c-1" in ran.err) is (status.value in goes_on)


def test_the_account_is_asked_of_the_system_and_not_of_the_shell(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("USER", "LOGNAME", "USERNAME", "SUDO_USER"):
        monkeypatch.setenv(name, "mallory")
    assert operator().name != "mallory"
    assert operator().told == operator().account


def test_another_name_is_told_with_the_account() -> None:
    said = operator({VARIABLE: "CORP\\Ada"})
    assert said.name == "corp\\ada"
    assert said.told == f"corp\\ada (account {said.account})"
    with pytest.raises(InvalidInput, match=f"{VARIABLE}: '=1' is not a name"):
        operator({VARIABLE: "=1"})


def test_whatever_is_wrong_with_selectors_is_told_at_once(bench: Any) -> None:
    ran = bench.run("target", "resolve", "campaign:c-9", "cause:nix", "PC 3", "@nowhere.csv")
    assert ran.code == 2
    told = [line for line in ran.err.splitlines() if line.startswith("error: ")]
    assert len(told) == 4
    for part in ("there is no campaign c-9", "'nix'", "'PC 3'", "nowhere.csv"):
        assert any(part in line for line in told), part

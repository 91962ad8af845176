from __future__ import annotations

import pytest
import tree_sitter
import tree_sitter_pwsh
from hypothesis import given
from hypothesis import strategies as st

from orchestrator import module
from orchestrator.adapters.psrp_definitions import Definitions, shipped, without_comments
from orchestrator.errors import PolicyRefused
from orchestrator.module import ModuleFunction

PARSER = tree_sitter.Parser(tree_sitter.Language(tree_sitter_pwsh.language()))


def made(**texts: str) -> Definitions:
    return Definitions(
        {
            name.replace("_", "-"): ModuleFunction(name.replace("_", "-"), text, public=True)
            for name, text in texts.items()
        }
    )


def tokens(text: str) -> list[str]:
    """Return the leaves of the syntax tree that are no comments, by tree-sitter."""
    source = text.encode()
    found: list[str] = []

    def walk(node: tree_sitter.Node) -> None:
        if node.type == "comment":
            return
        if not node.children and node.text is not None and node.text.strip():
            found.append(node.text.decode().strip())
        for child in node.children:
            walk(child)

    walk(PARSER.parse(source).root_node)
    return found


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a # b", "a\n"),
        ("# b\na", "a\n"),
        ("<# help\n# more\n#> a", "a\n"),
        ("a <# b #> c", "a   c\n"),
        ("'# no'", "'# no'\n"),
        ("'it''s # no' # yes", "'it''s # no'\n"),
        ('"# no `" # no" # yes', '"# no `" # no"\n'),
        ('"a ""# b"" c" # yes', '"a ""# b"" c"\n'),
        ('"x $(f "# no" # yes\n) y" # yes', '"x $(f "# no"\n) y"\n'),
        ('"x $(f (1) ")") y" # yes', '"x $(f (1) ")") y"\n'),
        ("@'\n# no\n'@ # yes", "@'\n# no\n'@\n"),
        ('@"\n# no "@ $(1 # yes\n)\n"@', '@"\n# no "@ $(1\n)\n"@\n'),
        ("@'\n  keep\n\n  blanks  \n'@", "@'\n  keep\n\n  blanks  \n'@\n"),
        ("f a#b", "f a#b\n"),
        ("f `# c", "f `# c\n"),
        ("@(1,# yes\n2)", "@(1,\n2)\n"),
        ("@{a='<# no #>'}", "@{a='<# no #>'}\n"),
        ("a  \r\n\r\n\r\n   b\r\n", "a\nb\n"),
        ("a `\n  b", "a `\n  b\n"),
        ("#only", ""),
    ],
)
def test_comments_go_and_strings_stay(text: str, kept: str) -> None:
    assert without_comments(text) == kept


@pytest.mark.parametrize("text", ["'open", '"open', '"$(open"', "<# open", "@'\nopen", '@"\nopen'])
def test_what_does_not_end_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match="end"):
        without_comments(text)


@given(st.lists(st.sampled_from(["a", "'b # c'", '"d # $(e)"', "# f\n", "<# g #>", "\n", " "])))
def test_stripping_twice_changes_nothing_more(pieces: list[str]) -> None:
    once = without_comments(" ".join(pieces))
    assert without_comments(once) == once
    assert "# f" not in once.replace("'b # c'", "").replace('"d # $(e)"', "")


@pytest.mark.parametrize("name", sorted(module.functions()))
def test_each_shipped_function_means_the_same_without_comments(name: str) -> None:
    text = module.functions()[name].text
    kept = without_comments(text)
    assert tokens(kept) == tokens(text)
    assert "<#" not in kept
    assert len(kept) < len(text)


def test_the_shipped_functions_need_only_what_they_mention() -> None:
    for name in module.functions():
        needed = shipped().needed(name)
        assert needed[-1] == name
        assert len(set(needed)) == len(needed)


def test_a_function_brings_what_it_needs_and_no_more() -> None:
    found = made(Get_A="Get-B; 'see get-c'", Get_B="Get-C", Get_C="1", Get_D="Get-A").needed(
        "Get-A"
    )
    assert found == ("Get-C", "Get-B", "Get-A")


def test_a_name_within_a_longer_name_is_not_a_need() -> None:
    assert made(Get_A="Get-Bee; XGet-B", Get_B="1").needed("Get-A") == ("Get-A",)


def test_a_name_in_a_comment_is_not_a_need() -> None:
    assert made(Get_A="# Get-B\n1", Get_B="1").needed("Get-A") == ("Get-A",)


def test_functions_that_need_each_other_are_both_sent() -> None:
    assert set(made(Get_A="Get-B", Get_B="Get-A").needed("Get-A")) == {"Get-A", "Get-B"}


def test_an_unknown_function_is_named() -> None:
    with pytest.raises(PolicyRefused, match="no function Get-Nothing") as caught:
        shipped().needed("Get-Nothing")
    assert "install the module of this version" in caught.value.hint

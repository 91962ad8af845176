import pytest

from orchestrator.lab.store import Registry, Shared, first_denied, registry_parts
from orchestrator.lab.store_files import Files, decode, encode
from orchestrator.lab.store_tasks import Action, Task, TaskTree, from_xml, to_xml

KEY = r"HKLM:\SOFTWARE\Contoso\App"


def test_a_copy_of_a_registry_never_sees_later_writes_of_either_side() -> None:
    first = Registry()
    first.set(KEY, "A", 1)
    second = first.copy()
    second.set(KEY, "A", 2)
    first.set(KEY, "B", 3)
    assert (first.get(KEY, "A"), second.get(KEY, "A")) == (1, 2)
    assert second.get(KEY, "B") is None


def test_deleting_in_a_copy_leaves_the_original_whole() -> None:
    first = Registry()
    first.set(KEY + r"\Deep\Deeper", "A", 1)
    second = first.copy()
    second.delete(KEY)
    assert second.find(KEY) is None
    assert first.get(KEY + r"\Deep\Deeper", "A") == 1


@pytest.mark.parametrize(
    "path",
    [
        r"HKLM:\SOFTWARE\X",
        r"HKEY_LOCAL_MACHINE\software\x",
        r"Registry::HKEY_LOCAL_MACHINE\SOFTWARE\X",
        r"Microsoft.PowerShell.Core\Registry::HKEY_LOCAL_MACHINE\SOFTWARE\X\ ".strip(" "),
        r"SOFTWARE\X",
    ],
)
def test_every_spelling_of_a_key_means_the_same_key(path: str) -> None:
    assert [part.lower() for part in registry_parts(path)] == ["hklm", "software", "x"]


def test_names_keep_their_first_spelling_and_compare_without_case() -> None:
    registry = Registry()
    registry.set(KEY, "ExternallyManaged", 1)
    registry.set(KEY.upper(), "EXTERNALLYMANAGED", 0)
    key = registry.find(KEY)
    assert key is not None
    assert list(key.values.values()) == [("ExternallyManaged", "REG_DWORD", 0)]


def test_a_denied_key_deep_below_is_found() -> None:
    registry = Registry()
    registry.deny(KEY + r"\A\B", "write")
    key = registry.find(KEY)
    assert key is not None
    assert first_denied(key, write=False) is None
    denied = first_denied(key, write=True)
    assert denied is not None
    assert denied.name == "B"


def test_a_shared_mapping_copies_at_the_first_write() -> None:
    first: Shared[int] = Shared({"a": 1})
    second = first.copy()
    second["A"] = 2
    del second["a"]
    assert dict(first) == {"a": 1}
    assert dict(second) == {}


def test_a_task_survives_export_and_registration() -> None:
    task = Task(
        path="\\Contoso\\",
        name="It's <odd> & quoted",
        actions=(Action(execute="%windir%\\x.exe", arguments='/o "a" /c'),),
        user="FABRIKAM\\jdoe",
        logon_type="Interactive",
        run_level="Highest",
        enabled=False,
        triggers=("TimeTrigger", "LogonTrigger"),
    )
    assert from_xml(to_xml(task), path=task.path, name=task.name) == task


def test_text_that_is_no_task_is_refused() -> None:
    with pytest.raises(ValueError, match="malformed"):
        from_xml("<Job/>", path="\\", name="x")


def test_a_folder_outlives_its_last_task() -> None:
    tree = TaskTree()
    task = Task(path="\\A\\B\\", name="T")
    tree.add(task)
    tree.remove(task.full)
    assert tree.subfolders("\\A\\") == ["\\A\\B\\"]


def test_text_is_read_by_its_byte_order_mark() -> None:
    for encoding in ("utf8", "unicode", "default", "oem"):
        text = "Gr\u00fc\u00dfe"
        written = encode(text, encoding)
        assert decode(written, encoding) == text


def test_removing_a_folder_removes_what_is_in_it_and_nothing_beside_it() -> None:
    files = Files()
    files.write(r"C:\A\B\c.txt", b"1")
    files.write(r"C:\A\Bee.txt", b"2")
    files.remove(r"C:\A\B")
    assert [file.name for file in files.children(r"C:\A")] == ["Bee.txt"]

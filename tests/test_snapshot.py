"""Saved scans: names that any file system takes, and what comes back."""

from __future__ import annotations

import re
from pathlib import Path, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linter.model import Gap
from linter.sources import files
from linter.sources.snapshot import Snapshot, canonical, file_name, file_names, inventories, save

SUBSCRIPTION = "22222222-2222-2222-2222-222222222222"


def identifier(group: str, kind: str, name: str) -> str:
    namespace, *types = kind.split("/")
    tail = "/".join(f"{one}/{step}" for one, step in zip(types, name.split("/"), strict=False))
    return f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{group}/providers/{namespace}/{tail}"


def raw(group: str, kind: str, name: str) -> dict[str, str]:
    return {"id": identifier(group, kind, name), "type": kind, "name": name}


@pytest.mark.parametrize(
    ("group", "kind", "name", "expected"),
    [
        ("RG", "Microsoft.X/y", "a", "rg/Microsoft.X.y/a.json"),
        ("rg", "Microsoft.X/y/z", "a/b", "rg/Microsoft.X.y.z/a~b.json"),
        ("node_modules", "Microsoft.X/y", "a", "node_modules-[0-9a-f]{8}/Microsoft.X.y/a.json"),
        ("rg", "Microsoft.X/y", "CON", "rg/Microsoft.X.y/CON-[0-9a-f]{8}.json"),
        ("rg", "Microsoft.X/y", "com1.txt", "rg/Microsoft.X.y/com1.txt-[0-9a-f]{8}.json"),
        ("rg.", "Microsoft.X/y", "a:b*c", "rg-[0-9a-f]{8}/Microsoft.X.y/a_b_c-[0-9a-f]{8}.json"),
        ("..", "Microsoft.X/y", "..", "_-[0-9a-f]{8}/Microsoft.X.y/_-[0-9a-f]{8}.json"),
        ("rg", "Microsoft.X/y", "x" * 300, "rg/Microsoft.X.y/x{86}-[0-9a-f]{8}.json"),
    ],
)
def test_names(group: str, kind: str, name: str, expected: str) -> None:
    found = file_name(identifier(group, kind, name), kind, name)
    assert re.fullmatch(f"live/{SUBSCRIPTION}/{expected}", found), found


def test_an_extension_bears_the_name_of_what_it_is_about() -> None:
    about = identifier("rg", "Microsoft.X/y", "a")
    name = file_name(
        f"{about}/providers/Microsoft.Insights/diagnosticSettings/d", "Microsoft.Insights/diagnosticSettings", "d"
    )
    assert f"live/{SUBSCRIPTION}/rg/Microsoft.Insights.diagnosticSettings/a~d.json" == name


@given(st.lists(st.tuples(st.text(max_size=30), st.text(max_size=30), st.text(max_size=150)), max_size=6))
def test_no_name_leaves_the_folder(listed: list[tuple[str, str, str]]) -> None:
    raws = [
        {"id": f"/subscriptions/{a}/resourceGroups/{b}/providers/X/y/{c}", "type": b, "name": c} for a, b, c in listed
    ]
    names = file_names(raws)
    assert len({name.lower() for name in names}) == len(names)
    for name in names:
        steps = name.split("/")
        assert (5, "live") == (len(steps), steps[0])
        for step in steps:
            assert step.strip(". ")
            assert re.fullmatch(r"[A-Za-z0-9._()@=+~-]{1,110}", step), step
            assert not step.endswith((".", " "))
            assert not PureWindowsPath(step).is_reserved()
            assert "/" not in step


def test_two_of_one_name_have_two_files() -> None:
    one, other = raw("rg", "Microsoft.X/y", "a"), raw("rg", "Microsoft.X/y", "A")
    assert 2 == len({name.lower() for name in file_names([one, other])})


def test_what_is_saved_comes_back(tmp_path: Path) -> None:
    workspace = raw("rg", "Microsoft.MachineLearningServices/workspaces", "ws")
    gap = Gap("live/x", "a list could not be read", kind="access", policies=("a/b",))
    usage = {"window": {"since": "2026-10-25T00:00:00Z", "until": "2026-11-24T00:00:00Z"}, "jobs": []}
    unread = frozenset({("microsoft.x/y", workspace["id"].lower())})
    snapshot = Snapshot([workspace], usage=usage, gaps=[gap], unread=unread, scope="subscription/x")
    save(snapshot, tmp_path)
    (inventory,) = files.read([tmp_path.as_posix()])
    assert (True, False, usage, unread) == (inventory.live, inventory.complete, inventory.usage, inventory.unread)
    assert [Gap(f"{tmp_path.as_posix()}/live/x", gap.message, kind="access", policies=("a/b",))] == inventory.gaps
    assert ["ws"] == [one.name for one in inventory.resources]
    (memory,) = inventories(snapshot, ("workload",))
    assert [one.body for one in memory.resources] == [one.body for one in inventory.resources]
    assert memory.resources[0].place().line == inventory.resources[0].place().line


def test_a_failed_list_blinds_its_own_workload_only() -> None:
    one, other = raw("a", "Microsoft.X/y", "1"), raw("b", "Microsoft.X/y", "1")
    unread = frozenset({("microsoft.insights/diagnosticsettings", one["id"].lower())})
    first, second = inventories(Snapshot([one, other], unread=unread), ("workload",))
    assert (False, True) == (first.complete, second.complete)
    assert first.may_hold("Microsoft.Insights/diagnosticSettings", of=one["id"])
    assert not first.may_hold("Microsoft.Insights/autoscaleSettings")
    assert first.may_hold()
    assert not second.may_hold()


def test_a_broken_scan_file_is_a_gap(tmp_path: Path) -> None:
    save(Snapshot([raw("rg", "Microsoft.X/y", "a")]), tmp_path)
    (tmp_path / "live" / SUBSCRIPTION / "rg" / "Microsoft.X.y" / "a.json").write_text("{", encoding="utf-8")
    found = list(files.read([tmp_path.as_posix()]))
    assert any(inventory.gaps for inventory in found)


def test_canonical_text_is_the_same_for_the_same_value() -> None:
    assert canonical({"b": 1, "a": "é\ud800"}) == canonical({"a": "é\ud800", "b": 1})
    canonical({"a": "\ud800"}).encode("utf-8")

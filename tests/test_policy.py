"""Policy files: what is accepted, what is refused with file and line, and the compiled form."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from linter import policy as policies
from linter.dev import main, scaffold, write_compiled
from linter.engine import Terms, judge
from linter.errors import UsageError
from linter.policy import load, read_policy, select
from linter.running import Order, inventories

GOOD = """\
title: Something is open
severity: high
resource: Microsoft.X/things
when: {field: kind, equals: a, absent: skip}
require:
  field: properties.open
  lessOrEquals: "[parameters('most')]"
  default: 0
parameters: {most: {default: 1, description: how much may be open}}
message: "{name} is open by {observed}, more than {most}"
why: It hurts.
fix: {text: Close it, arm: '"open": 0', set: {properties.open: 0}}
says: [S8]
pillars: [Security]
overlaps: [{id: AZR-000001, tool: PSRule, relation: same}]
sources: [{url: "https://example.com", read: 2026-11-24, settles: that absent is 0}]
"""


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIPLINT_CACHE_DIR", str(tmp_path / "cache"))


def write(folder: Path, policy_id: str, text: str) -> Path:
    path = folder / f"{policy_id}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_reads_a_policy(tmp_path: Path) -> None:
    write(tmp_path, "area/thing-open", GOOD)
    found = load([tmp_path])["area/thing-open"]
    text = found.text()
    assert "Something is open" == found.title
    assert ("default", "strict") == text.sets
    assert {"most": 1} == found.parameters
    assert "2026-11-24" == text.sources[0]["read"]
    assert text.fixable


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("severity: high", "severity: huge", 2, "'severity' is one of high"),
        ("severity: high", "sevrity: high", 2, "unknown key 'sevrity'"),
        ("title: Something is open\n", "", 1, "'title' is missing"),
        ("  default: 0\n", "", 5, "what absence means must be stated"),
        ("field: properties.open", "feld: properties.open", 5, "looks at one of"),
        ("  lessOrEquals: ", "  atMost: ", 7, "unknown word 'atMost'"),
        ("[parameters('most')]", "[parameters('least')]", 7, "no parameter 'least'"),
        ("{observed}", "{observd}", 10, "knows no {observd}"),
        ("message:", "massage:", 10, "unknown key"),
        ("{default: 1, description: how much may be open}", "1", 9, "a parameter is"),
        ("resource: Microsoft.X/things", "resource: things", 3, "`resource` is a resource type"),
        ("says: [S8]", "says: [secure]", 13, "not a guidance code"),
        ("pillars: [Security]", "pillars: [Safety]", 14, "'Safety' is not one of"),
        ("relation: same", "relation: like", 15, "'relation' is one of"),
        ("read: 2026-11-24", "read: yesterday", 16, "the day it was read"),
        ("why: It hurts.", "why: [It hurts.]", 11, "'why' takes text"),
        ("why: It hurts.", "why: &a It hurts.\nwhen_not: *a", 12, "aliases"),
        ("why: It hurts.", "why: It hurts.\nwhy: It does.", 12, "stands here twice"),
        ("why: It hurts.", "why: {", 13, "not YAML"),
        ("why: It hurts.", "why: !!python/object:os.system x", 11, "tag"),
        ("why: It hurts.", "why: It hurts.\ncheck: os:system", 12, "`check` names"),
        ("why: It hurts.", "why: It hurts.\ncheck: linter.checks.x:y", 1, "either `require`"),
        ("set: {properties.open: 0}", "set: {'properties..open': 0}", 12, "not a property path"),
    ],
)
def test_a_fault_names_file_and_line(tmp_path: Path, old: str, new: str, line: int, words: str) -> None:
    assert old in GOOD
    path = write(tmp_path, "area/thing-open", GOOD.replace(old, new))
    with pytest.raises(UsageError) as raised:
        load([tmp_path])
    assert str(raised.value).startswith(f"{path.as_posix()}:{line}: ")
    assert words in str(raised.value)


def test_a_folder_that_is_none_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such folder of policies"):
        load([tmp_path / "gone"])


def test_one_id_in_two_folders_is_told(tmp_path: Path) -> None:
    write(tmp_path / "one", "area/thing-open", GOOD)
    write(tmp_path / "two", "area/thing-open", GOOD)
    with pytest.raises(UsageError, match="has a policy of that id too"):
        load([tmp_path / "one", tmp_path / "two"])


def test_the_cache_notices_every_change(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    path = write(folder, "area/thing-open", GOOD)
    load([folder])
    path.write_text(GOOD.replace("Something", "Anything."), encoding="utf-8")
    assert "Anything. is open" == load([folder])["area/thing-open"].title
    state = path.stat()
    path.write_text(GOOD.replace("Something", "Everthing"), encoding="utf-8")
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))
    assert "Everthing is open" == load([folder])["area/thing-open"].title
    write(folder, "area/other", GOOD)
    assert "area/other" in load([folder])
    path.unlink()
    assert "area/thing-open" not in load([folder])


def test_the_cache_is_used(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    path = write(folder, "area/thing-open", GOOD)
    os.utime(path, ns=(10**18, 10**18))
    load([folder])
    cache = policies._cache_file(folder)
    kept = json.loads(cache.read_text(encoding="utf-8"))
    kept["policies"]["area/thing-open"]["title"] = "From the cache"
    cache.write_text(json.dumps(kept), encoding="utf-8")
    assert "From the cache" == load([folder])["area/thing-open"].title
    cache.write_text("broken", encoding="utf-8")
    assert "Something is open" == load([folder])["area/thing-open"].title


def test_a_cache_that_cannot_be_written_costs_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("AIPLINT_CACHE_DIR", str(tmp_path / "file" / "cache"))
    write(tmp_path / "mine", "area/thing-open", GOOD)
    assert "area/thing-open" in load([tmp_path / "mine"])


@pytest.mark.parametrize(
    ("chosen", "ignored", "expected"),
    [
        ([], [], ["a/one", "b/two"]),
        (["strict"], [], ["a/one", "b/three", "b/two"]),
        (["b/"], [], ["b/three", "b/two"]),
        (["b/three,a/one"], [], ["a/one", "b/three"]),
        ([], ["b"], ["a/one"]),
        (["strict"], ["default"], ["b/three"]),
    ],
)
def test_select(tmp_path: Path, chosen: list[str], ignored: list[str], expected: list[str]) -> None:
    for name, added in (("a/one", ""), ("b/two", ""), ("b/three", "set: strict\n")):
        write(tmp_path, name, GOOD + added)
    found = {name: one for name, one in load([tmp_path]).items() if name[:2] in ("a/", "b/")}
    assert expected == list(select(found, chosen, ignored, "default"))


def test_select_tells_what_a_word_is_nearly(tmp_path: Path) -> None:
    write(tmp_path, "area/thing-open", GOOD)
    with pytest.raises(UsageError, match="did you mean 'area/thing-open'"):
        select(load([tmp_path]), ["area/thing-opn"], [], "default")


def test_a_choice_that_leaves_nothing_is_told(tmp_path: Path) -> None:
    write(tmp_path, "area/thing-open", GOOD)
    with pytest.raises(UsageError, match="no policy is left"):
        select(load([tmp_path]), ["area/"], ["area/thing-open"], "default")


def test_scaffold_gives_a_policy_that_is_proved(tmp_path: Path) -> None:
    assert 4 == len(scaffold("serving/foo-open", tmp_path))
    assert "Foo open" == read_policy(tmp_path / "policies/serving/foo-open.yaml")["title"]
    policy = load([tmp_path / "policies"])["serving/foo-open"]
    for verdict in ("fail", "pass", "unknown"):
        path = tmp_path / "fixtures/serving/foo-open" / f"{verdict}.json"
        ledger = judge(inventories(Order(paths=(path.as_posix(),))), Terms({policy.id: policy}, evidence=True))
        assert [verdict] == [row.verdict for row in ledger.rows]
    with pytest.raises(UsageError, match="is there already"):
        scaffold("serving/foo-open", tmp_path)


@pytest.mark.parametrize("name", ["foo", "Serving/foo", "../x/y", "a/b/c", "serving/foo_open"])
def test_scaffold_refuses_what_is_no_id(tmp_path: Path, name: str) -> None:
    assert 2 == main(["new", name, "--root", str(tmp_path)])
    assert [] == list(tmp_path.iterdir())


def test_compiling_gives_equal_bytes(tmp_path: Path) -> None:
    write(tmp_path / "mine", "b/two", GOOD)
    write(tmp_path / "mine", "a/one", GOOD)
    write_compiled(tmp_path / "mine", tmp_path / "one.json")
    write_compiled(tmp_path / "mine", tmp_path / "two.json")
    assert (tmp_path / "one.json").read_bytes() == (tmp_path / "two.json").read_bytes()
    assert ["a/one", "b/two"] == list(json.loads((tmp_path / "one.json").read_text(encoding="utf-8"))["policies"])

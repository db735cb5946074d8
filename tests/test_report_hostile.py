"""Hostile names in every format: what each reader would take for markup or a command stays text, and stays small."""

from __future__ import annotations

import importlib
import json
import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from report_ledgers import EVIDENCE, HOSTILE, OPTIONS, hostile, ledger, row

from linter.model import Gap, Place
from linter.reports.plain import visible

FORMATS = (
    "text", "concise", "json", "sarif", "markdown", "html", "junit", "github", "azure_devops", "gitlab",
)  # fmt: skip


def report(name: str, evidence: bool = True) -> str:
    module = importlib.import_module(f"linter.reports.{name}")
    return "".join(module.render(hostile(), EVIDENCE if evidence else OPTIONS))


@pytest.mark.parametrize("name", FORMATS)
def test_is_utf8_and_bounded(name: str) -> None:
    assert len(report(name).encode("utf-8")) < 120_000


@pytest.mark.parametrize("name", FORMATS)
def test_holds_no_unseen_characters(name: str) -> None:
    assert [] == re.findall("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]", report(name))


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "azure_devops"])
def test_no_pipeline_takes_it_for_a_command(name: str) -> None:
    text = report(name)
    assert [] == re.findall(r"##vso\[|##\[", text, re.IGNORECASE)
    if name != "github":
        assert [] == [line for line in text.splitlines() if line.strip().startswith("::")]


@pytest.mark.parametrize("name", ["text", "concise"])
def test_lines_are_ours(name: str) -> None:
    assert [] == [line for line in report(name).splitlines() if re.match(r"\s*(::|#)", line)]


def test_text_names_all() -> None:
    text = report("text")
    assert [] == [name[:40] for name in HOSTILE if visible(name, 100).rstrip("…") not in text]


def test_github_commands() -> None:
    lines = report("github").splitlines()
    commands = [line for line in lines if line.startswith("::")]
    kinds = [line[2:].split(" ")[0] for line in commands]
    assert {"error", "warning", "notice"} == set(kinds)
    assert max(kinds.count(kind) for kind in kinds) <= 10
    for line in commands:
        head, _, message = line[2:].partition("::")
        assert re.fullmatch(r"\w+( \w+=[^:,]*(,\w+=[^:,]*)*)?", head)
        assert message
        assert not re.search(r"%(?!25|0A|0D)", message)
    assert [] == [line for line in lines if not line.startswith(("::", "aiplint: "))]


def test_azure_devops_commands() -> None:
    lines = report("azure_devops").splitlines()
    pattern = re.compile(r"##vso\[task\.logissue (?:[a-z]+=[^;\]]*;){5}\](.*)")
    for line in lines:
        found = pattern.fullmatch(line)
        assert found
        assert "##vso[" not in found[1]
        assert not re.search(r"%(?!AZP25)", found[1])


def test_junit_is_xml() -> None:
    root = ET.fromstring(report("junit"))
    messages = [node.get("message") or "" for node in root.iter() if node.get("message")]
    assert len(HOSTILE) * 2 == len(messages)
    assert [] == [name[:40] for name in HOSTILE if not any(visible(name, 100).rstrip("…") in text for text in messages)]


def test_json_keeps_names() -> None:
    rows = json.loads(report("json"))["rows"]
    names = [name.encode("utf-8", "replace").decode() if name.isprintable() is False else name for name in HOSTILE]
    assert [name[:4000] for name in names] == [row["resource"]["name"][:4000] for row in rows]


def test_gitlab_is_json() -> None:
    entries = json.loads(report("gitlab"))
    prints = [entry["fingerprint"] for entry in entries]
    assert len(prints) == len(set(prints))


class Tags(HTMLParser):
    """The tags and attributes that a reader of HTML sees."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}


def test_markdown_is_inert() -> None:
    text = report("markdown")
    tags = Tags()
    tags.feed(text)
    assert {"details", "summary", "code", "pre", "b", "br"} == tags.tags
    assert set() == tags.attributes
    outside = re.sub(r"<pre>.*?</pre>", "", text, flags=re.DOTALL)
    for name in ("`", "**bold**", "[link]", "](http", "@someone", "| cell", "\n::", "://evil"):
        assert name not in outside


TEXT = st.text(st.characters(codec=None), max_size=40)  # lone surrogates too


@settings(max_examples=60, deadline=None)
@given(name=TEXT, message=TEXT, path=TEXT, snippet=TEXT, column=st.integers(1, 60), length=st.integers(0, 30))
def test_any_text_in_any_format(name: str, message: str, path: str, snippet: str, column: int, length: int) -> None:
    at = Place(path, 1, column, 1, column + length)
    one = row(1, resource_name=name, message=message, location=at, snippet=snippet, property=name, region=name)
    made = ledger([one], [Gap(path, message)])
    for report_name in FORMATS:
        module = importlib.import_module(f"linter.reports.{report_name}")
        text = "".join(module.render(made, EVIDENCE))
        assert text.encode("utf-8")
        if report_name in ("json", "sarif", "gitlab"):
            json.loads(text)
        elif report_name == "junit":
            ET.fromstring(text)
        elif report_name in ("github", "azure_devops"):
            assert 2 == text.count("\n")

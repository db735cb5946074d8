"""The page in headless Chromium, driven over playwright-core: filters, keys, themes, hostile names, no request."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from node_tools import browser, run_node
from report_ledgers import EVIDENCE, HOSTILE, OPTIONS, hostile, large, ledger, mixed

from linter.reports.html import render
from linter.reports.plain import visible


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What the browser saw; one start of the browser for all tests here."""
    folder = tmp_path_factory.mktemp("page")
    pages = []
    for name, made, options in (
        ("mixed", mixed(), EVIDENCE),
        ("hostile", hostile(), EVIDENCE),
        ("large", large(), OPTIONS),
    ):
        page = folder / f"{name}.html"
        page.write_text("".join(render(made, options)), encoding="utf-8")
        pages.append(str(page))
    done = run_node("browse.mjs", browser(), *pages, str(folder))
    assert 0 == done.returncode, done.stderr[-2000:]
    return json.loads(done.stdout)


def test_quiet(seen: Any) -> None:
    assert [] == seen["console"]
    assert [] == seen["dialogs"]
    assert [] == seen["requests"]


def test_lists_all_worst_first(seen: Any) -> None:
    names = [re.findall(r"c/gpu\d+", text)[0] for text in seen["all"]]
    numbers = [11, 1, 12, 2, 13, 14, 15, 17, 16, 18]
    assert [f"c/gpu{number}" for number in numbers] == names
    assert "10 shown" == seen["status"]


@pytest.mark.parametrize(
    ("filtered", "expected"),
    [
        ("searched", [11]),
        ("policy", [13]),
        ("region", [11]),
        ("type", [12]),
        ("severity", [2]),
        ("twoSeverities", [2, 13]),
        ("waived", [16]),
        ("cell", [12]),
        ("area", [13, 14]),
    ],
)
def test_filters(seen: Any, filtered: str, expected: list[int]) -> None:
    assert expected == [int(re.findall(r"c/gpu(\d+)", text)[0]) for text in seen[filtered]]


def test_keyboard(seen: Any) -> None:
    assert "search" == seen["searchFocused"]
    assert 10 == seen["cleared"]
    assert seen["focused"].startswith("c/gpu11:")
    assert 1 == seen["opened"]


def test_excerpt_and_gap(seen: Any) -> None:
    assert ["[]"] == seen["marked"]
    assert ['"nodeTaints": [],'] == seen["line"]
    assert ["infra/broken.json:3:7 line 3: expected a comma"] == seen["gap"]


def test_themes(seen: Any) -> None:
    assert seen["light"] != seen["dark"]
    assert seen["dark"] == seen["switched"]
    assert [] == seen["contrast"]


def test_hostile_names_stay_text(seen: Any) -> None:
    shown = "\n".join(seen["hostile"])
    missing = [text[:40] for text in HOSTILE if visible(text, 100).rstrip("…").strip() not in shown]
    assert [] == missing
    assert 0 == seen["injected"]


def test_fits_the_window(seen: Any) -> None:
    assert True is seen["wide"]
    assert True is seen["narrow"]


def test_25_000_findings(seen: Any) -> None:
    assert 100 == seen["large"]
    assert "25,000 shown" == seen["largeStatus"]
    assert 200 == seen["more"]
    assert 1 == len(seen["largeSearched"])


def test_page_is_self_contained() -> None:
    text = "".join(render(hostile(), EVIDENCE))
    assert "default-src 'none'" in text
    assert 1 == len(re.findall(r"<script>", text))
    assert 2 == len(re.findall(r"</script", text))
    assert [] == re.findall(r"""(?:src|href)\s*=\s*["']?(?:https?:)?//""", text)
    assert [] == re.findall(r"<(?:img|iframe|object|embed|form\s+action)", text)


def test_same_bytes() -> None:
    assert "".join(render(mixed(), OPTIONS)) == "".join(render(mixed(), OPTIONS))


def test_empty_ledger() -> None:
    assert '"findings":[]' in "".join(render(ledger([]), OPTIONS))

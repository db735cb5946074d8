"""The report for a terminal: excerpt and mark, notes, groups, colours; and the concise lines."""

from __future__ import annotations

from dataclasses import replace

import pytest
from report_ledgers import BASE, EVIDENCE, OPTIONS, POLICIES, ledger, mixed, row

from linter.model import Gap, Place
from linter.reports.concise import render as render_concise
from linter.reports.excerpt import columns, excerpt
from linter.reports.fold import in_short
from linter.reports.options import Options
from linter.reports.text import render

FINDING = """\
high serving/gpu-pool-shared: c/gpu1: keeps no other work away: nodeTaints is '[]'
  --> infra/main.json:11:21
   |
11 | "nodeTaints": [],
   |               ^^
   = why: Other pods land on the pool and keep it awake. A GPU node costs by the hour.
   = see: the cluster of the pool infra/cluster.json:3:5
   = help: aiplint explain serving/gpu-pool-shared

"""


def text_of(made: object, options: Options = OPTIONS) -> str:
    return "".join(render(made, options))  # type: ignore[arg-type]  # a ledger in every call


def test_finding() -> None:
    related = (("the cluster of the pool", Place("infra/cluster.json", 3, 5, 3, 11)),)
    assert FINDING + "1 finding (1 high)\n" == text_of(ledger([row(1, related=related)]))


def test_worst_first_then_unknown_then_gaps() -> None:
    text = text_of(mixed())
    order = [
        "high security/local", "high serving/", "high security/public", "medium serving/", "low estate/",
        "note estate/", "unknown serving/", "gap: line 3",
    ]  # fmt: skip
    places = [text.index(words) for words in order]
    assert sorted(places) == places
    assert text.endswith(
        "6 findings (3 high, 1 medium, 1 low, 1 note), 1 undecided, 1 in the baseline, 1 waived, "
        "1 gap: not all could be seen\n"
    )


def test_fold_names_instances() -> None:
    assert "   = note: 8 instances: c/gpu2, c/gpu3, c/gpu4, c/gpu5, c/gpu6 and 3 more\n" in text_of(mixed())


def test_rows_of_one_cause_are_one_finding_with_the_worst_severity() -> None:
    rows = [replace(BASE, severity="low", resource_name="a"), replace(BASE, resource_name="b")]
    text = text_of(ledger(rows))
    assert text.startswith("high serving/gpu-pool-shared:")
    assert text.endswith("1 finding (1 high)\n")


def test_waived_and_known_rows_only_with_evidence() -> None:
    plain, evidence = text_of(mixed()), text_of(mixed(), EVIDENCE)
    assert "c/gpu16" not in plain
    assert "c/gpu17" not in plain
    assert "infra/main.json:26:21 serving/gpu-pool-shared c/gpu16 [demo, until 2026-12-31]\n" in evidence
    assert "in the baseline: 1 row\n" in evidence
    assert "passed: 1 row\n" in evidence
    assert "4 pairs of policy and resource not applicable\n" in evidence


def test_undecided_rows_of_the_baseline_are_known() -> None:
    assert "0 findings, 1 in the baseline\n" == text_of(ledger([row(1, verdict="unknown", baseline="unchanged")]))


def test_unknown_modes() -> None:
    assert "c/gpu15" not in text_of(mixed(), replace(OPTIONS, unknown="ignore"))
    assert "nodeTaints is known only at deployment: [reference('x').y] (undecided)\n" in text_of(
        mixed(), replace(OPTIONS, unknown="fail")
    )


def test_module_calls() -> None:
    call = Place("main.bicep", 7, 1, 7, 7)
    text = text_of(ledger([row(1, location=replace(BASE.location, chain=(call,)))]))
    assert "   = from: the module call main.bicep:7:1\n" in text


def test_colours_only_when_asked() -> None:
    assert "\x1b" not in text_of(mixed())
    assert "\x1b[1;31mhigh\x1b[0m" in text_of(mixed(), replace(OPTIONS, color=True))


def test_nothing_found() -> None:
    assert "0 findings\n" == text_of(ledger([]))


def test_policy_without_words() -> None:
    made = ledger([row(1, policy="own/rule")])
    assert "high own/rule: " in text_of(made)
    assert "own/rule" not in POLICIES


@pytest.mark.parametrize(
    ("line", "column", "end", "expected"),
    [
        ('  "a": 1', 8, 9, ('"a": 1', 5, 1)),
        ('\t"a": 1', 7, 8, ('"a": 1', 5, 1)),
        ('a\t"b"', 3, 6, ('a    "b"', 5, 3)),
        ("名前: x", 5, 6, ("名前: x", 6, 1)),
        ("😀 x", 4, 5, ("😀 x", 3, 1)),
        ("e\u0301 x", 4, 5, ("e\u0301 x", 2, 1)),
        ("a\u202eb", 3, 4, ("a\\u202eb", 7, 1)),
        ("a\x1b[31m", 2, 3, ("a\\x1b[31m", 1, 4)),
        ("abc", 50, 51, ("abc", 3, 0)),
        ("abc", 2, 2, ("abc", 1, 1)),
    ],
)
def test_excerpt(line: str, column: int, end: int, expected: tuple[str, int, int]) -> None:
    assert expected == excerpt(replace(BASE, snippet=line, location=Place("a", 1, column, 1, end)))


def test_long_line_is_cut_around_the_mark() -> None:
    line = "x" * 200 + '"fault"' + "y" * 190
    found = excerpt(replace(BASE, snippet=line, location=Place("a", 1, 201, 1, 208)), 80)
    assert found is not None
    text, start, length = found
    assert '"fault"' == text[start : start + length]
    assert columns(text) <= 82
    assert text.startswith("…")
    assert text.endswith("…")


def test_no_excerpt_without_the_line() -> None:
    assert None is excerpt(replace(BASE, snippet=""))


def test_hidden_value_stays_hidden() -> None:
    one = replace(BASE, snippet='"key": "secret", "b": 1', observed="(hidden)", location=Place("a", 1, 8, 1, 16))
    assert ('"key": (hidden), "b": 1', 7, 8) == excerpt(one)


def test_concise() -> None:
    lines = "".join(render_concise(mixed(), OPTIONS)).splitlines()
    assert [
        "a b/c:d.json:21:21: high security/local-auth-open: c/gpu11: keeps no other work away: nodeTaints is '[]'",
        "infra/main.json:11:21: high serving/gpu-pool-shared: c/gpu1: keeps no other work away: nodeTaints is '[]'",
    ] == lines[:2]
    assert "infra/broken.json:3:7: gap: line 3: expected a comma" == lines[-1]
    assert 8 == len(lines)


def test_concise_gap_only() -> None:
    assert "a.json:1:1: gap: gone\n" == "".join(render_concise(ledger([], [Gap("a.json", "gone")]), OPTIONS))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("One", "One"),
        ("One. Two.", "One. Two."),
        ("One. " + "x" * 200 + ".", "One."),
        ("x" * 200 + ". Two.", "x" * 200 + "."),
        ("One.\n  Two. " + "x" * 170 + ". Four.", "One. Two."),
    ],
)
def test_in_short(text: str, expected: str) -> None:
    assert expected == in_short(text)


def test_long_mark_is_cut_once() -> None:
    found = excerpt(replace(BASE, snippet="ab" * 100 + " c", location=Place("a", 1, 1, 1, 201)), 80)
    assert ("ab" * 39 + "a…", 0, 80) == found

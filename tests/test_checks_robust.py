"""Whatever stands where a check looks, it answers: every fixture of these areas with odd values in place of its own."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from test_policies import POLICIES, config_of, fixtures_of

from linter.engine import Terms, judge
from linter.model import ABSENT, Inventory, Unresolved
from linter.running import Order, inventories

AREAS = ("training/", "eda/", "estate/")
PLAIN: tuple[Any, ...] = (
    None, True, 0, -1, 1.5, "", "x", "/", "[", "PT1H", "/subscriptions/a/b", [], [None], ["x"], {}, {"name": "x"},
    {"x": {"y": [1]}}, [{"name": None}], 10**30, "9" * 50,
)  # fmt: skip
OPEN = (Unresolved("parameters('x')", "parameter"), [Unresolved("x")], {"x": Unresolved("y")})
"""What a template may leave open; what is read back never is."""


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every (container, key) below a value."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in list(pairs):
        yield value, key
        yield from places(item)


def spoiled(fixture: Path, seed: int) -> Inventory:
    """The fixture with some of its values replaced."""
    chance = random.Random(seed)
    inventory = next(iter(inventories(Order(paths=(fixture.as_posix(),), settings=config_of(fixture).settings))))
    spots = [spot for resource in inventory.resources for spot in places(resource.body)]
    for container, key in chance.sample(spots, min(len(spots), chance.choice((1, 1, 2, 5)))):
        container[key] = chance.choice(PLAIN if inventory.live else PLAIN + OPEN * 3)
    for resource in inventory.resources:
        if not inventory.live and chance.random() < 0.05:
            resource.id = resource.name = Unresolved("parameters('n')", "parameter")
    return inventory


@pytest.mark.parametrize("policy_id", [name for name in POLICIES if name.startswith(AREAS)])
def test_no_check_raises(policy_id: str) -> None:
    for fixture in fixtures_of(policy_id):
        terms = Terms(
            {policy_id: POLICIES[policy_id]}, config_of(fixture).parameters, evidence=True, known=(policy_id,)
        )
        for seed in range(25):
            ledger = judge([spoiled(fixture, seed)], terms)
            raised = [gap.message for gap in ledger.gaps if gap.kind == "check"]
            assert raised == [], (fixture.name, seed)
            assert ledger.pairs == sum(ledger.counts.values())
            assert all(row.message and row.observed is not None for row in ledger.rows if row.verdict != "pass")
            assert all(row.observed is ABSENT or row.property for row in ledger.rows if row.verdict == "fail")

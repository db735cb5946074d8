"""Processes: one that dies costs the file that killed it a gap, and nothing else."""

from __future__ import annotations

import multiprocessing
import os
import sys
import types
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from test_check_command import CLUSTER, cluster, write
from test_engine import a_policy

from linter.engine import Terms
from linter.model import Inventory, Outcome, Resource
from linter.running import CHUNK, Order, run_all


def dying(resource: Resource, _inventory: Inventory, _parameters: Mapping[str, Any]) -> Outcome:
    if resource.name == "ws/deadly":
        os._exit(9)
    return Outcome("pass")


@pytest.mark.skipif(
    multiprocessing.get_start_method() != "fork", reason="the check is made here, a new process would not have it"
)
def test_a_process_that_dies_is_a_gap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = types.ModuleType("linter.checks.for_test")
    module.dying = dying  # type: ignore[attr-defined]  # a module made here
    monkeypatch.setitem(sys.modules, "linter.checks.for_test", module)
    count = 7 * CHUNK
    for index in range(count):
        write(tmp_path / f"{index:02}/main.json", cluster("deadly" if index in (9, 10, 20) else f"c{index}", 0))
    policy = a_policy(resource=CLUSTER, check="linter.checks.for_test:dying")
    ledger, _ = run_all(Order(paths=(tmp_path.as_posix(),), jobs=2), Terms({policy.id: policy}))
    assert count == ledger.files
    assert [f"{tmp_path.as_posix()}/{index:02}/main.json" for index in (9, 10, 20)] == [gap.path for gap in ledger.gaps]
    assert {"limit"} == {gap.kind for gap in ledger.gaps}
    assert ledger.pairs == ledger.counts["pass"] == count - 3

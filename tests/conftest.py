"""Fixtures of several test files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from azure_server.bench import Bench

# No test is timed. The rest is as hypothesis has it: under CI the same examples at every run.
settings.register_profile("aiplint", settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("aiplint")


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """A loopback Azure that runs, with the small estate."""
    from azure_server.bench import Bench

    made = Bench(tmp_path)
    with made.running:
        yield made

"""Fixtures of several test files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from azure_server.bench import Bench


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    """A loopback Azure that runs, with the small estate."""
    from azure_server.bench import Bench

    made = Bench(tmp_path)
    with made.running:
        yield made

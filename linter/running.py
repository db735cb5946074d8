"""The run itself: what the sources read, judged in one process or several, in one ledger."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from linter.config import Config
from linter.engine import Bench, Terms, empty_ledger, sort_rows
from linter.model import Inventory, Ledger, Settings
from linter.waivers import Used


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be read, as the options and the configuration say. `scope`: the options of `cli.scope_options` by
    name."""

    paths: tuple[str, ...]
    settings: Settings = field(default_factory=Settings)
    parameters: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    scope: dict[str, Any] = field(default_factory=dict)
    jobs: int = 0
    progress: bool = False
    verbose: bool = False

    @staticmethod
    def of(options: argparse.Namespace, config: Config) -> Order:
        """The order that a command line gives."""
        names = (
            "subscription_id",
            "resource_group",
            "location",
            "tenant_id",
            "management_group_id",
            "deployment_name",
            "cloud",
            "modules",
        )
        return Order(
            paths=tuple(options.paths),
            settings=config.settings,
            parameters=tuple(options.parameters),
            exclude=config.exclude,
            scope={name: getattr(options, name) for name in names},
            jobs=options.jobs,
            progress=not options.quiet and sys.stderr.isatty(),
            verbose=options.verbose,
        )


def inventories(order: Order) -> Iterator[Inventory]:
    """The workloads in the order of their files, with the settings of the configuration."""
    from linter.sources.files import read

    for inventory in read(order.paths, parameters=order.parameters, exclude=order.exclude, scope=order.scope):
        inventory.settings = order.settings
        yield inventory


def run_all(order: Order, terms: Terms) -> tuple[Ledger, Used]:
    """Judge all; rows in the order of places whatever the number of processes."""
    ledger = empty_ledger(terms)
    bench = Bench(terms)
    for inventory in inventories(order):
        bench.judge(inventory, ledger)
        ledger.files += 1
    sort_rows(ledger)
    return ledger, bench.waivers.used

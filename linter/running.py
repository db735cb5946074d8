"""The run itself: what the sources read, judged in one process or several, in one ledger."""

from __future__ import annotations

import argparse
import gc
import os
import sys
import time
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from linter.config import Config
from linter.engine import Bench, Terms, absorb, empty_ledger, sort_rows
from linter.errors import UsageError
from linter.inventory import tag_names
from linter.model import Gap, Inventory, Ledger, Settings
from linter.waivers import Used

if TYPE_CHECKING:
    from linter.sources.discovery import Unit

Part: TypeAlias = tuple[Ledger, Used, int]
"""What was judged, the waivers met in it, and of how many units."""
WEIGHT_PER_PROCESS = 100
"""Below that a second process costs more than it brings (about a quarter of a second)."""
BICEP_WEIGHT = 15
"""A Bicep file takes so many times what a template in JSON takes."""
MOST_PROCESSES = 8
CHUNK = 4
COLLECT_AFTER = (200_000, 10, 10)
"""For `gc.set_threshold`. What a unit leaves behind is in cycles; Python itself looks for them so often, and while so
much is in use, that it takes a fifth of the time. They are freed between units instead, when hardly anything is."""
COLLECT_BETWEEN = 3_000


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be read, as the options and the configuration say. `scope`: the options of `cli.scope_options` by
    name."""

    paths: tuple[str, ...]
    settings: Settings = field(default_factory=Settings)
    parameters: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    scope: dict[str, Any] = field(default_factory=dict)
    base: Path | None = None
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
            base=Path(config.path).absolute().parent if config.path else None,
            scope={name: getattr(options, name) for name in names},
            jobs=options.jobs,
            progress=not options.quiet and sys.stderr.isatty(),
            verbose=options.verbose,
        )


def _reading(order: Order) -> Any:
    from linter.sources.files import read

    tags = tag_names("workload", Inventory(settings=order.settings))
    return read(
        order.paths, parameters=order.parameters, exclude=order.exclude, base=order.base, scope=order.scope, tags=tags
    )


def inventories(order: Order) -> Iterator[Inventory]:
    """The workloads in the order of their files, with the settings of the configuration."""
    for inventory in _reading(order):
        inventory.settings = order.settings
        yield inventory


@contextmanager
def rarely_collected() -> Iterator[None]:
    """Python looks for cycles less often inside; see `COLLECT_AFTER`."""
    before = gc.get_threshold()
    gc.set_threshold(*COLLECT_AFTER)
    try:
        yield
    finally:
        gc.set_threshold(*before)


@rarely_collected()
def run_all(order: Order, terms: Terms) -> tuple[Ledger, Used]:
    """Judge all; rows in the order of places whatever the number of processes."""
    reading = _reading(order)
    units: Sequence[Unit] = reading.plan.units
    ledger, used = empty_ledger(terms), Used()
    ledger.files = reading.plan.files
    progress = Progress(len(units), order.progress)
    jobs = order.jobs or min(MOST_PROCESSES, os.cpu_count() or 1, sum(map(weight, units)) // WEIGHT_PER_PROCESS)
    worker = Worker(order, terms)
    parts = worker.here(units) if jobs <= 1 else in_processes(units, worker, jobs)
    if order.verbose:
        kinds = f"{len(units)} units of {ledger.files} files, {len(terms.policies)} policies, {max(jobs, 1)} processes"
        sys.stderr.write(f"aiplint: {kinds}\n")
    absorb(ledger, _blind(reading.plan.gaps, terms))
    for part, waivers, done in parts:
        absorb(ledger, part)
        used.absorb(waivers)
        progress.step(done)
    progress.end()
    sort_rows(ledger)
    return ledger, used


def _blind(gaps: list[Gap], terms: Terms) -> Ledger:
    """What discovery could not read blinds all policies."""
    ledger = empty_ledger(terms)
    Bench(terms).judge(Inventory(gaps=gaps, complete=not gaps), ledger)
    return ledger


def free_cycles() -> None:
    """Free what the units since the last time left behind."""
    if gc.get_count()[0] > COLLECT_BETWEEN:
        gc.collect(0)


class Worker:
    """Reads and judges units; one in each process."""

    def __init__(self, order: Order, terms: Terms) -> None:
        self.order = order
        self.terms = terms
        self.tags = tag_names("workload", Inventory(settings=order.settings))

    def here(self, units: Iterable[Unit]) -> Iterator[Part]:
        """One unit after the other, in this process."""
        bench = Bench(self.terms)
        for unit in units:
            yield self.one(unit, bench)
            free_cycles()

    def one(self, unit: Unit, bench: Bench) -> Part:
        """The ledger of one unit, the waivers met in it, and 1."""
        from linter.sources.files import load

        began = time.monotonic()
        ledger = Ledger(evidence=self.terms.evidence)
        try:
            for inventory in load(unit, self.order.scope, self.tags):
                inventory.settings = self.order.settings
                bench.judge(inventory, ledger)
        except UsageError:
            raise
        except Exception as error:  # a fault of ours in one unit must not keep the others from being judged
            message = f"could not be judged: {type(error).__name__} in aiplint itself; please report it"
            absorb(ledger, _blind([Gap(shown(unit)[0], message, kind="check")], self.terms))
        if self.order.verbose:
            sys.stderr.write(
                f"aiplint: {' '.join(shown(unit))}: {time.monotonic() - began:.2f} s, {ledger.pairs} rows\n"
            )
        used, bench.waivers.used = bench.waivers.used, Used()
        bench.waivers.by_text.clear()
        return ledger, used, 1


_worker: Worker | None = None
_bench: Bench | None = None


def _begin(worker: Worker) -> None:
    global _worker, _bench
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends the run
    gc.set_threshold(*COLLECT_AFTER)
    _worker, _bench = worker, Bench(worker.terms)


def _chunk(units: Sequence[Unit]) -> Part:
    assert _worker is not None
    assert _bench is not None
    whole, used = Ledger(), Used()
    for unit in units:
        part, waivers, _ = _worker.one(unit, _bench)
        absorb(whole, part)
        used.absorb(waivers)
        free_cycles()
    return whole, used, len(units)


def in_processes(units: Sequence[Unit], worker: Worker, jobs: int) -> Iterator[Part]:
    """Chunks of units in `jobs` processes, given back in order.

    When a process dies, the chunks that may have killed it are judged again, a unit at a time in a process of its own:
    the one that kills that too is a gap.
    """
    pending = [units[at : at + CHUNK] for at in range(0, len(units), CHUNK)]
    while pending:
        done = yield from _until_one_dies(pending, worker, jobs)
        suspects, pending = pending[done : done + jobs], pending[done + jobs :]
        for unit in (one for chunk in suspects for one in chunk):
            if not (yield from _until_one_dies([[unit]], worker, 1)):
                yield _blind([_lost(unit)], worker.terms), Used(), 1


def _until_one_dies(chunks: Sequence[Sequence[Unit]], worker: Worker, jobs: int) -> Generator[Part, None, int]:
    """Gives the parts in order; returns how many chunks are done."""
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    pool = ProcessPoolExecutor(jobs, initializer=_begin, initargs=(worker,))
    try:
        futures = [pool.submit(_chunk, chunk) for chunk in chunks]
        for number, future in enumerate(futures):
            try:
                part = future.result()
            except BrokenProcessPool:
                return number
            yield part
        return len(chunks)
    except BrokenProcessPool:  # already while it was handed work
        return 0
    except KeyboardInterrupt:
        for process in pool._processes.values():  # the executor has no public way to end what runs
            process.terminate()
        raise
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def weight(unit: Unit) -> int:
    """How long a unit takes, in templates."""
    return 1 + sum(BICEP_WEIGHT for job in unit.jobs if job.is_bicep)


def shown(unit: Unit) -> list[str]:
    """The files of a unit as reports name them."""
    return [job.shown for job in unit.jobs] + [name for _, name in (*unit.exports, *unit.manifests, *unit.bundles)]


def _lost(unit: Unit) -> Gap:
    return Gap(
        shown(unit)[0],
        "the process that judged it ended (out of memory?); scan it alone, or with --jobs 1",
        kind="limit",
    )


class Progress:
    """A counter on the terminal's standard error, rewritten in place at most ten times a second."""

    def __init__(self, total: int, wanted: bool) -> None:
        self.total = total
        self.wanted = wanted and total > 1
        self.done = 0
        self.began = self.shown = time.monotonic()

    def step(self, number: int) -> None:
        """So many more are done. Nothing shows in the first half second."""
        self.done += number
        now = time.monotonic()
        if self.wanted and now - self.began > 0.5 and now - self.shown > 0.1:
            self.shown = now
            sys.stderr.write(f"\r{self.done}/{self.total}")
            sys.stderr.flush()

    def end(self) -> None:
        """Take the counter off the screen."""
        if self.shown > self.began:
            sys.stderr.write("\r\033[K")
            sys.stderr.flush()

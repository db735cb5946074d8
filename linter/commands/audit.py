"""`aiplint audit`: the policies over what is really deployed, read-only; the exit code says how it ended."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from linter.baseline import apply_baseline, read_baseline
from linter.blinding import blinded_by
from linter.commands.check import finish
from linter.config import Config, check_against, load_config
from linter.drift import Declared, declared_in, relate
from linter.engine import Bench, Terms, empty_ledger, sort_rows
from linter.errors import UsageError
from linter.inventory import tag_names
from linter.model import Gap, Inventory, Ledger
from linter.policy import Policy, load, select
from linter.reporting import parse_outputs
from linter.waivers import Used, today, waive_by_config

if TYPE_CHECKING:
    from linter.sources.azure.live import Reading
    from linter.sources.snapshot import Snapshot

_REGISTRY = "microsoft.containerregistry/registries"
_MOST_TOLD = 20
"""Lines of one kind on standard error."""


def run(options: argparse.Namespace) -> int:
    """Exit code 0, 1, 2, 3 or 130 of the contract; raises `UsageError` for wrong usage."""
    started = time.monotonic()
    outputs = parse_outputs(options.output)
    config = load_config(options.config, ".")
    policies = load(options.policies)
    check_against(config, policies)
    known = read_baseline(options.baseline) if options.baseline else None
    terms = _terms(options, config, policies)
    declared = _declared(options, config)
    if options.save:
        _prepare(options.save)
    progress = Progress(not options.quiet and sys.stderr.isatty())
    reading = _read(options, config, policies, progress)
    progress.end()
    snapshot = reading.snapshot
    snapshot.scope = scope_name(options)
    ledger, used = _judged(snapshot, options, config, terms, declared)
    waive_by_config(ledger, config.waivers, terms.today, used)
    if known is not None:
        apply_baseline(ledger, known, terms.policies)
    ledger.seconds = round(time.monotonic() - started, 3)
    _tell(reading, options)
    code = finish(ledger, options, outputs, used, terms.policies)
    return 130 if reading.interrupted else code


def _terms(options: argparse.Namespace, config: Config, policies: Mapping[str, Policy]) -> Terms:
    chosen = select(policies, options.select, options.ignore, config.set)
    evidence = options.evidence or bool(options.against)  # drift is told of what passes, too
    return Terms(
        policies=chosen,
        parameters=config.parameters,
        severity=config.severity,
        evidence=evidence,
        known=tuple(policies),
        today=today(),
    )


def _declared(options: argparse.Namespace, config: Config) -> Declared | None:
    if not options.against:
        return None
    if not Path(options.against).exists():
        raise UsageError(f"--against {options.against}: no such file or folder")
    return declared_in(options.against, config)


def _read(options: argparse.Namespace, config: Config, policies: Mapping[str, Policy], progress: Progress) -> Reading:
    from linter.sources.azure.limits import Limits
    from linter.sources.azure.live import read
    from linter.sources.azure.login import Account
    from linter.sources.azure.scan import Scope

    if options.jobs_since < 0:
        raise UsageError(f"--jobs-since {options.jobs_since}: takes a number of days")
    account = Account(
        auth=options.auth,
        cloud=options.cloud,
        arm_endpoint=options.arm_endpoint,
        arm_scope=options.arm_scope,
        authority_host=options.authority_host,
        no_instance_discovery=options.no_instance_discovery,
    )
    _ = account.endpoint  # wrong usage is told before anything is read
    scope = Scope(
        subscriptions=tuple(options.subscription),
        management_group=options.management_group or "",
        groups=tuple(options.groups),
        tags=tag_names("workload", Inventory(settings=config.settings)),
        days=options.jobs_since,
    )
    return read(account, scope, Limits.of_environment(), options.timeout, blinded_by(policies), progress.show)


def _judged(
    snapshot: Snapshot, options: argparse.Namespace, config: Config, terms: Terms, declared: Declared | None
) -> tuple[Ledger, Used]:
    from linter.sources.snapshot import based, inventories, save

    ledger = empty_ledger(terms)
    if options.save:
        snapshot.base = "" if Path(options.save) == Path() else Path(options.save).as_posix()
        try:
            ledger.files = save(snapshot, Path(options.save))
        except OSError as error:  # a long scan is told nevertheless
            ledger.gaps.append(_unsaved(options.save, error, terms))
    snapshot.gaps = [based(gap, snapshot.base) for gap in snapshot.gaps]
    bench = Bench(terms)
    found = inventories(snapshot, tag_names("workload", Inventory(settings=config.settings)))
    for inventory in found:
        inventory.settings = config.settings
        bench.judge(inventory, ledger)
    if not snapshot.resources and not ledger.gaps:
        gap = Gap(snapshot.base or "live", "nothing to scan here: no resource that a policy looks at", kind="empty")
        ledger.gaps.append(gap)
    sort_rows(ledger)
    ledger.scope = snapshot.scope
    if declared is not None:
        for line in relate(ledger, found, declared)[: _MOST_TOLD * 3]:
            sys.stderr.write(f"aiplint: {line}\n")
        if not options.evidence:
            ledger.rows = [row for row in ledger.rows if row.verdict != "pass"]
            ledger.evidence = False
    return ledger, bench.waivers.used


def _unsaved(folder: str, error: OSError, terms: Terms) -> Gap:
    message = f"--save: cannot be written: {error.strerror or error}"
    return Gap(folder, message, kind="unreadable", policies=tuple(terms.policies))


def _prepare(folder: str) -> None:
    """What cannot be written to is told before the scan."""
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"--save {folder}: cannot be made: {error.strerror or error}") from None
    if not os.access(folder, os.W_OK):
        raise UsageError(f"--save {folder}: cannot be written to")


def scope_name(options: argparse.Namespace) -> str:
    """What was covered, as reports name it; equal for the same options."""
    listed = sorted({one.lower() for one in options.subscription})
    if options.tenant:
        name = "tenant"
    elif options.management_group:
        name = f"management-group/{options.management_group}"
    else:
        name = f"subscription/{listed[0]}" if len(listed) == 1 else f"subscriptions/{'+'.join(listed)}"
    return name + (f"/{'+'.join(sorted(name.lower() for name in options.groups))}" if options.groups else "")


def _tell(reading: Reading, options: argparse.Namespace) -> None:
    """What was covered, and what a reader of the report should know of how it came about."""
    if reading.login:
        sys.stderr.write(f"aiplint: cannot log in: {reading.login}\n")
        return
    if options.quiet:
        return
    covered = reading.snapshot.covered
    names = [
        f"{name} ({identifier})" if name else identifier for identifier, name in list(covered.items())[:_MOST_TOLD]
    ]
    more = f" and {len(covered) - _MOST_TOLD} more" if len(covered) > _MOST_TOLD else ""
    groups = f", resource groups {', '.join(options.groups)}" if options.groups else ""
    count = "1 subscription" if len(covered) == 1 else f"{len(covered)} subscriptions"
    sys.stderr.write(f"aiplint: covered {count}: {', '.join(names) or 'none'}{more}{groups}\n")
    if any(str(raw["type"]).lower() == _REGISTRY for raw in reading.snapshot.resources):
        told = (
            "what stands inside container registries (untagged manifests, ages of images) is out of reach: data plane"
        )
        sys.stderr.write(f"aiplint: {told}\n")
    if options.verbose:
        sys.stderr.write(f"aiplint: {reading.requests} requests\n")
        for note in reading.notes[:_MOST_TOLD]:
            sys.stderr.write(f"aiplint: {note}\n")


class Progress:
    """One line on the terminal's standard error: how far the scan is, and what it waits for."""

    def __init__(self, wanted: bool) -> None:
        self.wanted = wanted
        self.shown = False
        self.at = 0.0

    def show(self, requests: int, done: int, total: int, resources: int, waiting: str) -> None:
        now = time.monotonic()
        if not self.wanted or now - self.at < 0.2:
            return
        self.at, self.shown = now, True
        text = f"{resources} resources, {done}/{total} lists, {requests} requests"
        text += f"; waiting for {waiting}" if waiting else ""
        sys.stderr.write(f"\r{text[:110]}\033[K")
        sys.stderr.flush()

    def end(self) -> None:
        """Take the line off the screen."""
        if self.shown:
            sys.stderr.write("\r\033[K")
            sys.stderr.flush()

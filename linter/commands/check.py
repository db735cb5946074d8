"""`aiplint check`: read, judge, waive, compare, report; the exit code says how it ended."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from linter.baseline import Known, apply_baseline, baseline_text, read_baseline
from linter.changes import changes_since
from linter.config import Config, check_against, load_config
from linter.engine import Terms
from linter.errors import UsageError
from linter.fixes import keep_certain
from linter.model import Gap, Ledger
from linter.policy import Policy, load, select
from linter.reporting import gate, parse_outputs, summary, write_atomically, write_reports
from linter.reports.plain import visible
from linter.running import Order, run_all
from linter.waivers import Used, today, waive_by_config

MOST_ROUNDS = 10
"""How often `--fix` looks again for what its changes uncovered."""


def run(options: argparse.Namespace) -> int:
    """Exit code 0, 1, 2 or 3 of the contract; raises `UsageError` for wrong usage."""
    started = time.monotonic()
    outputs = parse_outputs(options.output)
    config = load_config(options.config, options.paths[0])
    policies = load(options.policies)
    check_against(config, policies)
    _existing(options.paths)
    _existing(options.parameters)
    known = read_baseline(options.baseline) if options.baseline else None
    terms = _terms(options, config, policies)
    order = Order.of(options, config)
    ledger, used = _judged(order, terms, config, known)
    if options.diff:
        return _shown(ledger, options)
    if options.fix:
        ledger, used = _mended(ledger, used, lambda: _judged(order, terms, config, known))
    _nothing_found(ledger, options.paths)
    ledger.seconds = round(time.monotonic() - started, 3)
    if options.write_baseline:
        write_atomically(options.write_baseline, baseline_text(ledger))
        for row in ledger.rows:
            row.baseline = "unchanged"  # what is in the baseline never counts, from now on
    return finish(ledger, options, outputs, used, terms.policies)


def _shown(ledger: Ledger, options: argparse.Namespace) -> int:
    """The fixes as a diff, and on standard error what could not be read; writes no file."""
    from linter.fixing import diff

    _nothing_found(ledger, options.paths)
    sys.stdout.writelines(diff(ledger))
    for gap in ledger.gaps:
        sys.stderr.write(f"aiplint: {visible(f'{gap.path}:{gap.line}:{gap.column}: gap: {gap.message}')}\n")
    return gate(ledger, options.fail_on, options.unknown)


def _mended(ledger: Ledger, used: Used, again: Callable[[], tuple[Ledger, Used]]) -> tuple[Ledger, Used]:
    """Write the fixes and judge again, until no more is offered: one change may uncover the next."""
    from linter.fixing import apply_fixes

    total = 0
    for _ in range(MOST_ROUNDS):
        count = apply_fixes(ledger)
        total += count
        if not count:
            break
        ledger, used = again()
    sys.stderr.write(f"aiplint: {total} change{'' if total == 1 else 's'} made\n" if total else "")
    return ledger, used


def _judged(order: Order, terms: Terms, config: Config, known: list[Known] | None) -> tuple[Ledger, Used]:
    ledger, used = run_all(order, terms)
    waive_by_config(ledger, config.waivers, terms.today, used)
    keep_certain(ledger.rows)
    if known is not None:
        apply_baseline(ledger, known, terms.policies)
    return ledger, used


def _terms(options: argparse.Namespace, config: Config, policies: Mapping[str, Policy]) -> Terms:
    chosen = select(policies, options.select, options.ignore, config.set)
    changes = changes_since(options.changed_since, Path(options.paths[0])) if options.changed_since else None
    return Terms(
        policies=chosen,
        parameters=config.parameters,
        severity=config.severity,
        evidence=options.evidence,
        known=tuple(policies),
        today=today(),
        changes=changes,
    )


def _existing(paths: list[str]) -> None:
    for path in paths:
        if not Path(path).exists():
            raise UsageError(f"{path}: no such file or folder")


def _nothing_found(ledger: Ledger, paths: list[str]) -> None:
    if ledger.files == 0 and not ledger.gaps:
        ledger.gaps.append(
            Gap(
                Path(paths[0]).as_posix(),
                "nothing to scan here: no template, Bicep file, export or manifest",
                kind="empty",
            )
        )


def finish(
    ledger: Ledger, options: argparse.Namespace, outputs: list[tuple[str, str]], used: Used, ran: Mapping[str, Policy]
) -> int:
    """Reports, what is to be told of waivers, the summary line, the exit code."""
    code = gate(ledger, options.fail_on, options.unknown)
    write_reports(ledger, options, outputs)
    if os.environ.get("AIPLINT_TODAY"):
        sys.stderr.write(f"aiplint: waivers are judged as of {today()} (AIPLINT_TODAY)\n")
    for told in used.told(ran):
        sys.stderr.write(f"aiplint: {visible(told)}\n")
    if ledger.gone and not options.quiet:
        listed = (
            "".join(f"\n  {visible(gone)}" for gone in ledger.gone) if options.verbose else " (--verbose lists them)"
        )
        sys.stderr.write(f"aiplint: {len(ledger.gone)} of the baseline are gone; --write-baseline drops them{listed}\n")
    if not options.quiet:
        sys.stderr.write(summary(ledger) + "\n")
    return 2 if used.wrong and code != 3 else code

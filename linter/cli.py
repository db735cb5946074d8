"""The command line: words in, exit code out. Each command lives in `linter/commands/` and is imported only when asked
for."""

from __future__ import annotations

import argparse
import atexit
import gc
import importlib
import os
import sys
from collections.abc import Sequence

from linter import __version__
from linter.errors import UsageError

FORMATS = ("text", "concise", "sarif", "json", "markdown", "html", "junit", "github", "azure-devops", "gitlab")
ZERO = "00000000-0000-0000-0000-000000000000"


def report_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("reports")
    group.add_argument(
        "-f", "--format", choices=FORMATS, default="text", help="what goes to standard output (default: text)"
    )
    group.add_argument(
        "-o", "--output", action="append", default=[], metavar="FORMAT=FILE", help="one more report; repeatable"
    )
    group.add_argument("--evidence", action="store_true", help="reports carry pass, unknown and waived rows too")
    group.add_argument("--category", metavar="NAME", help="SARIF automationDetails.id, for several runs on one commit")
    group = parser.add_argument_group("policies")
    group.add_argument(
        "--select",
        action="append",
        default=[],
        metavar="ID,…",
        help="policies, areas (serving/) or sets (default, strict)",
    )
    group.add_argument(
        "--ignore", action="append", default=[], metavar="ID,…", help="policies, areas or sets to leave out"
    )
    group.add_argument(
        "--policies", action="append", default=[], metavar="DIR", help="more policies (YAML); repeatable"
    )
    group.add_argument("--config", metavar="FILE", help="else the nearest .aiplint.yaml upward from the first path")
    group = parser.add_argument_group("gating")
    group.add_argument(
        "--fail-on",
        choices=("high", "medium", "low", "note", "never"),
        default="medium",
        metavar="SEVERITY",
        help="high | medium (default) | low | note | never",
    )
    group.add_argument(
        "--unknown",
        choices=("fail", "report", "ignore"),
        default="report",
        help="what an undecided row does (default: report)",
    )
    group.add_argument("--baseline", metavar="FILE", help="only findings that are not in it count")
    group = parser.add_argument_group("output")
    group.add_argument("--jobs", type=int, default=0, metavar="N", help="processes (default: by the number of files)")
    group.add_argument("--quiet", action="store_true", help="no progress and no summary")
    group.add_argument("--verbose", action="store_true", help="more on standard error: times, files, what was skipped")
    group.add_argument("--no-color", action="store_true", help="no colour (also by NO_COLOR)")


def scope_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("deployment")
    group.add_argument(
        "-p",
        "--parameters",
        action="append",
        default=[],
        metavar="FILE",
        help="parameter file (ARM JSON or .bicepparam); found by naming when left out",
    )
    group.add_argument("--subscription-id", default=ZERO, metavar="ID")
    group.add_argument("--resource-group", default="rg", metavar="NAME")
    group.add_argument(
        "--location", default="westeurope", metavar="REGION", help="location of the resource group or deployment"
    )
    group.add_argument("--tenant-id", default=ZERO, metavar="ID")
    group.add_argument("--management-group-id", default="", metavar="ID")
    group.add_argument("--deployment-name", default="", metavar="NAME", help="default: the file's stem")
    group.add_argument(
        "--cloud",
        choices=("public", "usgov", "china", "any"),
        default="public",
        help="what environment() is (default: public)",
    )
    group.add_argument(
        "--modules", metavar="DIR", help="folder of restored registry modules, laid out as the Bicep cache"
    )


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="aiplint", description="Finds what breaks Microsoft's Well-Architected guidance for AI platforms on Azure."
    )
    parser.add_argument("--version", action="version", version=f"aiplint {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)

    check = commands.add_parser("check", help="judge files and folders")
    check.add_argument(
        "paths",
        nargs="+",
        metavar="PATH",
        help="files and folders: ARM templates, parameter files, Bicep, exports, manifests",
    )
    report_options(check)
    scope_options(check)
    check.add_argument("--write-baseline", metavar="FILE", help="write today's findings as the baseline")
    check.add_argument("--changed-since", metavar="REV", help="judge all, gate on what the git diff since REV touches")
    check.add_argument("--fix", action="store_true", help="mend what has one certain remedy")
    check.add_argument("--diff", action="store_true", help="with --fix: show the change, write nothing")

    audit = commands.add_parser("audit", help="judge a live estate, read-only")
    covered = audit.add_argument_group("scope").add_mutually_exclusive_group(required=True)
    covered.add_argument("--subscription", action="append", default=[], metavar="ID", help="repeatable")
    covered.add_argument("--management-group", metavar="ID")
    covered.add_argument("--tenant", action="store_true", help="every subscription that the credential can read")
    audit.add_argument(
        "--resource-group",
        dest="groups",
        action="append",
        default=[],
        metavar="NAME",
        help="only these groups; repeatable",
    )
    report_options(audit)
    audit.add_argument(
        "--jobs-since", type=int, default=30, metavar="DAYS", help="how far back jobs are read (default: 30)"
    )
    audit.add_argument("--save", metavar="DIR", help="write the redacted inventory, one JSON file a resource")
    audit.add_argument("--against", metavar="PATH", help="relate live resources to the template that declares them")
    audit.add_argument("--timeout", type=float, metavar="SECONDS", help="a partial report after this time")
    login = audit.add_argument_group("login")
    login.add_argument(
        "--auth", choices=("auto", "cli", "env", "workload-identity", "managed-identity"), default="auto"
    )
    login.add_argument("--cloud", choices=("public", "usgov", "china"), default="public")
    login.add_argument("--arm-endpoint", metavar="URL")
    login.add_argument("--arm-scope", metavar="SCOPE")
    login.add_argument("--authority-host", metavar="URL")
    login.add_argument("--no-instance-discovery", action="store_true")

    expand = commands.add_parser("expand", help="the resources that a template or a Bicep file would deploy, as JSON")
    expand.add_argument("path", metavar="PATH")
    expand.add_argument("--places", action="store_true", help="for every leaf, where its value was written")
    scope_options(expand)

    policies = commands.add_parser("policies", help="the catalogue, or one policy in full")
    policies.add_argument("id", nargs="?", metavar="ID")
    policies.add_argument("--format", choices=("text", "json", "markdown", "azure-policy"), default="text")
    policies.add_argument("--policies", action="append", default=[], metavar="DIR")

    explain = commands.add_parser("explain", help="why a policy asks what it asks, how to mend it, its sources")
    explain.add_argument("id", metavar="ID")
    explain.add_argument("--policies", action="append", default=[], metavar="DIR")
    explain.add_argument("--no-color", action="store_true")

    init = commands.add_parser("init", help="a commented config file, and the CI workflow asked for")
    init.add_argument("--ci", choices=("github", "azure-devops", "gitlab", "pre-commit", "none"))
    init.add_argument("--force", action="store_true", help="overwrite what is there")
    init.add_argument("folder", nargs="?", default=".", metavar="FOLDER")

    completion = commands.add_parser("completion", help="a completion script for the shell")
    completion.add_argument("shell", choices=("bash", "zsh", "fish", "powershell"))
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code is that of the contract (0, 1, 2, 3, 130)."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a stream that a caller replaced may be none of ours
            stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")
    atexit.unregister(gc.freeze)
    atexit.register(gc.freeze)  # what is in use at the end need not be searched for cycles: a third of a run's time
    options = build_parser().parse_args(arguments)
    try:
        command = importlib.import_module(f"linter.commands.{options.command}")
        return int(command.run(options))
    except UsageError as error:
        from linter.reports.plain import visible  # only an error needs it: it may name what strangers wrote

        sys.stderr.write(f"aiplint: {visible(str(error))}\n")
        return 2
    except KeyboardInterrupt:
        sys.stderr.write("aiplint: interrupted\n")
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0

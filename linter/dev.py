"""For those who write policies: `python -m linter.dev new serving/foo` lays a policy and its fixtures, edits nothing.

`python -m linter.dev compile FILE` writes the compiled policies (what the wheel holds).
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from linter.errors import UsageError
from linter.policy import compile_folder, shipped_folder

POLICY = """\
# yaml-language-server: $schema={schema}
title: {title}
severity: medium
resource: Microsoft.CognitiveServices/accounts
require:
  field: properties.publicNetworkAccess
  notEquals: Enabled
  default: Enabled
message: "{{name}} …, its {{property}} is {{observed}}"
why: >-
  What goes wrong, for whom, and what it costs.
fix:
  text: The change that mends it.
  arm: |
    "publicNetworkAccess": "Disabled"
  bicep: |
    publicNetworkAccess: 'Disabled'
says: [S8]
pillars: [Security]
overlaps: []
sources:
  - url: https://learn.microsoft.com/azure/…
    read: 2026-01-01
    settles: what an absent property means
"""
FIXTURE = """\
{{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "contentVersion": "1.0.0.0",{parameters}
  "resources": [
    {{
      "type": "Microsoft.CognitiveServices/accounts",
      "apiVersion": "2025-06-01",
      "name": "account",
      "location": "westeurope",
      "kind": "AIServices",
      "sku": {{ "name": "S0" }},
      "properties": {{
        "publicNetworkAccess": {value}
      }}
    }}
  ]
}}
"""
_ID = re.compile(r"[a-z]+/[a-z0-9]+(?:-[a-z0-9]+)*\Z")


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code 0, or 2 for wrong usage."""
    parser = argparse.ArgumentParser(prog="python -m linter.dev", description="Tools for writing policies.")
    commands = parser.add_subparsers(dest="command", required=True)
    new = commands.add_parser("new", help="a new policy with a failing, a passing and an undecided fixture")
    new.add_argument("id", metavar="AREA/FAULT")
    new.add_argument(
        "--root", default=".", metavar="DIR", help="the folder that has policies/ and fixtures/ (default: .)"
    )
    build = commands.add_parser("compile", help="the compiled policies, as the wheel holds them")
    build.add_argument("file", metavar="FILE")
    options = parser.parse_args(arguments)
    try:
        if options.command == "new":
            sys.stdout.writelines(f"{path.as_posix()}\n" for path in scaffold(options.id, Path(options.root)))
        else:
            write_compiled(shipped_folder(), Path(options.file))
    except UsageError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


def scaffold(policy_id: str, root: Path) -> list[Path]:
    """Write the files of a new policy; raises `UsageError` for an id of another form or one that is there."""
    if not _ID.match(policy_id):
        raise UsageError(f"{policy_id!r} is no policy id; it is area/fault, such as serving/image-untagged")
    fault = policy_id.rpartition("/")[2].replace("-", " ")
    schema = "../../linter/schemas/policy.schema.json"
    open_parameter = '\n  "parameters": { "access": { "type": "string" } },'
    files = {
        root / "policies" / f"{policy_id}.yaml": POLICY.format(title=fault[0].upper() + fault[1:], schema=schema),
        root / "fixtures" / policy_id / "fail.json": FIXTURE.format(parameters="", value='"Enabled" // expect: fail'),
        root / "fixtures" / policy_id / "pass.json": FIXTURE.format(parameters="", value='"Disabled"'),
        root / "fixtures" / policy_id / "unknown.json": FIXTURE.format(
            parameters=open_parameter, value="\"[parameters('access')]\" // expect: unknown"
        ),
    }
    for path in files:
        if path.exists():
            raise UsageError(f"{path.as_posix()} is there already")
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    return list(files)


def write_compiled(folder: Path, file: Path) -> None:
    """The compiled form of a folder of policies: the same bytes for the same files."""
    content = {"policies": compile_folder(folder)}
    file.write_text(json.dumps(content, ensure_ascii=False, separators=(",", ":")), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    sys.exit(main())

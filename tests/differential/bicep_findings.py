"""Compare what is found in Bicep files with what is found in the ARM templates that the compiler made of them.

    HOME=FOLDER python tests/differential/bicep_findings.py CHECKOUT [--sets none,least,most,1] [--list] [--only WORD]

CHECKOUT is fetched by whoever runs this:
    git clone --depth 1 https://github.com/Azure/bicep-registry-modules     (its folder `avm`)
Two kinds of pairs: each `main.bicep` and the `main.json` beside it, without parameters and with generated ones; each
`main.test.bicep` as it is, and with `main.json` for every `main.bicep` that it calls as a module. All policies judge
both sides; their rows must be equal in policy, resource, verdict, severity, property and message. Left out: the place,
and what stands in brackets (an open expression has its own words on each side). Modules of a registry are seen where
the module cache below $HOME holds them; a pair with a module that is not seen is passed over, and counted. Exit 1 for
any difference.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from bicep_pairs import Generator

from linter.engine import Terms, judge
from linter.errors import InputError
from linter.model import Inventory, Row
from linter.policy import load, select
from linter.sources.arm.deployment import expand as expand_template
from linter.sources.arm.deployment import is_template
from linter.sources.arm.reader import parse, read
from linter.sources.bicep.expand import expand_file
from linter.sources.bicep.library import Library
from linter.sources.template.scope import Context, Scope

_MODULE = re.compile(rb"(module\s+\w+\s+'[^'\n]*/main)\.bicep'")
_SEEN = " registry modules are seen"
_terms: list[Terms] = []


def terms() -> Terms:
    """All policies of both sets; read once a process."""
    if not _terms:
        policies = load()
        _terms.append(Terms(select(policies, ["default,strict"], [], "default"), known=tuple(policies)))
    return _terms[0]


def context(root: Path) -> Context:
    """Where both sides are deployed."""
    return Context(scope=Scope(management_group_id="mg"), deployment_name="main", root=root)


def told(row: Row) -> str:
    """All of a row but its place; ids without case, what is open without its words."""
    parts = (row.policy, row.resource_type, row.resource_name, row.verdict, row.severity, row.property, row.message)
    return closed(" | ".join((parts[0], parts[1].lower(), *parts[2:])))


def closed(text: str) -> str:
    """A text with `[]` for what stands in outer brackets that are no index."""
    found, depth = "", 0
    for at, letter in enumerate(text):
        if letter == "[" and (depth or not text[at + 1 : at + 3].rstrip("]").isdigit()):
            depth += 1
            found += "[" if depth == 1 else ""
        elif letter == "]" and depth:
            depth -= 1
            found += "]" if depth == 0 else ""
        elif not depth:
            found += letter
    return found


def compare(bicep: Inventory, template: Inventory) -> list[str]:
    """The rows that only one side has."""
    unseen = [gap.message for side in (bicep, template) for gap in side.gaps if _SEEN in gap.message]
    if unseen:
        return [f"passed over: {unseen[0]}"]
    left, right = (Counter(told(row) for row in judge([side], terms()).rows) for side in (bicep, template))
    lines = [f"bicep only: {line}" for line in (left - right).elements()]
    lines += [f"json only: {line}" for line in (right - left).elements()]
    return lines + ([f"{sum(left.values())} rows"] if left and not lines else [])


def of_pair(path: Path, kind: str) -> list[str]:
    """The differences of a `main.bicep` and its `main.json` with one set of parameters."""
    document = read(path.with_suffix(".json"), "main.json")
    if kind == "none":
        return compare(
            expand_file(path, [], context(path.parent)), expand_template(document, None, context(path.parent))
        )
    given = {name: {"value": value} for name, value in Generator(document.value, kind).all().items()}
    text = json.dumps({"$schema": "deploymentParameters.json#", "parameters": given})
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "run.parameters.json"
        file.write_text(text, encoding="utf-8")
        left = expand_file(path, [file], context(path.parent))
        right = expand_template(document, parse(text, file.as_posix()), context(path.parent))
    return compare(left, right)


def of_test(path: Path, root: Path) -> list[str]:
    """The differences of a file that calls a `main.bicep`, and of one that calls the `main.json` beside it."""
    other = Library(root)
    other._texts[path] = _MODULE.sub(rb"\1.json'", path.read_bytes())
    return compare(expand_file(path, [], context(root)), expand_file(path, [], context(root), other))


def run(job: tuple[str, str, str]) -> tuple[str, str, list[str]]:
    """One pair: (path, kind, differences)."""
    path, kind, root = job
    if kind == "test":
        return path, kind, of_test(Path(path), Path(root))
    return path, kind, of_pair(Path(path), kind)


def jobs(folder: Path, sets: list[str]) -> list[tuple[str, str, str]]:
    """What to run."""
    found = []
    for path in sorted(folder.resolve().rglob("main*.bicep")):
        if path.name == "main.test.bicep":
            found.append((str(path), "test", str(folder.resolve())))
        elif path.name == "main.bicep" and path.with_suffix(".json").is_file():
            try:
                if is_template(read(path.with_suffix(".json"), "").value):
                    found += [(str(path), kind, str(folder.resolve())) for kind in sets]
            except InputError:
                continue  # what is no JSON is no pair
    return found


def main(arguments: list[str] | None = None) -> int:
    """Exit code 0 or 1."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sets", default="none,least,most,1")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--only", default="", help="paths that hold this")
    options = parser.parse_args(arguments)
    todo = [job for job in jobs(options.folder, options.sets.split(",")) if options.only in f"{job[0]} {job[1]}"]
    with ProcessPoolExecutor(2) as pool:
        results = list(pool.map(run, todo, chunksize=8))
    bad = passed = rows = found = 0
    for path, kind, lines in results:
        passed += lines[:1] != [] and lines[0].startswith("passed over")
        equal = sum(int(line.split()[0]) for line in lines if line.endswith(" rows"))
        rows += equal
        found += equal > 0
        wrong = [line for line in lines if " only: " in line]
        bad += bool(wrong)
        for line in wrong if options.list else []:
            sys.stdout.write(f"{path} ({kind}): {line}\n")
    told = f"{len(results)} runs, {passed} passed over, {rows} rows equal in {found} runs; {bad} runs differ"
    sys.stdout.write(told + "\n")
    return 1 if bad or not results else 0


if __name__ == "__main__":
    sys.exit(main())

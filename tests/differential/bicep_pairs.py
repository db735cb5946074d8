"""Compare Bicep files with the ARM templates that the compiler made of them, resource by resource.

    python tests/differential/bicep_pairs.py FOLDER [--sets least,most,1,2,3] [--list] [--samples]

FOLDER is a checkout, fetched by whoever runs this:
    git clone --depth 1 https://github.com/Azure/bicep-registry-modules     (main.bicep beside main.json)
    git clone --depth 1 https://github.com/Azure/bicep                      (--samples src/Bicep.Core.Samples/Files)
Every pair is evaluated with parameters generated from the JSON's own schema: only what is required (`least`),
everything (`most`), and random choices by a seed. Files that use modules of a registry are left out. Compared as a
multiset by deployment, type and id, then whole bodies; ids and types without case, what is open on both sides as equal.
Exit 1 under 98.9 % of the runs (94 % with --samples).
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from linter.errors import InputError
from linter.model import Inventory, OpenKey, Resource, Unresolved
from linter.sources.arm.deployment import expand as expand_template
from linter.sources.arm.deployment import is_template
from linter.sources.arm.reader import parse, read
from linter.sources.arm.types import Types
from linter.sources.bicep.expand import expand_file
from linter.sources.template.scope import Context, Scope

REGISTRY = re.compile(r"^\s*module\s+\w+\s+'(?:br|ts)[:/]", re.MULTILINE)
LOCAL = re.compile(r"^\s*module\s+\w+\s+'([^']+)'", re.MULTILINE)
_DEEPEST = 6
_SUBSCRIPTION = "11111111-1111-1111-1111-111111111111"


class Generator:
    """Values for the parameters of a template, by its own schema."""

    def __init__(self, template: dict[str, Any], kind: str) -> None:
        self.types = Types(template.get("definitions"))
        self.parameters = template.get("parameters") or {}
        self.kind = kind
        self.random = random.Random(f"{kind}:{sorted(self.parameters)}")
        self.count = 0

    def all(self) -> dict[str, Any]:
        """A value for each parameter that this set gives."""
        given = {}
        for name, node in self.parameters.items():
            rules = self.types.resolve(node)
            optional = "defaultValue" in node or rules.get("nullable") is True
            if optional and (self.kind == "least" or (self.kind != "most" and self.random.random() < 0.5)):
                continue
            given[name] = self.value(node, name, 0)
        return given

    def value(self, node: Any, name: str, depth: int) -> Any:
        rules = self.types.resolve(node)
        allowed = rules.get("allowedValues")
        kind = str(rules.get("type", "")).lower()
        if isinstance(allowed, list) and allowed and kind != "array":
            return allowed[0] if self.kind == "least" else self.random.choice(allowed)
        if kind == "int":
            least = rules.get("minValue", 1)
            return (
                least if self.kind == "least" else min(least + self.random.randrange(3), rules.get("maxValue", 10**6))
            )
        if kind == "bool":
            return self.kind == "most" or (self.kind != "least" and self.random.random() < 0.5)
        if kind in ("object", "secureobject"):
            return self._object(rules, depth)
        if kind == "array":
            return self._array(rules, name, depth)
        if kind in ("string", "securestring"):
            return self._text(rules, name)
        return {}

    def _text(self, rules: dict[str, Any], name: str) -> str:
        self.count += 1
        low = name.lower()
        if low.endswith("location"):
            return "westeurope"
        if low.endswith("id") and not low.endswith("resourceid"):
            return _SUBSCRIPTION[: rules.get("maxLength", 36)]
        if low.endswith(("resourceid", "resourceids")) and rules.get("maxLength", 400) > 200:
            start = f"/subscriptions/{_SUBSCRIPTION}/resourceGroups/g/providers"
            return f"{start}/Contoso.Lab/things/t{self.count}/parts/p/bits/b"
        text = f"{low[:8]}{self.count:03d}"
        text = text.ljust(rules.get("minLength", 0), "x")
        return text[: rules.get("maxLength", len(text))]

    def _object(self, rules: dict[str, Any], depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        discriminator = rules.get("discriminator")
        if isinstance(discriminator, dict) and isinstance(discriminator.get("mapping"), dict):
            kind = self.random.choice(sorted(discriminator["mapping"]))
            found = self._object(self.types.resolve(discriminator["mapping"][kind]), depth)
            found[discriminator["propertyName"]] = kind
        for name, node in (rules.get("properties") or {}).items():
            inner = self.types.resolve(node)
            if inner.get("nullable") is True and (
                depth > _DEEPEST or self.kind == "least" or self.random.random() < 0.4
            ):
                continue
            if depth <= _DEEPEST + 4:
                found.setdefault(name, self.value(node, name, depth + 1))
        rest = rules.get("additionalProperties")
        if isinstance(rest, dict) and self.kind != "least" and depth <= _DEEPEST:
            self.count += 1
            found[f"key{self.count}"] = self.value(rest, "value", depth + 1)
        return found

    def _array(self, rules: dict[str, Any], name: str, depth: int) -> list[Any]:
        if isinstance(rules.get("prefixItems"), list):
            return [self.value(one, name, depth + 1) for one in rules["prefixItems"]]
        least = int(rules.get("minLength", 0))
        most = int(rules.get("maxLength", 3))
        if isinstance(rules.get("allowedValues"), list) and rules["allowedValues"]:
            allowed: list[Any] = rules["allowedValues"]
            return allowed[: max(least, 1)]
        if depth > _DEEPEST or not isinstance(rules.get("items"), dict):
            return []
        count = least if self.kind == "least" else min(most, max(least, self.random.randrange(1, 3)))
        return [self.value(rules["items"], name, depth + 1) for _ in range(count)]


def plain(value: Any) -> Any:
    """A value to compare: what is open is a mark, ids have no case."""
    if isinstance(value, Unresolved):
        return "\0open"
    if isinstance(value, str) and value[:1] == "[" and value[-1:] == "]":
        return "\0open"  # a text that Azure Policy or a later deployment evaluates
    if isinstance(value, str):
        return value.lower() if value.startswith("/") and "/providers/" in value.lower() else value
    if isinstance(value, dict):
        return {
            ("\0open" if isinstance(key, OpenKey) else key): plain(item)
            for key, item in value.items()
            if item is not None
        }
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value


def bare(resource: Resource) -> tuple[str, str]:
    """What a resource is and holds, as texts."""
    own_id = resource.id.lower() if isinstance(resource.id, str) else "\0open"
    deployment = "\0open" if resource.deployment[:1] == "[" else resource.deployment.lower()
    head = f"{deployment} {resource.type.lower()} {own_id}"
    body = {
        key: plain(item) for key, item in resource.body.items() if key not in ("dependsOn", "metadata", "scope", "copy")
    }
    return head, json.dumps({"version": resource.api_version, **body}, sort_keys=True, default=str)


def differences(left: Inventory, right: Inventory) -> list[str]:
    """What only one of two inventories holds; of a resource that both hold, the first place where they differ."""
    one, other = (Counter(bare(one) for one in side.resources if one.id != "") for side in (left, right))
    lost, extra = list((other - one).elements()), list((one - other).elements())
    found = []
    for head, body in extra:
        mate = next((item for item in lost if item[0] == head), None)
        if mate is None:
            found.append(f"bicep only: {head}")
            continue
        lost.remove(mate)
        found.append(f"{head}{first_difference(json.loads(body), json.loads(mate[1]))}")
    return found + [f"json only: {head}" for head, _ in lost]


def first_difference(left: Any, right: Any, at: str = "") -> str:
    """The pointer of the first difference of two values, and both sides."""
    if isinstance(left, dict) and isinstance(right, dict):
        for key in sorted(left.keys() | right.keys()):
            if left.get(key) != right.get(key):
                return first_difference(left.get(key), right.get(key), f"{at}/{key}")
    if isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        for index, (one, other) in enumerate(zip(left, right, strict=True)):
            if one != other:
                return first_difference(one, other, f"{at}/{index}")
    return f" {at}: bicep {json.dumps(left)[:120]} json {json.dumps(right)[:120]}"


def run(job: tuple[str, str, str]) -> tuple[str, str, list[str], int, str]:
    """One pair with one set of parameters: (path, set, differences, gaps of evaluation, what broke)."""
    bicep, template, kind = job
    document = read(Path(template), template)
    given = Generator(document.value, kind).all()
    text = json.dumps(
        {"$schema": "deploymentParameters.json#", "parameters": {k: {"value": v} for k, v in given.items()}}
    )
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "run.parameters.json"
        file.write_text(text, encoding="utf-8")

        def context() -> Context:
            return Context(scope=Scope(cloud="any", management_group_id="mg"), root=Path(bicep).parent)

        left = expand_file(Path(bicep), [file], context())
        right = expand_template(document, parse(text, file.as_posix()), context())
    gaps = sum(gap.kind == "evaluation" for gap in left.gaps)
    return bicep, kind, differences(left, right), gaps, ""


def uses_registry(path: Path, seen: set[Path]) -> bool:
    """Whether a file, or a module that it calls, calls one of a registry."""
    if path in seen or path.suffix != ".bicep":
        return False
    seen.add(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return False
    if REGISTRY.search(text):
        return True
    return any(uses_registry((path.parent / found).resolve(), seen) for found in LOCAL.findall(text))


def pairs(folder: Path) -> Iterator[tuple[Path, Path]]:
    """The Bicep files with a template beside them."""
    for path in sorted(folder.rglob("*.bicep")):
        for template in (path.with_suffix(".json"), path.with_suffix(".symbolicnames.json")):
            if not template.is_file() or uses_registry(path.resolve(), set()):
                continue
            try:
                if is_template(read(template, "").value):
                    yield path, template
            except InputError:
                continue  # what is no JSON is no pair


def main(arguments: list[str] | None = None) -> int:
    """Exit code 0 or 1."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sets", default="least,most,1,2,3")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--samples", action="store_true")
    options = parser.parse_args(arguments)
    found = list(pairs(options.folder))
    sets = ["least"] if options.samples else options.sets.split(",")
    jobs = [(str(bicep), str(template), kind) for bicep, template in found for kind in sets]
    with ProcessPoolExecutor(2) as pool:
        results = list(pool.map(run, jobs, chunksize=16))
    equal = sum(not result[2] for result in results)
    clean = sum(not result[2] and not result[3] for result in results)
    if options.list:
        for path, kind, found_differences, _, _ in results:
            for line in found_differences[:4]:
                sys.stdout.write(f"{path} ({kind}): {line}\n")
    whole = Counter(path for path, _, found_differences, _, _ in results if found_differences)
    share = 100 * equal / len(results) if results else 0.0
    sys.stdout.write(
        f"{len(found)} pairs, {len(results)} runs: {equal} equal ({share:.1f} %), {clean} equal and free of evaluation "
        f"errors; {len(found) - len(whole)} pairs equal throughout\n"
    )
    return 0 if share >= (94.0 if options.samples else 98.9) else 1


if __name__ == "__main__":
    sys.exit(main())

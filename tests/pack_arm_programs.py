"""Packs a folder of ARM programs (template, context, expected, perhaps parameters; all JSON) into one line each.

usage: python tests/pack_arm_programs.py FOLDER > tests/data/arm-programs.jsonl
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

KEPT = ("resourceGroup", "subscriptionId", "location", "tenantId", "deploymentName", "managementGroupId")


def value_or_text(path: Path) -> tuple[str, Any]:
    """A JSON file as a value, or as text where a strict reader would lose something of it."""
    text = path.read_text("utf-8")
    try:
        twice = False

        def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
            nonlocal twice
            twice = twice or len(dict(items)) < len(items)
            return dict(items)

        value = json.loads(text, object_pairs_hook=pairs)
    except ValueError:
        return "Text", text
    return ("Text", text) if twice else ("", value)


def pack(folder: Path, root: Path) -> dict[str, Any]:
    """One program."""
    context = json.loads((folder / "context.json").read_text("utf-8"))
    expected = json.loads((folder / "expected.json").read_text("utf-8"))
    program: dict[str, Any] = {"name": folder.relative_to(root).as_posix(), "about": context["about"]}
    program["context"] = {key: context[key] for key in KEPT if key in context}
    for name in ("template", "parameters"):
        file = folder / f"{name}.json"
        if file.exists():
            suffix, value = value_or_text(file)
            program[name + suffix] = value
    program["expected"] = {key: item for key, item in expected.items() if key != "outputs"}
    return program


def main() -> None:
    root = Path(sys.argv[1])
    for path in sorted(root.rglob("expected.json")):
        sys.stdout.write(json.dumps(pack(path.parent, root), ensure_ascii=False, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()

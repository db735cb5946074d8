"""Packs a folder of Bicep programs (sources, context, expected, diagnostics, perhaps places) into one JSON line each.

usage: python tests/pack_bicep_programs.py FOLDER > tests/data/bicep-programs.jsonl
"""

from __future__ import annotations

import base64
import json
import sys
from pathlib import Path
from typing import Any

ANSWERS = ("context.json", "expected.json", "diagnostics.json", "compiled.json", "places.json")


def content(path: Path) -> str | dict[str, str]:
    """The exact bytes of a file: as text where UTF-8 gives them back, else in base64."""
    data = path.read_bytes()
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(data).decode()}


def pack(folder: Path, root: Path) -> dict[str, Any]:
    """One program."""

    def answer(name: str) -> Any:
        path = folder / name
        return json.loads(path.read_text("utf-8")) if path.exists() else {}

    files = {
        path.relative_to(folder).as_posix(): content(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.relative_to(folder).as_posix() not in ANSWERS
    }
    syntax = answer("diagnostics.json").get("syntax")
    expected = answer("expected.json")
    return {
        "name": folder.relative_to(root).as_posix(),
        "files": files,
        "context": answer("context.json"),
        "expected": {key: expected[key] for key in ("predictedResources", "error") if key in expected},
        "syntax": {key: syntax[key] for key in ("path", "line")} if syntax else None,
        "places": answer("places.json") or [],
    }


def main() -> None:
    root = Path(sys.argv[1])
    for path in sorted(root.rglob("expected.json")):
        sys.stdout.write(json.dumps(pack(path.parent, root), ensure_ascii=False, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()

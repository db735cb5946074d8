"""How fast is it? Run by hand, never by the tests: `python tests/bench.py [--runs N] [FOLDER …]`.

Without a folder: start-up (`--version`) and a tiny template, from process start. For each folder: `aiplint check` over all of it
with every policy, its wall time and peak memory, and the ratio to merely parsing the same JSON files with `json.loads` in a
process that is up already. Prints the median of N runs (default 5; folders 3).
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

TINY = {
    "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
    "contentVersion": "1.0.0.0",
    "resources": [
        {
            "type": "Microsoft.CognitiveServices/accounts",
            "apiVersion": "2024-10-01",
            "name": "models",
            "location": "westeurope",
            "kind": "OpenAI",
            "sku": {"name": "S0"},
            "properties": {"disableLocalAuth": True},
        }
    ],
}
AIPLINT = [sys.executable, "-m", "linter"]


def run(arguments: list[str]) -> tuple[float, float]:
    """→ (seconds, peak memory in MiB; 0 where the system does not tell)"""
    started = time.perf_counter()
    child = subprocess.Popen([*AIPLINT, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    if hasattr(os, "wait4"):
        _, _, usage = os.wait4(child.pid, 0)
        child.returncode = 0
        return time.perf_counter() - started, usage.ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2)
    child.wait()
    return time.perf_counter() - started, 0.0


def median(times: int, action: Callable[[], tuple[float, float]]) -> tuple[float, float]:
    figures = [action() for _ in range(times)]
    return statistics.median(f[0] for f in figures), max(f[1] for f in figures)


def parsing(folder: Path) -> tuple[float, int, int]:
    """→ (seconds to parse every JSON file below, files, bytes)"""
    texts = []
    for path in sorted(folder.rglob("*.json")):
        text = path.read_text(encoding="utf-8-sig", errors="replace")
        try:
            json.loads(text)
        except ValueError:
            continue
        texts.append(text)
    started = time.perf_counter()
    for text in texts:
        json.loads(text)
    return time.perf_counter() - started, len(texts), sum(map(len, texts))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--jobs", default="0", help="handed to aiplint check")
    parser.add_argument("folders", nargs="*", type=Path)
    options = parser.parse_args()
    out = sys.stdout
    with tempfile.TemporaryDirectory() as folder:
        tiny = Path(folder, "main.json")
        tiny.write_text(json.dumps(TINY), encoding="utf-8")
        for name, arguments in (("start-up", ["--version"]), ("tiny template", ["check", str(tiny)])):
            run(arguments)
            seconds, memory = median(options.runs, lambda a=arguments: run(a))  # type: ignore[misc]  # bound per loop on purpose
            out.write(f"{name}: {seconds:.3f} s, {memory:.0f} MiB\n")
    for folder_path in options.folders:
        parse, files, size = parsing(folder_path)
        seconds, memory = median(
            min(options.runs, 3),
            lambda p=folder_path: run(["check", str(p), "--select", "default,strict", "--jobs", options.jobs]),  # type: ignore[misc]  # as above
        )
        out.write(
            f"{folder_path}: {seconds:.2f} s, {memory:.0f} MiB; {files} JSON files, {size / 1e6:.1f} MB, "
            f"json.loads {parse:.3f} s, ratio {seconds / parse if parse else 0:.1f}\n"
        )


if __name__ == "__main__":
    main()

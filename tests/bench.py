"""How fast is it? Run by hand, never by the tests: `python tests/bench.py [--runs N] [--jobs N] [FOLDER …]`.

Without a folder: start-up (`--version`) and a tiny template, each as a process of its own, with compiled Python files
(`.pyc`) at hand as after an installation. For each folder: `aiplint check` over all of it with every policy, in one
process unless told, and the ratio of its CPU time to that of merely parsing the same JSON files once with `json.loads`,
start-up counted in full. Then the same with every other one of its folders, which tells whether memory grows.

CPU time (user and system, children included) is what counts on a shared machine; wall time stands beside it. Figures
are medians of N runs (default 5), with the least in brackets.
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
from pathlib import Path
from typing import NamedTuple

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
SETTLED = (0, 1, 3)
"""Exit codes of a run that judged; 3 tells of gaps, which real folders have."""


class Cost(NamedTuple):
    """Seconds of CPU and of wall time, peak memory in MiB."""

    cpu: float
    wall: float
    memory: float


def run(arguments: list[str], caches: str) -> Cost:
    """One process of aiplint. Raises `SystemExit` where it ends as no run should: a figure of a failure is none."""
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": caches, "AIPLINT_CACHE_DIR": caches}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    words = [sys.executable, "-m", "linter", *arguments]
    started = time.perf_counter()
    child = subprocess.Popen(words, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    wall = time.perf_counter() - started
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in SETTLED:
        raise SystemExit(f"{' '.join(words)} ended with {child.returncode}")
    return Cost(
        usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / (1024**2 if sys.platform == "darwin" else 1024)
    )


def measure(name: str, arguments: list[str], times: int, caches: str) -> Cost:
    """Print and give the medians."""
    run(arguments, caches)  # writes the caches
    costs = [run(arguments, caches) for _ in range(times)]
    cpu, wall = (statistics.median(column) for column in list(zip(*costs, strict=True))[:2])
    least, memory = min(cost.cpu for cost in costs), max(cost.memory for cost in costs)
    sys.stdout.write(f"{name}: CPU {cpu:.3f} s (least {least:.3f}), wall {wall:.3f} s, {memory:.0f} MiB\n")
    return Cost(cpu, wall, memory)


def parsing(folder: Path, times: int) -> tuple[float, int, int]:
    """→ (CPU seconds to parse every JSON file below once, files, characters); texts are read before the clock runs."""
    texts = []
    for path in sorted(folder.rglob("*.json")):
        text = path.read_text(encoding="utf-8-sig", errors="replace")
        try:
            json.loads(text)
        except ValueError:
            continue
        texts.append(text)
    seconds = []
    for _ in range(times):
        started = time.process_time()
        for text in texts:
            json.loads(text)
        seconds.append(time.process_time() - started)
    return statistics.median(seconds), len(texts), sum(map(len, texts))


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--jobs", default="1", help="handed to aiplint check (default: 1)")
    parser.add_argument("folders", nargs="*", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        caches, tiny = str(Path(scratch, "caches")), Path(scratch, "main.json")
        tiny.write_text(json.dumps(TINY), encoding="utf-8")
        measure("start-up", ["--version"], options.runs, caches)
        measure("tiny template", ["check", str(tiny), "--fail-on", "never"], options.runs, caches)
        for folder in options.folders:
            whole = ["--select", "default,strict", "--jobs", options.jobs, "--fail-on", "never"]
            seconds, files, size = parsing(folder, options.runs)
            cost = measure(str(folder), ["check", str(folder), *whole], options.runs, caches)
            below = sorted(str(path) for path in folder.iterdir() if path.is_dir())
            sys.stdout.write(
                f"  {files} JSON files, {size / 1e6:.1f} MB; json.loads {seconds:.3f} s CPU; "
                f"ratio {cost.cpu / seconds if seconds else 0:.1f}\n"
            )
            if len(below) > 1:
                measure("  every other folder in it", ["check", *below[::2], *whole], 1, caches)


if __name__ == "__main__":
    main()

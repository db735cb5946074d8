"""Is a compute instance for exploration larger than exploration asks?

Source: `linter.facts.gpu` (sizes with GPUs, and how many), read 2026-11-24.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from linter.checks.outcomes import failed, open_value, passed, shown, titled, word
from linter.facts.gpu import gpu_count, gpu_size
from linter.model import Inventory, Outcome, Resource, Unresolved

KIND, SIZE = "properties.computeType", "properties.properties.vmSize"


def modest(compute: Resource, _inventory: Inventory, parameters: Mapping[str, Any]) -> Outcome | None:
    """A GPU size must be on the list `allowed`; one with several GPUs that is not weighs high."""
    kind, size = compute.get(KIND), compute.get(SIZE)
    if not isinstance(kind, Unresolved) and word(kind) != "computeinstance":
        return None
    if isinstance(size, Unresolved):
        return open_value(compute, SIZE, size, "exploration needs no GPU, or one of the allowed sizes")
    if not gpu_size(size) or word(size) in {word(str(one)) for one in parameters["allowed"]}:
        return passed(SIZE, size)
    if isinstance(kind, Unresolved):
        return open_value(compute, KIND, kind, f"a compute instance needs no {shown(size)}")
    gpus = gpu_count(size)
    many = gpus is not None and gpus > 1
    what = f"{gpus:g} GPUs" if gpus is not None and many else "a GPU"
    allowed = ", ".join(str(one) for one in parameters["allowed"]) or "none with a GPU"
    text = f"compute instance for exploration has {what}: vmSize is {shown(size)}; allowed: {allowed}"
    return failed(f"{titled(compute)}: {text}", SIZE, size, severity="high" if many else None)

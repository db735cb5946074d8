"""How the compiler spells a resource type, whatever letters the file uses; a type it does not know keeps the file's."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

_FILE = Path(__file__).with_name("types.txt")
"""One provider a line, its types behind it: those of Azure.Bicep.Types.Az 0.2.972 for providers of AI platforms, and
what Bicep CLI 0.49.2 was seen to write for others (November 2026)."""


@lru_cache(maxsize=1)
def _known() -> dict[str, str]:
    known: dict[str, str] = {}
    for line in _FILE.read_text(encoding="utf-8").splitlines():
        provider, *types = line.split()
        for one in types:
            known[f"{provider}/{one}".lower()] = f"{provider}/{one}"
    return known


def spelled(kind: str, version: str) -> str:
    """The type in the compiler's letters; some API versions of a type have letters of their own."""
    known = _known()
    low = kind.lower()
    found = known.get(f"{low}@{version}")
    return known.get(low, kind) if found is None else found.partition("@")[0]

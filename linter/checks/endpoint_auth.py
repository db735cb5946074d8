"""How do callers of an endpoint prove who they are?

Sources, read 2026-11-24: https://learn.microsoft.com/azure/machine-learning/reference-yaml-endpoint-online (`key`
unless told); Azure.Bicep.Types.Az 0.2.972 (`authMode`: AMLToken, Key, AADToken; serverless: Key, AAD, KeyAndAAD, the
last two in stable api-versions from 2025-12-01 on).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from linter.checks.outcomes import failed, open_value, passed, shown, titled, word
from linter.facts.api_versions import SERVERLESS_AAD_STABLE
from linter.model import ABSENT, Inventory, Outcome, Resource, Unresolved

MODE = "properties.authMode"


def accepted(endpoint: Resource, _inventory: Inventory, _parameters: Mapping[str, Any]) -> Outcome | None:
    """Only Microsoft Entra ID tokens pass. An absent `authMode` is a key."""
    serverless = endpoint.type_key.endswith("/serverlessendpoints")
    mode, wanted = endpoint.get(MODE), "AAD" if serverless else "AADToken"
    if isinstance(mode, Unresolved):
        return open_value(endpoint, MODE, mode, f"only '{wanted}' refuses shared keys")
    if word(mode) in ("aadtoken", "aad"):
        return passed(MODE, mode)
    told = f"authMode is {shown(mode)}" if mode is not ABSENT else "authMode is not set (a key unless told)"
    what = {
        "amltoken": "tokens of the workspace, which name no caller", "keyandaad": "a shared key beside Entra ID",
    }.get(word(mode), "a shared key")  # fmt: skip
    message = f"{titled(endpoint)}: the endpoint accepts {what}: {told}; use '{wanted}'"
    if serverless and 0 < len(endpoint.api_version) < 11 and endpoint.api_version < SERVERLESS_AAD_STABLE:
        message += f" (stable api-versions know it from {SERVERLESS_AAD_STABLE} on; this is {endpoint.api_version})"
    return failed(message, MODE, mode)

"""Does an online deployment tell what it does?

Sources, read 2026-11-24: https://learn.microsoft.com/azure/machine-learning/reference-yaml-deployment-managed-online
(`app_insights_enabled` is false unless told); Azure.Bicep.Types.Az 0.2.972 (data collection is off where
`dataCollector` is null; `dataCollectionMode` Enabled, Disabled).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from linter.checks.outcomes import failed, open_value, passed, shown, titled, truth, word
from linter.inventory import is_production
from linter.model import ABSENT, Inventory, Outcome, Resource, Unresolved, member

KIND, INSIGHTS, COLLECTIONS = (
    "properties.endpointComputeType",
    "properties.appInsightsEnabled",
    "properties.dataCollector.collections",
)


def collected(deployment: Resource, inventory: Inventory, _parameters: Mapping[str, Any]) -> Outcome | None:
    """Managed deployments: Application Insights on; in production also one data collection that is enabled (a
    note)."""
    kind, value = deployment.get(KIND), deployment.get(INSIGHTS)
    if word(kind) == "kubernetes":
        return None
    if isinstance(kind, Unresolved) and not truth(value):
        return open_value(deployment, KIND, kind, "a managed deployment needs telemetry of its requests")
    kept = _kept(deployment) if is_production(deployment, inventory) else None
    if isinstance(value, Unresolved):
        if kept is not None and kept.verdict == "fail" and not isinstance(kind, Unresolved):
            return kept
        return open_value(deployment, INSIGHTS, value, "without it requests leave no telemetry")
    if not truth(value):
        told = (
            "appInsightsEnabled is not set (off unless told)"
            if value is ABSENT
            else f"appInsightsEnabled is {shown(value)}"
        )
        return failed(f"{titled(deployment)}: requests leave no telemetry: {told}", INSIGHTS, value)
    return kept or passed(INSIGHTS, value)


def _kept(deployment: Resource) -> Outcome:
    """Is a data collection enabled? A note where none is."""
    collections = deployment.get(COLLECTIONS)
    modes = [member(one, "dataCollectionMode") for one in collections.values()] if isinstance(collections, dict) else []
    if any(word(mode) == "enabled" for mode in modes):
        return passed(COLLECTIONS, collections)
    if isinstance(collections, Unresolved) or any(isinstance(mode, Unresolved) for mode in modes):
        return open_value(
            deployment, COLLECTIONS, collections, "an enabled collection keeps inputs and outputs of production"
        )
    message = f"{titled(deployment)}: keeps no inputs and outputs of production: no data collection is enabled"
    return failed(message, COLLECTIONS, collections, severity="note")

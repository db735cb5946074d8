"""Does an online deployment follow load?

Sources, read 2026-11-24: https://learn.microsoft.com/azure/machine-learning/how-to-autoscale-endpoints (autoscale
settings of Azure Monitor have the deployment for a target);
https://learn.microsoft.com/azure/machine-learning/reference-yaml-deployment-managed-online (managed deployments scale
by hand or by such a setting only); Azure.Bicep.Types.Az 0.2.972 (absent `scaleSettings` are TargetUtilization
for Kubernetes and Default for managed);
https://learn.microsoft.com/azure/machine-learning/reference-yaml-deployment-kubernetes-online (`min_instances` and
`max_instances` are 1 unless told, in the REST API's defaults too).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from linter.checks.autoscale import moves, settings_of
from linter.checks.outcomes import failed, number, open_value, passed, shown, titled, undecided, unseen, word
from linter.model import ABSENT, Inventory, Outcome, Related, Resource, Unresolved

KIND = "properties.endpointComputeType"
SCALE = "properties.scaleSettings"
LOW, HIGH = f"{SCALE}.minInstances", f"{SCALE}.maxInstances"


def elasticity(deployment: Resource, inventory: Inventory, _parameters: Mapping[str, Any]) -> Outcome | None:
    """A managed deployment needs an autoscale setting that moves its number; a Kubernetes one a range to scale in."""
    kind = deployment.get(KIND)
    if isinstance(kind, Unresolved):
        return open_value(deployment, KIND, kind, "how it scales depends on it")
    if word(kind) == "kubernetes":
        return _kubernetes(deployment)
    return _managed(deployment, inventory)


def _managed(deployment: Resource, inventory: Inventory) -> Outcome:
    sure, unsure = settings_of(deployment, inventory)
    instances = deployment.get("sku.capacity")
    count = (
        "its number of instances"
        if isinstance(instances, Unresolved)
        else f"{shown(instances if number(instances) else 1)} instance(s)"
    )
    reason, related, opened = "no autoscale setting has it as its target", [], None
    for setting in sure:
        answer, path, value, why = moves(setting)
        note = Related(
            f"the autoscale setting {titled(setting)}: {why}" if why else "the autoscale setting", setting, path
        )
        if answer:
            return passed("sku.capacity", instances)
        related.append(note)
        reason = f"its autoscale setting {titled(setting)} does not move it: {why}"
        if answer is None:
            opened = undecided(
                f"{titled(deployment)}: autoscale setting {titled(setting)}: {why}: {shown(value)}",
                "sku.capacity",
                related=[note],
            )
    if opened:
        return opened
    if unsure:
        text = f"whether the autoscale setting {titled(unsure[0])} moves it is known only when it is deployed"
        return undecided(f"{titled(deployment)}: {text}", "sku.capacity", instances)
    hidden = unseen(inventory, "its autoscale setting", "Microsoft.Insights/autoscaleSettings")
    if hidden:
        return undecided(f"{titled(deployment)}: {hidden}", "sku.capacity", instances)
    message = f"{titled(deployment)}: managed online deployment stays at {count} whatever the load: {reason}"
    return failed(message, "sku.capacity", instances, related=related)


def _kubernetes(deployment: Resource) -> Outcome:
    name, kind = titled(deployment), deployment.get(f"{SCALE}.scaleType")
    low, high = deployment.get(LOW), deployment.get(HIGH)
    if isinstance(kind, Unresolved):
        return open_value(deployment, f"{SCALE}.scaleType", kind, "Default keeps a fixed number of instances")
    if word(kind) in ("default", "manual"):
        message = f"{name}: Kubernetes online deployment keeps a fixed number of instances: scaleType is {shown(kind)}"
        return failed(message, f"{SCALE}.scaleType", kind)
    if low == high and low is not ABSENT:
        message = f"{name}: Kubernetes online deployment cannot follow load: minInstances = maxInstances = {shown(low)}"
        return failed(message, HIGH, high)
    for path, value in ((LOW, low), (HIGH, high)):
        if isinstance(value, Unresolved):
            return open_value(deployment, path, value, "the minimum must be below the maximum")
    least, most = number(low), number(high)
    if most is not None and most > (least if least is not None else 1):
        return passed(HIGH, high)
    if most is not None:
        return failed(
            f"{name}: Kubernetes online deployment cannot follow load: maxInstances is {shown(high)}", HIGH, high
        )
    if high is ABSENT:
        text = "maxInstances is not set; clients then send 1, what the service takes by itself is not documented"
        return undecided(f"{name}: whether this Kubernetes online deployment follows load is open: {text}", HIGH, high)
    return undecided(f"{name}: maxInstances {shown(high)} is no number", HIGH, high)

"""Does a resource send its logs anywhere?

Source: Azure.Bicep.Types.Az 0.2.972, `Microsoft.Insights/diagnosticSettings` 2021-05-01-preview, read 2026-11-24;
categories and targets: `linter.facts.diagnostics`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from linter.checks.ai_workload import ai_resource, ai_workload
from linter.checks.outcomes import failed, passed, titled, truth, undecided, unseen
from linter.checks.served_models import fronts_models
from linter.facts.diagnostics import CATEGORIES, TARGETS
from linter.facts.gateways import API_MANAGEMENT
from linter.facts.resources import CLUSTER
from linter.inventory import extensions, referring
from linter.model import ABSENT, Inventory, Outcome, Related, Resource, Unresolved, member

SETTINGS = "Microsoft.Insights/diagnosticSettings"


def sent(resource: Resource, inventory: Inventory, _parameters: Mapping[str, Any]) -> Outcome | None:
    """A setting counts when it has a target and at least one log category that is enabled. Endpoints are covered by
    their workspace."""
    if not _judged(resource, inventory):
        return None
    sure, unsure = extensions(resource, SETTINGS, inventory)
    related, opened, reason = [], None, "no diagnostic setting is about it"
    for setting in sure:
        answer, path, why = sends(setting)
        if answer and setting.condition is None:
            return passed()
        related.append(Related(f"the diagnostic setting {titled(setting)} {why}", setting, path))
        reason = f"its diagnostic setting {titled(setting)} {why}"
        if answer is None or answer:
            opened = f"whether its diagnostic setting {titled(setting)} sends logs is known only when it is deployed"
    if opened is None and unsure:
        opened = f"what the diagnostic setting {titled(unsure[0])} is about is known only when it is deployed"
    hidden = opened or unseen(inventory, "its diagnostic setting", SETTINGS, of=resource.id)
    if hidden:
        return undecided(f"{titled(resource)}: {hidden}", related=related)
    wanted = CATEGORIES.get(resource.type_key, ())
    hint = f" (such as {', '.join(wanted[:2])})" if wanted else ""
    return failed(f"{titled(resource)}: sends no logs{hint}: {reason}", "", ABSENT, related=related)


def _judged(resource: Resource, inventory: Inventory) -> bool:
    """AKS clusters that serve or train (a GPU pool, or attached to a workspace); API Management in front of
    models."""
    if resource.type_key == API_MANAGEMENT:
        return fronts_models(resource, inventory)
    if resource.type_key == CLUSTER:
        return ai_resource(resource, inventory) or any(
            other.type_key.startswith("microsoft.machinelearningservices/") for other in referring(resource, inventory)
        )
    return ai_workload(inventory)


def sends(setting: Resource) -> tuple[bool | None, str, str]:
    """Does this setting send logs? With the path that tells, and why not."""
    logs, enabled, opened = setting.get("properties.logs"), False, isinstance(setting.get("properties"), Unresolved)
    for log in logs if isinstance(logs, list) else []:
        on = member(log, "enabled")
        enabled = enabled or truth(on) is True
        opened = opened or isinstance(log, Unresolved) or isinstance(on, Unresolved)
    targets = [setting.get(f"properties.{target}") for target in TARGETS]
    if all(target is ABSENT or target == "" for target in targets):
        return False, "properties", "has no target"
    if enabled:
        return True, "properties.logs", ""
    if opened or isinstance(logs, Unresolved):
        return None, "properties.logs", "sends logs that are known only when it is deployed"
    return False, "properties.logs", "has no log category that is enabled"

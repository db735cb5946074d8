"""Is what a model is asked and answers filtered for abuse?

Sources, read 2026-11-24: https://learn.microsoft.com/azure/ai-foundry/openai/concepts/default-safety-policies (a
default policy holds for every model but Whisper unless told); Azure.Bicep.Types.Az 0.2.972 (`contentFilters` with
`enabled`, `blocking` and, in stable api-versions from 2025-12-01 on, `action`; a serverless endpoint without
`contentSafety` has the default).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from linter.checks.outcomes import failed, open_value, passed, shown, titled, truth, undecided, word
from linter.facts.resources import ACCOUNT
from linter.model import ABSENT, Inventory, Outcome, Related, Resource, Unresolved, Value, member
from linter.open_ids import child_of

POLICY = "properties.raiPolicyName"
FILTERS = "properties.contentFilters"
SAFETY = "properties.contentSafety.contentSafetyStatus"
DEFAULTS = ("microsoft.default", "microsoft.defaultv2")
POLICIES = f"{ACCOUNT}/raiPolicies"
SHARED_POLICIES = "Microsoft.CognitiveServices/raiPolicy"
"""Policies that no account holds (stable api-versions from 2025-12-01 on)."""
_NOT_BLOCKING = ("none", "annotating")
_UNFILTERED_MODEL = "whisper"
"""No filter is applied to what this model hears (the first page above)."""


def filtered(resource: Resource, inventory: Inventory, _parameters: Mapping[str, Any]) -> Outcome | None:
    """A filter that is off in the deployment's policy fails; without a policy it has the default (low)."""
    if resource.type_key.endswith("/serverlessendpoints"):
        return _serverless(resource)
    if _UNFILTERED_MODEL in word(resource.get("properties.model.name")):
        return None
    name, named = titled(resource), resource.get(POLICY)
    if isinstance(named, Unresolved):
        return open_value(resource, POLICY, named, "it must name a policy whose filters are on")
    if named is ABSENT:
        if word(resource.get("properties.model.format")) != "openai":
            return None
        text = "raiPolicyName is not set: it has the default filter of the service, which nobody here chose"
        return failed(f"{name}: {text}; name a policy", POLICY, named, severity="low")
    if word(named) in DEFAULTS:
        return passed(POLICY, named)
    policy = _policy(resource, str(named), inventory)
    if policy is None:
        return undecided(f"{name}: its content filter {shown(named)} is not in view", POLICY, named)
    return _judged(resource, policy, named)


def _policy(deployment: Resource, name: str, inventory: Inventory) -> Resource | None:
    accounts = [one for one in inventory.of_type(ACCOUNT) if child_of(deployment, one)]
    for policy in inventory.of_type(POLICIES, SHARED_POLICIES):
        own = policy.name.rpartition("/")[2] if isinstance(policy.name, str) else ""
        same = own.lower() == name.lower() or (
            isinstance(policy.name, Unresolved) and f"'{name.lower()}'" in policy.name.expression.lower()
        )
        if same and (policy.type_key == SHARED_POLICIES.lower() or not accounts or child_of(policy, accounts[0])):
            return policy
    return None


def _judged(deployment: Resource, policy: Resource, named: Value) -> Outcome:
    name, filters = titled(deployment), policy.get(FILTERS)
    opened, off = isinstance(filters, Unresolved), []
    for index, one in enumerate(filters if isinstance(filters, list) else []):
        lack = _off(one)
        if lack is None:
            opened = True
        elif lack:
            label, source = member(one, "name"), member(one, "source")
            what = label if isinstance(label, str) else str(index)
            of = f" of the {source.lower()}" if isinstance(source, str) else ""
            off.append((f"{what}{of}: {lack}", index))
    if off:
        related = [Related(f"the filter {text}", policy, f"{FILTERS}[{index}]") for text, index in off]
        text = f"{len(off)} of the filters of its policy {shown(named)} do not block: {off[0][0]}"
        return failed(f"{name}: {text}", POLICY, named, related=related)
    if opened:
        text = f"whether the filters of its policy {shown(named)} are on is known only when it is deployed"
        return undecided(f"{name}: {text}", POLICY, named, related=[Related("the policy", policy, FILTERS)])
    return passed(POLICY, named)


def _off(one: Value) -> str | None:
    """Why this filter does not block; "" where it does, None where it is open."""
    if isinstance(one, Unresolved):
        return None
    opened = False
    for key in ("enabled", "blocking"):
        value = member(one, key)
        if truth(value) is False:
            return f"{key} is false"
        opened = opened or isinstance(value, Unresolved)
    action = member(one, "action")
    if word(action) in _NOT_BLOCKING:
        return f"action is {shown(action)}"
    return None if opened or isinstance(action, Unresolved) else ""


def _serverless(endpoint: Resource) -> Outcome:
    value = endpoint.get(SAFETY)
    if isinstance(value, Unresolved):
        return open_value(endpoint, SAFETY, value, "'Disabled' leaves the model unfiltered")
    if word(value) != "disabled":
        return passed(SAFETY, value)
    return failed(f"{titled(endpoint)}: content safety is off: contentSafetyStatus is {shown(value)}", SAFETY, value)

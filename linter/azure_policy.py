"""The policies that Azure can hold at deployment, as a template of Azure Policy definitions and one initiative.

`az deployment sub create --location REGION --template-file FILE` creates them; nothing acts before the initiative is
assigned. A definition is no stricter than the policy: what it denies, the policy fails. Where it sees less, its
description says so; what cannot be held at all is listed with the reason in `metadata.aiplint.notExported`.
Forms and limits: https://learn.microsoft.com/azure/governance/policy/concepts/definition-structure-basics and
.../azure/azure-resource-manager/management/azure-subscription-service-limits#azure-policy-limits (read 2026-11-24).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from linter import __version__
from linter.azure_policy_rules import Rule, Translator, UntranslatableError, joined
from linter.facts.azure_policy import ALIASES, INLINE
from linter.policy import Policy

SCHEMA: Final = "https://schema.management.azure.com/schemas/2018-05-01/subscriptionDeploymentTemplate.json#"
API_VERSION: Final = "2023-04-01"
MAX_NAME, MAX_TITLE, MAX_TEXT = 64, 128, 512
INITIATIVE: Final = "aiplint"
_TYPES = ((bool, "Boolean"), (int, "Integer"), (float, "Float"), (list, "Array"), (dict, "Object"))
_EFFECT: Final[dict[str, Any]] = {
    "type": "String", "allowedValues": ["Audit", "Deny", "Disabled"], "defaultValue": "Audit",
    "metadata": {"displayName": "Effect", "description": "Audit reports, Deny refuses, Disabled rests."},
}  # fmt: skip

_METADATA: Final = {"category": "AI platform", "version": "1.0.0", "source": f"aiplint {__version__}"}


@dataclass(frozen=True, slots=True)
class Export:
    """What becomes of a catalogue: the properties of each definition by policy id, and why the others have none."""

    definitions: dict[str, dict[str, Any]] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)


def export(policies: Mapping[str, Policy]) -> Export:
    """The definitions, with plain expressions such as `[parameters('effect')]`."""
    found = Export()
    for name, policy in policies.items():
        try:
            found.definitions[name] = definition(policy)
        except UntranslatableError as error:
            found.refused[name] = str(error)
    return found


def definition(policy: Policy) -> dict[str, Any]:
    """`properties` of one policy definition. Raises `UntranslatableError` where there is none."""
    enforce = policy.data.get("enforce", {})
    if "not" in enforce:
        raise UntranslatableError(enforce["not"].strip())
    if policy.production and "rules" not in enforce:
        raise UntranslatableError("judges production only, which a tag of the resource or of its parents tells")
    used: dict[str, Any] = {}
    parts = [part for rule in _rules(policy) for part in _violations(policy, rule, used)]
    text = policy.text()
    seen = f" Sees less than aiplint: {' '.join(enforce['less'].split())}" if "less" in enforce else ""
    return {
        "displayName": _clip(text.title, MAX_TITLE),
        "description": _clip(" ".join(text.why.split()), MAX_TEXT - len(seen)) + seen,
        "policyType": "Custom",
        "mode": "All",
        "metadata": {**_METADATA, "policy": policy.id},
        "parameters": {"effect": _EFFECT, **{name: _parameter(policy, name, value) for name, value in used.items()}},
        "policyRule": {"if": joined("anyOf", parts), "then": {"effect": "[parameters('effect')]"}},
    }  # fmt: skip


def _rules(policy: Policy) -> list[Mapping[str, Any]]:
    written: list[Mapping[str, Any]] = policy.data.get("enforce", {}).get("rules", [])
    if written:
        return written
    if policy.require is None:
        raise UntranslatableError(
            "a Python check asks more than the properties of one resource, and no rule for Azure Policy is written"
        )
    return [{"require": policy.require} if policy.when is None else {"require": policy.require, "when": policy.when}]


def _violations(policy: Policy, rule: Mapping[str, Any], used: dict[str, Any]) -> Iterator[Rule]:
    """One condition a type: it is of that type, selected, and surely at fault."""
    types = rule.get("resource", policy.types)
    known = {name.lower(): name for name in ALIASES}
    for name in (types,) if isinstance(types, str) else types:
        shown = known.get(name.lower())
        if shown is None:
            raise UntranslatableError(f"no aliases of {name} are known")
        yield _violation(policy, rule, shown, used)
        if shown in INLINE:
            host, path = INLINE[shown]
            translator = Translator(host, policy.parameters, path)
            members = {"field": Translator(host, {}).field(path), "where": _fault(rule, translator)}
            used.update(translator.used)
            yield joined("allOf", [{"field": "type", "equals": host}, {"count": members, "greater": 0}])


def _violation(policy: Policy, rule: Mapping[str, Any], resource_type: str, used: dict[str, Any]) -> Rule:
    translator = Translator(resource_type, policy.parameters)
    fault = _fault(rule, translator)
    used.update(translator.used)
    return joined("allOf", [{"field": "type", "equals": resource_type}, fault])


def _fault(rule: Mapping[str, Any], translator: Translator) -> Rule:
    selected = [translator.holds(rule["when"])] if "when" in rule else []
    return joined("allOf", [*selected, translator.fails(rule["require"])])


def _parameter(policy: Policy, name: str, value: Any) -> dict[str, Any]:
    entry = policy.data.get("parameters", {}).get(name)
    kind = next((word for python, word in _TYPES if isinstance(value, python)), "String")
    told = entry["description"] if entry else f"{name.replace('_', '.')} of the configuration"
    written: dict[str, Any] = {"type": kind, "metadata": {"displayName": name, "description": _clip(told, MAX_TITLE)}}
    return {**written, "defaultValue": value} if entry else written


def _clip(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


def name_of(policy_id: str) -> str:
    """The name of a definition: letters, digits and dashes."""
    return f"{INITIATIVE}-{policy_id.replace('/', '-')}"[:MAX_NAME]


def initiative(found: Export) -> dict[str, Any]:
    """`properties` of the initiative: one effect for all, the parameters of each definition under its own name."""
    parameters: dict[str, Any] = {"effect": _EFFECT}
    members = []
    for policy_id, properties in found.definitions.items():
        passed = {"effect": {"value": "[parameters('effect')]"}}
        for name, entry in properties["parameters"].items():
            if name != "effect":
                outer = f"{policy_id.replace('/', '_').replace('-', '_')}_{name}"
                parameters[outer] = entry
                passed[name] = {"value": f"[parameters('{outer}')]"}
        reference = f"subscriptionResourceId('Microsoft.Authorization/policyDefinitions', '{name_of(policy_id)}')"
        members.append(
            {"policyDefinitionReferenceId": policy_id.replace("/", "-"), "policyDefinitionId": f"[{reference}]",
             "parameters": passed}
        )  # fmt: skip
    return {
        "displayName": "AI platform (aiplint)",
        "description": "What aiplint asks of AI platforms, as far as Azure Policy can hold it at deployment.",
        "policyType": "Custom",
        "metadata": _METADATA,
        "parameters": parameters,
        "policyDefinitions": members,
    }


def template(found: Export) -> dict[str, Any]:
    """A template for a subscription. Expressions that Azure Policy evaluates are escaped from the template's."""
    resources = [
        {"type": "Microsoft.Authorization/policyDefinitions", "apiVersion": API_VERSION, "name": name_of(policy_id),
         "properties": _escaped(properties)}
        for policy_id, properties in found.definitions.items()
    ]  # fmt: skip
    whole = initiative(found)
    references = [member["policyDefinitionId"] for member in whole["policyDefinitions"]]
    properties = _escaped(whole)
    for member, reference in zip(properties["policyDefinitions"], references, strict=True):
        member["policyDefinitionId"] = reference
    if resources:
        resources.append(
            {"type": "Microsoft.Authorization/policySetDefinitions", "apiVersion": API_VERSION, "name": INITIATIVE,
             "dependsOn": references, "properties": properties}
        )  # fmt: skip
    refused = [{"policy": name, "why": why} for name, why in found.refused.items()]
    return {
        "$schema": SCHEMA,
        "contentVersion": "1.0.0.0",
        "metadata": {"aiplint": {"version": __version__, "exported": len(found.definitions), "notExported": refused}},
        "resources": resources,
    }


def _escaped(value: Any) -> Any:
    if isinstance(value, str):
        return f"[{value}" if value.startswith("[") else value
    if isinstance(value, list):
        return [_escaped(item) for item in value]
    return {key: _escaped(item) for key, item in value.items()} if isinstance(value, dict) else value


def render(policies: Mapping[str, Policy]) -> str:
    """The template as JSON text."""
    return json.dumps(template(export(policies)), ensure_ascii=False, indent=2) + "\n"

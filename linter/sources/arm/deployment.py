"""ARM templates → inventories: every resource that a deployment would make, nested deployments flattened.

`expand` takes a template file. `open_template` serves whoever calls a template as a value (a Bicep module in JSON, an
inline deployment): its `Template` gives outputs, `run` gives its resources. Nothing here raises for what a template
holds: it is a gap.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Final

from linter.model import Gap, Inventory, Path, Place, Resource, Unresolved, Value, member
from linter.sources.arm import trace
from linter.sources.arm.instances import Instance
from linter.sources.arm.nested import conjoin, open_child
from linter.sources.arm.parameters import read_arguments
from linter.sources.arm.reader import Document
from linter.sources.arm.source import Argument, Source, lowered
from linter.sources.arm.template import Template
from linter.sources.template.places import BODY
from linter.sources.template.scope import Context, Scope, ScopeKind, quote
from linter.sources.template.values import EvaluationError, LimitError

_PYTHON_LEVELS: Final = 6000
"""Python's own limit of calls, raised: a chain of a hundred variables or deployments needs some thousands."""
_SCHEMA_SCOPES: Final[tuple[tuple[str, ScopeKind], ...]] = (
    ("subscriptiondeploymenttemplate", "subscription"),
    ("managementgroupdeploymenttemplate", "managementGroup"),
    ("tenantdeploymenttemplate", "tenant"),
)


@dataclass(slots=True)
class Expansion:
    """What a template would deploy, in the order written."""

    resources: list[Resource] = field(default_factory=list)
    deployments: list[Resource] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)


def is_template(value: object) -> bool:
    """Whether a JSON value is an ARM template: by its `$schema`, or by `resources` beside a `contentVersion`."""
    if not isinstance(value, dict):
        return False
    keys = lowered(value)
    schema = value.get(keys.get("$schema", ""))
    if isinstance(schema, str) and "deploymenttemplate.json" in schema.lower():
        return True
    return "resources" in keys and "contentversion" in keys


def kind_of_scope(value: Mapping[str, Any]) -> ScopeKind:
    """The scope that a template is written for, by its `$schema`."""
    schema = value.get(lowered(value).get("$schema", ""))
    low = schema.lower() if isinstance(schema, str) else ""
    for part, kind in _SCHEMA_SCOPES:
        if part in low:
            return kind
    return "resourceGroup"


def expand(document: Document, parameters: Document | None, context: Context) -> Inventory:
    """The inventory of a template file with the values of a parameter file.

    The scope's kind comes from the template's `$schema`; the rest of it is that of the context.
    """
    inventory = Inventory(name=document.path)
    inventory.gaps.extend(document.gaps)
    value = document.value
    if not isinstance(value, dict):
        inventory.gaps.append(Gap(document.path, "a template must be a JSON object", kind="syntax"))
        inventory.complete = False
        return inventory
    arguments: dict[str, Argument] = {}
    if parameters is not None:
        arguments, gaps = read_arguments(parameters, context, _kinds(value))
        inventory.gaps.extend(gaps)
    scope = replace(context.scope, kind=kind_of_scope(value))
    found = run(open_template(value, arguments, scope, context, Source(document)))
    inventory.resources.extend(found.resources)
    inventory.deployments.extend(found.deployments)
    inventory.gaps.extend(found.gaps)
    inventory.complete = not inventory.gaps
    return inventory


def _kinds(value: dict[str, Any]) -> dict[str, str]:
    """The types of a template's parameters, both in lower case, where they are written at the parameter."""
    declared = value.get(lowered(value).get("parameters", ""))
    nodes = declared.items() if isinstance(declared, dict) else ()
    return {name.lower(): str(member(node, "type")).lower() for name, node in nodes}


def open_template(
    value: dict[str, Any],
    arguments: dict[str, Argument],
    scope: Scope,
    context: Context,
    source: Source,
    *,
    name: str | Unresolved | None = None,
    condition: Unresolved | None = None,
    identity: str = "",
    whole: bool = False,
) -> Template:
    """A template as a value, ready to give outputs (`Template.output`) and resources (`run`).

    `name` is the deployment's (else the context's); `condition` what keeps it open; `identity` the path of symbols that
    leads to it; `whole`: a required parameter without a value is told as a gap, as in a nested deployment.
    """
    _allow_depth()
    return Template(
        value,
        source,
        scope,
        context,
        name=context.deployment_name if name is None else name,
        arguments=arguments,
        condition=condition,
        identity=identity,
        whole=whole,
    )


def _allow_depth() -> None:
    if sys.getrecursionlimit() < _PYTHON_LEVELS:
        sys.setrecursionlimit(_PYTHON_LEVELS)


def run(template: Template) -> Expansion:
    """The resources of a template and of the deployments in it, with all gaps."""
    found = Expansion()
    _run(template, found)
    found.gaps = list(dict.fromkeys(found.gaps))
    return found


def _run(template: Template, found: Expansion) -> None:
    place = len(found.deployments)
    try:
        for instance in template.instances.all:
            try:
                _deploy(instance, found)
            except LimitError:
                raise
            except EvaluationError as error:
                template.refuse(error.message, instance.node, "evaluation", instance.path)
        template.evaluate_all()
    except LimitError as error:
        template.refuse(error.message, None, "limit", ())
    except RecursionError:
        template.refuse("the template nests too deeply; the rest of it is not seen", None, "limit", ())
    found.deployments.insert(place, _deployment_resource(template))
    found.gaps.extend(template.gaps)


def _deploy(instance: Instance, found: Expansion) -> None:
    template = instance.template
    if instance.condition is False or instance.is_existing or instance.is_extensible:
        return
    instance.check()
    if instance.is_deployment:
        child = open_child(instance)
        if child is not None:
            _run(child, found)
        return
    name, own_id = instance.name, instance.id
    prefix = template.scope.prefix()
    found.resources.append(
        Resource(
            type=instance.type,
            name=name,
            id=own_id,
            api_version=instance.api_version,
            body=instance.body,
            locate=partial(_locate, instance),
            condition=conjoin(template.condition, instance.condition),
            identity=instance.identity,
            deployment=_name_text(template.name),
            scope=prefix if isinstance(prefix, str) else f"[{prefix.expression}]",
        )
    )


def _name_text(name: str | Unresolved) -> str:
    return name if isinstance(name, str) else f"[{name.expression}]"


def _locate(instance: Instance, path: Path, key: bool) -> Place:
    """The `Locator` of a resource."""
    template = instance.template
    if not path:
        if template.origin is not None:
            return trace.locate(template, instance.frame, instance.path, (), True)
        return template.place(instance.path, True)
    frame = instance.frame.at(BODY)
    return trace.locate(template, frame, instance.path, path, key)


def _deployment_resource(template: Template) -> Resource:
    """The deployment itself, for what is asked of its parameters and outputs; see `model.Inventory`."""
    name = _name_text(template.name)
    own_id = template.scope.resource_id("Microsoft.Resources/deployments", template.name)
    return Resource(
        type="Microsoft.Resources/deployments",
        name=template.name,
        id=own_id,
        api_version="",
        body={"parameters": _parameter_facts(template), "outputs": _output_facts(template)},
        locate=partial(_locate_in_deployment, template),
        condition=template.condition,
        identity=template.identity,
        deployment=name,
    )


def _parameter_facts(template: Template) -> dict[str, Value]:
    facts: dict[str, Value] = {}
    for name, node in template.declared.values():
        keys = lowered(node)
        fact: dict[str, Value] = {
            "type": str(template.types.resolve(node).get("type", "")),
            "secure": template.types.is_secure(node),
        }
        if "defaultvalue" in keys:
            fact["defaultValue"] = node[keys["defaultvalue"]]
        try:
            fact["value"] = template.parameter(name)
        except EvaluationError:
            fact["value"] = Unresolved(f"parameters({quote(name)})", "error")
        facts[name] = fact
    return facts


def _output_facts(template: Template) -> dict[str, Value]:
    facts: dict[str, Value] = {}
    for name, node in template.promised.values():
        fact: dict[str, Value] = {
            "type": str(template.types.resolve(node).get("type", "")),
            "secure": template.types.is_secure(node),
        }
        try:
            fact["value"] = template.output(name)
        except EvaluationError:
            fact["value"] = Unresolved(name, "error")
        facts[name] = fact
    return facts


def _locate_in_deployment(template: Template, path: Path, key: bool) -> Place:
    """`("parameters", "name", "defaultValue", …)` → its place in the template."""
    if not path:
        return template.place((), True)
    section = template.keys.get(str(path[0]).lower())
    if section is None:
        return template.place((), True)
    symbols = template.declared if str(path[0]).lower() == "parameters" else template.promised
    if len(path) > 2 and str(path[2]).lower() == "value" and symbols is template.declared:
        argument = template.arguments.get(str(path[1]).lower())
        if argument is not None:
            return argument.locate(path[3:], key)
    return trace.locate(template, template.output_frame, (section,), path[1:], key)

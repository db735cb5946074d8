"""Deployments written as resources: their template is a value of the file, with expressions of ARM in its texts."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from linter.model import Path, Place, Unresolved, Value
from linter.sources.arm.deployment import open_template
from linter.sources.arm.reader import Document
from linter.sources.arm.source import Argument, Source
from linter.sources.arm.template import Template
from linter.sources.bicep.resources import Instance
from linter.sources.bicep.scopes import group_scope
from linter.sources.bicep.trace import locate_resource
from linter.sources.template.scope import Context, Scope
from linter.sources.template.values import lookup


class InlineDocument(Document):
    """The template of a deployment resource: its places are those of the Bicep expressions that wrote it."""

    def __init__(self, instance: Instance, value: Value, base: Path) -> None:
        super().__init__("", instance.unit.program.shown, value, [], [])
        self.instance = instance
        self.base = base

    def place(self, where: str | Path = (), key: bool = False) -> Place:
        steps = where if isinstance(where, tuple) else ()
        return replace(locate_resource(self.instance, (*self.base, *steps), key), chain=())


def open_inline(instance: Instance) -> Template | None:
    """The template that a deployment resource deploys; `None`, and a gap, where it is not written there."""
    body = instance.body
    unit = instance.unit
    properties = body.get("properties")
    template = lookup(properties, "template")[1] if isinstance(properties, dict) else None
    if not isinstance(template, dict):
        unit.refuse(
            instance.series.statement, "the template of the deployment is not written here; it is not seen", "link"
        )
        return None
    inner = False
    options = lookup(properties, "expressionEvaluationOptions")[1] if isinstance(properties, dict) else None
    if isinstance(options, dict):
        scope = lookup(options, "scope")[1]
        inner = isinstance(scope, str) and scope.lower() == "inner"
    value = escaped(template) if inner else template
    given = lookup(properties, "parameters")[1] if isinstance(properties, dict) else None
    document = InlineDocument(instance, value, ("properties", "template"))
    statement = instance.series.statement
    scope = scope_of(instance)
    return open_template(
        value,
        _arguments(instance, given),
        scope,
        Context(scope, "", unit.library.root, (), unit.budget),
        Source(document, calls_before=(*unit.chain, unit.program.place(_behind_decorators(statement)))),
        name=instance.name,
        condition=condition_of(instance),
        identity=instance.identity,
        whole=True,
    )


def _behind_decorators(statement: Any) -> Any:
    from linter.sources.bicep.syntax import Node

    return Node(statement.keyword, statement.end)


def condition_of(instance: Instance) -> Unresolved | None:
    """What keeps a resource open: its own condition, and that of its deployment."""
    above, own = instance.unit.condition, instance.condition
    if not isinstance(own, Unresolved):
        if above is not None and instance.condition_node is not None:
            return Unresolved(f"and({above.expression}, true())", above.reason)
        return above
    return own if above is None else Unresolved(f"and({above.expression}, {own.expression})", own.reason)


def _arguments(instance: Instance, given: Value) -> dict[str, Argument]:
    found: dict[str, Argument] = {}
    for name, item in given.items() if isinstance(given, dict) else ():
        if not isinstance(item, dict):
            continue
        has, value = lookup(item, "value")
        path: Path = ("properties", "parameters", name, "value")
        if has:
            found[name] = Argument(value, partial(_locate, instance, path))
        elif lookup(item, "reference")[0]:
            found[name] = Argument(Unresolved(f"parameters('{name}')", "secret"), partial(_locate, instance, path[:3]))
    return found


def _locate(instance: Instance, base: Path, path: Path, key: bool) -> Place:
    return locate_resource(instance, (*base, *path), key)


def scope_of(instance: Instance) -> Scope:
    """Where a deployment resource goes."""
    here, _ = instance.place()
    body = instance.body
    _, subscription = lookup(body, "subscriptionId")
    _, group = lookup(body, "resourceGroup")
    if isinstance(group, str | Unresolved):
        wide = subscription if isinstance(subscription, str | Unresolved) else here.subscription_id
        return group_scope(here, wide, group, instance.frame)
    if isinstance(subscription, str | Unresolved):
        return replace(here, kind="subscription", subscription_id=subscription)
    _, location = lookup(body, "location")
    if here.kind != "resourceGroup" and isinstance(location, str | Unresolved):
        return replace(here, location=location)
    return here


def escaped(value: Value) -> Value:
    """A value as JSON of a template in inner scope: a text in brackets is no expression there."""
    if isinstance(value, str):
        return "[" + value if value.startswith("[") and value.endswith("]") else value
    if isinstance(value, list):
        return [escaped(item) for item in value]
    if isinstance(value, dict):
        return {key: escaped(item) for key, item in value.items()}
    return value

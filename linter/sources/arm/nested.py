"""Nested deployments: where they go, what they are given, and the template they deploy."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any, Final

from linter.errors import InputError
from linter.model import Path, Place, Unresolved, Value
from linter.sources.arm import evaluator, trace
from linter.sources.arm.frames import TemplateFrame
from linter.sources.arm.reader import read
from linter.sources.arm.source import Argument, Source, lowered
from linter.sources.template.places import BODY
from linter.sources.template.scope import MANAGEMENT_GROUPS, Scope, Text
from linter.sources.template.values import EvaluationError

if TYPE_CHECKING:
    from linter.sources.arm.instances import Instance
    from linter.sources.arm.template import Template

_GROUPS: Final = "microsoft.resources/resourcegroups"
MOST_LEVELS: Final = 32
"""Deployments in deployments; Azure's own limit is lower for what can be deployed."""


def open_child(instance: Instance) -> Template | None:
    """The template that a deployment deploys, with its values; `None` (and a gap) where it cannot be seen."""
    if instance.child is not None or instance.opened:
        return instance.child
    if instance.opening:
        raise EvaluationError(f"The deployment '{instance.member('name')}' leads back to itself.")
    instance.opening = True
    try:
        instance.child = _open(instance)
        instance.opened = True
    finally:
        instance.opening = False
    return instance.child


def _open(instance: Instance) -> Template | None:
    outer = instance.template
    properties = instance.member("properties")
    path = (*instance.path, instance.keys.get("properties", "properties"))
    if isinstance(properties, str):
        properties = evaluator.evaluate(properties, instance.frame.at(BODY, sees=True))
    if not isinstance(properties, dict):
        outer.refuse("the deployment has neither template nor templateLink", instance.node, path=instance.path)
        return None
    if _levels(outer) >= MOST_LEVELS:
        outer.refuse(f"deployments nest more than {MOST_LEVELS} deep; the rest is not seen", properties, "limit", path)
        return None
    keys = lowered(properties)
    frame = instance.frame.at(BODY, sees=True)
    origin = None
    if "template" in keys:
        node, here = properties[keys["template"]], (*path, keys["template"])
        source = outer.source.inside(here, instance.path)
        options = evaluator.evaluate(properties.get(keys.get("expressionevaluationoptions", "")), frame)
        if isinstance(node, str) or not _is_inner(options):
            origin = (frame, node, here)
            node = evaluator.evaluate(node, frame)
    elif "templatelink" in keys:
        linked = _follow(instance, properties[keys["templatelink"]], (*path, keys["templatelink"]))
        if linked is None:
            return None
        node, source = linked
    else:
        outer.refuse("the deployment has neither template nor templateLink", instance.node, path=path)
        return None
    if not isinstance(node, dict):
        outer.refuse("the template of the deployment is not an object", properties, path=path)
        return None
    if "parameterslink" in keys:
        link = (*path, keys["parameterslink"])
        outer.refuse("parameters by link are not followed: the deployment is not seen", properties, "link", link)
        return None
    given = properties.get(keys.get("parameters", ""))
    arguments = _arguments(instance, given, (*path, keys.get("parameters", "parameters")))
    from linter.sources.arm.template import Template  # a cycle of types, not of work

    return Template(
        node,
        source,
        _checked_scope(instance),
        outer.context,
        name=instance.name,
        arguments=arguments,
        outer=outer,
        condition=_condition(outer.condition, instance.condition),
        identity=instance.identity,
        origin=origin,
    )


def _levels(template: Template | None) -> int:
    count = 0
    while template is not None:
        template = template.outer
        count += 1
    return count


def _is_inner(options: Value) -> bool:
    if not isinstance(options, dict):
        return False
    scope = options.get(lowered(options).get("scope", ""))
    return isinstance(scope, str) and scope.lower() == "inner"


def _condition(above: Unresolved | None, own: Value) -> Unresolved | None:
    """Open conditions conjoin."""
    if not isinstance(own, Unresolved):
        return above
    if above is None:
        return own
    return Unresolved(f"and({above.expression}, {own.expression})", own.reason)


def conjoin(above: Unresolved | None, own: Value) -> Unresolved | None:
    """The condition of a resource in a deployment whose own condition may be open."""
    return _condition(above, own)


def _arguments(instance: Instance, given: Any, path: Path) -> dict[str, Argument]:
    """The values that a deployment hands to its template, by name as written."""
    outer = instance.template
    frame = instance.frame.at(BODY, sees=True)
    if isinstance(given, str):
        given_value = evaluator.evaluate(given, frame)
        if not isinstance(given_value, dict):
            return {}
        given = given_value
    arguments: dict[str, Argument] = {}
    for name, node in given.items() if isinstance(given, dict) else ():
        value = evaluator.evaluate(node, frame)
        found = _given(name, value)
        if found is None:
            if value is not None and value != {}:
                outer.refuse(f"the parameter '{name}' has neither value nor reference", None, path=(*path, name))
            continue
        arguments[name] = Argument(found[0], partial(_locate_argument, outer, frame, (*path, name), found[1]))
    return arguments


def _given(name: str, value: Value) -> tuple[Value, Path] | None:
    """What an entry of `parameters` gives: the value and the step to it; `None` where it gives nothing."""
    if isinstance(value, Unresolved):
        return Unresolved(f"{value.expression}.value", value.reason), ()
    if isinstance(value, dict):
        keys = lowered(value)
        if "value" in keys:
            return value[keys["value"]], (keys["value"],)
        if "reference" in keys:
            return Unresolved(f"parameters('{name}')", "secret"), (keys["reference"],)
    return None


def _locate_argument(outer: Template, frame: TemplateFrame, path: Path, below: Path, steps: Path, key: bool) -> Place:
    return trace.locate(outer, frame, path, below + steps, key)


def _follow(instance: Instance, link: Any, path: Path) -> tuple[Any, Source] | None:
    """The template behind a `relativePath` inside the folder that is scanned; anything else is a gap."""
    outer = instance.template
    value = evaluator.evaluate(link, instance.frame.at(BODY))
    keys = lowered(value)
    given = value.get(keys.get("relativepath", "")) if isinstance(value, dict) else None
    root = outer.context.root
    if not isinstance(given, str) or root is None:
        what = "a template spec" if "id" in keys else "a linked template"
        shown = next((value[keys[key]] for key in ("uri", "id", "relativepath") if key in keys), "")
        where = f" ({shown})" if isinstance(shown, str) and shown else ""
        outer.refuse(f"{what} is not followed{where}: its resources are not seen", link, "link", path)
        return None
    folder = FilePath(outer.source.document.path).parent
    target = folder / given
    try:
        if not target.resolve().is_relative_to(root.resolve()):
            outer.refuse(f"the linked template '{given}' lies outside the scanned folder", link, "link", path)
            return None
        files = [outer.source.document.path, *(source.document.path for source, _ in outer.source.calls)]
        if target.as_posix() in files:
            outer.refuse(f"the linked template '{given}' links back to itself", link, "link", path)
            return None
        document = read(target, target.as_posix())
    except (InputError, OSError, ValueError) as error:
        text = error.message if isinstance(error, InputError) else str(error)
        outer.refuse(f"the linked template '{given}' {text}", link, "link", path)
        return None
    outer.gaps.extend(document.gaps)
    return document.value, outer.source.linked(document, instance.path)


def _checked_scope(instance: Instance) -> Scope:
    """Where a nested deployment goes; what the engine refuses of it is told."""
    outer = instance.template
    scope = scope_of(instance)
    stated = instance.member("location") is not None
    target = instance.head("scope")
    relative = isinstance(target, str) and not target.startswith("/") and outer.scope.kind == "resourceGroup"
    if scope.kind == "resourceGroup" and stated:
        path = (*instance.path, instance.keys["location"])
        outer.refuse("a deployment to a resource group may not have a location", instance.node, path=path)
    elif scope.kind == "managementGroup" and relative:
        message = "a deployment to a resource group may not go to a management group"
        outer.refuse(message, instance.node, path=instance.path)
    elif scope.kind != "resourceGroup" and not stated:
        outer.refuse("a deployment to a wider scope than a group needs a location", instance.node, path=instance.path)
    return scope


def scope_of(instance: Instance) -> Scope:
    """Where a nested deployment goes."""
    here = instance.template.scope
    target = instance.head("scope")
    subscription = _text(instance.head("subscriptionid"))
    group = _text(instance.head("resourcegroup"))
    location = _text(instance.head("location"))
    if isinstance(target, str) and target and subscription is None and group is None:
        return _scope_of_target(instance, target, location)
    if group is not None:
        return _group_scope(instance, subscription if subscription is not None else here.subscription_id, group)
    if subscription is not None:
        return replace(here, kind="subscription", subscription_id=subscription, location=location or here.location)
    if location is not None and here.kind != "resourceGroup":
        return replace(here, location=location)
    return here


def _text(value: Value) -> Text | None:
    return value if isinstance(value, Unresolved) or (isinstance(value, str) and value) else None


def _scope_of_target(instance: Instance, target: str, location: Text | None) -> Scope:
    here = instance.template.scope
    wide = replace(here, location=location if location is not None else here.location)
    if target == "/":
        return replace(wide, kind="tenant")
    low = "/" + target.lower().strip("/")
    name = target.strip("/").rpartition("/")[2]
    if low.startswith(("/microsoft.management/managementgroups/", MANAGEMENT_GROUPS.lower())):
        return replace(wide, kind="managementGroup", management_group_id=name)
    parts = target.strip("/").split("/")
    if low.startswith("/subscriptions/") and len(parts) == 2:
        return replace(wide, kind="subscription", subscription_id=parts[1])
    if low.startswith("/subscriptions/") and len(parts) == 4:
        return _group_scope(instance, parts[1], parts[3])
    return here


def _group_scope(instance: Instance, subscription: Text, group: Text) -> Scope:
    """A resource group: its location where it is the caller's, or the same deployments state it; else open."""
    outer: Template | None = instance.template
    scope = instance.template.scope.of_group(subscription, group)
    if isinstance(group, Unresolved) or isinstance(subscription, Unresolved):
        return scope
    wanted = f"/subscriptions/{subscription}/resourcegroups/{group}".lower()
    while outer is not None:
        if outer.scope.kind == "resourceGroup" and str(outer.scope.prefix()).lower() == wanted:
            return replace(scope, location=outer.scope.location, tags=outer.scope.tags)
        stated = _stated_group(outer, wanted)
        if stated is not None:
            location = _text(stated.head("location"))
            tags = evaluator.evaluate(stated.member("tags"), stated.frame.at(BODY))
            return replace(scope, location=location if location is not None else scope.location, tags=tags)
        outer = outer.outer
    return scope


def _stated_group(template: Template, wanted: str) -> Instance | None:
    """The resource that declares a group, in a template or in the deployments to subscriptions that it makes."""
    below: list[Instance] = []
    for one in template.instances.all:
        if one.condition is False or one.is_existing:
            continue
        if one.is_deployment:
            below.append(one)
        elif one.type.lower() == _GROUPS and isinstance(one.id, str) and one.id.lower() == wanted:
            return one
    for one in below:
        if one.opening or scope_of_is_group(one):
            continue
        child = open_child(one)
        found = _stated_group(child, wanted) if child is not None else None
        if found is not None:
            return found
    return None


def scope_of_is_group(instance: Instance) -> bool:
    """Whether a deployment goes to a resource group, told without looking for that group's location."""
    if instance.member("resourcegroup") is not None:
        return True
    return instance.template.scope.kind == "resourceGroup" and instance.member("subscriptionid") is None

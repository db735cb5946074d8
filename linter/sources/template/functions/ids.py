"""Resource ids, and what a deployment knows of its surroundings: `resourceGroup()`, `environment()` …"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from linter.model import Unresolved, Value
from linter.sources.template.functions.arguments import text, wrong
from linter.sources.template.functions.clouds import environment
from linter.sources.template.functions.signature import MANY, Function
from linter.sources.template.values import EvaluationError, StillOpen, render, render_call

if TYPE_CHECKING:
    from linter.sources.template.frame import Frame

_GUID = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}\Z", re.IGNORECASE)
_GROUPS: Final = "/providers/Microsoft.Management/managementGroups/"


def is_guid(value: str) -> bool:
    """Whether a text is a guid, with or without hyphens."""
    return _GUID.match(value) is not None


def _type_at(args: list[Value], name: str, most: int) -> int:
    """Where the type stands: it is the only argument with a slash, after at most `most` others."""
    for at, arg in enumerate(args):
        if not isinstance(arg, str | Unresolved):
            wrong(name, at, "String", arg)
    slashed = [at for at, arg in enumerate(args) if isinstance(arg, str) and "/" in arg]
    opened = [arg for arg in args if isinstance(arg, Unresolved)]
    if not slashed and opened:
        raise StillOpen(opened[0])
    if len(slashed) != 1:
        raise EvaluationError(
            f"Unable to evaluate template language function '{name}': function requires exactly one multi-segmented "
            "argument which must be resource type including resource provider namespace."
        )
    at = slashed[0]
    if at > most:
        raise EvaluationError(
            f"Unable to evaluate template language function '{name}': function requires fully qualified resource type "
            f"'{args[at]}' as one of first {most + 1} arguments."
        )
    count = args[at].rstrip("/").count("/")
    if len(args) - at - 1 != count:
        raise EvaluationError(
            f"Unable to evaluate template language function '{name}': the type '{args[at]}' requires '{count}' "
            "resource name argument(s)."
        )
    return at


def _assemble(name: str, prefix: list[Value], head: list[Value], kind: str, names: list[Value]) -> Value:
    """`prefix`, `/providers/`, types and names in turn; where one is open, the call with `head` before the type."""
    for part in [*prefix, *names]:
        if isinstance(part, Unresolved):
            return Unresolved(render_call(name, [*head, kind, *names]), part.reason)
    namespace, *types = kind.split("/")
    pairs = zip([step for step in types if step], [one for one in names if one], strict=False)
    path = "/".join([f"{step}/{one}" for step, one in pairs])
    return f"{''.join(prefix)}/providers/{namespace}/{path}"


def _resource_id(args: list[Value], frame: Frame) -> Value:
    at = _type_at(args, "resourceId", 2)
    scope, given = frame.scope, args[:at]
    kind, names = args[at], args[at + 1 :]
    if len(given) == 2:
        _subscription_text(given[0], "resourceId")
        return _group_level(given[0], given[1], kind, names)
    if len(given) == 1:
        if scope.kind != "resourceGroup" and isinstance(given[0], str) and is_guid(given[0]):
            return _assemble("subscriptionResourceId", ["/subscriptions/", given[0]], [given[0]], kind, names)
        return _group_level(scope.subscription_id, given[0], kind, names)
    if scope.kind == "resourceGroup":
        return _group_level(scope.subscription_id, scope.resource_group, kind, names)
    if scope.kind == "subscription":
        subscription = scope.subscription_id
        return _assemble("subscriptionResourceId", ["/subscriptions/", subscription], [subscription], kind, names)
    if scope.kind == "managementGroup":
        group = scope.management_group_id
        return _assemble("managementGroupResourceId", [_GROUPS, group], [group], kind, names)
    return _assemble("tenantResourceId", [], [], kind, names)


def _group_level(subscription: Value, group: Value, kind: str, names: list[Value]) -> Value:
    prefix = ["/subscriptions/", subscription, "/resourceGroups/", group]
    return _assemble("resourceId", prefix, [subscription, group], kind, names)


def _subscription_text(value: Value, name: str) -> None:
    if isinstance(value, str) and not is_guid(value):
        raise EvaluationError(
            f"Unable to evaluate template language function '{name}': the value '{value}' is not a valid subscription "
            "identifier."
        )


def _subscription_resource_id(args: list[Value], frame: Frame) -> Value:
    name = "subscriptionResourceId"
    at = _type_at(args, name, 1)
    subscription = args[0] if at else frame.scope.subscription_id
    if at:
        _subscription_text(subscription, name)
    kind, names = args[at], args[at + 1 :]
    if kind.lower() == "microsoft.resources/resourcegroups" and isinstance(names[0], str):
        if isinstance(subscription, str):
            return f"/subscriptions/{subscription}/resourceGroups/{names[0]}"
        return Unresolved(render_call(name, [subscription, kind, *names]), subscription.reason)
    return _assemble(name, ["/subscriptions/", subscription], [subscription], kind, names)


def _tenant_resource_id(args: list[Value], _frame: Frame) -> Value:
    at = _type_at(args, "tenantResourceId", 0)
    return _assemble("tenantResourceId", [], [], args[at], args[at + 1 :])


def _group_resource_id(args: list[Value], frame: Frame) -> Value:
    """Without a group its type comes first: that of the deployment, which must go to one."""
    name = "managementGroupResourceId"
    at = _type_at(args, name, 1)
    if at == 0 and frame.scope.kind != "managementGroup":
        raise EvaluationError(
            f"Unable to evaluate template language function '{name}'. At least 3 parameters should be provided: "
            "the deployment goes to no management group."
        )
    group = args[0] if at else frame.scope.management_group_id
    return _assemble(name, [_GROUPS, group], [group], args[at], args[at + 1 :])


def _extension_resource_id(args: list[Value], _frame: Frame) -> Value:
    name = "extensionResourceId"
    parent = args[0]
    if isinstance(parent, str):
        if parent.startswith("//") or not parent.strip("/"):
            raise EvaluationError(
                f"Unable to evaluate template language function '{name}': the provided parent resource id '{parent}' "
                "is not a valid uri."
            )
    elif not isinstance(parent, Unresolved):
        wrong(name, 0, "String", parent)
    at = _type_at(args[1:], name, 0) + 1
    base = "/" + parent.strip("/") if isinstance(parent, str) else parent
    return _assemble(name, [base], [parent], args[at], args[at + 1 :])


def _open(expression: str) -> Unresolved:
    return Unresolved(expression, "context")


def _metadata(name: str) -> EvaluationError:
    return EvaluationError(f"The deployment metadata '{name}' is not valid.")


def _joined(*parts: Value) -> Value:
    for part in parts:
        if isinstance(part, Unresolved):
            return Unresolved(f"concat({', '.join(map(render, parts))})", part.reason)
    return "".join(parts)


def _resource_group(args: list[Value], frame: Frame) -> Value:
    scope = frame.scope
    if args:
        for at, arg in enumerate(args):
            if not isinstance(arg, str):
                wrong("resourceGroup", at, "String", arg)
        subscription = args[0] if len(args) == 2 else scope.subscription_id
        return {
            "id": _joined("/subscriptions/", subscription, "/resourceGroups/", args[-1]),
            "name": args[-1],
            "type": "Microsoft.Resources/resourceGroups",
        }
    if scope.kind != "resourceGroup":
        raise _metadata("resourceGroup")
    return {
        "id": _joined("/subscriptions/", scope.subscription_id, "/resourceGroups/", scope.resource_group),
        "name": scope.resource_group,
        "type": "Microsoft.Resources/resourceGroups",
        "location": scope.location,
        "tags": scope.tags if scope.tags is not None else _open("resourceGroup().tags"),
        "managedBy": _open("resourceGroup().managedBy"),
        "properties": _open("resourceGroup().properties"),
    }


def _subscription(args: list[Value], frame: Frame) -> Value:
    scope = frame.scope
    if args:
        given = text(args, 0, "subscription")
        if not is_guid(given):
            raise EvaluationError(f"The provided value '{given}' is not valid subscription identifier.")
        return {"id": f"/subscriptions/{given}", "subscriptionId": given}
    if scope.kind not in ("resourceGroup", "subscription"):
        raise _metadata("subscription")
    return {
        "id": _joined("/subscriptions/", scope.subscription_id),
        "subscriptionId": scope.subscription_id,
        "tenantId": scope.tenant_id,
        "displayName": _open("subscription().displayName"),
    }


def _tenant(_args: list[Value], frame: Frame) -> Value:
    return {
        "countryCode": _open("tenant().countryCode"),
        "displayName": _open("tenant().displayName"),
        "id": _joined("/tenants/", frame.scope.tenant_id),
        "tenantId": frame.scope.tenant_id,
    }


def _management_group(args: list[Value], frame: Frame) -> Value:
    if args:
        given = text(args, 0, "managementGroup")
        return {"id": _GROUPS + given, "name": given, "type": _GROUPS.rstrip("/")}
    scope = frame.scope
    if scope.kind != "managementGroup":
        raise _metadata("managementGroup")
    return {
        "id": _joined(_GROUPS, scope.management_group_id),
        "name": scope.management_group_id,
        "type": _GROUPS.rstrip("/"),
        "properties": _open("managementGroup().properties"),
    }


def _environment(_args: list[Value], frame: Frame) -> Value:
    return environment(frame.scope.cloud)


def _deployment(_args: list[Value], frame: Frame) -> Value:
    return frame.deployment()


IDS: Final = (
    Function("resourceId", 2, MANY, _resource_id, "own"),
    Function("subscriptionResourceId", 2, MANY, _subscription_resource_id, "own"),
    Function("tenantResourceId", 2, MANY, _tenant_resource_id, "own"),
    Function("managementGroupResourceId", 2, MANY, _group_resource_id, "own"),
    Function("extensionResourceId", 3, MANY, _extension_resource_id, "own"),
    Function("resourceGroup", 0, 2, _resource_group),
    Function("subscription", 0, 1, _subscription),
    Function("tenant", 0, 0, _tenant),
    Function("managementGroup", 0, 1, _management_group),
    Function("environment", 0, 0, _environment),
    Function("deployment", 0, 0, _deployment),
)

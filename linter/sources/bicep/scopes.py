"""What `scope:` may say: a resource group, subscription, management group or the tenant, or the resource to extend."""

from __future__ import annotations

from dataclasses import replace

from linter.model import Unresolved, Value
from linter.sources.bicep.expressions import evaluate, value_of
from linter.sources.bicep.frames import BicepFrame, Handle
from linter.sources.bicep.syntax import Call, InstanceCall, Name, Node, Parenthesised, Ternary, Variable
from linter.sources.bicep.syntax_statements import Var
from linter.sources.template.functions.ids import is_guid
from linter.sources.template.scope import Scope, Text
from linter.sources.template.values import EvaluationError, LimitError

_FUNCTIONS = ("resourceGroup", "subscription", "managementGroup", "tenant")


class ScopeHandle(Handle):
    """A scope of deployments."""

    __slots__ = ("scope",)

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    def member(self, name: str, _safe: bool) -> Value:
        if name == "id":
            return self.scope.prefix() or "/"
        raise EvaluationError(f"'{name}' cannot be read of a scope.")

    def whole(self) -> Value:
        return {"id": self.scope.prefix() or "/"}


def scope_of(node: Node, frame: BicepFrame) -> Value | Handle:
    """A `ScopeHandle`, the handle of a resource, or an `Unresolved`."""
    if isinstance(node, Parenthesised):
        return scope_of(node.inner, frame)
    if isinstance(node, Ternary):
        test = value_of(node.condition, frame)
        if isinstance(test, bool):
            return scope_of(node.then if test else node.otherwise, frame)
        return test if isinstance(test, Unresolved) else None
    if isinstance(node, Variable) and node.name not in frame.names:
        symbol = frame.unit.program.symbols.get(node.name)
        if isinstance(symbol, Var):
            return scope_of(symbol.value, frame.unit.frame)
    name = node.name.text if isinstance(node, InstanceCall) and isinstance(node.name, Name) else ""
    if isinstance(node, Call):
        name = node.name
    if name in _FUNCTIONS and isinstance(node, Call | InstanceCall):
        args = [_argument(one, frame) for one in node.arguments]
        _check(name, args, node, frame)
        return ScopeHandle(_called(name, args, frame))
    return evaluate(node, frame)


def _check(name: str, args: list[Value], node: Node, frame: BicepFrame) -> None:
    """Tell of names that are none: the engine makes no id of them."""
    subscription = args[0] if name == "subscription" and args else args[0] if len(args) > 1 else None
    if isinstance(subscription, str) and not is_guid(subscription):
        frame.unit.refuse(node, f"'{subscription}' is no subscription id")
    if name == "resourceGroup" and args and isinstance(args[-1], str) and "/" in args[-1]:
        frame.unit.refuse(node, f"'{args[-1]}' is no name of a resource group")


def _argument(node: Node, frame: BicepFrame) -> Value:
    """An argument; one that fails is open, with a gap."""
    try:
        return value_of(node, frame)
    except LimitError:
        raise
    except EvaluationError as error:
        return frame.unit.fault(node, frame, error)


def _called(name: str, args: list[Value], frame: BicepFrame) -> Scope:
    here = frame.unit.scope
    for arg in args:
        if not isinstance(arg, str | Unresolved):
            raise EvaluationError(f"The function '{name}' takes text.")
    if name == "tenant":
        return replace(here, kind="tenant")
    if name == "managementGroup":
        return replace(here, kind="managementGroup", management_group_id=args[0] if args else here.management_group_id)
    if name == "subscription":
        return replace(here, kind="subscription", subscription_id=args[0] if args else here.subscription_id)
    if not args:
        return replace(here, kind="resourceGroup")
    return group_scope(here, args[0] if len(args) > 1 else here.subscription_id, args[-1], frame)


def group_scope(here: Scope, subscription: Text, group: Text, frame: BicepFrame) -> Scope:
    """A resource group: its location and tags where the same deployments state it, else open."""
    scope = here.of_group(subscription, group)
    if isinstance(group, Unresolved) or isinstance(subscription, Unresolved):
        return scope
    wanted = f"/subscriptions/{subscription}/resourcegroups/{group}".lower()
    unit = frame.unit
    seen = unit
    while seen is not None:
        if seen.scope.kind == "resourceGroup" and str(seen.scope.prefix()).lower() == wanted:
            return replace(scope, location=seen.scope.location, tags=seen.scope.tags)
        found = seen.group(wanted)
        if found is not None:
            return replace(scope, location=found[0] if found[0] is not None else scope.location, tags=found[1])
        if seen.outer is None:
            break
        seen = seen.outer
    return scope

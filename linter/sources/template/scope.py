"""Where a deployment goes, the ids of what it deploys, and what the caller says of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, Literal, TypeAlias

from linter.model import Unresolved
from linter.sources.template.values import Budget

ScopeKind: TypeAlias = Literal["resourceGroup", "subscription", "managementGroup", "tenant"]
Text: TypeAlias = "str | Unresolved"

ZERO: Final = "00000000-0000-0000-0000-000000000000"
MANAGEMENT_GROUPS: Final = "/providers/Microsoft.Management/managementGroups/"


@dataclass(frozen=True, slots=True)
class Scope:
    """The target of a deployment. A part that `kind` does not have is there all the same, for deployments further down.

    `location` is that of the resource group, or of the deployment where `kind` is wider; `tags` are those of a group
    that the same template states. `cloud` is `public`, `usgov`, `china` or `any` (then `environment()` stays open).
    """

    kind: ScopeKind = "resourceGroup"
    subscription_id: Text = ZERO
    resource_group: Text = "rg"
    location: Text = "westeurope"
    tenant_id: Text = ZERO
    management_group_id: Text = ""
    cloud: str = "public"
    tags: object = None

    def prefix(self) -> Text:
        """The id of the scope itself, without a slash at its end: empty for a tenant."""
        if self.kind == "resourceGroup":
            return join_text("/subscriptions/", self.subscription_id, "/resourceGroups/", self.resource_group)
        if self.kind == "subscription":
            return join_text("/subscriptions/", self.subscription_id)
        if self.kind == "managementGroup":
            return join_text(MANAGEMENT_GROUPS, self.management_group_id)
        return ""

    def of_group(self, subscription: Text, group: Text) -> Scope:
        """A resource group whose location and tags are not known yet."""
        return replace(
            self,
            kind="resourceGroup",
            subscription_id=subscription,
            resource_group=group,
            location=Unresolved("resourceGroup().location", "context"),
            tags=None,
        )

    def resource_id(self, kind: str, name: Text, target: Text | None = None) -> Text:
        """The id of a resource of full type `kind` and full name `name` (a segment fewer in the name than in the type).

        `target`: what its `scope` says: the id of the resource that it extends, the same without the scope's prefix, or
        `/` for the tenant; `None` for a resource in the scope itself.
        """
        if isinstance(target, Unresolved):
            return Unresolved(self._extension_text(kind, name, target), target.reason)
        if target is not None:
            target = self.absolute(target)
            if isinstance(target, str) and isinstance(name, str):
                return join_id(target.rstrip("/"), kind, name)
            reason = next(part.reason for part in (target, name) if isinstance(part, Unresolved))
            return Unresolved(f"extensionResourceId({quote(target)}, {quote(kind)}, {names_text(kind, name)})", reason)
        prefix = self.prefix()
        if isinstance(prefix, str) and isinstance(name, str):
            return join_id(prefix, kind, name)
        reason = next(part.reason for part in (name, prefix) if isinstance(part, Unresolved))
        return Unresolved(self._id_text(kind, name), reason)

    def absolute(self, target: str) -> Text:
        """The full id for what a `scope` property says: as it is, or relative to this scope. `/` is the tenant."""
        if target.startswith("/") or not target:
            return target if target else self.prefix()
        return join_text(self.prefix(), "/providers/", target)

    def _id_text(self, kind: str, name: Text) -> str:
        names = names_text(kind, name)
        if self.kind == "resourceGroup":
            return f"resourceId({quote(self.subscription_id)}, {quote(self.resource_group)}, {quote(kind)}, {names})"
        if self.kind == "subscription":
            return f"subscriptionResourceId({quote(self.subscription_id)}, {quote(kind)}, {names})"
        if self.kind == "managementGroup":
            return f"managementGroupResourceId({quote(self.management_group_id)}, {quote(kind)}, {names})"
        return f"tenantResourceId({quote(kind)}, {names})"

    def _extension_text(self, kind: str, name: Text, target: Unresolved) -> str:
        """As the engine words it: whether an open target is the tenant, an id or a relative one is decided later."""
        given, names = target.expression, names_text(kind, name)
        parts = ["'/subscriptions/'", quote(self.subscription_id)]
        if self.kind == "resourceGroup":
            parts += ["'/resourceGroups/'", quote(self.resource_group)]
        elif self.kind == "managementGroup":
            parts = [quote(MANAGEMENT_GROUPS), quote(self.management_group_id)]
        elif self.kind == "tenant":
            parts = []
        relative = f"concat({', '.join([*parts, quote('/providers/'), given])})"
        extended = f"if(startsWith({given}, '/'), {given}, {relative})"
        tenant = f"tenantResourceId({quote(kind)}, {names})"
        return f"if(equals({given}, '/'), {tenant}, extensionResourceId({extended}, {quote(kind)}, {names}))"


def quote(value: Text) -> str:
    """As an argument in an expression."""
    return value.expression if isinstance(value, Unresolved) else "'" + value.replace("'", "''") + "'"


def join_text(*parts: Text) -> Text:
    """The parts in a row: text, or `concat(…)` where one is open."""
    for part in parts:
        if isinstance(part, Unresolved):
            flat = [p.expression if isinstance(p, Unresolved) else quote(p) for p in parts if p != ""]
            return Unresolved(f"concat({', '.join(flat)})", part.reason)
    return "".join(parts)  # type: ignore[arg-type]  # open segments were sent away above


def names_text(kind: str, name: Text) -> str:
    """The name's segments as arguments; of an open name with several, as the engine words it."""
    if isinstance(name, str):
        return ", ".join(quote(segment) for segment in name.split("/"))
    count = kind.count("/")
    if count <= 1:
        return name.expression
    split = f"filter(split({name.expression}, '/'), lambda('x', not(empty(lambdaVariables('x')))))"
    return ", ".join(f"{split}[{index}]" for index in range(count))


def join_id(prefix: str, kind: str, name: str) -> str:
    """Prefix, `/providers/`, namespace, then types and names in turn; groups and subscriptions have their own ids."""
    low = kind.lower()
    if low.startswith("microsoft.resources/"):
        if low == "microsoft.resources/resourcegroups" and prefix.count("/") == 2:
            return f"{prefix}/resourceGroups/{name}"
        if low == "microsoft.resources/subscriptions":
            return f"/subscriptions/{name}"
    types, names = kind.split("/"), [segment for segment in name.split("/") if segment]
    text = f"{prefix}/providers/{types[0]}"
    for index, step in enumerate(step for step in types[1:] if step):
        text += f"/{step}/{names[index]}" if index < len(names) else f"/{step}"
    return text


@dataclass(slots=True)
class Context:
    """What the command line says of a deployment, and the bounds of the run.

    Links are followed inside `root` only (`None`: none are); `modules` are folders of restored registry modules.
    """

    scope: Scope = field(default_factory=Scope)
    deployment_name: str = "main"
    root: Path | None = None
    modules: tuple[Path, ...] = ()
    budget: Budget = field(default_factory=Budget)

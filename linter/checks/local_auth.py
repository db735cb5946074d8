"""Does a resource accept shared keys or local accounts beside Microsoft Entra ID?

Sources, read 2026-11-24: https://learn.microsoft.com/azure/ai-services/disable-local-auth (keys of an account are
turned off by `disableLocalAuth: true`); https://learn.microsoft.com/azure/search/search-security-api-keys (keys are on
unless told); https://learn.microsoft.com/azure/aks/local-accounts (local accounts likewise);
https://learn.microsoft.com/azure/container-registry/container-registry-authentication (the admin user is off unless
told); https://learn.microsoft.com/azure/machine-learning/how-to-disable-local-auth-storage (a workspace reaches its
storage with a shared key unless told); Azure.Bicep.Types.Az 0.2.972 (a null `allowSharedKeyAccess` is true; words of
`systemDatastoresAuthMode`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from linter.checks.ai_workload import ai_resource, ai_workload, project
from linter.checks.outcomes import distrusted, failed, open_value, passed, shown, titled, truth, undecided, word
from linter.facts.resources import ACCOUNT, CLUSTER, WORKSPACE
from linter.model import ABSENT, Inventory, Outcome, Resource, Unresolved

COMPUTE = f"{WORKSPACE}/computes"
DATASTORES = "properties.systemDatastoresAuthMode"


class Switch(NamedTuple):
    """A boolean property: keys are accepted while it is `fault`. `absent` is what the service takes (None: not judged
    then)."""

    path: str
    fault: bool
    absent: bool | None
    what: str


SWITCHES = {
    ACCOUNT: (Switch("properties.disableLocalAuth", False, False, "account keys"),),
    "microsoft.search/searchservices": (Switch("properties.disableLocalAuth", False, False, "API keys"),),
    COMPUTE: (Switch("properties.disableLocalAuth", False, None, "local SSH accounts"),),
    CLUSTER: (Switch("properties.disableLocalAccounts", False, False, "local cluster accounts (certificates)"),),
    "microsoft.containerregistry/registries": (
        Switch("properties.adminUserEnabled", True, False, "the admin user's password"),
        Switch("properties.anonymousPullEnabled", True, False, "pulls without any identity"),
    ),
    "microsoft.storage/storageaccounts": (
        Switch("properties.allowSharedKeyAccess", True, True, "account keys and SAS tokens made from them"),
    ),
}


def keys(resource: Resource, inventory: Inventory, _parameters: Mapping[str, Any]) -> Outcome | list[Outcome] | None:
    """One outcome a fault; else the first open one; else a pass. Supporting resources count in an AI workload
    only."""
    if not ai_resource(resource, inventory) and not ai_workload(inventory):
        return None
    if resource.type_key == WORKSPACE:
        return None if project(resource) else _datastores(resource)
    found = [outcome for switch in SWITCHES[resource.type_key] if (outcome := _switched(resource, switch)) is not None]
    faults = [outcome for outcome in found if outcome.verdict == "fail"]
    return (
        faults
        or next((outcome for outcome in found if outcome.verdict == "unknown"), None)
        or (found[0] if found else None)
    )


def _switched(resource: Resource, switch: Switch) -> Outcome | None:
    value = resource.get(switch.path)
    if isinstance(value, Unresolved):
        return open_value(resource, switch.path, value, f"{_word(not switch.fault)} refuses {switch.what}")
    if value is ABSENT:
        if switch.absent is None:
            return None
        if switch.absent is not switch.fault:
            return passed(switch.path)
        reason = f"{_last(switch.path)} is not set, and the service then takes {_word(switch.absent)}"
    else:
        if truth(value) is None:
            return undecided(
                f"{titled(resource)}: {switch.path} is {shown(value)}, neither true nor false", switch.path, value
            )
        if truth(value) is not switch.fault:
            harmless = switch.absent is not switch.fault  # what the service does untold is right anyway
            return (None if harmless else distrusted(resource, switch.path, value)) or passed(switch.path, value)
        reason = f"{_last(switch.path)} is {shown(value)}"
    return failed(f"{titled(resource)}: accepts {switch.what}: {reason}", switch.path, value)


def _datastores(workspace: Resource) -> Outcome:
    """Absent is `AccessKey`, reported as low; `Identity` and `UserDelegationSAS` need no account key."""
    mode, name = workspace.get(DATASTORES), titled(workspace)
    if isinstance(mode, Unresolved):
        return open_value(workspace, DATASTORES, mode, "'Identity' reaches the default datastores without account keys")
    if word(mode) in ("identity", "userdelegationsas"):
        return distrusted(workspace, DATASTORES, mode) or passed(DATASTORES, mode)
    if mode is ABSENT:
        text = "systemDatastoresAuthMode is not set, and the service then takes 'AccessKey'"
        return failed(
            f"{name}: reaches its default datastores with account keys: {text}", DATASTORES, mode, severity="low"
        )
    return failed(
        f"{name}: reaches its default datastores with account keys: {DATASTORES} is {shown(mode)}", DATASTORES, mode
    )


def _last(path: str) -> str:
    return path.rpartition(".")[2]


def _word(value: bool) -> str:
    return "true" if value else "false"

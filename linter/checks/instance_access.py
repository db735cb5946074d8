"""Can others reach or use a compute instance?

Sources, read 2026-11-24: https://learn.microsoft.com/azure/machine-learning/how-to-create-compute-instance (SSH is off
unless told; an instance may be made for another user); the REST API's own defaults (azure-rest-api-specs, commit
0bfa929, machinelearningservices stable/2022-10-01: applications are shared, the type is personal);
https://learn.microsoft.com/python/api/azure-ai-ml/azure.ai.ml.entities.computeinstance (the SDK asks for a public
address unless told; no page was found that says it of the service, which is taken to do the same);
Azure.Bicep.Types.Az 0.2.972 (`disableLocalAuth` stands beside `computeType`; `personal` is the only, and the default,
authorization type; `enableNodePublicIp` has no default there).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from linter.checks.outcomes import failed, open_value, passed, shown, titled, truth, undecided, word
from linter.checks.public_nodes import node_address
from linter.model import ABSENT, Inventory, Outcome, Related, Resource, Unresolved

KIND, INNER = "properties.computeType", "properties.properties"
SSH, SHARING = f"{INNER}.sshSettings.sshPublicAccess", f"{INNER}.applicationSharingPolicy"
LOCAL = "properties.disableLocalAuth"
USER, TYPE = f"{INNER}.personalComputeInstanceSettings.assignedUser", f"{INNER}.computeInstanceAuthorizationType"


def closed(compute: Resource, inventory: Inventory, _parameters: Mapping[str, Any]) -> Outcome | None:
    """All five questions in one row: the message names every fault; without one, the first open question."""
    kind = compute.get(KIND)
    if not isinstance(kind, Unresolved) and word(kind) != "computeinstance":
        return None
    found = [_ssh(compute), _sharing(compute), _address(compute, inventory), _local(compute), _user(compute)]
    faults = [one for one in found if one.verdict == "fail"]
    opened = next((one for one in found if one.verdict == "unknown"), None)
    if not faults:
        return opened or passed(KIND, kind)
    if isinstance(kind, Unresolved):
        return open_value(compute, KIND, kind, f"a compute instance must not be open: {faults[0].message}")
    text = "; ".join(fault.message for fault in faults)
    related = [Related(fault.message, compute, fault.path) for fault in faults[1:]]
    message = f"{titled(compute)}: compute instance that others can reach or use: {text}"
    return failed(message, faults[0].path, faults[0].observed, related=related)


def _ssh(compute: Resource) -> Outcome:
    value = compute.get(SSH)
    if isinstance(value, Unresolved):
        return open_value(compute, SSH, value, "'Disabled' keeps the SSH port closed")
    if word(value) == "enabled":
        return failed("its SSH port is open (sshPublicAccess 'Enabled')", SSH, value)
    return passed(SSH, value)


def _sharing(compute: Resource) -> Outcome:
    value = compute.get(SHARING)
    if isinstance(value, Unresolved):
        return open_value(compute, SHARING, value, "'Personal' keeps its applications to its user")
    if word(value) == "personal":
        return passed(SHARING, value)
    told = "is not set, which means 'Shared'" if value is ABSENT else f"is {shown(value)}"
    return failed(f"its applications are open to the workspace (applicationSharingPolicy {told})", SHARING, value)


def _address(compute: Resource, inventory: Inventory) -> Outcome:
    outcome = node_address(compute, inventory)
    if outcome.verdict != "fail":
        return outcome
    told = "is not set, which means true" if outcome.observed is ABSENT else f"is {shown(outcome.observed)}"
    return failed(f"it has a public address (enableNodePublicIp {told})", outcome.path, outcome.observed)


def _local(compute: Resource) -> Outcome:
    value = compute.get(LOCAL)
    if isinstance(value, Unresolved):
        return open_value(compute, LOCAL, value, "true refuses local accounts")
    if truth(value):
        return passed(LOCAL, value)
    return failed(f"local accounts are accepted (properties.disableLocalAuth is {shown(value)})", LOCAL, value)


def _user(compute: Resource) -> Outcome:
    """Assigned to somebody, or stated to be personal (then it is its creator's). Neither: whoever deploys it, often a
    pipeline, owns it."""
    user, kind = compute.get(USER), compute.get(TYPE)
    if isinstance(user, Unresolved):
        return open_value(compute, USER, user, "it must name the user of the instance")
    if isinstance(user, dict) and compute.get(f"{USER}.objectId") not in (ABSENT, ""):
        return passed(USER, user)
    if word(kind) == "personal":
        return passed(TYPE, kind)
    if isinstance(kind, Unresolved):
        return open_value(compute, TYPE, kind, "'personal' gives the instance to its creator")
    if kind is not ABSENT:
        return undecided(
            f"{titled(compute)}: computeInstanceAuthorizationType is {shown(kind)}, no known word", TYPE, kind
        )
    return failed("nobody is named as its user (no assignedUser; whoever deploys it owns it)", USER)

"""Roles and principals.

Sources, read 2026-11-24: https://learn.microsoft.com/azure/role-based-access-control/built-in-roles/privileged (ids of
roles, the same in every tenant); Azure.Bicep.Types.Az 0.2.972 (words of `principalType`).
"""

from __future__ import annotations

from typing import Final

BROAD_ROLES: Final = {
    "8e3af657-a8ff-443c-a75c-2fe8c4bcb635": "Owner",
    "b24988ac-6180-42a0-ab88-20f7382dd24c": "Contributor",
    "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9": "User Access Administrator",
}
WORKLOAD_PRINCIPALS: Final = frozenset({"serviceprincipal", "agentuser", "agentserviceprincipal"})
"""`principalType` of identities that workloads and agents run as; the others are people and groups."""


def broad_role(role_definition_id: str) -> str:
    """The name of the broad role that this role definition id ends in, "" for another."""
    return BROAD_ROLES.get(role_definition_id.rstrip("/").rpartition("/")[2].lower(), "")

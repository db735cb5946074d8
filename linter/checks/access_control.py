"""Does Microsoft Entra ID with Azure RBAC decide who may do what in a cluster, vault or Databricks workspace?

Sources, read 2026-11-24: https://learn.microsoft.com/azure/aks/entra-id-authorization and
https://learn.microsoft.com/azure/aks/entra-id-control-plane-authentication (neither is on unless told, but
on AKS Automatic, which has both);
https://learn.microsoft.com/azure/key-vault/general/access-control-default (a vault made with api-version 2026-02-01 or
later uses RBAC unless told; one that reads back null uses access policies) against the text of every api-version in
Azure.Bicep.Types.Az 0.2.972, 2026-02-01 too, which says false; https://learn.microsoft.com/azure/databricks/security/auth/access-control/
(access control needs the premium tier; trial is premium for a time).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from linter.checks.ai_workload import ai_resource, ai_workload
from linter.checks.outcomes import failed, open_value, passed, shown, titled, truth, undecided, word
from linter.facts.resources import CLUSTER
from linter.model import ABSENT, Inventory, Outcome, Resource, Unresolved

ENTRA = "properties.aadProfile"
AZURE_RBAC = f"{ENTRA}.enableAzureRBAC"
KUBERNETES_RBAC = "properties.enableRBAC"
VAULT_RBAC = "properties.enableRbacAuthorization"
RBAC_BY_DEFAULT = "2026-02-01"
"""From this api-version on a new vault uses RBAC unless told."""


def by_roles(resource: Resource, inventory: Inventory, _parameters: Mapping[str, Any]) -> Outcome | None:
    if not (ai_resource(resource, inventory) or ai_workload(inventory)):
        return None
    if resource.type_key == CLUSTER:
        return _cluster(resource)
    return _databricks(resource) if resource.type_key.startswith("microsoft.databricks") else _vault(resource)


def _cluster(cluster: Resource) -> Outcome:
    name, profile = titled(cluster), cluster.get(ENTRA)
    plain = cluster.get(KUBERNETES_RBAC)
    if truth(plain) is False:
        return failed(f"{name}: Kubernetes RBAC is off: enableRBAC is {shown(plain)}", KUBERNETES_RBAC, plain)
    if isinstance(profile, Unresolved):
        return open_value(cluster, ENTRA, profile, "Entra ID and Azure RBAC must be on in it")
    if word(cluster.get("sku.name")) == "automatic" and cluster.get(AZURE_RBAC) is ABSENT:
        return passed("sku.name", "Automatic")
    if profile is ABSENT or profile == {}:
        text = "who may do what is not decided by Entra ID: aadProfile is not set (off unless told)"
        return failed(f"{name}: {text}; set managed and enableAzureRBAC to true", ENTRA)
    roles = cluster.get(AZURE_RBAC)
    if isinstance(roles, Unresolved):
        return open_value(cluster, AZURE_RBAC, roles, "true lets Azure roles decide inside the cluster")
    if truth(roles):
        return passed(AZURE_RBAC, roles)
    told = f"enableAzureRBAC is {shown(roles)}" + (" (false unless told)" if roles is ABSENT else "")
    return failed(f"{name}: Azure roles do not decide inside the cluster: {told}", AZURE_RBAC, roles)


def _vault(vault: Resource) -> Outcome:
    name, value = titled(vault), vault.get(VAULT_RBAC)
    if isinstance(value, Unresolved):
        return open_value(vault, VAULT_RBAC, value, "true lets Azure roles decide who reads secrets")
    if truth(value):
        return passed(VAULT_RBAC, value)
    if value is ABSENT and vault.origin in ("template", "bicep"):
        if vault.api_version[:10] >= RBAC_BY_DEFAULT:
            return passed(VAULT_RBAC, value)
        told = f"enableRbacAuthorization is not set, which means access policies before api-version {RBAC_BY_DEFAULT}"
    else:
        told = f"enableRbacAuthorization is {shown(value)}"
    return failed(
        f"{name}: access policies decide who reads secrets, and whoever writes the vault grants them: {told}",
        VAULT_RBAC,
        value,
    )


def _databricks(workspace: Resource) -> Outcome:
    tier = workspace.get("sku.name")
    if isinstance(tier, Unresolved):
        return open_value(workspace, "sku.name", tier, "'standard' has no access control")
    if word(tier) in ("premium", "trial"):
        return passed("sku.name", tier)
    if word(tier) == "standard":
        text = "the tier 'standard' has no access control on clusters, jobs and notebooks; use 'premium'"
        return failed(f"{titled(workspace)}: {text}", "sku.name", tier)
    text = f"the tier is {shown(tier)}, and no source says whether that has access control"
    return undecided(f"{titled(workspace)}: {text}", "sku.name", tier)

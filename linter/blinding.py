"""Which policies a failed list of a live scan blinds.

A list of resources blinds the policies that judge them or their children, and those that look at them beside what they
judge; a list of facts of use (`quotas`, `clusters`, `plans`) those that read these facts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from linter.policy import Policy

READ_BESIDE: Final[Mapping[str, tuple[str, ...]]] = {
    "microsoft.insights/diagnosticsettings": (
        "operations/diagnostics-missing", "orchestration/orchestrator-below-standard",
    ),
    "microsoft.insights/autoscalesettings": (
        "serving/endpoint-not-elastic", "serving/app-not-elastic", "orchestration/orchestrator-not-elastic",
    ),
    "microsoft.authorization/roleassignments": ("security/role-too-broad",),
    "microsoft.network/privateendpoints": ("security/private-endpoint-missing",),
    "microsoft.machinelearningservices/workspaces/computes": (
        "serving/batch-compute-always-on", "serving/serving-on-spot", "security/workspace-network-unmanaged",
        "estate/quota-headroom", "estate/region-sprawl", "eda/file-share-missing", "eda/platform-unneeded",
        "training/platform-duplicated", "training/data-far-from-compute", "security/egress-unrestricted",
    ),
    "microsoft.machinelearningservices/workspaces/jobs": (
        "training/serverless-full-time", "eda/platform-unneeded", "training/serverless-spot-uninterruptible",
        "training/job-unbounded", "training/multi-node-without-rdma", "training/fine-tuning-split",
        "security/secret-inline",
    ),
    "microsoft.machinelearningservices/workspaces/schedules": (
        "training/serverless-full-time", "training/job-unbounded", "security/secret-inline",
    ),
    "microsoft.machinelearningservices/workspaces/datastores": (
        "eda/file-share-missing", "training/data-far-from-compute",
    ),
    "microsoft.machinelearningservices/workspaces/onlineendpoints/deployments": (
        "serving/endpoint-traffic-wrong", "serving/endpoint-without-rollout", "security/secret-inline",
    ),
    "microsoft.cognitiveservices/accounts/deployments": (
        "serving/model-capacity-shared", "serving/provisioned-no-burst", "estate/quota-headroom",
        "serving/api-without-gateway",
    ),
    "microsoft.cognitiveservices/accounts/raipolicies": ("security/content-filter-missing",),
    "microsoft.apimanagement/service/apis": ("serving/gateway-no-token-limit", "serving/api-without-gateway"),
    "microsoft.apimanagement/service/apis/policies": ("serving/gateway-no-token-limit",),
    "microsoft.apimanagement/service/policies": ("serving/gateway-no-token-limit",),
    "microsoft.apimanagement/service/policyfragments": ("serving/gateway-no-token-limit",),
    "microsoft.apimanagement/service/products": ("serving/gateway-no-token-limit",),
    "microsoft.apimanagement/service/products/policies": ("serving/gateway-no-token-limit",),
    "microsoft.apimanagement/service/products/apis": ("serving/gateway-no-token-limit",),
    "microsoft.apimanagement/service/backends": (
        "serving/gateway-no-token-limit", "serving/api-without-gateway", "serving/model-single-instance",
        "serving/provisioned-no-burst",
    ),
    "microsoft.cdn/profiles/origingroups": ("serving/api-without-gateway",),
    "microsoft.cdn/profiles/origingroups/origins": ("serving/api-without-gateway",),
    "microsoft.cdn/profiles/afdendpoints": ("serving/api-without-gateway",),
    "microsoft.eventhub/namespaces/networkrulesets": ("security/public-network-open",),
    "microsoft.storage/storageaccounts/fileservices/shares": ("eda/file-share-missing",),
    "microsoft.automation/automationaccounts/jobschedules": ("serving/sql-pool-always-on",),
    "microsoft.automation/automationaccounts/schedules": ("serving/sql-pool-always-on",),
    "microsoft.web/sites/config": ("serving/image-untagged", "serving/image-public-registry"),
    "microsoft.web/sites/slots/config": ("serving/image-untagged", "serving/image-public-registry"),
    "microsoft.web/sites/sitecontainers": ("serving/image-untagged", "serving/image-public-registry"),
    "microsoft.resources/resourcegroups": ("estate/tags-missing",),
    "microsoft.cognitiveservices/accounts/capabilityhosts": ("orchestration/orchestrator-self-built",),
    "microsoft.cognitiveservices/accounts/projects/capabilityhosts": ("orchestration/orchestrator-self-built",),
    "microsoft.containerregistry/registries/tasks": ("operations/image-stale",),
    "microsoft.containerregistry/registries/replications": ("estate/region-sprawl", "estate/region-not-allowed"),
    "microsoft.sql/servers/databases": ("estate/model-processed-elsewhere", "estate/region-not-allowed"),
    "microsoft.apimanagement/service/workspaces/backends": ("serving/gateway-no-token-limit",),
    "microsoft.apimanagement/service/workspaces/policies": ("serving/gateway-no-token-limit",),
    "microsoft.apimanagement/service/workspaces/policyfragments": ("serving/gateway-no-token-limit",),
    "microsoft.apimanagement/service/workspaces/apis/policies": ("serving/gateway-no-token-limit",),
    "microsoft.insights/metricalerts": ("operations/alerts-missing",),
    "microsoft.insights/scheduledqueryrules": ("operations/alerts-missing",),
    "microsoft.insights/activitylogalerts": ("operations/alerts-missing",),
    "microsoft.alertsmanagement/prometheusrulegroups": ("operations/alerts-missing",),
    "microsoft.loadtestservice/loadtests": ("estate/load-test-missing",),
    "microsoft.devtestlab/schedules": ("eda/notebook-vm-never-idle",),
    "quotas": ("estate/quota-headroom",),
    "clusters": ("operations/cluster-unpatched",),
    "plans": ("security/registry-unprotected",),
}  # fmt: skip
"""By type in lower case; the catalogue says what each policy looks at."""


def blinded_by(policies: Mapping[str, Policy]) -> Callable[[str], tuple[str, ...]]:
    """type → ids of the policies of a run that it blinds; none where nothing is known of it: it may blind all."""

    def answer(kind: str) -> tuple[str, ...]:
        low = kind.lower()
        if low == "*":
            return ()
        own = {name for name, policy in policies.items() if _judges(policy.types, low)}
        return tuple(sorted(own.union(name for name in READ_BESIDE.get(low, ()) if name in policies)))

    return answer


def _judges(types: Iterable[str], low: str) -> bool:
    return any(name.lower() == low or name.lower().startswith(low + "/") for name in types)

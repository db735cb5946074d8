"""What policies of operations and security say with facts of use: ages of node images, support of a version, plans."""

from __future__ import annotations

from typing import Any

import pytest
from test_policies import POLICIES

from linter.engine import Terms, judge
from linter.model import Inventory, Place, Resource, Row

ROOT = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg/providers"
CLUSTER = "Microsoft.ContainerService/managedClusters"
WINDOW = {"since": "2026-11-01T00:00:00Z", "until": "2026-11-24T10:00:00Z"}


def resource(kind: str, name: str, **body: Any) -> Resource:
    parts = kind.split("/")
    steps = "/".join(f"{a}/{b}" for a, b in zip(parts[1:], name.split("/"), strict=True))
    return Resource(
        type=kind,
        name=name,
        id=f"{ROOT}/{parts[0]}/{steps}",
        api_version="2025-05-01",
        body=body,
        locate=lambda _path, _key: Place("live.json"),
        origin="live",
    )


def rows(policy: str, usage: dict[str, Any], *resources: Resource) -> list[Row]:
    terms = Terms({policy: POLICIES[policy]}, evidence=True, known=tuple(POLICIES))
    return judge([Inventory(resources=list(resources), live=True, usage=usage)], terms).rows


def pool() -> Resource:
    return resource(f"{CLUSTER}/agentPools", "aks/gpu", properties={"vmSize": "Standard_NC24ads_A100_v4"})


@pytest.mark.parametrize(
    ("built", "verdict"), [("2026-11-01", "pass"), ("2026-09-25", "pass"), ("2026-09-24", "fail"), (None, "unknown")]
)
def test_the_age_of_a_node_image(built: str | None, verdict: str) -> None:
    identity = str(pool().id).lower()
    image = {"resource": identity, "kind": "node", "version": "AKSUbuntu-2204gen2-202609.01.0", "built": built}
    found = rows("operations/image-stale", {"window": WINDOW, "images": [image]}, pool())
    assert [verdict] == [row.verdict for row in found]


def test_pools_are_not_judged_without_facts() -> None:
    assert [] == rows("operations/image-stale", {}, pool())


@pytest.mark.parametrize(("supported", "verdict"), [(True, "pass"), (None, "pass"), (False, "fail")])
def test_a_version_out_of_support(supported: bool | None, verdict: str) -> None:
    upgrades = {"upgradeChannel": "patch", "nodeOSUpgradeChannel": "NodeImage"}
    cluster = resource(CLUSTER, "aks", properties={"autoUpgradeProfile": upgrades, "kubernetesVersion": "1.27.9"})
    usage: dict[str, Any] = {
        "clusters": {str(cluster.id).lower(): {"version": "1.27.9", "upgrades": [], "supported": supported}}
    }
    (row,) = rows("operations/cluster-unpatched", usage, cluster, pool())
    assert (verdict, "1.27.9" in row.message) == (row.verdict, supported is False)


@pytest.mark.parametrize(
    ("plans", "verdict"),
    [
        ({}, "pass"),
        ({"11111111-1111-1111-1111-111111111111": {"containers": "standard"}}, "pass"),
        ({"11111111-1111-1111-1111-111111111111": {"containers": "free", "cloudposture": "standard"}}, "pass"),
        ({"11111111-1111-1111-1111-111111111111": {"containers": "free"}}, "fail"),
        ({"11111111-1111-1111-1111-111111111111": {}}, "fail"),
        ({"22222222-2222-2222-2222-222222222222": {}}, "pass"),
    ],
)
def test_the_plan_that_scans_images(plans: dict[str, Any], verdict: str) -> None:
    policies = {"retentionPolicy": {"status": "enabled"}, "exportPolicy": {"status": "disabled"}}
    registry = resource(
        "Microsoft.ContainerRegistry/registries", "cr", sku={"name": "Premium"}, properties={"policies": policies}
    )
    found = rows("security/registry-unprotected", {"plans": plans}, registry, pool())
    assert [verdict] == [row.verdict for row in found]

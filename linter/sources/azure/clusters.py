"""Facts of use on AKS clusters: is the version supported, to what can it go; ages of node and instance images."""

from __future__ import annotations

import re
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

from linter.sources.azure.found import Found
from linter.sources.azure.kinds import CLUSTER, WORKSPACE
from linter.sources.azure.reader import Raw

if TYPE_CHECKING:
    from linter.sources.azure.scan import Scan


def read_upgrades(scan: Scan, cluster: Raw) -> None:
    """`upgradeProfiles/default` of one cluster; it names no version that has gone out of support, so the region's list
    of versions is held against the cluster's."""
    steps, found = cluster["id"].split("/"), scan.found
    operations = scan.reader.containers(steps[2]).managed_clusters
    properties = cluster.get("properties")
    version = str((properties if isinstance(properties, dict) else {}).get("currentKubernetesVersion") or "")
    version = version or str((properties if isinstance(properties, dict) else {}).get("kubernetesVersion") or "")

    def call() -> None:
        upgrades: list[str] = []
        for page in scan.reader.sdk(
            lambda hook: operations.get_upgrade_profile(steps[4], steps[8], raw_response_hook=hook), paged=False
        ):
            plane = _dict(_dict(page.get("properties")).get("controlPlaneProfile"))
            version_told = str(plane.get("kubernetesVersion") or version)
            upgrades += [
                str(upgrade.get("kubernetesVersion") or "")
                for upgrade in plane.get("upgrades") or ()
                if isinstance(upgrade, dict) and not upgrade.get("isPreview")
            ]
            fact = {"version": version_told, "upgrades": upgrades, "supported": None}
            found.fact("clusters", cluster["id"].lower(), fact)

    scan.attempt("clusters", cluster["id"], f"upgrades of {cluster['name']}", call, hides=False)


def read_supported(scan: Scan) -> None:
    """Which Kubernetes versions each region supports, for the clusters there."""
    places: dict[tuple[str, str], list[Raw]] = {}
    for cluster in scan.found.of_type(CLUSTER):
        region = str(cluster.get("location", "")).lower().replace(" ", "")
        if region:
            places.setdefault((cluster["id"].split("/")[2], region), []).append(cluster)
    for (subscription, region), clusters in sorted(places.items()):
        scan.crew.add(partial(_region, scan, subscription, region, clusters))


def _region(scan: Scan, subscription: str, region: str, clusters: list[Raw]) -> None:
    operations = scan.reader.containers(subscription).managed_clusters

    def call() -> None:
        plans: dict[str, list[str]] = {}
        for page in scan.reader.sdk(
            lambda hook: operations.list_kubernetes_versions(region, raw_response_hook=hook), paged=False
        ):
            for row in page.get("values") or ():
                if isinstance(row, dict) and not row.get("isPreview"):
                    told = _dict(row.get("capabilities")).get("supportPlan") or ()
                    plans[str(row.get("version") or "")] = [str(plan) for plan in told]
        for cluster in clusters:
            fact = scan.found.usage.get("clusters", {}).get(cluster["id"].lower())
            if fact is not None and plans:
                fact["supported"] = _supported(str(fact["version"]), plans, _dict(cluster.get("properties")))

    scan.attempt(
        "clusters",
        f"/subscriptions/{subscription}",
        f"Kubernetes versions of {region}",
        call,
        optional=True,
        hides=False,
    )


def _supported(version: str, plans: dict[str, list[str]], properties: dict[str, Any]) -> bool | None:
    minor = ".".join(version.split(".")[:2])
    if not minor:
        return None
    plan = str(properties.get("supportPlan") or "KubernetesOfficial")
    return plan in plans.get(minor, ())


def read_images(found: Found) -> None:
    """How old node images and images of compute instances are, as far as their bodies tell."""
    facts: list[dict[str, Any]] = []
    for cluster in found.of_type(CLUSTER):
        for pool in _dict(cluster.get("properties")).get("agentPoolProfiles") or ():
            version = _dict(pool).get("nodeImageVersion")
            if isinstance(version, str) and version:
                name = f"{cluster['id']}/agentPools/{pool.get('name')}".lower()
                facts.append(_image(name, "node", version, None))
    for compute in found.of_type(f"{WORKSPACE}/computes"):
        told = _dict(_dict(_dict(compute.get("properties")).get("properties")).get("osImageMetadata"))
        version, latest = told.get("currentImageVersion"), told.get("isLatestOsImageVersion")
        if isinstance(version, str) and version:
            facts.append(
                _image(compute["id"].lower(), "instance", version, latest if isinstance(latest, bool) else None)
            )
    if facts:
        found.facts("images", facts)


def _image(resource: str, kind: str, version: str, latest: bool | None) -> dict[str, Any]:
    return {"resource": resource, "kind": kind, "version": version, "built": _built(version), "latest": latest}


def _built(version: str) -> str | None:
    """The day in `…-202405.20.0` or `24.05.20`."""
    found = re.search(r"(?<!\d)(20\d\d)(\d\d)\.(\d\d)(?!\d)", version) or re.fullmatch(
        r"(\d\d)\.(\d\d)\.(\d\d)", version
    )
    if not found:
        return None
    year, month, day = (int(part) for part in found.groups())
    try:
        return date(year if year > 100 else 2000 + year, month, day).isoformat()
    except ValueError:
        return None


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}

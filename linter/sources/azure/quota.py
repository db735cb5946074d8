"""Limits and what is used of them, by region: cores of Azure ML and of compute, capacity of models; VM sizes; plans."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from linter.sources.azure.kinds import ACCOUNT, CLUSTER, ML, WORKSPACE
from linter.sources.azure.reader import Raw, rows

if TYPE_CHECKING:
    from linter.sources.azure.scan import Scan

COMPUTE_VERSION: Final = "2024-07-01"
ACCOUNT_VERSION: Final = "2025-06-01"
PRICING_VERSION: Final = "2024-01-01"
_WITH_MODELS: Final = ("openai", "aiservices")
_LEARNING_VERSION: Final = "2025-06-01"


def read_quotas(scan: Scan) -> None:
    """A task for each list: the regions in which something stands that a quota bounds."""
    found = scan.found
    for subscription, region in _places(found.of_type(WORKSPACE)):
        scan.crew.add(partial(_learning, scan, subscription, region))
        scan.crew.add(partial(_sizes, scan, subscription, region))
    for subscription, region in _places(found.of_type(CLUSTER)):
        scan.crew.add(partial(_plain, scan, "compute", subscription, region))
    models = [raw for raw in found.of_type(ACCOUNT) if str(raw.get("kind") or "AIServices").lower() in _WITH_MODELS]
    for subscription, region in _places(models):
        scan.crew.add(partial(_plain, scan, "cognitive-services", subscription, region))
    registries = found.of_type("Microsoft.ContainerRegistry/registries")
    for subscription in sorted({raw["id"].split("/")[2].lower() for raw in registries}):
        scan.crew.add(partial(_plans, scan, subscription))


def _places(raws: list[Raw]) -> list[tuple[str, str]]:
    """(subscription, region) of each resource, once."""
    places = {(raw["id"].split("/")[2].lower(), str(raw.get("location", "")).lower().replace(" ", "")) for raw in raws}
    return sorted(place for place in places if place[1] not in ("", "global"))


def _learning(scan: Scan, subscription: str, region: str) -> None:
    """`quotas` are what an owner gave to the subscription and its workspaces, `usages` what is used of what limit."""
    client = scan.reader.learning(subscription)
    path = f"/subscriptions/{subscription}/providers/{ML}/locations/{region}"
    taken: list[dict[str, Any]] = []

    def call() -> None:
        version = scan.reader.version_for(f"{path}/usages", _LEARNING_VERSION)
        for page in scan.reader.sdk(
            lambda hook: client.usages.list(region, raw_response_hook=hook, api_version=version)
        ):
            taken.extend(_fact("machine-learning", subscription, region, row) for row in rows(page))

    key = f"machine-learning/{subscription}/{region}"
    _told(scan, key, f"Azure ML quotas in {region}", lambda: scan.reader.with_version(f"{path}/usages", call), taken)


def _plain(scan: Scan, provider: str, subscription: str, region: str) -> None:
    namespace, version = ("Microsoft.Compute", COMPUTE_VERSION)
    if provider == "cognitive-services":
        namespace, version = "Microsoft.CognitiveServices", ACCOUNT_VERSION
    path = f"/subscriptions/{subscription}/providers/{namespace}/locations/{region}/usages"
    taken: list[dict[str, Any]] = []

    def take(row: Raw) -> None:
        taken.append(_fact(provider, subscription, region, row))

    key = f"{provider}/{subscription}/{region}"
    _told(scan, key, f"{provider} quotas in {region}", lambda: scan.listed(path, version, take), taken)


def _told(scan: Scan, key: str, what: str, call: Any, taken: list[dict[str, Any]]) -> None:
    whole = scan.attempt("quotas", f"/subscriptions/{key.split('/')[1]}", what, call, hides=False)
    scan.found.facts("quotas", taken)
    scan.found.fact("quota_lists", key, "whole" if whole else "failed")


def _fact(provider: str, subscription: str, region: str, row: Raw) -> dict[str, Any]:
    """`{"name": {"value", "localizedValue"}, "limit", "currentValue", "unit"}`; Azure ML adds the workspace by its
    id."""
    name = row.get("name")
    value = str((name.get("value") if isinstance(name, dict) else name) or "")
    identifier = str(row.get("id") or "").lower()
    at = identifier.find("/workspaces/")
    workspace = "" if at < 0 else identifier[: at + 12] + identifier[at + 12 :].partition("/")[0]
    limit = row.get("limit")
    return {
        "provider": provider, "subscription": subscription, "region": region, "name": value,
        "low_priority": "lowpriority" in value.lower().replace(" ", "") or "spot" in value.lower(),
        "workspace": workspace,
        "limit": limit if isinstance(limit, (int, float)) and not isinstance(limit, bool) and limit >= 0 else None,
        "used": row.get("currentValue") if isinstance(row.get("currentValue"), (int, float)) else 0,
        "unit": str(row.get("unit") or ""),
    }  # fmt: skip


def _sizes(scan: Scan, subscription: str, region: str) -> None:
    client = scan.reader.learning(subscription)
    path = f"/subscriptions/{subscription}/providers/{ML}/locations/{region}/vmSizes"

    def call() -> None:
        version = scan.reader.version_for(path, _LEARNING_VERSION)
        for page in scan.reader.sdk(
            lambda hook: client.virtual_machine_sizes.list(region, raw_response_hook=hook, api_version=version),
            paged=False,
        ):
            scan.found.facts("sizes", [_size(region, row) for row in rows(page)])

    scan.attempt(
        "quotas", f"/subscriptions/{subscription}", f"VM sizes in {region}",
        lambda: scan.reader.with_version(path, call), hides=False,
    )  # fmt: skip


def _size(region: str, row: Raw) -> dict[str, Any]:
    return {
        "region": region, "name": str(row.get("name") or "").lower(), "family": str(row.get("family") or ""),
        "cores": row.get("vCPUs"), "gpus": row.get("gpus"),
    }  # fmt: skip


def _plans(scan: Scan, subscription: str) -> None:
    """Defender for Cloud plans: `pricings` of the subscription."""
    plans: dict[str, str] = {}

    def take(row: Raw) -> None:
        properties = row.get("properties")
        if isinstance(properties, dict):
            plans[str(row.get("name", "")).lower()] = str(properties.get("pricingTier", "")).lower()

    path = f"/subscriptions/{subscription}/providers/Microsoft.Security/pricings"
    if scan.attempt(
        "plans", f"/subscriptions/{subscription}", "Defender for Cloud plans",
        lambda: scan.listed(path, PRICING_VERSION, take), optional=True, hides=False,
    ):  # fmt: skip
        scan.found.fact("plans", subscription, plans)

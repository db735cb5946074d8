"""Does the traffic of an online endpoint add up, and can another deployment take over?

Source: Azure.Bicep.Types.Az 0.2.972, `Microsoft.MachineLearningServices/workspaces/onlineEndpoints`, read 2026-11-24
(traffic sums to 100, mirrored traffic to at most 50);
https://learn.microsoft.com/azure/machine-learning/how-to-safely-rollout-online-endpoints (traffic is 0 or 100 in all;
mirroring is for managed endpoints, to one deployment that takes no live traffic).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from linter.checks.outcomes import failed, number, open_value, passed, shown, titled, undecided
from linter.kinship import below
from linter.model import ABSENT, Inventory, OpenKey, Outcome, Resource, Unresolved, Value
from linter.open_ids import last_name

TRAFFIC, MIRROR = "properties.traffic", "properties.mirrorTraffic"
DEPLOYMENTS = "Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments"


def adds_up(endpoint: Resource, inventory: Inventory, _parameters: Mapping[str, Any]) -> Outcome | None:
    """Deployment names are compared with the declared ones only where the workload declares some of this endpoint."""
    declared = _declared(endpoint, inventory)
    live = endpoint.get(TRAFFIC)
    outcome = _live(endpoint, live, declared, inventory)
    if outcome.verdict == "fail":
        return outcome
    mirrored = _mirrored(endpoint, live, declared, inventory)
    if mirrored and mirrored.verdict == "fail":
        return mirrored
    return outcome if outcome.verdict == "unknown" else mirrored or outcome


def can_roll_out(endpoint: Resource, inventory: Inventory, _parameters: Mapping[str, Any]) -> Outcome | None:
    """Two deployments at least; endpoints without declared deployments are not judged."""
    declared = _declared(endpoint, inventory)
    if not declared:
        return None
    if len(declared) > 1:
        return passed()
    if not inventory.complete:
        return undecided(
            f"{titled(endpoint)}: a part of the workload could not be read and may hold another deployment"
        )
    return failed(
        f"{titled(endpoint)}: the deployment {declared[0] or 'it has'} takes all traffic, and no other can take over"
    )


def _declared(endpoint: Resource, inventory: Inventory) -> list[str]:
    """The lower-case names of the deployments of this endpoint that the workload declares; "" for an open name."""
    return [last_name(one) for one in below(endpoint, DEPLOYMENTS, inventory)]


def _shares(value: Value) -> tuple[dict[str, float], bool]:
    """Percent by lower-case deployment, and whether something is open."""
    if not isinstance(value, dict):
        return {}, isinstance(value, Unresolved)
    shares, opened = {}, False
    for name, share in value.items():
        percent = number(share)
        if isinstance(name, OpenKey) or isinstance(share, Unresolved) or percent is None:
            opened = True
        else:
            shares[name.lower()] = percent
    return shares, opened


def _live(endpoint: Resource, live: Value, declared: list[str], inventory: Inventory) -> Outcome:
    shares, opened = _shares(live)
    missing = _missing(endpoint, TRAFFIC, shares, declared, inventory)
    if missing:
        return missing
    if opened and sum(shares.values()) > 100:
        told = f"traffic adds up to more than 100 % whatever the open shares are ({shown(live)})"
        return failed(f"{titled(endpoint)}: {told}, neither 0 nor 100", TRAFFIC, live)
    if opened:
        return open_value(endpoint, TRAFFIC, live, "its shares must add up to 0 or 100")
    total = sum(shares.values())
    if total not in (0, 100):
        return failed(
            f"{titled(endpoint)}: traffic adds up to {total:g} % ({shown(live)}), neither 0 nor 100", TRAFFIC, live
        )
    return passed(TRAFFIC, live)


def _missing(
    endpoint: Resource, path: str, shares: dict[str, float], declared: list[str], inventory: Inventory
) -> Outcome | None:
    unknown = [name for name in shares if declared and name not in declared]
    if not unknown:
        return None
    text = f"{titled(endpoint)}: {path.rpartition('.')[2]} names {', '.join(unknown)}, which is no deployment of it"
    if "" in declared:
        return undecided(f"{text} in view; the name of another is open", f"{path}.{unknown[0]}", shares[unknown[0]])
    if not inventory.complete:
        return undecided(f"{text} in view; a part of the workload could not be read", f"{path}.{unknown[0]}")
    return failed(f"{text} (declared: {', '.join(declared)})", f"{path}.{unknown[0]}", shares[unknown[0]])


def _mirrored(endpoint: Resource, live: Value, declared: list[str], inventory: Inventory) -> Outcome | None:
    mirror, name = endpoint.get(MIRROR), titled(endpoint)
    shares, opened = _shares(mirror)
    targets = {target: share for target, share in shares.items() if share > 0}
    if targets and endpoint.get("properties.compute") is not ABSENT:
        return failed(f"{name}: mirrors traffic, which an endpoint on Kubernetes cannot", MIRROR, mirror)
    if len(targets) > 1:
        return failed(f"{name}: mirrors traffic to {len(targets)} deployments; one is allowed", MIRROR, mirror)
    if sum(targets.values()) > 50:
        return failed(
            f"{name}: mirrors {sum(targets.values()):g} % of the traffic; at most 50 is allowed", MIRROR, mirror
        )
    taken = [target for target in targets if _shares(live)[0].get(target, 0) > 0]
    if taken:
        return failed(
            f"{name}: mirrors traffic to {taken[0]}, which takes live traffic already", f"{MIRROR}.{taken[0]}", mirror
        )
    missing = _missing(endpoint, MIRROR, shares, declared, inventory)
    return missing or (open_value(endpoint, MIRROR, mirror, "at most 50 % go to one deployment") if opened else None)

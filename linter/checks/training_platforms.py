"""How many platforms train in one workload?

Source: Azure.Bicep.Types.Az 0.2.972, read 2026-11-24: `computeType` Databricks and SynapseSpark attach these platforms
to an Azure ML workspace, which then orchestrates them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from linter.checks.outcomes import failed, passed, titled, undecided, word
from linter.checks.training_jobs import COMPUTES, job_of, jobs, serverless
from linter.inventory import role
from linter.model import Inventory, Outcome, Related, Resource

POOLS, DATABRICKS = "microsoft.synapse/workspaces/bigdatapools", "microsoft.databricks/workspaces"


class Platform(NamedTuple):
    """A platform with the resource that stands for its training compute."""

    name: str
    compute: Resource


def single(resource: Resource, inventory: Inventory, _parameters: Mapping[str, Any]) -> Outcome | None:
    """Judged: the compute of every platform after the first one, and where there is one only, its compute. What is
    attached to Azure ML is no platform of its own."""
    if "training platforms" not in inventory.memo:
        inventory.memo["training platforms"] = _found(inventory)
    found: list[Platform] = inventory.memo["training platforms"]
    at = next((index for index, one in enumerate(found) if one.compute is resource), None)
    if at is None:
        return None
    if len(found) == 1:
        return passed("type", resource.type)
    if at == 0:
        return None
    first = found[0]
    related = [Related(f"{first.name} trains here too", first.compute)]
    text = f"{titled(resource)}: {found[at].name} is a further training platform of this workload, beside "
    text += f"{first.name} ({titled(first.compute)})"
    if first.compute.condition is not None:
        return undecided(f"{text}, which is deployed on a condition", "", related=related)
    return failed(f"{text}; train on one of them, or attach it to the Azure ML workspace", "", related=related)


def _found(inventory: Inventory) -> list[Platform]:
    """The platforms in the order of their first compute in the inventory."""
    attached = {word(one.get("properties.computeType")) for one in inventory.of_type(COMPUTES)}
    candidates = [("Azure ML", _azure_ml(inventory))]
    if "databricks" not in attached:
        candidates.append(("Databricks", inventory.of_type(DATABRICKS)))
    if "synapsespark" not in attached:
        candidates.append(("Synapse Spark", inventory.of_type(POOLS)))
    order = {id(one): index for index, one in enumerate(inventory.resources)}
    training = [(name, [one for one in some if _trains(one, inventory)]) for name, some in candidates]
    firsts = [Platform(name, some[0]) for name, some in training if some]
    return sorted(firsts, key=lambda platform: order.get(id(platform.compute), 0))


def _azure_ml(inventory: Inventory) -> list[Resource]:
    """Clusters first, else jobs on serverless compute."""
    clusters = [one for one in inventory.of_type(COMPUTES) if word(one.get("properties.computeType")) == "amlcompute"]
    return clusters or [one for one, job in jobs(inventory) if serverless(one, job)]


def _trains(resource: Resource, inventory: Inventory) -> bool:
    """By its role tag; without one it trains."""
    return job_of(resource) is not None or role(resource, inventory) in ("", "training")

"""Offline equals live: the catalogue's fixtures served as live answers give the verdicts that they give as templates.

Each fixture that can exist live is deployed to a resource group of its own on the loopback Azure, all are read in one
scan, and each group is judged by the fixture's policy: from memory, and from the saved scan. A fixture cannot exist
live when it is a manifest or a bundle, when something in it is known only to the deployment, or when it is about what
ARM does not keep (parameters and outputs of a deployment, what an api-version leaves out).
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from azure_server.server import Azure, Raw, Running, environment
from test_policies import POLICIES, config_of, fixtures_of

from linter.blinding import READ_BESIDE, blinded_by
from linter.engine import Terms, judge
from linter.inventory import normalise, pool_cluster
from linter.model import Inventory, Resource, Unresolved
from linter.running import Order, inventories
from linter.sources import files
from linter.sources.azure.kinds import SPELLING
from linter.sources.azure.limits import Limits
from linter.sources.azure.live import read
from linter.sources.azure.login import Account
from linter.sources.azure.scan import Scope
from linter.sources.exports import split_id
from linter.sources.snapshot import Snapshot, save
from linter.sources.snapshot import inventories as workloads_of

ZERO = "00000000-0000-0000-0000-000000000000"
ONLY_TEMPLATES = {
    "microsoft.resources/deployments",  # their history is not read: what they made is
    "microsoft.resources/deploymentscripts",
    "microsoft.synapse/workspaces/pipelines",  # Synapse keeps them itself, Azure Resource Manager does not list them
    "microsoft.synapse/workspaces/triggers",
    "microsoft.cognitiveservices/raipolicy",  # of a subscription: stands in no workload, a row that needs it is unknown
}
POOL = "microsoft.containerservice/managedclusters/agentpools"
OF_A_WORKLOAD = {
    "estate/region-sprawl", "serving/api-without-gateway", "estate/load-test-missing", "training/platform-duplicated",
    "serving/serving-single-region", "serving/model-single-instance",
}  # fmt: skip
OTHER_LIVE = {
    "serving/model-version-floating": "pass",  # absent when read back: upgrade at expiry
    "serving/serving-not-zonal": "unknown",  # only previews show zoneRedundant; Graph does not say what it asked
    "eda/compute-instance-unpatched": "unknown",  # only previews show enableOSPatching; a stable list is asked
    "eda/file-share-missing": "pass",  # live the service's own store is enough for a single instance
}
"""Where live may give another verdict than the template, by design."""
NOT_LISTED = {
    f"microsoft.machinelearningservices/{holder}/{kind}/versions"
    for holder in ("workspaces", "registries")
    for kind in ("models", "environments")
}
NOT_LISTED |= {"microsoft.authorization/roleassignments", "microsoft.web/sites/config"}
"""Models and environments are read where a deployment names them, role assignments where they are not a person's,
of a site's configuration the part that GET shows."""
NO_TAG = ("a-tag-that-nothing-has",)
Verdicts = dict[tuple[str, str, str], str]


def unresolved(value: Any) -> bool:
    if isinstance(value, Unresolved):
        return True
    if isinstance(value, dict):
        return any(unresolved(item) for item in value.values())
    return isinstance(value, list) and any(map(unresolved, value))


def deployed(inventory: Inventory, group: str) -> list[Raw] | None:
    """The resources as Azure would hold them; None where the fixture cannot exist live."""
    found: list[Raw] = []
    for one in normalise(inventory).resources:
        if pool_cluster(one) is not None:
            continue
        if one.origin in ("manifest", "bundle") or one.condition is not None or one.type_key in ONLY_TEMPLATES:
            return None
        if not (isinstance(one.id, str) and isinstance(one.name, str)) or unresolved(one.body):
            return None
        found.append({"id": one.id, "type": one.type, "name": one.name, **answered(one)})
    text = re.sub(r"(/resourceGroups/)[^/\"]+", rf"\g<1>{group}", json.dumps(found), flags=re.IGNORECASE)
    return folded(with_parents(json.loads(text)))


def answered(one: Resource) -> Raw:
    """A body as ARM gives it back: a vault says what it took for an absent `enableRbacAuthorization`, a
    storage account what for an absent `supportsHttpsTrafficOnly`."""
    properties = one.body.get("properties")
    if one.type_key == "microsoft.keyvault/vaults" and isinstance(properties, dict) and one.api_version >= "2026-02-01":
        return {**one.body, "properties": {"enableRbacAuthorization": True, **properties}}
    if one.type_key == "microsoft.storage/storageaccounts" and isinstance(properties, dict):
        https = one.api_version >= "2019-04-01"
        return {**one.body, "properties": {"supportsHttpsTrafficOnly": https, **properties}}
    return one.body


def with_parents(found: list[Raw]) -> list[Raw]:
    """A template may leave its parents to others; live they stand there, here as empty ones."""
    ids = {raw["id"].lower() for raw in found}
    for raw in list(found):
        steps, kinds, names = raw["id"].split("/"), raw["type"].split("/"), raw["name"].split("/")
        while len(names) > 1:
            steps, kinds, names = steps[:-2], kinds[:-1], names[:-1]
            identifier = "/".join(steps)
            if identifier.lower() not in ids and "/providers/" in identifier:
                ids.add(identifier.lower())
                found.append({"id": identifier, "type": "/".join(kinds), "name": "/".join(names), "parent": True})
    return found


def folded(found: list[Raw]) -> list[Raw]:
    """Node pools stand in their clusters, private endpoint connections in what they lead to, as ARM gives them."""
    clusters = {raw["id"].lower(): raw for raw in found if raw["type"].lower() == POOL.rpartition("/")[0]}
    by_id = {raw["id"].lower(): raw for raw in found}
    kept = []
    for raw in found:
        if raw["type"].lower().endswith("/privateendpointconnections"):
            properties = by_id[raw["id"].lower().rsplit("/", 2)[0]].setdefault("properties", {})
            properties.setdefault("privateEndpointConnections", []).append({"properties": raw.get("properties")})
            continue
        if raw["type"].lower().endswith("/managednetworks"):
            told = raw.get("properties") or {}
            holder = by_id[raw["id"].lower().rsplit("/", 2)[0]].setdefault("properties", {})
            holder["managedNetwork"] = told.get("managedNetwork", told)
            continue
        cluster = clusters.get(raw["id"].lower().rpartition("/agentpools/")[0])
        if raw["type"].lower() != POOL or cluster is None:
            kept.append(raw)
            continue
        profiles = cluster.setdefault("properties", {}).setdefault("agentPoolProfiles", [])
        name = raw["name"].rpartition("/")[2]
        profiles[:] = [one for one in profiles if str(one.get("name", "")).lower() != name.lower()]
        profiles.append({"name": name, **(raw.get("properties") or {})})
    return kept


class Case:
    def __init__(self, policy: str, fixture: Path, number: int) -> None:
        self.policy, self.fixture, self.group = policy, fixture, f"fx{number}"
        self.config = config_of(fixture)
        self.terms = Terms(
            {policy: POLICIES[policy]}, self.config.parameters, self.config.severity, evidence=True,
            known=tuple(POLICIES),
        )  # fmt: skip
        listed = list(inventories(Order(paths=(fixture.as_posix(),), settings=self.config.settings)))
        self.raws = deployed(listed[0], self.group) if len(listed) == 1 and listed[0].deployments else None
        self.own = {raw["id"].lower() for raw in self.raws or () if not raw.pop("parent", False)}
        self.verdicts = self.judged(listed)

    def judged(self, listed: list[Inventory]) -> Verdicts:
        for inventory in listed:
            inventory.settings = self.config.settings
        ledger = judge(listed, self.terms)
        return {(row.resource_type.lower(), row.resource_name.lower(), self.policy): row.verdict for row in ledger.rows}


CASES = [
    Case(name, fixture, number)
    for number, (name, fixture) in enumerate(
        (name, fixture)
        for name in POLICIES
        for fixture in fixtures_of(name)
        if fixture.name.startswith(("fail", "pass"))
    )
]
LIVE = [case for case in CASES if case.raws]


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> tuple[Snapshot, dict[str, Inventory], dict[str, Inventory]]:
    """The scan of all, its workloads by group, and those of the saved scan."""
    folder = tmp_path_factory.mktemp("live")
    groups = [
        {"id": f"/subscriptions/{ZERO}/resourceGroups/{case.group}", "type": "Microsoft.Resources/resourceGroups",
         "name": case.group, "location": "westeurope"}
        for case in LIVE
    ]  # fmt: skip
    azure = Azure(
        resources=[*groups, *(raw for case in LIVE for raw in case.raws or ())], subscriptions={ZERO: "Fixtures"}
    )
    azure.lists[f"/subscriptions/{ZERO}/providers/microsoft.security/pricings"] = [
        {"name": "Containers", "properties": {"pricingTier": "Standard"}}
    ]
    with Running(azure, folder) as running, pytest.MonkeyPatch.context() as patch:
        for key, value in environment(running, ()).items():
            patch.setenv(key, value)
        account = Account("env", "public", azure.url, None, azure.url, True)
        limits = Limits(pace=1e6, burst=1e6, graph_pace=1e3)
        reading = read(account, Scope((ZERO,), tags=NO_TAG), limits, None, lambda _: (), lambda *_: None)
        assert {"GET", "POST"} >= azure.methods()
    save(reading.snapshot, folder / "saved")
    fresh = {inventory.name.lower(): inventory for inventory in workloads_of(reading.snapshot, NO_TAG)}
    loaded = {one.name.lower(): one for one in files.read([(folder / "saved").as_posix()], tags=NO_TAG)}
    return reading.snapshot, fresh, loaded


def test_nothing_is_missed(scanned: tuple[Snapshot, dict[str, Inventory], dict[str, Inventory]]) -> None:
    snapshot, _, _ = scanned
    assert [gap.message for gap in snapshot.gaps] == []
    folds = ("/agentpools/", "/privateendpointconnections/", "/managednetworks/")
    held = {one for case in LIVE for one in case.own if not any(fold in one for fold in folds)}
    read_ = {raw["id"].lower() for raw in snapshot.resources}
    missed = sorted({name_of(one) for one in held - read_})
    assert set(missed) <= NOT_LISTED


def name_of(identifier: str) -> str:
    steps = identifier.rpartition("/providers/")[2].split("/")
    return "/".join([steps[0], *steps[1::2]])


@pytest.mark.parametrize("case", LIVE, ids=lambda case: f"{case.policy}/{case.fixture.name}")
def test_live_verdicts_are_the_templates(
    case: Case, scanned: tuple[Snapshot, dict[str, Inventory], dict[str, Inventory]]
) -> None:
    snapshot, fresh, loaded = scanned
    live = case.judged([fresh[case.group]])
    assert live == case.judged([loaded[case.group]])
    if case.policy in OF_A_WORKLOAD:  # stands at the first of its resources, in the order of the source
        assert sorted(case.verdicts.values()) == sorted(live.values())
    else:
        seen = {raw["id"].lower() for raw in snapshot.resources}
        unnamed = {key[1] for key in case.verdicts if key[0] in NOT_LISTED and not named(case, key[1], seen)}
        kept = {key: verdict for key, verdict in case.verdicts.items() if key[0] not in ONLY_TEMPLATES}
        expected = {key: verdict for key, verdict in kept.items() if key[1] not in unnamed}
        own = {name_and_type(one) for one in case.own}
        pools = {key for key in live if key[0] == POOL}
        other = OTHER_LIVE.get(case.policy)
        expected = {key: other if other and live.get(key) == other else verdict for key, verdict in expected.items()}
        assert expected == {key: verdict for key, verdict in live.items() if key[:2] in own or key in pools}


def named(case: Case, name: str, seen: set[str]) -> bool:
    """Whether a model or environment version was read: those are that a deployment names."""
    return any(one in seen for one in case.own if name_and_type(one)[1] == name)


def name_and_type(identifier: str) -> tuple[str, str]:
    kind, name = split_id(identifier)
    return kind.lower(), name.lower()


def test_most_fixtures_can_exist_live() -> None:
    assert len(LIVE) > len(CASES) // 2
    assert {"microsoft.machinelearningservices/workspaces"} <= SPELLING.keys()


def test_resources_of_a_scan_are_live(scanned: tuple[Snapshot, dict[str, Inventory], dict[str, Inventory]]) -> None:
    _, fresh, loaded = scanned

    def origins(listed: dict[str, Inventory]) -> set[str]:
        resources: list[Resource] = [one for inventory in listed.values() for one in inventory.resources]
        return {one.origin for one in resources}

    assert origins(fresh) == origins(loaded) == {"live"}
    assert all(inventory.live for inventory in (*fresh.values(), *loaded.values()))


NOT_READ = {
    "*",
    "microsoft.cognitiveservices/accounts/managednetworks",  # previews; the parent's body tells the same
    "microsoft.machinelearningservices/workspaces/managednetworks",
}


def test_every_type_that_a_policy_judges_is_read() -> None:
    judged = {name.lower() for policy in POLICIES.values() for name in policy.types}
    azure = {name for name in judged if name.startswith("microsoft.") or name == "*"}
    assert azure - NOT_READ - ONLY_TEMPLATES <= SPELLING.keys()


def test_what_a_failed_list_blinds_exists() -> None:
    assert READ_BESIDE.keys() - {"quotas", "clusters", "plans"} <= SPELLING.keys()
    assert {name for names in READ_BESIDE.values() for name in names} <= POLICIES.keys()
    blinds = blinded_by(POLICIES)
    assert () == blinds("*")  # all
    assert ("operations/diagnostics-missing" in blinds("microsoft.insights/diagnosticSettings")) is True
    for kind in ("plans", "Microsoft.MachineLearningServices/workspaces/schedules"):
        assert 0 < len(blinds(kind)) < len(POLICIES)

"""Ledgers that the tests of reports share, built from the model's classes."""

from __future__ import annotations

from dataclasses import replace

from linter.model import ABSENT, Fix, Gap, Ledger, Place, PolicyText, Row, Unresolved
from linter.reports.options import Options, Repository

OPTIONS = Options(
    version="0.1.0",
    root="/repo",
    folder="/repo",
    repository=Repository("https://github.com/acme/platform", "0123456789abcdef0123456789abcdef01234567", "main"),
)
EVIDENCE = replace(OPTIONS, evidence=True)

HOSTILE = (
    "]]>",
    "<script>alert(1)</script>",
    "</script><img src=x onerror=alert(1)>",
    "\n::error::owned",
    "\r\n##vso[task.setvariable variable=a]b",
    "##[error]owned",
    "`code` **bold** [link](https://evil.example) | cell @someone",
    "\u202edesrever\u2066 \u200bunseen",
    "nul \x00 escape \x1b[31mred\x1b[0m bell \x07",
    "lone \ud800 surrogate",
    "{0} {1} {{x}} %s %0A %25",
    'a\'b "c" \\d & <!-- e',
    "x" * 10_000_000,
)


def policy(name: str, severity: str = "high", pillars: tuple[str, ...] = ("Security",)) -> PolicyText:
    """The words of a policy."""
    return PolicyText(
        id=name,
        title=f"Fault of {name.rsplit('/', 1)[-1]}",
        severity=severity,  # type: ignore[arg-type]  # a literal in every call
        sets=("default",),
        resource=("Microsoft.ContainerService/managedClusters/agentPools",),
        why="Other pods land on the pool and keep it awake. A GPU node costs by the hour.",
        fix="Add a taint to the pool.",
        fix_arm='"nodeTaints": ["sku=gpu:NoSchedule"]',
        fix_bicep="nodeTaints: ['sku=gpu:NoSchedule']",
        says=("O4",),
        pillars=pillars,
        overlaps=({"id": "AZR-000412", "tool": "PSRule", "relation": "contradicts", "note": "It wants three nodes."},),
        parameters={},
        sources=(
            {"url": "https://learn.microsoft.com/azure/aks/gpu-cluster", "read": "2026-11-24", "settles": "taint"},
        ),
        fixable=True,
    )


POLICIES = {
    one.id: one
    for one in (
        policy("serving/gpu-pool-shared"),
        policy("serving/gpu-pool-fixed-size", "medium", ("Cost Optimization",)),
        policy("security/local-auth-open"),
        policy("security/public-network-open"),
        policy("estate/tags-missing", "low", ("Operational Excellence",)),
        policy("estate/region-sprawl", "note", ("Operational Excellence",)),
    )
}
SNIPPET = '      "nodeTaints": [],'
BASE = Row(
    policy="serving/gpu-pool-shared",
    severity="high",
    verdict="fail",
    resource_id="/subscriptions/0/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/c/agentPools/gpu",
    resource_type="Microsoft.ContainerService/managedClusters/agentPools",
    resource_name="c/gpu",
    property="properties.nodeTaints",
    observed=[],
    message="c/gpu: keeps no other work away: nodeTaints is '[]'",
    location=Place("infra/main.json", 12, 21, 12, 23, "/resources/0/properties/nodeTaints"),
    cause="serving/gpu-pool-shared@infra/main.json:12:21",
    fingerprint="00" * 16,
    region="westeurope",
    snippet=SNIPPET,
    line_hash="1f2e3d4c5b6a7988:1",
)


def row(number: int, **changes: object) -> Row:
    """A row of its own place, cause and fingerprint."""
    line = 10 + number
    name = changes.get("policy", BASE.policy)
    path = changes.pop("path", "infra/main.json")
    own: dict[str, object] = {
        "location": Place(str(path), line, 21, line, 23, f"/resources/{number}"),
        "cause": f"{name}@{path}:{line}:21",
        "fingerprint": f"{number:032x}",
        "line_hash": f"{number + 4096:x}:1",
        "resource_name": f"c/gpu{number}",
        "resource_id": f"{BASE.resource_id}{number}",
        "message": f"c/gpu{number}: keeps no other work away: nodeTaints is '[]'",
    }
    return replace(BASE, **{**own, **changes})  # type: ignore[arg-type]  # names of fields, by the callers here


def ledger(rows: list[Row], gaps: list[Gap] | None = None, **changes: object) -> Ledger:
    """A ledger of these rows whose counts fit."""
    counts = {verdict: sum(one.verdict == verdict for one in rows) for verdict in ("pass", "fail", "unknown")}
    made = Ledger(
        rows=rows, gaps=gaps or [], policies=dict(POLICIES), counts=counts, pairs=len(rows), files=3, resources=7,
        seconds=0.25,
    )  # fmt: skip
    return replace(made, **changes)  # type: ignore[arg-type]  # as above


def mixed() -> Ledger:
    """One of everything: folded instances, related places, a fix, unknown, waived, known, passed, gaps."""
    related = (("the cluster of the pool", Place("infra/cluster.json", 3, 5, 3, 11)),)
    fix = Fix("Add the taint", Place("infra/main.json", 11, 21, 11, 23), '["sku=gpu:NoSchedule"]')
    shared = "serving/gpu-pool-fixed-size@infra/pools.json:40:9"
    place = Place("infra/pools.json", 40, 9, 40, 21)
    rows = [
        row(1, related=related, fix=fix),
        *(
            row(
                number, policy="serving/gpu-pool-fixed-size", severity="medium", cause=shared, location=place,
                line_hash="abc:1", message=f"c/gpu{number}: keeps 2 nodes", observed=2,
                snippet="\t\t\"minCount\": 2, // ä😀",
            )
            for number in range(2, 10)
        ),
        row(11, policy="security/local-auth-open", region="northeurope", path="a b/c:d.json", observed=ABSENT,
            resource_type="Microsoft.CognitiveServices/accounts"),
        row(12, policy="security/public-network-open", region="swedencentral", path="x:y.json",
            resource_type="Microsoft.Storage/storageAccounts"),
        row(13, policy="estate/tags-missing", severity="low", region="", resource_type="Microsoft.Web/sites"),
        row(14, policy="estate/region-sprawl", severity="note", region="eastus"),
        row(15, verdict="unknown", observed=Unresolved("reference('x').y"),
            message="c/gpu15: properties.nodeTaints is known only at deployment: [reference('x').y]"),
        row(16, waiver={"reason": "demo", "owner": "team", "until": "2026-12-31", "source": ".aiplint.yaml:9"}),
        row(17, baseline="unchanged"),
        row(18, verdict="pass", message="", observed=["sku=gpu:NoSchedule"]),
    ]  # fmt: skip
    gaps = [Gap("infra/broken.json", "line 3: expected a comma", 3, 7, "syntax", ("serving/gpu-pool-shared",))]
    return ledger(rows, gaps, not_applicable=4)


def hostile() -> Ledger:
    """Every hostile text in every place where a stranger's text can stand."""
    rows = [
        row(
            number, resource_name=text, resource_id=f"/subscriptions/{text}", message=f"{text}: is {text}.",
            property=text, path=f"dir/{text}", region=text, snippet=f'  "{text[:390]}"', observed={text: [text]},
            cause=f"{number}",
            resource_type=f"Microsoft.X/{text}", related=((text, Place(text, 1, 1, 1, 2)),), line_hash="ab:1",
            severity=("high", "medium", "low", "note")[number % 4],
            verdict="unknown" if number % 5 == 4 else "fail",
            waiver={"reason": text, "owner": text, "until": None, "source": f"{text}:1"} if number % 6 == 5 else None,
        )
        for number, text in enumerate(HOSTILE)
    ]  # fmt: skip
    return ledger(rows, [Gap(text, text, kind="syntax", policies=(text,)) for text in HOSTILE])


def large(number: int = 25_000) -> Ledger:
    """Many findings over regions, kinds and policies."""
    regions = ("westeurope", "northeurope", "swedencentral", "eastus", "eastus2", "uksouth", "", "japaneast")
    kinds = (
        "Microsoft.CognitiveServices/accounts", "Microsoft.MachineLearningServices/workspaces/onlineEndpoints",
        "Microsoft.ContainerService/managedClusters/agentPools", "Microsoft.Storage/storageAccounts",
        "Microsoft.Search/searchServices", "Microsoft.KeyVault/vaults", "Microsoft.ContainerRegistry/registries",
    )  # fmt: skip
    names = sorted(POLICIES)
    rows = [
        row(
            n, policy=names[n * 7 % len(names)], severity=POLICIES[names[n * 7 % len(names)]].severity,
            region=regions[(n * n // 3) % len(regions)], resource_type=kinds[(n * 5 // 3) % len(kinds)],
            path=f"infra/module{n % 97}/main.bicep",
        )
        for n in range(number)
    ]  # fmt: skip
    return ledger(rows)

"""The catalogue as a page in Markdown: every policy, and for every guidance code the policies that serve it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Final

from linter.policy import Policy

GUIDANCE: Final[Mapping[str, str]] = {
    "R1": "Reuse a platform that runs already",
    "R2": "Know what law and regions ask",
    "R3": "Platform services before hand-kept machines",
    "R4": "Scale-out fits the quotas",
    "R5": "What belongs together stands in one region",
    "R6": "AI APIs behind a gateway, rolled out safely",
    "R7": "Sizes chosen by benchmark",
    "E1": "Exploration compute stops when idle",
    "E2": "GPUs on demand, right-sized",
    "E3": "MLflow for tracking and models",
    "E4": "Cost follows working hours",
    "E5a": "Access as in production",
    "E5b": "Encryption at rest and in transit",
    "E5c": "Regional data protection",
    "E5d": "Monitoring, alerts, audit",
    "E5e": "Private access to image, data and code stores",
    "E6": "Team file shares beside compute instances",
    "E7": "No platform or GPU that nobody needs",
    "T1": "One platform for training and fine-tuning",
    "T2": "Training compute lives as long as the run",
    "T3": "Training under an orchestrator",
    "T4": "Train where the data platform already works",
    "T5": "Size by cost and performance",
    "T6": "Serverless for short runs only",
    "T7": "Spot for interruptible work only",
    "T8": "Clusters for distributed training",
    "T9": "Zones or regions as recovery asks",
    "T10": "Hosting limits how a model can be tuned",
    "S1": "Serving contained, apart, with its own lifecycle",
    "S2": "Batch inference on transient compute",
    "S3": "Online inference follows load",
    "S4": "Models traceable",
    "S5": "Image tags that mean a version",
    "S6": "Cost split by team and workload",
    "S7": "Redundancy as criticality asks",
    "S8": "Private networks or an egress firewall",
    "S9": "Entra ID and roles at endpoints",
    "S10": "Endpoint logs and metrics",
    "S11": "Guaranteed throughput where latency matters",
    "S12": "Model quotas spread over instances",
    "S13": "Fixed throughput with somewhere to burst",
    "B1": "Batch inference apart from the platform's other work",
    "B2": "Batch deployments for foundation models",
    "B3": "Batch endpoints for other models",
    "B4": "Spark on managed pools",
    "O1": "Serverless and PaaS first for online inference",
    "O2": "One API that aggregates the endpoints",
    "O3": "Managed compute with traffic splitting",
    "O4": "GPU node pools isolated",
    "O5": "GPUs for AI functions only",
    "O6": "No over-provisioning",
    "O7": "Machines as the last choice",
    "P1": "Orchestration to production standards",
    "P2": "Orchestration off the GPUs",
    "P3": "Orchestration elastic",
    "P4": "Off-the-shelf orchestration first",
    "P5": "Orchestration on Azure ML or AKS",
    "D1": "APIs balanced and charged back",
    "D2": "A front door at scale",
    "D3": "Redundancy across options",
    "D4": "User identity and privacy in the application",
    "D5": "Training data beside its compute",
    "D6": "Models updated safely",
    "D7": "Usage monitored and authorised",
    "D8": "Patches and fresh images",
    "D9": "Networks isolated, egress controlled",
    "D10": "Cost or usage by deployment",
    "D11": "Secrets managed",
    "D12": "Abuse prevented and detected",
    "D13": "Scoring inside the database",
    "D14": "User interface off the inference compute",
    "D15": "Further hosts of models",
}
"""The guidance codes in words of our own; the guidance itself:
https://learn.microsoft.com/azure/well-architected/ai/application-platform (read 2026-11-24)."""

UNSEEN: Final[Mapping[str, str]] = {
    "B3": "A choice among services that all are right in their place: a template shows which was chosen, not "
    "which would fit. "
    "What a batch endpoint must have is asked by serving/batch-compute-always-on and serving/model-version-floating.",
    "D4": "Lives in the code of the application: no resource property shows whose identity a call carries, or what "
    "is stored of it.",
    "O2": "Whether several endpoints are meant to be one API is a matter of the product behind it; that each stands "
    "behind a "
    "gateway is asked by serving/api-without-gateway.",
}
"""Why no policy serves a code: what no configuration shows."""


def catalogue_page(policies: Mapping[str, Policy]) -> str:
    """The whole page; the same bytes for the same policies."""
    return "\n".join(_page(policies)) + "\n"


def policy_section(policy: Policy) -> str:
    """One policy in Markdown."""
    return "\n".join(_section(policy)) + "\n"


def _page(policies: Mapping[str, Policy]) -> Iterator[str]:
    yield "# Policies"
    yield ""
    yield f"{len(policies)} policies. This page is written by `aiplint policies --format markdown`: change the"
    yield "policies, not the page."
    yield ""
    yield "| policy | fault | severity | set | guidance |"
    yield "| --- | --- | --- | --- | --- |"
    for policy in policies.values():
        anchor = policy.id.replace("/", "")
        row = (
            f"[{policy.id}](#{anchor})",
            policy.title,
            policy.severity,
            policy.sets[0],
            " ".join(policy.data["says"]),
        )
        yield f"| {' | '.join(cell.replace('|', '/') for cell in row)} |"
    yield ""
    yield "## Guidance"
    yield ""
    yield "What each statement of the guidance is served by."
    yield ""
    yield "| code | what is asked | policies, or why none |"
    yield "| --- | --- | --- |"
    for code, words in GUIDANCE.items():
        serving = [
            f"[{policy.id}](#{policy.id.replace('/', '')})"
            for policy in policies.values()
            if code in policy.data["says"]
        ]
        yield f"| {code} | {words} | {', '.join(serving) or UNSEEN.get(code, '')} |"
    for policy in policies.values():
        yield ""
        yield from _section(policy)


def _section(policy: Policy) -> Iterator[str]:
    text = policy.text()
    yield f"## {text.id}"
    yield ""
    yield f"**{text.title}** ({text.severity}; {'default' if 'default' in text.sets else 'strict'} set"
    yield f"{'; production only' if policy.production else ''}{'; fixable' if text.fixable else ''})"
    yield ""
    yield f"Looks at {', '.join(f'`{name}`' for name in text.resource)}."
    yield ""
    yield text.why.strip()
    yield ""
    yield f"*Mend:* {text.fix.strip()}"
    for language, fragment in (("json", text.fix_arm), ("bicep", text.fix_bicep)):
        if fragment:
            yield from ("", f"```{language}", fragment.rstrip(), "```")
    if text.when_not:
        yield from ("", f"*When not:* {text.when_not.strip()}")
    if text.parameters:
        yield from ("", "| parameter | default | |", "| --- | --- | --- |")
        for name, entry in text.parameters.items():
            default = json.dumps(entry["default"], ensure_ascii=False).replace("|", "\\|")
            yield f"| `{name}` | `{default}` | {entry['description']} |"
    yield ""
    yield f"Guidance: {', '.join(text.says)}. Pillars: {', '.join(text.pillars)}."
    if text.overlaps:
        yield ""
        for overlap in text.overlaps:
            note = f": {overlap['note']}" if overlap.get("note") else ""
            yield f"- {overlap['tool']} `{overlap['id']}` ({overlap['relation']}){note}"
    if text.sources:
        yield ""
        for source in text.sources:
            yield f"- <{source['url']}> (read {source['read']}): {source['settles']}"

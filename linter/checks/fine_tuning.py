"""Are the fine-tuned models of one family made on several platforms?

Sources, read 2026-11-24: https://learn.microsoft.com/azure/ai-foundry/openai/how-to/fine-tuning (a model fine-tuned in
Azure OpenAI is named after its base, `.ft-` and an id); Azure.Bicep.Types.Az 0.2.972 (`fineTuningDetails.model.uri`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from linter.checks.outcomes import failed, open_value, passed, shown, titled, undecided
from linter.checks.training_jobs import job_of
from linter.model import ABSENT, Absent, Inventory, Outcome, Related, Resource, Unresolved, Value

DEPLOYMENTS = "Microsoft.CognitiveServices/accounts/deployments"
MODEL = "properties.model.name"
_URI_NAME = re.compile(r"(?:/models/|azureml:)([^/:]+)", re.IGNORECASE)
_VERSION = re.compile(r"[-_](?:\d{4}-\d{2}-\d{2}|\d{4}|\d{6,8}|v\d+)\Z")


def together(resource: Resource, inventory: Inventory, _parameters: Mapping[str, Any]) -> Outcome | None:
    """Judged: fine-tuning jobs of Azure ML. One fails where a deployed model of the same family was fine-tuned in
    Azure OpenAI."""
    job = job_of(resource)
    if job is None or job.kind != "finetuning":
        return None
    path, model = _model(resource, job.base)
    tuned = [one for one in inventory.of_type(DEPLOYMENTS) if ".ft-" in str(one.get(MODEL)).lower()]
    opened = [one for one in inventory.of_type(DEPLOYMENTS) if isinstance(one.get(MODEL), Unresolved)]
    if not tuned and not opened:
        return passed(path, model)
    if isinstance(model, Unresolved) or not family(model):
        return open_value(resource, path, model, "models of one family should be fine-tuned on one platform")
    same = [one for one in tuned if family(one.get(MODEL)) == family(model)]
    if same:
        names = ", ".join(str(one.get(MODEL)) for one in same[:3])
        related = [Related(f"{titled(one)} serves {one.get(MODEL)}", one, MODEL) for one in same[:3]]
        text = f"fine-tunes {family(model)} ({shown(model)}) in Azure ML, beside {names}, fine-tuned in Azure OpenAI"
        return failed(
            f"{titled(resource)}: {text}; keep the models of one family on one platform", path, model, related=related
        )
    if opened:
        text = f"whether {titled(opened[0])} serves a fine-tuned {family(model)} is known only when it is deployed"
        return undecided(f"{titled(resource)}: {text}", path, model, related=[Related("its model", opened[0], MODEL)])
    return passed(path, model)


def _model(resource: Resource, base: str) -> tuple[str, Value | Absent]:
    for leaf in ("model.uri", "model.value"):
        path = f"{base}.fineTuningDetails.{leaf}"
        if resource.get(path) is not ABSENT:
            return path, resource.get(path)
    return f"{base}.fineTuningDetails.model.uri", ABSENT


def family(model: Value | Absent) -> str:
    """`gpt-4o-mini-2024-07-18.ft-ab12`, `azureml://…/models/gpt-4o-mini/versions/3` and `GPT-4o-mini` are one family;
    "" where the text names none."""
    if not isinstance(model, str):
        return ""
    found = _URI_NAME.search(model)
    name = (found[1] if found else model.rpartition("/")[2]).lower().partition(".ft-")[0]
    return _VERSION.sub("", name)

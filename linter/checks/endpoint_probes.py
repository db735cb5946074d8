"""Does a deployment of an image of one's own say how to tell that it is alive?

Source: Azure.Bicep.Types.Az 0.2.972, read 2026-11-24 (`livenessProbe`, `readinessProbe`; an environment version has
`image` or `build`; routes in `inferenceConfig` are no probes). Environments of the registry `azureml` are Microsoft's
and bring their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from linter import kinship
from linter.checks.outcomes import failed, open_value, passed, shown, titled, undecided
from linter.model import ABSENT, Inventory, Outcome, Related, Resource, Unresolved

ENVIRONMENT, LIVE, READY = "properties.environmentId", "properties.livenessProbe", "properties.readinessProbe"
VERSIONS = "Microsoft.MachineLearningServices/workspaces/environments/versions"
_CURATED = "/registries/azureml/"


def probed(deployment: Resource, inventory: Inventory, _parameters: Mapping[str, Any]) -> Outcome | None:
    """One probe is enough. A deployment without an environment, or with one of Microsoft's, is not judged."""
    named = deployment.get(ENVIRONMENT)
    if named is ABSENT or (
        isinstance(named, str) and _CURATED in f"/{named.lower().removeprefix('azureml:/').lstrip('/')}"
    ):
        return None
    probes = [(path, deployment.get(path)) for path in (LIVE, READY)]
    stated = next(((path, value) for path, value in probes if isinstance(value, dict) and value), None)
    if stated:
        return passed(*stated)
    opened = next(((path, value) for path, value in probes if isinstance(value, Unresolved)), None)
    if opened:
        return open_value(deployment, opened[0], opened[1], "an image of one's own needs a probe")
    name = titled(deployment)
    environment = inventory.by_id(named) if isinstance(named, str) else kinship.named(named, VERSIONS, inventory)
    if environment is None and isinstance(named, Unresolved):
        return open_value(deployment, ENVIRONMENT, named, "an image of one's own needs a probe")
    if environment is None:
        return undecided(
            f"{name}: no probe; whether its environment {shown(named)} brings its own image is not in view", LIVE
        )
    image, build = environment.get("properties.image"), environment.get("properties.build")
    if image is ABSENT and build is ABSENT:
        return None
    what = f"image {shown(image)}" if image is not ABSENT else "an image built from a Dockerfile"
    related = [Related(f"the environment {titled(environment)}", environment)]
    return failed(f"{name}: runs {what} and has neither a liveness nor a readiness probe", LIVE, related=related)

"""Is what serves in production ever tested under load?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from linter.checks.outcomes import failed, passed, titled, undecided, unseen, word
from linter.facts.resources import ACCOUNT, WORKSPACE
from linter.inventory import is_production
from linter.model import ABSENT, Inventory, Outcome, Related, Resource, Unresolved

TESTS = "Microsoft.LoadTestService/loadTests"
ENDPOINTS = (f"{WORKSPACE}/onlineEndpoints", f"{WORKSPACE}/serverlessEndpoints", f"{WORKSPACE}/batchEndpoints")


def _serves_models(account: Resource) -> bool:
    """OpenAI and AI Services accounts; of ready-made services (speech, translation …) nobody chose a size."""
    kind = account.get("kind")
    return kind is ABSENT or isinstance(kind, Unresolved) or word(kind) in ("openai", "aiservices")


def tested(resource: Resource, inventory: Inventory, _parameters: Mapping[str, Any]) -> Outcome | None:
    """One row a workload: at its first endpoint in production, else its first account for models there."""
    serving = [one for one in inventory.of_type(*ENDPOINTS) if is_production(one, inventory) is not False]
    accounts = [one for one in inventory.of_type(ACCOUNT) if _serves_models(one)]
    serving = serving or [one for one in accounts if is_production(one, inventory) is not False]
    if not serving or resource is not serving[0]:
        return None
    tests = inventory.of_type(TESTS)
    if any(one.condition is None for one in tests):
        return passed()
    name = titled(resource)
    what = "serves in production, and no load test resource stands in the workload"
    if tests:
        related = [Related(f"{titled(tests[0])} is deployed on a condition", tests[0])]
        return undecided(f"{name}: {what}, unless {titled(tests[0])} is deployed", related=related)
    hidden = unseen(inventory, "a load test", TESTS)
    return undecided(f"{name}: {what}: {hidden}") if hidden else failed(f"{name}: {what} ({TESTS})")

"""Does a gateway limit and count the tokens of each caller?

Policies are searched as text, with comments taken out and without any entity expanded: nothing in them can grow.
Sources, read 2026-11-24: https://learn.microsoft.com/azure/api-management/llm-token-limit-policy and
llm-emit-token-metric-policy; Azure.Bicep.Types.Az 0.2.972 (levels of policies; `format` xml, rawxml and their `-link`
forms; products are tied to APIs by `products/apis` or `products/apiLinks`; all of them stand in workspaces too).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from linter.checks.outcomes import failed, passed, titled, undecided, unseen, word
from linter.checks.served_models import names_model
from linter.facts.gateways import TOKEN_LIMITS, TOKEN_METRICS
from linter.facts.models import model_host
from linter.model import ABSENT, Inventory, Outcome, Resource, Unresolved

SERVICE = "Microsoft.ApiManagement/service"
WORKSPACES = f"{SERVICE}/workspaces"
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_FRAGMENT = re.compile(r"<include-fragment\s[^>]*fragment-id\s*=\s*[\"']([^\"']+)[\"']", re.IGNORECASE)
_BACKEND = re.compile(r"<set-backend-service\s[^>]*backend-id\s*=\s*[\"']([^\"']+)[\"']", re.IGNORECASE)


def _both(kind: str) -> tuple[str, str]:
    """A kind of child in the service and in its workspaces."""
    return f"{SERVICE}/{kind}", f"{WORKSPACES}/{kind}"


def limited(api: Resource, inventory: Inventory, _parameters: Mapping[str, Any]) -> Outcome | None:
    """An API in front of a model needs a token limit and a token metric, at its own level or one above."""
    texts, opened = _texts(api, inventory)
    if not _fronts_model(api, texts, inventory):
        return None
    joined = "\n".join(texts).lower()
    lacks = [
        what
        for what, elements in (("token limit", TOKEN_LIMITS), ("token metric", TOKEN_METRICS))
        if not any(re.search(rf"<{element}[\s/>]", joined) for element in elements)
    ]
    if not lacks:
        return passed()
    name, lack = titled(api), " and no ".join(lacks)
    hidden = opened or unseen(inventory, "its policies")
    if hidden:
        return undecided(f"{name}: no {lack} in the policies in view; {hidden}")
    return failed(
        f"{name}: stands in front of a model, but its policies set no {lack} (llm-token-limit, llm-emit-token-metric)"
    )


def _fronts_model(api: Resource, texts: list[str], inventory: Inventory) -> bool:
    if names_model(api) or any(model_host(text) for text in texts):
        return True
    wanted = {found.lower() for text in texts for found in _BACKEND.findall(text)}
    backends = inventory.of_type(*_both("backends"))
    named = [one for one in backends if isinstance(one.name, str) and one.name.rpartition("/")[2].lower() in wanted]
    ids = " ".join(str(one.get("properties.pool.services")).lower() for one in named)
    return any(names_model(one) for one in named) or any(
        names_model(one) and isinstance(one.id, str) and one.id.lower() in ids for one in backends
    )


def _texts(api: Resource, inventory: Inventory) -> tuple[list[str], str]:
    """The policy texts that hold for an API, fragments followed; and what of them is open. A level without `<base />`
    hides those above."""
    texts: list[str] = []
    opened = ""
    for policy in _operations(api, inventory):
        text, why = _policy_text(policy)
        texts += [text] if text else []
        opened = opened or why
    for level in _levels(api, inventory):
        inherits = True
        for policy in level:
            text, why = _policy_text(policy)
            opened = opened or why
            if text:
                texts.append(text)
                inherits = "<base" in text.lower()
        if not inherits:
            break
    fragments = {
        one.name.rpartition("/")[2].lower(): one
        for one in inventory.of_type(*_both("policyFragments"))
        if isinstance(one.name, str)
    }
    for name in {found.lower() for text in texts for found in _FRAGMENT.findall(text)}:
        if name in fragments:
            text, why = _policy_text(fragments[name])
            texts += [text] if text else []
            opened = opened or why
        else:
            opened = opened or f"the fragment {name} is not in view"
    return texts, opened


def _policy_text(policy: Resource) -> tuple[str, str]:
    value, form = policy.get("properties.value"), policy.get("properties.format")
    if isinstance(value, Unresolved):
        return "", f"the policy {titled(policy)} is known only when it is deployed"
    if word(form).endswith("-link") or isinstance(form, Unresolved):
        return "", f"the policy {titled(policy)} is a link"
    return (_COMMENT.sub("", value), "") if isinstance(value, str) else ("", "")


def _operations(api: Resource, inventory: Inventory) -> list[Resource]:
    """The policies of the API's operations: a limit set there counts, as the calls of models are few."""
    prefix = f"{str(api.id).lower()}/operations/"
    found = inventory.of_type(*_both("apis/operations/policies"))
    return [one for one in found if str(one.id).lower().startswith(prefix)]


def _levels(api: Resource, inventory: Inventory) -> Iterator[list[Resource]]:
    """Policies from the innermost level out: API, products, workspace (of an API that stands in one), service."""
    if not isinstance(api.id, str):
        return
    prefix = api.id.lower()
    owner = prefix.partition("/apis/")[0]
    service, workspace, _ = owner.partition("/workspaces/")
    yield [one for one in inventory.of_type(*_both("apis/policies")) if str(one.id).lower().startswith(prefix + "/")]
    short = prefix.rpartition("/")[2]
    products = set()
    for link in inventory.of_type(*_both("products/apis"), *_both("products/apiLinks")):
        target = link.get("properties.apiId")
        named = str(link.id).lower().rpartition("/")[2] == short or (
            target is not ABSENT and str(target).lower().endswith(f"/apis/{short}")
        )
        if named and isinstance(link.id, str):
            products.add(link.id.lower().rpartition("/")[0].rpartition("/")[0])
    yield [
        one
        for one in inventory.of_type(*_both("products/policies"))
        if str(one.id).lower().rpartition("/policies/")[0] in products
    ]
    for level in (owner, service) if workspace else (service,):
        found = inventory.of_type(*_both("policies"))
        yield [one for one in found if str(one.id).lower().startswith(level + "/policies/")]

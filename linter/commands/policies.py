"""`aiplint policies`: the catalogue, as text, JSON, a page in Markdown, or definitions for Azure Policy."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from linter.errors import UsageError
from linter.policy import Policy, load, near


def run(options: argparse.Namespace) -> int:
    """Exit code 0; raises `UsageError` for an unknown id."""
    policies = load(options.policies)
    if options.id is not None:
        policies = {options.id: one(policies, options.id)}
    if options.format == "azure-policy":
        from linter.azure_policy import render

        sys.stdout.write(render(policies))
    elif options.format == "json":
        entries = [entry(policy, full=options.id is not None) for policy in policies.values()]
        sys.stdout.write(json.dumps(entries[0] if options.id else entries, ensure_ascii=False, indent=2) + "\n")
    elif options.format == "markdown":
        from linter.catalogue import catalogue_page, policy_section

        sys.stdout.write(policy_section(policies[options.id]) if options.id else catalogue_page(policies))
    elif options.id is not None:
        from linter.commands.explain import lines_of

        sys.stdout.writelines(line + "\n" for line in lines_of(policies[options.id], color=False))
    else:
        sys.stdout.writelines(line + "\n" for line in table(policies))
    return 0


def one(policies: Mapping[str, Policy], policy_id: str) -> Policy:
    """The policy of that id; raises `UsageError` naming the nearest."""
    if policy_id not in policies:
        raise UsageError(f"no policy is called {policy_id!r}{near(policy_id, policies)}; `aiplint policies` lists them")
    return policies[policy_id]


def entry(policy: Policy, *, full: bool = False) -> dict[str, Any]:
    """The JSON form of one policy; `full` adds the texts."""
    text = policy.text()
    found: dict[str, Any] = {
        "id": text.id, "title": text.title, "severity": text.severity, "sets": list(text.sets),
        "resource": list(text.resource), "says": list(text.says), "pillars": list(text.pillars),
        "overlaps": list(text.overlaps), "parameters": dict(text.parameters), "sources": list(text.sources),
        "fixable": text.fixable,
    }  # fmt: skip
    if full:
        found |= {"why": text.why, "fix": dict(policy.data["fix"]), "when_not": text.when_not}
    return found


def table(policies: Mapping[str, Policy]) -> Iterator[str]:
    """One line a policy: id, severity, set, title."""
    width = max((len(name) for name in policies), default=0)
    for name, policy in policies.items():
        yield f"{name:<{width}}  {policy.severity:<6}  {'strict' if policy.strict else 'default':<7}  {policy.title}"

"""The rules of a SARIF run: what code scanning shows beside a finding, all from the policy's own words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

from linter.model import PolicyText, Severity
from linter.reports.fold import in_short

LEVEL: dict[Severity, str] = {"high": "error", "medium": "warning", "low": "note", "note": "note"}
_PROBLEM: dict[Severity, str] = {
    "high": "error",
    "medium": "warning",
    "low": "recommendation",
    "note": "recommendation",
}
_SECURITY: dict[Severity, str] = {"high": "8.0", "medium": "5.5", "low": "2.0", "note": "2.0"}
"""GitHub calls above 9.0 critical, from 7.0 high, from 4.0 medium, below low (docs.github.com, read 2026-11-24)."""
GUIDANCE = "https://learn.microsoft.com/azure/well-architected/ai/application-platform"
MAX_FULL = 1_000
MAX_TAGS = 10


def bare_policy(policy: str) -> PolicyText:
    """The words of a policy that the ledger does not describe."""
    return PolicyText(policy, policy, "medium", (), (), "", "", "", "", (), (), (), {}, (), False)


def rules(policies: Iterable[PolicyText], strings: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """One rule a policy, in the given order; `strings` are the message templates by policy."""
    wanted = list(policies)
    names = Counter(_pascal(policy.id.rsplit("/", 1)[-1]) for policy in wanted)
    return [_rule(policy, names, strings.get(policy.id)) for policy in wanted]


def _pascal(name: str) -> str:
    return "".join(part[:1].upper() + part[1:].lower() for part in re.findall(r"[A-Za-z0-9]+", name)) or "Policy"


def _rule(policy: PolicyText, names: Counter[str], strings: dict[str, Any] | None) -> dict[str, Any]:
    name = _pascal(policy.id.rsplit("/", 1)[-1])
    rule: dict[str, Any] = {
        "id": policy.id,
        "name": name if names[name] == 1 else _pascal(policy.id),
        "shortDescription": {"text": _period(policy.title)},
        "fullDescription": {"text": _period(_cut(policy.why or policy.title))},
        "helpUri": next((source["url"] for source in policy.sources if _is_web(source.get("url", ""))), GUIDANCE),
        "help": {"text": _help_text(policy), "markdown": _help_markdown(policy)},
        "defaultConfiguration": {"level": LEVEL[policy.severity]},
        "properties": _properties(policy),
    }
    if strings:
        rule["messageStrings"] = strings
    return rule


def _properties(policy: PolicyText) -> dict[str, Any]:
    area = policy.id.split("/", 1)[0].lower()
    secure = area == "security" or "Security" in policy.pillars
    pillars = [re.sub(r"\W+", "-", pillar.lower()) for pillar in policy.pillars]
    tags = ["security"] if secure else []
    tags = list(dict.fromkeys([*tags, "azure", area, *pillars]))[:MAX_TAGS]
    properties: dict[str, Any] = {
        "tags": tags,
        "precision": "high",
        "problem.severity": _PROBLEM[policy.severity],
    }
    if secure:
        properties["security-severity"] = _SECURITY[policy.severity]
    return properties


def _is_web(address: str) -> bool:
    return re.fullmatch(r"https?://[\w.-]+(/[^\s<>\"{}|\\^`]*)?", address) is not None


def _period(text: str) -> str:
    flat = " ".join(text.split()).rstrip()
    return flat if flat.endswith(".") else flat + "."


def _cut(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= MAX_FULL else in_short(flat, MAX_FULL)[:MAX_FULL]


def _help_text(policy: PolicyText) -> str:
    parts = [policy.why, policy.fix and f"How to mend it: {policy.fix}", f"More: aiplint explain {policy.id}."]
    return "\n\n".join(part.strip() for part in parts if part)


def _help_markdown(policy: PolicyText) -> str:
    parts = [policy.why.strip()]
    if policy.fix:
        parts += ["## How to mend it", policy.fix.strip()]
    parts += [_fenced("json", policy.fix_arm), _fenced("bicep", policy.fix_bicep)]
    if policy.when_not:
        parts += ["## When not to use it", policy.when_not.strip()]
    if policy.overlaps:
        lines = [
            f"- {entry.get('tool', '')} `{entry.get('id', '')}`: {entry.get('relation', '')}"
            + (f". {entry['note']}" if entry.get("note") else "")
            for entry in policy.overlaps
        ]
        parts += ["## Overlaps", "\n".join(lines)]
    links = [f"- <{source['url']}>" for source in policy.sources if _is_web(source.get("url", ""))]
    if links:
        parts += ["## Sources", "\n".join(links)]
    parts.append(f"`aiplint explain {policy.id}` tells more.")
    return "\n\n".join(part for part in parts if part)


def _fenced(language: str, text: str) -> str:
    return f"```{language}\n{text.strip()}\n```" if text.strip() else ""

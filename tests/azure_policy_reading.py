"""Azure Policy's conditions, read anew from its documentation for the tests; nothing of `linter` decides here.

https://learn.microsoft.com/azure/governance/policy/concepts/definition-structure-policy-rule (conditions, fields) and
.../author-policies-for-arrays (`[*]`, count), read 2026-11-24. A resource is plain JSON; what it does not say is null.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from fnmatch import translate
from pathlib import Path
from typing import Any

PATHS: dict[str, str] = json.loads((Path(__file__).parent / "data" / "azure-policy-aliases.json").read_text("utf-8"))
"""Alias in lower case → path below the resource, as `Get-AzPolicyAlias` gave them on 2026-08-22."""
PLAIN = ("type", "kind", "location", "identity.type")


class OpenValue(Exception):  # noqa: N818  no error: the value is known at deployment only
    """The resource holds something there that only a deployment knows."""


class OtherKindError(Exception):
    """Azure Policy refuses to order a text and a number; what it then makes of the request is not documented."""


class PolicyReader:
    """One resource and the parameters of an assignment."""

    def __init__(self, resource: Mapping[str, Any], parameters: Mapping[str, Any]) -> None:
        self.resource = resource
        self.parameters = parameters

    def holds(self, rule: Mapping[str, Any], member: tuple[str, Any] | None = None) -> bool:
        """Does the condition hold? `member`: alias of the array that an enclosing count walks, and its member."""
        if "not" in rule:
            return not self.holds(rule["not"], member)
        if "allOf" in rule:
            return all([self.holds(part, member) for part in rule["allOf"]])  # noqa: C419  all parts are evaluated, as Azure does
        if "anyOf" in rule:
            return any([self.holds(part, member) for part in rule["anyOf"]])  # noqa: C419  all parts are evaluated, as Azure does
        (operator, operand), *more = ((k, v) for k, v in rule.items() if k not in ("field", "value", "count"))
        assert not more, rule
        operand = self.evaluated(operand)
        if "count" in rule:
            return compared(operator, self.count(rule["count"], member), operand)
        if "value" in rule:
            return compared(operator, self.evaluated(rule["value"]), operand)
        found = self.field(rule["field"], member)
        if rule["field"] == "location":  # "normalized to support various formats": East US 2 is eastus2
            found = [plain_region(value) for value in found]
            operand = plain_region(operand)
        return all(compared(operator, value, operand) for value in found)

    def count(self, count: Mapping[str, Any], member: tuple[str, Any] | None) -> int:
        members = self.field(count["field"], member)
        return sum(self.holds(count["where"], (count["field"], one)) if "where" in count else True for one in members)

    def field(self, name: str, member: tuple[str, Any] | None) -> list[Any]:
        """The values of a field: one, or each member where the alias has `[*]`."""
        if name.lower() in PLAIN:
            return walk(self.resource, name)
        tag = re.fullmatch(r"tags\['([^']+)'\]", name)
        if tag:
            return [known(child(known(child(self.resource, "tags")), tag[1]))]
        if member is not None and (name == member[0] or name.startswith((member[0] + ".", member[0] + "["))):
            return walk(member[1], name[len(member[0]) :].lstrip("."))
        return walk(self.resource, PATHS[name.lower()])

    def evaluated(self, value: Any) -> Any:
        """The two functions that definitions use."""
        if not isinstance(value, str) or not value.startswith("["):
            return value
        if found := re.fullmatch(r"\[parameters\('([^']+)'\)\]", value):
            return self.parameters[found[1]]
        found = re.fullmatch(r"\[int\('(-?\d+)'\)\]", value)
        assert found, value
        return int(found[1])


def plain_region(value: Any) -> Any:
    if isinstance(value, list):
        return [plain_region(one) for one in value]
    return value.replace(" ", "").lower() if isinstance(value, str) else value


def known(value: Any) -> Any:
    """The value itself; raises for one that is open."""
    if type(value).__name__ == "Unresolved" or (
        isinstance(value, dict) and any(type(k).__name__ == "OpenKey" for k in value)
    ):
        raise OpenValue
    return value


def child(value: Any, name: str) -> Any:
    if not isinstance(value, dict):
        return None
    return next((item for key, item in value.items() if key.lower() == name.lower()), None)


def walk(value: Any, path: str) -> list[Any]:
    """`a.b[*].c` below a value; a missing array has no members, a missing property is null."""
    if not path:
        return [known(value)]
    step = re.match(r"\[\*\]|[^.\[]+", path)
    assert step
    rest = path[step.end() :].lstrip(".")
    if step[0] != "[*]":
        return walk(known(child(known(value), step[0])), rest)
    return [found for one in (known(value) or []) for found in walk(one, rest)]


def compared(operator: str, value: Any, operand: Any) -> bool:
    """One condition. `not…` is the opposite of its positive form, for null too."""
    if operator.startswith("not"):
        positive = operator[3].lower() + operator[4:]
        return not compared(positive, value, operand)
    if operator == "exists":
        return (value is not None) is (str(operand).lower() == "true")
    if operator in ("less", "lessOrEquals", "greater", "greaterOrEquals"):
        if value is None:
            return False
        if not isinstance(value, (int, float)) or not isinstance(operand, (int, float)):
            raise OtherKindError(f"{value!r} {operator} {operand!r}")
        return {"less": value < operand, "lessOrEquals": value <= operand, "greater": value > operand,
                "greaterOrEquals": value >= operand}[operator]  # fmt: skip
    if operator == "in":
        return any(compared("equals", value, one) for one in operand)
    if value is None:
        return False
    left, right = str(value).lower(), str(operand).lower()
    if operator == "equals":
        return left == right
    if operator == "contains":
        return right in left
    assert operator == "like", operator
    assert right.count("*") <= 1, "Azure Policy takes one wildcard"
    return re.match(translate(right.replace("[", "[[]")), left) is not None

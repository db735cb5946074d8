"""Conditions of policies as conditions of Azure Policy.

Ours have three values, Azure Policy's two. So each is said twice: when it surely holds, and when it surely fails. A
definition denies what surely fails while it is surely selected; what stays open (`absent: unknown`) is let through.
Absence is always asked with `exists`: Azure Policy compares a missing field as if it were empty, which is not what the
service takes then.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from linter.comparing import compare, duration_seconds
from linter.facts.azure_policy import FACT_PATTERNS, alias

_BINDING = re.compile(r"\[(parameters|settings)\('([^']+)'\)\]\Z")
_ORDER = frozenset({"less", "lessOrEquals", "greater", "greaterOrEquals"})
_COUNT_OPPOSITE = {"less": "greaterOrEquals", "lessOrEquals": "greater", "greater": "lessOrEquals",
                   "greaterOrEquals": "less", "equals": "notEquals", "notEquals": "equals"}  # fmt: skip
Rule = dict[str, Any]


class UntranslatableError(Exception):
    """A condition that Azure Policy's language has no words for; the text says why."""


class Translator:
    """Conditions over one resource type. `inside` is the path of the list in whose members the resource stands (an
    inline node pool), else "". `used` collects the parameters and settings (`regions.allowed`) that were met."""

    def __init__(self, resource_type: str, parameters: Mapping[str, Any], inside: str = "") -> None:
        self.type = resource_type
        self.parameters = parameters
        self.inside = inside
        self.used: dict[str, Any] = {}

    def holds(self, condition: Mapping[str, Any]) -> Rule:
        """When it surely holds."""
        return self._said(condition, True)

    def fails(self, condition: Mapping[str, Any]) -> Rule:
        """When it surely fails."""
        return self._said(condition, False)

    def _said(self, condition: Mapping[str, Any], wanted: bool) -> Rule:
        if "not" in condition:
            return self._said(condition["not"], not wanted)
        for joint in ("allOf", "anyOf"):
            if joint in condition:
                parts = [self._said(part, wanted) for part in condition[joint]]
                return joined("allOf" if (joint == "allOf") is wanted else "anyOf", parts)
        if "count" in condition:
            return self._count(condition, wanted)
        if "field" not in condition:
            look = "a tag that a parent may carry" if "tag" in condition else "a value of the configuration"
            raise UntranslatableError(f"asks {look}, which no field of the resource shows")
        return self._field(condition, wanted)

    def field(self, path: str) -> str:
        """The alias of a path; raises where it has none."""
        whole = path
        if self.inside and path.lower() not in ("type", "name"):
            whole = f"{self.inside}.{path.removeprefix('properties.')}"
        found = alias(self.type, whole)
        if found is None:
            raise UntranslatableError(f"Azure Policy has no alias for {path} of {self.type}")
        return found

    def _field(self, leaf: Mapping[str, Any], wanted: bool) -> Rule:
        field = self.field(leaf["field"])
        operator = next((key for key in leaf if key not in ("field", "default", "absent", "fact")), "")
        if operator == "exists":
            return {"field": field, "exists": _word(leaf["exists"] is wanted)}
        test = self._patterns(field, leaf, operator) if "fact" in leaf else self._test(field, leaf, operator)
        there = {"field": field, "exists": "true"}
        present = joined("allOf", [there, test if wanted else {"not": test}])
        absent = self._absent(field, leaf, operator, wanted)
        return joined("anyOf", [absent, present]) if absent else present

    def _test(self, field: str, leaf: Mapping[str, Any], operator: str) -> Rule:
        operand = self._operand(leaf[operator], operator)
        for pattern in (operand if isinstance(operand, list) else [operand]) if "like" in operator.lower() else []:
            if str(pattern).count("*") > 1:
                raise UntranslatableError(f"a pattern of Azure Policy has one wildcard; {pattern} has more")
        if isinstance(operand, list) and operator in ("like", "notLike"):
            joint = "anyOf" if operator == "like" else "allOf"
            return joined(joint, [{"field": field, operator: pattern} for pattern in operand])
        return {"field": field, operator: operand}

    def _patterns(self, field: str, leaf: Mapping[str, Any], operator: str) -> Rule:
        patterns = FACT_PATTERNS.get(leaf["fact"])
        if patterns is None or operator:
            raise UntranslatableError(
                f"looks {leaf['field']} up in a table ({leaf['fact']}) that no pattern says in full"
            )
        return joined("anyOf", [{"field": field, "like": pattern} for pattern in patterns])

    def _absent(self, field: str, leaf: Mapping[str, Any], operator: str, wanted: bool) -> Rule | None:
        """When a missing property decides as wanted: None for never."""
        gone: Rule = {"field": field, "exists": "false"}
        if "absent" in leaf or "default" not in leaf:
            words = {"pass": True, "fail": False, "skip": False}
            return gone if words.get(leaf.get("absent", "unknown")) is wanted else None
        default, operand = leaf["default"], leaf.get(operator)
        if isinstance(operand, str) and _BINDING.match(operand):
            value = (
                f"[int('{default}')]" if isinstance(default, int) and not isinstance(default, bool) else _word(default)
            )
            asked: Rule = {"value": value, operator: self._operand(operand, operator)}
            return joined("allOf", [gone, asked if wanted else {"not": asked}])
        if "fact" in leaf:
            raise UntranslatableError(f"looks the default of {leaf['field']} up in a table")
        return gone if compare(operator, default, operand) is wanted else None

    def _operand(self, operand: Any, operator: str) -> Any:
        bound = _BINDING.match(operand) if isinstance(operand, str) else None
        value = operand
        if bound:
            kind, name = bound.groups()
            value = self.parameters.get(name) if kind == "parameters" else []
            key = name if kind == "parameters" else name.replace(".", "_")
            self.used[key] = value
            operand = f"[parameters('{key}')]"
        if operator in _ORDER and isinstance(value, str):
            what = "durations by their length" if duration_seconds(value) is not None else "texts by their order"
            raise UntranslatableError(f"compares {what}; Azure Policy compares letters")
        return [_word(item) for item in operand] if isinstance(operand, list) else _word(operand)

    def _count(self, leaf: Mapping[str, Any], wanted: bool) -> Rule:
        count = leaf["count"]
        operator = next(key for key in leaf if key != "count")
        counted: Rule = {"field": self.field(count["field"])}
        if "where" in count:
            where = self.holds(count["where"])
            if not _exact(count["where"]):
                raise UntranslatableError("counts members of which some may stay open")
            counted["where"] = where
        number = self._operand(leaf[operator], "")
        return {"count": counted, operator if wanted else _COUNT_OPPOSITE[operator]: number}


def _exact(condition: Any) -> bool:
    """Does it hold or fail whatever is absent?"""
    if isinstance(condition, list):
        return all(_exact(part) for part in condition)
    if not isinstance(condition, Mapping):
        return True
    if "field" in condition and "exists" not in condition and "default" not in condition:
        return condition.get("absent") in ("pass", "fail", "skip")
    return all(_exact(part) for part in condition.values())


def joined(joint: str, parts: list[Rule]) -> Rule:
    """`allOf` or `anyOf` of conditions, flat where one is of the same kind."""
    flat: list[Rule] = []
    for part in parts:
        flat += part.get(joint, [part])
    return flat[0] if len(flat) == 1 else {joint: flat}


def _word(value: Any) -> Any:
    """Azure Policy's schema of definitions takes text and numbers; it compares "true" with true as equal."""
    return str(value).lower() if isinstance(value, bool) else value

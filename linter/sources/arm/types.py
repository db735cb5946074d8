"""Types of parameters, outputs and function arguments: what the engine says of a value before it deploys.

The rules are those of Azure's engine in Bicep CLI 0.49.2, asked in November 2026. Unresolved parts are never at fault.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, TypeGuard

from linter.model import OpenKey, Unresolved, Value
from linter.sources.template.values import is_open, lookup, same, step_text, type_name

PRIMITIVE: Final = {
    "string": "String",
    "securestring": "String",
    "int": "Integer",
    "bool": "Boolean",
    "object": "Object",
    "secureobject": "Object",
    "array": "Array",
}
_MOST_DEPTH: Final = 64


class Types:
    """The `definitions` of a template, and the checks that need them."""

    __slots__ = ("definitions",)

    def __init__(self, definitions: object) -> None:
        self.definitions: dict[str, Any] = definitions if isinstance(definitions, dict) else {}

    def resolve(self, schema: object) -> dict[str, Any]:
        """A schema with its `$ref` followed; what stands beside the `$ref` goes first. A `$ref` to nothing is left."""
        merged: dict[str, Any] = schema if isinstance(schema, dict) else {}
        if "$ref" not in merged:
            return merged
        for _ in range(_MOST_DEPTH):
            target = self.target(merged)
            if target is None:
                return merged
            merged = {**target, **{key: value for key, value in merged.items() if key != "$ref"}}
        return merged

    def target(self, schema: dict[str, Any]) -> dict[str, Any] | None:
        """The definition that a `$ref` names."""
        reference = schema.get("$ref")
        if not isinstance(reference, str) or not reference.startswith("#/definitions/"):
            return None
        name = reference.removeprefix("#/definitions/").replace("~1", "/").replace("~0", "~")
        found, value = lookup(self.definitions, name)
        return value if found and isinstance(value, dict) else None

    def faults_of_schema(self, schema: object) -> Iterator[str]:
        """What is wrong with a declaration itself: an unknown type, a `$ref` to nothing."""
        if not isinstance(schema, dict):
            yield "is not an object"
            return
        if "$ref" in schema and self.target(schema) is None:
            yield f"refers to '{schema['$ref']}', which is not among the template's definitions"
        kind = self.resolve(schema).get("type")
        if kind is not None and (not isinstance(kind, str) or kind.lower() not in PRIMITIVE):
            yield f"has the unknown type '{kind}'"

    def is_secure(self, schema: object) -> bool:
        """Whether a declaration is a secureString or secureObject."""
        kind = self.resolve(schema).get("type")
        return isinstance(kind, str) and kind.lower().startswith("secure")

    def conceal(self, value: Value, schema: object, text: str, depth: int = 0) -> Value:
        """A given value with every part that is typed as secure left open; `text` is the expression for the value."""
        if not isinstance(schema, dict) or isinstance(value, Unresolved) or depth > _MOST_DEPTH:
            return value
        rules = self.resolve(schema)
        if str(rules.get("type")).lower().startswith("secure"):
            return value if value is None else Unresolved(text, "secret")
        if isinstance(value, list):
            items, prefix = rules.get("items"), rules.get("prefixItems")
            if not isinstance(items, dict) and not isinstance(prefix, list):
                return value
            prefix = prefix if isinstance(prefix, list) else []
            return [
                self.conceal(item, prefix[i] if i < len(prefix) else items, f"{text}[{i}]", depth + 1)
                for i, item in enumerate(value)
            ]
        if isinstance(value, dict):
            return self._conceal_members(value, rules, text, depth)
        return value

    def _conceal_members(self, value: dict[str, Value], rules: dict[str, Any], text: str, depth: int) -> Value:
        declared, further, variant = (
            rules.get("properties"),
            rules.get("additionalProperties"),
            rules.get("discriminator"),
        )
        if isinstance(variant, dict):
            _, kind = lookup(value, str(variant.get("propertyName")))
            mapping = variant.get("mapping")
            if isinstance(mapping, dict) and isinstance(kind, str) and kind in mapping:
                value = self.conceal(value, mapping[kind], text, depth + 1)
        if not isinstance(declared, dict) and not isinstance(further, dict):
            return value
        by_name = {key.lower(): item for key, item in declared.items()} if isinstance(declared, dict) else {}
        return {
            key: self.conceal(item, by_name.get(key.lower(), further), text + step_text(key), depth + 1)
            for key, item in value.items()
        }

    def check(self, value: Value, schema: object, name: str, depth: int = 0) -> Iterator[str]:
        """What the engine finds wrong with a value, one sentence each; `name` is what it is called (`p.tier[0]`)."""
        if isinstance(value, Unresolved) or depth > _MOST_DEPTH:
            return
        rules = self.resolve(schema)
        if value is None and rules.get("nullable") is True:
            return
        fault = _wrong_type(value, rules.get("type"))
        if fault:
            yield f"'{name}': {fault}"
            return
        yield from _constraint_faults(value, rules, name)
        if isinstance(value, dict):
            yield from self._object(value, rules, name, depth)
        elif isinstance(value, list):
            yield from self._array(value, rules, name, depth)

    def _object(self, value: dict[str, Value], rules: dict[str, Any], name: str, depth: int) -> Iterator[str]:
        discriminator = rules.get("discriminator")
        if isinstance(discriminator, dict):
            yield from self._variant(value, discriminator, name, depth)
        declared = rules.get("properties")
        declared = declared if isinstance(declared, dict) else {}
        open_names = any(isinstance(key, OpenKey) for key in value)
        for key, schema in declared.items():
            found, item = lookup(value, key)
            if found and item is not None:
                yield from self.check(item, schema, f"{name}.{key}", depth + 1)
            elif not open_names and self.resolve(schema).get("nullable") is not True:
                yield f"'{name}': a value for the property '{key}' must be given, but it is null or missing"
        further = rules.get("additionalProperties")
        if further is None or further is True:
            return
        known = {key.lower() for key in declared}
        if isinstance(discriminator, dict):
            return
        for key, item in value.items():
            if key.lower() in known or isinstance(key, OpenKey):
                continue
            if further is False:
                yield f"'{name}': the property '{key}' is not in its type, which allows no further ones"
            else:
                yield from self.check(item, further, f"{name}.{key}", depth + 1)

    def _variant(self, value: dict[str, Value], rule: dict[str, Any], name: str, depth: int) -> Iterator[str]:
        key, mapping = rule.get("propertyName"), rule.get("mapping")
        if not isinstance(key, str) or not isinstance(mapping, dict):
            return
        _, kind = lookup(value, key)
        if isinstance(kind, Unresolved):
            return
        if not isinstance(kind, str):
            yield f"'{name}': no value for the discriminator property '{key}'"
        elif kind not in mapping:
            known = ", ".join(f"'{one}'" for one in mapping)
            yield f"'{name}': '{kind}' is no known value of the discriminator property '{key}' ({known})"
        else:
            yield from self.check(value, mapping[kind], name, depth + 1)

    def _array(self, value: list[Value], rules: dict[str, Any], name: str, depth: int) -> Iterator[str]:
        prefix = rules.get("prefixItems")
        prefix = prefix if isinstance(prefix, list) else []
        for index, schema in enumerate(prefix):
            if index >= len(value):
                yield f"'{name}': no value for the element {index} of {len(prefix)} that are required"
                break
            yield from self.check(value[index], schema, f"{name}[{index}]", depth + 1)
        items = rules.get("items")
        if items is False and len(value) > len(prefix):
            yield f"'{name}': has {len(value)} elements where its type allows {len(prefix)}"
        elif isinstance(items, dict):
            for index in range(len(prefix), len(value)):
                yield from self.check(value[index], items, f"{name}[{index}]", depth + 1)


def _wrong_type(value: Value, kind: object) -> str:
    if not isinstance(kind, str):
        return ""
    wanted = PRIMITIVE.get(kind.lower())
    got = type_name(value)
    if wanted is None or wanted == got:
        return ""
    return f"expected a value of type {wanted}, got {got}"


def _constraint_faults(value: Value, rules: dict[str, Any], name: str) -> Iterator[str]:
    allowed = rules.get("allowedValues")
    if isinstance(allowed, list) and not _is_allowed(value, allowed):
        shown = ", ".join(str(one) for one in allowed[:12]) + (", …" if len(allowed) > 12 else "")
        secret = str(rules.get("type")).lower().startswith("secure")
        what = "the value" if secret or isinstance(value, dict | list) else repr(value)
        yield f"'{name}': {what} is not among the allowed values ({shown})"
    if isinstance(value, str | list | dict):
        least, most = rules.get("minLength"), rules.get("maxLength")
        if _is_number(least) and len(value) < least:
            yield f"'{name}': its length {len(value)} is less than minLength {least}"
        if _is_number(most) and len(value) > most:
            yield f"'{name}': its length {len(value)} is more than maxLength {most}"
    elif isinstance(value, int | float) and not isinstance(value, bool):
        least, most = rules.get("minValue"), rules.get("maxValue")
        if _is_number(least) and value < least:
            yield f"'{name}': {value} is less than minValue {least}"
        if _is_number(most) and value > most:
            yield f"'{name}': {value} is more than maxValue {most}"


def _is_allowed(value: Value, allowed: list[Value]) -> bool:
    if is_open(value):
        return True
    if any(same(value, one) for one in allowed):
        return True
    return isinstance(value, list) and all(any(same(item, one) for one in allowed) for item in value)


def _is_number(value: Any) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)

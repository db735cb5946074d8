"""Types of Bicep as the JSON schemas that the compiler makes of them, as far as the engine checks values by them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from linter.model import Unresolved, Value
from linter.sources.arm.types import Types
from linter.sources.bicep.expressions import build
from linter.sources.bicep.program import Imported, decorated
from linter.sources.bicep.syntax import Decorator, Name, Node
from linter.sources.bicep.syntax_statements import Output, Parameter, TypeDeclaration
from linter.sources.bicep.syntax_types import (
    ArrayType,
    BooleanType,
    IntegerType,
    NonNullType,
    NullableType,
    NullType,
    ObjectType,
    ParenthesisedType,
    StringType,
    TupleItem,
    TupleType,
    TypeAccess,
    TypeAdditional,
    TypeIndex,
    TypeItems,
    TypeName,
    TypeProperty,
    TypeRest,
    UnaryType,
    UnionType,
)
from linter.sources.template.values import lookup, step_text

if TYPE_CHECKING:
    from linter.sources.bicep.unit import Unit

Schema: TypeAlias = "dict[str, Any]"
_ANY: Final[Schema] = {}
_SIMPLE: Final = ("string", "int", "bool", "object", "array")
_LIMITS: Final = ("minLength", "maxLength", "minValue", "maxValue")
_MOST_DEPTH: Final = 50


class Schemas:
    """The types of one file, by way of the first deployment of it; what they say holds for all.

    Named types are `$ref`s into `rules.definitions`, filled when first met.
    """

    def __init__(self, unit: Unit) -> None:
        self.unit = unit
        self.rules = Types({})
        self._names: dict[str, str] = {}
        self._schemas: dict[int, Schema] = {}
        self._depth = 0

    def of_parameter(self, statement: Parameter) -> Schema:
        """The schema of a parameter with its decorators."""
        found = self._schemas.get(id(statement))
        if found is None:
            found = self._schemas[id(statement)] = self._decorate(statement.type, statement.decorators)
        return found

    def of_output(self, statement: Output) -> Schema:
        """The schema of an output with its decorators."""
        found = self._schemas.get(id(statement))
        if found is None:
            found = self._schemas[id(statement)] = self._decorate(statement.type, statement.decorators)
        return found

    def of(self, node: Node | None) -> Schema:
        """The schema of a type expression; what is not known here (types of resources) is any."""
        if node is None:
            return _ANY
        self._depth += 1
        try:
            return self._of(node) if self._depth <= _MOST_DEPTH else _ANY
        finally:
            self._depth -= 1

    def _of(self, node: Node) -> Schema:
        if isinstance(node, TypeName):
            return (
                {"type": node.name} if node.name in _SIMPLE and self._own(node.name) is None else self._named(node.name)
            )
        if isinstance(node, NullableType):
            return {**self.of(node.base), "nullable": True}
        if isinstance(node, NonNullType):
            return {key: value for key, value in self.rules.resolve(self.of(node.base)).items() if key != "nullable"}
        if isinstance(node, ParenthesisedType):
            return self.of(node.inner)
        if isinstance(node, ArrayType):
            return {"type": "array", "items": self.of(node.item)}
        if isinstance(node, StringType | IntegerType | BooleanType | UnaryType | NullType | UnionType):
            return self._union(node)
        if isinstance(node, ObjectType):
            return self._object(node)
        if isinstance(node, TupleType):
            items = [self._decorate(one.type, one.decorators) for one in node.items if isinstance(one, TupleItem)]
            return {"type": "array", "prefixItems": items, "items": False}
        if isinstance(node, TypeAccess | TypeRest | TypeItems | TypeIndex):
            return self._member(node)
        return _ANY

    def _own(self, name: str) -> TypeDeclaration | Imported | None:
        return self.unit.type_declaration(name)

    def _named(self, name: str) -> Schema:
        known = self._names.get(name)
        if known is None:
            symbol = self._own(name)
            if symbol is None:
                return _ANY
            known = self._names[name] = f"t{len(self._names)}"
            self.rules.definitions[known] = _ANY
            self.rules.definitions[known] = self._declared(symbol)
        return {"$ref": f"#/definitions/{known}"}

    def _declared(self, symbol: TypeDeclaration | Imported) -> Schema:
        if isinstance(symbol, TypeDeclaration):
            return self._decorate(symbol.value, symbol.decorators)
        if symbol.item is None:
            return _ANY
        return self._foreign(symbol, symbol.original)

    def _foreign(self, symbol: Imported, name: str) -> Schema:
        """A type of another file, its own references followed there; recursion ends in any."""
        source = self.unit.imported(symbol.statement)
        if source.unit is not None:
            return source.unit.types.flat(source.unit.types._named(name), 0)
        if source.template is not None:
            return flatten(source.template.types, {"$ref": f"#/definitions/{name}"}, 0)
        return _ANY

    def flat(self, schema: Schema, depth: int) -> Schema:
        """A schema without references, for another file."""
        return flatten(self.rules, schema, depth)

    def _union(self, node: Node) -> Schema:
        values: list[Value] = []
        nullable = False
        for member in _members(node):
            literal = _literal(member)
            if isinstance(member, NullType):
                nullable = True
            elif literal is not None:
                values.append(literal)
            else:
                resolved = self.rules.resolve(self.of(member))
                allowed = resolved.get("allowedValues")
                nullable |= resolved.get("nullable") is True
                if not isinstance(allowed, list):
                    return {"nullable": True} if nullable else _ANY
                values.extend(allowed)
        schema: Schema = {"allowedValues": values}
        kinds = {type(value) for value in values}
        if len(kinds) == 1:
            kind = {str: "string", int: "int", bool: "bool"}.get(kinds.pop())
            if kind:
                schema["type"] = kind
        if nullable:
            schema["nullable"] = True
        return schema

    def _object(self, node: ObjectType) -> Schema:
        properties: dict[str, Schema] = {}
        schema: Schema = {"type": "object", "properties": properties}
        for member in node.members:
            if isinstance(member, TypeProperty):
                key = member.key.text if isinstance(member.key, Name) else getattr(member.key, "value", None)
                if isinstance(key, str):
                    properties[key] = self._decorate(member.type, member.decorators)
            elif isinstance(member, TypeAdditional):
                schema["additionalProperties"] = self._decorate(member.type, member.decorators)
        return schema

    def _member(self, node: TypeAccess | TypeRest | TypeItems | TypeIndex) -> Schema:
        target = node.target
        name = node.name.text if isinstance(node, TypeAccess) and isinstance(node.name, Name) else ""
        if isinstance(target, TypeName) and name:
            symbol = self.unit.program.symbols.get(target.name)
            if isinstance(symbol, Imported) and symbol.item is None:
                return self._foreign(symbol, name)
            if symbol is None and target.name in self.unit.program.namespaces:
                return {"type": name} if name in _SIMPLE else _ANY
        rules = self.rules.resolve(self.of(target))
        if isinstance(node, TypeAccess):
            found: Any = (rules.get("properties") or {}).get(name, rules.get("additionalProperties"))
        elif isinstance(node, TypeRest):
            found = rules.get("additionalProperties")
        elif isinstance(node, TypeItems):
            found = rules.get("items")
        else:
            prefix = rules.get("prefixItems") or []
            index = getattr(node.index, "value", -1)
            found = prefix[index] if isinstance(index, int) and 0 <= index < len(prefix) else None
        return found if isinstance(found, dict) else _ANY

    def _decorate(self, node: Node, decorators: list[Decorator]) -> Schema:
        """The schema of a type with what decorators say of it."""
        schema = self.of(node)
        if not decorators:
            return schema
        added: Schema = {}
        for name in _LIMITS:
            value = self._argument(decorators, name)
            if isinstance(value, int):
                added[name] = value
        allowed = self._argument(decorators, "allowed")
        if isinstance(allowed, list):
            added["allowedValues"] = allowed
        if decorated(decorators, "sealed") is not None:
            added["additionalProperties"] = False
        key = self._argument(decorators, "discriminator")
        if isinstance(key, str):
            nullable = {"nullable": True} if schema.get("nullable") is True else {}
            schema = {**nullable, **self._variants(_base(node), key)}
        if decorated(decorators, "secure") is not None:
            kind = self.rules.resolve(schema).get("type")
            added["secure"] = True
            if kind in ("object", "string"):
                added["type"] = "secureObject" if kind == "object" else "secureString"
        return {**schema, **added} if added else schema

    def _argument(self, decorators: list[Decorator], name: str) -> Value:
        args = decorated(decorators, name)
        return build(args[0], self.unit.frame) if args else None

    def _variants(self, node: Node, key: str) -> Schema:
        """A discriminated union: its kinds by the value of the property `key`."""
        mapping: dict[str, Schema] = {}
        for member in _members(node):
            schema = self.of(member)
            rules = self.rules.resolve(schema)
            inner = rules.get("discriminator")
            if isinstance(inner, dict) and inner.get("propertyName") == key:
                mapping.update(inner.get("mapping") or {})
                continue
            kind = self.rules.resolve((rules.get("properties") or {}).get(key))
            for value in kind.get("allowedValues") or []:
                mapping[str(value)] = schema
        return {"type": "object", "discriminator": {"propertyName": key, "mapping": mapping}} if mapping else {}

    # --- what is asked

    def is_nullable(self, schema: Schema) -> bool:
        """Whether null is a value of the type."""
        return self.rules.resolve(schema).get("nullable") is True

    def is_secure(self, schema: Schema) -> bool:
        """Whether values of the type are secret."""
        return _is_secure(self.rules.resolve(schema))

    def check(self, value: Value, schema: Schema, name: str) -> Iterator[str]:
        """What the engine finds wrong with a value; see `Types.check`."""
        return self.rules.check(value, schema, name) if schema else iter(())

    def mask(self, value: Value, schema: Schema, text: str, depth: int = 0) -> Value:
        """A given value whose secret parts are open; `text` is the expression that reads it."""
        if not schema or depth > _MOST_DEPTH or isinstance(value, Unresolved) or value is None:
            return value
        rules = self.rules.resolve(schema)
        if depth and _is_secure(rules):
            return Unresolved(text, "secret")
        if isinstance(value, dict):
            rules = self._variant(value, rules)
            properties = rules.get("properties") or {}
            rest = rules.get("additionalProperties")
            return {
                key: self.mask(item, _property(properties, key, rest), text + step_text(key), depth + 1)
                for key, item in value.items()
            }
        if isinstance(value, list) and isinstance(rules.get("items"), dict):
            return [self.mask(one, rules["items"], f"{text}[{at}]", depth + 1) for at, one in enumerate(value)]
        return value

    def _variant(self, value: dict[str, Value], rules: Schema) -> Schema:
        """The variant of a discriminated union that a value belongs to; other schemas as they are."""
        key, mapping = _mapping(rules)
        kind = lookup(value, key)[1] if key else None
        schema = mapping.get(kind) if isinstance(kind, str) else None
        return self.rules.resolve(schema) if isinstance(schema, dict) else rules


def _mapping(rules: Schema) -> tuple[str, dict[str, Any]]:
    """The property that tells the variants of a discriminated union apart, and the variants by its values."""
    rule = rules.get("discriminator")
    if not isinstance(rule, dict):
        return "", {}
    mapping = rule.get("mapping")
    return str(rule.get("propertyName", "")), mapping if isinstance(mapping, dict) else {}


def _is_secure(rules: Schema) -> bool:
    return rules.get("secure") is True or str(rules.get("type")).lower().startswith("secure")


def _property(properties: dict[str, Any], key: str, rest: object) -> Schema:
    found, schema = lookup(properties, key)
    if found and isinstance(schema, dict):
        return schema
    return rest if isinstance(rest, dict) else _ANY


def _members(node: Node) -> list[Node]:
    if isinstance(node, UnionType):
        return [one for member in node.members for one in _members(member)]
    if isinstance(node, ParenthesisedType):
        return _members(node.inner)
    return [node]


def _base(node: Node) -> Node:
    """A type without `?` and parentheses."""
    while isinstance(node, NullableType | ParenthesisedType):
        node = node.base if isinstance(node, NullableType) else node.inner
    return node


def _literal(node: Node) -> Value:
    """The value of a literal type; `None` where it is none."""
    if isinstance(node, StringType | IntegerType | BooleanType):
        return node.value
    if isinstance(node, UnaryType):
        value = _literal(node.operand)
        if node.operator == "-" and isinstance(value, int):
            return -value
        if node.operator == "!" and isinstance(value, bool):
            return not value
    return None


def flatten(rules: Types, schema: object, depth: int) -> Schema:
    """A schema with its references followed to a depth of a few levels; below that it is any."""
    if not isinstance(schema, dict) or depth > 12:
        return _ANY
    resolved = dict(rules.resolve(schema))
    resolved.pop("metadata", None)
    for key in ("items", "additionalProperties"):
        if isinstance(resolved.get(key), dict):
            resolved[key] = flatten(rules, resolved[key], depth + 1)
    if isinstance(resolved.get("properties"), dict):
        resolved["properties"] = {key: flatten(rules, one, depth + 1) for key, one in resolved["properties"].items()}
    if isinstance(resolved.get("prefixItems"), list):
        resolved["prefixItems"] = [flatten(rules, one, depth + 1) for one in resolved["prefixItems"]]
    discriminator = resolved.get("discriminator")
    if isinstance(discriminator, dict) and isinstance(discriminator.get("mapping"), dict):
        mapping = {key: flatten(rules, one, depth + 1) for key, one in discriminator["mapping"].items()}
        resolved["discriminator"] = {**discriminator, "mapping": mapping}
    return resolved

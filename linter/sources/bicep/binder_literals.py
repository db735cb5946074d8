"""Refusals of the Bicep compiler that literals alone tell: a text where a number must be, a name that is too short."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from linter.sources.bicep.binder_rules import body_of, decorator_name, is_full_type, properties
from linter.sources.bicep.syntax import (
    Array,
    Binary,
    Boolean,
    Call,
    Decorator,
    For,
    Integer,
    Interpolated,
    Node,
    Null,
    Object,
    Parenthesised,
    String,
    SyntaxFault,
    Ternary,
    Unary,
    Variable,
)
from linter.sources.bicep.syntax_statements import Output, Parameter, Resource, TypeDeclaration, Var
from linter.sources.bicep.syntax_types import (
    ArrayType,
    BooleanType,
    IntegerType,
    NullType,
    ObjectType,
    StringType,
    TupleType,
    TypeName,
    UnionType,
)

_KINDS: Final[dict[type[Node], str]] = {
    String: "string",
    Interpolated: "string",
    Integer: "int",
    Boolean: "bool",
    Object: "object",
    Array: "array",
    For: "array",
    Null: "null",
}
_RESULTS: Final = {
    **dict.fromkeys("+-*/%", "int"),
    **dict.fromkeys(("<", "<=", ">", ">=", "==", "!=", "=~", "!~", "&&", "||"), "bool"),
}
_OPERANDS: Final = {
    **dict.fromkeys("+-*/%", ("int",)),
    **dict.fromkeys(("&&", "||"), ("bool",)),
    **dict.fromkeys(("=~", "!~"), ("string",)),
    **dict.fromkeys(("<", "<=", ">", ">="), ("int", "string")),
}
_SIMPLE: Final = frozenset(("string", "int", "bool", "object", "array"))
_MEMBERS: Final[dict[type[Node], str]] = {
    StringType: "string",
    IntegerType: "int",
    BooleanType: "bool",
    ObjectType: "object",
    TupleType: "array",
}


def kind_of(node: Node) -> str | None:
    """`string`, `int`, `bool`, `object`, `array`, `null` where the form of an expression alone tells its type."""
    if isinstance(node, Parenthesised):
        return kind_of(node.inner)
    if isinstance(node, Unary):
        return "bool" if node.operator == "!" else "int"
    if isinstance(node, Binary):
        return _RESULTS.get(node.operator)
    if isinstance(node, Ternary):
        kind = kind_of(node.then)
        return kind if kind == kind_of(node.otherwise) else None
    return _KINDS.get(type(node))


def operator_rules(node: Unary | Binary) -> Iterator[SyntaxFault]:
    """Operands that the operator cannot take."""
    if isinstance(node, Unary):
        kind = kind_of(node.operand)
        if kind is not None and kind != ("bool" if node.operator == "!" else "int"):
            yield SyntaxFault(node.start, node.end, "BCP044", f"`{node.operator}` cannot stand before this: {kind}")
        return
    wanted = _OPERANDS.get(node.operator)
    if wanted is None:
        return
    kinds = [kind for side in (node.left, node.right) if (kind := kind_of(side)) is not None]
    if any(kind not in wanted for kind in kinds) or len(set(kinds)) > 1:
        message = f"`{node.operator}` cannot stand between these: {' and '.join(kinds)}"
        yield SyntaxFault(node.start, node.end, "BCP045", message)


def declaration_rules(node: Node, declared: Mapping[str, str]) -> Iterator[SyntaxFault]:
    """Values of the wrong type, types that cannot be. `declared`: the symbols of the file, they hide built-in types."""
    if isinstance(node, Parameter):
        yield from _typed(node.type, node.default, declared)
        yield from _allowed(node)
        yield from _secure(node.decorators, node.type, declared)
    elif isinstance(node, Output):
        yield from _typed(node.type, node.value, declared)
        yield from _secure(node.decorators, node.type, declared)
    elif isinstance(node, Var):
        yield from _typed(node.type, node.value, declared)
    elif isinstance(node, TypeDeclaration) and isinstance(node.value, NullType):
        yield SyntaxFault(node.value.start, node.value.end, "BCP289", "`null` alone is no type")
    kind = node.value if isinstance(node, TypeDeclaration) else getattr(node, "type", None)
    if isinstance(kind, UnionType):
        kinds = {_MEMBERS[type(member)] for member in kind.members if type(member) in _MEMBERS}
        if len(kinds) > 1:
            yield SyntaxFault(kind.start, kind.end, "BCP294", f"the union mixes {' and '.join(sorted(kinds))}")


def _expected(node: Node | None, declared: Mapping[str, str]) -> str | None:
    if isinstance(node, TypeName):
        return node.name if node.name in _SIMPLE and node.name not in declared else None
    return "array" if isinstance(node, ArrayType) else None


def _typed(kind: Node | None, value: Node | None, declared: Mapping[str, str]) -> Iterator[SyntaxFault]:
    wanted = _expected(kind, declared)
    given = kind_of(value) if value is not None else None
    if value is not None and wanted is not None and given is not None and given != wanted:
        yield SyntaxFault(value.start, value.end, "BCP033", f"expected {wanted}, not {given}")


def _allowed(node: Parameter) -> Iterator[SyntaxFault]:
    default = node.default
    if not isinstance(default, String | Integer):
        return
    for decorator in node.decorators:
        expression = decorator.expression
        if decorator_name(decorator) != "allowed" or not isinstance(expression, Call):
            continue
        values = expression.arguments[0] if expression.arguments else None
        if not isinstance(values, Array):
            continue
        items = [item for item in values.items if isinstance(item, String | Integer)]
        if len(items) == len(values.items) and default.value not in [item.value for item in items]:
            yield SyntaxFault(default.start, default.end, "BCP033", "the default is not among the allowed values")


def _secure(decorators: list[Decorator], kind: Node, declared: Mapping[str, str]) -> Iterator[SyntaxFault]:
    for decorator in decorators:
        if decorator_name(decorator) == "secure" and _expected(kind, declared) in ("int", "bool", "array"):
            message = "only strings and objects can be secure"
            yield SyntaxFault(decorator.start, decorator.end, "BCP124", message)


def name_rules(node: Resource, nested: bool) -> Iterator[SyntaxFault]:
    """A written name must have as many segments as the type, or one below a parent."""
    body = body_of(node.value)
    if body is None or not isinstance(node.type, String):
        return
    stated = dict(properties(body))
    name = stated.get("name")
    if not isinstance(name, String):
        return
    slashes = name.value.count("/")
    if nested or "parent" in stated:
        if slashes:
            yield SyntaxFault(name.start, name.end, "BCP170", "the name of a child below its parent has no `/`")
        return
    kind = node.type.value
    whole = len(stated) == len(body.members) and is_full_type(kind)
    if whole and slashes != kind.partition("@")[0].count("/") - 1:
        yield SyntaxFault(name.start, name.end, "BCP169", "the name must have as many segments as the type")


def load_rules(call: Call, declared: Mapping[str, str]) -> Iterator[SyntaxFault]:
    """The path of a `load…` function must be known to the compiler."""
    path = call.arguments[0] if call.arguments else None
    parts = path.holes if isinstance(path, Interpolated) else [path]
    for part in parts:
        if isinstance(part, Variable) and declared.get(part.name) in ("param", "resource", "module"):
            yield SyntaxFault(part.start, part.end, "BCP032", "the path must be known when the file is compiled")

"""The nodes of Bicep type expressions."""

from __future__ import annotations

from linter.sources.bicep.syntax import Decorator, Name, Node, Skipped


class TypeName(Node):
    """A type or namespace by name: `string`, `myType`, `az`."""

    __slots__ = ("name",)

    def __init__(self, start: int, end: int, name: str) -> None:
        self.start = start
        self.end = end
        self.name = name


class TypeAccess(Node):
    """`target.name`: a type of a namespace or import, a property of a type."""

    __slots__ = ("name", "target")

    def __init__(self, start: int, end: int, target: Node, name: Name | Skipped) -> None:
        self.start = start
        self.end = end
        self.target = target
        self.name = name


class TypeRest(Node):
    """`target.*`: the type of additional properties."""

    __slots__ = ("target",)

    def __init__(self, start: int, end: int, target: Node) -> None:
        self.start = start
        self.end = end
        self.target = target


class TypeItems(Node):
    """`target[*]`: the type of the items."""

    __slots__ = ("target",)

    def __init__(self, start: int, end: int, target: Node) -> None:
        self.start = start
        self.end = end
        self.target = target


class TypeIndex(Node):
    """`target[0]`: an item of a tuple type; `index` is an `Integer`."""

    __slots__ = ("index", "target")

    def __init__(self, start: int, end: int, target: Node, index: Node) -> None:
        self.start = start
        self.end = end
        self.target = target
        self.index = index


class ArrayType(Node):
    """`item[]`."""

    __slots__ = ("item",)

    def __init__(self, start: int, end: int, item: Node) -> None:
        self.start = start
        self.end = end
        self.item = item


class NullableType(Node):
    """`base?`."""

    __slots__ = ("base",)

    def __init__(self, start: int, end: int, base: Node) -> None:
        self.start = start
        self.end = end
        self.base = base


class NonNullType(Node):
    """`base!`."""

    __slots__ = ("base",)

    def __init__(self, start: int, end: int, base: Node) -> None:
        self.start = start
        self.end = end
        self.base = base


class ParenthesisedType(Node):
    """`(inner)`."""

    __slots__ = ("inner",)

    def __init__(self, start: int, end: int, inner: Node) -> None:
        self.start = start
        self.end = end
        self.inner = inner


class UnionType(Node):
    """`a | b`; a leading `|` is in the span."""

    __slots__ = ("members",)

    def __init__(self, start: int, end: int, members: list[Node]) -> None:
        self.start = start
        self.end = end
        self.members = members


class StringType(Node):
    """A string literal as a type."""

    __slots__ = ("value",)

    def __init__(self, start: int, end: int, value: str) -> None:
        self.start = start
        self.end = end
        self.value = value


class IntegerType(Node):
    """An integer literal as a type."""

    __slots__ = ("value",)

    def __init__(self, start: int, end: int, value: int) -> None:
        self.start = start
        self.end = end
        self.value = value


class BooleanType(Node):
    """`true` or `false` as a type."""

    __slots__ = ("value",)

    def __init__(self, start: int, end: int, value: bool) -> None:
        self.start = start
        self.end = end
        self.value = value


class NullType(Node):
    """`null` as a type."""

    __slots__ = ()


class UnaryType(Node):
    """`-1` or `!true`."""

    __slots__ = ("operand", "operator")

    def __init__(self, start: int, end: int, operator: str, operand: Node) -> None:
        self.start = start
        self.end = end
        self.operator = operator
        self.operand = operand


class ObjectType(Node):
    """`members`: `TypeProperty`, `TypeAdditional`, `Skipped`."""

    __slots__ = ("members",)

    def __init__(self, start: int, end: int, members: list[Node]) -> None:
        self.start = start
        self.end = end
        self.members = members


class TypeProperty(Node):
    """One `key: type` of an object type; the span includes the decorators."""

    __slots__ = ("decorators", "key", "type")

    def __init__(self, start: int, end: int, decorators: list[Decorator], key: Node, type: Node) -> None:
        self.start = start
        self.end = end
        self.decorators = decorators
        self.key = key
        self.type = type


class TypeAdditional(Node):
    """`*: type` of an object type."""

    __slots__ = ("decorators", "type")

    def __init__(self, start: int, end: int, decorators: list[Decorator], type: Node) -> None:
        self.start = start
        self.end = end
        self.decorators = decorators
        self.type = type


class TupleType(Node):
    """`items`: `TupleItem`, `Skipped`."""

    __slots__ = ("items",)

    def __init__(self, start: int, end: int, items: list[Node]) -> None:
        self.start = start
        self.end = end
        self.items = items


class TupleItem(Node):
    """One item of a tuple type."""

    __slots__ = ("decorators", "type")

    def __init__(self, start: int, end: int, decorators: list[Decorator], type: Node) -> None:
        self.start = start
        self.end = end
        self.decorators = decorators
        self.type = type


class ParameterisedType(Node):
    """`name<arguments>`: `resourceInput<'…'>`, `resourceOutput<'…'>`."""

    __slots__ = ("arguments", "name")

    def __init__(self, start: int, end: int, name: str, arguments: list[Node]) -> None:
        self.start = start
        self.end = end
        self.name = name
        self.arguments = arguments


class InstanceParameterisedType(Node):
    """`target.name<arguments>`: `sys.resourceInput<'…'>`."""

    __slots__ = ("arguments", "name", "target")

    def __init__(self, start: int, end: int, target: Node, name: Name | Skipped, arguments: list[Node]) -> None:
        self.start = start
        self.end = end
        self.target = target
        self.name = name
        self.arguments = arguments


class ResourceType(Node):
    """`resource 'type@version'` as the type of a parameter or output; `type` is None where not written."""

    __slots__ = ("type",)

    def __init__(self, start: int, end: int, type: Node | None) -> None:
        self.start = start
        self.end = end
        self.type = type


class TypedName(Node):
    """One `name type` of a function's parameters."""

    __slots__ = ("name", "type")

    def __init__(self, start: int, end: int, name: Name | Skipped, type: Node) -> None:
        self.start = start
        self.end = end
        self.name = name
        self.type = type


class TypedLambda(Node):
    """`(parameters) returns => body` of a function; the span of the block in parentheses is `block`."""

    __slots__ = ("block", "body", "parameters", "returns")

    def __init__(self, start: int, end: int, parameters: list[Node], block: Node, returns: Node, body: Node) -> None:
        self.start = start
        self.end = end
        self.parameters = parameters
        self.block = block
        self.returns = returns
        self.body = body

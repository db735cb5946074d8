"""Bicep type expressions and decorators."""

from __future__ import annotations

from linter.sources.bicep.parser_expressions import (
    ARRAY_STOP,
    BODY_STOP,
    KEY_STOP,
    LINE_STOP,
    OBJECT_STOP,
    OPERAND_STOP,
    ExpressionParser,
)
from linter.sources.bicep.parser_tokens import DEEPEST, quiet_after
from linter.sources.bicep.syntax import (
    Access,
    Call,
    Decorator,
    InstanceCall,
    Interpolated,
    Name,
    Node,
    Skipped,
    SyntaxFault,
    Variable,
)
from linter.sources.bicep.syntax_types import (
    ArrayType,
    BooleanType,
    InstanceParameterisedType,
    IntegerType,
    NonNullType,
    NullableType,
    NullType,
    ObjectType,
    ParameterisedType,
    ParenthesisedType,
    ResourceType,
    StringType,
    TupleItem,
    TupleType,
    TypeAccess,
    TypeAdditional,
    TypedLambda,
    TypedName,
    TypeIndex,
    TypeItems,
    TypeName,
    TypeProperty,
    TypeRest,
    UnaryType,
    UnionType,
)

_ARGUMENT_STOP = frozenset(("nl", ",", ">"))
_PARAMETER_STOP = frozenset(("nl", ",", ")"))
_RESOURCE_STOP = frozenset(("=", "nl"))
_NOTHING: frozenset[str] = frozenset()
_TYPE = "expected a type here: a name, a literal, an object, a tuple or a parenthesis"
_NAME = "expected the name of a function or property here"


class TypeParser(ExpressionParser):
    """The rules of types."""

    __slots__ = ()

    def type(self, optional_resource: bool = False) -> Node:
        """The type of a declaration; `resource 'x@y'` may stand there, with `optional_resource` also `resource`."""
        if not self.is_word("resource") or self.ahead(1) == "<":
            return self.type_expression()
        start, end = self.starts[self.at], self.ends[self.at]
        self.at += 1
        if optional_resource and self.kinds[self.at] not in ("string", "left"):
            return ResourceType(start, end, None)
        message = "expected the resource type, 'provider/type@version', here"
        kind = self.recover(lambda: self.any_string("BCP068", message), _RESOURCE_STOP)
        return ResourceType(start, kind.end, kind)

    def type_expression(self) -> Node:
        """A type or a union of types; a line end may stand before each `|`."""
        self.depth += 1
        try:
            if self.depth > DEEPEST:
                raise self.expected("deep", f"types stand more than {DEEPEST} deep inside each other")
            start = self.starts[self.at]
            leading = self._pass_separator()
            first = self._postfixed_type()
            if not leading and not self._at_separator():
                return first
            members = [first]
            while self._pass_separator():
                if self.kinds[self.at] == "nl":
                    members.append(self.missing("BCP286", "expected a type after `|` on the same line"))
                else:
                    members.append(self.recover(self._postfixed_type, _NOTHING))
            return UnionType(start if leading else first.start, members[-1].end, members)
        finally:
            self.depth -= 1

    def _at_separator(self) -> bool:
        kind = self.kinds[self.at]
        return kind == "|" or (kind == "nl" and self.ahead(1) == "|")

    def _pass_separator(self) -> bool:
        if not self._at_separator():
            return False
        self.newlines()
        self.at += 1
        return True

    def _postfixed_type(self) -> Node:
        kind = self.kinds[self.at]
        if kind == "!" or kind == "-":
            start = self.starts[self.at]
            self.at += 1
            operand = self.recover(self._member_type, OPERAND_STOP)
            node: Node = UnaryType(start, operand.end, kind, operand)
        else:
            node = self._member_type()
        links = 0
        while (kind := self.kinds[self.at]) == "?" or kind == "!":
            make = NullableType if kind == "?" else NonNullType
            node = make(node.start, self.ends[self.at], node)
            self.at += 1
            links += 1
        self.longest = max(self.longest, links)
        return node

    def _member_type(self) -> Node:
        node = self._primary_type()
        links = 0
        while True:
            kind = self.kinds[self.at]
            if kind == "[":
                node = self._type_index(node)
            elif kind == ".":
                node = self._type_access(node)
            else:
                break
            links += 1
        self.longest = max(self.longest, links)
        return node

    def _type_index(self, target: Node) -> Node:
        self.at += 1
        kind = self.kinds[self.at]
        if kind == "]":
            return ArrayType(target.start, self.take("]"), target)
        if kind == "*":
            self.at += 1
            return TypeItems(target.start, self.take("]"), target)
        index = self.expression(False)
        return TypeIndex(target.start, self.take("]"), target, index)

    def _type_access(self, target: Node) -> Node:
        self.at += 1
        if self.kinds[self.at] == "*":
            self.at += 1
            return TypeRest(target.start, self.ends[self.at - 1], target)
        name = self.name_or_missing("BCP020", _NAME)
        if self.kinds[self.at] == "<":
            arguments, end = self._type_arguments()
            return InstanceParameterisedType(target.start, end, target, name, arguments)
        return TypeAccess(target.start, name.end, target, name)

    def _type_arguments(self) -> tuple[list[Node], int]:
        self.at += 1
        items = self.commas(">", lambda: self.recover(self.type_expression, _ARGUMENT_STOP))
        if self.kinds[self.at] == ">":
            self.at += 1
            return items, self.ends[self.at - 1]
        return items, self.missing("BCP018", "expected `>` here").end

    def _primary_type(self) -> Node:
        at = self.at
        kind = self.kinds[at]
        start, end = self.starts[at], self.ends[at]
        if kind == "name":
            self.at = at + 1
            if self.kinds[at + 1] == "<":
                arguments, close = self._type_arguments()
                return ParameterisedType(start, close, self.values[at], arguments)
            return TypeName(start, end, self.values[at])
        if kind == "string":
            node = self.string()
            return node if isinstance(node, Skipped) else StringType(start, end, node.value)
        if kind == "{":
            self.at = at + 1
            members = self.lines("}", self._type_property)
            return ObjectType(start, self.take("}"), members)
        if kind == "[":
            self.at = at + 1
            items = self.lines("]", self._tuple_item)
            return TupleType(start, self.take("]"), items)
        return self._unusual_type(kind, start, end)

    def _unusual_type(self, kind: str, start: int, end: int) -> Node:
        if kind == "(":
            _, items, close, (parts, first, last) = self.parentheses(self.type_expression, False)
            if parts == 1 and items:
                return ParenthesisedType(start, close, items[0])
            inner = Skipped(first, last) if parts else Skipped(end, end)
            self.faults.append(SyntaxFault(inner.start, inner.end, "BCP243", "parentheses hold one type"))
            return ParenthesisedType(start, close, inner)
        if kind == "int":
            return IntegerType(start, end, self.integer())
        if kind in ("true", "false", "null"):
            self.at += 1
            return NullType(start, end) if kind == "null" else BooleanType(start, end, kind == "true")
        if kind == "left":
            text = self.interpolated()
            if isinstance(text, Interpolated):
                self.faults.append(SyntaxFault(text.start, text.end, "BCP032", "a type cannot hold `${…}`"))
            return Skipped(text.start, text.end)
        raise self.expected("BCP279", _TYPE)

    def _type_property(self) -> Node:
        decorators = self.decorators()
        start = decorators[0].start if decorators else self.starts[self.at]
        rest = self.kinds[self.at] == "*"
        key: Node | Skipped
        if rest:
            self.at += 1
            key = Skipped(start, start)
        else:
            key = self.recover(self.key, KEY_STOP)
        colon = self.require(":", OBJECT_STOP, not rest and quiet_after(key))
        kind = self.recover(self.type_expression, OBJECT_STOP, quiet_after(colon))
        if rest:
            return TypeAdditional(start, kind.end, decorators, kind)
        return TypeProperty(start, kind.end, decorators, key, kind)

    def _tuple_item(self) -> Node:
        return self.recover(self._whole_tuple_item, ARRAY_STOP)

    def _whole_tuple_item(self) -> Node:
        decorators = self.decorators()
        kind = self.type_expression()
        return TupleItem(decorators[0].start if decorators else kind.start, kind.end, decorators, kind)

    def typed_lambda(self) -> Node:
        """`(name type, …) type => body` of a function."""
        start, items, end, _ = self.parentheses(self._typed_name, True)
        block = Node(start, end)
        returns = self.recover(self.type, BODY_STOP)
        arrow = self.require("=>", BODY_STOP)
        body = self.recover(self.expression, BODY_STOP) if arrow else self.lambda_body()
        return TypedLambda(start, body.end, items, block, returns, body)

    def _typed_name(self) -> Node:
        name = self.name_or_missing("BCP015", "expected the name of a parameter here")
        kind = self.recover(self.type, _PARAMETER_STOP)
        return TypedName(name.start, kind.end, name, kind)

    def decorators(self) -> list[Decorator]:
        """The decorators here, each on a line of its own."""
        found: list[Decorator] = []
        while self.kinds[self.at] == "@":
            start = self.starts[self.at]
            self.at += 1
            expression = self.recover(self._decorator, LINE_STOP)
            found.append(Decorator(start, expression.end, expression))
            if self.kinds[self.at] != "nl":
                self.skip_line()
            self.newlines()
        return found

    def skip_line(self) -> None:
        """Tell that a line end is missing here, and pass over the rest of the line and its end."""
        wrong = self.expected("BCP019", "expected a line end here")
        self.skip(self.at, len(self.faults), wrong, LINE_STOP, consume=True)

    def _decorator(self) -> Node:
        at = self.at
        name: Name | Skipped = self.name("BCP123", "expected the name of a decorator here")
        start = name.start
        node: Node
        if self.kinds[self.at] == "(":
            arguments, end = self.arguments(True)
            node = Call(start, end, self.values[at], arguments)
        else:
            node = Variable(start, name.end, self.values[at])
        while self.kinds[self.at] == ".":
            self.at += 1
            name = self.name_or_missing("BCP020", _NAME)
            if self.kinds[self.at] == "(":
                arguments, end = self.arguments(True)
                node = InstanceCall(start, end, node, name, arguments)
            else:
                node = Access(start, name.end, node, name, False)
        return node

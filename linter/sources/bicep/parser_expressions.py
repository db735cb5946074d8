"""Bicep expressions: one method a rule, the tree's spans those of the compiler."""

from __future__ import annotations

from collections.abc import Callable

from linter.sources.bicep.parser_strings import StringParser
from linter.sources.bicep.parser_tokens import DEEPEST, Expected, quiet_after
from linter.sources.bicep.syntax import (
    Access,
    Array,
    Binary,
    Boolean,
    Call,
    For,
    If,
    Index,
    InstanceCall,
    Integer,
    Lambda,
    Name,
    Names,
    NestedAccess,
    Node,
    NonNull,
    Null,
    Object,
    Parenthesised,
    Property,
    Skipped,
    Spread,
    SyntaxFault,
    Ternary,
    Unary,
    Variable,
)

_POWER = {
    **dict.fromkeys("*/%", 7),
    **dict.fromkeys("+-", 6),
    **dict.fromkeys(("<", "<=", ">", ">="), 5),
    **dict.fromkeys(("==", "!=", "=~", "!~"), 4),
    "&&": 3,
    "||": 2,
    "??": 1,
}
_POSTFIX = frozenset((".", "[", "::", "!"))
_LITERALS = frozenset(("int", "true", "false", "null"))

OPERAND_STOP = frozenset(("right", "}", ")", "]", "nl"))
_THEN_STOP = OPERAND_STOP | {":"}
_PARENTHESES_STOP = OPERAND_STOP | {","}
_CLOSE_STOP = OPERAND_STOP - {")"}
_ARGUMENT_STOP = frozenset(("nl", ",", ")"))
ARRAY_STOP = frozenset(("nl", "]"))
OBJECT_STOP = frozenset(("nl", "}"))
KEY_STOP = frozenset((":", "nl", "}"))
_SOURCE_STOP = frozenset((":", "]", "nl"))
BODY_STOP = frozenset(("nl", ")"))
LINE_STOP = frozenset(("nl",))

DECLARATIONS = frozenset(("assert", "import", "metadata", "param", "var", "resource", "output", "module", "type"))
_EXPRESSION = "expected a value, an array, an object, a parenthesis or a call here"
_PROPERTY_NAME = "expected the name of a function or property here"


class ExpressionParser(StringParser):
    """`literals` in the rules: whether arrays and objects may stand there (not in the holes of strings)."""

    __slots__ = ()

    def expression(self, literals: bool = True) -> Node:
        """An expression; the ternary operator, whose parts may begin on lines of their own, is the weakest."""
        self.depth += 1
        try:
            if self.depth > DEEPEST:
                raise self.expected("deep", f"expressions stand more than {DEEPEST} deep inside each other")
            left = self.binary(literals, 0)
            kind = self.kinds[self.at]
            if kind == "nl":
                kind, at = self.kind_after_newlines()
                if kind == "?":
                    self.at = at
            return self._ternary(left, literals) if kind == "?" else left
        finally:
            self.depth -= 1

    def _ternary(self, condition: Node, literals: bool) -> Node:
        self.at += 1
        then = self.recover(lambda: self.expression(literals), _THEN_STOP)
        if not isinstance(then, Skipped):
            kind, at = self.kind_after_newlines()
            if kind == ":":
                self.at = at
        colon = self.require(":", OPERAND_STOP, quiet_after(then))
        otherwise = self.recover(lambda: self.expression(literals), OPERAND_STOP, quiet_after(colon))
        return Ternary(condition.start, otherwise.end, condition, then, otherwise)

    def binary(self, literals: bool, floor: int) -> Node:
        """Operators that bind tighter than `floor`, from the left."""
        kind = self.kinds[self.at]
        left = self._unary(kind, literals) if kind == "!" or kind == "-" else self.member(literals)
        links = 0
        while True:
            operator = self.kinds[self.at]
            power = _POWER.get(operator, 0)
            if power <= floor:
                break
            self.at += 1
            begin, mark = self.at, len(self.faults)
            try:
                right = self.binary(literals, power)
            except Expected as wrong:
                right = self.skip(begin, mark, wrong, OPERAND_STOP)
            left = Binary(left.start, right.end, operator, left, right)
            links += 1
        if links > self.longest:
            self.longest = links
        return left

    def _unary(self, operator: str, literals: bool) -> Node:
        start = self.starts[self.at]
        self.at += 1
        operand = self.recover(lambda: self.member(literals), OPERAND_STOP)
        return Unary(start, operand.end, operator, operand)

    def member(self, literals: bool) -> Node:
        """A primary expression and the accesses behind it."""
        node = self.primary(literals)
        kinds = self.kinds
        links = 0
        while (kind := kinds[self.at]) in _POSTFIX:
            if kind == ".":
                node = self._access(node, literals)
            elif kind == "[":
                node = self._index(node, literals)
            elif kind == "::":
                self.at += 1
                name = self.name_or_missing("BCP020", _PROPERTY_NAME)
                node = NestedAccess(node.start, name.end, node, name)
            else:
                node = NonNull(node.start, self.ends[self.at], node)
                self.at += 1
            links += 1
        if links > self.longest:
            self.longest = links
        return node

    def _access(self, target: Node, literals: bool) -> Node:
        self.at += 1
        question = self.at
        safe = self.kinds[question] == "?"
        if safe:
            self.at += 1
        name = self.name_or_missing("BCP020", _PROPERTY_NAME)
        if self.kinds[self.at] != "(":
            return Access(target.start, name.end, target, name, safe)
        arguments, end = self.arguments(literals)
        if safe:
            start, stop = self.starts[question], self.ends[question]
            self.faults.append(SyntaxFault(start, stop, "BCP322", "`.?` cannot call a function; write `.`"))
            name = Skipped(start, name.end)
        return InstanceCall(target.start, end, target, name, arguments)

    def _index(self, target: Node, literals: bool) -> Node:
        self.at += 1
        safe = self.kinds[self.at] == "?"
        if safe:
            self.at += 1
        from_end = self.kinds[self.at] == "^"
        if from_end:
            self.at += 1
        index: Node
        if self.kinds[self.at] == "]":
            index = self.missing("BCP117", "expected an index between the brackets")
        else:
            index = self.expression(literals)
        end = self.take("]")
        return Index(target.start, end, target, index, safe, from_end)

    def primary(self, literals: bool) -> Node:
        """A literal, a string, a name, a call, a lambda, something in brackets."""
        at = self.at
        kind = self.kinds[at]
        if kind == "name":
            following = self.kinds[at + 1]
            if following == "(":
                self.at = at + 1
                arguments, end = self.arguments(literals)
                return Call(self.starts[at], end, self.values[at], arguments)
            self.at = at + 1
            if following == "=>":
                start, end = self.starts[at], self.ends[at]
                return self._lambda(Names(start, end, [Name(start, end, self.values[at])], False))
            return Variable(self.starts[at], self.ends[at], self.values[at])
        if kind == "string":
            return self.string()
        if kind == "left":
            return self.interpolated()
        if literals:
            if kind == "{":
                return self.object()
            if kind == "[":
                return self.array_or_loop()
        if kind in _LITERALS:
            return self._literal(kind)
        if kind == "(":
            return self._parenthesised_or_lambda(literals)
        if kind == "{" or kind == "[":
            raise self.expected("BCP087", "arrays and objects cannot stand here")
        raise self.expected("BCP009", _EXPRESSION)

    def _literal(self, kind: str) -> Node:
        at = self.at
        start, end = self.starts[at], self.ends[at]
        if kind == "int":
            return Integer(start, end, self.integer())
        self.at = at + 1
        return Null(start, end) if kind == "null" else Boolean(start, end, kind == "true")

    def arguments(self, literals: bool) -> tuple[list[Node], int]:
        """The arguments in the parentheses that open here, and the end of the call."""
        self.at += 1
        items = self.commas(")", self._argument if literals else self._plain_argument)
        at = self.at
        if self.kinds[at] == ")":
            self.at = at + 1
            return items, self.ends[at]
        return items, self.missing("BCP018", "expected `)` here").end

    def _argument(self) -> Node:
        begin, mark = self.at, len(self.faults)
        try:
            return self.expression(True)
        except Expected as wrong:
            return self.skip(begin, mark, wrong, _ARGUMENT_STOP)

    def _plain_argument(self) -> Node:
        return self.recover(lambda: self.expression(False), _ARGUMENT_STOP)

    def array_or_loop(self) -> Node:
        """An array or a for-expression."""
        at = self.at + 1
        while self.kinds[at] == "nl":
            at += 1
        if self.kinds[at] == "name" and self.values[at] == "for":
            return self.loop(lambda: self.expression(True))
        start = self.starts[self.at]
        self.at += 1
        items = self.lines("]", self._item)
        return Array(start, self.take("]"), items)

    def _item(self) -> Node:
        begin, mark = self.at, len(self.faults)
        try:
            if self.kinds[begin] == "...":
                return self._spread(_ARRAY_SPREAD_STOP)
            return self.expression(True)
        except Expected as wrong:
            return self.skip(begin, mark, wrong, ARRAY_STOP)

    def _spread(self, stop: frozenset[str]) -> Node:
        start = self.starts[self.at]
        self.at += 1
        value = self.recover(self.expression, stop)
        return Spread(start, value.end, value)

    def object(self) -> Object:
        """An object; the brace must stand here."""
        return self.object_of(self.property)

    def object_of(self, read: Callable[[], Node]) -> Object:
        """An object whose members `read` takes."""
        start = self.starts[self.at]
        self.take("{")
        members = self.lines("}", read)
        return Object(start, self.take("}"), members)

    def property(self) -> Node:
        """`key: value` or a spread."""
        at = self.at
        kind = self.kinds[at]
        if kind == "...":
            return self._spread(_OBJECT_SPREAD_STOP)
        colon: Skipped | None = None
        key: Node
        if kind == "name" and self.kinds[at + 1] == ":":
            self.at = at + 2
            key = Name(self.starts[at], self.ends[at], self.values[at])
        else:
            key = self.recover(self.key, KEY_STOP)
            colon = self.require(":", OBJECT_STOP, quiet_after(key))
        begin, mark = self.at, len(self.faults)
        value: Node
        try:
            value = self.expression(True)
        except Expected as wrong:
            value = self.skip(begin, mark, wrong, OBJECT_STOP, quiet_after(colon))
        return Property(key.start, value.end, key, value)

    def key(self) -> Node:
        """The key of a property."""
        message = "expected the name of a property here"
        if self.kinds[self.at] in ("string", "left"):
            return self.any_string("BCP022", message)
        return self.name("BCP022", message)

    def loop(self, body: Callable[[], Node]) -> For:
        """`[for names in source: body]`."""
        start = self.starts[self.at]
        self.take("[")
        self.newlines()
        self.take_word("for")
        mark = len(self.faults)
        names: Names | Skipped
        at = self.at
        if self.kinds[at] == "name":
            name = self.name("BCP136", "")
            names = Names(name.start, name.end, [name], False)
        elif self.kinds[at] == "(":
            names = self._loop_names()
        else:
            names = self.missing("BCP162", "expected a variable or `(item, index)` here")
        wrong = len(self.faults) > mark
        word = self.recover(lambda: self.take_word("in"), ARRAY_STOP, wrong)
        source = self.recover(self.expression, _SOURCE_STOP, quiet_after(word))
        colon = self.require(":", ARRAY_STOP, quiet_after(source))
        inner = self.recover(body, ARRAY_STOP, quiet_after(colon))
        if not isinstance(inner, Skipped):
            self.newlines()
        close = self.require("]", ARRAY_STOP, quiet_after(inner))
        return For(start, close.end if close else self.ends[self.at - 1], names, source, inner)

    def _loop_names(self) -> Names | Skipped:
        mark = len(self.faults)
        start, items, end, _ = self.parentheses(lambda: self.expression(False), False)
        names = self._names(start, items, end)
        if len(items) != 2 and len(self.faults) == mark:
            self.faults.append(SyntaxFault(start, end, "BCP249", "a loop has a variable or two: `(item, index)`"))
            return Skipped(start, end)
        return names

    def condition(self, read: Callable[[], Node], looped: bool) -> If:
        """`if (condition) body` of a resource or module; `looped`: inside a for-expression."""
        start = self.starts[self.at]
        self.take_word("if")
        self.closed = False
        test = self.recover(self.parenthesised, _LOOPED_IF_STOP if looped else _IF_STOP)
        quiet = quiet_after(test) or isinstance(test, Skipped) or not self.closed
        body = self.recover(read, ARRAY_STOP if looped else LINE_STOP, quiet)
        return If(start, body.end, test, body)

    def parentheses(self, read: Callable[[], Node], lines: bool) -> tuple[int, list[Node], int, tuple[int, int, int]]:
        """`( … )` → (start, items, end, (parts, first start, last end)); commas, line ends count as parts.

        Afterwards `closed` tells whether the closing parenthesis stood there. `lines`: line ends are passed over.
        """
        kinds = self.kinds
        opening = self.at
        start = self.starts[opening]
        self.take("(")
        items: list[Node] = []
        parts = 0
        if lines:
            self.newlines()
        while kinds[self.at] != ")":
            item = self.recover(read, _PARENTHESES_STOP)
            items.append(item)
            parts += 1
            if lines:
                self.newlines()
            if kinds[self.at] != ",":
                break
            self.at += 1
            parts += 1
            if lines:
                self.newlines()
        last = self.at - 1
        first = self.starts[opening + 1]
        if lines:
            parts += (kinds[last] == "nl") + (kinds[opening + 1] == "nl")
        close = self.require(")", _CLOSE_STOP, bool(items) and quiet_after(items[-1]))
        self.closed = close is None
        return start, items, close.end if close else self.ends[self.at - 1], (parts, first, self.ends[last])

    def parenthesised(self) -> Node:
        """`(expression)`."""
        return self._inside(self.parentheses(self.expression, True))

    def _inside(self, read: tuple[int, list[Node], int, tuple[int, int, int]]) -> Node:
        start, items, end, (parts, first, last) = read
        inner: Node
        if parts == 1 and items:
            inner = items[0]
        else:
            inner = Skipped(first, last) if parts else Skipped(start + 1, start + 1)
            message = "parentheses hold one expression, on one line"
            self.faults.append(SyntaxFault(inner.start, inner.end, "BCP243", message))
        return Parenthesised(start, end, inner)

    def _parenthesised_or_lambda(self, literals: bool) -> Node:
        read = self.parentheses(lambda: self.expression(literals), True)
        if self.kinds[self.at] == "=>":
            return self._lambda(self._names(read[0], read[1], read[2]))
        return self._inside(read)

    def _names(self, start: int, items: list[Node], end: int) -> Names:
        names: list[Node] = []
        for item in items:
            if isinstance(item, Variable):
                names.append(Name(item.start, item.end, item.name))
            else:
                if not isinstance(item, Skipped):
                    message = "expected the name of a variable here"
                    self.faults.append(SyntaxFault(item.start, item.end, "BCP015", message))
                names.append(Skipped(item.start, item.end))
        return Names(start, end, names, True)

    def _lambda(self, names: Names) -> Node:
        self.at += 1
        body = self.lambda_body()
        return Lambda(names.start, body.end, names, body)

    def lambda_body(self) -> Node:
        """What follows `=>`, on this line or the next."""
        kind, at = self.kind_after_newlines()
        if not (kind == "name" and self.values[at] in DECLARATIONS):
            self.at = at
        return self.recover(self.expression, BODY_STOP)


_ARRAY_SPREAD_STOP = frozenset((",", "nl", "]"))
_OBJECT_SPREAD_STOP = frozenset((",", "nl", "}"))
_IF_STOP = frozenset(("{", "nl"))
_LOOPED_IF_STOP = frozenset(("{", "nl", "]"))

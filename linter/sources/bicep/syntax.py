"""The nodes of a parsed Bicep file: expressions, names and the file itself.

Offsets (`start`, `end`, end exclusive) count UTF-16 code units from the start of the text after a byte order mark, as
the compiler's own spans do. To make that free, `File.text` holds one character a code unit: characters beyond the
basic plane stand there as two surrogates (`units`), and `joined` puts them together again; values in nodes are joined.
A part that could not be read is a `Skipped`; its fault is in `File.faults`. Types: `syntax_types`, statements:
`syntax_statements`.
"""

from __future__ import annotations

import re
from bisect import bisect_right


def units(text: str) -> str:
    """The text with one character a UTF-16 code unit; the same object where nothing lies beyond the basic plane."""
    if text.isascii() or max(text) < "\U00010000":
        return text
    data = text.encode("utf-16-le", "surrogatepass")
    return "".join(map(chr, memoryview(data).cast("H"))) if _LITTLE else _slow_units(data)


def joined(text: str) -> str:
    """Ordinary text from text of code units. A lone surrogate stays."""
    if text.isascii() or not _SURROGATE.search(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


_LITTLE = memoryview(b"\x01\x00").cast("H")[0] == 1
_SURROGATE = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_LINE = re.compile(r"\r\n|\r|\n")


def _slow_units(data: bytes) -> str:
    return "".join(chr(data[at] | data[at + 1] << 8) for at in range(0, len(data), 2))


class Lines:
    """Turns offsets into lines and columns. CRLF, LF and a lone CR end a line."""

    __slots__ = ("starts",)

    def __init__(self, text: str) -> None:
        self.starts = [0, *(match.end() for match in _LINE.finditer(text))]

    def place(self, offset: int) -> tuple[int, int]:
        """(line, column) of an offset, both 1-based, the column in UTF-16 units."""
        line = bisect_right(self.starts, offset)
        return line, offset - self.starts[line - 1] + 1


class Node:
    """A stretch of the text. Fields of subclasses are nodes, lists of nodes, plain values, or None if not written."""

    __slots__ = ("end", "start")

    def __init__(self, start: int, end: int) -> None:
        self.start = start
        self.end = end

    def __repr__(self) -> str:
        names = [name for name in type(self).__slots__ if name not in ("start", "end")]
        fields = ", ".join(f"{name}={getattr(self, name)!r}" for name in names)
        return f"{type(self).__name__}[{self.start}:{self.end}]({fields})"

    def children(self) -> list[Node]:
        """The nodes directly below, in the order of the text."""
        found: list[Node] = []
        for name in type(self).__slots__:
            value = getattr(self, name)
            if isinstance(value, Node):
                found.append(value)
            elif isinstance(value, list):
                found.extend(item for item in value if isinstance(item, Node))
        found.sort(key=_start)
        return found


def _start(node: Node) -> int:
    return node.start


class Skipped(Node):
    """Text that could not be read (possibly empty), standing where a node was expected."""

    __slots__ = ()


class Name(Node):
    """An identifier."""

    __slots__ = ("text",)

    def __init__(self, start: int, end: int, text: str) -> None:
        self.start = start
        self.end = end
        self.text = text


class Integer(Node):
    """An integer literal, as written; out of range is a fault."""

    __slots__ = ("value",)

    def __init__(self, start: int, end: int, value: int) -> None:
        self.start = start
        self.end = end
        self.value = value


class Boolean(Node):
    """`true` or `false`."""

    __slots__ = ("value",)

    def __init__(self, start: int, end: int, value: bool) -> None:
        self.start = start
        self.end = end
        self.value = value


class Null(Node):
    """`null`."""

    __slots__ = ()


class NoneLiteral(Node):
    """`none`, as in `using none`."""

    __slots__ = ()


class String(Node):
    """A string without holes, escapes and multi-line start resolved."""

    __slots__ = ("multiline", "value")

    def __init__(self, start: int, end: int, value: str, multiline: bool) -> None:
        self.start = start
        self.end = end
        self.value = value
        self.multiline = multiline


class Interpolated(Node):
    """A string with holes: `segments` holds one text more than `holes`."""

    __slots__ = ("holes", "multiline", "segments")

    def __init__(self, start: int, end: int, segments: list[str], holes: list[Node], multiline: bool) -> None:
        self.start = start
        self.end = end
        self.segments = segments
        self.holes = holes
        self.multiline = multiline


class Object(Node):
    """`members`: `Property`, `Spread`, nested `Resource` statements, `Skipped`."""

    __slots__ = ("members",)

    def __init__(self, start: int, end: int, members: list[Node]) -> None:
        self.start = start
        self.end = end
        self.members = members


class Property(Node):
    """One `key: value`; `key` is a `Name`, `String`, `Interpolated` or `Skipped`."""

    __slots__ = ("key", "value")

    def __init__(self, start: int, end: int, key: Node, value: Node) -> None:
        self.start = start
        self.end = end
        self.key = key
        self.value = value


class Spread(Node):
    """`...expression` in an object, array."""

    __slots__ = ("value",)

    def __init__(self, start: int, end: int, value: Node) -> None:
        self.start = start
        self.end = end
        self.value = value


class Array(Node):
    """`items`: expressions, `Spread`, `Skipped`."""

    __slots__ = ("items",)

    def __init__(self, start: int, end: int, items: list[Node]) -> None:
        self.start = start
        self.end = end
        self.items = items


class Names(Node):
    """The variables of a loop or lambda: `item` or, in parentheses, `(item, index)`."""

    __slots__ = ("items", "parenthesised")

    def __init__(self, start: int, end: int, items: list[Node], parenthesised: bool) -> None:
        self.start = start
        self.end = end
        self.items = items
        self.parenthesised = parenthesised


class For(Node):
    """`[for names in source: body]`; the span includes the brackets. `names` is `Names` or `Skipped`."""

    __slots__ = ("body", "names", "source")

    def __init__(self, start: int, end: int, names: Node, source: Node, body: Node) -> None:
        self.start = start
        self.end = end
        self.names = names
        self.source = source
        self.body = body


class If(Node):
    """`if (condition) body` of a resource or module. The condition keeps its parentheses (`Parenthesised`)."""

    __slots__ = ("body", "condition")

    def __init__(self, start: int, end: int, condition: Node, body: Node) -> None:
        self.start = start
        self.end = end
        self.condition = condition
        self.body = body


class Parenthesised(Node):
    """`(inner)`."""

    __slots__ = ("inner",)

    def __init__(self, start: int, end: int, inner: Node) -> None:
        self.start = start
        self.end = end
        self.inner = inner


class Ternary(Node):
    """`condition ? then : otherwise`."""

    __slots__ = ("condition", "otherwise", "then")

    def __init__(self, start: int, end: int, condition: Node, then: Node, otherwise: Node) -> None:
        self.start = start
        self.end = end
        self.condition = condition
        self.then = then
        self.otherwise = otherwise


class Unary(Node):
    """`!` or `-` before an operand."""

    __slots__ = ("operand", "operator")

    def __init__(self, start: int, end: int, operator: str, operand: Node) -> None:
        self.start = start
        self.end = end
        self.operator = operator
        self.operand = operand


class Binary(Node):
    """`left operator right`; `operator` as written."""

    __slots__ = ("left", "operator", "right")

    def __init__(self, start: int, end: int, operator: str, left: Node, right: Node) -> None:
        self.start = start
        self.end = end
        self.operator = operator
        self.left = left
        self.right = right


class Variable(Node):
    """The use of a symbol, or of a namespace (`az`, `sys`, an import)."""

    __slots__ = ("name",)

    def __init__(self, start: int, end: int, name: str) -> None:
        self.start = start
        self.end = end
        self.name = name


class Call(Node):
    """`name(arguments)`; the name begins at `start`."""

    __slots__ = ("arguments", "name")

    def __init__(self, start: int, end: int, name: str, arguments: list[Node]) -> None:
        self.start = start
        self.end = end
        self.name = name
        self.arguments = arguments


class InstanceCall(Node):
    """`target.name(arguments)`: a namespace function, or a function of a resource."""

    __slots__ = ("arguments", "name", "target")

    def __init__(self, start: int, end: int, target: Node, name: Name | Skipped, arguments: list[Node]) -> None:
        self.start = start
        self.end = end
        self.target = target
        self.name = name
        self.arguments = arguments


class Access(Node):
    """`target.name`, with `safe` `target.?name`."""

    __slots__ = ("name", "safe", "target")

    def __init__(self, start: int, end: int, target: Node, name: Name | Skipped, safe: bool) -> None:
        self.start = start
        self.end = end
        self.target = target
        self.name = name
        self.safe = safe


class NestedAccess(Node):
    """`target::name`: a nested resource."""

    __slots__ = ("name", "target")

    def __init__(self, start: int, end: int, target: Node, name: Name | Skipped) -> None:
        self.start = start
        self.end = end
        self.target = target
        self.name = name


class Index(Node):
    """`target[index]`, with `safe` `[?…]`, with `from_end` `[^…]`."""

    __slots__ = ("from_end", "index", "safe", "target")

    def __init__(self, start: int, end: int, target: Node, index: Node, safe: bool, from_end: bool) -> None:
        self.start = start
        self.end = end
        self.target = target
        self.index = index
        self.safe = safe
        self.from_end = from_end


class NonNull(Node):
    """`target!`."""

    __slots__ = ("target",)

    def __init__(self, start: int, end: int, target: Node) -> None:
        self.start = start
        self.end = end
        self.target = target


class Lambda(Node):
    """`names => body`."""

    __slots__ = ("body", "names")

    def __init__(self, start: int, end: int, names: Names, body: Node) -> None:
        self.start = start
        self.end = end
        self.names = names
        self.body = body


class Decorator(Node):
    """`@expression`; the expression should be a `Call` or an `InstanceCall` on a namespace."""

    __slots__ = ("expression",)

    def __init__(self, start: int, end: int, expression: Node) -> None:
        self.start = start
        self.end = end
        self.expression = expression


class SyntaxFault:
    """What the parser could not take: a span, the compiler's code, and what was expected there."""

    __slots__ = ("code", "end", "message", "start")

    def __init__(self, start: int, end: int, code: str, message: str) -> None:
        self.start = start
        self.end = end
        self.code = code
        self.message = message

    def __repr__(self) -> str:
        return f"SyntaxFault({self.start}, {self.end}, {self.code!r}, {self.message!r})"


class Comment(Node):
    """`text` with its `//` or `/* */`."""

    __slots__ = ("text",)

    def __init__(self, start: int, end: int, text: str) -> None:
        self.start = start
        self.end = end
        self.text = text


class Directive(Node):
    """A `#` line: `name` is `disable-next-line`, `disable-diagnostics` or `restore-diagnostics`; `codes` as written."""

    __slots__ = ("codes", "name")

    def __init__(self, start: int, end: int, name: str, codes: list[str]) -> None:
        self.start = start
        self.end = end
        self.name = name
        self.codes = codes


class File:
    """A parsed `.bicep` or (`parameters`) `.bicepparam` file. `statements` in order; `faults` by place."""

    __slots__ = ("_lines", "comments", "directives", "faults", "parameters", "statements", "text")

    def __init__(
        self,
        text: str,
        statements: list[Node],
        faults: list[SyntaxFault],
        comments: list[Comment],
        directives: list[Directive],
        parameters: bool,
    ) -> None:
        self.text = text
        self.statements = statements
        self.faults = faults
        self.comments = comments
        self.directives = directives
        self.parameters = parameters
        self._lines: Lines | None = None

    @property
    def lines(self) -> Lines:
        """Made when first asked for."""
        if self._lines is None:
            self._lines = Lines(self.text)
        return self._lines

    def source(self, node: Node) -> str:
        """The text of a node."""
        return joined(self.text[node.start : node.end])

"""The expression language of ARM templates: text inside brackets → a tree whose nodes are compiled to closures.

Grammar, as Azure's engine reads it (November 2026): a text, an integer or a call; a call is a name (with namespaces by
dots) and arguments in parentheses, then `.name` and `[expression]` steps. No operators, no comments, no grouping.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, TypeAlias

from linter.model import Value
from linter.sources.arm.call import compile_call
from linter.sources.arm.tree import Call, Index, Literal, Node, Property, calls_of
from linter.sources.template.frame import Frame
from linter.sources.template.functions.lambdas import plain
from linter.sources.template.functions.numerals import LONGEST, too_long
from linter.sources.template.values import INT64_LEAST, INT64_MOST, EvaluationError, LimitError, charge

Expression: TypeAlias = Node
_UNBOUND: Final = frozenset({"string", "variables", "parameters", "if", "coalesce"})
"""Calls whose result may be longer than that of others: `string` gave 429,980 characters in November 2026."""
DEEPEST: Final = 250
"""Levels of calls in calls that an expression may have."""

_TOKEN = re.compile(
    r"\s*(?:(?P<name>[^\W\d][\w$]*|\$[\w$]*)|'(?P<text>[^']*(?:''[^']*)*)'|(?P<number>[+-]?[0-9]+)|(?P<sign>[()\[\],.])|(?P<end>\Z))"
)
_SIGNS: Final = {
    "(": "LeftParenthesis",
    ")": "RightParenthesis",
    "[": "LeftSquareBracket",
    "]": "RightSquareBracket",
    ",": "Comma",
    ".": "Dot",
}
_KINDS: Final = {"name": "Identifier", "text": "Literal", "number": "Integer", "end": "EndOfData"}


@lru_cache(maxsize=16384)
def parse(text: str) -> Expression:
    """The tree of an expression without its brackets; `EvaluationError` with an offset where it is none."""
    node = _Parser(text).whole()
    if "copyindex" in text.lower():
        _check_loops_first(node)
    return node


def _check_loops_first(node: Node) -> None:
    """The engine looks at every `copyIndex`, also in branches not taken; so the root asks for all of them first."""
    calls = [call for call in calls_of(node, "copyindex") if all(isinstance(arg, Literal) for arg in call.args)]
    run = node.run

    def checked(frame: Frame) -> Value:
        for call in calls:
            call.run(frame)
        return run(frame)

    if calls and calls != [node]:
        node.run = checked


def evaluate(node: Expression, frame: Frame) -> Value:
    """The value of a tree in a frame."""
    try:
        value = plain(node.run(frame))
        if type(value) is dict or type(value) is list:
            charge(value, frame.budget)
        elif type(value) is str and len(value) > LONGEST and type(node) is Call and node.name.lower() not in _UNBOUND:
            raise too_long()
    except RecursionError:
        raise LimitError("the evaluation nests too deeply; it was stopped") from None
    return value


def is_expression(text: str) -> bool:
    """Whether a property's text is an expression: in brackets, and not `[[`."""
    return len(text) > 1 and text[0] == "[" and text[-1] == "]" and text[1] != "["


def evaluate_text(text: str, frame: Frame) -> Value:
    """The value of a property's text: an expression in brackets, `[[…]` with a bracket less, or the text itself."""
    if not text or text[0] != "[" or text[-1] != "]" or len(text) == 1:
        return text
    if text[1] == "[":
        return text[1:]
    return evaluate(parse(text[1:-1]), frame)


def _unquote(text: str) -> str:
    """The engine takes doubled quotes back twice: four of them are one."""
    return text.replace("''", "'").replace("''", "'")


class _Parser:
    """One pass over the text: `kind` and `value` are the token at hand, `start` its offset."""

    __slots__ = ("at", "depth", "kind", "start", "text", "value")

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.depth = 0
        self.kind = ""
        self.value = ""
        self.start = 0
        self.advance()

    def whole(self) -> Node:
        node = self.expression()
        if self.kind != "EndOfData":
            raise self.unexpected("EndOfData")
        return node

    def advance(self) -> None:
        """Read the next token."""
        match = _TOKEN.match(self.text, self.at)
        if match is None:
            raise self.bad_character()
        group = match.lastgroup or "end"
        self.value = match[group]
        self.start = match.start(group)
        self.at = match.end()
        self.kind = _SIGNS[self.value] if group == "sign" else _KINDS[group]
        if group == "number":
            following = self.text[self.at : self.at + 1]
            if following == "." and self.text[self.at + 1 : self.at + 2].isdigit():
                raise EvaluationError(
                    f"The language expression '{self.text}' at position '{self.start}' is not valid: "
                    "float point numbers are not supported.",
                    self.start,
                )
            if following == "." or following.isalnum() or following in ("_", "$"):
                self.at += following == "."
                raise self.bad_character()

    def bad_character(self) -> EvaluationError:
        at = self.at
        while at < len(self.text) and self.text[at].isspace():
            at += 1
        found = self.text[at : at + 1]
        if found == "'":
            what = "the text that begins there has no end"
        elif found:
            what = f"the string character '{found}' at position '{at}' is not expected"
        else:
            what = "it ends too early"
        return EvaluationError(f"The language expression '{self.text}' is not valid: {what}.", at)

    def unexpected(self, wanted: str) -> EvaluationError:
        return EvaluationError(
            f"Unable to parse language expression '{self.text}': expected token '{wanted}' and actual '{self.kind}'.",
            self.start,
        )

    def take(self, kind: str) -> str:
        if self.kind != kind:
            raise self.unexpected(kind)
        value = self.value
        self.advance()
        return value

    def expression(self) -> Node:
        start = self.start
        if self.kind == "Literal":
            text = self.value
            self.advance()
            return Literal(_unquote(text) if "'" in text else text, start)
        if self.kind == "Integer":
            return Literal(self.integer(), start)
        self.depth += 1
        if self.depth > DEEPEST:
            raise LimitError(f"the expression nests more than {DEEPEST} calls; it is not evaluated", start)
        node = self.steps(self.call())
        self.depth -= 1
        return node

    def integer(self) -> int:
        digits = self.value
        number = int(digits) if len(digits) < 4000 else INT64_MOST + 1
        if not INT64_LEAST <= number <= INT64_MOST:
            raise EvaluationError(
                f"The language expression '{self.text}' is not valid: the value '{digits[:40]}' at position "
                f"'{self.start}' cannot be converted to number.",
                self.start,
            )
        self.advance()
        return number

    def call(self) -> Node:
        start = self.start
        name = self.take("Identifier")
        while self.kind == "Dot":
            self.advance()
            name += "." + self.take("Identifier")
        self.take("LeftParenthesis")
        args: list[Node] = []
        if self.kind != "RightParenthesis":
            args.append(self.expression())
            while self.kind == "Comma":
                self.advance()
                args.append(self.expression())
        self.take("RightParenthesis")
        node = Call(name, tuple(args), start)
        node.run = compile_call(node)
        return node

    def steps(self, node: Node) -> Node:
        while True:
            start = self.start
            if self.kind == "Dot":
                self.advance()
                node = Property(node, self.take("Identifier"), start)
            elif self.kind == "LeftSquareBracket":
                self.advance()
                index = self.expression()
                self.take("RightSquareBracket")
                node = Index(node, index, start)
            else:
                return node

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

_GOOD: Final = r"[()\[\],.]|'[^']*(?:''[^']*)*'|[^\W\d][\w$]*+|\$[\w$]*+|[+-]?[0-9]+(?![\w$.])"
"""A sign, a text, a name, an integer."""
_TOKEN: Final = re.compile(_GOOD)
_TOKENS: Final = re.compile(rf"\s*+({_GOOD}|.+)", re.DOTALL)
"""All tokens in turn; the last one is the whole rest where that begins with none."""
_INTEGER: Final = re.compile(r"[+-]?[0-9]+")
_BAD: Final = "\0"
"""Stands for a rest that begins with no token."""
_NO_NAME: Final = "'+-0123456789()[],." + _BAD
_SIGNS: Final = {
    "(": "LeftParenthesis",
    ")": "RightParenthesis",
    "[": "LeftSquareBracket",
    "]": "RightSquareBracket",
    ",": "Comma",
    ".": "Dot",
    "": "EndOfData",
}


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
        value = node.run(frame)
        if type(value) is str:
            if len(value) > LONGEST and type(node) is Call and node.name.lower() not in _UNBOUND:
                raise too_long()
            return value
        value = plain(value)
        if type(value) is dict or type(value) is list:
            charge(value, frame.budget)
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
    """One pass over the tokens, `at` the one at hand; the last one is empty. Offsets are found where a fault asks."""

    __slots__ = ("at", "depth", "text", "tokens")

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.depth = 0
        self.tokens: list[str] = _TOKENS.findall(text.rstrip())
        if self.tokens and _TOKEN.fullmatch(self.tokens[-1]) is None:
            self.tokens[-1] = _BAD
        self.tokens.append("")

    def whole(self) -> Node:
        node = self.expression()
        if self.tokens[self.at]:
            raise self.unexpected("EndOfData")
        return node

    def expression(self) -> Node:
        token = self.tokens[self.at]
        first = token[:1]
        if first == "'":
            self.at += 1
            text = token[1:-1]
            return Literal(_unquote(text) if "'" in text else text)
        if first in "+-0123456789" and token:
            return Literal(self.integer(token))
        self.depth += 1
        if self.depth > DEEPEST and token != _BAD:
            raise LimitError(f"the expression nests more than {DEEPEST} calls; it is not evaluated", self.offset())
        node = self.call()
        if self.tokens[self.at] in (".", "["):
            node = self.steps(node)
        self.depth -= 1
        return node

    def integer(self, digits: str) -> int:
        number = int(digits) if len(digits) < 4000 else INT64_MOST + 1
        if not INT64_LEAST <= number <= INT64_MOST:
            offset = self.offset()
            raise EvaluationError(
                f"The language expression '{self.text}' is not valid: the value '{digits[:40]}' at position "
                f"'{offset}' cannot be converted to number.",
                offset,
            )
        self.at += 1
        return number

    def call(self) -> Node:
        tokens = self.tokens
        name = self.name()
        while tokens[self.at] == ".":
            self.at += 1
            name += "." + self.name()
        self.take("(")
        args: list[Node] = []
        if tokens[self.at] != ")":
            args.append(self.expression())
            while tokens[self.at] == ",":
                self.at += 1
                args.append(self.expression())
        self.take(")")
        node = Call(name, tuple(args))
        node.run = compile_call(node)
        return node

    def steps(self, node: Node) -> Node:
        while True:
            token = self.tokens[self.at]
            if token == ".":
                self.at += 1
                node = Property(node, self.name())
            elif token == "[":
                self.at += 1
                index = self.expression()
                self.take("]")
                node = Index(node, index)
            else:
                return node

    def name(self) -> str:
        token = self.tokens[self.at]
        if token[:1] in _NO_NAME:
            raise self.unexpected("Identifier")
        self.at += 1
        return token

    def take(self, sign: str) -> None:
        if self.tokens[self.at] != sign:
            raise self.unexpected(_SIGNS[sign])
        self.at += 1

    def offset(self) -> int:
        """Where the token at hand begins."""
        starts = [token.start(1) for token in _TOKENS.finditer(self.text.rstrip())]
        return starts[self.at] if self.at < len(starts) else len(self.text)

    def unexpected(self, wanted: str) -> EvaluationError:
        token, offset = self.tokens[self.at], self.offset()
        if token == _BAD:
            return self.bad_token(offset)
        kind = _SIGNS.get(token)
        if kind is None:
            kind = "Literal" if token[0] == "'" else "Integer" if token[0] in "+-0123456789" else "Identifier"
        return EvaluationError(
            f"Unable to parse language expression '{self.text}': expected token '{wanted}' and actual '{kind}'.",
            offset,
        )

    def bad_token(self, at: int) -> EvaluationError:
        """What is wrong with the text from `at` on, where a token should begin."""
        number = _INTEGER.match(self.text, at)
        if number is not None:
            end = number.end()
            if self.text[end] == "." and self.text[end + 1 : end + 2].isdigit():
                return EvaluationError(
                    f"The language expression '{self.text}' at position '{at}' is not valid: "
                    "float point numbers are not supported.",
                    at,
                )
            at = end + (self.text[end] == ".")
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

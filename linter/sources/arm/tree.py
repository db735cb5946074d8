"""The nodes of an ARM expression. Each carries `run`, a closure that gives its value in a frame."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from linter.model import Value
from linter.sources.template.frame import Frame
from linter.sources.template.values import member_of, render, settle, step_text

Run: TypeAlias = Callable[[Frame], Value]


class Literal:
    """A text or an integer."""

    __slots__ = ("run", "value")

    def __init__(self, value: str | int) -> None:
        self.value = value
        self.run: Run = lambda _frame: value


class Call:
    """`name(args)`. A user function has its namespace in the name: `ns.f`. `run` is set by whoever makes the node."""

    __slots__ = ("args", "name", "run")
    run: Run

    def __init__(self, name: str, args: tuple[Node, ...]) -> None:
        self.name = name
        self.args = args


class Property:
    """`base.name`. `step` is `run` for a further step, which wants to know what an open call states below."""

    __slots__ = ("base", "name", "run", "step")

    def __init__(self, base: Node, name: str) -> None:
        self.base = base
        self.name = name
        inner = _step_of(base)
        self.step: Run = lambda frame: member_of(inner(frame), name)
        self.run: Run = lambda frame: settle(member_of(inner(frame), name))


class Index:
    """`base[index]`; `step` as in `Property`."""

    __slots__ = ("base", "index", "run", "step")

    def __init__(self, base: Node, index: Node) -> None:
        self.base = base
        self.index = index
        inner, at = _step_of(base), index.run
        self.step: Run = lambda frame: member_of(inner(frame), at(frame))
        self.run: Run = lambda frame: settle(member_of(inner(frame), at(frame)))


Node: TypeAlias = Literal | Call | Property | Index


def _step_of(base: Node) -> Run:
    return base.step if isinstance(base, Property | Index) else base.run


def source(node: Node) -> str:
    """The node as text, spaces normalised as the engine does."""
    if isinstance(node, Literal):
        return render(node.value)
    if isinstance(node, Call):
        return f"{node.name}({', '.join(map(source, node.args))})"
    if isinstance(node, Property):
        return source(node.base) + step_text(node.name)
    if isinstance(node.index, Literal) and isinstance(node.index.value, str):
        return source(node.base) + step_text(node.index.value)
    return f"{source(node.base)}[{source(node.index)}]"


def calls_of(node: Node, name: str) -> list[Call]:
    """The calls of a function (in lower case) in a tree."""
    found: list[Call] = []
    waiting: list[Node] = [node]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Call):
            if one.name.lower() == name:
                found.append(one)
            waiting += one.args
        elif isinstance(one, Property):
            waiting.append(one.base)
        elif isinstance(one, Index):
            waiting += (one.base, one.index)
    return found

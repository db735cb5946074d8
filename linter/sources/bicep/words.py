"""Expressions that are not evaluated, as the engine words them: the compiled ARM form, with values put in."""

from __future__ import annotations

from typing import Final

from linter.model import Value
from linter.sources.bicep.frames import BicepFrame, Handle
from linter.sources.bicep.syntax import (
    Access,
    Array,
    Binary,
    Boolean,
    Call,
    Index,
    InstanceCall,
    Integer,
    Interpolated,
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
    String,
    Ternary,
    Unary,
    Variable,
)
from linter.sources.template.values import EvaluationError, quote, render, step_text

_OPERATORS: Final = {
    "+": "add", "-": "sub", "*": "mul", "/": "div", "%": "mod", "==": "equals", "<": "less", "<=": "lessOrEquals",
    ">": "greater", ">=": "greaterOrEquals", "&&": "and", "||": "or", "??": "coalesce",
}  # fmt: skip
_LONGEST: Final = 4000
"""Characters of a value that is put in; a longer one keeps its name, or texts of open values double again and again."""
_NONE: Final[frozenset[str]] = frozenset()


def text(node: Node, frame: BicepFrame, bound: frozenset[str] = _NONE) -> str:
    """ARM text of an expression; `bound` are variables of lambdas. What has no ARM form stays as written."""
    try:
        return _text(node, frame, bound)
    except (EvaluationError, RecursionError):
        return frame.unit.program.file.source(node)


def _text(node: Node, frame: BicepFrame, bound: frozenset[str]) -> str:
    if isinstance(node, String):
        return quote(node.value)
    if isinstance(node, Boolean | Integer):
        return render(node.value)
    if isinstance(node, Null):
        return "null()"
    if isinstance(node, Parenthesised):
        return _text(node.inner, frame, bound)
    if isinstance(node, NonNull):
        return _text(node.target, frame, bound)
    if isinstance(node, Variable):
        return _variable(node, frame, bound)
    if isinstance(node, Access | Index):
        return _member(node, frame, bound)
    if isinstance(node, Call):
        return f"{node.name}({', '.join(_text(one, frame, bound) for one in node.arguments)})"
    if isinstance(node, InstanceCall):
        return _instance_call(node, frame, bound)
    return _compound(node, frame, bound)


def _compound(node: Node, frame: BicepFrame, bound: frozenset[str]) -> str:
    def all_of(*nodes: Node) -> str:
        return ", ".join(_text(one, frame, bound) for one in nodes)

    if isinstance(node, Interpolated):
        segments = [segment.replace("{", "{{").replace("}", "}}") for segment in node.segments]
        shape = segments[0] + "".join(f"{{{index}}}{segment}" for index, segment in enumerate(segments[1:]))
        return f"format({quote(shape)}, {all_of(*node.holes)})"
    if isinstance(node, Ternary):
        return f"if({all_of(node.condition, node.then, node.otherwise)})"
    if isinstance(node, Unary):
        operand = _text(node.operand, frame, bound)
        if node.operator == "-":
            return f"-{operand}" if isinstance(node.operand, Integer) else f"sub(0, {operand})"
        return f"not({operand})"
    if isinstance(node, Binary):
        return _binary(node, frame, bound)
    if isinstance(node, Lambda):
        names = (
            [item.text for item in node.names.items if isinstance(item, Name)] if isinstance(node.names, Names) else []
        )
        body = _text(node.body, frame, bound | frozenset(names))
        return f"lambda({', '.join([*map(quote, names), body])})"
    if isinstance(node, Array):
        return f"createArray({all_of(*node.items)})"
    if isinstance(node, Object):
        parts = []
        for member in node.members:
            if not isinstance(member, Property):
                raise EvaluationError("no plain object")
            key = quote(member.key.text) if isinstance(member.key, Name) else _text(member.key, frame, bound)
            parts.append(f"{key}, {_text(member.value, frame, bound)}")
        return f"createObject({', '.join(parts)})"
    raise EvaluationError("no ARM form")


def _binary(node: Binary, frame: BicepFrame, bound: frozenset[str]) -> str:
    left, right = _text(node.left, frame, bound), _text(node.right, frame, bound)
    operator = node.operator
    if operator in _OPERATORS:
        return f"{_OPERATORS[operator]}({left}, {right})"
    if operator in ("=~", "!~"):
        left, right = f"toLower({left})", f"toLower({right})"
    equal = f"equals({left}, {right})"
    return equal if operator == "=~" else f"not({equal})"


def _variable(node: Variable, frame: BicepFrame, bound: frozenset[str]) -> str:
    if node.name in bound:
        return f"lambdaVariables({quote(node.name)})"
    value = frame.symbol(node.name)
    shown = render(value.whole() if isinstance(value, Handle) else value)
    if len(shown) <= _LONGEST:
        return shown
    kind = "parameters" if node.name in frame.unit.program.parameters else "variables"
    return f"{kind}({quote(node.name)})"


def _member(node: Access | Index, frame: BicepFrame, bound: frozenset[str]) -> str:
    steps: list[Value | str] = []
    target: Node = node
    texts: list[tuple[str, bool]] = []
    while isinstance(target, Access | Index):
        if isinstance(target, Access):
            key = target.name.text if isinstance(target.name, Name) else ""
            texts.append((key, target.safe))
            steps.append(key)
        else:
            steps.append(None)
            index = target.index
            shown = index.value if isinstance(index, String) else ""
            texts.append((shown or "\0" + _text(index, frame, bound), target.safe))
        target = target.target
    texts.reverse()
    if isinstance(target, Variable) and target.name not in bound:
        value = frame.symbol(target.name)
        words = getattr(value, "words", None)
        if words is not None and texts[0][0][:1] != "\0":
            start, used = words(texts[0][0])
            return _steps(start, texts[used:])
    return _steps(_text(target, frame, bound), texts)


def _steps(start: str, steps: list[tuple[str, bool]]) -> str:
    shown = start
    trying = False
    for key, safe in steps:
        step = key[1:] if key[:1] == "\0" else quote(key)
        if safe:
            shown = f"tryGet({shown}, {step})"
            trying = True
        elif trying:
            shown = f"{shown[:-1]}, {step})"
        else:
            shown += f"[{step}]" if key[:1] == "\0" else step_text(key)
    return shown


def _instance_call(node: InstanceCall, frame: BicepFrame, bound: frozenset[str]) -> str:
    name = node.name.text if isinstance(node.name, Name) else ""
    args = [_text(one, frame, bound) for one in node.arguments]
    target = node.target
    if isinstance(target, Variable) and target.name in frame.unit.program.namespaces:
        return f"{name}({', '.join(args)})"
    value = frame.symbol(target.name) if isinstance(target, Variable) and target.name not in bound else None
    words = getattr(value, "call_words", None)
    if words is not None:
        return f"{name}({', '.join([*words(), *args])})"
    if isinstance(target, NestedAccess):
        raise EvaluationError("no ARM form")
    raise EvaluationError("no ARM form")

"""Expressions of Bicep → values, directly over the tree. Operators are the functions that the compiler makes of them.

A part that only the deployment knows leaves the expression open, worded as the engine words the compiled form.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from linter.model import OpenKey, Unresolved, Value
from linter.sources.bicep import words
from linter.sources.bicep.calls import call, instance_call
from linter.sources.bicep.frames import BicepFrame, Handle, Origin, settle
from linter.sources.bicep.operators import SKIP, TryGet, index_key, operate, step
from linter.sources.bicep.syntax import (
    Access,
    Array,
    Binary,
    Boolean,
    Call,
    For,
    Index,
    InstanceCall,
    Integer,
    Interpolated,
    Lambda,
    Name,
    Names,
    NestedAccess,
    Node,
    NoneLiteral,
    NonNull,
    Null,
    Object,
    Parenthesised,
    Property,
    Skipped,
    Spread,
    String,
    Ternary,
    Unary,
    Variable,
)
from linter.sources.bicep.syntax_statements import Module, Resource
from linter.sources.template.functions.table import FUNCTIONS, invoke
from linter.sources.template.values import (
    INT64_LEAST,
    INT64_MOST,
    EvaluationError,
    LimitError,
    Stated,
    render,
    type_name,
)
from linter.sources.template.values import Lambda as Function

MOST_TURNS: Final = 800
"""The engine's limit of a loop."""
Run = Callable[[Node, BicepFrame], Value]


def evaluate(node: Node, frame: BicepFrame) -> Value:
    """The value of an expression, or a `Handle`; raises `EvaluationError`."""
    return _RUN[node.__class__](node, frame)


def value_of(node: Node, frame: BicepFrame) -> Value:
    """The value of an expression where a handle will not do."""
    value = _RUN[node.__class__](node, frame)
    if isinstance(value, Handle | Stated):
        return settle(value)
    if value.__class__ is Function:
        raise EvaluationError("A lambda may only stand as an argument of a function.")
    return value


def build(node: Node, frame: BicepFrame) -> Value:
    """The value of what stands below a property: a part that fails stays open, with a gap."""
    kind = node.__class__
    if kind is String or kind is Integer or kind is Boolean:
        return node.value  # type: ignore[attr-defined]  # told apart by its class
    if kind is Object and not any(member.__class__ is Spread for member in node.members):  # type: ignore[attr-defined]  # as above
        result: dict[str, Value] = {}
        for member in node.members:  # type: ignore[attr-defined]  # told apart by its class
            if member.__class__ is Property:
                try:
                    key = key_of(member.key, frame)
                except EvaluationError as error:
                    key = OpenKey(f"[{frame.unit.fault(member.key, frame, error).expression}]")
                result[key] = build(member.value, frame)
        return result
    if kind is Array and not any(item.__class__ is Spread for item in node.items):  # type: ignore[attr-defined]  # as above
        return [build(item, frame) for item in node.items]  # type: ignore[attr-defined]  # told apart by its class
    if kind is For:
        try:
            return _loop(node, frame, build)  # type: ignore[arg-type]  # told apart by its class
        except EvaluationError as error:
            return frame.unit.fault(node, frame, error)
    if kind is Parenthesised:
        return build(node.inner, frame)  # type: ignore[attr-defined]  # told apart by its class
    try:
        return value_of(node, frame)
    except EvaluationError as error:
        return frame.unit.fault(node, frame, error)
    except RecursionError:
        return frame.unit.fault(node, frame, LimitError("the evaluation nests too deeply; it was stopped"))


def key_of(node: Node, frame: BicepFrame) -> str:
    """The name of a property."""
    if isinstance(node, Name):
        return node.text
    value = value_of(node, frame)
    if isinstance(value, str):
        return value
    if isinstance(value, Unresolved):
        return OpenKey(f"[{value.expression}]")
    raise EvaluationError(f"A property's name must be text, and this is {type_name(value)}.")


# --- literals


def _literal(node: Node, _frame: BicepFrame) -> Value:
    return node.value  # type: ignore[attr-defined]  # String, Integer and Boolean


def _integer(node: Integer, _frame: BicepFrame) -> Value:
    if node.value > INT64_MOST:
        raise EvaluationError(f"The number {node.value} does not fit in 64 bits.")
    return node.value


def _null(_node: Node, _frame: BicepFrame) -> Value:
    return None


def _skipped(_node: Node, _frame: BicepFrame) -> Value:
    return Unresolved("unknown()", "error")


def _interpolated(node: Interpolated, frame: BicepFrame) -> Value:
    values = [value_of(hole, frame) for hole in node.holes]
    segments = node.segments
    if all(value.__class__ is str or value.__class__ is int for value in values):
        text = segments[0]
        for value, segment in zip(values, segments[1:], strict=True):
            text += (value if value.__class__ is str else str(value)) + segment
        frame.budget.make_text(len(text))
        return text
    return invoke(FUNCTIONS["format"], "format", [format_of(segments), *values], frame)


def format_of(segments: list[str]) -> str:
    """The format text of an interpolated string."""
    escaped = [segment.replace("{", "{{").replace("}", "}}") for segment in segments]
    return escaped[0] + "".join(f"{{{index}}}{segment}" for index, segment in enumerate(escaped[1:]))


def _object(node: Object, frame: BicepFrame) -> Value:
    parts: list[Value] = []
    here: dict[str, Value] = {}
    spread = False
    for member in node.members:
        if member.__class__ is Property:
            here[key_of(member.key, frame)] = value_of(member.value, frame)
        elif member.__class__ is Spread:
            spread = True
            if here:
                parts.append(here)
                here = {}
            parts.append(value_of(member.value, frame))
    if not spread:
        return here
    if here:
        parts.append(here)
    return invoke(FUNCTIONS["shallowmerge"], "shallowMerge", [parts], frame)


def _array(node: Array, frame: BicepFrame) -> Value:
    if not any(item.__class__ is Spread for item in node.items):
        return [value_of(item, frame) for item in node.items]
    parts: list[Value] = []
    here: list[Value] = []
    for item in node.items:
        if item.__class__ is Spread:
            if here:
                parts.append(here)
                here = []
            parts.append(value_of(item.value, frame))
        else:
            here.append(value_of(item, frame))
    if here:
        parts.append(here)
    return invoke(FUNCTIONS["flatten"], "flatten", [parts], frame)


# --- loops


def _for(node: For, frame: BicepFrame) -> Value:
    return _loop(node, frame, value_of)


def _loop(node: For, frame: BicepFrame, run: Run) -> Value:
    turns = turns_of(node, frame)
    if isinstance(turns, Unresolved):
        return Unresolved("unknown()", turns.reason)
    return [run(node.body, turn) for turn in turns]


def turns_of(node: For, frame: BicepFrame) -> list[BicepFrame] | Unresolved:
    """The surroundings of each turn of a loop; open where its source is."""
    source = value_of(node.source, frame)
    if isinstance(source, Unresolved):
        return source
    if not isinstance(source, list):
        raise EvaluationError(f"A loop runs over an array, and this is {type_name(source)}.")
    if len(source) > MOST_TURNS:
        raise EvaluationError(f"A loop has at most {MOST_TURNS} turns, and this has {len(source)}.")
    frame.budget.make_items(len(source))
    names = names_of(node.names)
    return [turn_of(node, frame, names, item, index) for index, item in enumerate(source)]


def turn_of(node: For, frame: BicepFrame, names: list[str], item: Value, index: Value) -> BicepFrame:
    """The surroundings of one turn."""
    bound = dict(zip(names, (item, index), strict=False))
    origins: dict[str, Origin] = {}
    if names and isinstance(index, int):
        origins[names[0]] = (node.source, frame, (index,))
    return frame.bind(bound, origins)


def names_of(node: Node) -> list[str]:
    """The names that a loop or lambda binds; one that is missing is empty."""
    if not isinstance(node, Names):
        return []
    return [item.text if isinstance(item, Name) else "" for item in node.items]


def _lambda(node: Lambda, frame: BicepFrame) -> Value:
    names = names_of(node.names)
    body = node.body
    budget = frame.budget

    def run(values: list[Value]) -> Value:
        budget.enter()
        try:
            return value_of(body, frame.bind(dict(zip(names, values, strict=False))))
        finally:
            budget.leave()

    return Function(len(names), run, lambda: words.text(node, frame))


# --- operators


def _ternary(node: Ternary, frame: BicepFrame) -> Value:
    test = value_of(node.condition, frame)
    if test is True:
        return evaluate(node.then, frame)
    if test is False:
        return evaluate(node.otherwise, frame)
    if isinstance(test, Unresolved):
        first, second = words.text(node.then, frame), words.text(node.otherwise, frame)
        return Unresolved(f"if({test.expression}, {first}, {second})", test.reason)
    raise EvaluationError(
        "The template language function 'if' expects its first parameter to be of type 'Boolean'. "
        f"The provided value is of type '{type_name(test)}'."
    )


def _unary(node: Unary, frame: BicepFrame) -> Value:
    operand = node.operand
    if node.operator == "-":
        if isinstance(operand, Integer):
            if -operand.value < INT64_LEAST:
                raise EvaluationError(f"The number -{operand.value} does not fit in 64 bits.")
            return -operand.value
        return invoke(FUNCTIONS["sub"], "sub", [0, value_of(operand, frame)], frame)
    return invoke(FUNCTIONS["not"], "not", [value_of(operand, frame)], frame)


def _binary(node: Binary, frame: BicepFrame) -> Value:
    operator = node.operator
    if operator == "&&" or operator == "||" or operator == "??":
        return _lazy(node, frame)
    left, right = value_of(node.left, frame), value_of(node.right, frame)
    return operate(operator, left, right, frame)


def _lazy(node: Binary, frame: BicepFrame) -> Value:
    operator = node.operator
    left = value_of(node.left, frame)
    if isinstance(left, Unresolved):
        if left.reason == "parameter" and operator != "??" and _ends(node.right, operator == "||", frame):
            return operator == "||"
        name = {"&&": "and", "||": "or", "??": "coalesce"}[operator]
        return Unresolved(f"{name}({left.expression}, {words.text(node.right, frame)})", left.reason)
    if operator == "??":
        return left if left is not None else evaluate(node.right, frame)
    _check_boolean(left, operator)
    if left is (operator == "||"):
        return left
    right = value_of(node.right, frame)
    if isinstance(right, Unresolved):
        name = "and" if operator == "&&" else "or"
        return Unresolved(f"{name}({render(left)}, {right.expression})", right.reason)
    _check_boolean(right, operator)
    return right


def _ends(node: Node, ending: bool, frame: BicepFrame) -> bool:
    """Whether the right operand decides, whatever value a parameter on the left will be given."""
    try:
        return value_of(node, frame) is ending
    except LimitError:
        raise
    except EvaluationError:
        return False  # it may never be asked


def _check_boolean(value: Value, operator: str) -> None:
    if not isinstance(value, bool):
        raise EvaluationError(f"The operator '{operator}' takes booleans only; an operand is {type_name(value)}.")


# --- names and members


def _variable(node: Variable, frame: BicepFrame) -> Value:
    return frame.symbol(node.name)


def _parenthesised(node: Parenthesised, frame: BicepFrame) -> Value:
    return evaluate(node.inner, frame)


def _non_null(node: NonNull, frame: BicepFrame) -> Value:
    """The value; what nothing states of a resource or module, and the author says is not null, the service fills."""
    value = evaluate(node.target, frame)
    if value is None and _reads_deployed(node.target, frame):
        return Unresolved(words.text(node.target, frame))
    return value


def _reads_deployed(node: Node, frame: BicepFrame) -> bool:
    if isinstance(node, Variable):
        return isinstance(frame.unit.program.symbols.get(node.name), Resource | Module)
    return any(_reads_deployed(child, frame) for child in node.children())


def _nested(node: NestedAccess, frame: BicepFrame) -> Value:
    base = evaluate(node.target, frame)
    nested = getattr(base, "nested", None)
    if nested is None or not isinstance(node.name, Name):
        raise EvaluationError("'::' reads a nested resource, and there is none.")
    return nested(node.name.text)


def _chain(node: Node, frame: BicepFrame) -> Value:
    value = _link(node, frame)
    if value is SKIP:
        return None
    if value.__class__ is TryGet:
        return Unresolved(value.expression, value.reason)
    return value


def _link(node: Node, frame: BicepFrame) -> Value:
    """A member in a chain of members; `SKIP` after a `.?` that found nothing."""
    target = node.target  # type: ignore[attr-defined]  # Access and Index
    kind = target.__class__
    base = _link(target, frame) if kind is Access or kind is Index else evaluate(target, frame)
    if base is SKIP:
        return SKIP
    if node.__class__ is Access:
        name = node.name
        key: Value = name.text if isinstance(name, Name) else ""
    else:
        key = index_key(node.from_end, value_of(node.index, frame), base)  # type: ignore[attr-defined]  # Index
    try:
        return step(base, key, node.safe, frame)  # type: ignore[attr-defined]  # Access and Index
    except EvaluationError:
        if isinstance(base, dict) and _reads_deployed(target, frame):  # the service fills what is not stated
            return Unresolved(words.text(node, frame))
        raise


def _call(node: Call, frame: BicepFrame) -> Value:
    return call(node.name, node.arguments, node, frame, evaluate)


def _instance_call(node: InstanceCall, frame: BicepFrame) -> Value:
    return instance_call(node, frame, evaluate)


_RUN: Final[dict[type[Node], Callable[..., Value]]] = {
    String: _literal,
    Integer: _integer,
    Boolean: _literal,
    Null: _null,
    NoneLiteral: _null,
    Skipped: _skipped,
    Interpolated: _interpolated,
    Object: _object,
    Array: _array,
    For: _for,
    Lambda: _lambda,
    Ternary: _ternary,
    Unary: _unary,
    Binary: _binary,
    Variable: _variable,
    Parenthesised: _parenthesised,
    NonNull: _non_null,
    NestedAccess: _nested,
    Access: _chain,
    Index: _chain,
    Call: _call,
    InstanceCall: _instance_call,
}

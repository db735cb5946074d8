"""JSON values of a template → values: expressions evaluated at every depth, `copy` arrays expanded, names computed.

A text that fails becomes `Unresolved` with the reason `error`; the template records the gap. Nothing is lost beside it.
"""

from __future__ import annotations

from typing import Any, Final

from linter.model import OpenKey, Unresolved, Value
from linter.sources.arm.expression import evaluate as run_tree
from linter.sources.arm.expression import parse
from linter.sources.arm.frames import TemplateFrame
from linter.sources.template.places import HEAD
from linter.sources.template.values import EvaluationError, type_name

MOST_TURNS: Final = 800
"""The engine's limit of a loop."""


def evaluate(node: Any, frame: TemplateFrame) -> Value:
    """The value of a JSON value."""
    kind = type(node)
    if kind is str:
        return expression(node, frame) if node[:1] == "[" and node[-1] == "]" else node
    if kind is dict:
        return _object(node, frame)
    if kind is list:
        return [evaluate(item, frame) for item in node]
    return node


def expression(text: str, frame: TemplateFrame) -> Value:
    """The value of a text in brackets: an expression, or with `[[` the text with a bracket less."""
    if text[1] == "[":
        return text[1:]
    try:
        return run_tree(parse(text[1:-1]), frame)
    except EvaluationError as error:
        return frame.template.fault(text, error)


def _object(node: dict[str, Any], frame: TemplateFrame) -> Value:
    result: dict[str, Value] = {}
    computed = False
    for key, item in node.items():
        if key[:1] == "[" and key[-1] == "]" and len(key) > 1:
            computed = True
            result[_name(key, frame, node)] = evaluate(item, frame)
            continue
        kind = type(item)
        if kind is str:
            result[key] = expression(item, frame) if item[:1] == "[" and item[-1] == "]" else item
        elif kind is dict:
            result[key] = _object(item, frame)
        elif kind is list:
            if frame.copies and key.lower() == "copy" and is_copy(item):
                _expand(item, result, frame, node)
            else:
                result[key] = [evaluate(one, frame) for one in item]
        else:
            result[key] = item
    if computed and len(result) < len(node) and not any(key.lower() == "copy" for key in node):
        frame.template.refuse("two properties of one object have names that are equal once they are computed", node)
    return result


def _name(key: str, frame: TemplateFrame, node: dict[str, Any]) -> str:
    """A property's name that is an expression."""
    if key[1] == "[" or type(key) is OpenKey:
        return key if type(key) is OpenKey else key[1:]
    try:
        value = run_tree(parse(key[1:-1]), frame)
    except EvaluationError as error:
        frame.template.fault(key, error, node)
        return OpenKey(key)
    if isinstance(value, Unresolved):
        return OpenKey(f"[{value.expression}]")
    if isinstance(value, str):
        return value
    frame.template.fault(key, EvaluationError(f"A property's name must be text, and this is {type_name(value)}."), node)
    return OpenKey(key)


def as_written(node: Any) -> Value:
    """A value whose expressions are left for others to evaluate; `[[…]` loses a bracket."""
    if isinstance(node, str) and len(node) > 1 and node[0] == "[" and node[-1] == "]":
        return node[1:] if node[1] == "[" else Unresolved(node[1:-1], "context")
    if isinstance(node, dict):
        return {key: as_written(item) for key, item in node.items()}
    return [as_written(item) for item in node] if isinstance(node, list) else node


def is_copy(items: list[Any]) -> bool:
    """Whether the value of `copy` in an object is an array of loops; else it is plain data."""
    return bool(items) and all(
        isinstance(item, dict) and {"name", "count", "input"} <= {key.lower() for key in item} for item in items
    )


def parts(item: dict[str, Any]) -> dict[str, Any]:
    """A loop by names in lower case."""
    return {key.lower(): value for key, value in item.items()}


def _expand(items: list[Any], result: dict[str, Value], frame: TemplateFrame, node: dict[str, Any]) -> None:
    for item in items:
        loop = parts(item)
        name = evaluate(loop["name"], frame)
        if not isinstance(name, str):
            name = OpenKey(f"[{name.expression}]") if isinstance(name, Unresolved) else str(name)
        if any(key.lower() == name.lower() and key != "copy" for key in node):
            frame.template.refuse(f"the copy '{name}' stands beside a property of its name", item)
        result[name] = turns(loop, name, frame, item)


def turns(loop: dict[str, Any], name: str, frame: TemplateFrame, item: dict[str, Any], *, own: bool = False) -> Value:
    """The array that a loop makes out of its `input`."""
    if has_copy(loop["input"]):
        frame.template.refuse("copy inside the input of a copy is not supported", item)
        return Unresolved(f"copyIndex('{name}')", "error")
    count = count_of(loop["count"], frame, item)
    if isinstance(count, Unresolved):
        return Unresolved("unknown()", count.reason)
    frame.budget.make_items(count)
    return [evaluate(loop["input"], frame.in_loop(name, index, own=own)) for index in range(count)]


def has_copy(node: Any) -> bool:
    """Whether a `copy` array stands anywhere in a value."""
    if isinstance(node, dict):
        return any(
            (key.lower() == "copy" and isinstance(item, list) and is_copy(item)) or has_copy(item)
            for key, item in node.items()
        )
    return isinstance(node, list) and any(has_copy(item) for item in node)


def count_of(node: Any, frame: TemplateFrame, item: dict[str, Any]) -> int | Unresolved:
    """The count of a loop; what the engine refuses is told, and leaves it open."""
    value = evaluate(node, frame.at(HEAD))
    if isinstance(value, Unresolved):
        return value
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MOST_TURNS:
        shown = value if isinstance(value, int | str | float) else type_name(value)
        frame.template.refuse(
            f"the copy count {str(shown)[:40]!r} is not a whole number from 0 to {MOST_TURNS}", item, kind="refused"
        )
        return Unresolved(str(node)[1:-1] if isinstance(node, str) else "unknown()", "error")
    return value


def policy_properties(node: dict[str, Any], frame: TemplateFrame, kept: bool) -> dict[str, Value]:
    """The properties of a policy definition; `kept`: its rule is not evaluated at all."""
    key = next((name for name in node if name.lower() == "policyrule"), None)
    properties = evaluate({name: item for name, item in node.items() if name != key}, frame)
    if key is None:
        return properties  # type: ignore[no-any-return]  # an object gives an object
    rule = as_written(node[key]) if kept else _for_others(node[key], evaluate(node[key], frame))
    return {**properties, key: rule}


def _for_others(node: Any, value: Value) -> Value:
    """A policy rule in which computed texts in brackets are what they are: expressions for Azure Policy."""
    if isinstance(node, str) and isinstance(value, str):
        computed = node[:1] == "[" and node[1:2] != "[" and value[:1] == "[" and value[-1:] == "]"
        return Unresolved(value[1:-1], "context") if computed else value
    if isinstance(node, dict) and isinstance(value, dict):
        return {key: _for_others(node.get(key), item) for key, item in value.items()}
    if isinstance(node, list) and isinstance(value, list) and len(node) == len(value):
        return [_for_others(one, item) for one, item in zip(node, value, strict=True)]
    return value

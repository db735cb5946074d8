"""Where a value was written: the way back from a property through variables, parameters, branches and loops.

Nothing is kept for it during evaluation. The way is walked again for what is reported only; where it cannot be followed
further, the place is that of the expression itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from linter.model import Path, Place, Unresolved, Value
from linter.sources.arm import evaluator
from linter.sources.arm.expression import is_expression, parse
from linter.sources.arm.frames import TemplateFrame
from linter.sources.arm.source import lowered
from linter.sources.arm.tree import Call, Literal, Node, Property
from linter.sources.template.values import EvaluationError, lookup

if TYPE_CHECKING:
    from linter.sources.arm.template import Template

_MOST_STEPS: Final = 200


@dataclass(slots=True)
class _Walk:
    """How far a way back may go."""

    left: int = _MOST_STEPS

    def spend(self) -> bool:
        self.left -= 1
        return self.left > 0


def locate(template: Template, frame: TemplateFrame, path: Path, steps: Path, key: bool) -> Place:
    """The place of the value `steps` below the template's node at `path`, or with `key` that of its name."""
    node: Any = template.value
    for step in path:
        if isinstance(node, dict | list):
            try:
                node = node[step]  # type: ignore[index]  # text for objects, numbers for arrays
            except (KeyError, IndexError, TypeError):
                break
    return _in_node(template, frame, node, path, steps, key, _Walk())


def _in_node(
    template: Template, frame: TemplateFrame, node: Any, path: Path, steps: Path, key: bool, walk: _Walk
) -> Place:
    """Walk a JSON value of the template down to what `steps` means, then into the expression that stands there."""
    while steps and isinstance(node, dict | list):
        if isinstance(node, list):
            index = steps[0]
            if not isinstance(index, int) or index >= len(node):
                return _written(template, path, True, walk)
            node, path, steps = node[index], (*path, index), steps[1:]
            continue
        found = _member(node, str(steps[0]), frame)
        if found is not None:
            node, path, steps = node[found], (*path, found), steps[1:]
            continue
        loop = _loop(node, str(steps[0]), frame)
        if loop is None:
            return _written(template, path, True, walk)
        item, below, name = loop
        path = (*path, *below)
        if len(steps) == 1 or not isinstance(steps[1], int):
            return _written(template, path, key, walk)
        frame = frame.in_loop(name, steps[1])
        input_key = lowered(item)["input"]
        node, path, steps = item[input_key], (*path, input_key), steps[2:]
    if isinstance(node, str) and is_expression(node) and not (key and not steps):
        return _in_text(template, frame, node, path, steps, key, walk)
    return _written(template, path, key or bool(steps), walk)


def _written(template: Template, path: Path, key: bool, walk: _Walk) -> Place:
    """A place in the template's text; of a template in outer scope, the way goes on in the template around it."""
    if template.origin is not None and walk.spend() and template.outer is not None:
        frame, node, base = template.origin
        return _in_node(template.outer, frame, node, base, path, key, walk)
    return template.place(path, key)


def _member(node: dict[str, Any], name: str, frame: TemplateFrame) -> str | None:
    if name in node:
        return name
    low = name.lower()
    for key in node:
        if key.lower() == low:
            return key
    for key in node:
        if key[:1] == "[" and len(key) > 1 and key[-1] == "]":
            try:
                value = key[1:] if key[1] == "[" else parse(key[1:-1]).run(frame)
            except EvaluationError:
                continue
            shown = f"[{value.expression}]" if isinstance(value, Unresolved) else value
            if isinstance(shown, str) and shown.lower() == low:
                return key
    return None


def _loop(node: dict[str, Any], name: str, frame: TemplateFrame) -> tuple[dict[str, Any], Path, str] | None:
    """The loop of a `copy` array that makes the property `name`."""
    key = lowered(node).get("copy")
    items = node.get(key) if key is not None else None
    if key is None or not isinstance(items, list) or not evaluator.is_copy(items):
        return None
    for index, item in enumerate(items):
        given = evaluator.evaluate(evaluator.parts(item)["name"], frame)
        if isinstance(given, str) and given.lower() == name.lower():
            return item, (key, index), given
    return None


def _in_text(
    template: Template, frame: TemplateFrame, text: str, path: Path, steps: Path, key: bool, walk: _Walk
) -> Place:
    try:
        tree = parse(text[1:-1])
        place = _in_tree(template, frame, tree, steps, key, walk)
    except (EvaluationError, RecursionError):
        place = None
    return place if place is not None else _written(template, path, False, walk)


def _in_tree(template: Template, frame: TemplateFrame, tree: Node, steps: Path, key: bool, walk: _Walk) -> Place | None:
    """The place that an expression leads to; `None` where the value is made by the expression itself."""
    while not isinstance(tree, Literal | Call):
        if isinstance(tree, Property):
            steps = (tree.name, *steps)
        else:
            step = tree.index.run(frame)
            if not isinstance(step, str | int):
                return None
            steps = (step, *steps)
        tree = tree.base
    if isinstance(tree, Literal) or not walk.spend():
        return None
    follow = _FOLLOW.get(tree.name.lower())
    return None if follow is None else follow(template, frame, tree, steps, key, walk)


def _parameters(
    template: Template, frame: TemplateFrame, call: Call, steps: Path, key: bool, walk: _Walk
) -> Place | None:
    name = call.args[0].run(frame)
    if not isinstance(name, str) or type(frame) is not TemplateFrame or name.lower() not in template.declared:
        return None
    low = name.lower()
    shown, node = template.declared[low]
    path: Path = (template.keys["parameters"], shown)
    argument = template.arguments.get(low)
    keys = lowered(node)
    has_default = "defaultvalue" in keys and node[keys["defaultvalue"]] is not None
    if argument is not None and not (argument.value is None and has_default):
        return argument.locate(steps, key)
    if has_default:
        path = (*path, keys["defaultvalue"])
        return _in_node(template, template.default_frame, node[keys["defaultvalue"]], path, steps, key, walk)
    return template.place(path, True)


def _variables(
    template: Template, frame: TemplateFrame, call: Call, steps: Path, key: bool, walk: _Walk
) -> Place | None:
    name = call.args[0].run(frame)
    if not isinstance(name, str):
        return None
    loop = template.loop_of_variable(name.lower())
    below = template.variable_frame
    section = template.keys.get("variables", "variables")
    if loop is not None:
        item, index = loop
        base: Path = (section, lowered(template.value[section])["copy"], index)
        if not steps or not isinstance(steps[0], int):
            return _written(template, base, key, walk)
        turn = below.in_loop(name, steps[0])
        input_key = lowered(item)["input"]
        return _in_node(template, turn, item[input_key], (*base, input_key), steps[1:], key, walk)
    if name.lower() not in template.defined:
        return None
    shown, node = template.defined[name.lower()]
    return _in_node(template, below, node, (section, shown), steps, key, walk)


def _if(template: Template, frame: TemplateFrame, call: Call, steps: Path, key: bool, walk: _Walk) -> Place | None:
    test = call.args[0].run(frame)
    if not isinstance(test, bool):
        return None
    return _in_tree(template, frame, call.args[1 if test else 2], steps, key, walk)


def _coalesce(
    template: Template, frame: TemplateFrame, call: Call, steps: Path, key: bool, walk: _Walk
) -> Place | None:
    for operand in call.args:
        if operand.run(frame) is not None:
            return _in_tree(template, frame, operand, steps, key, walk)
    return None


def _union(template: Template, frame: TemplateFrame, call: Call, steps: Path, key: bool, walk: _Walk) -> Place | None:
    """The last operand that has what is asked for."""
    for operand in reversed(call.args):
        if steps and _has(operand.run(frame), steps):
            return _in_tree(template, frame, operand, steps, key, walk)
    return None


def _has(value: Value, steps: Path) -> bool:
    for step in steps:
        if isinstance(value, dict) and isinstance(step, str):
            found, value = lookup(value, step)
            if not found:
                return False
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return False
    return value is not None


def _concat(template: Template, frame: TemplateFrame, call: Call, steps: Path, key: bool, walk: _Walk) -> Place | None:
    """Of arrays: the operand that holds the element."""
    if not steps or not isinstance(steps[0], int):
        return None
    index = steps[0]
    for operand in call.args:
        value = operand.run(frame)
        if not isinstance(value, list):
            return None
        if index < len(value):
            return _in_tree(template, frame, operand, (index, *steps[1:]), key, walk)
        index -= len(value)
    return None


def _create_object(
    template: Template, frame: TemplateFrame, call: Call, steps: Path, key: bool, walk: _Walk
) -> Place | None:
    if not steps:
        return None
    for name, value in zip(call.args[::2], call.args[1::2], strict=False):
        given = name.run(frame)
        if isinstance(given, str) and given.lower() == str(steps[0]).lower():
            return _in_tree(template, frame, value, steps[1:], key, walk)
    return None


def _create_array(
    template: Template, frame: TemplateFrame, call: Call, steps: Path, key: bool, walk: _Walk
) -> Place | None:
    if not steps or not isinstance(steps[0], int) or steps[0] >= len(call.args):
        return None
    return _in_tree(template, frame, call.args[steps[0]], steps[1:], key, walk)


def _first(template: Template, frame: TemplateFrame, call: Call, steps: Path, key: bool, walk: _Walk) -> Place | None:
    return _in_tree(template, frame, call.args[0], (0, *steps), key, walk)


def _try_get(template: Template, frame: TemplateFrame, call: Call, steps: Path, key: bool, walk: _Walk) -> Place | None:
    names = [operand.run(frame) for operand in call.args[1:]]
    if not all(isinstance(name, str | int) for name in names):
        return None
    return _in_tree(template, frame, call.args[0], (*names, *steps), key, walk)


def _reference(
    template: Template, frame: TemplateFrame, call: Call, steps: Path, key: bool, walk: _Walk
) -> Place | None:
    """An output of a nested deployment."""
    from linter.sources.arm.nested import open_child  # a cycle of work: an output is traced in its own template

    target = call.args[0].run(frame)
    found = template.instances.find(target) if isinstance(target, str) else None
    if found is None or not found.is_deployment or len(steps) < 3 or str(steps[0]).lower() != "outputs":
        return None
    child = open_child(found)
    low = str(steps[1]).lower()
    if child is None or low not in child.promised or str(steps[2]).lower() != "value":
        return None
    name, node = child.promised[low]
    value_key = lowered(node).get("value")
    if value_key is None:
        return None
    path = (child.keys["outputs"], name, value_key)
    return _in_node(child, child.output_frame, node[value_key], path, steps[3:], key, walk)


_FOLLOW: Final = {
    "parameters": _parameters,
    "variables": _variables,
    "if": _if,
    "coalesce": _coalesce,
    "union": _union,
    "concat": _concat,
    "createobject": _create_object,
    "createarray": _create_array,
    "first": _first,
    "tryget": _try_get,
    "reference": _reference,
}

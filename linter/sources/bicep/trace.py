"""Where a value was written: from a property back through variables, parameters, branches, loops, unions and functions.

Nothing is kept for it during evaluation; the way is walked again for what is reported. Where it cannot be followed
further, the place is that of the expression itself.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from linter.model import Path, Place, Unresolved, Value
from linter.sources.bicep import trace_calls
from linter.sources.bicep.expressions import evaluate, key_of, turns_of, value_of
from linter.sources.bicep.frames import BicepFrame, Handle
from linter.sources.bicep.handles import PropertiesHandle, ResourceHandle
from linter.sources.bicep.imports import NamespaceHandle
from linter.sources.bicep.module_handles import OutputsHandle
from linter.sources.bicep.program import Imported
from linter.sources.bicep.resources import Instance
from linter.sources.bicep.syntax import (
    Access,
    Array,
    Binary,
    Call,
    For,
    Index,
    InstanceCall,
    Name,
    Node,
    NonNull,
    Object,
    Parenthesised,
    Property,
    Spread,
    Ternary,
    Variable,
)
from linter.sources.bicep.syntax_statements import Parameter, ParameterAssignment, Var
from linter.sources.bicep.unit import BaseHandle, Unit
from linter.sources.template.values import EvaluationError, lookup

_MOST_STEPS: Final = 300


@dataclass(slots=True)
class Walk:
    """One way back. `above` is the name of the nearest property that was written, or a list's item; `key` asks for
    the last name."""

    key: bool
    above: tuple[Node, BicepFrame]
    left: int = _MOST_STEPS

    def nearest(self) -> Place:
        """The place for what was not written."""
        node, frame = self.above
        return frame.unit.place(node)


def locate(node: Node, frame: BicepFrame, path: Path, key: bool) -> Place:
    """The place of the value at `path` below an expression, or with `key` that of its name."""
    walk = Walk(key, (node, frame))
    try:
        return follow(node, frame, path, walk)
    except (EvaluationError, RecursionError):
        return walk.nearest()


def follow(node: Node, frame: BicepFrame, path: Path, walk: Walk) -> Place:
    """One step of the way; the rest of it is a step of its own."""
    walk.left -= 1
    if walk.left < 0:
        return walk.nearest()
    if isinstance(node, Object):
        return _object(node, frame, path, walk)
    if isinstance(node, Array):
        return _array(node, frame, path, walk)
    if isinstance(node, For):
        turns = turns_of(node, frame)
        if path and isinstance(path[0], int) and not isinstance(turns, Unresolved) and path[0] < len(turns):
            walk.above = (node.body, turns[path[0]])
            return follow(node.body, turns[path[0]], path[1:], walk)
        return frame.unit.place(node)
    if isinstance(node, Parenthesised):
        return follow(node.inner, frame, path, walk)
    if isinstance(node, NonNull):
        return follow(node.target, frame, path, walk)
    if isinstance(node, Ternary):
        test = value_of(node.condition, frame)
        if isinstance(test, bool):
            return follow(node.then if test else node.otherwise, frame, path, walk)
        return frame.unit.place(node)
    if isinstance(node, Binary) and node.operator == "??":
        left = value_of(node.left, frame)
        if isinstance(left, Unresolved):
            return frame.unit.place(node)
        return follow(node.right if left is None else node.left, frame, path, walk)
    if isinstance(node, Variable):
        return _variable(node, frame, path, walk)
    if isinstance(node, Access | Index):
        return _member(node, frame, path, walk)
    if isinstance(node, Call | InstanceCall):
        found = trace_calls.follow_call(node, frame, path, walk, follow)
        return found if found is not None else frame.unit.place(node)
    return frame.unit.place(node)


def _object(node: Object, frame: BicepFrame, path: Path, walk: Walk) -> Place:
    if not path:
        return frame.unit.place(node)
    name = str(path[0])
    low = name.lower()
    for member in reversed(node.members):
        if isinstance(member, Property):
            if key_of(member.key, frame).lower() == low:
                walk.above = (member.key, frame)
                if walk.key and len(path) == 1:
                    return frame.unit.place(member.key)
                return follow(member.value, frame, path[1:], walk)
        elif isinstance(member, Spread):
            value = value_of(member.value, frame)
            if isinstance(value, dict) and lookup(value, name)[0]:
                return follow(member.value, frame, path, walk)
    return walk.nearest()


def _array(node: Array, frame: BicepFrame, path: Path, walk: Walk) -> Place:
    if not path or not isinstance(path[0], int):
        return frame.unit.place(node)
    left = path[0]
    for item in node.items:
        if isinstance(item, Spread):
            value = value_of(item.value, frame)
            count = len(value) if isinstance(value, list) else 0
            if left < count:
                return follow(item.value, frame, (left, *path[1:]), walk)
            left -= count
        elif left == 0:
            walk.above = (item, frame)
            return follow(item, frame, path[1:], walk)
        else:
            left -= 1
    return walk.nearest()


def _variable(node: Variable, frame: BicepFrame, path: Path, walk: Walk) -> Place:
    if node.name in frame.names:
        origin = frame.origins.get(node.name)
        if origin is None:
            return frame.unit.place(node)
        source, around, below = origin
        return follow(source, around, (*below, *path), walk)
    if frame.owner is not None and frame.nested(node.name) is not None:
        return frame.unit.place(node)
    return follow_symbol(frame.unit, node.name, path, walk, node, frame)


def follow_symbol(unit: Unit, name: str, path: Path, walk: Walk, node: Node, frame: BicepFrame) -> Place:
    """On to what a symbol stands for; `node` is where it is used."""
    symbol = unit.program.symbols.get(name)
    if isinstance(symbol, Var | ParameterAssignment):
        return follow(symbol.value, unit.frame, path, walk)
    if isinstance(symbol, Parameter):
        return _parameter(unit, name, symbol, path, walk, node, frame)
    if isinstance(symbol, Imported) and symbol.item is not None:
        source = unit.imported(symbol.statement)
        if source.unit is not None:
            return follow_symbol(source.unit, symbol.original, path, walk, node, frame)
    if symbol is None and unit.base is not None:
        return follow_symbol(unit.base, name, path, walk, node, frame)
    return frame.unit.place(node)


def _parameter(
    unit: Unit, name: str, symbol: Parameter, path: Path, walk: Walk, node: Node, frame: BicepFrame
) -> Place:
    given = unit.given.get(name)
    if given is not None:
        if given.node is not None and given.frame is not None:
            if symbol.default is None or value_of(given.node, given.frame) is not None:
                return follow(given.node, given.frame, path, walk)
        elif given.locate is not None and not (given.value is None and symbol.default is not None):
            return given.locate(path, walk.key)
    if symbol.default is not None:
        return follow(symbol.default, unit.frame, path, walk)
    return frame.unit.place(node)


def _member(node: Access | Index, frame: BicepFrame, path: Path, walk: Walk) -> Place:
    base = evaluate(node.target, frame)
    if isinstance(node, Access):
        step: Value = node.name.text if isinstance(node.name, Name) else ""
    else:
        step = value_of(node.index, frame)
        if node.from_end and isinstance(base, list) and isinstance(step, int):
            step = len(base) - step
    if isinstance(base, Handle):
        found = _handle(base, step, path, walk, node, frame)
        return found if found is not None else frame.unit.place(node)
    if isinstance(base, dict | list) and isinstance(step, str | int):
        found = follow(node.target, frame, (step, *path), walk)
        return frame.unit.place(node) if _is_call(node.target, found, frame) else found
    return frame.unit.place(node)


def _is_call(target: Node, found: Place, frame: BicepFrame) -> bool:
    """Whether a place is that of a call at the root of a member, or of a part of it: then the whole is meant."""
    chain = [target]
    while isinstance(chain[-1], Access | Index | Parenthesised | NonNull):
        last = chain[-1]
        chain.append(last.inner if isinstance(last, Parenthesised) else last.target)
    return isinstance(chain[-1], Call | InstanceCall) and any(frame.unit.place(one) == found for one in chain)


def _handle(base: Handle, step: Value, path: Path, walk: Walk, node: Node, frame: BicepFrame) -> Place | None:
    if isinstance(base, OutputsHandle) and isinstance(step, str):
        child = base.instance.child()
        program = getattr(child, "program", None)
        statement = program.outputs.get(step) if program is not None else None
        if statement is not None:
            return follow(statement.value, child.frame, path, walk)  # type: ignore[union-attr]  # only a unit has a program
        return None
    if isinstance(base, BaseHandle) and isinstance(step, str):
        return follow_symbol(base.unit, step, path, walk, node, frame)
    if isinstance(base, NamespaceHandle) and isinstance(step, str) and base.source.unit is not None:
        return follow_symbol(base.source.unit, step, path, walk, node, frame)
    if isinstance(base, PropertiesHandle) and isinstance(step, str):
        instance = base.resource.instance
        member = instance.properties.get("properties")
        stated = instance.stated()
        if member is not None and stated is not None and lookup(stated, step)[0]:
            return follow(member.value, instance.frame, (step, *path), walk)
    if isinstance(base, ResourceHandle) and step == "name" and "name" in base.instance.properties:
        return follow(base.instance.properties["name"].value, base.instance.frame, path, walk)
    return None


def locate_resource(instance: Instance, path: Path, key: bool) -> Place:
    """The `Locator` of a resource; the chain of calls leads to the resource, wherever the value was written."""
    statement = instance.series.statement
    unit = instance.unit
    start = Node(statement.keyword, statement.end)
    if not path or instance.body_node is None:
        return unit.place(start)
    walk = Walk(key, (start, instance.frame))
    try:
        found = follow(instance.body_node, instance.frame, path, walk)
    except (EvaluationError, RecursionError):
        found = walk.nearest()
    return found if found.chain == unit.chain else replace(found, chain=unit.chain)

"""Tracing through calls: which argument a part of the result came from."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from linter.errors import InputError
from linter.model import ABSENT, Path, Place, Value, dig
from linter.sources.bicep import load
from linter.sources.bicep.expressions import evaluate, names_of, value_of
from linter.sources.bicep.frames import BicepFrame, Origin
from linter.sources.bicep.jsonpath import plain_steps
from linter.sources.bicep.program import Imported
from linter.sources.bicep.syntax import Call, InstanceCall, Lambda, Name, Node, Variable
from linter.sources.bicep.syntax_statements import Function
from linter.sources.bicep.syntax_types import TypedLambda, TypedName
from linter.sources.template.values import Lambda as FunctionValue
from linter.sources.template.values import lookup, same

if TYPE_CHECKING:
    from linter.sources.bicep.trace import Walk
    from linter.sources.bicep.unit import Unit

Follow: TypeAlias = "Callable[[Node, BicepFrame, Path, Walk], Place]"
Way: TypeAlias = "Callable[[list[Node], BicepFrame, Path, Node], tuple[Node, BicepFrame, Path] | None]"


def follow_call(node: Call | InstanceCall, frame: BicepFrame, path: Path, walk: Walk, follow: Follow) -> Place | None:
    """The place behind a call's result; `None` where the call itself is what was written."""
    name, unit = _called(node, frame)
    args = node.arguments
    if unit is not None:
        body = _user_function(unit, name, args, frame)
        return follow(body[0], body[1], path, walk) if body is not None else None
    if name in ("loadJsonContent", "loadYamlContent"):
        return _loaded(name, args, frame, path, walk)
    if name == "any" and len(args) == 1:
        return follow(args[0], frame, path, walk)
    run = _WAYS.get(name)
    if run is None or not path or not args:
        return None
    way = run(args, frame, path, node)
    if way is None:
        return None
    if name in ("items", "objectKeys") and walk.left and way[2][-1:] == ("\0key",):
        walk.key = True
        return follow(way[0], way[1], way[2][:-1], walk)
    return follow(*way, walk)


def _called(node: Call | InstanceCall, frame: BicepFrame) -> tuple[str, Unit | None]:
    """The name of what is called, and the file of a user's function."""
    unit = frame.unit
    if isinstance(node, Call):
        symbol = unit.program.symbols.get(node.name)
        if isinstance(symbol, Function):
            return node.name, unit
        if isinstance(symbol, Imported) and symbol.item is not None:
            source = unit.imported(symbol.statement)
            return symbol.original, source.unit
        return node.name, None
    name = node.name.text if isinstance(node.name, Name) else ""
    if isinstance(node.target, Variable):
        symbol = unit.program.symbols.get(node.target.name)
        if isinstance(symbol, Imported) and symbol.item is None:
            return name, unit.imported(symbol.statement).unit
        if symbol is None and node.target.name in unit.program.namespaces:
            return name, None
    return "", None


def _user_function(unit: Unit, name: str, args: list[Node], frame: BicepFrame) -> tuple[Node, BicepFrame] | None:
    statement = unit.program.symbols.get(name)
    if isinstance(statement, Imported) and statement.item is not None:
        source = unit.imported(statement.statement)
        return None if source.unit is None else _user_function(source.unit, statement.original, args, frame)
    if not isinstance(statement, Function) or not isinstance(statement.body, TypedLambda):
        return None
    origins: dict[str, Origin] = {}
    for one, arg in zip(statement.body.parameters, args, strict=False):
        if isinstance(one, TypedName) and isinstance(one.name, Name):
            origins[one.name.text] = (arg, frame, ())
    inside = unit.function_frame(statement, [value_of(arg, frame) for arg in args], origins)
    return statement.body.body, inside


def _loaded(name: str, args: list[Node], frame: BicepFrame, path: Path, walk: Walk) -> Place | None:
    """A place inside the file that is loaded."""
    values = [value_of(arg, frame) for arg in args]
    file = load.path_of(values, frame)
    query: Path | None = ()
    if len(values) > 1 and values[1] is not None:
        query = plain_steps(values[1])
    if query is None:
        return None
    library = frame.unit.library
    try:
        text = load.text_of(file, values[2] if len(values) > 2 else None, frame)
        if name == "loadJsonContent":
            return library.document(file).place((*query, *path), walk.key)
        yaml = library.yaml(file, text)
        for document in yaml.documents():
            return yaml.place(document, (*query, *path), walk.key)
    except InputError:
        return None
    return None


# --- ways through the functions of the language


def _has(value: Value, path: Path) -> bool:
    for step in path:
        if isinstance(value, dict) and isinstance(step, str):
            found, value = lookup(value, step)
            if not found:
                return False
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return False
    return True


def _union(args: list[Node], frame: BicepFrame, path: Path, node: Node) -> tuple[Node, BicepFrame, Path] | None:
    values = [value_of(arg, frame) for arg in args]
    if isinstance(path[0], int):
        return _by_item(list(zip(args, values, strict=True)), frame, path, node)
    pairs = list(zip(args, values, strict=True))[::-1]
    for depth in range(len(path), 0, -1):
        having = [(arg, value) for arg, value in pairs if _has(value, path[:depth])]
        for arg, value in having:
            if dig(value, path[:depth]) is not ABSENT:  # a later null does not replace
                return arg, frame, path
        if having:
            return having[0][0], frame, path
    return None


def _by_item(
    sources: list[tuple[Node, Value]], frame: BicepFrame, path: Path, node: Node
) -> tuple[Node, BicepFrame, Path] | None:
    """The item of a source that equals the item of the result."""
    result = value_of(node, frame)
    if not isinstance(result, list) or not isinstance(path[0], int) or path[0] >= len(result):
        return None
    wanted = result[path[0]]
    for exact in (True, False):
        for arg, value in sources:
            for index, item in enumerate(value if isinstance(value, list) else []):
                if item is wanted if exact and isinstance(wanted, dict | list) else same(item, wanted):
                    return arg, frame, (index, *path[1:])
    return None


def _same_items(args: list[Node], frame: BicepFrame, path: Path, node: Node) -> tuple[Node, BicepFrame, Path] | None:
    return _by_item([(args[0], value_of(args[0], frame))], frame, path, node)


def _concat(args: list[Node], frame: BicepFrame, path: Path, _node: Node) -> tuple[Node, BicepFrame, Path] | None:
    left = path[0]
    if not isinstance(left, int):
        return None
    for arg in args:
        value = value_of(arg, frame)
        count = len(value) if isinstance(value, list) else 0
        if left < count:
            return arg, frame, (left, *path[1:])
        left -= count
    return None


def _flatten(args: list[Node], frame: BicepFrame, path: Path, _node: Node) -> tuple[Node, BicepFrame, Path] | None:
    left = path[0]
    value = value_of(args[0], frame)
    if not isinstance(left, int) or not isinstance(value, list):
        return None
    for index, part in enumerate(value):
        count = len(part) if isinstance(part, list) else 0
        if left < count:
            return args[0], frame, (index, left, *path[1:])
        left -= count
    return None


def _merge(args: list[Node], frame: BicepFrame, path: Path, _node: Node) -> tuple[Node, BicepFrame, Path] | None:
    value = value_of(args[0], frame)
    for index in range(len(value) - 1, -1, -1) if isinstance(value, list) else ():
        if _has(value[index], path[:1]):
            return args[0], frame, (index, *path)
    return None


def _first(args: list[Node], frame: BicepFrame, path: Path, _node: Node) -> tuple[Node, BicepFrame, Path] | None:
    return args[0], frame, (0, *path)


def _last(args: list[Node], frame: BicepFrame, path: Path, _node: Node) -> tuple[Node, BicepFrame, Path] | None:
    value = value_of(args[0], frame)
    return (args[0], frame, (len(value) - 1, *path)) if isinstance(value, list) else None


def _take(args: list[Node], frame: BicepFrame, path: Path, _node: Node) -> tuple[Node, BicepFrame, Path] | None:
    return args[0], frame, path


def _skip(args: list[Node], frame: BicepFrame, path: Path, _node: Node) -> tuple[Node, BicepFrame, Path] | None:
    count = value_of(args[1], frame)
    if not isinstance(count, int) or not isinstance(path[0], int):
        return None
    return args[0], frame, (path[0] + max(count, 0), *path[1:])


def _bound(node: Node, frame: BicepFrame, values: list[Value], origin: Origin | None) -> tuple[Node, BicepFrame] | None:
    """The body of a lambda with its first variable's origin."""
    while hasattr(node, "inner"):
        node = node.inner
    if not isinstance(node, Lambda):
        return None
    names = names_of(node.names)
    origins = {names[0]: origin} if names and origin is not None else {}
    return node.body, frame.bind(dict(zip(names, values, strict=False)), origins)


def _map(args: list[Node], frame: BicepFrame, path: Path, _node: Node) -> tuple[Node, BicepFrame, Path] | None:
    value = value_of(args[0], frame)
    index = path[0]
    if not isinstance(value, list) or not isinstance(index, int) or index >= len(value):
        return None
    found = _bound(args[1], frame, [value[index], index], (args[0], frame, (index,)))
    return None if found is None else (*found, path[1:])


def _map_values(args: list[Node], frame: BicepFrame, path: Path, _node: Node) -> tuple[Node, BicepFrame, Path] | None:
    value = value_of(args[0], frame)
    if not isinstance(value, dict) or not isinstance(path[0], str):
        return None
    found = _bound(args[1], frame, [lookup(value, path[0])[1]], (args[0], frame, (path[0],)))
    return None if found is None else (*found, path[1:])


def _filter(args: list[Node], frame: BicepFrame, path: Path, _node: Node) -> tuple[Node, BicepFrame, Path] | None:
    value, test = value_of(args[0], frame), evaluate(args[1], frame)
    if not isinstance(value, list) or not isinstance(test, FunctionValue):
        return None
    kept = [index for index, item in enumerate(value) if test.call([item, index][: test.arity]) is True]
    if isinstance(path[0], int) and path[0] < len(kept):
        return args[0], frame, (kept[path[0]], *path[1:])
    return None


def _to_object(args: list[Node], frame: BicepFrame, path: Path, _node: Node) -> tuple[Node, BicepFrame, Path] | None:
    value, key = value_of(args[0], frame), evaluate(args[1], frame)
    if not isinstance(value, list) or not isinstance(key, FunctionValue):
        return None
    for index in range(len(value) - 1, -1, -1):
        if str(key.call([value[index]])).lower() == str(path[0]).lower():
            if len(args) < 3:
                return args[0], frame, (index, *path[1:])
            found = _bound(args[2], frame, [value[index]], (args[0], frame, (index,)))
            return None if found is None else (*found, path[1:])
    return None


def _items(args: list[Node], frame: BicepFrame, path: Path, node: Node) -> tuple[Node, BicepFrame, Path] | None:
    result = value_of(node, frame)
    if not isinstance(result, list) or not isinstance(path[0], int) or path[0] >= len(result) or len(path) == 1:
        return None
    name = result[path[0]]["key"]
    if path[1] == "value":
        return args[0], frame, (name, *path[2:])
    return args[0], frame, (name, "\0key")


def _object_keys(args: list[Node], frame: BicepFrame, path: Path, node: Node) -> tuple[Node, BicepFrame, Path] | None:
    result = value_of(node, frame)
    if isinstance(result, list) and isinstance(path[0], int) and path[0] < len(result):
        return args[0], frame, (result[path[0]], "\0key")
    return None


def _group_by(args: list[Node], frame: BicepFrame, path: Path, node: Node) -> tuple[Node, BicepFrame, Path] | None:
    result = value_of(node, frame)
    if len(path) == 1 or not isinstance(result, dict) or not _has(result, path[:2]):
        return None
    wanted = lookup(result, str(path[0]))[1][path[1]]
    source: Any = value_of(args[0], frame)
    for index, item in enumerate(source):
        if item is wanted or same(item, wanted):
            return args[0], frame, (index, *path[2:])
    return None


def _intersection(args: list[Node], frame: BicepFrame, path: Path, node: Node) -> tuple[Node, BicepFrame, Path] | None:
    return _same_items(args, frame, path, node) if isinstance(path[0], int) else (args[0], frame, path)


def _array_of(args: list[Node], frame: BicepFrame, path: Path, _node: Node) -> tuple[Node, BicepFrame, Path] | None:
    value = value_of(args[0], frame)
    return (args[0], frame, path if isinstance(value, list) else path[1:])


_WAYS: Final[dict[str, Way]] = {
    "union": _union,
    "shallowMerge": _merge,
    "concat": _concat,
    "flatten": _flatten,
    "first": _first,
    "last": _last,
    "take": _take,
    "skip": _skip,
    "map": _map,
    "mapValues": _map_values,
    "filter": _filter,
    "sort": _same_items,
    "toObject": _to_object,
    "items": _items,
    "objectKeys": _object_keys,
    "groupBy": _group_by,
    "intersection": _intersection,
    "array": _array_of,
}

"""Functions that make, merge and look into arrays and objects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from linter.model import OpenKey, Unresolved, Value
from linter.sources.template.functions.arguments import array, integer32, mapping, wrong
from linter.sources.template.functions.signature import MANY, Function
from linter.sources.template.functions.units import fold
from linter.sources.template.values import (
    EvaluationError,
    Stated,
    StillOpen,
    find_open,
    lookup,
    member_of,
    render_call,
    same,
    type_name,
)

if TYPE_CHECKING:
    from linter.sources.template.frame import Frame


def sorted_keys(value: dict[str, Value]) -> list[str]:
    """The names of an object, ordinal without case, equal ones as written."""
    for key in value:
        if isinstance(key, OpenKey):
            raise StillOpen(Unresolved(key[1:-1]))
    return sorted(value, key=fold)


def _create_array(args: list[Value], frame: Frame) -> Value:
    frame.budget.make_items(len(args))
    return list(args)


def _create_object(args: list[Value], frame: Frame) -> Value:
    if len(args) % 2:
        raise EvaluationError(
            "The template language function 'createObject' expects an even number of parameters. "
            f"The number of provided parameters was '{len(args)}'."
        )
    made: dict[str, Value] = {}
    for at in range(0, len(args), 2):
        key = args[at]
        if isinstance(key, Unresolved):
            raise StillOpen(key)
        if not isinstance(key, str):
            raise EvaluationError(
                "The template language function 'createObject' expects the parameters at an odd-numbered position "
                f"to be of type 'string'. The parameter at position '{at + 1}' is of type '{type_name(key)}'."
            )
        if key in made:
            raise EvaluationError(
                "The template language function 'createObject' expects all property names to be unique. "
                f"The following property names were duplicated: {key}."
            )
        made[key] = args[at + 1]
    frame.budget.make_items(len(made))
    return made


def _array(args: list[Value], _frame: Frame) -> Value:
    return args[0] if isinstance(args[0], list) else [args[0]]


def _flatten(args: list[Value], frame: Frame) -> Value:
    flat: list[Value] = []
    for item in array(args, 0, "flatten"):
        if isinstance(item, Unresolved):
            raise StillOpen(item)
        if not isinstance(item, list):
            raise EvaluationError(_only("flatten", "Array", item))
        frame.budget.make_items(len(item))
        flat += item
    return flat


def _only(name: str, wanted: str, item: Value) -> str:
    return (
        f"The template language function '{name}' expects its first parameter to be an array only containing elements "
        f"of type(s) '{wanted}'. The provided value contains an element of type '{type_name(item)}'."
    )


def _distinct(args: list[Value], frame: Frame) -> Value:
    return _unique(array(args, 0, "distinct"), frame)


def _unique(values: list[Value], frame: Frame) -> list[Value]:
    """The values without repeats; objects are told apart by the order of their names too, as the engine does."""
    kept: list[Value] = []
    seen: set[tuple[type, Value]] = set()
    compound: list[Value] = []
    for value in values:
        if isinstance(value, list | dict):
            frame.budget.spend(len(compound) + 1)
            if any(same(value, other, frame.budget, ordered=True) for other in compound):
                continue
            compound.append(value)
        else:
            mark = (type(value), "NaN" if isinstance(value, float) and value != value else value)
            if mark in seen:
                continue
            seen.add(mark)
        kept.append(value)
    frame.budget.make_items(len(kept))
    return kept


def _kinds(args: list[Value], name: str) -> None:
    """Refuse arguments that are not all arrays or all objects; an open one leaves the call open."""
    for at, arg in enumerate(args):
        if not isinstance(arg, list | dict | Unresolved):
            wrong(name, at, "Array, Object", arg)
    for arg in args:
        if isinstance(arg, Unresolved):
            raise StillOpen(arg)
    if len({type(arg) for arg in args}) > 1:
        raise EvaluationError(
            f"Template language function '{name}' expects parameters of the same type, but found multiple types."
        )


def _known(args: list[Value]) -> None:
    for arg in args:
        cause = find_open(arg)
        if cause is not None:
            raise StillOpen(cause)


def _union(args: list[Value], frame: Frame) -> Value:
    _kinds(args, "union")
    if isinstance(args[0], list):
        _known(args)
        return _unique([item for arg in args for item in arg], frame)
    merged: dict[str, Value] = args[0]
    for arg in args[1:]:
        merged = merge(merged, arg, frame)
    return merged


def merge(base: dict[str, Value], other: dict[str, Value], frame: Frame) -> dict[str, Value]:
    """`union` of two objects: deep, `other` wins, arrays are replaced, a null of `other` replaces nothing.

    The name is spelt as `other` spells it and stands where `base` had it.
    """
    frame.budget.make_items(len(base) + len(other))
    places: dict[str, int] = {}
    entries: list[tuple[str, Value]] = []
    for source in (base, other):
        for key, value in source.items():
            folded = fold(key)
            place = places.get(folded)
            if place is None:
                places[folded] = len(entries)
                entries.append((key, value))
            elif value is not None:
                entries[place] = (key, _merged(entries[place][1], value, frame))
    return dict(entries)


def _merged(old: Value, new: Value, frame: Frame) -> Value:
    if isinstance(old, dict) and isinstance(new, dict):
        frame.budget.enter()
        try:
            return merge(old, new, frame)
        finally:
            frame.budget.leave()
    if isinstance(new, Unresolved):
        if isinstance(old, dict):
            return Unresolved(render_call("union", [old, new]), new.reason)
        return new
    if isinstance(old, Unresolved):
        return Unresolved(render_call("union", [old, new]), old.reason) if isinstance(new, dict) else new
    if (
        old is not None
        and (isinstance(old, list | dict) or isinstance(new, list | dict))
        and type(old) is not type(new)
    ):
        raise EvaluationError(
            "The template language function 'union' failed to evaluate due to a type mismatch between "
            f"'{type_name(old)}' and '{type_name(new)}'."
        )
    return new


def _intersection(args: list[Value], frame: Frame) -> Value:
    _kinds(args, "intersection")
    _known(args)
    first, *rest = args
    if isinstance(first, list):
        kept = _unique(first, frame)
        for other in rest:
            frame.budget.spend(len(kept) * len(other))
            kept = [item for item in kept if any(same(item, one, frame.budget, ordered=True) for one in other)]
        return kept
    return {
        key: value
        for key, value in first.items()
        if all(key in other and same(value, other[key], frame.budget, ordered=True) for other in rest)
    }


def _shallow_merge(args: list[Value], frame: Frame) -> Value:
    places: dict[str, str] = {}
    merged: dict[str, Value] = {}
    for item in array(args, 0, "shallowMerge"):
        if isinstance(item, Unresolved):
            raise StillOpen(item)
        if not isinstance(item, dict):
            raise EvaluationError(_only("shallowMerge", "Object", item))
        frame.budget.make_items(len(item))
        for key, value in item.items():
            spelling = key if isinstance(key, OpenKey) else places.setdefault(fold(key), key)
            merged[spelling] = value
    return merged


def _items(args: list[Value], frame: Frame) -> Value:
    value = mapping(args, 0, "items")
    frame.budget.make_items(3 * len(value))
    return [{"key": key, "value": value[key]} for key in sorted_keys(value)]


def _object_keys(args: list[Value], frame: Frame) -> Value:
    value = mapping(args, 0, "objectKeys")
    frame.budget.make_items(len(value))
    return sorted_keys(value)


def _try_get(args: list[Value], _frame: Frame) -> Value:
    base, key, *rest = args
    if isinstance(key, Unresolved):
        raise StillOpen(key)
    if isinstance(key, bool) or not isinstance(key, str | int):
        wrong("tryGet", 1, "String, Integer", key)
    if isinstance(base, Stated):
        found, value = base.look(key)
        if found:
            return _steps(value, rest)
    if isinstance(base, Unresolved):
        raise StillOpen(base)
    value = None
    if isinstance(base, dict) and isinstance(key, str):
        found, value = lookup(base, key)
        if not found:
            for name in base:
                if isinstance(name, OpenKey):
                    raise StillOpen(Unresolved(name[1:-1]))
    elif isinstance(base, list) and isinstance(key, int) and 0 <= key < len(base):
        value = base[key]
    return _steps(value, rest)


def _steps(value: Value, steps: list[Value]) -> Value:
    if value is None:
        return None
    for step in steps:
        value = member_of(value, step)
    return value


def _index_from_end(args: list[Value], _frame: Frame) -> Value:
    values = array(args, 0, "indexFromEnd")
    place = integer32(args, 1, "indexFromEnd")
    if not 1 <= place <= len(values):
        raise EvaluationError(
            "Unable to evaluate the template language function 'indexFromEnd'. The index parameter must be greater "
            f"than zero and cannot be larger than the length of the array. The index parameter was '{place}', and the "
            f"length of the array was '{len(values)}'."
        )
    return values[-place]


def _try_index_from_end(args: list[Value], _frame: Frame) -> Value:
    values, place, *rest = args
    for value in (values, place):
        if isinstance(value, Unresolved):
            raise StillOpen(value)
    if not isinstance(values, list) or isinstance(place, bool) or not isinstance(place, int):
        return None
    integer32(args, 1, "tryIndexFromEnd")
    return _steps(values[-place], rest) if 1 <= place <= len(values) else None


COLLECTIONS: Final = (
    Function("createArray", 0, MANY, _create_array, "own"),
    Function("createObject", 0, MANY, _create_object, "own"),
    Function("array", 1, 1, _array, "shallow"),
    Function("flatten", 1, 1, _flatten, "shallow"),
    Function("distinct", 1, 1, _distinct),
    Function("union", 2, MANY, _union, "own"),
    Function("intersection", 2, MANY, _intersection, "own"),
    Function("shallowMerge", 1, 1, _shallow_merge, "shallow"),
    Function("items", 1, 1, _items, "shallow"),
    Function("objectKeys", 1, 1, _object_keys, "shallow"),
    Function("tryGet", 2, MANY, _try_get, "own"),
    Function("indexFromEnd", 2, 2, _index_from_end, "shallow"),
    Function("tryIndexFromEnd", 2, MANY, _try_index_from_end, "own"),
)

"""Conditions in Azure Policy's words, three-valued, compiled once to closures.

A condition is plain data: `{field: properties.x, equals: 1, default: 0}`, joined by `allOf`, `anyOf`, `not`.

A leaf looks at one of
- `field: PATH`: an ARM property path without case. `[*]` stands for every member of a list (every value of an object):
  all must hold. In `count … where` a path below the counted one means the current member.
- `tag: NAME`: the tag of that meaning (`environment`, `role`, …, see `linter.inventory.tag`), inherited from the
  parent.
- `value: X`: a literal, `[parameters('x')]` or `[settings('regions.allowed')]`.
- `count: {field: a[*], where: {…}}`: how many members satisfy `where`; an absent list counts 0.

and asks one operator, or `fact: NAME` (a yes/no table of `linter.facts`; with an operator beside it, the number or
word that the table gives is compared). Strings compare without case; `"5"` equals 5, `"true"` equals true, ISO 8601
durations compare by their length. `exists: true` holds for a value that is neither null nor an empty list or object.

What absence means must be written in every leaf that compares a `field`: `default: VALUE` (what the service takes
then), or `absent: pass | fail | unknown | skip` (the leaf holds, does not hold, is open; `skip` is `fail`, the word
for `when`). A `[*]` that finds no member is absent too. What the deployment alone knows makes a leaf open, except
where it is decided whatever the value is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, TypeAlias

from linter.comparing import MANY_OPERANDS, OPERATORS, compare
from linter.model import (
    ABSENT,
    Absent,
    Inventory,
    Path,
    Resource,
    Settings,
    Unresolved,
    Value,
    format_path,
    member,
    parse_path,
)

STAR: Final = "*"
MAX_DEPTH = 40


class PredicateError(Exception):
    """A condition that is none; `steps` lead to the fault inside the condition."""

    def __init__(self, message: str, steps: tuple[str | int, ...]) -> None:
        super().__init__(message)
        self.message = message
        self.steps = steps


class Answer(NamedTuple):
    """`holds` is None where it is open. `path` and `observed` are those of the leaf that decided; `defaulted`: the
    value was absent, and `observed` is what the service takes then (or ABSENT)."""

    holds: bool | None
    path: str = ""
    observed: Value | Absent = ABSENT
    defaulted: bool = False


@dataclass(frozen=True, slots=True)
class Bound:
    """What a condition is compiled against: the values of `[parameters('x')]` and of `[settings('a.b')]`."""

    parameters: Mapping[str, Any]
    settings: Settings


@dataclass(frozen=True, slots=True)
class Subject:
    """What a condition is asked of; `scopes` are the members that enclosing counts are at: (path with stars, path,
    value)."""

    resource: Resource
    inventory: Inventory
    scopes: tuple[tuple[tuple[str | int, ...], Path, Value], ...] = ()


Condition: TypeAlias = Callable[[Subject], Answer]
Steps: TypeAlias = tuple["str | int", ...]

_JOINTS = frozenset({"allOf", "anyOf", "not"})
_LOOKS = ("field", "tag", "value", "count")
_BINDING = re.compile(r"\[(parameters|settings)\('([^']+)'\)\]\Z")
_ABSENT_WORDS: dict[str, bool | None] = {"pass": True, "fail": False, "skip": False, "unknown": None}
_HEAD = frozenset({"name", "id", "type", "apiversion"})


def compile_condition(condition: Any, bound: Bound) -> Condition:
    """Raises `PredicateError` where `condition` is not one."""
    return _compile(condition, bound, (), ())


def _compile(condition: Any, bound: Bound, at: Steps, counted: tuple[Steps, ...]) -> Condition:
    if not isinstance(condition, dict) or not condition:
        raise PredicateError("a condition is a mapping with `field` and an operator, or `allOf`, `anyOf`, `not`", at)
    if len(at) > MAX_DEPTH:
        raise PredicateError("nested too deep", at)
    joint = next((key for key in condition if key in _JOINTS), None)
    if joint is None:
        return _leaf(condition, bound, at, counted)
    for key in condition:
        if key != joint:
            raise PredicateError(f"{key!r} cannot stand beside `{joint}`", (*at, key))
    inner = condition[joint]
    if joint == "not":
        return _negation(_compile(inner, bound, (*at, joint), counted))
    if not isinstance(inner, list) or not inner:
        raise PredicateError(f"`{joint}` takes a list of conditions", (*at, joint))
    parts = [_compile(part, bound, (*at, joint, index), counted) for index, part in enumerate(inner)]
    return _junction(parts, joint == "anyOf")


def _negation(inner: Condition) -> Condition:
    def negation(subject: Subject) -> Answer:
        answer = inner(subject)
        return answer if answer.holds is None else answer._replace(holds=not answer.holds)

    return negation


def _junction(parts: list[Condition], decisive: bool) -> Condition:
    """Kleene's or (`decisive` True) and and (False). The answer speaks of the part that decides; where none does, of
    the first open one; else of the first that saw a value."""

    def junction(subject: Subject) -> Answer:
        return _joined((part(subject) for part in parts), decisive)

    return junction


def _joined(answers: Iterator[Answer], decisive: bool) -> Answer:
    open_answer: Answer | None = None
    first: Answer | None = None
    for answer in answers:
        if answer.holds is decisive:
            return answer
        if answer.holds is None:
            open_answer = open_answer or answer
        elif first is None or (first.defaulted and not answer.defaulted):
            first = answer
    return open_answer or first or Answer(not decisive)


def _leaf(leaf: dict[str, Any], bound: Bound, at: Steps, counted: tuple[Steps, ...]) -> Condition:
    look = _one_of(leaf, _LOOKS, at)
    operators = [key for key in leaf if key in OPERATORS]
    known = {look, "fact", "default", "absent", *operators}
    for key in leaf:
        if key not in known:
            raise PredicateError(f"unknown word {key!r} in a condition", (*at, key))
    if len(operators) > 1 or not (operators or "fact" in leaf):
        raise PredicateError("a condition asks exactly one operator, or a `fact`", at)
    operator = operators[0] if operators else ""
    if operator == "exists":
        wanted = _truth(leaf["exists"], (*at, "exists"))
        test: Callable[[Value | Absent], bool | None] = lambda value: _exists(value, wanted)  # noqa: E731  same shape as below
    else:
        test = _test(leaf, operator, bound, at)
    if look == "value":
        operand = _bind(leaf["value"], bound, (*at, "value"))
        return lambda _subject: Answer(test(operand), "", operand)
    if look == "count":
        return _count(leaf["count"], test, operator, leaf.get(operator), bound, at, counted)
    rule = _absence(leaf, operator, look, test, at)
    if look == "tag":
        return _tag_leaf(str(leaf["tag"]), test, rule)
    return _field_leaf(leaf["field"], test, rule, operator == "exists", at, counted)


def _one_of(leaf: dict[str, Any], words: tuple[str, ...], at: Steps) -> str:
    found = [word for word in words if word in leaf]
    if len(found) != 1:
        raise PredicateError("a condition looks at one of " + ", ".join(f"`{word}`" for word in words), at)
    return found[0]


def _truth(value: Any, at: Steps) -> bool:
    if isinstance(value, bool):
        return value
    raise PredicateError("`exists` takes true or false", at)


def _test(leaf: dict[str, Any], operator: str, bound: Bound, at: Steps) -> Callable[[Value | Absent], bool | None]:
    """The question asked of one known or unresolved value."""
    operand = _bind(leaf[operator], bound, (*at, operator)) if operator else None
    if operator in MANY_OPERANDS and not isinstance(operand, list) and operand is not None:
        raise PredicateError(f"`{operator}` takes a list", (*at, operator))
    if "fact" not in leaf:
        return lambda value: compare(operator, value, operand)
    name = leaf["fact"]
    if not isinstance(name, str) or not re.fullmatch(r"[a-z][a-z0-9-]*", name):
        raise PredicateError("`fact` names a table of linter.facts", (*at, "fact"))
    table = _fact(name, at)

    def ask(value: Value | Absent) -> bool | None:
        if isinstance(value, Unresolved):
            return None
        found = table(value)
        if operator and found is not None:
            return compare(operator, found, operand)
        return found if found is None else bool(found)

    return ask


def _fact(name: str, at: Steps) -> Callable[[Any], Any]:
    from linter.facts.tables import FACTS

    if name not in FACTS:
        raise PredicateError(
            f"no table of linter.facts is called {name!r}; there are {', '.join(FACTS)}", (*at, "fact")
        )
    return FACTS[name]


def _bind(value: Any, bound: Bound, at: Steps) -> Any:
    if isinstance(value, list):
        return [_bind(item, bound, at) for item in value]
    if not isinstance(value, str) or not value.startswith("[") or not value.endswith("]"):
        return value
    if value.startswith("[["):
        return value[1:]
    found = _BINDING.match(value)
    if found is None:
        raise PredicateError(f"{value} is neither [parameters('name')] nor [settings('name')]", at)
    kind, name = found.groups()
    if kind == "parameters":
        if name not in bound.parameters:
            raise PredicateError(f"the policy has no parameter {name!r}", at)
        return bound.parameters[name]
    setting: Any = bound.settings
    for step in name.split("."):
        setting = setting.get(step) if isinstance(setting, Mapping) else getattr(setting, step, None)
    return setting


def _absence(
    leaf: dict[str, Any], operator: str, look: str, test: Callable[[Value | Absent], bool | None], at: Steps
) -> Answer:
    """The answer where nothing is written. `observed` of the answer is the service's default, where it is stated."""
    if operator == "exists":
        if "default" in leaf or "absent" in leaf:
            raise PredicateError("`exists` needs no word on absence", at)
        return Answer(not leaf["exists"], defaulted=True)
    if ("default" in leaf) == ("absent" in leaf):
        if "default" not in leaf and look == "field" and str(leaf["field"]).lower() in _HEAD:
            return Answer(None)
        raise PredicateError(
            "what absence means must be stated: `default: VALUE` or `absent: pass | fail | unknown`", at
        )
    if "default" in leaf:
        return Answer(test(leaf["default"]), "", leaf["default"], True)
    if leaf["absent"] not in _ABSENT_WORDS:
        raise PredicateError("`absent` is one of pass, fail, unknown, skip", (*at, "absent"))
    return Answer(_ABSENT_WORDS[leaf["absent"]], defaulted=True)


def _tag_leaf(name: str, test: Callable[[Value | Absent], bool | None], rule: Answer) -> Condition:
    def tag_leaf(subject: Subject) -> Answer:
        from linter.inventory import tag, tag_path

        value = tag(subject.resource, name, subject.inventory)
        path = tag_path(subject.resource, name, subject.inventory)
        return rule._replace(path=path) if value is ABSENT else Answer(test(value), path, value)

    return tag_leaf


def _exists(value: Value | Absent, wanted: bool) -> bool | None:
    if isinstance(value, Unresolved):
        return None
    return (value is not ABSENT and value is not None and value != [] and value != {}) is wanted


def star_path(path: str) -> Steps:
    """`a[*].b` → `("a", "*", "b")`. Raises `ValueError` as `parse_path` does."""
    pieces = path.split("[*]")
    steps: Steps = parse_path(pieces[0])
    for piece in pieces[1:]:
        steps = (*steps, STAR, *parse_path(piece))
    return steps


def walk(value: Value | Absent, steps: Steps, done: Path = ()) -> Iterator[tuple[Path, Value | Absent]]:
    """All that a path with stars leads to, each with its concrete path; nothing where a star finds no member."""
    for index, step in enumerate(steps):
        if step == STAR:
            if isinstance(value, Unresolved):
                yield done, value
            elif isinstance(value, (list, dict)):
                members = enumerate(value) if isinstance(value, list) else value.items()
                for key, item in members:
                    if item is not None:
                        yield from walk(item, steps[index + 1 :], (*done, key))
            return
        value = member(value, step)
        done = (*done, step)
        if value is ABSENT:
            if STAR not in steps[index + 1 :]:
                yield (*done, *steps[index + 1 :]), ABSENT
            return
    yield done, value


def _found(subject: Subject, steps: Steps, text: str) -> Iterator[tuple[Path, Value | Absent]]:
    for stars, concrete, value in reversed(subject.scopes):
        if _lower(steps[: len(stars)]) == stars:
            return walk(value, steps[len(stars) :], concrete)
    if text.lower() in _HEAD:
        return iter([(steps, subject.resource.get("apiVersion" if text.lower() == "apiversion" else text.lower()))])
    return walk(subject.resource.body, steps)


def _lower(steps: Steps) -> Steps:
    return tuple(step.lower() if isinstance(step, str) else step for step in steps)


def _path_steps(path: Any, at: Steps) -> Steps:
    if not isinstance(path, str) or not path:
        raise PredicateError("`field` takes a property path", at)
    try:
        return star_path(path)
    except ValueError as error:
        raise PredicateError(str(error), at) from None


def _field_leaf(
    path: Any,
    test: Callable[[Value | Absent], bool | None],
    rule: Answer,
    emptiness: bool,
    at: Steps,
    counted: tuple[Steps, ...],
) -> Condition:
    steps = _path_steps(path, (*at, "field"))
    if STAR in steps and not any(_lower(steps[: len(stars)]) == stars for stars in counted):
        nothing = format_path(steps[: steps.index(STAR)])
    else:
        nothing = ""
    text = str(path)

    def answer(place: Path, value: Value | Absent) -> Answer:
        if value is ABSENT or (emptiness and (value == [] or value == {})):
            return rule._replace(path=format_path(place))
        return Answer(test(value), format_path(place), value)

    def field_leaf(subject: Subject) -> Answer:
        found = [answer(place, value) for place, value in _found(subject, steps, text)]
        if not found:
            return rule._replace(path=nothing)
        return found[0] if len(found) == 1 else _joined(iter(found), False)

    return field_leaf


def _count(
    count: Any, test: Callable[[Value | Absent], bool | None], operator: str, operand: Any, bound: Bound, at: Steps,
    counted: tuple[Steps, ...],
) -> Condition:  # fmt: skip
    if not operator or operator == "exists":
        raise PredicateError("`count` is compared with a number", at)
    where = (*at, "count")
    if not isinstance(count, dict) or "field" not in count:
        raise PredicateError("`count` takes a `field` that ends in [*], and maybe `where`", where)
    for key in count:
        if key not in ("field", "where"):
            raise PredicateError(f"unknown word {key!r} in `count`", (*where, key))
    steps = _path_steps(count["field"], (*where, "field"))
    if not steps or steps[-1] != STAR:
        raise PredicateError("the counted `field` ends in [*]", (*where, "field"))
    stars = _lower(steps)
    inner = _compile(count["where"], bound, (*where, "where"), (*counted, stars)) if "where" in count else None
    few = format_path(steps[:-1]) if STAR not in steps[:-1] else ""
    bound_number = operand if isinstance(operand, int) else 0

    def count_leaf(subject: Subject) -> Answer:
        low, high, first, endless = 0, 0, "", False
        for place, value in _found(subject, steps, str(count["field"])):
            if isinstance(value, Unresolved) and len(place) < len(steps):
                endless = True  # the list itself is not known
                continue
            scoped = Subject(subject.resource, subject.inventory, (*subject.scopes, (stars, place, value)))
            holds = inner(scoped).holds if inner else True
            low += holds is True
            high += holds is not False
            if holds is not False and not first:
                first = format_path(place)
        top = max(high, bound_number + 1) if endless else high
        verdicts = {test(number) for number in range(low, top + 1)}
        holds = verdicts.pop() if len(verdicts) == 1 else None
        too_many = bool(first) and (
            operator in ("less", "lessOrEquals") or (operator == "equals" and low > bound_number)
        )
        return Answer(
            holds, first if too_many else few or first, low if low == high and not endless else Unresolved("count")
        )

    return count_leaf

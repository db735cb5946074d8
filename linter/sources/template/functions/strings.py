"""Functions on text; `concat` and `contains`, `length`, `take` and the like serve arrays and objects too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from linter.model import OpenKey, Unresolved, Value
from linter.sources.template.functions.arguments import array, integer, integer32, text, wrong
from linter.sources.template.functions.collation import ends_with, find, starts_with
from linter.sources.template.functions.signature import MANY, Function
from linter.sources.template.functions.units import join_units, lower, units, upper
from linter.sources.template.values import EvaluationError, StillOpen, find_open, lookup, same, type_name

if TYPE_CHECKING:
    from linter.sources.template.frame import Frame

WHITE_SPACE: Final = (
    "\t\n\v\f\r \x85\xa0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000"
)
"""What .NET's `char.IsWhiteSpace` takes for white space."""


def plain(value: Value) -> str | None:
    """A text, a whole number or a boolean as text; None for anything else."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "True" if value else "False"
    return str(value) if isinstance(value, int) else None


def _concat(args: list[Value], frame: Frame) -> Value:
    if all(type(arg) is str for arg in args):
        frame.budget.make_text(sum(map(len, args)))
        return "".join(args)
    if all(isinstance(arg, list) for arg in args):
        frame.budget.make_items(sum(map(len, args)))
        return [item for arg in args for item in arg]
    parts: list[str] = []
    cause = next((arg for arg in args if isinstance(arg, Unresolved)), None)
    for arg in args:
        if isinstance(arg, Unresolved):
            continue
        part = plain(arg)
        if part is None:
            if isinstance(arg, list) and cause is not None:
                continue
            raise EvaluationError(
                "The provided parameters for language function 'concat' are invalid. "
                "Either all or none of the parameters must be an array."
            )
        parts.append(part)
    if cause is not None:
        raise StillOpen(cause)
    frame.budget.make_text(sum(map(len, parts)))
    return "".join(parts)


def _length(args: list[Value], _frame: Frame) -> Value:
    value = args[0]
    if isinstance(value, str):
        return len(units(value))
    if isinstance(value, dict):
        for key in value:
            if isinstance(key, OpenKey):
                raise StillOpen(Unresolved(key[1:-1]))
    if isinstance(value, list | dict):
        return len(value)
    raise EvaluationError(
        "The template language function 'length' expects its parameter to be an array, object, or a string. "
        f"The provided value is of type '{type_name(value)}'."
    )


def _empty(args: list[Value], _frame: Frame) -> Value:
    value = args[0]
    if value is None:
        return True
    if isinstance(value, str | list | dict):
        return not value
    raise EvaluationError(
        "The template function 'empty' expects its parameter to be an object, an array, or a string. "
        f"The provided value is of type '{type_name(value)}'."
    )


def _end(args: list[Value], name: str, at: int) -> Value:
    value = args[0]
    if isinstance(value, list):
        return value[at] if value else None
    if isinstance(value, str):
        return join_units(units(value)[at]) if value else ""
    return wrong(name, 0, "Array, String", value)


def _first(args: list[Value], _frame: Frame) -> Value:
    return _end(args, "first", 0)


def _last(args: list[Value], _frame: Frame) -> Value:
    return _end(args, "last", -1)


def _take(args: list[Value], _frame: Frame) -> Value:
    value = args[0]
    if not isinstance(value, str | list):
        wrong("take", 0, "Array, String", value)
    count = max(0, integer32(args, 1, "take"))
    return join_units(units(value)[:count]) if isinstance(value, str) else value[:count]


def _skip(args: list[Value], _frame: Frame) -> Value:
    value = args[0]
    if not isinstance(value, str | list):
        wrong("skip", 0, "Array, String", value)
    count = max(0, integer32(args, 1, "skip"))
    return join_units(units(value)[count:]) if isinstance(value, str) else value[count:]


def _substring(args: list[Value], _frame: Frame) -> Value:
    whole = units(text(args, 0, "substring"))
    start = integer(args, 1, "substring")
    size = integer(args, 2, "substring") if len(args) == 3 else len(whole) - start
    if start < 0 or size < 0 or start > len(whole) or start + size > len(whole):
        raise EvaluationError(
            "Unable to evaluate the template language function 'substring'. The index and length parameters must refer "
            f"to a location within the string. The index parameter: '{start}', the length parameter: '{size}', the "
            f"length of the string: '{len(whole)}'."
        )
    return join_units(whole[start : start + size])


def _contains(args: list[Value], frame: Frame) -> Value:
    holder, wanted = args
    if isinstance(holder, Unresolved):
        raise StillOpen(holder)
    if isinstance(holder, list):
        return _array_contains(holder, wanted, frame)
    if isinstance(wanted, Unresolved) and isinstance(holder, str | dict):
        raise StillOpen(wanted)
    if isinstance(wanted, str):
        if isinstance(holder, str):
            return wanted in holder
        if isinstance(holder, dict):
            found, _ = lookup(holder, wanted)
            if not found:
                for key in holder:
                    if isinstance(key, OpenKey):
                        raise StillOpen(Unresolved(key[1:-1]))
            return found
    raise EvaluationError(
        "The template function 'contains' expects parameters of matching types: a dictionary and a key (string), "
        f"an array and a value (object), or a string and a value (string). The provided types are "
        f"'{type_name(holder)}' and '{type_name(wanted)}'."
    )


def _array_contains(holder: list[Value], wanted: Value, frame: Frame) -> bool:
    frame.budget.spend(len(holder))
    cause = find_open(wanted)
    if cause is not None:
        raise StillOpen(cause)
    for item in holder:
        if same(item, wanted, frame.budget):
            return True
    for item in holder:
        cause = find_open(item)
        if cause is not None:
            raise StillOpen(cause)
    return False


def _index(args: list[Value], frame: Frame, name: str, last: bool) -> int:
    holder, wanted = args
    if isinstance(holder, list):
        frame.budget.spend(len(holder))
        places = range(len(holder) - 1, -1, -1) if last else range(len(holder))
        return next((at for at in places if same(holder[at], wanted, frame.budget)), -1)
    if not isinstance(holder, str):
        wrong(name, 0, "String, Array", holder)
    frame.budget.spend(len(holder) // 64)
    wanted = text(args, 1, name)
    if last and not wanted:
        return max(0, len(units(holder)) - 1)
    return find(units(holder), units(wanted), last)


def _index_of(args: list[Value], frame: Frame) -> Value:
    return _index(args, frame, "indexOf", False)


def _last_index_of(args: list[Value], frame: Frame) -> Value:
    return _index(args, frame, "lastIndexOf", True)


def _starts_with(args: list[Value], _frame: Frame) -> Value:
    return starts_with(text(args, 0, "startsWith"), text(args, 1, "startsWith"))


def _ends_with(args: list[Value], _frame: Frame) -> Value:
    return ends_with(text(args, 0, "endsWith"), text(args, 1, "endsWith"))


def _like(args: list[Value], frame: Frame) -> Value:
    value, pattern = upper(text(args, 0, "like")), upper(text(args, 1, "like"))
    frame.budget.spend((len(value) + len(pattern)) // 64)
    if "*" not in pattern:
        return value == pattern
    head, *middle = pattern.split("*")
    tail = middle.pop()
    if len(value) < len(head) + len(tail) or not value.startswith(head) or not value.endswith(tail):
        return False
    at, end = len(head), len(value) - len(tail)
    for part in middle:
        found = value.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return True


def _to_lower(args: list[Value], frame: Frame) -> Value:
    value = text(args, 0, "toLower")
    frame.budget.make_text(len(value))
    return lower(value)


def _to_upper(args: list[Value], frame: Frame) -> Value:
    value = text(args, 0, "toUpper")
    frame.budget.make_text(len(value))
    return upper(value)


def _trim(args: list[Value], _frame: Frame) -> Value:
    return text(args, 0, "trim").strip(WHITE_SPACE)


def _replace(args: list[Value], frame: Frame) -> Value:
    value, old, new = text(args, 0, "replace"), text(args, 1, "replace"), text(args, 2, "replace")
    if not old:
        raise EvaluationError(
            "The template language function 'replace' expects its second parameter to not be null or empty."
        )
    count = value.count(old)
    frame.budget.make_text(len(value) + count * (len(new) - len(old)))
    return value.replace(old, new) if count else value


def _split(args: list[Value], frame: Frame) -> Value:
    value = text(args, 0, "split")
    delimiters = args[1] if isinstance(args[1], list) else [args[1]]
    for delimiter in delimiters:
        if not isinstance(delimiter, str):
            wrong("split", 1, "String or Array of Strings", delimiter)
    frame.budget.make_text(len(value))
    frame.budget.spend(len(value) * len(delimiters) // 16)
    parts = _split_at(value, delimiters)
    frame.budget.make_items(len(parts))
    return parts


def _split_at(value: str, delimiters: list[str]) -> list[str]:
    if not delimiters:
        delimiters = list(WHITE_SPACE)
    delimiters = [delimiter for delimiter in delimiters if delimiter]
    if not delimiters:
        return [value]
    if len(delimiters) == 1:
        return value.split(delimiters[0])
    parts: list[str] = []
    at = start = 0
    heads = {delimiter[0] for delimiter in delimiters}
    while at < len(value):
        hit = next((one for one in delimiters if value.startswith(one, at)), None) if value[at] in heads else None
        if hit is None:
            at += 1
            continue
        parts.append(value[start:at])
        at += len(hit)
        start = at
    parts.append(value[start:])
    return parts


def _join(args: list[Value], frame: Frame) -> Value:
    values, delimiter = array(args, 0, "join"), text(args, 1, "join")
    parts: list[str] = []
    for value in values:
        part = plain(value)
        if part is None:
            raise EvaluationError(
                "The template language function 'join' expects its first parameter to be an array only containing "
                "elements of type(s) 'String, Integer, Boolean'. The provided value contains an element of type "
                f"'{type_name(value)}'."
            )
        parts.append(part)
    frame.budget.make_text(sum(map(len, parts)) + len(delimiter) * len(parts))
    return delimiter.join(parts)


def _pad_left(args: list[Value], _frame: Frame) -> Value:
    value = plain(args[0]) if not isinstance(args[0], bool) else None
    if value is None:
        wrong("padLeft", 0, "String, Integer", args[0])
    width = integer(args, 1, "padLeft")
    fill = units(text(args, 2, "padLeft")) if len(args) == 3 else " "
    if not 1 <= width <= 16 or len(fill) != 1:
        raise EvaluationError(
            "Unable to evaluate template language function 'padLeft': the total width must be a positive integer not "
            f"greater than '16', the padding a single character; '{width}' and '{fill[:20]}' were provided."
        )
    return join_units(units(value).rjust(width, fill))


STRINGS: Final = (
    Function("concat", 0, MANY, _concat, "own"),
    Function("length", 1, 1, _length, "shallow"),
    Function("empty", 1, 1, _empty, "shallow"),
    Function("first", 1, 1, _first, "shallow"),
    Function("last", 1, 1, _last, "shallow"),
    Function("take", 2, 2, _take, "shallow"),
    Function("skip", 2, 2, _skip, "shallow"),
    Function("substring", 2, 3, _substring),
    Function("contains", 2, 2, _contains, "own"),
    Function("indexOf", 2, 2, _index_of),
    Function("lastIndexOf", 2, 2, _last_index_of),
    Function("startsWith", 2, 2, _starts_with),
    Function("endsWith", 2, 2, _ends_with),
    Function("like", 2, 2, _like),
    Function("toLower", 1, 1, _to_lower),
    Function("toUpper", 1, 1, _to_upper),
    Function("trim", 1, 1, _trim),
    Function("replace", 3, 3, _replace),
    Function("split", 2, 2, _split),
    Function("join", 2, 2, _join),
    Function("padLeft", 2, 3, _pad_left),
)

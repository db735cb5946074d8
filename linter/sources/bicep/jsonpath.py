"""JSONPath as `loadJsonContent` and `loadYamlContent` take it: names, indexes, `*`, `..` and simple filters.

As in Newtonsoft.Json's `SelectTokens`: one hit gives the value, several an array of them, none is an error.
"""

from __future__ import annotations

import re
from typing import Final

from linter.model import Value
from linter.sources.template.values import EvaluationError

_STEP: Final = re.compile(
    r"\.\.(?P<deep>\w+|\*)?|\.?(?P<name>[\w$@-]+)|\.(?P<star>\*)|\[\s*(?:(?P<index>-?\d+)|'(?P<quoted>[^']*)'|"
    r'"(?P<double>[^"]*)"|(?P<any>\*)|\?\((?P<filter>[^)]*)\)|(?P<slice>-?\d*:-?\d*(?::-?\d+)?))\s*\]'
)
_FILTER: Final = re.compile(r"\s*@\.(?P<path>[\w.]+)\s*(?:(?P<sign>==|!=|<=|>=|<|>)\s*(?P<value>.+?))?\s*")
_MOST: Final = 100_000


def select(value: Value, query: Value) -> Value:
    """What a query finds; `EvaluationError` where it finds nothing, or is none."""
    if not isinstance(query, str):
        raise EvaluationError("A query must be text that is known before the deployment.")
    found = [value]
    at = 1 if query.startswith("$") else 0
    many = False
    while at < len(query):
        match = _STEP.match(query, at)
        if match is None or match.end() == at:
            raise EvaluationError(f"The query '{query}' cannot be read at '{query[at:]}'.")
        at = match.end()
        many |= match["index"] is None and match["name"] is None and match["quoted"] is None and match["double"] is None
        found = [item for one in found for item in _step(one, match)][:_MOST]
    if not found:
        raise EvaluationError(f"The query '{query}' finds nothing.")
    return found[0] if len(found) == 1 and not (many and len(found) != 1) else found


def _step(value: Value, match: re.Match[str]) -> list[Value]:
    name = (
        match["name"]
        if match["name"] is not None
        else match["quoted"]
        if match["quoted"] is not None
        else match["double"]
    )
    if name is not None:
        return [value[name]] if isinstance(value, dict) and name in value else []
    if match["index"] is not None:
        index = int(match["index"])
        return [value[index]] if isinstance(value, list) and 0 <= index < len(value) else []
    items = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    if match["star"] or match["any"]:
        return items
    if match["filter"] is not None:
        return [item for item in items if _passes(item, match["filter"])]
    if match["slice"] is not None:
        bounds = [int(part) if part else None for part in match["slice"].split(":")]
        return items[slice(*bounds)]
    deep = match["deep"]
    pending: list[Value] = [value]
    found: list[Value] = []
    while pending and len(found) < _MOST:
        one = pending.pop(0)
        if isinstance(one, dict):
            if deep is not None and deep != "*" and deep in one:
                found.append(one[deep])
            pending.extend(one.values())
        elif isinstance(one, list):
            pending.extend(one)
        if deep in (None, "*"):
            found.append(one)
    return found


def _passes(item: Value, condition: str) -> bool:
    match = _FILTER.fullmatch(condition)
    if match is None:
        raise EvaluationError(f"The filter '{condition}' cannot be read.")
    for step in match["path"].split("."):
        if not isinstance(item, dict) or step not in item:
            return False
        item = item[step]
    if match["sign"] is None:
        return True
    text = match["value"]
    wanted: Value = text[1:-1] if text[:1] in "'\"" else {"true": True, "false": False, "null": None}.get(text, text)
    if isinstance(wanted, str) and text[:1] not in "'\"":
        try:
            wanted = float(text)
        except ValueError:
            return False
    if match["sign"] in ("==", "!="):
        return (item == wanted and isinstance(item, bool) == isinstance(wanted, bool)) == (match["sign"] == "==")
    if isinstance(item, bool) or isinstance(wanted, bool) or isinstance(item, str) != isinstance(wanted, str):
        return False
    try:
        return bool({"<": item < wanted, ">": item > wanted, "<=": item <= wanted, ">=": item >= wanted}[match["sign"]])
    except TypeError:
        return False


def plain_steps(query: Value) -> tuple[str | int, ...] | None:
    """A query that names one place as the steps to it; `None` where it may find several."""
    if not isinstance(query, str):
        return None
    steps: list[str | int] = []
    at = 1 if query.startswith("$") else 0
    while at < len(query):
        match = _STEP.match(query, at)
        if match is None or match.end() == at:
            return None
        at = match.end()
        if match["index"] is not None:
            steps.append(int(match["index"]))
            continue
        name = match["name"] or match["quoted"] or match["double"]
        if name is None:
            return None
        steps.append(name)
    return tuple(steps)

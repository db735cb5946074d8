"""When two ids that only the deployment will know are surely the same: the same type, and the same expressions for
each part of the name."""

from __future__ import annotations

from linter.model import Resource, Unresolved, Value

_MOST = 4000


def same_id(value: Value, resource: Resource) -> bool:
    """Does an id in a property name this resource? Known ids compare without case, open ones by their parts."""
    if isinstance(value, str):
        return isinstance(resource.id, str) and value.lower().rstrip("/") == resource.id.lower()
    if not isinstance(value, Unresolved) or not isinstance(resource.id, Unresolved):
        return False
    return value == resource.id or ((key := _key(value.expression)) is not None and key == _own_key(resource))


def last_name(resource: Resource) -> str:
    """The last part of a resource's name in lower case; "" where that part is open."""
    if isinstance(resource.name, str):
        return resource.name.rpartition("/")[2].lower()
    part = (name_key(resource) or ("",))[-1]
    return part[1:-1] if part.startswith("'") else ""


def other_id(value: Unresolved, resource: Resource) -> bool:
    """Does an open id surely name something else: another type, or another word in one part of the name?"""
    key, own = _key(value.expression), name_key(resource)
    if key is None or own is None or len(key) != len(own):
        return False
    return key[0] != own[0] or any(
        mine != other and mine.startswith("'") and other.startswith("'")
        for mine, other in zip(own[1:], key[1:], strict=True)
    )


def child_of(child: Resource, parent: Resource) -> bool:
    """Does `child` surely hang on `parent`? Known ids are compared without case, open names by their parts."""
    if not child.type_key.startswith(parent.type_key + "/"):
        return False
    if isinstance(child.id, str) and isinstance(parent.id, str):
        return child.id.lower().startswith(parent.id.lower() + "/")
    inner, outer = _own_key(child), _own_key(parent) or _top_key(parent)
    return inner is not None and outer is not None and inner[1 : len(outer)] == outer[1:] and len(inner) > len(outer)


def name_key(resource: Resource) -> tuple[str, ...] | None:
    """What two mentions of one resource share: the lower-case type and the parts of its name; None where they are not
    told apart."""
    return _own_key(resource) or _top_key(resource)


def id_key(value: Unresolved) -> tuple[str, ...] | None:
    """The `name_key` of the resource that an open id names."""
    return _key(value.expression)


def _top_key(resource: Resource) -> tuple[str, ...] | None:
    """The key of a resource that is no child and whose name is one open expression."""
    if resource.type.count("/") != 1 or not isinstance(resource.name, Unresolved):
        return None
    return (resource.type_key, resource.name.expression.lower())


def _own_key(resource: Resource) -> tuple[str, ...] | None:
    """The lower-case type and name parts of a resource whose name is open."""
    name = resource.name
    parts = tuple(name.split("/")) if isinstance(name, str) else _name_parts(name.expression)
    quoted = tuple(f"'{part}'" for part in parts) if isinstance(name, str) else parts
    return (resource.type_key, *(part.lower() for part in quoted)) if quoted else None


def _name_parts(expression: str) -> tuple[str, ...]:
    """`format('{0}/scoring/{1}', a, b)` and `concat(a, '/scoring/', b)` as `a`, `'scoring'`, `b`; empty where it is
    neither."""
    arguments = call_arguments(expression, "format")
    if arguments and arguments[0].startswith("'"):
        parts = []
        for piece in arguments[0].strip("'").split("/"):
            if (
                piece.startswith("{")
                and piece.endswith("}")
                and piece[1:-1].isdigit()
                and int(piece[1:-1]) + 1 < len(arguments)
            ):
                parts.append(arguments[int(piece[1:-1]) + 1])
            elif "{" not in piece:
                parts.append(f"'{piece}'")
            else:
                return ()
        return tuple(parts)
    return _joined(call_arguments(expression, "concat"))


def _joined(arguments: list[str]) -> tuple[str, ...]:
    """The parts between the slashes of what `concat` joins; empty where a part would be nothing."""
    parts: list[list[str]] = [[]]
    for argument in arguments:
        if not argument.startswith("'"):
            parts[-1].append(argument)
            continue
        for index, piece in enumerate(argument[1:-1].split("/")):
            if index:
                parts.append([])
            if piece:
                parts[-1].append(f"'{piece}'")
    if not all(parts):
        return ()
    return tuple(part[0] if len(part) == 1 else f"concat({', '.join(part)})" for part in parts)


def _key(expression: str) -> tuple[str, ...] | None:
    """The type and name parts of `resourceId(['subscription', 'group',] 'type', part, …)`."""
    arguments = call_arguments(expression, "resourceId")
    at = next((i for i, one in enumerate(arguments) if one.startswith("'") and "/" in one and "." in one), None)
    if at is None:
        return None
    return (arguments[at].strip("'").lower(), *(one.lower() for one in arguments[at + 1 :]))


def call_arguments(expression: str, function: str) -> list[str]:
    """The arguments of a call, as they are written; empty where the whole expression is no call of that function."""
    text = expression.strip()
    if len(text) > _MOST or not text.lower().startswith(function.lower() + "(") or not text.endswith(")"):
        return []
    found, start, depth, quoted = [], len(function) + 1, 0, False
    for at in range(start, len(text) - 1):
        sign = text[at]
        if sign == "'":
            quoted = not quoted
        elif not quoted:
            depth += (sign in "([{") - (sign in ")]}")
            if depth < 0:
                return []
            if sign == "," and depth == 0:
                found.append(text[start:at].strip())
                start = at + 1
    found.append(text[start:-1].strip())
    return found

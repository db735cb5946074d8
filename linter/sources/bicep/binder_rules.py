"""Rules of the Bicep compiler about single statements: decorators, bodies, resource types, paths."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from linter.sources.bicep.config import ReferenceFault, check_file_path
from linter.sources.bicep.syntax import (
    Call,
    Decorator,
    File,
    For,
    If,
    InstanceCall,
    Integer,
    Interpolated,
    Name,
    Node,
    Object,
    Property,
    Spread,
    String,
    SyntaxFault,
    Variable,
)
from linter.sources.bicep.syntax_statements import (
    Extends,
    Function,
    Import,
    Module,
    Output,
    Parameter,
    Resource,
    Statement,
    TypeDeclaration,
    Using,
    Var,
)

_TYPE = re.compile(r"[^@/\s]+(/[^@/\s]+)+@[^@/\s]+")
_NESTED_TYPE = re.compile(r"[^@/\s]+(@[^@/\s]+)?")
_VALUES: Final = (Parameter, TypeDeclaration, Output)
_TARGETS: Final[dict[str, tuple[type[Node], ...]]] = {
    "allowed": (Parameter,),
    "batchSize": (Resource, Module),
    "export": (TypeDeclaration, Var, Function),
    **dict.fromkeys(("secure", "minValue", "maxValue", "minLength", "maxLength", "sealed", "discriminator"), _VALUES),
}
_EXPERIMENTAL: Final = frozenset(("patch", "validate", "waitUntil"))
_OTHERS: Final = frozenset(
    ["description", "metadata", "retryOn", "waitUntil", "onlyIfNotExists", "nullIfNotFound", "validate", "patch"]
)
"""Decorators whose targets are not judged; some need a feature switch."""


def file_rules(file: File) -> Iterator[SyntaxFault]:
    """What a file must have, and paths that cannot be."""
    if file.parameters and not any(isinstance(statement, Using | Extends) for statement in file.statements):
        yield SyntaxFault(0, 0, "BCP261", "a parameter file needs a `using` statement")
    for statement in file.statements:
        if not isinstance(statement, Module | Import | Using | Extends):
            continue
        path = statement.path
        if isinstance(path, Interpolated):
            yield SyntaxFault(path.start, path.end, "BCP092", "a path cannot have holes")
        elif isinstance(path, String) and not path.value.startswith(("br:", "br/", "ts:", "ts/")):
            try:
                check_file_path(path.value)
            except ReferenceFault as fault:
                yield SyntaxFault(path.start, path.end, fault.code, fault.message)


def feature_rules(file: File) -> Iterator[SyntaxFault]:
    """What needs an experimental feature."""
    for statement in file.statements:
        if isinstance(statement, Using) and statement.config is not None:
            config = statement.config
            yield SyntaxFault(config.start, config.end, "BCP435", "`with` needs the feature deployCommands")
        for decorator in statement.decorators if isinstance(statement, Statement) else ():
            name = decorator_name(decorator)
            if name in _EXPERIMENTAL:
                place = decorator.expression
                yield SyntaxFault(place.start, place.end, "BCP057", f"`{name}` needs an experimental feature")


def decorator_rules(node: Node, decorators: list[Decorator]) -> Iterator[SyntaxFault]:
    """Unknown decorators, those that stand twice, and those that cannot stand before this statement."""
    names = [decorator_name(decorator) for decorator in decorators]
    for decorator, name in zip(decorators, names, strict=True):
        if name is None:
            continue
        start, end = decorator.expression.start, decorator.expression.end
        targets = _TARGETS.get(name)
        if targets is None and name not in _OTHERS:
            yield SyntaxFault(start, end, "BCP057", f"there is no decorator `{name}`")
        elif targets is not None and not isinstance(node, targets):
            yield SyntaxFault(start, end, "BCP126", f"`{name}` cannot decorate this statement")
        elif names.count(name) > 1:
            yield SyntaxFault(start, end, "BCP166", f"`{name}` stands more than once")
        elif name == "batchSize" and isinstance(decorator.expression, Call):
            arguments = decorator.expression.arguments
            if arguments and isinstance(arguments[0], Integer) and arguments[0].value < 1:
                yield SyntaxFault(arguments[0].start, arguments[0].end, "BCP154", "a batch has at least one item")


def decorator_name(decorator: Decorator) -> str | None:
    """`description` for `@description(…)` and `@sys.description(…)`; None for what is no call of a decorator."""
    expression = decorator.expression
    if isinstance(expression, Call):
        return expression.name
    if isinstance(expression, InstanceCall) and isinstance(expression.name, Name):
        target = expression.target
        return expression.name.text if isinstance(target, Variable) and target.name in ("sys", "az") else None
    return None


def body_rules(node: Resource | Module, extended: bool, nested: bool) -> Iterator[SyntaxFault]:
    """The body of a resource or module; `extended`: extensions have rules of their own; `nested`: inside another."""
    body = body_of(node.value)
    if isinstance(node, Resource) and not extended:
        yield from _type_rules(node, body, nested)
    if body is None:
        return
    objects = [body]
    if isinstance(node, Module):
        objects.extend(value for key, value in properties(body) if key == "params" and isinstance(value, Object))
    for item in objects:
        for member in item.members:
            if isinstance(member, Spread):
                yield SyntaxFault(member.start, member.end, "BCP401", "`...` cannot stand here")


def _type_rules(node: Resource, body: Object | None, nested: bool) -> Iterator[SyntaxFault]:
    kind = node.type
    if isinstance(kind, String) and not nested and not is_full_type(kind.value):
        yield SyntaxFault(kind.start, kind.end, "BCP029", "a resource type is written 'provider/type@version'")
    if body is None:
        return
    if not any(key == "name" for key, _ in properties(body)) and not _has_open_keys(body):
        yield SyntaxFault(body.start, body.start + 1, "BCP035", "the resource has no `name`")
    for member in body.members:
        if not isinstance(member, Resource):
            continue
        inner = member.type
        if isinstance(inner, String) and _NESTED_TYPE.fullmatch(inner.value) is None:
            yield SyntaxFault(inner.start, inner.end, "BCP156", "a nested resource has a single segment as its type")
        if isinstance(node.value, For):
            yield SyntaxFault(member.start, member.end, "BCP160", "a resource cannot be nested in a loop of resources")


def is_full_type(text: str) -> bool:
    """Whether a text is written `provider/type@version`."""
    return _TYPE.fullmatch(text) is not None


def _has_open_keys(body: Object) -> bool:
    return any(
        isinstance(member, Spread) or (isinstance(member, Property) and isinstance(member.key, Interpolated))
        for member in body.members
    )


def duplicate_keys(node: Object) -> Iterator[SyntaxFault]:
    """Properties that stand twice; both are named."""
    seen: dict[str, Property] = {}
    for member in node.members:
        if isinstance(member, Property) and (key := key_of(member)) is not None:
            if key in seen:
                for twin in (seen[key], member):
                    message = f"the property `{key}` stands more than once"
                    yield SyntaxFault(twin.key.start, twin.key.end, "BCP025", message)
            seen.setdefault(key, member)


def body_of(value: Node) -> Object | None:
    """The object behind the loop and the condition of a resource or module."""
    if isinstance(value, For):
        value = value.body
    if isinstance(value, If):
        value = value.body
    return value if isinstance(value, Object) else None


def properties(body: Object) -> Iterator[tuple[str | None, Node]]:
    """(key, value) of each property; the key is None where it has holes."""
    for member in body.members:
        if isinstance(member, Property):
            yield key_of(member), member.value


def key_of(member: Property) -> str | None:
    """The text of a key, None where it has holes."""
    key = member.key
    return key.text if isinstance(key, Name) else key.value if isinstance(key, String) else None

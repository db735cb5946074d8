"""What the engine says of a template before it evaluates anything."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from linter.model import Path
from linter.sources.arm.expression import is_expression, parse
from linter.sources.arm.source import lowered
from linter.sources.arm.tree import Call, Index, Node, Property
from linter.sources.template.functions.runtime import RUNTIME, is_list
from linter.sources.template.functions.table import FUNCTIONS
from linter.sources.template.values import EvaluationError

if TYPE_CHECKING:
    from linter.sources.arm.template import Template

LANGUAGE_VERSIONS: Final = ("2.0", "1.9-experimental", "1.10-experimental", "2.1-experimental", "2.2-experimental")
SCHEMA_DAYS: Final = ("2014-04-01-preview", "2015-01-01", "2018-05-01", "2019-04-01", "2019-08-01")
_OBJECTS: Final = ("parameters", "variables", "outputs", "definitions")
_NEWER: Final = ("$ref", "items", "prefixItems", "properties", "additionalProperties", "discriminator", "nullable")
_SYNTAX: Final = frozenset(
    {"parameters", "variables", "if", "and", "or", "coalesce", "true", "false", "null", "lambda", "lambdavariables"}
)


def check_template(template: Template) -> None:
    """Record what is wrong with the template as a whole, its declarations and its functions."""
    for path, message in _faults(template):
        template.tell(path, message, "refused")


def _faults(template: Template) -> Iterator[tuple[Path, str]]:
    keys = template.keys
    schema = template.section("$schema")
    if not isinstance(schema, str):
        yield (), "the template has no $schema"
    elif not any(day in schema for day in SCHEMA_DAYS):
        yield (keys["$schema"],), f"the $schema '{schema[:100]}' is none that Azure knows"
    if template.section("contentversion") is None:
        yield (), "the template has no contentVersion"
    version = template.section("languageversion")
    if version is not None and version not in LANGUAGE_VERSIONS:
        yield (keys["languageversion"],), f"the languageVersion '{version}' is none that Azure knows"
    for name in _OBJECTS:
        node = template.section(name)
        if node is not None and not isinstance(node, dict):
            yield (keys[name],), f"'{name}' must be an object"
    if template.section("functions") is not None and not isinstance(template.section("functions"), list):
        yield (keys["functions"],), "'functions' must be an array"
    if not isinstance(template.section("resources"), list | dict):
        yield (), "the template has no resources"
    yield from _declaration_faults(template, version is not None)
    yield from _function_faults(template)


def _declaration_faults(template: Template, newer: bool) -> Iterator[tuple[Path, str]]:
    for section, symbols in (("parameters", template.declared), ("outputs", template.promised)):
        for name, node in symbols.values():
            path: Path = (template.keys[section], name)
            for fault in template.types.faults_of_schema(node):
                yield path, f"the declaration of '{name}' {fault}"
            if not isinstance(node, dict):
                continue
            if not newer and any(key in node for key in _NEWER):
                yield path, f"the declaration of '{name}' needs languageVersion 2.0"
            if "pattern" in node:
                yield (*path, "pattern"), f"the pattern of '{name}' is not supported by the language version"
            if section == "parameters" and node.get("nullable") is True and "defaultValue" in node:
                yield path, f"the parameter '{name}' is nullable and has a default; the engine takes one of the two"


def _function_faults(template: Template) -> Iterator[tuple[Path, str]]:
    calls: dict[str, set[str]] = {}
    for low, (shown, definition, path) in template.functions.items():
        keys = lowered(definition)
        declared = definition.get(keys.get("parameters", ""))
        for node in declared if isinstance(declared, list) else []:
            if isinstance(node, dict) and "defaultvalue" in lowered(node):
                yield path, f"a parameter of the function '{shown}' has a default, which the engine refuses"
        called = {call.name.lower() for call in _calls(definition.get(keys.get("output", "")))}
        calls[low] = called
        for name in sorted(called):
            unknown = "." not in name and name not in FUNCTIONS and name not in RUNTIME and name not in _SYNTAX
            if name in ("reference", "references") or is_list(name) or (unknown and name != "copyindex" and FUNCTIONS):
                yield path, f"the function '{shown}' calls '{name}', which a function may not"
    for low, (shown, _, path) in template.functions.items():
        if _reaches(low, low, calls, set()):
            yield path, f"the function '{shown}' calls itself"


def _reaches(start: str, target: str, calls: dict[str, set[str]], seen: set[str]) -> bool:
    for name in calls.get(start, ()):
        if name == target:
            return True
        if name not in seen:
            seen.add(name)
            if _reaches(name, target, calls, seen):
                return True
    return False


def _calls(node: Any) -> Iterator[Call]:
    """Every call in the expressions of a JSON value."""
    if isinstance(node, str):
        if is_expression(node):
            try:
                yield from calls_in(parse(node[1:-1]))
            except EvaluationError:
                return
    elif isinstance(node, dict):
        for item in node.values():
            yield from _calls(item)
    elif isinstance(node, list):
        for item in node:
            yield from _calls(item)


def calls_in(node: Node) -> Iterator[Call]:
    """Every call in an expression."""
    if isinstance(node, Call):
        yield node
        for argument in node.args:
            yield from calls_in(argument)
    elif isinstance(node, Property):
        yield from calls_in(node.base)
    elif isinstance(node, Index):
        yield from calls_in(node.base)
        yield from calls_in(node.index)

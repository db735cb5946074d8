"""Parameter files: values, Key Vault references, inputs from outside, and azd's placeholders."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from linter.model import Gap, Path, Place, Unresolved, Value
from linter.sources.arm.expression import evaluate, is_expression, parse
from linter.sources.arm.reader import Document
from linter.sources.arm.source import Argument, lowered
from linter.sources.template.frame import Frame
from linter.sources.template.scope import Context
from linter.sources.template.values import EvaluationError

_PLACEHOLDER: Final = re.compile(r"\$\{([A-Z_][A-Z0-9_]*)(?:=([^}]*))?\}")
"""What `azd` puts in from its environment: `${NAME}` or `${NAME=default}` (its documentation, read 2026-11-24)."""


_TRUE: Final = frozenset(("1", "t", "T", "TRUE", "true", "True"))
_FALSE: Final = frozenset(("0", "f", "F", "FALSE", "false", "False"))
_WHOLE: Final = re.compile(r"[+-]?\d{1,18}\Z")


class _Inputs(Frame):
    """Expressions of a parameter file; `externalInputs()` is open."""

    __slots__ = ()


def is_parameter_file(document: Document) -> bool:
    """Whether a document is an ARM parameter file: by its `$schema`, or by holding `parameters` with values only."""
    value = document.value
    keys = lowered(value)
    if not isinstance(value, dict) or "parameters" not in keys or "resources" in keys:
        return False
    schema = value.get(keys.get("$schema", ""))
    if isinstance(schema, str):
        return "deploymentparameters.json" in schema.lower()
    given = value[keys["parameters"]]
    return isinstance(given, dict) and all(
        isinstance(item, dict) and {"value", "reference", "expression"} & lowered(item).keys()
        for item in given.values()
    )


def template_link(document: Document) -> str | None:
    """The template that a parameter file names in its metadata (`"metadata": {"template": "./main.json"}`)."""
    value = document.value
    metadata = value.get(lowered(value).get("metadata", "")) if isinstance(value, dict) else None
    found = metadata.get(lowered(metadata).get("template", "")) if isinstance(metadata, dict) else None
    return found if isinstance(found, str) else None


def read_arguments(
    document: Document, context: Context, kinds: Mapping[str, str] | None = None
) -> tuple[dict[str, Argument], list[Gap]]:
    """The values of a parameter file by name as written, and what could not be read of it.

    `kinds`: the types of all parameters of the template by name in lower case, for a file that `azd` fills: it makes
    texts such as "true" what their parameter takes, and hands over nothing that the template does not declare.
    """
    gaps = list(document.gaps)
    by_azd = kinds if kinds and _PLACEHOLDER.search(document.text) else {}
    value = document.value
    keys = lowered(value)
    given = value.get(keys.get("parameters", "")) if isinstance(value, dict) else None
    if not isinstance(given, dict):
        gaps.append(Gap(document.path, "the parameter file has no object 'parameters'", kind="syntax"))
        return {}, gaps
    arguments: dict[str, Argument] = {}
    for name, node in given.items():
        if by_azd and name.lower() not in by_azd:
            continue
        path: Path = (keys["parameters"], name)
        found, key, message = _argument(name, node, context)
        if message:
            place = document.place(path, True)
            gaps.append(Gap(document.path, f"parameter '{name}': {message}", place.line, place.column, "refused"))
        if key:
            path = (*path, key)
        found = _as_azd(found, by_azd.get(name.lower(), ""), name)
        arguments[name] = Argument(found, partial(_locate, document, path))
    return arguments, gaps


def _locate(document: Document, path: Path, steps: Path, key: bool) -> Place:
    return document.place(path + steps, key)


def _argument(name: str, node: Any, context: Context) -> tuple[Value, str, str]:
    """Value, the member that holds it, and what is wrong."""
    keys = lowered(node)
    unknown = Unresolved(f"parameters('{name}')", "parameter")
    if not isinstance(node, dict):
        return unknown, "", "must be an object with a value"
    if "value" in keys and "reference" not in keys:
        return _with_placeholders(node[keys["value"]], name), keys["value"], ""
    if "reference" in keys:
        return Unresolved(f"parameters('{name}')", "secret"), keys["reference"], ""
    if "expression" in keys:
        text = node[keys["expression"]]
        if not isinstance(text, str) or not is_expression(text):
            return unknown, keys["expression"], "the expression must be text in brackets"
        try:
            found = evaluate(parse(text[1:-1]), _Inputs(context.scope, context.budget))
        except EvaluationError as error:
            if "externalinput" in text.lower():
                return Unresolved(text[1:-1], "parameter"), keys["expression"], ""
            return unknown, keys["expression"], error.message
        return found, keys["expression"], ""
    return unknown, "", "has neither value nor reference"


def _as_azd(value: Value, kind: str, name: str) -> Value:
    """A text as `azd` hands it to a parameter of type `bool` or `int`; it asks the user where the text is empty
    (cli/azd/pkg/infra/provisioning/bicep/bicep_provider.go in Azure/azure-dev, read 2026-11-24). "null", which it does
    not know, is what authors write for a parameter that may be left out."""
    if not isinstance(value, str) or kind not in ("bool", "int"):
        return value
    if not value:
        return Unresolved(f"parameters('{name}')", "parameter")
    if value == "null":
        return None
    if kind == "int":
        return int(value) if _WHOLE.match(value) else value
    return True if value in _TRUE else False if value in _FALSE else value


def _with_placeholders(value: Value, name: str) -> Value:
    """A given value in which azd's placeholders are open, or have their default."""
    if isinstance(value, str):
        if "${" not in value:
            return value
        return _fill(value, name)
    if isinstance(value, list):
        return [_with_placeholders(item, name) for item in value] if _has_placeholder(value) else value
    if isinstance(value, dict):
        if not _has_placeholder(value):
            return value
        return {key: _with_placeholders(item, name) for key, item in value.items()}
    return value


def _has_placeholder(value: Value) -> bool:
    if isinstance(value, str):
        return "${" in value
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(_has_placeholder(item) for item in items)


def _fill(text: str, name: str) -> Value:
    opened = False

    def put_in(match: re.Match[str]) -> str:
        nonlocal opened
        if match[2] is None:
            opened = True
            return match[0]
        return match[2]

    filled = _PLACEHOLDER.sub(put_in, text)
    return Unresolved(f"parameters('{name}')", "parameter") if opened else filled

"""What a template states of its own resources, read through `reference()` step by step."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from linter.model import Unresolved, Value
from linter.sources.arm.nested import open_child
from linter.sources.template.values import Stated, lookup, state, step_text

if TYPE_CHECKING:
    from linter.sources.arm.instances import Instance
    from linter.sources.arm.template import Template


def look_into_resource(text: str, target: Instance, key: Value) -> tuple[bool, Value]:
    """What the template states below `properties`; null states nothing."""
    properties = target.body.get("properties")
    if isinstance(key, str) and isinstance(properties, dict):
        found, value = lookup(properties, key)
        if found and value is not None:
            return True, state(text + step_text(key), value)
    return False, None


def look_into_deployment(text: str, target: Instance, key: Value) -> tuple[bool, Value]:
    if not isinstance(key, str) or key.lower() != "outputs":
        return False, None
    child = open_child(target)
    if child is None:
        return False, None
    text += step_text(key)
    return True, Stated(text, partial(_look_into_outputs, text, child))


def _look_into_outputs(text: str, child: Template, key: Value) -> tuple[bool, Value]:
    if not isinstance(key, str) or key.lower() not in child.promised:
        return False, None
    text += step_text(key)
    return True, Stated(text, partial(_look_into_output, text, child, key))


def _look_into_output(text: str, child: Template, name: str, key: Value) -> tuple[bool, Value]:
    if not isinstance(key, str) or key.lower() != "value":
        return False, None
    if child.output_is_secure(name):
        return True, Unresolved(text + step_text(key), "secret")
    return True, child.output(name)

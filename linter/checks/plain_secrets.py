"""Does a secret stand in plain text: in a setting, as the default of a parameter, in an output?

Which names and values are secrets: `linter.facts.secrets`; where settings stand: `linter.checks.settings`. No message
and no observed value holds what was found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from linter.checks.ai_workload import ai_resource, ai_workload, serves_ai
from linter.checks.outcomes import failed, passed, titled, truth, undecided, word
from linter.checks.settings import POD_TYPES, Setting, settings
from linter.concealment import HIDDEN
from linter.facts.resources import APPS
from linter.facts.secrets import holds_credentials, lists_secrets, names_secret, secret_value
from linter.inventory import leaves
from linter.model import Inventory, Outcome, Place, Resource, Unresolved, Value, format_path, member

DEPLOYMENTS = "microsoft.resources/deployments"
_VALUE_KEYS = ("value", "connectionString")
_MAKERS = re.compile(r"\b(?:uniqueString|newGuid|guid|utcNow)\(", re.IGNORECASE)


def inline(resource: Resource, inventory: Inventory, _parameters: Mapping[str, Any]) -> Outcome | list[Outcome] | None:
    """One outcome a secret; else the first open one; else a pass where there was something to look at."""
    if resource.type_key == DEPLOYMENTS:
        found = list(_deployment(resource, inventory)) if ai_workload(inventory) else []
    else:
        found = list(_resource(resource)) if _judged(resource, inventory) else []
    faults = [outcome for outcome in found if outcome.verdict == "fail"]
    opened = next((outcome for outcome in found if outcome.verdict == "unknown"), None)
    return faults or opened or (found[0] if found else None)


def _judged(resource: Resource, inventory: Inventory) -> bool:
    """AI resources; apps, and manifests, where they serve AI."""
    if resource.type_key in APPS or resource.type_key in POD_TYPES:
        return serves_ai(resource, inventory)
    return ai_resource(resource, inventory) or ai_workload(inventory)


def _resource(resource: Resource) -> Iterator[Outcome]:
    for setting in settings(resource):
        path, name = format_path(setting.path), titled(resource)
        lack = _lack(setting, resource)
        if lack is None:
            text = f"{name}: whether {_called(setting)} holds a secret is known only when it is deployed"
            yield undecided(text, path, HIDDEN)
        elif lack:
            yield failed(f"{name}: {_called(setting)} {lack}; refer to a secret of a vault instead", path, HIDDEN)
        else:
            yield passed(path)


def _called(setting: Setting) -> str:
    return f"the setting {setting.name}" if setting.name else "one of its settings" if _whole(setting) else "a setting"


def _whole(setting: Setting) -> bool:
    """Is it a list or map of settings that is open as a whole?"""
    return isinstance(setting.value, Unresolved) and not setting.name and setting.path[-1] not in _VALUE_KEYS


def _lack(setting: Setting, resource: Resource) -> str | None:
    """What is wrong; "" for nothing, None where it is open."""
    value, secret = setting.value, setting.named or names_secret(setting.name)
    kept = resource.type_key.endswith("/connections")  # the service keeps these as secrets; only a literal is a leak
    listed = False if kept else _listed(value)
    if listed:
        return "gets a key by a list…() call and shows it to whoever reads the resource"
    if holds_credentials(value):
        return "holds a key in plain text"
    if not kept and _whole(setting) and isinstance(value, Unresolved) and value.reason in ("parameter", "secret"):
        return None  # who deploys it names the settings too
    if not secret:
        return "" if listed is False else None
    if isinstance(value, Unresolved):
        if kept or _referred(value):
            return ""
        if value.reason == "secret":
            return "takes a secure parameter and shows it to whoever reads the resource"
        return None if value.reason == "parameter" else ""
    return "holds a secret in plain text" if secret_value(value, setting.name) else ""


def _referred(value: Unresolved) -> bool:
    """A reference to a vault whose name is open: `format('@Microsoft.KeyVault(…', …)`."""
    low = value.expression.lower()
    return "@microsoft.keyvault(" in low or "secreturi" in low


def _deployment(deployment: Resource, inventory: Inventory) -> Iterator[Outcome]:
    parameters, outputs = deployment.get("parameters"), deployment.get("outputs")
    for name, entry in parameters.items() if isinstance(parameters, dict) else ():
        default = member(entry, "defaultValue")
        if not names_secret(str(name)) or word(member(entry, "type")) not in ("string", "securestring"):
            continue
        path = format_path(("parameters", name, "defaultValue"))
        if secret_value(_written(deployment, path, default, inventory), str(name)):
            text = f"the parameter {name} has a secret in plain text as its default; leave the default out"
            yield failed(f"{titled(deployment)}: {text}", path, HIDDEN)
        else:
            yield passed(path)
    for name, entry in outputs.items() if isinstance(outputs, dict) else ():
        value = member(entry, "value")
        found = _listed(value)
        path = format_path(("outputs", name, "value"))
        if isinstance(value, Unresolved) and value.reason == "secret" and not truth(member(entry, "secure")):
            text = f"the output {name} shows a secure parameter to whoever reads the deployment"
            # Anchored at the output, not where its value was written: the parameter is as it should be.
            at = format_path(("outputs", name))
            yield failed(f"{titled(deployment)}: {text}; drop it, or mark it secure", at, HIDDEN)
            continue
        if found is False:
            continue
        if truth(member(entry, "secure")):
            yield passed(path)
        elif found is None:
            text = f"whether the output {name} shows a key that a list…() call reads is known only when it is deployed"
            yield undecided(f"{titled(deployment)}: {text}", path, HIDDEN)
        else:
            text = f"the output {name} shows a key that a list…() call reads to whoever reads the deployment"
            yield failed(f"{titled(deployment)}: {text}; drop it, or mark it secure", path, HIDDEN)


def _written(deployment: Resource, path: str, default: Value, inventory: Inventory) -> Value:
    """The default that the source writes out; "" for an expression, such as `newGuid()` or a name made by
    `uniqueString()`. A deployment shows an expression of ARM as its text, and the default of a Bicep parameter that is
    given a value as its source."""
    text = _source_text(deployment.place(path), inventory).strip()
    if not isinstance(default, str) or _MAKERS.search(text):
        return ""
    if deployment.origin == "bicep":
        if default != text or not text:
            return default
        return text.strip("'") if text.startswith("'") and "${" not in text else ""
    return "" if default.startswith("[") and not default.startswith("[[") else default


def _source_text(place: Place, inventory: Inventory) -> str:
    """The first line of what is written at a place; "" where the text is not at hand."""
    lines = inventory.texts.get(place.path, "").splitlines()
    if not 0 < place.line <= len(lines):
        return ""
    line = lines[place.line - 1]
    return line[place.column - 1 : place.end_column - 1 if place.end_line == place.line else None]


def _listed(value: Value) -> bool | None:
    """Does a value hold, or (None) may it hold, a key that a list…() call reads?"""
    found = [lists_secrets(leaf.expression) for _, leaf in leaves(value) if isinstance(leaf, Unresolved)]
    return True if True in found else None if None in found else False

"""The plain settings of a resource: environment variables, app settings, arguments of a connection, by name.

Source of the paths: Azure.Bicep.Types.Az 0.2.972, read 2026-11-24. What a resource keeps as a secret (`secrets` of a
container app, `secureValue`, a secret of a vault) is no plain setting.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from linter.checks.pods import KINDS, containers
from linter.model import ABSENT, Path, Resource, Unresolved, Value, dig, member

POD_TYPES = frozenset(kind.lower() for kind in KINDS)
_LISTS: dict[str, tuple[tuple[Path, Path], ...]] = {
    "microsoft.app/containerapps": (
        (("properties", "template", "containers"), ("env",)),
        (("properties", "template", "initContainers"), ("env",)),
    ),
    "microsoft.app/jobs": (
        (("properties", "template", "containers"), ("env",)),
        (("properties", "template", "initContainers"), ("env",)),
    ),
    "microsoft.app/sessionpools": ((("properties", "customContainerTemplate", "containers"), ("env",)),),
    "microsoft.containerinstance/containergroups": (
        (("properties", "containers"), ("properties", "environmentVariables")),
        (("properties", "initContainers"), ("properties", "environmentVariables")),
    ),
}
"""Type → (list of containers, variables of one as a list of name and value)."""
_MAPS: dict[str, tuple[Path, ...]] = {
    "microsoft.machinelearningservices/workspaces/onlineendpoints/deployments": (
        ("properties", "environmentVariables"),
    ),
    "microsoft.machinelearningservices/workspaces/batchendpoints/deployments": (
        ("properties", "environmentVariables"),
    ),
    "microsoft.machinelearningservices/workspaces/jobs": (
        ("properties", "environmentVariables"),
        ("properties", "trial", "environmentVariables"),
    ),
    "microsoft.machinelearningservices/workspaces/schedules": (
        ("properties", "action", "jobDefinition", "environmentVariables"),
        ("properties", "action", "jobDefinition", "trial", "environmentVariables"),
    ),
}
"""Type → variables as a map."""
_PAIRS: dict[str, tuple[Path, ...]] = {
    "microsoft.web/sites": (
        ("properties", "siteConfig", "appSettings"),
        ("properties", "siteConfig", "connectionStrings"),
    ),
    "microsoft.web/sites/slots": (
        ("properties", "siteConfig", "appSettings"),
        ("properties", "siteConfig", "connectionStrings"),
    ),
}
"""Type → settings as a list of name and value."""
COMPUTES = "microsoft.machinelearningservices/workspaces/computes"


class Setting(NamedTuple):
    """`name` is the whole name; `value` may be open. `named`: the value counts whatever its name."""

    path: Path
    name: str
    value: Value
    named: bool = False


def settings(resource: Resource) -> Iterator[Setting]:
    """Every plain setting; a whole list or map that is open is one setting without a name."""
    key = resource.type_key
    for base, inner in _LISTS.get(key, ()):
        many = dig(resource.body, base)
        for index, one in enumerate(many if isinstance(many, list) else []):
            yield from _pairs(dig(one, inner), (*base, index, *inner), "value")
    for base in _MAPS.get(key, ()):
        yield from _map(dig(resource.body, base), base)
    for base in _PAIRS.get(key, ()):
        value_key = "connectionString" if base[-1] == "connectionStrings" else "value"
        yield from _pairs(dig(resource.body, base), base, value_key, named=value_key != "value")
    if key in ("microsoft.web/sites/config", "microsoft.web/sites/slots/config"):
        yield from _config(resource)
    elif key == COMPUTES:
        yield from _services(resource)
    elif key.endswith("/connections"):
        yield from _map(
            dig(resource.body, ("properties", "credentials", "keys")), ("properties", "credentials", "keys")
        )
    elif key in POD_TYPES and resource.origin == "manifest":
        for path, container in containers(resource):
            yield from _pairs(member(container, "env"), (*path, "env"), "value")


def _pairs(found: Value, base: Path, value_key: str, *, named: bool = False) -> Iterator[Setting]:
    if isinstance(found, Unresolved):
        yield Setting(base, "", found)
    for index, entry in enumerate(found if isinstance(found, list) else []):
        name, value = member(entry, "name"), member(entry, value_key)
        if isinstance(entry, Unresolved):
            yield Setting((*base, index), "", entry)
        elif value is not ABSENT:
            yield Setting((*base, index, value_key), name if isinstance(name, str) else "", value, named)


def _map(found: Value, base: Path) -> Iterator[Setting]:
    if isinstance(found, Unresolved):
        yield Setting(base, "", found)
    for name, value in found.items() if isinstance(found, dict) else ():
        if value is not None:
            yield Setting((*base, name), str(name), value)


def _config(resource: Resource) -> Iterator[Setting]:
    """`appsettings` is a map, `connectionstrings` a map of objects, `web` holds the lists of `siteConfig`."""
    kind = str(resource.name).rpartition("/")[2].lower()
    properties = dig(resource.body, ("properties",))
    if kind == "appsettings":
        yield from _map(properties, ("properties",))
    elif kind == "connectionstrings":
        for name, entry in properties.items() if isinstance(properties, dict) else ():
            value = member(entry, "value")
            if value is not ABSENT:
                yield Setting(("properties", name, "value"), str(name), value, True)
    elif kind == "web":
        yield from _pairs(member(properties, "appSettings"), ("properties", "appSettings"), "value")


def _services(resource: Resource) -> Iterator[Setting]:
    """Custom services of a compute instance: a map of name to `{type, value}`."""
    base: Path = ("properties", "properties", "customServices")
    services = dig(resource.body, base)
    for index, service in enumerate(services if isinstance(services, list) else []):
        variables = member(service, "environmentVariables")
        for name, entry in variables.items() if isinstance(variables, dict) else ():
            value = member(entry, "value") if isinstance(entry, dict) else entry
            if value is not ABSENT and value is not None:
                path: Path = (*base, index, "environmentVariables", name)
                yield Setting((*path, "value") if isinstance(entry, dict) else path, str(name), value)

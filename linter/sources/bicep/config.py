"""`bicepconfig.json`: aliases of registries and template specs, the root of the module cache.

What the compiler does with the file was observed with Bicep CLI 0.49.2 in November 2026: the nearest file upward from
the referring file counts, alone; JSON with comments; names of aliases with case. `extends`, which newer compilers
know, names a file to start from.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from linter.errors import InputError
from linter.sources.arm.reader import read

_NAME = "bicepconfig.json"
_PUBLIC = {"registry": "mcr.microsoft.com", "modulePath": "bicep"}
_REGISTRY = re.compile(r"(?P<host>[^/]+)/(?P<path>[^:@]+)(?::(?P<tag>[\w][\w.-]*)|@(?P<digest>sha256:[0-9a-f]{64}))")
_SPEC = re.compile(r"(?P<subscription>[^/]+)/(?P<group>[^/]+)/(?P<name>[^/:]+):(?P<version>[^/:]+)")
_FORBIDDEN = frozenset('"*:<>?|')


class ReferenceFault(Exception):  # noqa: N818  # a fault in the text, as SyntaxFault is
    """A module reference that the compiler refuses: its code, and what is wrong with it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class Reference:
    """What the path of a module, an import or a `using` means.

    `kind`: `file` (then `path` is set), `registry` or `spec`. `name` is the reference in full, without aliases:
    `br:mcr.microsoft.com/bicep/avm/res/a/b:0.1.0`, `ts:SUBSCRIPTION/GROUP/NAME:VERSION`. `cached` is the folder of a
    restored module below the root of the cache.
    """

    kind: str
    name: str
    path: Path | None = None
    cached: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BicepConfig:
    """One configuration. `path` is None where there is no file: then the built-in values hold.

    `registries`: alias → {registry, modulePath}; `specs`: alias → {subscription, resourceGroup}; `mocks`: alias →
    folder that stands in for the registry; `features`: the experimental ones that are switched on; `fault` tells what
    is wrong with the file: what it says there is left out.
    """

    path: Path | None = None
    registries: Mapping[str, Mapping[str, Any]] = field(default_factory=lambda: {"public": _PUBLIC})
    specs: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    mocks: Mapping[str, Path] = field(default_factory=dict)
    cache_root: Path | None = None
    features: frozenset[str] = frozenset()
    fault: str = ""

    def root(self) -> Path:
        """The root of the module cache, `~/.bicep` unless the file moves it."""
        return self.cache_root or Path.home() / ".bicep"

    def resolve(self, reference: str, referring: Path) -> Reference:
        """What `reference`, written in the file `referring`, means. Raises `ReferenceFault`; the disk is not asked."""
        scheme, colon, rest = reference.partition(":")
        head = scheme.partition("/")[0]
        if colon and head == "br":
            return self._registry(scheme, rest)
        if colon and head == "ts":
            return self._spec(scheme, rest)
        check_file_path(reference)
        return Reference("file", reference, referring.parent / reference)

    def _registry(self, scheme: str, rest: str) -> Reference:
        alias = scheme[3:]
        if alias in self.mocks:
            name = re.split("[:@]", rest, maxsplit=1)[0]
            return Reference("file", f"{scheme}:{rest}", self.mocks[alias] / f"{name}.bicep")
        if scheme != "br":
            entry = self.registries.get(alias)
            if entry is None or not entry.get("registry"):
                raise ReferenceFault("BCP213", f"the registry alias {alias!r} is not in {self.path or _NAME}")
            rest = "/".join(str(part) for part in (entry["registry"], entry.get("modulePath"), rest) if part)
        match = _REGISTRY.fullmatch(rest)
        if match is None:
            raise ReferenceFault("BCP193", f"{scheme}:{rest} is not br:REGISTRY/PATH:TAG")
        host, path = match["host"], match["path"]
        version = f"{match['tag']}${_capitals(match['tag'])}" if match["tag"] else match["digest"].replace(":", "#")
        cached = ("br", host.lower().replace(":", "$"), path.replace("/", "$"), version)
        return Reference("registry", f"br:{rest}", None, cached)

    def _spec(self, scheme: str, rest: str) -> Reference:
        if scheme != "ts":
            alias = scheme[3:]
            entry = self.specs.get(alias)
            if entry is None:
                raise ReferenceFault("BCP212", f"the template spec alias {alias!r} is not in {self.path or _NAME}")
            rest = f"{entry.get('subscription')}/{entry.get('resourceGroup')}/{rest}"
        match = _SPEC.fullmatch(rest)
        if match is None:
            raise ReferenceFault("BCP194", f"{scheme}:{rest} is not ts:SUBSCRIPTION/GROUP/NAME:VERSION")
        return Reference("spec", f"ts:{rest}", None, ("ts", *(part.lower() for part in match.groups())))


def _capitals(tag: str) -> str:
    """The positions of capitals in a tag as a hexadecimal mask, bit 0 for the first character; empty without any."""
    mask = sum(1 << place for place, letter in enumerate(tag) if "A" <= letter <= "Z")
    return f"{mask:x}" if mask else ""


def check_file_path(path: str) -> None:
    """Raise `ReferenceFault` for a path to a file that the compiler would not take."""
    if not path:
        raise ReferenceFault("BCP050", "the path is empty")
    if path.startswith("/") or re.match(r"[A-Za-z]:", path):
        raise ReferenceFault("BCP051", f"{path!r} is absolute; files are named relative to this one")
    if "\\" in path:
        raise ReferenceFault("BCP098", f"{path!r} has a backslash; folders are separated by /")
    if not _FORBIDDEN.isdisjoint(path) or any(letter < " " for letter in path):
        raise ReferenceFault("BCP085", f"{path!r} has a character that no file name may have")
    if path.endswith((" ", ".")) and path not in (".", "..") and not path.endswith(("/.", "/..")):
        raise ReferenceFault("BCP086", f"{path!r} ends with a space or a dot")


@lru_cache(maxsize=1024)
def config_for(folder: Path) -> BicepConfig:
    """The configuration for the files of a folder: the nearest `bicepconfig.json` from there upward."""
    path = folder / _NAME
    if path.is_file():
        return read_config(path)
    return BicepConfig() if folder.parent == folder else config_for(folder.parent)


def read_config(path: Path) -> BicepConfig:
    """The configuration in a file. What cannot be read is told in `fault`, never raised."""
    try:
        content, folder_of = _merged(path, ())
    except (InputError, OSError, ValueError) as error:
        return BicepConfig(path, fault=f"{path.as_posix()}: {error}")
    aliases = _object(content, "moduleAliases")
    mocks = {
        name: folder_of["moduleAliasesMock"] / str(entry["mapToFilePath"])
        for name, entry in _object(_object(content, "moduleAliasesMock"), "br").items()
        if isinstance(entry, dict) and "mapToFilePath" in entry
    }
    registries = {"public": _PUBLIC, **_objects(_object(aliases, "br"))}
    root, fault = _cache_root(content.get("cacheRootDirectory"), path)
    switches = _object(content, "experimentalFeaturesEnabled")
    features = frozenset(name for name, switch in switches.items() if switch is True)
    return BicepConfig(path, registries, _objects(_object(aliases, "ts")), mocks, root, features, fault)


def _merged(path: Path, seen: tuple[Path, ...]) -> tuple[dict[str, Any], dict[str, Path]]:
    """(content over what it extends, section → folder of the file that states it)."""
    if path in seen or len(seen) > 20:
        raise ValueError("`extends` leads back to the file")
    content = read(path, path.as_posix()).value
    if not isinstance(content, dict):
        raise ValueError("the file holds no object")
    folders = dict.fromkeys(content, path.parent)
    base = content.get("extends")
    if not isinstance(base, str):
        return content, folders
    below, below_folders = _merged((path.parent / base).resolve(), (*seen, path))
    return _over(below, content), {**below_folders, **folders}


def _over(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        old = merged.get(key)
        merged[key] = _over(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return merged


def _object(content: Mapping[str, Any], key: str) -> dict[str, Any]:
    value = content.get(key)
    return value if isinstance(value, dict) else {}


def _objects(content: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {name: entry for name, entry in content.items() if isinstance(entry, dict)}


def _cache_root(value: object, path: Path) -> tuple[Path | None, str]:
    if not isinstance(value, str):
        return None, ""
    if value == "~" or value.startswith("~/"):
        return Path.home() / value[2:], ""
    root = Path(value)
    if not root.is_absolute():
        return None, f"{path.as_posix()}: cacheRootDirectory must be absolute or begin with ~/, not {value!r}"
    return root, ""

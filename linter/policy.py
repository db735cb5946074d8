"""Policies: YAML files to `Policy`, checked to the last key, and a compiled form that loads without YAML.

The id of `<folder>/<area>/<fault>.yaml` is `<area>/<fault>`. `compile_folder` reads and checks all files of a folder
and gives plain data; `load` keeps that data as JSON: in the wheel at `linter/policies/compiled.json` (made by
linter/hatch_build.py), for a checkout or a folder of one's own in the user's cache, where a changed time, size, name or
content of any file is noticed.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from linter.errors import InputError, UsageError
from linter.model import PolicyText, Severity

FORMAT = 1
COMPILED = "compiled.json"
RACY_NS = 2_000_000_000
"""A file changed that shortly before it was compiled may change again within the same tick: its content is hashed
too."""


@dataclass(frozen=True, slots=True)
class Policy:
    """One policy as written; `data` is the checked content of its file. `parameters` maps names to defaults."""

    id: str
    title: str
    severity: Severity
    strict: bool
    types: tuple[str, ...]
    production: bool
    when: Any
    require: Any
    check: str
    message: str
    parameters: Mapping[str, Any]
    data: Mapping[str, Any]

    @property
    def sets(self) -> tuple[str, ...]:
        """The strict set holds the default set too."""
        return ("strict",) if self.strict else ("default", "strict")

    def text(self) -> PolicyText:
        """What reports say of the policy."""
        data, fix = self.data, self.data["fix"]
        return PolicyText(
            id=self.id, title=self.title, severity=self.severity, sets=self.sets, resource=self.types, why=data["why"],
            fix=fix["text"], fix_arm=fix.get("arm", ""), fix_bicep=fix.get("bicep", ""), says=tuple(data["says"]),
            pillars=tuple(data["pillars"]), overlaps=tuple(data["overlaps"]), parameters=data.get("parameters", {}),
            sources=tuple(data["sources"]), fixable="set" in fix, when_not=data.get("when_not", ""),
        )  # fmt: skip


def policy_of(policy_id: str, data: Mapping[str, Any]) -> Policy:
    """The policy that checked data says."""
    types = data["resource"]
    return Policy(
        id=policy_id,
        title=data["title"],
        severity=cast(Severity, data["severity"]),
        strict=data.get("set", "default") == "strict",
        types=(types,) if isinstance(types, str) else tuple(types),
        production=data.get("production", False),
        when=data.get("when"),
        require=data.get("require"),
        check=data.get("check", ""),
        message=data.get("message", ""),
        parameters={name: entry["default"] for name, entry in data.get("parameters", {}).items()},
        data=data,
    )


def shipped_folder() -> Path:
    """Where the policies of the product lie: in the package of a wheel, beside it in a checkout."""
    inside = Path(__file__).parent / "policies"
    return inside if inside.is_dir() else Path(__file__).parent.parent / "policies"


def load(folders: Iterable[str | Path] = ()) -> dict[str, Policy]:
    """The product's policies and those of `folders`, by id in alphabetical order.

    Raises `UsageError` naming file and line for a policy file that is wrong, for a folder that is none, for an id that
    two folders have.
    """
    found: dict[str, Policy] = {}
    origin: dict[str, Path] = {}
    for folder in [shipped_folder(), *map(Path, folders)]:
        if not folder.is_dir():
            raise UsageError(
                f"{folder.as_posix()}: no such folder of policies; --policies takes a folder of <area>/<fault>.yaml"
            )
        for policy_id, data in _compiled(folder).items():
            if policy_id in found:
                raise UsageError(
                    f"{folder.as_posix()}/{policy_id}.yaml: {origin[policy_id].as_posix()} has a policy of that id "
                    "too; rename one"
                )
            found[policy_id] = policy_of(policy_id, data)
            origin[policy_id] = folder
    return dict(sorted(found.items()))


def _compiled(folder: Path) -> dict[str, Any]:
    ready = folder / COMPILED
    if folder.parent == Path(__file__).parent and ready.is_file():
        return cast("dict[str, Any]", json.loads(ready.read_bytes())["policies"])
    files = _files(folder)
    stamp = _stamp(folder, files)
    cache = _cache_file(folder)
    try:
        kept = json.loads(cache.read_bytes())
        if kept["stamp"] == stamp and (not kept["racy"] or kept["digest"] == _digest(files)):
            return cast("dict[str, Any]", kept["policies"])
    except (OSError, ValueError, KeyError, TypeError):
        pass  # no cache, or a broken one: both are made anew
    digest = _digest(files)
    fresh = compile_folder(folder)
    newest = max((stamp_line[1] for stamp_line in stamp[1:]), default=0)
    racy = newest > time.time_ns() - RACY_NS
    _write_cache(cache, {"stamp": stamp, "racy": racy, "digest": digest, "policies": fresh})
    return fresh


def _files(folder: Path) -> list[Path]:
    """All `<area>/<fault>.yaml`, sorted."""
    found = []
    with os.scandir(folder) as areas:
        for area in areas:
            if area.is_dir() and not area.name.startswith("."):
                with os.scandir(area) as files:
                    found += [Path(file.path) for file in files if file.name.endswith(".yaml") and file.name[0] != "."]
    return sorted(found)


def _stamp(folder: Path, files: list[Path]) -> list[Any]:
    """Names, times (ns) and sizes of the files and of the code that compiles them."""
    code: list[Any] = [FORMAT, folder.as_posix()]
    for module in ("policy.py", "policy_schema.py", "predicates.py", "comparing.py", "lined_yaml.py"):
        state = (Path(__file__).parent / module).stat()
        code += [state.st_mtime_ns, state.st_size]
    states = [(path, path.stat()) for path in files]
    return [code, *([path.as_posix(), state.st_mtime_ns, state.st_size] for path, state in states)]


def _digest(files: list[Path]) -> str:
    """Of names and contents: what tells a change that kept time and size, within the grain of the file system's
    clock."""
    whole = hashlib.sha256()
    for path in files:
        content = path.read_bytes()
        whole.update(f"{path.as_posix()}\0{len(content)}\0".encode())
        whole.update(content)
    return whole.hexdigest()


def _cache_file(folder: Path) -> Path:
    if os.environ.get("AIPLINT_CACHE_DIR"):
        base = Path(os.environ["AIPLINT_CACHE_DIR"])
    elif sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "aiplint"
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches" / "aiplint"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "aiplint"
    name = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:16]
    return base / f"policies-{name}.json"


def _write_cache(cache: Path, content: Any) -> None:
    """A cache that cannot be written costs time, nothing else."""
    try:
        cache.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(dir=cache.parent)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(content, file, ensure_ascii=False, separators=(",", ":"))
        Path(name).replace(cache)
    except OSError:
        return


def compile_folder(folder: Path) -> dict[str, Any]:
    """Checked data by id. Raises `UsageError` naming file and line."""
    return {path.relative_to(folder).with_suffix("").as_posix(): read_policy(path) for path in _files(folder)}


def read_policy(path: Path) -> dict[str, Any]:
    """The checked content of one policy file. Raises `UsageError` naming file and line."""
    from linter.lined_yaml import parse_yaml
    from linter.policy_schema import check_policy

    shown = path.as_posix()
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{shown}: cannot be read: {error}") from None
    try:
        lined = parse_yaml(text)
    except InputError as error:
        raise UsageError(f"{shown}:{error.line}: {error.message}") from None
    for steps, message in check_policy(lined.data):
        raise UsageError(f"{shown}:{lined.line(steps)}: {message}")
    return cast("dict[str, Any]", lined.data)


def select(
    policies: Mapping[str, Policy], chosen: Iterable[str], ignored: Iterable[str], default_set: str
) -> dict[str, Policy]:
    """The policies that run: those that `chosen` names (ids, areas such as `serving/`, sets), else the set; less the
    ignored.

    Raises `UsageError` for a word that names nothing.
    """
    wanted = _named(policies, list(chosen) or [default_set])
    unwanted = _named(policies, ignored)
    left = {name: policy for name, policy in policies.items() if name in wanted and name not in unwanted}
    if not left:
        raise UsageError("no policy is left to judge by; look at --select, --ignore and `set` of the configuration")
    return left


def _named(policies: Mapping[str, Policy], words: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for word in (part.strip() for chunk in words for part in chunk.split(",")):
        if not word:
            continue
        if word in ("default", "strict"):
            found |= {name for name, policy in policies.items() if word in policy.sets}
        elif word in policies:
            found.add(word)
        else:
            area = word.rstrip("/") + "/"
            members = {name for name in policies if name.startswith(area)}
            if not members:
                raise UsageError(f"no policy, area or set is called {word!r}{near(word, policies)}")
            found |= members
    return found


def near(word: str, names: Iterable[str]) -> str:
    """The end of an error text: what the word is nearly."""
    import difflib

    close = difflib.get_close_matches(word, list(names), n=1)
    return f"; did you mean {close[0]!r}?" if close else ""

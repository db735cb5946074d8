"""What a file is, from its name and a look into it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal, TypeAlias

from linter.errors import InputError
from linter.model import Gap
from linter.sources.arm.reader import MAX_BYTES, decode, parse

Kind: TypeAlias = Literal[
    "template", "parameters", "bicep", "bicepparam", "export", "manifest", "bundle", "unreadable", ""
]

_SCHEMA = re.compile(rb'"\$schema"\s*:\s*"[^"]{0,300}?deployment(template|parameters)\.json', re.IGNORECASE)
_LINK = re.compile(rb'"relativePath"\s*:\s*"([^"\\\[][^"\\]*)"', re.IGNORECASE)
_GENERATED = re.compile(rb'"_generator"\s*:\s*\{\s*"name"\s*:\s*"bicep"')
_HINT = re.compile(
    rb'predictedResources|/subscriptions/|/providers/|"changes"|"resources"|"parameters"|"apiVersion"', re.IGNORECASE
)
_AZURE = re.compile(rb"schema\.management\.azure\.com|\bMicrosoft\.[A-Za-z]+/|/subscriptions/")
_JSON_MODULE = re.compile(rb"^\s*module\s+\w+\s+'([^':\r\n]+\.jsonc?)'", re.MULTILINE | re.IGNORECASE)
_NO_TEMPLATE = re.compile(rb"^\s*using\s+none\b", re.MULTILINE)
_BICEP_BODY = re.compile(rb"^\s*(?:resource|module|targetScope|output|param)\s", re.MULTILINE)
_BUNDLE = re.compile(rb"^bundle\s*:", re.MULTILINE)
_WIDE: Final = (b"\xff\xfe", b"\xfe\xff")


@dataclass(slots=True)
class File:
    """A file that is something to us.

    `path` is absolute. `links`: the JSON templates that it calls or, of a parameter file, belongs to, absolute too.
    `generated`: a template that the Bicep compiler wrote; `deploys`: false for a Bicep file that only others use.
    """

    path: Path
    shown: str
    kind: Kind
    named: bool = False
    links: list[Path] = field(default_factory=list)
    generated: bool = False
    deploys: bool = True
    gap: Gap | None = None

    @property
    def folder(self) -> Path:
        return self.path.parent

    @property
    def stem(self) -> str:
        """The name without its last ending, in lower case."""
        return self.path.stem.lower()


def look(path: Path, shown: str, named: bool = False) -> File | None:
    """What the file at the absolute `path` is; `None` where it is nothing to us.

    A `named` file (given by the user) that is nothing to us is `unreadable`, with a gap that says so.
    """
    ending = path.suffix.lower()
    file = File(path, shown, "", named)
    if ending not in (".json", ".jsonc", ".jsonl", ".ndjson", ".bicep", ".bicepparam", ".yml", ".yaml"):
        return _unknown(file)
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        return _unreadable(file, f"cannot be read: {error.strerror or error}", "unreadable")
    if len(data) > MAX_BYTES:
        return _too_large(file, data)
    if data[:2] in _WIDE or b"\0" in data[:4]:
        try:
            data = decode(data).encode("utf-8")
        except InputError as error:
            return _unreadable(file, error.message, "unreadable") if named else None
    if ending in (".bicep", ".bicepparam"):
        _look_at_bicep(file, data)
    elif ending in (".yml", ".yaml"):
        _look_at_yaml(file, data)
    else:
        _look_at_json(file, data)
    return file if file.kind else _unknown(file)


def _unknown(file: File) -> File | None:
    if not file.named:
        return None
    message = "is neither a template, a Bicep file, a parameter file, an export, a manifest nor a bundle"
    return _unreadable(file, message, "unreadable")


def _unreadable(file: File, message: str, kind: str, line: int = 1, column: int = 1) -> File:
    file.kind = "unreadable"
    file.gap = Gap(file.shown, message, line, column, kind)
    return file


def _too_large(file: File, data: bytes) -> File | None:
    if file.named or _AZURE.search(data, 0, 1 << 16):
        message = f"is larger than {MAX_BYTES // 1024**2} MB, the most that is read of one file; split it"
        return _unreadable(file, message, "limit")
    return None


def _look_at_bicep(file: File, data: bytes) -> None:
    file.kind = "bicep" if file.path.suffix.lower() == ".bicep" else "bicepparam"
    if file.kind == "bicep":
        file.links = list(_links(file.path, _JSON_MODULE.finditer(data)))
        file.deploys = _BICEP_BODY.search(data) is not None
    else:
        file.deploys = _NO_TEMPLATE.search(data) is None


def _links(path: Path, found: Iterator[re.Match[bytes]]) -> Iterator[Path]:
    for link in found:
        text = link[1].decode("utf-8", "replace").replace("\\", "/").split("?")[0]
        yield normal(path.parent / text)


def normal(path: Path) -> Path:
    """An absolute path without `.` and `..` steps; links of the file system are left as they are."""
    steps: list[str] = []
    for step in path.absolute().parts:
        if step == ".." and len(steps) > 1:
            steps.pop()
        elif step != ".":
            steps.append(step)
    return Path(*steps)


def _look_at_yaml(file: File, data: bytes) -> None:
    from linter.sources import databricks, kubernetes  # templates do without them

    if file.path.name.lower() in databricks.NAMES and _BUNDLE.search(data):
        file.kind = "bundle"
    elif kubernetes.may_be_manifest(data) or file.path.stem.lower() == "kustomization":
        file.kind = "manifest"


def _look_at_json(file: File, data: bytes) -> None:
    schema = _SCHEMA.search(data)
    if schema is not None and data.count(b"{", 0, schema.start()) == 1:
        file.kind = "template" if schema[1].lower() == b"template" else "parameters"
    elif file.named or _HINT.search(data):
        _look_inside(file, data)
    if file.kind == "template":
        file.links = list(_links(file.path, _LINK.finditer(data)))
        file.generated = _GENERATED.search(data) is not None
    elif file.kind == "parameters" and b"template" in data.lower():
        _link_to_template(file, data)


def _look_inside(file: File, data: bytes) -> None:
    from linter.sources import exports, kubernetes, snapshot  # most files are what their `$schema` says
    from linter.sources.arm.deployment import is_template  # brings the evaluator, which other inputs do not need
    from linter.sources.arm.parameters import is_parameter_file

    try:
        text = decode(data)
        if file.path.suffix.lower() in (".jsonl", ".ndjson"):
            file.kind = "export" if exports.has_lines(text + "\n") else ""
            return
        document = parse(text, file.shown)
    except InputError as error:
        if exports.has_lines(decode_or_empty(data)):
            file.kind = "export"
        elif file.named or _AZURE.search(data):
            kind = "syntax" if error.line else "unreadable"
            _unreadable(file, error.message, kind, error.line or 1, error.column or 1)
        return
    if is_template(document.value):
        file.kind = "template"
    elif is_parameter_file(document):
        file.kind = "parameters"
    elif kubernetes.is_object(document.value):
        file.kind = "manifest"
    elif exports.is_export(document.value) or snapshot.is_scan(document.value):
        file.kind = "export"


def decode_or_empty(data: bytes) -> str:
    """The text of some bytes, empty where they are none."""
    try:
        return decode(data)
    except InputError:
        return ""


def _link_to_template(file: File, data: bytes) -> None:
    from linter.sources.arm.parameters import template_link

    try:
        link = template_link(parse(decode(data), file.shown))
    except InputError:
        return  # told when its values are read
    if link and ":" not in link:
        file.links = [normal(file.folder / link.replace("\\", "/"))]

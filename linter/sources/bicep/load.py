"""`load*Content` and `loadDirectoryFileInfo`: files beside the one that names them, never outside the scanned tree."""

from __future__ import annotations

import base64
import fnmatch
import os
from pathlib import Path as FilePath
from typing import Final

from linter.errors import InputError
from linter.model import Value
from linter.sources.arm.reader import parse
from linter.sources.bicep.frames import BicepFrame
from linter.sources.bicep.jsonpath import select
from linter.sources.bicep.library import resolve
from linter.sources.bicep.syntax import Node
from linter.sources.template.values import EvaluationError
from linter.sources.yamlfile import Node as YamlNode

_ENCODINGS: Final = {
    "us-ascii": "ascii",
    "iso-8859-1": "latin-1",
    "utf-8": "utf-8",
    "utf-16": "utf-16-le",
    "utf-16be": "utf-16-be",
}
_MARKS: Final = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\0\0", "utf-32-le"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_INFINITE: Final = {".inf": "Infinity", "+.inf": "Infinity", "-.inf": "-Infinity", ".nan": "NaN"}
MOST_FILES: Final = 10_000


def path_of(args: list[Value], frame: BicepFrame) -> FilePath:
    """The absolute path that the first argument means; `EvaluationError` where it is none."""
    if not args or not isinstance(args[0], str):
        raise EvaluationError("A file's name must be text that is known before the deployment.")
    written = args[0]
    if not written or "\\" in written or written.startswith("/") or ":" in written or "\0" in written:
        raise EvaluationError(f"The path '{written}' must be relative, with forward slashes.")
    return resolve(frame.unit.program.path, written)


def text_of(path: FilePath, encoding: Value, frame: BicepFrame) -> str:
    """The text of a file; a byte order mark goes before the encoding that is asked for."""
    try:
        data = frame.unit.library.data(path)
    except InputError as error:
        shown = frame.unit.library.shown(path)
        raise EvaluationError(error.message if shown in error.message else f"'{shown}' {error.message}") from None
    name = "utf-8"
    if encoding is not None:
        known = _ENCODINGS.get(encoding.lower()) if isinstance(encoding, str) else None
        if known is None:
            raise EvaluationError(
                f"The encoding '{encoding}' is not known; take one of {', '.join(sorted(_ENCODINGS))}."
            )
        name = known
    for mark, told in _MARKS:
        if data.startswith(mark):
            data, name = data[len(mark) :], told
            break
    frame.budget.make_text(len(data))
    return data.decode(name, "replace")


def text_content(args: list[Value], _node: Node, frame: BicepFrame) -> Value:
    """`loadTextContent(path, encoding)`."""
    return text_of(path_of(args, frame), args[1] if len(args) > 1 else None, frame)


def base64_content(args: list[Value], _node: Node, frame: BicepFrame) -> Value:
    """`loadFileAsBase64(path)`."""
    path = path_of(args, frame)
    try:
        data = frame.unit.library.data(path)
    except InputError as error:
        raise EvaluationError(f"'{frame.unit.library.shown(path)}' {error.message}") from None
    frame.budget.make_text(len(data) * 4 // 3)
    return base64.b64encode(data).decode()


def json_content(args: list[Value], _node: Node, frame: BicepFrame) -> Value:
    """`loadJsonContent(path, query, encoding)`."""
    path = path_of(args, frame)
    value = _cached(path, args, frame, _parse_json)
    return select(value, args[1]) if len(args) > 1 and args[1] is not None else value


def yaml_content(args: list[Value], _node: Node, frame: BicepFrame) -> Value:
    """`loadYamlContent(path, query, encoding)`."""
    path = path_of(args, frame)
    value = _cached(path, args, frame, _parse_yaml)
    return select(value, args[1]) if len(args) > 1 and args[1] is not None else value


def _cached(path: FilePath, args: list[Value], frame: BicepFrame, read: object) -> Value:
    text = text_of(path, args[2] if len(args) > 2 else None, frame)
    frame.unit.run.texts[frame.unit.library.shown(path)] = text
    try:
        return read(path, text, frame)  # type: ignore[operator]  # one of the two readers below
    except InputError as error:
        where = f" (line {error.line})" if error.line else ""
        raise EvaluationError(f"'{frame.unit.library.shown(path)}'{where}: {error.message}") from None


def _parse_json(path: FilePath, text: str, frame: BicepFrame) -> Value:
    return parse(text, frame.unit.library.shown(path)).value


def _parse_yaml(path: FilePath, text: str, frame: BicepFrame) -> Value:
    for document in frame.unit.library.yaml(path, text).documents():
        return _typed(document, text)
    return None


def _typed(node: YamlNode, text: str) -> Value:
    """A YAML value with the types that the compiler's reader gives it: `yes` and `on` are text."""
    value = node.value
    if isinstance(value, dict):
        return {str(key): _typed(below, text) for key, below in node.members.items()}
    if isinstance(value, list):
        return [_typed(node.members[index], text) for index in range(len(value))]
    if isinstance(value, bool):
        written = text[node.start : node.end]
        return value if written.lower() in ("true", "false") else written
    if isinstance(value, str):
        return _INFINITE.get(text[node.start : node.end].lower(), value)
    return value


def directory_info(args: list[Value], _node: Node, frame: BicepFrame) -> Value:
    """`loadDirectoryFileInfo(folder, pattern)`: the files directly in a folder, by name."""
    path = path_of(args, frame)
    library = frame.unit.library
    if not library.inside(path):
        raise EvaluationError(f"'{library.shown(path)}' lies outside the scanned tree and is not read")
    pattern = args[1] if len(args) > 1 and isinstance(args[1], str) else "*"
    try:
        names = sorted(entry.name for entry in os.scandir(path) if entry.is_file())
    except OSError as error:
        raise EvaluationError(f"'{library.shown(path)}' cannot be read: {error.strerror or error}") from None
    frame.budget.make_items(len(names))
    folder = args[0].rstrip("/")
    return [
        {
            "relativePath": f"{folder}/{name}".removeprefix("./"),
            "baseName": name,
            "extension": FilePath(name).suffix,
        }
        for name in names[:MOST_FILES]
        if fnmatch.fnmatch(name.lower(), pattern.lower())
    ]

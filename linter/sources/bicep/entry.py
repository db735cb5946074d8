"""Which files of a folder are entry points: what a person deploys, as opposed to what such a file uses.

A `.bicep` file that another one uses as a module or imports from is no entry point; a `.bicepparam` file is judged with
the template that it uses; a template that parameter files use is judged once with each.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from linter.sources.bicep.config import ReferenceFault, config_for
from linter.sources.bicep.lexer import decode, tokenize, unescape
from linter.sources.bicep.syntax import units


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry point: `template`, and the `.bicepparam` files that use it (in the order of the files given).

    `template` is a `.bicep` file, or what a `.bicepparam` file names that is not among the given files (a compiled
    template, a file elsewhere, possibly missing); None for a `.bicepparam` file without a template on disk
    (`using none`, a registry module), which then stands alone in `parameters`.
    """

    template: Path | None
    parameters: tuple[Path, ...] = ()


def entries(files: Iterable[Path], read: Callable[[Path], str] | None = None) -> list[Entry]:
    """The entry points among `.bicep` and `.bicepparam` files (others are passed over), in the order given.

    Two paths are the same file where they are equal after `..` is taken out. What cannot be read uses nothing, and is
    an entry point, so that its gap is told. A file that uses itself, or files that use each other in a ring which
    nothing else uses, would leave nothing to start from: then the first of the ring is an entry point, and evaluating
    it tells the cycle. A `.bicepparam` file that others extend is judged through them.
    """
    read = read or _read
    bicep: dict[Path, Path] = {}
    parameters: list[Path] = []
    for path in files:
        if path.suffix.lower() == ".bicep":
            bicep[_plain(path)] = path
        elif path.suffix.lower() == ".bicepparam":
            parameters.append(path)
    uses = {plain: set(_files_used(path, read, ("module", "import"))) for plain, path in bicep.items()}
    extended = {used for path in parameters for used in _files_used(path, read, ("extends",))}
    starts = _starts(list(bicep), uses)
    by_template: dict[Path | None, list[Path]] = {plain: [] for plain in bicep if plain in starts}
    alone: list[Entry] = []
    for path in parameters:
        if _plain(path) in extended:
            continue
        used = next(_files_used(path, read, ("using",)), None)
        if used is not None:
            by_template.setdefault(used, []).append(path)
        else:
            alone.append(Entry(None, (path,)))
    return [Entry(bicep.get(key, key), tuple(given)) for key, given in by_template.items() if key is not None] + alone


def _starts(files: list[Path], uses: dict[Path, set[Path]]) -> set[Path]:
    used_by_others = {used for path, targets in uses.items() for used in targets if used != path}
    starts = {path for path in files if path not in used_by_others}
    reached = _reached(starts, uses)
    for path in files:
        if path not in reached:
            starts.add(path)
            reached |= _reached({path}, uses)
    return starts


def _reached(starts: set[Path], uses: dict[Path, set[Path]]) -> set[Path]:
    reached = set(starts)
    pending = list(starts)
    while pending:
        for path in uses.get(pending.pop(), ()):
            if path not in reached:
                reached.add(path)
                pending.append(path)
    return reached


def uses(text: str) -> Iterator[tuple[str, str]]:
    """(word, path as written) of every `module`, `test`, `import`, `using`, `extends` statement, from the tokens."""
    tokens = tokenize(units(text.removeprefix("\ufeff")))
    kinds, values = tokens.kinds, tokens.values
    before = "nl"
    for at, kind in enumerate(kinds):
        if kind == "name" and before == "nl" and values[at] in _WORDS:
            word = values[at]
            string = _string_after(kinds, values, at, word)
            if string is not None and string not in tokens.broken:
                path = unescape(tokens.text[tokens.starts[string] + 1 : tokens.ends[string] - 1])
                if path:
                    yield word, path
        before = kind


_WORDS = frozenset(("module", "test", "import", "using", "extends"))


def _string_after(kinds: list[str], values: list[str], at: int, word: str) -> int | None:
    """The index of the token that holds the path of the statement which begins at `at`."""
    if word in ("using", "extends"):
        place = at + 1
    elif word in ("module", "test"):
        if kinds[at + 1] != "name":  # a property of that name
            return None
        place = at + 2
    else:
        place = at + 1
        while kinds[place] != "end" and not (values[place] == "from" and kinds[place + 1] == "string"):
            if kinds[place] == "nl" and kinds[at + 1] != "{":
                return None
            place += 1
        place += 1
    return place if place < len(kinds) and kinds[place] == "string" else None


def _files_used(path: Path, read: Callable[[Path], str], words: tuple[str, ...]) -> Iterator[Path]:
    try:
        text = read(path)
    except OSError:
        return
    config = config_for(path.parent)
    for word, reference in uses(text):
        if word in words:
            try:
                found = config.resolve(reference, path).path
            except ReferenceFault:
                continue
            if found is not None:
                yield _plain(found)


def _plain(path: Path) -> Path:
    return Path(os.path.normpath(path))


def _read(path: Path) -> str:
    return decode(path.read_bytes())

"""Which file a module or import names: a local path, a restored registry module, one in a folder of the user's."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import TYPE_CHECKING

from linter.errors import InputError
from linter.sources.bicep.config import ReferenceFault, config_for

if TYPE_CHECKING:
    from linter.sources.bicep.run import Run


@dataclass(frozen=True, slots=True)
class Found:
    """A file; `registry` is the reference in full that was followed, empty for a local path."""

    path: FilePath
    registry: str = ""


def find(run: Run, referring: FilePath, written: str, *, counted: bool = True) -> Found:
    """The file that a path, written in the file `referring`, means; an `InputError` says why there is none.

    A registry module: the restored cache goes first, then the folders of the user; in `run.registry` if `counted`.
    """
    try:
        config = config_for(referring.parent)
        reference = config.resolve(written, referring)
    except ReferenceFault as fault:
        raise InputError(fault.message) from None
    if reference.path is not None:
        path = FilePath(os.path.normpath(reference.path))
        if not path.is_file():
            raise InputError(f"'{written}' does not exist")
        return Found(path)
    for root in (config.root(), *run.modules):
        for parts in (reference.cached, reference.cached[1:]):
            path = root.joinpath(*parts, "main.json")
            if path.is_file():
                if counted:
                    run.registry[reference.name] = True
                return Found(path, reference.name)
    if counted:
        run.registry.setdefault(reference.name, False)
    raise InputError("it is not in the module cache: run `bicep restore`, or name a folder of modules by --modules")

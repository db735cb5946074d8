"""Compiles the policies into the wheel, so that an installed aiplint never reads YAML to know them. A checkout gets its
byte code at installation, as a wheel does: where Python may write none later, every start would compile again."""

from __future__ import annotations

import compileall
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompilePolicies(BuildHookInterface[Any]):
    """Adds `linter/policies/compiled.json` to a wheel; an editable install keeps reading the checkout."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Raises `linter.errors.UsageError` for a policy that is wrong: no wheel is built from it."""
        if version == "editable":
            compileall.compile_dir(Path(self.root) / "linter", quiet=2)
            return
        sys.path.insert(0, self.root)
        from linter.dev import write_compiled

        file = Path(tempfile.mkdtemp()) / "compiled.json"
        write_compiled(Path(self.root) / "policies", file)
        build_data["force_include"][file.as_posix()] = "linter/policies/compiled.json"

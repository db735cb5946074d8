"""A server, a folder, and the command: what the tests of `aiplint audit` have in common."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from azure_server.estate import SECRETS, estate
from azure_server.server import (
    SECRET,
    SUBSCRIPTION,
    TOKEN,
    Azure,
    Running,
    environment,
    options,
)

DIAGNOSTICS = r"GET .*/ml-churn/providers/Microsoft.Insights/diagnosticSettings"
COMPUTES = r"GET .*/ml-churn/computes$"


@dataclass
class Ran:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    def verdicts(self) -> dict[tuple[str, str], str]:
        return {(row["policy"], row["resource"]["name"]): row["verdict"] for row in self.json["rows"]}

    def gaps(self) -> list[str]:
        return [gap["message"] for gap in self.json["gaps"]]


class Bench:
    """A server, a folder, and the command."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.azure = Azure(resources=estate())
        self.running = Running(self.azure, folder)

    def command(self, *more: str, scope: tuple[str, ...] = ("--subscription", SUBSCRIPTION)) -> list[str]:
        return [sys.executable, "-m", "linter", "audit", *scope, *options(self.running), *more]

    def env(self, **more: str) -> dict[str, str]:
        return environment(self.running, os.environ.items(), **more)

    def run(self, *more: str, scope: tuple[str, ...] = ("--subscription", SUBSCRIPTION), **env: str) -> Ran:
        """Run with JSON on standard output; nothing may be written to Azure, no secret may be told."""
        words = self.command("--format", "json", *more, scope=scope)
        done = subprocess.run(words, env=self.env(**env), cwd=self.folder, capture_output=True, text=True, timeout=60)
        ran = Ran(done.returncode, done.stdout, done.stderr)
        self.nothing_written()
        self.nothing_told(ran.out + ran.err)
        return ran

    def nothing_written(self) -> None:
        posts = {path.lower() for method, path, _ in self.azure.log if method != "GET"}
        allowed = {"/providers/microsoft.resourcegraph/resources"}
        assert {path for path in posts if not path.endswith("/oauth2/v2.0/token")} <= allowed

    def nothing_told(self, text: str) -> None:
        for secret in (*SECRETS, TOKEN, SECRET, "eyJ"):
            assert secret not in text

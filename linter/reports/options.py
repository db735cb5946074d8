"""What a report may be told; every format takes the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Unknown = Literal["fail", "report", "ignore"]
FailOn = Literal["high", "medium", "low", "note", "never"]


@dataclass(frozen=True, slots=True)
class Repository:
    """The git checkout that was scanned: what SARIF says of its provenance. `uri` bears no login."""

    uri: str
    revision: str = ""
    branch: str = ""


@dataclass(frozen=True, slots=True)
class Options:
    """`color`: ANSI colours are wanted. `width`: columns of the terminal. `evidence`: all rows, not only what is wrong.

    `root` and `folder` are absolute paths with forward slashes: the top of the checkout, and the folder that the rows'
    paths are relative to. Both empty: the rows' paths are taken as relative to the top already. `category` is SARIF's
    `automationDetails.id`.
    """

    color: bool = False
    width: int = 100
    evidence: bool = False
    unknown: Unknown = "report"
    fail_on: FailOn = "medium"
    category: str = ""
    version: str = ""
    root: str = ""
    folder: str = ""
    repository: Repository | None = None

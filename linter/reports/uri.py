"""A row's path as a URI reference relative to the top of the checkout, as code scanning takes it."""

from __future__ import annotations

import posixpath
import re
from functools import lru_cache
from urllib.parse import quote

_DRIVE = re.compile(r"[A-Za-z]:(?=/|$)")


def under_root(path: str, root: str, folder: str) -> str:
    """The path below `root`; `folder` is what it is relative to. What lies outside keeps its own steps, without `..`.

    With neither, the path is taken as relative to the top already. Forward slashes in, forward slashes out.
    """
    path = path.replace("\\", "/")
    whole = posixpath.normpath(posixpath.join(folder, path)) if folder and not _DRIVE.match(path) else path
    top = root.rstrip("/")
    if top and (whole.lower() if _DRIVE.match(top) else whole).startswith(
        (top.lower() if _DRIVE.match(top) else top) + "/"
    ):
        return whole[len(top) + 1 :]
    plain = posixpath.normpath(_DRIVE.sub("", path)).lstrip("/")
    while plain.startswith("../"):
        plain = plain[3:]
    return plain or "."


@lru_cache(maxsize=4096)
def uri(path: str, root: str = "", folder: str = "") -> str:
    """Percent-encoded, without a colon in its first segment, at most 2,000 characters of path."""
    text = under_root(path, root, folder)[-2_000:].lstrip("/")
    return quote(text, safe="/-._~!$&'()*+,;=@", errors="replace")

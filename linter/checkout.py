"""What the files of git say of the checkout that was scanned, without starting git."""

from __future__ import annotations

import configparser
import re
from pathlib import Path
from urllib.parse import urlsplit

from linter.reports.options import Repository

_LOGIN = re.compile(r"[^@/]+@([^:/]+):(?!//)(.*)")


def top_of(folder: Path) -> Path | None:
    """The top of the work tree that `folder` (absolute) stands in."""
    return next((at for at in (folder, *folder.parents) if (at / ".git").exists()), None)


def repository_at(top: Path) -> Repository | None:
    """Address, revision and branch; None where there is no address to name."""
    try:
        shared, own = _folders(top)
        uri = _address(shared / "config")
        head = (own / "HEAD").read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError, configparser.Error):
        return None
    if not uri:
        return None
    if not head.startswith("ref: "):
        return Repository(uri, head if re.fullmatch(r"[0-9a-f]{40,64}", head) else "", "")
    name = head.removeprefix("ref: ")
    return Repository(uri, _revision(shared, name), name.removeprefix("refs/heads/"))


def _folders(top: Path) -> tuple[Path, Path]:
    """The folder that all work trees share, and that of this one."""
    own = top / ".git"
    if own.is_file():
        own = (top / own.read_text(encoding="utf-8").strip().removeprefix("gitdir: ")).resolve()
    common = own / "commondir"
    return ((own / common.read_text(encoding="utf-8").strip()).resolve() if common.is_file() else own), own


def _address(config: Path) -> str:
    """The address of `origin` as https, without login, port or `.git`."""
    reader = configparser.ConfigParser(strict=False, interpolation=None)
    reader.read_string("\n".join(line.strip() for line in config.read_text(encoding="utf-8").splitlines()))
    url = reader.get('remote "origin"', "url", fallback="")
    if found := _LOGIN.fullmatch(url):
        url = f"https://{found[1]}/{found[2]}"
    parts = urlsplit(url)
    if not parts.hostname or parts.scheme not in ("https", "http", "ssh", "git"):
        return ""
    return f"https://{parts.hostname}{parts.path.removesuffix('/').removesuffix('.git')}"


def _revision(shared: Path, name: str) -> str:
    if ".." in name:
        return ""
    loose = shared / name
    if loose.is_file():
        return loose.read_text(encoding="utf-8").strip()
    packed = shared / "packed-refs"
    if packed.is_file():
        for line in packed.read_text(encoding="utf-8").splitlines():
            if line.endswith(f" {name}"):
                return line.partition(" ")[0]
    return ""

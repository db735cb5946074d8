"""What may hold a secret is never shown: neither as an observed value nor in a line of the source.

A name is a secret's when it ends in the whole word key, secret, password, pwd, token, SAS, credential or connection
string (camel case, snake case, dashes). Checks that look at values whose name stands elsewhere give `HIDDEN` as
observed.
"""

from __future__ import annotations

import re
from typing import Final

from linter.model import Path, Unresolved, Value, parse_path

HIDDEN: Final = "(hidden)"
MAX_TEXT: Final = 4_000
"""Longer names and messages are cut: Azure's own limits are far below."""
_WORDS: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_ENDINGS: Final = frozenset({"key", "secret", "password", "pwd", "passphrase", "token", "sas", "credential", "apikey"})
_MEMBER: Final = re.compile(r"""(["']?)([A-Za-z_][\w-]*)\1(\s*:\s*)(["'])((?:(?!\4)[^\\]|\\.)*)\4""")
_VALUE: Final = re.compile(
    r"""(name["']?\s*:\s*(["'])([\w-]+)\2[^{}]*?value["']?\s*:\s*)(["'])((?:(?!\4)[^\\]|\\.)*)\4""", re.IGNORECASE
)


def secret_name(name: str) -> bool:
    """Does a value of that name hold a secret?"""
    words = [word.lower().removesuffix("s") if word.lower() != "sas" else "sas" for word in _WORDS.findall(name)]
    if not words:
        return False
    return words[-1] in _ENDINGS or words[-2:] == ["connection", "string"] or words[-1] == "connectionstring"


def concealed(value: Value, path: str | Path = "") -> Value:
    """The value with every text hidden that stands under a secret's name, in it or at `path`."""
    steps = parse_path(path) if isinstance(path, str) else path
    last = next((step for step in reversed(steps) if isinstance(step, str)), "")
    return _concealed(value, secret_name(last), 0)


def _concealed(value: Value, secret: bool, depth: int) -> Value:
    if isinstance(value, str):
        return HIDDEN if secret and value else value
    if isinstance(value, Unresolved) or depth > 40:
        return value
    if isinstance(value, list):
        return [_concealed(item, secret, depth + 1) for item in value]
    if isinstance(value, dict):
        named = {key.lower(): item for key, item in value.items()}
        inner = secret or (isinstance(named.get("name"), str) and "value" in named and secret_name(named["name"]))
        return {
            key: _concealed(item, secret_name(key) or (inner and key.lower() != "name"), depth + 1)
            for key, item in value.items()
        }
    return value


def masked(line: str) -> str:
    """A line of source with stars for each literal that stands behind a secret's name; columns stay what they are."""

    def stars(found: re.Match[str]) -> str:
        if not secret_name(found[2]) or found[5].startswith("[") or "${" in found[5]:
            return found[0]
        return f"{found[1]}{found[2]}{found[1]}{found[3]}{found[4]}{_stars(found[5])}{found[4]}"

    def starred(found: re.Match[str]) -> str:
        if not secret_name(found[3]) or found[5].startswith("["):
            return found[0]
        return f"{found[1]}{found[4]}{_stars(found[5])}{found[4]}"

    return _VALUE.sub(starred, _MEMBER.sub(stars, line))


def _stars(text: str) -> str:
    return "*" * (len(text.encode("utf-16-le", "surrogatepass")) // 2)


def cut(text: str, limit: int = MAX_TEXT) -> str:
    """At most `limit` characters."""
    return text if len(text) <= limit else text[: limit - 1] + "…"

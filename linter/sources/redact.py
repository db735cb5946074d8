"""What a live answer holds that must reach no file and no report, taken out before anything is judged.

Which properties: `redaction.json` (Azure.Bicep.Types.Az 0.2.972, read 2026-11-24, what Azure flags and what is named
like a secret), names of one's own that end like a secret's, and texts that are one by their form (connection strings,
signatures, tokens, private and SSH keys). Keys and telemetry secrets stand in plain GET bodies.

What is put in their place keeps the verdicts: a number stays a number (0), true and false, an empty text and a
reference to a vault stay, an address keeps its scheme and host, a connection string its words; all else is
`(redacted)`.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeAlias

HIDDEN: Final = "(redacted)"
MAX_DEPTH: Final = 60
_NAME = re.compile(
    r"(?:[a-z0-9_.\- ](?:Key|Secret|Password|Pwd|Token|Sas|ConnectionString|Credential)s?"
    r"|(?:^|[_.\- ])(?:key|secret|password|pwd|token|sas|connectionstring|connection_string|credential)s?"
    r"|[A-Z0-9][_.\-](?:KEY|SECRET|PASSWORD|PWD|TOKEN|SAS|CREDENTIAL)S?|CONNECTION_STRINGS?|[a-z]key|apikey)\Z"
)
_PLAIN_NAMES: Final = frozenset({"key", "keys", "token", "publickey"})
"""A taint's or tag's `key` is no secret; a sole word is hidden only where the table says so."""
_KEPT_NAMES: Final = frozenset({"name", "type", "keyvaultsecretname", "secretref", "secretname", "passwordsecretref"})
_REFERENCE = re.compile(
    r"@Microsoft\.KeyVault\(.*\)|(?:secretref|keyvault(?:ref)?):.*|\$\{\{.*\}\}|\{\{[^{}]*\}\}", re.IGNORECASE
)
_VAULT = re.compile(r"https://[\w-]+\.vault\.[\w.]+/(?:secrets|keys|certificates)/", re.IGNORECASE)
_ADDRESS = re.compile(r"([a-z][a-z0-9+.-]*)://(?:([^/@\s]*)@)?([^/?#\s@]+)([^\s]*)\Z", re.IGNORECASE)
_PAIRS = re.compile(r"\s*[A-Za-z][\w .-]{0,60}=[^;]*(?:;\s*[A-Za-z][\w .-]{0,60}=[^;]*)+;?\s*")
_FORMS: Final = (
    (re.compile(r"-----BEGIN [A-Z ]*(?:KEY|CERTIFICATE)-----.*?(?:-----END [A-Z ]*-----|\Z)", re.DOTALL), HIDDEN),
    (re.compile(r"\b(ssh-(?:rsa|ed25519|dss)|ecdsa-sha2-\S+) +[A-Za-z0-9+/=]{20,}(?: +\S+)?"), rf"\1 {HIDDEN}"),
    (re.compile(r"\beyJ[\w-]{8,}\.[\w-]{4,}(?:\.[\w-]*)?"), HIDDEN),
    (
        re.compile(
            r"\b((?:Account|SharedAccess|Shared|Primary|Secondary|Access|Instrumentation|Api)_?Key|SharedAccessSignature"
            r"|Password|Pwd|ClientSecret|AccessToken)(\s*=\s*)[^;\s\"'&<>]+",
            re.IGNORECASE,
        ),
        rf"\1\2{HIDDEN}",
    ),
    (re.compile(r"([?&](?:sig|sv_sig|code|key|api[-_]?key|token|access_token|subscription-key|secret|password)=)[^&\s\"'<>]+",
                re.IGNORECASE), rf"\1{HIDDEN}"),
    (re.compile(r"(\b[a-z][a-z0-9+.-]{1,20}://[^/\s:@\"']*:)[^/\s@\"']+(@)", re.IGNORECASE), rf"\1{HIDDEN}\2"),
    (
        re.compile(
            r"((?<![\w-])--?[\w-]{0,60}(?:key|secret|password|token)(?:\s{1,9}|=))[^\s\"'-][^\s\"']*", re.IGNORECASE
        ),
        rf"\1{HIDDEN}",
    ),
    (re.compile(r"\b(Bearer|Basic) +[A-Za-z0-9+/_.=~-]{8,}"), rf"\1 {HIDDEN}"),
)  # fmt: skip
_HEADER = re.compile(
    r"(<set-(?:header|query-parameter)\b[^>]{0,200}?\bname\s{0,9}=\s{0,9}\""
    r"(?:authorization|[^\"]{0,100}(?:key|token|secret)[^\"]{0,100})\"[^>]{0,200}>)(.{0,4000}?)"
    r"(</set-(?:header|query-parameter)>)",
    re.IGNORECASE | re.DOTALL,
)
_VALUE = re.compile(r"(<value>)(?!\s*(?:@|\{\{))(.{0,4000}?)(</value>)", re.IGNORECASE | re.DOTALL)
_SUSPECT = re.compile(r"[=:/]|-----|ssh-|eyJ|Bearer|Basic|--")


def redact(kind: str, raw: dict[str, Any]) -> dict[str, Any]:
    """A copy of a resource of type `kind` as ARM gave it, without its secrets."""
    tree = _tree(kind.lower())
    return {key: _member(key, value, tree, 0) for key, value in raw.items()}


@cache
def _table() -> dict[str, Any]:
    text = (Path(__file__).parent / "redaction.json").read_text(encoding="utf-8")
    table: dict[str, Any] = json.loads(text)
    return table


_Tree: TypeAlias = "dict[str, Any]"
_HERE: Final = "\0"


@cache
def _tree(kind: str) -> _Tree:
    """The paths of a type as a tree: a step in lower case, `[*]` or `*`; the end holds `_HERE`."""
    root: dict[str, Any] = {}
    for paths in (_table()["flagged"].get(kind, ()), _table()["named"].get(kind, ())):
        for path in paths:
            at: _Tree = root
            for step in path.replace("[*]", ".[*]").split("."):
                at = at.setdefault(step.lower(), {})
            at[_HERE] = True
    return root


def _member(key: str, value: Any, tree: _Tree, depth: int) -> Any:
    return hide(value) if _secret_name(key, value) else _walk(value, _below(tree, key), depth + 1)


def _walk(value: Any, tree: _Tree, depth: int) -> Any:
    if depth > MAX_DEPTH:
        return HIDDEN
    if tree.get(_HERE):
        return hide(value)
    if isinstance(value, dict):
        return {key: _member(key, item, tree, depth) for key, item in value.items()}
    if isinstance(value, list):
        below = tree.get("[*]", _NOTHING)
        return [_walk(item, below, depth + 1) for item in value]
    return cleaned(value) if isinstance(value, str) else value


_NOTHING: Final[_Tree] = {}


def _below(tree: _Tree, key: str) -> _Tree:
    if not tree:
        return tree
    found: _Tree | None = tree.get(key.lower())
    return found if found is not None else _any(tree)


def _any(tree: _Tree) -> _Tree:
    found: _Tree = tree.get("*", _NOTHING)
    return found


def _secret_name(key: str, value: Any) -> bool:
    """Whether a text bears a secret's name. Names of one word are left to the table: they mean too much."""
    if not isinstance(value, str) or not value or key.lower() in _PLAIN_NAMES:
        return False
    return _NAME.search(key) is not None


def hide(value: Any) -> Any:
    """What stands for a value that may be a secret; of objects and lists, for all that is in them."""
    if isinstance(value, dict):
        return {
            key: item if key.lower() in _KEPT_NAMES and isinstance(item, str) else hide(item)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [hide(item) for item in value]
    if isinstance(value, str):
        return _hidden(value)
    return value if value is None or isinstance(value, bool) else 0


def _hidden(text: str) -> str:
    flat = text.strip()
    if not flat or flat.lower() in ("true", "false") or flat == HIDDEN or _REFERENCE.fullmatch(flat):
        return text
    if len(flat) < 40 and _is_number(flat):
        return "0"
    if _VAULT.match(flat):
        return cleaned(flat)
    address = _ADDRESS.match(flat) if len(flat) < 4000 else None
    if address:
        scheme, user, host, rest = address.groups()
        credentials = f"{HIDDEN}:{HIDDEN}@" if user and ":" in user else f"{HIDDEN}@" if user else ""
        signed = re.search(r"[?&](sig|key|api[-_]?key|code|token|secret|password)=", rest, re.IGNORECASE)
        tail = f"/?{signed[1]}={HIDDEN}" if signed else "/" if rest else ""
        return f"{scheme}://{credentials}{host}{tail}"
    if len(flat) < 4000 and _PAIRS.fullmatch(flat):
        return ";".join(f"{part.partition('=')[0]}={HIDDEN}" for part in flat.split(";") if "=" in part)
    return HIDDEN


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def cleaned(text: str) -> str:
    """A text without the parts that are secrets by their form."""
    if not _SUSPECT.search(text):
        return text
    if "<set-" in text:
        text = _HEADER.sub(lambda found: found[1] + _VALUE.sub(rf"\1{HIDDEN}\3", found[2]) + found[3], text)
    for form, instead in _FORMS:
        text = form.sub(instead, text)
    return text

"""Where secrets may stand, and which values are none.

Sources, read 2026-11-24: Azure.Bicep.Types.Az 0.2.972 (the paths; `secureValue`, `secretRef`, container apps' `secrets`
and a vault's secrets are no plain settings; `credentials.keys` of a connection is not flagged secure);
https://learn.microsoft.com/azure/app-service/app-service-key-vault-references (`@Microsoft.KeyVault(…)`);
https://learn.microsoft.com/azure/azure-monitor/app/connection-strings (an instrumentation key is no secret).
"""

from __future__ import annotations

import re
from typing import Any, Final

from linter.concealment import secret_name

LISTING: Final = re.compile(
    r"(?<![\w.])list[A-Za-z]*(?:keys?|secrets?|credentials?|connectionstrings?|tokens?|sas)\Z", re.IGNORECASE
)
"""The name of a function that reads secrets of a resource: `listKeys`, `listAdminKeys`, `listAccountSas`."""
_TEXT_MAKERS: Final = frozenset(
    {"", "format", "concat", "base64", "string", "uricomponent", "tolower", "toupper", "trim", "replace", "join", "uri"}
)
"""Functions whose result holds what they are given."""
_CHOOSERS: Final = _TEXT_MAKERS | {"if", "coalesce", "union", "createobject", "intersection", "and", "or", "not"}
"""Functions whose result may hold what they are given."""
_CALL: Final = re.compile(r"([A-Za-z_][\w.]*)?\(|\)|'(?:[^']|'')*'")
_MOST: Final = 40_000
PUBLIC_KEYS: Final = (
    "public",
    "partition",
    "primary",
    "sort",
    "hash",
    "row",
    "foreign",
    "instrumentation",
    "idempotency",
    "cache",
    "tag",
)
"""Words before `key` that make it no secret: half of a key pair, or the key of a table, a cache, a tag."""
PLAIN_TOKENS: Final = (
    "resource",
    "unique",
    "max",
    "min",
    "completion",
    "prompt",
    "total",
    "output",
    "input",
    "stop",
    "name",
    "new",
)
"""Words before `token` that make it no secret: a part of a name, or what models count."""
_TELEMETRY: Final = re.compile(r"app(?:lication)?_?-?insights", re.IGNORECASE)
_ADDRESS: Final = re.compile(r"[a-z][a-z0-9+.-]*://[^\s@]+\Z", re.IGNORECASE)
_HOST: Final = re.compile(r"[\w-]+(?:\.[\w-]+)+(?::\d+)?\Z")
_SIGNED_IN: Final = re.compile(r"[a-z][a-z0-9+.-]*://[^\s/@:]*:(?!\$|<|\{)[^\s/@]+@", re.IGNORECASE)
"""An address with a user and a password in it: `mongodb://user:…@host`."""
_SIGNED: Final = re.compile(r"[?&](?:sig|code|key|token|api-key|access_token)=", re.IGNORECASE)
_REFERENCE: Final = re.compile(
    r"\s*(?:@Microsoft\.KeyVault\(|@Microsoft\.AppConfiguration\(|secretref:|keyvault:|\$\{\{|\{\{|\$\(|\$\{|#\{|<|__|%\w+%\Z)",
    re.IGNORECASE,
)
_CREDENTIAL: Final = re.compile(
    r"(?:accountkey|sharedaccesskey|sharedaccesssignature|sharedsecret|password|pwd|sig|secret|apikey|api_key|accesskey|key)\s*=\s*\S",
    re.IGNORECASE,
)
_OBVIOUS: Final = re.compile(
    r"(?:\b(?:AccountKey|SharedAccessKey|SharedSecretValue)\s*=\s*|[?&]sig=)[A-Za-z0-9+/%]{8,}", re.IGNORECASE
)
_WORDS: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_NO_VALUES: Final = frozenset(
    {"true", "false", "null", "none", "changeme", "placeholder", "replaceme", "replace-me", "todo", "xxx", "n/a"}
)


def names_secret(name: str) -> bool:
    """Is a value of that name a secret: the name ends in the whole word key, secret, password, token … (camel case,
    snake case, dashes), and is neither a public key, a table's key nor an address of telemetry?"""
    if not secret_name(name) or _TELEMETRY.search(name):
        return False
    words = [word.lower() for word in _WORDS.findall(name)]
    if len(words) < 2:
        return True
    plain = PUBLIC_KEYS if words[-1] in ("key", "keys") else PLAIN_TOKENS if words[-1] in ("token", "tokens") else ()
    return words[-2] not in plain


def holds_credentials(value: Any) -> bool:
    """Does a known value hold a key of a storage account, a shared access key or a signature, whatever its name?"""
    return isinstance(value, str) and _OBVIOUS.search(value) is not None


def connection_name(name: str) -> bool:
    """Does the name end in connection string?"""
    words = [word.lower().removesuffix("s") for word in _WORDS.findall(name)]
    return bool(words) and (words[-2:] == ["connection", "string"] or words[-1] == "connectionstring")


def secret_value(value: Any, name: str) -> bool:
    """Is a known value, under a secret's name, a secret in plain text? Numbers, true and false, empty texts, addresses
    without credentials, references to a secret store and marks to be replaced are none."""
    if not isinstance(value, str):
        return False
    text = value.strip()
    if not text or text.lower() in _NO_VALUES or _REFERENCE.match(text) or re.fullmatch(r"[-+]?[\d.,]+|[*xX.]+", text):
        return False
    if _ADDRESS.match(text):
        return _SIGNED.search(text) is not None
    if _SIGNED_IN.match(text):
        return True
    if "=" in text and (connection_name(name) or ";" in text):
        return _CREDENTIAL.search(text) is not None
    return not (connection_name(name) and _HOST.match(text))


def lists_secrets(expression: str) -> bool | None:
    """Does the value of an expression hold a key that a list…() call reads? None where it may: the call stands in a
    branch or an object of which it is open what is taken. A call whose result is only looked at does not count."""
    if "list" not in expression[:_MOST].lower():
        return False
    stack: list[str] = []
    maybe = False
    for found in _CALL.finditer(expression[:_MOST]):
        text = found[0]
        if text == ")":
            if stack:
                stack.pop()
        elif text.endswith("("):
            name = (found[1] or "").lower()
            if LISTING.match(name):
                around = set(stack)
                if around <= _TEXT_MAKERS:
                    return True
                maybe = maybe or around <= _CHOOSERS
            stack.append(name)
    return None if maybe else False

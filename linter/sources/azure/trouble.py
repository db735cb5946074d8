"""What went wrong with a call, in one line, with what to do. Never a token, a header or a body."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from azure.core.exceptions import (
    AzureError,
    ClientAuthenticationError,
    DecodeError,
    HttpResponseError,
    IncompleteReadError,
)

MAX_MESSAGE: Final = 200
_SECRET = re.compile(
    r"(eyJ[\w-]{6,}[\w.-]*|(?:sig|key|secret|password|assertion|token)=[^\s&;\"']+|AccountKey=[^\s;\"']+)",
    re.IGNORECASE,
)


class Refused(Exception):  # noqa: N818 - the word of this code base for it
    """A call that gave nothing: `status` 0 where no answer came; `code` as ARM gives it, or ours."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(f"{status} {code}: {message}" if status else f"{code}: {message}")
        self.status, self.code, self.message = status, code, message


class NoLogin(Exception):  # noqa: N818 - not being logged in is no error of ours
    """No token: the text says why and what to do."""


class Forbidden(AzureError):  # noqa: N818 - as above
    """Our own guard refused to send a request."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def plain(text: str) -> str:
    """On one line, short, without what could be a secret."""
    flat = " ".join(_SECRET.sub("(hidden)", text).split())
    return flat if len(flat) <= MAX_MESSAGE else flat[: MAX_MESSAGE - 1] + "…"


def answer(status: int, body: str) -> Refused:
    """The refusal that an answer tells: `{"error": {"code", "message"}}`, the innermost code that says more."""
    code, message = "", ""
    try:
        said: Any = json.loads(body[:200_000])
    except (ValueError, RecursionError):
        said = None
    error = said.get("error", said) if isinstance(said, dict) else None
    if isinstance(error, dict):
        code, message = str(error.get("code") or ""), str(error.get("message") or "")
    elif isinstance(error, str):
        code, message = error, str(said.get("error_description") or "")
    elif body.lstrip()[:1] == "<":
        code, message = "NotJson", "the answer is a web page: is a proxy or gateway in between?"
    return Refused(status, plain(code) or "NoCode", plain(message) or "no message")


def refusal(error: Exception) -> Refused:
    """An exception of the SDK as a refusal."""
    if isinstance(error, Refused):
        return error
    if isinstance(error, Forbidden):
        return Refused(0, error.code, plain(str(error)))
    if isinstance(error, IncompleteReadError):
        return Refused(0, "Connection", "the answer was cut")
    if isinstance(error, (DecodeError, json.JSONDecodeError)):
        status = getattr(getattr(error, "response", None), "status_code", 0) or 0
        return Refused(status, "NotJson", "the answer is no JSON: is a proxy or gateway in between?")
    if isinstance(error, HttpResponseError) and not isinstance(error, ClientAuthenticationError):
        response = error.response
        if response is not None:
            return answer(response.status_code or 0, _text(response))
    if isinstance(error, ClientAuthenticationError) and error.response is not None:
        found = answer(error.response.status_code or 0, _text(error.response))
        return Refused(found.status, found.code, found.message)
    code, message = connection(str(error))
    return Refused(0, code, message)


def _text(response: Any) -> str:
    try:
        return str(response.text())
    except Exception:  # whatever a response that was cut raises: there is no text then
        return ""


_SIGNS: Final = (
    (
        r"CERTIFICATE_VERIFY_FAILED|certificate verify failed|SSLCertVerificationError",
        "Certificate",
        "the certificate of {host} is not trusted: behind a proxy that opens TLS, point REQUESTS_CA_BUNDLE at its"
        " certificate",
    ),
    (
        r"Name or service not known|getaddrinfo failed|nodename nor servname|Temporary failure in name resolution"
        r"|NameResolutionError|No address associated",
        "NoSuchHost",
        "the name of {host} cannot be resolved: is the endpoint right, is DNS at hand?",
    ),
    (
        r"ProxyError|Cannot connect to proxy|Tunnel connection failed",
        "Proxy",
        "the proxy refuses: see HTTPS_PROXY and NO_PROXY",
    ),
    (r"timed out|Timeout", "Timeout", "no answer from {host} in time"),
    (r"SSLError|WRONG_VERSION_NUMBER|ssl", "Tls", "no TLS with {host}"),
    (r"refused|unreachable|No route", "NoConnection", "{host} cannot be reached"),
)  # fmt: skip
_HOST = re.compile(r"host='([^']+)'")


def connection(text: str) -> tuple[str, str]:
    """Code and message for a connection that failed."""
    found = _HOST.search(text)
    host = found[1] if found else "the service"
    for pattern, code, message in _SIGNS:
        if re.search(pattern, text):
            return code, message.format(host=host)
    return "Connection", f"the connection to {host} was cut"


_LOGIN_SIGNS: Final = (
    (r"AADSTS700082\b|AADSTS70043\b", "the login has expired (AADSTS700082): run `az login` again"),
    (
        r"AADSTS700024\b|AADSTS700021\b",
        "the assertion of the workload identity has expired (AADSTS700024): it is valid for minutes only; log in right"
        " before the scan, or renew the token file",
    ),
    (r"AADSTS7000215\b|AADSTS7000222\b", "the client secret is wrong or has expired: set AZURE_CLIENT_SECRET anew"),
    (r"AADSTS700016", "the application is not known in this tenant: check AZURE_CLIENT_ID and AZURE_TENANT_ID"),
    (r"AADSTS90002|AADSTS900023", "the tenant is not known: check AZURE_TENANT_ID, and --cloud or --authority-host"),
    (r"AADSTS50076|AADSTS50079|AADSTS50158", "more proof of identity is asked (MFA): run `az login` again"),
    (r"AADSTS53003|AADSTS530003|AADSTS53000", "a conditional access rule refuses this machine or user"),
    (
        r"Azure CLI not found|az.{0,30}not found",
        "there is no Azure CLI on the PATH: install it and run `az login`, or use --auth env or --auth"
        " workload-identity",
    ),
    (r"az login|not.{0,20}logged in|No subscriptions? found|set up an account", "it is logged out: run `az login`"),
    (
        r"instance discovery|authority_metadata|openid-configuration",
        "the authority cannot be asked: check --authority-host (private cloud: --no-instance-discovery)",
    ),
)  # fmt: skip


def login_line(text: str) -> str:
    """What a credential's error means, in one line."""
    for pattern, message in _LOGIN_SIGNS:
        if re.search(pattern, text, re.IGNORECASE):
            return message
    for pattern, _, message in _SIGNS:
        found = _HOST.search(text)
        if re.search(pattern, text):
            return message.format(host=found[1] if found else "the login service")
    return plain(text) or "no reason given"

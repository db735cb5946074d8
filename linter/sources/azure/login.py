"""Who asks, and whom: the credential by `--auth`, the cloud by `--cloud` or its endpoints one by one."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from azure.core.credentials import AccessToken
from azure.core.exceptions import AzureError
from azure.identity import (
    AzureCliCredential,
    CredentialUnavailableError,
    EnvironmentCredential,
    ManagedIdentityCredential,
    WorkloadIdentityCredential,
)

from linter.errors import UsageError
from linter.sources.azure.limits import Limits
from linter.sources.azure.trouble import NoLogin, login_line

RENEW_BEFORE: Final = 300
"""Seconds before its end at which a token is renewed."""


@dataclass(frozen=True, slots=True)
class Cloud:
    """Where ARM is, what its tokens are for, who gives them, and where a portal shows a resource."""

    endpoint: str
    scope: str
    authority: str
    portal: str = ""


CLOUDS: Final = {
    "public": Cloud(
        "https://management.azure.com",
        "https://management.azure.com/.default",
        "login.microsoftonline.com",
        "https://portal.azure.com",
    ),
    "usgov": Cloud(
        "https://management.usgovcloudapi.net",
        "https://management.core.usgovcloudapi.net/.default",
        "login.microsoftonline.us",
        "https://portal.azure.us",
    ),
    "china": Cloud(
        "https://management.chinacloudapi.cn",
        "https://management.chinacloudapi.cn/.default",
        "login.chinacloudapi.cn",
        "https://portal.azure.cn",
    ),
}
"""azure-mgmt-core 1.6 (`get_arm_endpoints`) and azure-identity 1.27 (`AzureAuthorityHosts`), read 2026-11-24."""


@dataclass(frozen=True, slots=True)
class Account:
    """The options of the group `login` of the command line."""

    auth: str = "auto"
    cloud: str = "public"
    arm_endpoint: str | None = None
    arm_scope: str | None = None
    authority_host: str | None = None
    no_instance_discovery: bool = False

    @property
    def endpoint(self) -> str:
        """`https://host[:port]`. Raises `UsageError`."""
        text = (self.arm_endpoint or CLOUDS[self.cloud].endpoint).rstrip("/")
        if not text.lower().startswith("https://") or "/" in text[8:] or "@" in text or not text[8:]:
            raise UsageError(f"--arm-endpoint {text}: takes https://HOST; tokens are sent over TLS only")
        return text

    @property
    def scope(self) -> str:
        if self.arm_scope:
            return self.arm_scope
        return f"{self.endpoint}/.default" if self.arm_endpoint else CLOUDS[self.cloud].scope


class Login:
    """A credential with one token for all clients and threads.

    `az` is started at every call of its credential, so the token is kept until five minutes before its end. Once no
    token was to be had, none is asked for again: the first failure is the answer to all.
    """

    def __init__(self, account: Account, limits: Limits) -> None:
        self.account = account
        self._lock = threading.Lock()
        self._tokens: dict[str, AccessToken] = {}
        self._failed: NoLogin | None = None
        self._ways = _ways(account, limits)
        self._anew: list[_Way] = []
        self.way = ""

    def get_token(self, *scopes: str, claims: str | None = None, **_: Any) -> AccessToken:
        """As `azure.core.credentials.TokenCredential`. Raises `NoLogin`."""
        key = " ".join(scopes)
        with self._lock:
            token = self._tokens.get(key)
            if token is not None and claims is None and token.expires_on - time.time() > RENEW_BEFORE:
                return token
            if self._failed is not None:
                raise self._failed
            try:
                token = self._ask(scopes, claims)
            except NoLogin as error:
                self._failed = error
                raise
            self._tokens[key] = token
            return token

    def forget(self, used: str) -> None:
        """Drop a token that the service would not take, and the credential with it: it keeps the token too."""
        with self._lock:
            for key, token in list(self._tokens.items()):
                if used.endswith(token.token):
                    del self._tokens[key]
                    self._ways = self._anew or self._ways

    def _ask(self, scopes: tuple[str, ...], claims: str | None) -> AccessToken:
        missing = []
        for name, make in self._ways:
            try:
                credential = make()
                token: AccessToken = (
                    credential.get_token(*scopes, claims=claims) if claims else credential.get_token(*scopes)
                )
            except CredentialUnavailableError as error:
                missing.append((name, str(error)))
                continue
            except (AzureError, ValueError, OSError) as error:
                raise NoLogin(f"{name}: {login_line(str(error))}") from None
            self._anew, self.way = [(name, make)], name
            self._ways = [(name, partial(_same, credential))]
            return token
        raise NoLogin(_missing(missing))


def _same(credential: Any) -> Any:
    return credential


def _missing(missing: list[tuple[str, str]]) -> str:
    name, reason = missing[-1]
    told = f"{name}: {login_line(reason)}"
    if len(missing) > 1:
        told += f" ({' and '.join(other for other, _ in missing[:-1])}: not set up)"
    return told


_Way = tuple[str, Callable[[], Any]]


def _ways(account: Account, limits: Limits) -> list[_Way]:
    """The credentials to try, in order. Managed identity only when asked for: where nothing answers at
    169.254.169.254 its probe hangs."""
    common: dict[str, Any] = {"connection_timeout": limits.connect, "read_timeout": limits.read, "retry_total": 2}
    common["retry_backoff_factor"] = limits.retry_wait
    authority = account.authority_host
    if not authority and account.cloud != "public":
        authority = CLOUDS[account.cloud].authority
    if authority:
        if authority.lower().startswith("http://"):
            raise UsageError(f"--authority-host {authority}: takes https://HOST; secrets are sent over TLS only")
        common["authority"] = authority
    if account.no_instance_discovery:
        common["disable_instance_discovery"] = True
    ways: dict[str, _Way] = {
        "env": ("environment", lambda: EnvironmentCredential(**common)),
        "workload-identity": ("workload identity", lambda: _workload_identity(common)),
        "cli": ("Azure CLI", lambda: AzureCliCredential(process_timeout=int(limits.login))),
        "managed-identity": ("managed identity", lambda: _managed_identity(limits)),
    }
    names = ["env", "workload-identity", "cli"] if account.auth == "auto" else [account.auth]
    return [ways[name] for name in names]


def _workload_identity(common: dict[str, Any]) -> Any:
    try:
        return WorkloadIdentityCredential(**common)
    except ValueError:
        text = "AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_FEDERATED_TOKEN_FILE are not all set"
        raise CredentialUnavailableError(message=text) from None


def _managed_identity(limits: Limits) -> Any:
    told: dict[str, Any] = {"client_id": os.environ["AZURE_CLIENT_ID"]} if os.environ.get("AZURE_CLIENT_ID") else {}
    return ManagedIdentityCredential(connection_timeout=limits.connect, read_timeout=limits.read, **told)


def silence() -> None:
    """The SDK's own log is for its developers; what we have to say is one line."""
    for name in ("azure", "msal", "urllib3"):
        logger = logging.getLogger(name)
        logger.setLevel(logging.CRITICAL + 1)
        logger.addHandler(logging.NullHandler())
        logger.propagate = False

"""Our own pipeline policies for the SDK's clients: read-only, one host, capped retries, paced.

The stock list of a management client registers providers on 409 (a POST), follows redirects, waits as long as
Retry-After says and retries a 403 that has one (azure-core 1.41, azure-mgmt-core 1.6, read 2026-11-24).
"""

from __future__ import annotations

import random
import re
import threading
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlsplit

from azure.core.exceptions import (
    AzureError,
    ClientAuthenticationError,
    ServiceRequestTimeoutError,
    ServiceResponseTimeoutError,
)
from azure.core.pipeline import PipelineRequest, PipelineResponse
from azure.core.pipeline.policies import (
    ContentDecodePolicy,
    CustomHookPolicy,
    HeadersPolicy,
    HTTPPolicy,
    ProxyPolicy,
    RequestIdPolicy,
    UserAgentPolicy,
)
from azure.mgmt.core.policies import ARMChallengeAuthenticationPolicy

from linter import __version__
from linter.sources.azure.limits import Limits, Pace, Stop
from linter.sources.azure.login import Login
from linter.sources.azure.trouble import Forbidden, NoLogin

GRAPH: Final = "/providers/microsoft.resourcegraph/resources"
FEW: Final = 5
"""So few reads left, as ARM says itself: others use the same principal, or the limit is another one here."""
_SUBSCRIPTION = re.compile(r"/subscriptions/([^/?]+)", re.IGNORECASE)
_AGAIN: Final = frozenset({408, 500, 502, 503, 504})
_RESETS = re.compile(r"(\d+):(\d+):(\d+)")


def same_host(url: str, endpoint: str) -> bool:
    """Whether an address is under this endpoint, by scheme, host and port."""
    try:
        one, other = urlsplit(url), urlsplit(endpoint)
        ports = [part.port or 443 for part in (one, other)]
    except ValueError:
        return False
    return (one.scheme.lower(), (one.hostname or "").lower()) == ("https", (other.hostname or "").lower()) and (
        ports[0] == ports[1] and "@" not in one.netloc
    )


class Guard(HTTPPolicy[Any, Any]):
    """Nothing but GET and the Resource Graph query leaves, and only to ARM. Stands first: what it refuses gets no
    token."""

    def __init__(self, endpoint: str) -> None:
        super().__init__()
        self.endpoint = endpoint

    def send(self, request: PipelineRequest[Any]) -> PipelineResponse[Any, Any]:
        url, method = request.http_request.url, request.http_request.method.upper()
        if not same_host(url, self.endpoint):
            host = urlsplit(url).hostname if "//" in url else ""
            raise Forbidden("ForeignLink", f"a link leads to another host ({host or 'none'}); it is not followed")
        if method != "GET" and not (method == "POST" and urlsplit(url).path.lower().rstrip("/") == GRAPH):
            raise Forbidden("NotReading", f"a {method} request is not sent: this scan only reads")
        return self.next.send(request)


class Paced(HTTPPolicy[Any, Any]):
    """A turn for each try: one pace for each subscription, one for Resource Graph. Stands last."""

    def __init__(self, shared: Shared) -> None:
        super().__init__()
        self.shared = shared

    def send(self, request: PipelineRequest[Any]) -> PipelineResponse[Any, Any]:
        url = request.http_request.url
        graph = request.http_request.method == "POST"
        pace = self.shared.pace("" if graph else _subscription(url))
        pace.wait(self.shared.stop)
        self.shared.stop.check()
        with self.shared.lock:
            self.shared.sent += 1
        response = self.next.send(request)
        headers = response.http_response.headers
        left = headers.get("x-ms-ratelimit-remaining-subscription-reads", "")
        if not graph and left.isdigit() and int(left) < FEW:
            pace.pause(1.0)
        if graph and headers.get("x-ms-user-quota-remaining") == "0":
            pace.pause(min(_seconds(headers.get("x-ms-user-quota-resets-after")), self.shared.limits.longest_wait))
        return response


def _subscription(url: str) -> str:
    found = _SUBSCRIPTION.search(url)
    return found[1].lower() if found else "-"


def _seconds(text: str | None) -> float:
    found = _RESETS.match(text or "")
    return int(found[1]) * 3600 + int(found[2]) * 60 + float(found[3]) if found else 0.0


class Retried(HTTPPolicy[Any, Any]):
    """429 and failing services again, with capped waits; 401 once more with a new token; all else at once."""

    def __init__(self, shared: Shared) -> None:
        super().__init__()
        self.shared = shared

    def send(self, request: PipelineRequest[Any]) -> PipelineResponse[Any, Any]:
        limits, tried, renewed = self.shared.limits, 0, False
        while True:
            tried += 1
            response, error = None, None
            try:
                response = self.next.send(request)
            except (Forbidden, ClientAuthenticationError, NoLogin):
                raise
            except AzureError as raised:
                error = raised
            status = response.http_response.status_code if response is not None else 0
            if status == 401 and not renewed:
                renewed = True
                self.shared.login.forget(request.http_request.headers.get("Authorization", ""))
                continue
            again = status == 429 or status in _AGAIN or error is not None
            if not again:
                self.shared.worked()
            if not again or tried >= self._most(status, error):
                break
            asked = response.http_response.headers.get("Retry-After") if response is not None else None
            self.shared.stop.sleep(_wait(limits, tried, asked))
        if again:
            self.shared.gave_up()
        if error is not None:
            raise error
        assert response is not None
        return response

    def _most(self, status: int, error: AzureError | None) -> int:
        limits = self.shared.limits
        if status == 429:
            return limits.throttle_tries
        if isinstance(error, (ServiceRequestTimeoutError, ServiceResponseTimeoutError)):
            return min(limits.timeout_tries, limits.tries)
        return 1 if self.shared.failing >= limits.give_up_after else limits.tries


def _wait(limits: Limits, tried: int, asked: str | None) -> float:
    """Seconds before the next try; `asked` is the Retry-After, of which a date is not read."""
    try:
        told = float(asked) if asked is not None else -1.0
    except ValueError:
        told = -1.0
    if told >= 0 and told == told:  # a number
        return min(told, limits.longest_wait)
    backoff = limits.retry_wait * 2 ** (tried - 1)
    return float(min(backoff * random.uniform(0.75, 1.25), limits.longest_wait))


class Shared:
    """What the clients of one scan have in common."""

    def __init__(self, login: Login, limits: Limits, stop: Stop) -> None:
        self.login, self.limits, self.stop = login, limits, stop
        self.lock = threading.Lock()
        self.sent = 0
        self.failing = 0
        self._paces = {"": Pace(limits.graph_pace, limits.graph_burst)}

    def pace(self, subscription: str) -> Pace:
        """The pace of a subscription; "" is Resource Graph's."""
        with self.lock:
            if subscription not in self._paces:
                self._paces[subscription] = Pace(self.limits.pace, self.limits.burst)
            return self._paces[subscription]

    def worked(self) -> None:
        self.failing = 0

    def gave_up(self) -> None:
        self.failing += 1


class Authorised(ARMChallengeAuthenticationPolicy):
    """The stock policy keeps a token of its own, which another thread may drop between its check and its use; the
    login keeps it here."""

    def on_request(self, request: PipelineRequest[Any]) -> None:
        token = self._get_token(*self._scopes)
        self._update_headers(request.http_request.headers, token.token)


def policies(shared: Shared) -> list[Any]:
    """A new list for one client, in the order in which a request goes through it."""
    account = shared.login.account
    made: list[Callable[[], Any]] = [
        lambda: Guard(account.endpoint),
        RequestIdPolicy,
        HeadersPolicy,
        lambda: UserAgentPolicy(user_agent=f"aiplint/{__version__}", user_agent_overwrite=True),
        ProxyPolicy,
        CustomHookPolicy,
        ContentDecodePolicy,
        lambda: Retried(shared),
        lambda: Authorised(shared.login, account.scope),
        lambda: Paced(shared),
    ]
    return [make() for make in made]

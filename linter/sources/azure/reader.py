"""ARM, read: the SDK's three management clients over one transport, with our own policies."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from typing import Any, Final
from urllib.parse import quote, urlencode

from azure.core.exceptions import AzureError
from azure.core.pipeline.transport import RequestsTransport
from azure.core.rest import HttpRequest
from azure.mgmt.containerservice import ContainerServiceClient
from azure.mgmt.machinelearningservices import MachineLearningServicesMgmtClient
from azure.mgmt.resource.resources import ResourceManagementClient

from linter.sources.azure.kinds import NEWEST_ML
from linter.sources.azure.limits import Limits, Stop
from linter.sources.azure.login import Login
from linter.sources.azure.pipeline import Shared, policies
from linter.sources.azure.trouble import Refused, answer, refusal

GRAPH_VERSION: Final = "2022-10-01"
PROVIDERS_VERSION: Final = "2021-04-01"
PAGE: Final = 1_000
WRONG_VERSION: Final = frozenset({"noregisteredproviderfound", "invalidapiversionparameter", "invalidresourcetype"})
Raw = dict[str, Any]


class Reader:
    """Calls give plain JSON or raise `Refused`, `NoLogin` or `Stopped`. Usable from several threads."""

    def __init__(self, login: Login, limits: Limits, stop: Stop) -> None:
        self.login, self.limits, self.stop = login, limits, stop
        self.shared = Shared(login, limits, stop)
        self._transport = RequestsTransport(connection_timeout=limits.connect, read_timeout=limits.read)
        self._transport.open()
        self._clients: dict[tuple[str, str], Any] = {}
        self._versions: dict[str, str] = {}
        self._lock = threading.Lock()
        self._asking = threading.Lock()

    @property
    def sent(self) -> int:
        """Requests sent so far, tries included, tokens not."""
        return self.shared.sent

    def resources(self, subscription: str = "-") -> ResourceManagementClient:
        client: ResourceManagementClient = self._client(ResourceManagementClient, subscription)
        return client

    def learning(self, subscription: str) -> MachineLearningServicesMgmtClient:
        """Speaks 2020-08-01 of itself: told the version that its lists are asked in."""
        client: MachineLearningServicesMgmtClient = self._client(
            MachineLearningServicesMgmtClient, subscription, api_version=NEWEST_ML
        )
        return client

    def containers(self, subscription: str) -> ContainerServiceClient:
        client: ContainerServiceClient = self._client(ContainerServiceClient, subscription)
        return client

    def _client(self, kind: Callable[..., Any], subscription: str, **more: Any) -> Any:
        key = (str(kind), subscription)
        with self._lock:
            if key not in self._clients:
                self._clients[key] = kind(
                    self.login, subscription, base_url=self.login.account.endpoint, policies=policies(self.shared),
                    credential_scopes=[self.login.account.scope], transport=self._transport, **more,
                )  # fmt: skip
            return self._clients[key]

    def get(self, path: str, version: str, **query: str) -> Raw:
        """One ARM object as it is."""
        return self._send("GET", self._url(path, version, query))

    def pages(self, path: str, version: str, most: int = 0, **query: str) -> Iterator[list[Raw]]:
        """The pages of a list, by `nextLink`; at most `most`. A list longer than that raises `Refused` with the code
        `Cut` after its last page."""
        url, seen, limit = self._url(path, version, query), set[str](), most or self.limits.pages
        for number in range(limit):
            page = self._send("GET", url)
            yield rows(page)
            link = page.get("nextLink")
            if not isinstance(link, str) or not link:
                return
            if link in seen:
                raise Refused(0, "Cut", "its pages lead in a ring")
            seen.add(link)
            url = link.replace("{", "%7B").replace("}", "%7D")  # the client would take them for a place to fill
            if number + 1 == limit:
                raise Refused(0, "Cut", f"cut after {limit} pages")

    def version_for(self, identifier: str, version: str) -> str:
        """The version for a type: `version`, or what the manifest said after it was refused."""
        return self._versions.get(_type_of(identifier), version)

    def _url(self, path: str, version: str, query: dict[str, str]) -> str:
        known = self.version_for(path, version)
        text = urlencode({"api-version": known, **query}, quote_via=quote)
        return f"{self.login.account.endpoint}{quote(path, safe='/()!*~$@:=,;')}?{text}"

    def newest(self, path: str) -> str:
        """The newest stable version (else preview) of the type at `path`, by the provider's manifest; "" where it knows
        none."""
        namespace, _, kind = _type_of(path).partition("/")
        steps = path.split("/")
        if not kind or len(steps) < 3 or steps[1].lower() != "subscriptions":
            return ""
        url = self._url(f"/subscriptions/{steps[2]}/providers/{namespace}", PROVIDERS_VERSION, {})
        for told in rows(self._send("GET", url), "resourceTypes"):
            if str(told.get("resourceType", "")).lower() == kind:
                known = sorted(one for one in told.get("apiVersions") or () if isinstance(one, str))
                stable = [one for one in known if len(one) == 10]
                return (stable or known or [""])[-1]
        return ""

    def with_version(self, path: str, call: Callable[[], Any]) -> Any:
        """`call` again with the manifest's newest version where its own is not known. Raises `Refused`."""
        kind = _type_of(path)
        used = self._versions.get(kind)
        try:
            return call()
        except Refused as error:
            if error.status not in (400, 404) or error.code.lower() not in WRONG_VERSION:
                raise
            with self._asking:  # one question to the manifest, whatever the number of threads that need it
                if self._versions.get(kind) == used:
                    found = self.newest(path)
                    if not found or found == used:
                        raise
                    self._versions[kind] = found
            return call()

    def graph(self, subscriptions: list[str], query: str) -> Iterator[list[Raw]]:
        """The pages of a Resource Graph query, 1,000 rows each."""
        token, seen = "", set[str]()
        while True:
            options: Raw = {"resultFormat": "objectArray", "$top": PAGE}
            if token:
                options["$skipToken"] = token
            body = {"subscriptions": subscriptions, "query": query, "options": options}
            page = self._send(
                "POST", self._url("/providers/Microsoft.ResourceGraph/resources", GRAPH_VERSION, {}), body
            )
            yield rows(page, "data")
            following = page.get("$skipToken") or page.get("skipToken")
            if not isinstance(following, str) or not following:
                if str(page.get("resultTruncated", "")).lower() == "true":
                    raise Refused(0, "Cut", "Resource Graph cut its answer and gave no link to the rest")
                return
            if following in seen:
                raise Refused(0, "Cut", "its pages lead in a ring")
            seen.add(following)
            token = following

    def _send(self, method: str, url: str, body: Raw | None = None) -> Raw:
        self.stop.check()
        try:
            request = HttpRequest(method, url, json=body) if body is not None else HttpRequest(method, url)
            response = self.resources().send_request(request)
            text = response.text()
        except AzureError as error:
            raise refusal(error) from None
        except (ValueError, RecursionError):
            raise Refused(0, "NotJson", "the answer cannot be read") from None
        if response.status_code != 200:
            raise answer(response.status_code, text)
        return parsed(text)

    def sdk(self, call: Callable[[Callable[[Any], None]], Any], *, paged: bool = True) -> Iterator[Raw]:
        """The raw answers of an operation of a management client: `call` is given the hook for `raw_response_hook`."""
        bodies: list[str] = []

        def hook(response: Any) -> None:
            if response.http_response.status_code == 200:
                bodies.append(response.http_response.text())

        self.stop.check()
        seen = set[str]()
        try:
            result = call(hook)
            for _ in result.by_page() if paged else (None,):
                while bodies:
                    page = parsed(bodies.pop(0))
                    yield page
                    following = page.get("nextLink")
                    if isinstance(following, str) and following:
                        if following in seen or len(seen) >= self.limits.pages:
                            raise Refused(0, "Cut", "its pages lead in a ring")
                        seen.add(following)
        except AzureError as error:
            raise refusal(error) from None
        except (ValueError, RecursionError, TypeError, AttributeError, KeyError):
            # what a model cannot take in: the raw answer was no such thing
            raise Refused(0, "NotJson", "the answer is not what this list gives") from None


def rows(page: Raw, member: str = "value") -> list[Raw]:
    """The objects of a page. Raises `Refused` where it has no list."""
    listed = page.get(member)
    if not isinstance(listed, list):
        raise Refused(200, "NotAList", f"the answer has no list `{member}`")
    return [row for row in listed if isinstance(row, dict)]


def parsed(text: str) -> Raw:
    """A JSON object. Raises `Refused`."""
    try:
        value = json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise (
            answer(200, text) if text.lstrip()[:1] == "<" else Refused(200, "NotJson", "the answer is no JSON")
        ) from None
    if not isinstance(value, dict):
        raise Refused(200, "NotJson", "the answer is no JSON object")
    return value


def _no_number(word: str) -> None:
    raise ValueError(f"{word} is no JSON")


def _type_of(path: str) -> str:
    """The type that a path lists or names, in lower case."""
    low = path.lower().partition("?")[0].rstrip("/")
    at = low.rfind("/providers/")
    steps = low[at + 11 :].split("/") if at >= 0 else []
    return "/".join([*steps[:1], *steps[1::2]]) if len(steps) > 1 else ""

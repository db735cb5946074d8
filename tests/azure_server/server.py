"""An Azure of the test suite: a loopback HTTPS server with a token endpoint and ARM over a list of resources.

It answers what the reader asks by the rules of ARM: a resource by its id, a list by the path of its parent, Resource
Graph by table, types and groups. It logs every request, and goes wrong where it is told to.
"""

from __future__ import annotations

import json
import re
import ssl
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import trustme

TENANT = "11111111-1111-1111-1111-111111111111"
SUBSCRIPTION = "22222222-2222-2222-2222-222222222222"
TOKEN = "eyJ0ZXN0Ijoic2VjcmV0In0.c2VjcmV0LXRva2Vu.bm90aGluZw"
SECRET = "client-secret-8Q~very-hidden"
Raw = dict[str, Any]


@dataclass
class Fault:
    """What is to go wrong: requests whose method and path match `pattern`, the first `times` of them."""

    pattern: str
    answer: Callable[[Handler], None]
    times: int = 1 << 30
    seen: int = 0


@dataclass
class Azure:
    """What the server holds. `lists`: answers for paths that are no resources (`…/usages`), by path in lower case."""

    resources: list[Raw] = field(default_factory=list)
    lists: dict[str, list[Raw]] = field(default_factory=dict)
    subscriptions: dict[str, str] = field(default_factory=lambda: {SUBSCRIPTION: "Test"})
    faults: list[Fault] = field(default_factory=list)
    page: int = 1000
    delay: float = 0.0
    graph: bool = True
    token_answer: tuple[int, Raw] | None = None
    log: list[tuple[str, str, str]] = field(default_factory=list)
    tokens: int = 0
    stale: int = 0
    """So many tokens that are given out are none that ARM takes."""
    valid: set[str] = field(default_factory=lambda: {TOKEN})
    url: str = ""
    lock: threading.Lock = field(default_factory=threading.Lock)
    answers: dict[str, list[Raw]] = field(default_factory=dict)
    _index: dict[str, Raw] | None = None
    _lists: dict[str, list[Raw]] | None = None

    def index(self) -> dict[str, Raw]:
        if self._index is None:
            self._index = {str(raw["id"]).lower(): raw for raw in self.resources}
            self._lists = {}
            for raw in self.resources:
                self._lists.setdefault(str(raw["id"]).lower().rpartition("/")[0], []).append(raw)
        return self._index

    def below(self, path: str) -> list[Raw]:
        self.index()
        assert self._lists is not None
        return self._lists.get(path, [])

    def methods(self) -> set[str]:
        return {method for method, _, _ in self.log}

    def paths(self) -> list[str]:
        return [path for _, path, _ in self.log]

    def wrong(self, pattern: str, answer: Callable[[Handler], None], times: int = 1 << 30) -> None:
        self.faults.append(Fault(pattern, answer, times))


def status(code: int, name: str, message: str = "told by the server", **headers: str) -> Callable[[Handler], None]:
    """An error as ARM tells it."""
    body = {"error": {"code": name, "message": message}}
    return lambda handler: handler.send(code, body, {key.replace("_", "-"): value for key, value in headers.items()})


def html(handler: Handler) -> None:
    handler.send_bytes(200, b"<html><body>sign in to the proxy</body></html>", {"Content-Type": "text/html"})


def cut(handler: Handler) -> None:
    """Half an answer, then nothing."""
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    handler.wfile.write(b'{"value": [')
    handler.wfile.flush()
    handler.close_connection = True
    handler.connection.close()


def slow(seconds: float) -> Callable[[Handler], None]:
    def answer(handler: Handler) -> None:
        time.sleep(seconds)
        handler.answer()

    return answer


def saying(body: Any) -> Callable[[Handler], None]:
    """200 with any body."""
    return lambda handler: handler.send(200, body)


def link(address: str) -> Callable[[Handler], None]:
    """An empty page with a link."""
    return lambda handler: handler.send(200, {"value": [], "nextLink": address})


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    azure: Azure

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing on standard error."""

    def _any(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        self.sent = self.rfile.read(length) if length else b""
        parts = urlsplit(self.path)
        self.where, self.query = unquote(parts.path), parse_qs(parts.query)
        with self.azure.lock:
            self.azure.log.append((self.command, self.where, parts.query))
            fault = next(
                (
                    one
                    for one in self.azure.faults
                    if re.search(one.pattern, f"{self.command} {self.where}", re.IGNORECASE) and one.seen < one.times
                ),
                None,
            )
            if fault is not None:
                fault.seen += 1
        try:
            if fault is not None:
                fault.answer(self)
            else:
                self.answer()
        except (BrokenPipeError, ConnectionResetError, ssl.SSLError, ValueError):
            self.close_connection = True

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = _any  # noqa: N815 - the server's names

    def send(self, code: int, body: Any, headers: dict[str, str] | None = None) -> None:
        self.send_bytes(code, json.dumps(body).encode(), {"Content-Type": "application/json", **(headers or {})})

    def send_bytes(self, code: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def answer(self) -> None:
        low = self.where.lower().rstrip("/")
        if low.endswith("/.well-known/openid-configuration"):
            base = f"{self.azure.url}/{TENANT}"
            self.send(
                200,
                {
                    "issuer": f"{base}/v2.0",
                    "token_endpoint": f"{base}/oauth2/v2.0/token",
                    "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
                },
            )
        elif low.endswith("/oauth2/v2.0/token"):
            self.token()
        elif self.headers.get("Authorization", "").removeprefix("Bearer ") not in self.azure.valid:
            self.send(401, {"error": {"code": "ExpiredAuthenticationToken", "message": "The access token expired."}})
        else:
            if self.azure.delay:
                time.sleep(self.azure.delay)
            self.arm(low)

    def token(self) -> None:
        self.azure.tokens += 1
        if self.azure.token_answer is not None:
            self.send(*self.azure.token_answer)
        else:
            token = "eyJzdGFsZSI6IiJ9.c3RhbGU" if self.azure.tokens <= self.azure.stale else sorted(self.azure.valid)[0]
            self.send(200, {"token_type": "Bearer", "expires_in": 3600, "ext_expires_in": 3600, "access_token": token})

    def arm(self, low: str) -> None:
        azure = self.azure
        steps = low.split("/")
        if self.command == "POST" and low == "/providers/microsoft.resourcegraph/resources":
            self.graph(json.loads(self.sent))
        elif low == "/subscriptions":
            self.page([subscription(key, name) for key, name in azure.subscriptions.items()])
        elif len(steps) == 3 and steps[1] == "subscriptions":
            if steps[2] in azure.subscriptions:
                self.send(200, subscription(steps[2], azure.subscriptions[steps[2]]))
            else:
                self.send(404, {"error": {"code": "SubscriptionNotFound", "message": "not found"}})
        elif low in azure.lists:
            self.page(azure.lists[low])
        elif low in azure.index():
            self.send(200, azure.index()[low])
        elif low.endswith("/resources") and len(steps) == 4:
            rows = [raw for raw in azure.resources if str(raw["id"]).lower().startswith("/".join(steps[:3]) + "/")]
            self.page([{key: raw.get(key) for key in ("id", "name", "type", "location", "tags")} for raw in rows])
        elif low.endswith("/upgradeprofiles/default"):
            self.send(200, upgrades(azure.index()["/".join(steps[:-2])]))
        elif low.endswith("/kubernetesversions"):
            plans = {"supportPlan": ["KubernetesOfficial"]}
            self.send(
                200,
                {"values": [{"version": "1.31", "capabilities": plans}, {"version": "1.32", "capabilities": plans}]},
            )
        elif len(steps) == 6 and steps[3] == "providers":
            prefix, kind = "/".join(steps[:3]) + "/", "/".join(steps[4:6])
            self.page(
                [
                    r
                    for r in azure.resources
                    if str(r["id"]).lower().startswith(prefix) and str(r["type"]).lower() == kind
                ]
            )
        elif low.endswith("/resourcegroups") and len(steps) == 4:
            self.page([r for r in azure.resources if str(r["type"]).lower().endswith("/resourcegroups")])
        else:
            self.page(azure.below(low))

    def page(self, rows: list[Raw]) -> None:
        at, size = int(self.query.get("$skip", ["0"])[0]), self.azure.page
        body: Raw = {"value": rows[at : at + size]}
        if at + size < len(rows):
            version = self.query.get("api-version", [""])[0]
            body["nextLink"] = f"{self.azure.url}{self.where}?api-version={version}&$skip={at + size}"
        self.send(200, body)

    def rows(self, subscriptions: list[str], query: str) -> list[Raw]:
        """The rows of a query: table, types, groups; names and types as Resource Graph spells them."""
        table = query.partition("|")[0].strip()
        listed = {
            name.lower() for name in re.findall(r"'([^']+)'", (re.search(r"type in~ \(([^)]*)\)", query) or [""])[0])
        }
        single = re.search(r"type =~ '([^']+)'", query)
        types = listed | ({single[1].lower()} if single else set())
        groups = re.search(r"resourceGroup in~ \(([^)]*)\)", query)
        wanted = {name.lower() for name in re.findall(r"'([^']+)'", groups[1])} if groups else None
        rows = []
        for raw in self.azure.resources if self.azure.graph else ():
            identifier, kind = str(raw["id"]).lower(), str(raw["type"]).lower()
            kind = "microsoft.resources/subscriptions/resourcegroups" if kind.endswith("/resourcegroups") else kind
            inside = any(f"/subscriptions/{one.lower()}/" in identifier + "/" for one in subscriptions)
            group = re.search(r"/resourcegroups/([^/]+)", identifier)
            if not inside or kind not in types or (wanted is not None and (group is None or group[1] not in wanted)):
                continue
            if table == "authorizationresources" and _principal(raw) in ("user", "group"):
                continue
            rows.append({**dict.fromkeys(_COLUMNS), **raw, "type": kind, "name": _graph_name(raw)})
        rows.sort(key=lambda row: str(row["id"]))
        return rows

    def graph(self, asked: Raw) -> None:
        options = asked.get("options", {})
        key = json.dumps([asked["subscriptions"], asked["query"]])
        with self.azure.lock:
            kept = self.azure.answers.get(key)
        rows = kept if kept is not None else self.rows(asked["subscriptions"], asked["query"])
        if len(rows) > 5_000:  # the bench asks for many pages of the same
            self.azure.answers[key] = rows
        at, size = int(options.get("$skipToken") or 0), min(int(options.get("$top", 1000)), self.azure.page)
        body: Raw = {"totalRecords": len(rows), "data": rows[at : at + size], "resultTruncated": "false"}
        body["count"] = len(body["data"])
        if at + size < len(rows):
            body["$skipToken"] = str(at + size)
        self.send(200, body, {"x-ms-user-quota-remaining": "14", "x-ms-user-quota-resets-after": "00:00:05"})


_COLUMNS = (
    "location",
    "tags",
    "sku",
    "kind",
    "identity",
    "zones",
    "plan",
    "managedBy",
    "extendedLocation",
    "properties",
)


def _principal(raw: Raw) -> str:
    return str((raw.get("properties") or {}).get("principalType", "")).lower()


def _graph_name(raw: Raw) -> str:
    steps = str(raw["id"]).lower().rpartition("/providers/")[2].split("/")
    return "/".join(steps[2::2]) if len(steps) > 2 else str(raw["name"])


def subscription(identifier: str, name: str) -> Raw:
    return {"id": f"/subscriptions/{identifier}", "subscriptionId": identifier, "displayName": name, "state": "Enabled"}


def upgrades(cluster: Raw) -> Raw:
    version = (cluster.get("properties") or {}).get("kubernetesVersion", "1.31.2")
    plane = {"kubernetesVersion": version, "osType": "Linux", "upgrades": [{"kubernetesVersion": "1.32.1"}]}
    properties = {
        "controlPlaneProfile": plane,
        "agentPoolProfiles": [{"kubernetesVersion": version, "osType": "Linux"}],
    }
    return {"id": f"{cluster['id']}/upgradeProfiles/default", "name": "default", "type": "x", "properties": properties}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is none of the test's business."""


class Running:
    """`with Running(azure, folder) as server:` a server at `server.url`; `folder` gets the certificate."""

    def __init__(self, azure: Azure, folder: Path, authority: trustme.CA | None = None) -> None:
        self.azure = azure
        self.bundle = folder / "ca.pem"
        ca = authority or trustme.CA()
        ca.cert_pem.write_to_path(str(self.bundle))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        ca.issue_cert("localhost").configure_cert(context)
        handler = type("Bound", (Handler,), {"azure": azure})
        self.server = _Server(("127.0.0.1", 0), handler)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        azure.url = f"https://localhost:{self.server.server_port}"

    def __enter__(self) -> Running:
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()


def resource(path: str, kind: str, /, **body: Any) -> Raw:
    """`resource("rg/ws1", "Microsoft.X/y")`: a resource of the test subscription; further steps are children."""
    group, *names = path.split("/")
    namespace, *types = kind.split("/")
    tail = "/".join(f"{one}/{name}" for one, name in zip(types, names, strict=True))
    identifier = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{group}/providers/{namespace}/{tail}"
    return {"id": identifier, "type": kind, "name": names[-1], **body}


def group(name: str, /, **body: Any) -> Raw:
    identifier = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{name}"
    return {
        "id": identifier,
        "type": "Microsoft.Resources/resourceGroups",
        "name": name,
        "location": "westeurope",
        **body,
    }


def environment(running: Running, base: Iterable[tuple[str, str]], **more: str) -> dict[str, str]:
    """The variables for a process that logs in with a client secret and trusts the server."""
    return {
        **{key: value for key, value in base if not key.startswith(("AZURE_", "HTTP", "http"))},
        "AZURE_TENANT_ID": TENANT,
        "AZURE_CLIENT_ID": "33333333-3333-3333-3333-333333333333",
        "AZURE_CLIENT_SECRET": SECRET,
        "REQUESTS_CA_BUNDLE": str(running.bundle),
        "AIPLINT_LIVE_LIMITS": "retry_wait=0.01,longest_wait=0.3,read=2,connect=2,pace=1000,graph_pace=100",
        **more,
    }


def options(running: Running) -> list[str]:
    url = running.azure.url
    return ["--auth", "env", "--arm-endpoint", url, "--authority-host", url, "--no-instance-discovery"]

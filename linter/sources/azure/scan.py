"""The scan: which subscriptions, Resource Graph first, then list by list what it lacks."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final

from linter.sources.azure.assets import named_assets
from linter.sources.azure.clusters import read_images, read_supported, read_upgrades
from linter.sources.azure.crew import Crew
from linter.sources.azure.fallback import Fallback
from linter.sources.azure.found import Found, Lack
from linter.sources.azure.jobs import read_jobs
from linter.sources.azure.kinds import (
    ACCOUNT,
    AI,
    CHILDREN,
    CLUSTER,
    DIAGNOSED,
    DIAGNOSTICS,
    DIAGNOSTICS_VERSION,
    WORKSPACE,
    Child,
)
from linter.sources.azure.limits import Limits, Stop, Stopped
from linter.sources.azure.query import GROUPS, ROLES, accounts_query, resources_query
from linter.sources.azure.quota import read_quotas
from linter.sources.azure.reader import WRONG_VERSION, Raw, Reader, rows
from linter.sources.azure.trouble import NoLogin, Refused
from linter.sources.workloads import group_of, workload_keys
from linter.usage import stamp

SUBSCRIPTIONS_VERSION: Final = "2022-12-01"
MANAGEMENT_VERSION: Final = "2020-05-01"
GRAPH_SUBSCRIPTIONS: Final = 1_000
GONE: Final = frozenset({"resourcenotfound", "parentresourcenotfound", "resourcegroupnotfound"})
"""What was there when Resource Graph last looked, minutes ago, and is no more: nothing stands below it."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What is to be read: the options of the group `scope`; `tags`: the names of the workload tag; `days` of jobs."""

    subscriptions: tuple[str, ...] = ()
    management_group: str = ""
    groups: tuple[str, ...] = ()
    tags: tuple[str, ...] = ("workload", "app")
    days: int = 30


class Scan:
    """One run. `run` may be ended at any time through `stop`; what was gathered until then is in `found`."""

    def __init__(self, reader: Reader, scope: Scope, limits: Limits, stop: Stop, tell: Callable[[Scan], None]) -> None:
        self.reader, self.scope, self.limits, self.stop = reader, scope, limits, stop
        self.found = Found()
        self.crew = Crew(limits.threads, stop, self._fault)
        self._tell = lambda: tell(self)
        self.graph_failed: set[str] = set()
        self._seen: set[str] = set()
        self._queries = (resources_query(scope.groups), accounts_query(scope.groups), GROUPS, ROLES)
        self._graph_saw: set[str] = set()
        self._graph_lost: list[tuple[str, str]] = []
        self._near: set[str] = set()
        self._keys: dict[str, str] = {}
        self.until = datetime.now(UTC).replace(microsecond=0)

    def run(self) -> Found:
        """Read all. Raises `NoLogin` where nothing can be read at all."""
        since = self.until - timedelta(days=self.scope.days)
        self.found.usage["window"] = {"since": stamp(since), "until": stamp(self.until)}
        try:
            self._do(self._subscriptions)
            self._do(self._graph)
            self._do(self._lists)
            self._do(self._near_ai)
            self._do(self._below)
            self._do(self._named)
        except Stopped:
            self.ended()
        finally:
            self.crew.end()
        return self.found

    def _do(self, first: Callable[[], None]) -> None:
        """One stage: a task and all that it adds."""
        failed: list[NoLogin] = []

        def begin() -> None:
            try:
                first()
            except NoLogin as error:
                failed.append(error)

        self.crew.add(begin)
        done = self.crew.finish(self._tell)
        if failed:
            raise failed[0]
        if not done:
            raise Stopped

    def ended(self) -> None:
        """Note that the scan did not come to its end."""
        reason = "the time limit was reached" if self.stop.late else "it was interrupted"
        waited = ", ".join(sorted(set(self.found.waiting.values()))[:3])
        self.found.lacks.append(Lack("*", "", f"what the scan had not reached when {reason}", reason=waited))

    def _fault(self, error: Exception) -> None:
        if isinstance(error, NoLogin):
            self.found.lack("*", "", "what needs a new token", Refused(0, "NoLogin", str(error)))
            self.stop.now()
            return
        frame, at = error.__traceback__, ""
        while frame is not None:
            at, frame = f"{frame.tb_frame.f_code.co_name}:{frame.tb_lineno}", frame.tb_next
        told = Refused(0, "Fault", f"{type(error).__name__} at {at} in aiplint itself; please report it")
        self.found.lack("*", "", "an answer", told)

    def attempt(
        self, type_: str, scope: str, what: str, call: Callable[[], Any], *, optional: bool = False, hides: bool = True
    ) -> bool:
        """`call`; what it cannot read is a lack of `type_`, save what is not there. Whether all was read."""
        me = threading.get_ident()
        self.found.waiting[me] = what
        try:
            call()
        except Refused as error:
            if error.status == 404 and error.code.lower() in GONE:
                self.found.notes.append(f"{what}: gone ({error.code})")
            elif not (optional and (error.status == 404 or error.code.lower() in WRONG_VERSION)):
                self.found.lack(type_, scope, what, error, hides=hides)
            return False
        finally:
            self.found.waiting.pop(me, None)
        return True

    def listed(self, path: str, version: str, take: Callable[[Raw], Any], most: int = 0, **query: str) -> None:
        """All rows of a list; one whose version is not known is asked again in the newest of the manifest."""

        def call() -> None:
            for page in self.reader.pages(path, version, most, **query):
                for row in page:
                    take(row)

        self.reader.with_version(path, call)

    # which subscriptions

    def _subscriptions(self) -> None:
        seen: list[Raw] = []
        try:
            self.found.waiting[0] = "the list of subscriptions"
            self.listed("/subscriptions", SUBSCRIPTIONS_VERSION, seen.append)
            wanted = self._below_management_group() if self.scope.management_group else None
        except Refused as error:
            if self.scope.subscriptions:
                self._named_subscriptions({})
                return
            what = f"management group {self.scope.management_group}" if self.scope.management_group else "subscriptions"
            self.found.lack("*", "", f"the list of {what}", error)
            return
        finally:
            self.found.waiting.pop(0, None)
        readable = {str(row.get("subscriptionId", "")).lower(): str(row.get("displayName") or "") for row in seen}
        if self.scope.subscriptions:
            self._named_subscriptions(readable)
            return
        for identifier in sorted(wanted if wanted is not None else readable):
            if identifier in readable:
                self.found.covered[identifier] = readable[identifier]
            else:
                refused = Refused(403, "NotInList", "the credential has no right on it")
                self.found.lack("*", f"/subscriptions/{identifier}", f"subscription {identifier}", refused)
        if not self.found.covered:
            self.found.lack("*", "", "any subscription", Refused(0, "None", "the credential can read none"))

    def _named_subscriptions(self, readable: dict[str, str]) -> None:
        """Those that the list does not have are asked for one by one, which says why."""
        for identifier in dict.fromkeys(one.lower() for one in self.scope.subscriptions):
            if identifier in readable:
                self.found.covered[identifier] = readable[identifier]
            else:
                self.crew.add(partial(self._subscription, identifier))

    def _subscription(self, identifier: str) -> None:
        def call() -> None:
            told = self.reader.get(f"/subscriptions/{identifier}", SUBSCRIPTIONS_VERSION)
            self.found.covered[identifier] = str(told.get("displayName") or "")

        self.attempt("*", f"/subscriptions/{identifier}", f"subscription {identifier}", call)

    def _below_management_group(self) -> set[str]:
        found: set[str] = set()

        def take(row: Raw) -> None:
            if str(row.get("type", "")).lower() in (
                "/subscriptions",
                "microsoft.management/managementgroups/subscriptions",
            ):
                found.add(str(row.get("name", "")).lower())

        path = f"/providers/Microsoft.Management/managementGroups/{self.scope.management_group}/descendants"
        self.listed(path, MANAGEMENT_VERSION, take)
        return found

    # Resource Graph, and lists where it fails

    def _graph(self) -> None:
        covered = sorted(self.found.covered)
        for at in range(0, len(covered), GRAPH_SUBSCRIPTIONS):
            part = covered[at : at + GRAPH_SUBSCRIPTIONS]
            for query in self._queries:
                self.crew.add(partial(self._ask, part, query))

    def _ask(self, subscriptions: list[str], query: str) -> None:
        me = threading.get_ident()
        self.found.waiting[me] = "Resource Graph"
        try:
            for page in self.reader.graph(subscriptions, query):
                for row in page:
                    identifier = str(row.get("id", "")).lower()
                    self._graph_saw.add(identifier.partition("/subscriptions/")[2].partition("/")[0])
                    if self.wanted(row):
                        self.found.add(row)
        except Refused as error:
            self.found.notes.append(f"Resource Graph gave no answer ({error}); lists are read instead")
            self._graph_lost += [(subscription, query) for subscription in subscriptions]
        finally:
            self.found.waiting.pop(me, None)

    def _lists(self) -> None:
        """What Graph failed to answer, and subscriptions of which it knows nothing: no right to read looks like no
        rows."""
        lost = set(self._graph_lost)
        unknown = [subscription for subscription in self.found.covered if subscription not in self._graph_saw]
        lost |= {(subscription, query) for subscription in unknown for query in self._queries}
        for subscription, query in sorted(lost):
            self.crew.add(partial(Fallback(self, subscription).read, query))

    def wanted(self, raw: Raw) -> bool:
        """Whether a row is inside the resource groups asked for."""
        if not self.scope.groups:
            return True
        identifier = str(raw.get("id", ""))
        group = group_of(identifier).rpartition("/")[2].lower()
        return group in {name.lower() for name in self.scope.groups}

    # what stands below

    def _near_ai(self) -> None:
        raws = list(self.found.resources.values())
        keys = workload_keys(raws, self.scope.tags)
        ai = {name.lower() for name in AI}
        self._near |= {keys[raw["id"].lower()] for raw in raws if raw["type"].lower() in ai}
        self._keys = keys

    def _below(self) -> None:
        for raw in list(self.found.resources.values()):
            self.below(raw)
        read_quotas(self)

    def below(self, raw: Raw) -> None:
        """Read what hangs on a resource: its children, its diagnostic settings, its jobs. Once for each."""
        identifier, kind = raw["id"], raw["type"]
        with self.found.lock:
            if identifier.lower() in self._seen:
                return
            self._seen.add(identifier.lower())
        legacy = kind == WORKSPACE and _properties(raw).get("v1LegacyMode") is True
        if legacy:
            error = Refused(0, "LegacyMode", "v1LegacyMode is on, which hides endpoints, jobs and schedules")
            self.found.lack("*", identifier, f"what the workspace {raw['name']} holds", error)
            self.found.fact("job_lists", identifier.lower(), "legacy")
        for child in CHILDREN.get(kind, ()):
            if self._asked(raw, child) and not (legacy and child.v2):
                self.crew.add(partial(self._children, raw, child))
        if kind in DIAGNOSED:
            self.crew.add(lambda: self._diagnostics(raw))
        if kind == WORKSPACE and not legacy and self.scope.days and str(raw.get("kind", "")).lower() != "hub":
            self.crew.add(lambda: read_jobs(self, raw))
        if kind == CLUSTER:
            self.crew.add(lambda: read_upgrades(self, raw))

    def _asked(self, raw: Raw, child: Child) -> bool:
        subscription = raw["id"].split("/")[2].lower()
        if child.graph and subscription not in self.graph_failed:
            return False
        if child.type == f"{WORKSPACE}/onlineEndpoints" and str(raw.get("kind", "")).lower() == "hub":
            return False
        if raw["type"] == ACCOUNT:
            kind = str(raw.get("kind") or "AIServices").lower()
            return kind == "aiservices" or (kind == "openai" and child.path in ("deployments", "raiPolicies"))
        if raw["type"] == "Microsoft.Cdn/profiles":
            sku = raw.get("sku")
            return isinstance(sku, dict) and "frontdoor" in str(sku.get("name", "")).lower()
        return not child.near or self._keys.get(raw["id"].lower()) in self._near

    def _children(self, raw: Raw, child: Child) -> None:
        path = f"{raw['id']}/{child.path}"
        leaf = child.type.rpartition("/")[2]
        what = f"{leaf} of {raw['name']}"

        def take(row: Raw) -> None:
            identifier = self.found.add(row, self.reader.version_for(path, child.version))
            if identifier and child.type in CHILDREN:
                self.below(self.found.resources[identifier])

        def call() -> None:
            if child.one:
                take(self.reader.with_version(path, lambda: self.reader.get(path, child.version)))
            elif child.type == f"{WORKSPACE}/computes":
                self._computes(raw, path, take)
            else:
                self.listed(path, child.version, take)

        self.attempt(child.type, raw["id"], what, call, optional=child.optional)

    def _computes(self, raw: Raw, path: str, take: Callable[[Raw], None]) -> None:
        steps = raw["id"].split("/")
        client = self.reader.learning(steps[2]).machine_learning_compute

        def call() -> None:
            for page in self.reader.sdk(
                lambda hook: client.list_by_workspace(
                    steps[4], steps[8], raw_response_hook=hook, api_version=self.reader.version_for(path, "2026-03-01")
                )
            ):
                for row in rows(page):
                    take(row)

        self.reader.with_version(path, call)

    def _diagnostics(self, raw: Raw) -> None:
        path = f"{raw['id']}/providers/Microsoft.Insights/diagnosticSettings"
        what = f"diagnostic settings of {raw['name']}"
        self.attempt(
            DIAGNOSTICS, raw["id"], what,
            lambda: self.listed(path, DIAGNOSTICS_VERSION, lambda row: self.found.add(row, DIAGNOSTICS_VERSION)),
        )  # fmt: skip

    def _named(self) -> None:
        """Models and environments that a deployment names; what is known only now of clusters and images."""
        read_supported(self)
        read_images(self.found)
        for path, version in sorted(named_assets(self.found)):
            self.crew.add(partial(self._asset, path, version))

    def _asset(self, path: str, version: str) -> None:
        def call() -> None:
            self.found.add(self.reader.with_version(path, lambda: self.reader.get(path, version)), version)

        name = "/".join(path.split("/")[-3::2])
        self.attempt("*", path, f"the model or environment {name}", call, optional=True)


def _properties(raw: Raw) -> dict[str, Any]:
    value = raw.get("properties")
    return value if isinstance(value, dict) else {}

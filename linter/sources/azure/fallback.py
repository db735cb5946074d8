"""Where Resource Graph gives nothing: what `resources.list` names, read list by list."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final

from linter.sources.azure.kinds import ACCOUNT, AI, CLUSTER, ROLE_ASSIGNMENT, TOP, WORKSPACE, spelled_id
from linter.sources.azure.query import GROUPS, ROLES
from linter.sources.azure.reader import Raw, rows
from linter.sources.azure.trouble import Refused
from linter.sources.exports import split_id

if TYPE_CHECKING:
    from linter.sources.azure.scan import Scan

GROUPS_VERSION: Final = "2022-09-01"
ROLES_VERSION: Final = "2022-04-01"


class Fallback:
    """The lists of one subscription."""

    def __init__(self, scan: Scan, subscription: str) -> None:
        self.scan, self.subscription = scan, subscription
        self.scope = f"/subscriptions/{subscription}"

    def read(self, query: str) -> None:
        """What a query of Resource Graph gave nothing of."""
        if query == GROUPS:
            self.scan.attempt(
                "Microsoft.Resources/resourceGroups", self.scope, f"resource groups of {self.subscription}",
                lambda: self.scan.listed(f"{self.scope}/resourceGroups", GROUPS_VERSION, self._keep),
            )  # fmt: skip
        elif query == ROLES:
            path = f"{self.scope}/providers/Microsoft.Authorization/roleAssignments"
            self.scan.attempt(
                ROLE_ASSIGNMENT, self.scope, f"role assignments of {self.subscription}",
                lambda: self.scan.listed(path, ROLES_VERSION, self._keep_role),
            )  # fmt: skip
        elif f"where type =~ '{ACCOUNT.lower()}'" in query:
            self.scan.attempt(
                "*", self.scope, f"model accounts of {self.subscription}", lambda: self._by_type([ACCOUNT])
            )
        else:
            self.scan.attempt("*", self.scope, f"resources of {self.subscription}", self._resources)

    def _keep(self, row: Raw) -> None:
        if self.scan.wanted(row):
            self.scan.found.add(row)

    def _keep_role(self, row: Raw) -> None:
        properties = row.get("properties")
        kind = properties.get("principalType") if isinstance(properties, dict) else None
        if str(kind).lower() not in ("user", "group", "foreigngroup"):
            self._keep(row)

    def _resources(self) -> None:
        """The generic list names what is there; only types that are get a list of their own."""
        there: set[str] = set()
        operations = self.scan.reader.resources(self.subscription).resources
        try:
            for page in self.scan.reader.sdk(lambda hook: operations.list(raw_response_hook=hook)):
                for row in rows(page):
                    if self.scan.wanted(row):
                        there.add(split_id(spelled_id(str(row.get("id", ""))))[0])
        except Refused:
            self.scan.graph_failed.add(self.subscription)
            self._by_type([*(name for name in AI if name != ACCOUNT), "Microsoft.Insights/autoscaleSettings"])
            raise  # a role may cover these types alone; the rest stays a gap
        present = [name for name in TOP if name in there and name != ACCOUNT]
        if present:
            self.scan.graph_failed.add(self.subscription)
            self.scan.found.notes.append(f"{self.subscription}: read by {len(present)} lists, not by Resource Graph")
        self._by_type(present)

    def _by_type(self, types: list[str]) -> None:
        for name in types:
            self.scan.crew.add(partial(self._one_type, name))

    def _one_type(self, name: str) -> None:
        what = f"{name.rpartition('/')[2]} of {self.subscription}"
        path = f"{self.scope}/providers/{name}"

        def keep(row: Raw) -> None:
            if self.scan.wanted(row):
                self.scan.found.add(row, self.scan.reader.version_for(path, TOP[name]))

        def call() -> None:
            if name == CLUSTER:
                self._clusters(keep)
            elif name == WORKSPACE:
                self.scan.reader.with_version(path, lambda: self._workspaces(path, keep))
            else:
                self.scan.listed(path, TOP[name], keep)

        self.scan.attempt(name, self.scope, what, call)

    def _clusters(self, keep: Callable[[Raw], None]) -> None:
        operations = self.scan.reader.containers(self.subscription).managed_clusters
        for page in self.scan.reader.sdk(lambda hook: operations.list(raw_response_hook=hook)):
            for row in rows(page):
                keep(row)

    def _workspaces(self, path: str, keep: Callable[[Raw], None]) -> None:
        operations = self.scan.reader.learning(self.subscription).workspaces
        version = self.scan.reader.version_for(path, TOP[WORKSPACE])
        for page in self.scan.reader.sdk(
            lambda hook: operations.list_by_subscription(raw_response_hook=hook, api_version=version)
        ):
            for row in rows(page):
                keep(row)

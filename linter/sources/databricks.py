"""Databricks asset bundles: `databricks.yml` with the files it includes, as resources.

Type `databricks/<kind>` (`databricks/jobs`), name `bundle/key`, id `databricks/<kind>/bundle/key`, body what stands
below `resources.<kind>.<key>`. The default target (or the only one) is merged in as Databricks does: mappings member by
member, tasks, job clusters and pipeline clusters by their key, other lists joined; objects that only other targets have
are added. `${var.x}` becomes the target's value or the default, `${bundle.name}` and `${bundle.target}` are known, all
else is unresolved.
(docs.databricks.com/dev-tools/bundles/cluster-override and /job-task-override, read 2026-11-24.)
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path as FilePath
from typing import Any, Final

from linter.errors import InputError
from linter.model import Gap, Inventory, Locator, Path, Place, Resource, Unresolved, Value
from linter.sources.arm.reader import read_text
from linter.sources.yamlfile import MAX_VALUES, TOO_MANY, Node, YamlText, fault_gap, member

NAMES: Final = ("databricks.yml", "databricks.yaml", "bundle.yml", "bundle.yaml")
MAX_FILES: Final = 1000
"""Included files of one bundle."""
MAX_STEPS: Final = 10
"""Variables that refer to variables."""
_LIST_KEYS: Final = {"tasks": "task_key", "job_clusters": "job_cluster_key", "clusters": "label"}
_REFERENCE = re.compile(r"\$\{([^{}]+)\}")


def read_bundle(path: FilePath, shown: str) -> Inventory:
    """The objects of the bundle whose root file is `path`; what cannot be read is a gap."""
    return _Bundle(path, shown).inventory()


class _Bundle:
    def __init__(self, path: FilePath, shown: str) -> None:
        self.path = path
        self.shown = shown
        self.found = Inventory(name=shown)
        self.owners: dict[int, YamlText] = {}
        self.name = path.absolute().parent.name
        self.target = ""
        self.variables: dict[str, Node] = {}
        self.left = MAX_VALUES

    def inventory(self) -> Inventory:
        root = self.load(self.path, self.shown)
        if root is not None:
            layers = [root, *self.included(root)]
            merged = layers[0]
            for layer in layers[1:]:
                merged = self.merge(merged, layer, "")
            merged = self.with_targets(merged)
            self.name = _text(_dig(merged, "bundle", "name")) or self.name
            self.variables = _named(_dig(merged, "variables"))
            self.found.name = self.name
            self.found.resources = list(self.resources(merged))
            if self.left <= 0:
                self.found.gaps.append(Gap(self.shown, f"{TOO_MANY}: variables are left as they are", kind="limit"))
        self.found.complete = not self.found.gaps
        return self.found

    def load(self, path: FilePath, shown: str) -> Node | None:
        """The first document of a file."""
        text = ""
        try:
            text = read_text(path)
            self.found.texts[shown] = text
            source = YamlText(text, shown)
            for node in source.documents():
                self.found.gaps += source.gaps
                self.own(node, source)
                return node
        except InputError as error:
            self.found.gaps.append(fault_gap(error, text, shown))
        return None

    def own(self, node: Node, source: YamlText) -> None:
        pending, seen = [node], {id(node)}
        while pending:
            one = pending.pop()
            self.owners[id(one)] = source
            below = [item for item in one.members.values() if id(item) not in seen]
            seen.update(map(id, below))
            pending += below

    def gap(self, node: Node, message: str) -> None:
        place = self.place(node, (), False)
        self.found.gaps.append(Gap(place.path, message, place.line, place.column, "link"))

    def included(self, root: Node) -> Iterator[Node]:
        listed = _dig(root, "include")
        here = self.path.parent
        seen = {self.path.resolve()}
        for node in _items(listed):
            for file in self.matches(node, here):
                if file.resolve() == self.path.resolve():
                    self.gap(node, f"include '{node.value}' takes in the bundle itself; name the folder of its parts")
                elif file.resolve() not in seen:
                    seen.add(file.resolve())
                    shown = (FilePath(self.shown).parent / file.relative_to(here)).as_posix()
                    part = self.load(file, shown)
                    if part is not None:
                        yield self.checked(part)

    def matches(self, node: Node, here: FilePath) -> list[FilePath]:
        pattern = node.value
        if not isinstance(pattern, str) or not pattern or FilePath(pattern).is_absolute() or ".." in pattern.split("/"):
            self.gap(node, f"include '{pattern}' leads out of the bundle's folder; only what lies in it is read")
            return []
        try:
            files = sorted(file for file in here.glob(pattern) if file.is_file())
        except (ValueError, NotImplementedError, OSError) as error:
            self.gap(node, f"include '{pattern}' cannot be followed: {error}")
            return []
        inside = [file for file in files if file.resolve().is_relative_to(here.resolve())]
        if len(inside) < len(files):
            self.gap(
                node, f"include '{pattern}' leads out of the bundle's folder by a link; only what lies in it is read"
            )
        if len(inside) > MAX_FILES:
            self.gap(node, f"include '{pattern}' takes in {len(inside)} files; only {MAX_FILES} are read")
        return inside[:MAX_FILES]

    def checked(self, part: Node) -> Node:
        deeper = _dig(part, "include")
        if deeper is not None:
            self.gap(deeper, "include counts in the bundle's root file only; name these files there")
        return part

    def merge(self, base: Node, over: Node, name: str) -> Node:
        """`over` laid on `base`; `name` is the property that holds them."""
        if isinstance(base.value, dict) and isinstance(over.value, dict):
            node = self.joined(base, dict(base.members))
            for key, below in over.members.items():
                mine = node.members.get(key)
                node.members[key] = below if mine is None else self.merge(mine, below, str(key))
            return node
        if isinstance(base.value, list) and isinstance(over.value, list):
            return self.merge_lists(base, over, name)
        return over

    def merge_lists(self, base: Node, over: Node, name: str) -> Node:
        items = list(base.members.values())
        label = _LIST_KEYS.get(name, "")
        for below in over.members.values():
            key = _text(_dig(below, label))
            twin = next((i for i, item in enumerate(items) if key and _text(_dig(item, label)) == key), None)
            if twin is None:
                items.append(below)
            else:
                items[twin] = self.merge(items[twin], below, "")
        return self.joined(base, dict(enumerate(items)))

    def joined(self, like: Node, members: Any) -> Node:
        node = Node(like.start, like.end, like.value)
        node.key, node.members = like.key, members
        self.owners[id(node)] = self.owners[id(like)]
        return node

    def with_targets(self, root: Node) -> Node:
        targets = _named(_dig(root, "targets"))
        chosen = [
            name for name, node in targets.items() if (default := _dig(node, "default")) and default.value is True
        ]
        self.target = chosen[0] if chosen else next(iter(targets)) if len(targets) == 1 else ""
        if self.target:
            root = self.merge(root, targets[self.target], "")
        for name, node in targets.items():
            resources = _dig(node, "resources")
            if name != self.target and resources is not None:
                root = self.with_new(root, resources)
        return root

    def with_new(self, root: Node, resources: Node) -> Node:
        """The objects of another target that the bundle does not have yet."""
        have = _dig(root, "resources")
        node = self.joined(resources, {})
        for kind, group in resources.members.items():
            there = _named(_dig(have, str(kind)))
            fresh = {key: below for key, below in group.members.items() if key not in there}
            if fresh and isinstance(group.value, dict):
                node.members[kind] = self.joined(group, fresh)
        whole = self.joined(root, dict(root.members))
        whole.members["resources"] = node if have is None else self.merge(have, node, "")
        return whole

    def resources(self, root: Node) -> Iterator[Resource]:
        for kind, group in _named(_dig(root, "resources")).items():
            for key, node in _named(group).items():
                if isinstance(node.value, dict):
                    yield self.resource(kind, key, node)

    def resource(self, kind: str, key: str, node: Node) -> Resource:
        name = f"{self.name}/{key}"
        body = {step: self.value(below, 0) for step, below in _named(node).items() if below.value is not None}
        full_type = f"databricks/{kind}"
        return Resource(
            type=full_type,
            name=name,
            id=f"{full_type}/{name}",
            api_version="",
            body=body,
            locate=self.locator(node),
            origin="bundle",
            identity=f"{full_type}/{name}".lower(),
            deployment=self.name,
        )

    def locator(self, node: Node) -> Locator:
        def locate(path: Path, key: bool) -> Place:
            if path in (("name",), ("id",), ("type",), ()) and member(node, path[0] if path else "") is None:
                return self.place(node, (), True)
            return self.place(node, path, key)

        return locate

    def place(self, node: Node, path: Path, key: bool) -> Place:
        for step in path:
            below = member(node, step)
            if below is None:
                key = True
                break
            node = below
        return self.owners[id(node)].place(node, (), key)

    def value(self, node: Node, steps: int) -> Value:
        """The value of a node with its references replaced; `steps` counts the variables on the way."""
        self.left -= 1
        if isinstance(node.value, dict):
            return {key: self.value(below, steps) for key, below in node.members.items()}
        if isinstance(node.value, list):
            return [self.value(below, steps) for below in node.members.values()]
        return self.substituted(node.value, steps) if isinstance(node.value, str) else node.value

    def substituted(self, text: str, steps: int) -> Value:
        whole = _REFERENCE.fullmatch(text)
        if whole:
            return self.reference(whole[1].strip(), steps)
        reason = ""

        def replace(found: re.Match[str]) -> str:
            nonlocal reason
            value = self.reference(found[1].strip(), steps)
            if isinstance(value, (str, int, float)):
                return str(value).lower() if isinstance(value, bool) else str(value)
            reason = value.reason if isinstance(value, Unresolved) else "error"
            return found[0]

        replaced = _REFERENCE.sub(replace, text)
        self.left -= len(replaced) // 100
        return Unresolved(replaced, reason) if reason else replaced

    def reference(self, name: str, steps: int) -> Value:
        if name == "bundle.name":
            return self.name
        if name == "bundle.target" and self.target:
            return self.target
        kind, _, rest = name.partition(".")
        if kind not in ("var", "variables"):
            return Unresolved(name, "runtime")
        variable = self.variables.get(rest.removesuffix(".value"))
        self.left -= 1
        if variable is None or steps >= MAX_STEPS or self.left <= 0:
            return Unresolved(name, "parameter" if variable is None else "error")
        if not isinstance(variable.value, dict):
            return self.value(variable, steps + 1)
        default = _dig(variable, "default")
        if default is None or default.value is None:
            return Unresolved(name, "runtime" if _dig(variable, "lookup") else "parameter")
        return self.value(default, steps + 1)


def _dig(node: Node | None, *steps: str) -> Node | None:
    for step in steps:
        node = node.members.get(step) if node is not None and isinstance(node.value, dict) else None
    return node


def _named(node: Node | None) -> dict[str, Node]:
    if node is None or not isinstance(node.value, dict):
        return {}
    return {str(key): below for key, below in node.members.items()}


def _items(node: Node | None) -> list[Node]:
    return list(node.members.values()) if node is not None and isinstance(node.value, list) else []


def _text(node: Node | None) -> str:
    return node.value if node is not None and isinstance(node.value, str) else ""

"""The resources of one template: loops unrolled, children beside their parents, names and ids, bodies on demand."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from linter.model import Path, Unresolved, Value
from linter.sources.arm import evaluator
from linter.sources.arm.frames import OPEN_INDEX, TemplateFrame
from linter.sources.arm.nested import scope_of
from linter.sources.arm.source import lowered
from linter.sources.arm.stated import look_into_deployment, look_into_resource
from linter.sources.template.places import BODY, HEAD
from linter.sources.template.scope import Text, join_text
from linter.sources.template.values import Stated, render_call

if TYPE_CHECKING:
    from linter.sources.arm.template import Template

DEPLOYMENTS: Final = "microsoft.resources/deployments"
_HEADS: Final = {
    "type": "", "name": "", "apiversion": "", "condition": "", "dependson": "", "scope": "", "copy": "", "comments": "",
    "metadata": "", "resources": "", "existing": "", "asserts": "", "resourcegroup": "", "subscriptionid": "", "id": "",
}  # fmt: skip
"""Members of a resource that are no part of its body, by name in lower case."""
_PLACES: Final = {
    "location": ("location", HEAD), "zones": ("zones", HEAD), "kind": ("kind", HEAD), "tags": ("tags", BODY),
    "sku": ("sku", BODY), "identity": ("identity", HEAD), "plan": ("plan", BODY), "properties": ("properties", BODY),
    "extendedlocation": ("extendedLocation", BODY), "managedby": ("managedBy", HEAD), "scale": ("scale", BODY),
    "etag": ("etag", BODY), "placement": ("placement", BODY),
}  # fmt: skip
"""Members of a body by name in lower case: how ARM spells them, and what may be called in them."""
_WEIGHT: Final = 200
"""What a resource weighs in the budget of a run: some hundred thousand are made."""
_UNASKED: Final = object()
_POLICY: Final = "microsoft.authorization/policydefinitions"
_REFERENCE_FULL: Final = 3


class Instance:
    """One resource: an entry of `resources`, or one turn of its loop. Everything is evaluated when first asked for."""

    __slots__ = (
        "_body",
        "_condition",
        "_head_frame",
        "_heads",
        "_id",
        "_name",
        "child",
        "frame",
        "keys",
        "node",
        "opened",
        "opening",
        "parent",
        "path",
        "symbol",
        "template",
        "turn",
        "type",
    )

    def __init__(
        self,
        template: Template,
        node: dict[str, Any],
        path: Path,
        symbol: str,
        parent: Instance | None,
        frame: TemplateFrame,
        turn: int | None,
    ) -> None:
        self.template = template
        self.node = node
        self.path = path
        self.symbol = symbol
        self.parent = parent
        self.frame = frame
        self.turn = turn
        self.keys = {key.lower(): key for key in node}
        self._head_frame = frame.at(HEAD)
        self._heads: dict[str, Value] = {}
        self.type = self._full_type()
        self.child: Template | None = None
        self.opened = False
        self.opening = False
        self._name: Text | None = None
        self._id: Text | None = None
        self._condition: Value = _UNASKED
        self._body: dict[str, Value] | None = None

    def member(self, name: str) -> Any:
        """A member as it is written; `name` in lower case."""
        key = self.keys.get(name)
        return None if key is None else self.node[key]

    def head(self, name: str) -> Value:
        """A member evaluated as a head of the resource."""
        node = self.member(name)
        if type(node) is not str or node[:1] != "[":
            return node
        heads = self._heads
        if name not in heads:
            heads[name] = evaluator.evaluate(node, self._head_frame)
        return heads[name]

    @property
    def is_deployment(self) -> bool:
        return self.type.lower() == DEPLOYMENTS

    @property
    def is_existing(self) -> bool:
        return self.member("existing") is True

    @property
    def is_extensible(self) -> bool:
        """Whether it belongs to another provider than Azure's (Microsoft Graph, Kubernetes)."""
        return "import" in self.keys or "extension" in self.keys

    def _full_type(self) -> str:
        own = self.member("type")
        own = own if isinstance(own, str) else ""
        if self.parent is None or own.lower() == DEPLOYMENTS or self._states_full(own):
            return own
        return f"{self.parent.type}/{own.lstrip('/')}"

    def _states_full(self, own: str) -> bool:
        """Whether a child in `resources` states its full type: its name then has as many segments as that asks for."""
        name = self.head("name")
        if isinstance(name, str):
            return own.strip("/").count("/") == name.strip("/").count("/") + 1
        return "." in own.partition("/")[0]

    @property
    def name(self) -> Text:
        """The full name."""
        if self._name is None:
            self._name = self._full_name()
        return self._name

    def _full_name(self) -> Text:
        own = self.member("type")
        given = self.head("name")
        name: Text
        if isinstance(given, Unresolved) or (isinstance(given, str) and given):
            name = given
        else:
            text = self.member("name")
            name = Unresolved(str(text)[1:-1] if isinstance(text, str) and text else "name", "error")
        if self.parent is None or self.type == own:
            return name
        return join_text(self.parent.name, "/", name)

    @property
    def id(self) -> Text:
        """The resource's id."""
        if self._id is None:
            self._id = self._full_id()
        return self._id

    def _full_id(self) -> Text:
        if self.is_deployment:
            return scope_of(self).resource_id(self.type, self.name)
        scope = self.template.scope
        carrier: Instance = self
        while carrier.parent is not None and "scope" not in carrier.keys and not carrier.is_deployment:
            carrier = carrier.parent
        target = carrier.head("scope") if "scope" in carrier.keys else None
        if target is not None and not isinstance(target, str | Unresolved):
            target = None
        return scope.resource_id(self.type, self.name, target or None)

    @property
    def condition(self) -> Value:
        """False where the resource is not deployed, an `Unresolved` where that is open, else true."""
        if self._condition is _UNASKED:
            value = self.head("condition")
            self._condition = value if value is False or isinstance(value, Unresolved) else True
        return self._condition

    @property
    def api_version(self) -> str:
        """The API version; an open one in brackets."""
        value = self.head("apiversion")
        if isinstance(value, Unresolved):
            return f"[{value.expression}]"
        return "" if value is None else str(value)

    @property
    def identity(self) -> str:
        """Stable over moved lines and other values: symbols, or types and name expressions, from the root down."""
        own = self.symbol or f"{self.member('type')}:{self.member('name')}"
        above = self.parent.identity if self.parent is not None else self.template.identity
        return (f"{above}/{own}" if above else own).lower()

    @property
    def body(self) -> dict[str, Value]:
        """What stands below the resource, evaluated."""
        if self._body is None:
            self._body = {}
            self._body = self._evaluate_body()
        return self._body

    def _evaluate_body(self) -> dict[str, Value]:
        body: dict[str, Value] = {}
        value: Value
        head, below, inside = self._head_frame, self.frame, self.frame.at(BODY, sees=True)
        for key, node in self.node.items():
            low = key.lower()
            if low in _HEADS:
                continue
            shown, place = _PLACES.get(low, (key, BODY))
            if type(node) is str and (not node or node[0] != "["):
                body[shown] = node
                continue
            if low == "properties" and isinstance(node, dict) and self.type.lower() == _POLICY:
                value = evaluator.policy_properties(node, inside, self._keeps_policy_rule())
            else:
                value = evaluator.evaluate(node, head if place is HEAD else inside if low == "properties" else below)
            if value is not None or (low == "properties" and node is not None):
                body[shown] = value
        return body

    def _keeps_policy_rule(self) -> bool:
        """Whether `policyRule` is left alone, as the engine does under languageVersion 2.0 (November 2026)."""
        version = self.template.section("languageversion")
        return isinstance(version, str) and version.startswith("2")

    def check(self) -> None:
        """Record what the engine would refuse of a resource that is deployed."""
        refuse = self.template.refuse
        kind, written = self.member("type"), self.member("name")
        if not isinstance(kind, str) or not kind:
            refuse("the resource has no type", self.node, path=self.path)
            return
        if written is None or written == "":
            refuse("the resource has no name", self.node, path=self.path)
        elif not isinstance(self.head("name"), str | Unresolved):
            path = (*self.path, self.keys["name"])
            refuse("the name of the resource is not text", self.node, path=path)
        if self.member("apiversion") in (None, "") and not self.template.section("apiprofile"):
            refuse(f"the resource '{written}' has no apiVersion", self.node, path=self.path)
        elif self.member("apiversion") is not None:
            self.head("apiversion")
        name = self.name
        if isinstance(name, str):
            have = sum(1 for segment in name.split("/") if segment)
            want = sum(1 for step in self.type.split("/")[1:] if step)
            if have != want or not want:
                path = (*self.path, self.keys.get("name", "name"))
                message = f"the name '{name}' has {have} segments, and the type '{self.type}' asks for {want}"
                refuse(message, self.node, path=path)
        needs = self.member("dependson")
        if needs and isinstance(needs, list):
            evaluator.evaluate(needs, self._head_frame)


class Instances:
    """All resources of a template in the order written, and how `reference()` finds them."""

    def __init__(self, template: Template) -> None:
        self.template = template
        self.all: list[Instance] = []
        self.symbolic = isinstance(template.section("resources"), dict)
        self._index: dict[str, Instance] | None = None
        root = TemplateFrame(template, BODY)
        key = template.keys.get("resources")
        if key is not None:
            self._plan(template.value[key], (key,), None, root)

    def _plan(self, node: Any, path: Path, parent: Instance | None, frame: TemplateFrame) -> None:
        if isinstance(node, dict):
            entries: list[tuple[str | int, Any]] = list(node.items())
        else:
            entries = list(enumerate(node)) if isinstance(node, list) else []
        for step, entry in entries:
            here = (*path, step)
            if not isinstance(entry, dict):
                self.template.refuse("a resource must be an object", None, path=here)
                continue
            symbol = step if isinstance(step, str) else ""
            keys = lowered(entry)
            if "@options" in keys:
                self.template.refuse("'@options' is not supported by the language version", entry, path=here)
            loop = entry.get(keys.get("copy", ""))
            if loop is None or parent is not None:
                self._add(Instance(self.template, entry, here, symbol, parent, frame, None))
            else:
                self._loop(entry, (*here, keys["copy"]), loop, symbol, frame)

    def _loop(self, entry: dict[str, Any], path: Path, loop: Any, symbol: str, frame: TemplateFrame) -> None:
        here = path[:-1]
        keys = lowered(entry)
        if entry.get(keys.get("condition", "")) is False:
            return
        refuse = self.template.refuse
        node = evaluator.parts(loop) if isinstance(loop, dict) else {}
        if "name" not in node or "count" not in node:
            refuse("copy needs a name and a count", None, path=path)
        head = frame.at(HEAD)
        name = evaluator.evaluate(node.get("name"), head)
        if not isinstance(name, str):
            if "name" in node and not (isinstance(name, Unresolved) and name.reason in ("parameter", "error")):
                refuse("the name of a copy must be text that is known before the deployment", loop, path=path)
            name = "copy"
        mode = evaluator.evaluate(node.get("mode"), head)
        if node.get("mode") is not None and (not isinstance(mode, str) or mode.lower() not in ("serial", "parallel")):
            refuse("the mode of a copy is serial or parallel", loop, path=path)
        size = evaluator.evaluate(node.get("batchsize"), head)
        if node.get("batchsize") is not None and (isinstance(size, bool) or not isinstance(size, int) or size < 0):
            refuse("the batchSize of a copy must be a whole number", loop, path=path)
        count = evaluator.count_of(node.get("count"), head, loop if isinstance(loop, dict) else entry)
        if isinstance(count, Unresolved):
            called = self.template.outer is not None or self.template.whole  # begins when its arguments are known
            if count.reason not in ("parameter", "error") and not called:
                refuse(f"the copy count is not known before the deployment: {count.expression[:200]}", loop, path=path)
            turn = frame.in_loop(name, OPEN_INDEX, own=True)
            self._add(Instance(self.template, entry, here, symbol, None, turn, None))
            return
        self.template.context.budget.make_items(count)
        for index in range(count):
            turn = frame.in_loop(name, index, own=True)
            self._add(Instance(self.template, entry, here, symbol, None, turn, index))

    def _add(self, instance: Instance) -> None:
        self.template.context.budget.make_items(_WEIGHT)
        self.all.append(instance)
        children = instance.member("resources")
        if children and not instance.is_deployment:
            self._plan(children, (*instance.path, instance.keys["resources"]), instance, instance.frame)

    def find(self, name: str) -> Instance | None:
        """The resource that a symbol, a name or an id means."""
        if self._index is None:
            self._index = self._build_index()
        return self._index.get(name.lower())

    def _build_index(self) -> dict[str, Instance]:
        index: dict[str, Instance] = {}
        self._index = index
        for one in self.all:
            if one.condition is False or one.is_extensible:
                continue
            name, own_id = one.name, one.id
            if self.symbolic:
                symbol = one.symbol if one.turn is None else f"{one.symbol}[{one.turn}]"
                index.setdefault(symbol.lower(), one)
            elif isinstance(name, str):
                index.setdefault(name.lower(), one)
            if isinstance(own_id, str):
                index[own_id.lower()] = one
        return index

    def _stated_above(self, own_id: Text) -> Instance | None:
        """What a template further out states of a resource that this one only names."""
        outer = self.template.outer
        while outer is not None and isinstance(own_id, str):
            found = outer.instances.find(own_id)
            if found is not None and not found.is_existing:
                return found
            outer = outer.outer
        return None

    def reference(self, name: str, args: list[Value]) -> Value:
        """`reference(…)` where the engine reads what is stated; else the call, with id and API version put in."""
        target = args[0]
        found = self.find(target) if isinstance(target, str) else None
        if found is None or (len(args) >= _REFERENCE_FULL and args[2]):
            return Unresolved(render_call(name, args), "runtime")
        if not self.symbolic and isinstance(found.id, str):
            args = [found.id, *args[1:]]
            if len(args) == 1 and found.api_version:
                args.append(found.api_version)
        text = render_call(name, args)
        if found.is_deployment and not found.is_existing:
            return Stated(text, partial(look_into_deployment, text, found))
        stated = found if not found.is_existing else self._stated_above(found.id)
        if stated is not None:
            return Stated(text, partial(look_into_resource, text, stated))
        return Unresolved(text, "runtime")

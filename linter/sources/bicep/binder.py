"""What the compiler refuses in a file that parses, as far as names and places tell it; types are hardly asked.

Where a file could be right by something that is not seen here (an extension, a feature switch), nothing is said. The
rules and codes are those of Bicep CLI 0.49.2, asked in November 2026; over the valid files of four of Azure's
repositories none is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Final

from linter.sources.bicep import binder_literals as literals
from linter.sources.bicep import binder_rules as rules
from linter.sources.bicep.binder_symbols import Symbols
from linter.sources.bicep.syntax import (
    Binary,
    Call,
    Decorator,
    File,
    For,
    InstanceCall,
    Lambda,
    Name,
    Names,
    Node,
    Object,
    String,
    SyntaxFault,
    Unary,
    Variable,
)
from linter.sources.bicep.syntax_statements import (
    Function,
    Import,
    Module,
    Output,
    Parameter,
    Resource,
    Statement,
    Var,
)
from linter.sources.bicep.syntax_types import TypedLambda, TypedName, TypeName

_FUNCTION_NAMES: Final = """
any array base64 base64ToJson base64ToString bool buildUri cidrHost cidrSubnet concat contains dataUri dataUriToString
dateTimeAdd dateTimeFromEpoch dateTimeToEpoch deployer deployment distinct empty endsWith environment existingResource
exists extensionResourceId externalInput fail filter first flatten format getSecret groupBy guid indexOf int
intersection items join json last lastIndexOf length like loadDirectoryFileInfo loadFileAsBase64 loadJsonContent
loadTextContent loadYamlContent managementGroup managementGroupResourceId map mapValues max min nameof newGuid
objectKeys padLeft parseCidr parseUri pickZones providers range readCliArg readEnvironmentVariable reduce reference
replace resourceGroup resourceId roleDefinitions shallowMerge skip sort split startsWith string subscription
subscriptionResourceId substring take tenant tenantResourceId toLogicalZone toLogicalZones toLower toObject
toPhysicalZone toPhysicalZones toUpper trim union uniqueString uri uriComponent uriComponentToString utcNow
"""
FUNCTIONS: Final = frozenset(_FUNCTION_NAMES.split())
"""The functions of `az` and `sys`; beside them everything that begins with `list`."""
TYPES: Final = frozenset(("any", "array", "bool", "int", "object", "string", "resourceInput", "resourceOutput"))
_NAMESPACES = frozenset(("az", "sys"))
_ONLY_DEFAULTS = frozenset(("newGuid", "utcNow"))


def refusals(file: File, experimental: bool = True) -> list[SyntaxFault]:
    """What the compiler would refuse in this file alone, by place. A file with syntax faults gives none.

    `experimental`: features may be switched on (`BicepConfig.features`), so what needs one is not refused.
    """
    if file.faults:
        return []
    binder = Binder(file)
    if not experimental:
        binder.faults.extend(rules.feature_rules(file))
    with suppress(RecursionError):  # the caller stands deep in its stack: what was noticed by then is told
        binder.run()
    return sorted(binder.faults, key=lambda fault: fault.start)


class Binder:
    """One walk over a file. `uses`: symbol → symbols that its declaration reads, nested resources left out."""

    __slots__ = (
        "_allowed",
        "_body",
        "_current",
        "_default",
        "_in_function",
        "_locals",
        "_looping",
        "faults",
        "file",
        "symbols",
        "uses",
    )

    def __init__(self, file: File) -> None:
        self.file = file
        self.symbols = Symbols(file)
        self.faults: list[SyntaxFault] = []
        self.uses: dict[str, set[str]] = {}
        self._locals: list[set[str]] = []
        self._allowed: dict[int, bool] = {}  # loops by id; true: the value of a property, where loops cannot nest
        self._body = False
        self._looping = False
        self._current = ""
        self._default = False
        self._in_function = False

    def run(self) -> None:
        """Find everything."""
        self.faults.extend(self.symbols.faults)
        self.faults.extend(rules.file_rules(self.file))
        for statement in self.file.statements:
            self._statement(statement)
        self._cycles()

    def refuse(self, node: Node, code: str, message: str) -> None:
        """Note a refusal."""
        self.faults.append(SyntaxFault(node.start, node.end, code, message))

    def _statement(self, node: Node) -> None:
        self._current = self.symbols.name_of(node)
        if isinstance(node, Statement):
            self.faults.extend(rules.decorator_rules(node, node.decorators))
            self.faults.extend(literals.declaration_rules(node, self.symbols.kinds))
        if isinstance(node, Resource) and not self.symbols.extensions:
            self.faults.extend(literals.name_rules(node, False))
        if isinstance(node, Parameter):
            for decorator in node.decorators:
                self._visit(decorator)
            self._visit(node.type)
            if node.default is not None:
                self._default = True
                self._visit(node.default)
                self._default = False
            return
        if isinstance(node, Import):
            return
        if isinstance(node, Var | Output) and isinstance(node.value, For):
            self._allowed[id(node.value)] = False
        self._body = isinstance(node, Resource | Module)
        if isinstance(node, Resource | Module):
            self._declaration(node, False)
        self._in_function = isinstance(node, Function)
        self._children(node)
        self._in_function = False

    def _declaration(self, node: Resource | Module, nested: bool) -> None:
        self.faults.extend(rules.body_rules(node, self.symbols.extensions, nested))
        if isinstance(node.value, For):
            self._allowed[id(node.value)] = False

    def _children(self, node: Node) -> None:
        for child in node.children():
            self._visit(child)

    def _visit(self, node: Node) -> None:
        rule = _RULES.get(type(node))
        if rule is None:
            self._children(node)
        else:
            rule(self, node)

    def _scoped(self, names: set[str], *nodes: Node) -> None:
        self._locals.append(names)
        for node in nodes:
            self._visit(node)
        self._locals.pop()

    def _is_local(self, name: str) -> bool:
        return any(name in names for names in self._locals)

    def _variable(self, node: Variable) -> None:
        name = node.name
        if self._is_local(name):
            return
        kind = self.symbols.kinds.get(name)
        if name == "base" and self.file.parameters:
            if not self.symbols.extends:
                self.refuse(node, "BCP437", "`base` needs an `extends` statement")
            return
        if kind is None:
            if name not in _NAMESPACES and name != "this" and not self.symbols.extensions:
                self.refuse(node, "BCP057", f"the name `{name}` is not declared")
            return
        if self._default and kind in ("var", "resource", "module"):
            self.refuse(node, "BCP072", f"the default of a parameter can only read parameters, not `{name}`")
        elif self._in_function and kind in ("param", "resource", "module"):
            self.refuse(node, "BCP057", f"a function cannot read `{name}`")
        elif self._current:
            self.uses.setdefault(self._current, set()).add(name)

    def _call(self, node: Call) -> None:
        name = node.name
        kind = self.symbols.kinds.get(name)
        if kind is not None:
            if kind not in ("func", "import"):
                self.refuse(node, "BCP265", f"`{name}` is no function here; write `sys.{name}`")
            elif self._current:
                self.uses.setdefault(self._current, set()).add(name)
        elif name not in FUNCTIONS and not name.startswith("list") and not self.symbols.extensions:
            self.refuse(node, "BCP057", f"there is no function `{name}`")
        elif name in _ONLY_DEFAULTS and not self._default and not self.file.parameters:
            self.refuse(node, "BCP065", f"`{name}` can only stand in the default of a parameter")
        elif name.startswith("load"):
            self.faults.extend(literals.load_rules(node, self.symbols.kinds))
        for argument in node.arguments:
            self._visit(argument)

    def _instance_call(self, node: InstanceCall) -> None:
        target, name = node.target, node.name
        if isinstance(target, Variable) and target.name in _NAMESPACES and target.name not in self.symbols.kinds:
            if isinstance(name, Name) and name.text not in FUNCTIONS and not name.text.startswith("list"):
                self.refuse(name, "BCP107", f"`{target.name}` has no function `{name.text}`")
        else:
            self._visit(target)
        for argument in node.arguments:
            self._visit(argument)

    def _operator(self, node: Unary | Binary) -> None:
        self.faults.extend(literals.operator_rules(node))
        self._children(node)

    def _loop(self, node: For) -> None:
        place = self._allowed.get(id(node))
        if not self.file.parameters:
            if place is None:
                self.refuse(node, "BCP138", "a loop cannot stand here; put it into a variable")
            elif place and self._looping:
                self.refuse(node, "BCP142", "the loop of a property cannot stand inside another one")
        self._visit(node.source)
        looping, self._looping = self._looping, self._looping or bool(place)
        self._scoped(_names(node.names), node.body)
        self._looping = looping

    def _lambda(self, node: Lambda) -> None:
        self._scoped(_names(node.names), node.body)

    def _typed_lambda(self, node: TypedLambda) -> None:
        names = {
            item.name.text for item in node.parameters if isinstance(item, TypedName) and isinstance(item.name, Name)
        }
        for item in node.parameters:
            self._visit(item)
        self._visit(node.returns)
        self._scoped(names, node.body)

    def _object(self, node: Object) -> None:
        self.faults.extend(rules.duplicate_keys(node))
        if self._body:
            for _, value in rules.properties(node):
                if isinstance(value, For):
                    self._allowed[id(value)] = True
        nested = {name for member in node.members if (name := self.symbols.name_of(member))}
        if nested:
            self._scoped(nested, *node.members)
        else:
            for member in node.members:
                self._visit(member)

    def _nested(self, node: Resource) -> None:
        current, self._current = self._current, ""
        self.faults.extend(rules.decorator_rules(node, node.decorators))
        self._declaration(node, True)
        if not self.symbols.extensions:
            self.faults.extend(literals.name_rules(node, True))
        self._children(node)
        self._current = current

    def _type_name(self, node: TypeName) -> None:
        known = node.name in TYPES or node.name in _NAMESPACES or node.name in self.symbols.kinds
        if not known and not self.symbols.extensions:
            self.refuse(node, "BCP302", f"there is no type `{node.name}`")

    def _decorator(self, node: Decorator) -> None:
        expression = node.expression
        if isinstance(expression, Call | InstanceCall):
            for argument in expression.arguments:
                self._visit(argument)

    def _nothing(self, node: Node) -> None:
        """Names of properties, texts: nothing below them is a symbol."""

    def _cycles(self) -> None:
        """Symbols that read themselves, straight or through others."""
        for statement in self.file.statements:
            name = self.symbols.name_of(statement)
            if name in self.uses and self.symbols.kinds.get(name) != "func" and self._reaches(name):
                code = "BCP079" if name in self.uses[name] else "BCP080"
                self.refuse(statement, code, f"`{name}` is needed to know `{name}`")

    def _reaches(self, name: str) -> bool:
        pending = list(self.uses[name])
        seen: set[str] = set()
        while pending:
            used = pending.pop()
            if used == name:
                return True
            if used not in seen:
                seen.add(used)
                pending.extend(self.uses.get(used, ()))
        return False


def _names(node: Node) -> set[str]:
    return {item.text for item in node.items if isinstance(item, Name)} if isinstance(node, Names) else set()


_RULES: Final[dict[type[Node], Callable[[Binder, Node], None]]] = {
    Variable: Binder._variable,  # type: ignore[dict-item]  # each rule is only called with its own kind of node
    Call: Binder._call,  # type: ignore[dict-item]  # so here
    InstanceCall: Binder._instance_call,  # type: ignore[dict-item]  # so here
    Unary: Binder._operator,  # type: ignore[dict-item]  # so here
    Binary: Binder._operator,  # type: ignore[dict-item]  # so here
    For: Binder._loop,  # type: ignore[dict-item]  # so here
    Lambda: Binder._lambda,  # type: ignore[dict-item]  # so here
    TypedLambda: Binder._typed_lambda,  # type: ignore[dict-item]  # so here
    Object: Binder._object,  # type: ignore[dict-item]  # so here
    Resource: Binder._nested,  # type: ignore[dict-item]  # so here
    TypeName: Binder._type_name,  # type: ignore[dict-item]  # so here
    Decorator: Binder._decorator,  # type: ignore[dict-item]  # so here
    Name: Binder._nothing,
    String: Binder._nothing,
}

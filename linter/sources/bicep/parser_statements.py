"""The statements of Bicep and Bicep parameter files."""

from __future__ import annotations

from collections.abc import Callable

from linter.sources.bicep.lexer import Tokens
from linter.sources.bicep.parser_expressions import LINE_STOP
from linter.sources.bicep.parser_tokens import quiet_after
from linter.sources.bicep.parser_types import TypeParser
from linter.sources.bicep.syntax import Decorator, Name, Node, NoneLiteral, Skipped, SyntaxFault
from linter.sources.bicep.syntax_statements import (
    Assert,
    Dangling,
    Extends,
    Extension,
    ExtensionConfig,
    Function,
    Import,
    ImportItem,
    Metadata,
    Module,
    Output,
    Parameter,
    ParameterAssignment,
    Resource,
    TargetScope,
    Test,
    TypeDeclaration,
    Using,
    Var,
)

_ASSIGNED_STOP = frozenset(("=", "nl"))
_NAMED_STOP = frozenset(("name", "nl"))
_STRING_STOP = frozenset(("string", "left", "nl"))
_PARAMETER_TYPE_STOP = frozenset(("=", "{", "nl"))
_BODY_ASSIGNED_STOP = frozenset(("{", "nl"))
_ALIAS_STOP = frozenset((",", "nl"))


class StatementParser(TypeParser):
    """One method a statement; each gets the decorators and the offset where the statement begins."""

    __slots__ = ("parameters",)

    def __init__(self, tokens: Tokens, parameters: bool) -> None:
        super().__init__(tokens)
        self.parameters = parameters

    def statement(self) -> Node:
        """A statement with its decorators."""
        decorators = self.decorators() if self.kinds[self.at] == "@" else []
        word = self.values[self.at] if self.kinds[self.at] == "name" else ""
        start = decorators[0].start if decorators else self.starts[self.at]
        rule = (_PARAMETER_RULES if self.parameters else _RULES).get(word)
        if rule is not None:
            return rule(self, decorators, start)
        if decorators and not self.parameters:
            return self._dangling(decorators)
        if self.parameters:
            raise self.expected("BCP337", "a parameter file holds using, extends, param, var, type, import, extension")
        raise self.expected("BCP007", "no declaration begins like this")

    def _dangling(self, decorators: list[Decorator]) -> Node:
        start, end = decorators[0].start, decorators[-1].end
        if not self.faults or self.faults[-1].start < start:
            self.faults.append(SyntaxFault(start, end, "BCP132", "a decorator needs a declaration after it"))
        return Dangling(start, end, decorators, self.starts[self.at])

    def _keyword(self) -> int:
        self.at += 1
        return self.starts[self.at - 1]

    def _declared(self, code: str, what: str, stop: frozenset[str]) -> Name | Skipped:
        return self.recover(lambda: self.name(code, f"expected the name of {what} here"), stop)

    def _assigned(self, before: Node | Skipped | None, stop: frozenset[str] = LINE_STOP) -> Skipped | None:
        return self.require("=", stop, quiet_after(before))

    def _value(self, assignment: Skipped | None) -> Node:
        return self.recover(self.expression, LINE_STOP, quiet_after(assignment))

    def _target_scope(self, decorators: list[Decorator], start: int) -> Node:
        keyword = self._keyword()
        self._assigned(None)
        value = self._value(None)
        return TargetScope(start, value.end, decorators, keyword, value)

    def _metadata(self, decorators: list[Decorator], start: int) -> Node:
        keyword = self._keyword()
        name = self._declared("BCP147", "the metadata", _ASSIGNED_STOP)
        value = self._value(self._assigned(name))
        return Metadata(start, value.end, decorators, keyword, name, value)

    def _assert(self, decorators: list[Decorator], start: int) -> Node:
        keyword = self._keyword()
        name = self._declared("BCP346", "the assertion", _ASSIGNED_STOP)
        value = self._value(self._assigned(name))
        return Assert(start, value.end, decorators, keyword, name, value)

    def _parameter(self, decorators: list[Decorator], start: int) -> Node:
        keyword = self._keyword()
        name = self._declared("BCP013", "a parameter", _NAMED_STOP)
        kind = self.recover(self.type, _PARAMETER_TYPE_STOP, quiet_after(name))
        default = self.recover(self._default, LINE_STOP, quiet_after(kind))
        return Parameter(start, (default or kind).end, decorators, keyword, name, kind, default)

    def _default(self) -> Node | None:
        kind = self.kinds[self.at]
        if kind == "=":
            self.at += 1
            return self.recover(self.expression, LINE_STOP)
        if kind == "nl" or kind == "end":
            return None
        raise self.expected("BCP008", "expected `=` and a default, or the end of the line, here")

    def _assignment(self, decorators: list[Decorator], start: int) -> Node:
        keyword = self._keyword()
        name = self._declared("BCP013", "a parameter", _NAMED_STOP)
        value = self._value(self._assigned(name))
        return ParameterAssignment(start, value.end, decorators, keyword, name, value)

    def _variable(self, decorators: list[Decorator], start: int) -> Node:
        keyword = self._keyword()
        name = self._declared("BCP015", "a variable", _NAMED_STOP)
        kind: Node | None = None
        if self.kinds[self.at] not in ("=", "nl", "end"):
            kind = self.recover(self.type, _ASSIGNED_STOP, quiet_after(name))
        value = self._value(self._assigned(kind or name))
        return Var(start, value.end, decorators, keyword, name, kind, value)

    def _output(self, decorators: list[Decorator], start: int) -> Node:
        keyword = self._keyword()
        name = self._declared("BCP016", "an output", _NAMED_STOP)
        kind = self.recover(lambda: self.type(optional_resource=True), _ASSIGNED_STOP, quiet_after(name))
        value = self._value(self._assigned(kind))
        return Output(start, value.end, decorators, keyword, name, kind, value)

    def _type(self, decorators: list[Decorator], start: int) -> Node:
        keyword = self._keyword()
        name = self._declared("BCP283", "a type", _ASSIGNED_STOP)
        self._assigned(name)
        value = self.recover(self.type, _PARAMETER_TYPE_STOP, quiet_after(name))
        return TypeDeclaration(start, value.end, decorators, keyword, name, value)

    def _function(self, decorators: list[Decorator], start: int) -> Node:
        keyword = self._keyword()
        name = self._declared("BCP015", "a function", _ASSIGNED_STOP)
        body = self.recover(self.typed_lambda, LINE_STOP, quiet_after(name))
        return Function(start, body.end, decorators, keyword, name, body)

    def _resource(self, decorators: list[Decorator], start: int) -> Node:
        keyword = self._keyword()
        name = self._declared("BCP017", "a resource", _STRING_STOP)
        message = "expected the resource type, 'provider/type@version', here"
        kind = self.recover(lambda: self.any_string("BCP068", message), _ASSIGNED_STOP, quiet_after(name))
        existing = self.is_word("existing")
        if existing:
            self.at += 1
        assignment = self._assigned(kind, _BODY_ASSIGNED_STOP)
        if assignment is None:
            self._newlines_before_if()
        value = self.recover(lambda: self._body(self._resource_object), LINE_STOP, quiet_after(assignment))
        return Resource(start, value.end, decorators, keyword, name, kind, existing, value)

    def _module(self, decorators: list[Decorator], start: int) -> Node:
        keyword = self._keyword()
        name = self._declared("BCP096", "a module", _STRING_STOP)
        message = "expected the path of the module here"
        path = self.recover(lambda: self.any_string("BCP097", message), _ASSIGNED_STOP, quiet_after(name))
        assignment = self._assigned(path, _BODY_ASSIGNED_STOP)
        self._newlines_before_if()
        value = self.recover(lambda: self._body(self.object), LINE_STOP, quiet_after(assignment))
        return Module(start, value.end, decorators, keyword, name, path, value)

    def _newlines_before_if(self) -> None:
        kind, at = self.kind_after_newlines()
        if kind == "name" and self.values[at] == "if":
            self.at = at

    def _body(self, read: Callable[[], Node]) -> Node:
        if self.is_word("if"):
            return self.condition(read, False)
        kind = self.kinds[self.at]
        if kind == "{":
            return read()
        if kind == "[":
            return self.loop(lambda: self._looped_body(read))
        raise self.expected("BCP118", "expected `{`, `[` or `if` here")

    def _looped_body(self, read: Callable[[], Node]) -> Node:
        if self.is_word("if"):
            return self.condition(read, True)
        if self.kinds[self.at] == "{":
            return read()
        raise self.expected("BCP167", "expected `{` or `if` here")

    def _resource_object(self) -> Node:
        self.depth += 1
        try:
            if self.depth > 20:
                raise self.expected("deep", "resources stand more than 20 deep inside each other")
            return self.object_of(self._resource_member)
        finally:
            self.depth -= 1

    def _resource_member(self) -> Node:
        if self.kinds[self.at] == "@" or (self.is_word("resource") and self.ahead(1) == "name"):
            return self.recover(self._nested, LINE_STOP)
        return self.property()

    def _nested(self) -> Node:
        decorators = self.decorators()
        start = decorators[0].start if decorators else self.starts[self.at]
        if self.is_word("resource"):
            return self._resource(decorators, start)
        return self._dangling(decorators)

    def _test(self, decorators: list[Decorator], start: int) -> Node:
        keyword = self._keyword()
        name = self._declared("BCP347", "a test", _STRING_STOP)
        message = "expected the path of the tested file here"
        path = self.recover(lambda: self.any_string("BCP348", message), _ASSIGNED_STOP, quiet_after(name))
        assignment = self._assigned(path, _BODY_ASSIGNED_STOP)
        value = self.recover(self.object, LINE_STOP, quiet_after(assignment))
        return Test(start, value.end, decorators, keyword, name, path, value)

    def _import(self, decorators: list[Decorator], start: int) -> Node:
        keyword = self._keyword()
        if not self.parameters and self.kinds[self.at] in ("string", "left"):
            return self._extension_after(decorators, start, keyword)
        items: list[Node] = []
        wildcard: Name | Skipped | None = None
        kind = self.kinds[self.at]
        message = "expected a list `{…}` or `* as name` here"
        if kind == "{":
            self.at += 1
            items = self.lines("}", self._import_item)
            self.take("}")
        elif kind == "*":
            wildcard = self.recover(self._wildcard, LINE_STOP)
        else:
            self.missing("BCP370", message)
            if kind not in ("name", "nl", "end"):
                self.at += 1
        path = self.recover(self._from, LINE_STOP)
        return Import(start, path.end, decorators, keyword, items, wildcard, path)

    def _wildcard(self) -> Name:
        self.take("*")
        self.take_word("as")
        return self.name("BCP202", "expected a name here")

    def _from(self) -> Node:
        self.take_word("from")
        message = "expected the path of the file here"
        return self.recover(lambda: self.any_string("BCP097", message), LINE_STOP)

    def _import_item(self) -> Node:
        kind = self.kinds[self.at]
        start = self.starts[self.at]
        name: Node
        if kind == "name":
            name = self.name("BCP355", "")
        elif kind == "string":
            name = self.string()
        else:
            text = self.interpolated() if kind == "left" else Skipped(start, self.ends[self.at])
            self.at += kind != "left"
            self.faults.append(SyntaxFault(start, text.end, "BCP355", "expected the name of an exported symbol here"))
            name = Skipped(start, text.end)
        alias: Name | Skipped | None = None
        if self.is_word("as"):
            self.at += 1
            alias = self._declared("BCP283", "a symbol", _ALIAS_STOP)
        elif kind == "string":
            self.faults.append(SyntaxFault(start, name.end, "BCP373", "a quoted name needs `as` and a name"))
            return Skipped(start, name.end)
        return ImportItem(start, (alias or name).end, name, alias)

    def _extension(self, decorators: list[Decorator], start: int) -> Node:
        return self._extension_after(decorators, start, self._keyword())

    def _extension_after(self, decorators: list[Decorator], start: int, keyword: int) -> Node:
        specification: Node
        if self.kinds[self.at] == "name":
            specification = self.name("BCP201", "")
        else:
            message = "expected the name of the extension here"
            specification = self.recover(lambda: self.any_string("BCP201", message), LINE_STOP)
        config: Node | None = None
        if not self._line_done() and not self.is_word("as"):
            config = self.recover(lambda: self._with("BCP305", "`with`, `as`"), LINE_STOP, quiet_after(specification))
        alias: Name | Skipped | None = None
        if not self._line_done():
            alias = self.recover(self._as, LINE_STOP, quiet_after(config))
        end = (alias or config or specification).end
        return Extension(start, end, decorators, keyword, specification, config, alias)

    def _line_done(self) -> bool:
        return self.kinds[self.at] in ("nl", "end")

    def _with(self, code: str, words: str) -> Node:
        if not self.is_word("with"):
            raise self.expected(code, f"expected {words} or the end of the line here")
        self.at += 1
        return self.recover(self.object, LINE_STOP)

    def _as(self) -> Name | Skipped:
        if not self.is_word("as"):
            raise self.expected("BCP305", "expected `as` or the end of the line here")
        self.at += 1
        return self._declared("BCP202", "the extension", LINE_STOP)

    def _extension_config(self, decorators: list[Decorator], start: int) -> Node:
        keyword = self._keyword()
        name = self._declared("BCP202", "the extension", _NAMED_STOP)
        config = self.recover(lambda: self._with("BCP012", "`with`"), LINE_STOP, quiet_after(name))
        return ExtensionConfig(start, config.end, decorators, keyword, name, config)

    def _using(self, decorators: list[Decorator], start: int) -> Node:
        keyword = self._keyword()
        path: Node
        if self.kinds[self.at] == "name":
            path = NoneLiteral(self.starts[self.at], self.ends[self.at])
            self.take_word("none")
        elif self.kinds[self.at] == "string":
            path = self.any_string("BCP097", "expected the path of the file here")
        else:
            path = self.missing("BCP370", "expected the path of the template here")
        config: Node | None = None
        if not self._line_done():
            config = self.recover(lambda: self._with("BCP012", "`with`"), LINE_STOP, quiet_after(path))
        return Using(start, (config or path).end, decorators, keyword, path, config)

    def _extends(self, decorators: list[Decorator], start: int) -> Node:
        keyword = self._keyword()
        message = "expected the path of the parameter file here"
        path = self.recover(lambda: self.any_string("BCP407", message), LINE_STOP)
        return Extends(start, path.end, decorators, keyword, path)


_RULES: dict[str, Callable[[StatementParser, list[Decorator], int], Node]] = {
    "targetScope": StatementParser._target_scope,
    "metadata": StatementParser._metadata,
    "type": StatementParser._type,
    "param": StatementParser._parameter,
    "var": StatementParser._variable,
    "func": StatementParser._function,
    "resource": StatementParser._resource,
    "output": StatementParser._output,
    "module": StatementParser._module,
    "test": StatementParser._test,
    "import": StatementParser._import,
    "extension": StatementParser._extension,
    "assert": StatementParser._assert,
}
_PARAMETER_RULES: dict[str, Callable[[StatementParser, list[Decorator], int], Node]] = {
    "using": StatementParser._using,
    "extends": StatementParser._extends,
    "param": StatementParser._assignment,
    "var": StatementParser._variable,
    "import": StatementParser._import,
    "extensionConfig": StatementParser._extension_config,
    "extension": StatementParser._extension,
    "type": StatementParser._type,
}

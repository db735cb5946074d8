"""The statements of Bicep and Bicep parameter files.

Every statement has `decorators`, in its span, and `keyword`, the offset of its first word after them.
`name` is `Skipped` where it is missing, so are values.
"""

from __future__ import annotations

from linter.sources.bicep.syntax import Decorator, Name, Node, Skipped


class Statement(Node):
    """What all statements have."""

    __slots__ = ("decorators", "keyword")

    def __init__(self, start: int, end: int, decorators: list[Decorator], keyword: int) -> None:
        self.start = start
        self.end = end
        self.decorators = decorators
        self.keyword = keyword

    def children(self) -> list[Node]:
        """The decorators, then the nodes of the fields."""
        return [*self.decorators, *super().children()]


class TargetScope(Statement):
    """`targetScope = value`."""

    __slots__ = ("value",)

    def __init__(self, start: int, end: int, decorators: list[Decorator], keyword: int, value: Node) -> None:
        self.start = start
        self.end = end
        self.decorators = decorators
        self.keyword = keyword
        self.value = value


class Metadata(Statement):
    """`metadata name = value`."""

    __slots__ = ("name", "value")

    def __init__(
        self,
        start: int,
        end: int,
        decorators: list[Decorator],
        keyword: int,
        name: Name | Skipped,
        value: Node,
    ) -> None:
        self.start = start
        self.end = end
        self.decorators = decorators
        self.keyword = keyword
        self.name = name
        self.value = value


class Parameter(Statement):
    """`param name type = default`."""

    __slots__ = ("default", "name", "type")

    def __init__(
        self,
        start: int,
        end: int,
        decorators: list[Decorator],
        keyword: int,
        name: Name | Skipped,
        type: Node,
        default: Node | None,
    ) -> None:
        self.start = start
        self.end = end
        self.decorators = decorators
        self.keyword = keyword
        self.name = name
        self.type = type
        self.default = default


class ParameterAssignment(Statement):
    """`param name = value` of a parameter file."""

    __slots__ = ("name", "value")

    def __init__(
        self,
        start: int,
        end: int,
        decorators: list[Decorator],
        keyword: int,
        name: Name | Skipped,
        value: Node,
    ) -> None:
        self.start = start
        self.end = end
        self.decorators = decorators
        self.keyword = keyword
        self.name = name
        self.value = value


class Var(Statement):
    """`var name type = value`."""

    __slots__ = ("name", "type", "value")

    def __init__(
        self,
        start: int,
        end: int,
        decorators: list[Decorator],
        keyword: int,
        name: Name | Skipped,
        type: Node | None,
        value: Node,
    ) -> None:
        self.start = start
        self.end = end
        self.decorators = decorators
        self.keyword = keyword
        self.name = name
        self.type = type
        self.value = value


class Output(Statement):
    """`output name type = value`."""

    __slots__ = ("name", "type", "value")

    def __init__(
        self,
        start: int,
        end: int,
        decorators: list[Decorator],
        keyword: int,
        name: Name | Skipped,
        type: Node,
        value: Node,
    ) -> None:
        self.start = start
        self.end = end
        self.decorators = decorators
        self.keyword = keyword
        self.name = name
        self.type = type
        self.value = value


class TypeDeclaration(Statement):
    """`type name = value`."""

    __slots__ = ("name", "value")

    def __init__(
        self,
        start: int,
        end: int,
        decorators: list[Decorator],
        keyword: int,
        name: Name | Skipped,
        value: Node,
    ) -> None:
        self.start = start
        self.end = end
        self.decorators = decorators
        self.keyword = keyword
        self.name = name
        self.value = value


class Function(Statement):
    """`func name(parameters) type => body`; `body` is a `TypedLambda` or `Skipped`."""

    __slots__ = ("body", "name")

    def __init__(
        self,
        start: int,
        end: int,
        decorators: list[Decorator],
        keyword: int,
        name: Name | Skipped,
        body: Node,
    ) -> None:
        self.start = start
        self.end = end
        self.decorators = decorators
        self.keyword = keyword
        self.name = name
        self.body = body


class Resource(Statement):
    """`resource name 'type@version' existing = value`; `type` is a `String`, `Interpolated` or `Skipped`; `value` an
    `Object`, `If`, `For` or `Skipped`. Nested resources stand in the members of the body's `Object`.
    """

    __slots__ = ("existing", "name", "type", "value")

    def __init__(
        self,
        start: int,
        end: int,
        decorators: list[Decorator],
        keyword: int,
        name: Name | Skipped,
        type: Node,
        existing: bool,
        value: Node,
    ) -> None:
        self.start = start
        self.end = end
        self.decorators = decorators
        self.keyword = keyword
        self.name = name
        self.type = type
        self.existing = existing
        self.value = value


class Module(Statement):
    """`module name 'path' = value`, fields as in `Resource`."""

    __slots__ = ("name", "path", "value")

    def __init__(
        self,
        start: int,
        end: int,
        decorators: list[Decorator],
        keyword: int,
        name: Name | Skipped,
        path: Node,
        value: Node,
    ) -> None:
        self.start = start
        self.end = end
        self.decorators = decorators
        self.keyword = keyword
        self.name = name
        self.path = path
        self.value = value


class Test(Statement):
    """`test name 'path' = value`."""

    __slots__ = ("name", "path", "value")

    def __init__(
        self,
        start: int,
        end: int,
        decorators: list[Decorator],
        keyword: int,
        name: Name | Skipped,
        path: Node,
        value: Node,
    ) -> None:
        self.start = start
        self.end = end
        self.decorators = decorators
        self.keyword = keyword
        self.name = name
        self.path = path
        self.value = value


class Assert(Statement):
    """`assert name = value`."""

    __slots__ = ("name", "value")

    def __init__(
        self,
        start: int,
        end: int,
        decorators: list[Decorator],
        keyword: int,
        name: Name | Skipped,
        value: Node,
    ) -> None:
        self.start = start
        self.end = end
        self.decorators = decorators
        self.keyword = keyword
        self.name = name
        self.value = value


class Extension(Statement):
    """`extension specification with config as alias`; `config` is an `Object`. The specification is a `String` or a
    `Name`.
    """

    __slots__ = ("alias", "config", "specification")

    def __init__(
        self,
        start: int,
        end: int,
        decorators: list[Decorator],
        keyword: int,
        specification: Node,
        config: Node | None,
        alias: Name | Skipped | None,
    ) -> None:
        self.start = start
        self.end = end
        self.decorators = decorators
        self.keyword = keyword
        self.specification = specification
        self.config = config
        self.alias = alias


class ExtensionConfig(Statement):
    """`extensionConfig name with config` of a parameter file."""

    __slots__ = ("config", "name")

    def __init__(
        self,
        start: int,
        end: int,
        decorators: list[Decorator],
        keyword: int,
        name: Name | Skipped,
        config: Node | None,
    ) -> None:
        self.start = start
        self.end = end
        self.decorators = decorators
        self.keyword = keyword
        self.name = name
        self.config = config


class ImportItem(Node):
    """`name as alias`; `name` is a `Name` or `String`."""

    __slots__ = ("alias", "name")

    def __init__(self, start: int, end: int, name: Node, alias: Name | Skipped | None) -> None:
        self.start = start
        self.end = end
        self.name = name
        self.alias = alias


class Import(Statement):
    """`import {items} from path`; with `wildcard` `import * as wildcard from path`."""

    __slots__ = ("items", "path", "wildcard")

    def __init__(
        self,
        start: int,
        end: int,
        decorators: list[Decorator],
        keyword: int,
        items: list[Node],
        wildcard: Name | Skipped | None,
        path: Node,
    ) -> None:
        self.start = start
        self.end = end
        self.decorators = decorators
        self.keyword = keyword
        self.items = items
        self.wildcard = wildcard
        self.path = path


class Using(Statement):
    """`using path with config`; the path is a `String` or `NoneLiteral`."""

    __slots__ = ("config", "path")

    def __init__(
        self,
        start: int,
        end: int,
        decorators: list[Decorator],
        keyword: int,
        path: Node,
        config: Node | None,
    ) -> None:
        self.start = start
        self.end = end
        self.decorators = decorators
        self.keyword = keyword
        self.path = path
        self.config = config


class Extends(Statement):
    """`extends path`."""

    __slots__ = ("path",)

    def __init__(self, start: int, end: int, decorators: list[Decorator], keyword: int, path: Node) -> None:
        self.start = start
        self.end = end
        self.decorators = decorators
        self.keyword = keyword
        self.path = path


class Dangling(Statement):
    """Decorators without a statement."""

    __slots__ = ()

    def __init__(self, start: int, end: int, decorators: list[Decorator], keyword: int) -> None:
        self.start = start
        self.end = end
        self.decorators = decorators
        self.keyword = keyword

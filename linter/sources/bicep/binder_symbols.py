"""The symbols that a Bicep file declares, and what is wrong with their names."""

from __future__ import annotations

from collections import Counter
from typing import Final

from linter.sources.bicep.syntax import File, Name, Node, SyntaxFault
from linter.sources.bicep.syntax_statements import (
    Extends,
    Extension,
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
    Var,
)

_KINDS: Final[dict[type[Node], str]] = {
    Parameter: "param", ParameterAssignment: "param", Var: "var", Function: "func", Resource: "resource",
    Module: "module", TypeDeclaration: "type", Test: "test",
}  # fmt: skip
_WORDS = {"param": "parameters", "var": "variables", "output": "outputs"}


class Symbols:
    """`kinds`: name → `param`, `var`, `func`, `resource`, `module`, `type`, `test`, `import`, `extension`.

    `extensions` tells whether names can come from extensions, `extends` whether a parameter file extends another.
    """

    __slots__ = ("extends", "extensions", "faults", "kinds")

    def __init__(self, file: File) -> None:
        self.kinds: dict[str, str] = {}
        self.faults: list[SyntaxFault] = []
        self.extensions = False
        self.extends = False
        declared: list[tuple[str, Name]] = []
        for statement in file.statements:
            declared.extend(self._declared(statement))
        self.kinds.update((name.text, kind) for kind, name in declared if kind not in ("output", "metadata"))
        self._duplicates([name for kind, name in declared if kind not in ("output", "metadata", "test")], "BCP028")
        self._duplicates([name for kind, name in declared if kind == "output"], "BCP145")
        self._duplicates([name for kind, name in declared if kind == "metadata"], "BCP145")
        for kind in _WORDS:
            self._case_only(kind, [name for other, name in declared if other == kind])
        scopes = [statement for statement in file.statements if isinstance(statement, TargetScope)]
        for scope in scopes if len(scopes) > 1 else ():
            self._refuse(scope, "BCP112", "`targetScope` stands more than once")

    def name_of(self, node: Node) -> str:
        """The name that a statement declares; empty for others."""
        name = getattr(node, "name", None) if type(node) in _KINDS else None
        return name.text if isinstance(name, Name) else ""

    def _declared(self, node: Node) -> list[tuple[str, Name]]:
        kind = _KINDS.get(type(node))
        if kind is None:
            if isinstance(node, Output | Metadata) and isinstance(node.name, Name):
                return [("output" if isinstance(node, Output) else "metadata", node.name)]
            if isinstance(node, Import):
                listed = [item.alias or item.name for item in node.items if isinstance(item, ImportItem)]
                names = [node.wildcard, *listed]
                return [("import", name) for name in names if isinstance(name, Name)]
            if isinstance(node, Extension):
                self.extensions = True
                return [("extension", node.alias)] if isinstance(node.alias, Name) else []
            self.extends = self.extends or isinstance(node, Extends)
            return []
        name = getattr(node, "name", None)
        return [(kind, name)] if isinstance(name, Name) else []

    def _duplicates(self, names: list[Name], code: str) -> None:
        count = Counter(name.text for name in names)
        for name in names:
            if count[name.text] > 1:
                self._refuse(name, code, f"`{name.text}` is declared more than once")

    def _case_only(self, kind: str, names: list[Name]) -> None:
        spellings: dict[str, set[str]] = {}
        for name in names:
            spellings.setdefault(name.text.lower(), set()).add(name.text)
        for name in names:
            same = spellings[name.text.lower()]
            if len(same) > 1:
                listed = ", ".join(f"`{text}`" for text in sorted(same))
                self._refuse(name, "BCP353", f"the {_WORDS[kind]} {listed} differ only in case")

    def _refuse(self, node: Node, code: str, message: str) -> None:
        self.faults.append(SyntaxFault(node.start, node.end, code, message))

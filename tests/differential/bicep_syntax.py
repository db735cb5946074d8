"""Compare our trees with the real parser's, as Azure/bicep prints them beside its samples.

    git clone --depth 1 --filter=blob:none --sparse https://github.com/Azure/bicep
    git -C bicep sparse-checkout set src/Bicep.Core.Samples/Files
    python tests/differential/bicep_syntax.py bicep/src/Bicep.Core.Samples/Files [more folders of valid files]

Every `*.syntax.bicep(param)` in a folder without `Invalid` in its name must have the same nodes: name, span in UTF-16
units, depth. Every `.bicep` and `.bicepparam` there and in the further folders must parse without a fault. Exit code 1
where one does not. Not run by CI: its inputs are fetched.
"""

from __future__ import annotations

import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from linter.sources.bicep import syntax as s
from linter.sources.bicep import syntax_statements as st
from linter.sources.bicep import syntax_types as ty
from linter.sources.bicep.lexer import decode
from linter.sources.bicep.parser import parse

Row = tuple[int, str, int, int]
"""(depth, name without `Syntax`, start, end)."""

_PRINTED = re.compile(r"//@\[(\d+):(\d+)\) ((?:[|] |[ ] )*)(?:[├└]─)?(\w+)Syntax$")
_NAMES: dict[type[s.Node], str] = {
    s.Skipped: "SkippedTrivia", s.Name: "Identifier", s.Integer: "IntegerLiteral", s.Boolean: "BooleanLiteral",
    s.Null: "NullLiteral", s.NoneLiteral: "NoneLiteral", s.String: "String", s.Interpolated: "String",
    s.Object: "Object", s.Property: "ObjectProperty", s.Spread: "SpreadExpression", s.Array: "Array", s.For: "For",
    s.If: "IfCondition", s.Parenthesised: "ParenthesizedExpression", s.Ternary: "TernaryOperation",
    s.Unary: "UnaryOperation", s.Binary: "BinaryOperation", s.Variable: "VariableAccess", s.Call: "FunctionCall",
    s.InstanceCall: "InstanceFunctionCall", s.Access: "PropertyAccess", s.NestedAccess: "ResourceAccess",
    s.Index: "ArrayAccess", s.NonNull: "NonNullAssertion", s.Lambda: "Lambda", s.Decorator: "Decorator",
    ty.TypeName: "TypeVariableAccess", ty.TypeAccess: "TypePropertyAccess",
    ty.TypeRest: "TypeAdditionalPropertiesAccess",
    ty.TypeItems: "TypeItemsAccess", ty.TypeIndex: "TypeArrayAccess", ty.ArrayType: "ArrayType",
    ty.NullableType: "NullableType", ty.NonNullType: "NonNullableType", ty.ParenthesisedType: "ParenthesizedType",
    ty.UnionType: "UnionType", ty.StringType: "StringTypeLiteral", ty.IntegerType: "IntegerTypeLiteral",
    ty.BooleanType: "BooleanTypeLiteral", ty.NullType: "NullTypeLiteral", ty.UnaryType: "UnaryTypeOperation",
    ty.ObjectType: "ObjectType", ty.TypeProperty: "ObjectTypeProperty",
    ty.TypeAdditional: "ObjectTypeAdditionalProperties", ty.TupleType: "TupleType", ty.TupleItem: "TupleTypeItem",
    ty.ParameterisedType: "ParameterizedTypeInstantiation",
    ty.InstanceParameterisedType: "InstanceParameterizedTypeInstantiation", ty.ResourceType: "ResourceType",
    ty.TypedName: "TypedLocalVariable", ty.TypedLambda: "TypedLambda",
    st.TargetScope: "TargetScope", st.Metadata: "MetadataDeclaration", st.Parameter: "ParameterDeclaration",
    st.ParameterAssignment: "ParameterAssignment", st.Var: "VariableDeclaration", st.Output: "OutputDeclaration",
    st.TypeDeclaration: "TypeDeclaration", st.Function: "FunctionDeclaration", st.Resource: "ResourceDeclaration",
    st.Module: "ModuleDeclaration", st.Test: "TestDeclaration", st.Assert: "AssertDeclaration",
    st.Extension: "ExtensionDeclaration", st.ExtensionConfig: "ExtensionConfigAssignment",
    st.ImportItem: "ImportedSymbolsListItem", st.Import: "CompileTimeImportDeclaration", st.Using: "UsingDeclaration",
    st.Extends: "ExtendsDeclaration", st.Dangling: "MissingDeclaration",
}  # fmt: skip
_NAMED = (s.Variable, s.Call, ty.TypeName, ty.ParameterisedType)
_ARGUMENTS = {
    s.Call: "FunctionArgument",
    s.InstanceCall: "FunctionArgument",
    ty.ParameterisedType: "ParameterizedTypeArgument",
    ty.InstanceParameterisedType: "ParameterizedTypeArgument",
}


def printed(baseline: str, text: str) -> Iterator[Row]:
    """The rows of a printed tree. A node is printed below the line where it begins, its columns counted from there."""
    starts = s.Lines(text).starts
    line = -1
    for row in re.split(r"\r\n|\n|\r", baseline):
        match = _PRINTED.match(row)
        if match:
            start = starts[line] + int(match[1])
            yield len(match[3]) // 2 + ("─" in row), match[4], start, start + int(match[2]) - int(match[1])
        elif not row.startswith("//@["):
            line += 1


def ours(file: s.File) -> Iterator[Row]:
    """The rows of our tree, with the wrappers that the real tree has and ours leaves out."""
    yield 0, "Program", 0, len(file.text)
    for statement in file.statements:
        yield from _rows(statement, 1, file.text)


def _rows(node: s.Node, depth: int, text: str) -> Iterator[Row]:
    if isinstance(node, s.Names | st.Import | st.Extension | ty.TypedLambda | st.Using | st.ExtensionConfig):
        yield from _special(node, depth, text)
        return
    yield depth, _NAMES[type(node)], node.start, node.end
    if isinstance(node, _NAMED):
        yield depth + 1, "Identifier", node.start, node.start + len(node.name)
    wrap = _ARGUMENTS.get(type(node))
    for child in node.children():
        level = depth + 1
        name = _wrapper(node, child) or (wrap if wrap and _is_argument(node, child) else "")
        start = child.start
        if isinstance(node, st.Parameter) and child is node.default:
            name, start = "ParameterDefaultValue", text.index("=", node.type.end)
        if isinstance(node, st.ImportItem) and child is node.alias:
            name, start = "AliasAsClause", text.index("as", node.name.end)
        if isinstance(node, ty.TypeAdditional | ty.TypeProperty) and child.start == child.end:
            continue
        if name:
            yield level, name, start, child.end
            level += 1
        yield from _rows(child, level, text)


def _is_argument(node: s.Node, child: s.Node) -> bool:
    return any(child is item for item in node.arguments)  # type: ignore[attr-defined]  # only asked of calls


def _wrapper(node: s.Node, child: s.Node) -> str:
    if isinstance(child, s.Skipped):
        return ""
    if isinstance(node, s.Array) and not isinstance(child, s.Spread):
        return "ArrayItem"
    if isinstance(node, ty.UnionType):
        return "UnionTypeMember"
    return "ArrayTypeMember" if isinstance(node, ty.ArrayType) else ""


def _special(node: s.Node, depth: int, text: str) -> Iterator[Row]:
    if isinstance(node, s.Names):
        if node.parenthesised:
            yield depth, "VariableBlock", node.start, node.end
            depth += 1
        for item in node.items:
            yield depth, "LocalVariable", item.start, item.end
            yield from _rows(item, depth + 1, text)
        return
    yield depth, _NAMES[type(node)], node.start, node.end
    if isinstance(node, ty.TypedLambda):
        yield depth + 1, "TypedVariableBlock", node.block.start, node.block.end
        for item in node.parameters:
            yield from _rows(item, depth + 2, text)
        yield from _rows(node.returns, depth + 1, text)
        yield from _rows(node.body, depth + 1, text)
    elif isinstance(node, st.Import):
        yield from _import_rows(node, depth + 1, text)
    elif isinstance(node, st.Extension | st.Using | st.ExtensionConfig):
        yield from _clause_rows(node, depth + 1, text)


def _import_rows(node: st.Import, depth: int, text: str) -> Iterator[Row]:
    start = node.keyword + len("import ")
    word = text.rindex("from", 0, node.path.start)
    if node.wildcard is not None:
        end = node.wildcard.end
        yield depth, "WildcardImport", start, end
        yield depth + 1, "AliasAsClause", text.index("as", start), end
        yield from _rows(node.wildcard, depth + 2, text)
    else:
        yield depth, "ImportedSymbolsList", start, text.rindex("}", 0, word) + 1
        for item in node.items:
            yield from _rows(item, depth + 1, text)
    yield depth, "CompileTimeImportFromClause", word, node.path.end
    yield from _rows(node.path, depth + 1, text)


def _clause_rows(node: st.Extension | st.Using | st.ExtensionConfig, depth: int, text: str) -> Iterator[Row]:
    using = isinstance(node, st.Using)
    first: s.Node
    if isinstance(node, st.Extension):
        first = node.specification
    else:
        first = node.path if isinstance(node, st.Using) else node.name
    yield from _rows(first, depth, text)
    alias = node.alias if isinstance(node, st.Extension) else None
    word = text.rindex("as", 0, alias.start) if alias is not None else node.end
    if node.config is None:
        yield depth, "SkippedTrivia", word, word
    else:
        name = "UsingWithClause" if using else "ExtensionWithClause"
        yield depth, name, text.index("with", first.end), node.config.end
        yield from _rows(node.config, depth + 1, text)
    if alias is not None:
        yield depth, "AliasAsClause", word, alias.end
        yield from _rows(alias, depth + 1, text)
    elif isinstance(node, st.Extension):
        yield depth, "SkippedTrivia", word, word


def compare(baseline: Path) -> tuple[int, list[Row], list[Row]]:
    """(nodes of the real tree, those that we miss, ours that are too much)."""
    source = baseline.with_name(baseline.name.replace(".syntax.", "."))
    file = parse(decode(source.read_bytes()), source.suffix == ".bicepparam")
    real = Counter(printed(decode(baseline.read_bytes()), file.text))
    own = Counter(ours(file))
    return real.total(), sorted((real - own).elements()), sorted((own - real).elements())


def is_valid(path: Path) -> bool:
    """Whether the sample is meant to compile: no folder with `Invalid`, no printed baseline."""
    return "nvalid" not in path.as_posix() and path.name.count(".") == 1


def main(folders: list[str]) -> int:
    """Print the differences and the sums; 1 where there is a difference."""
    wrong = nodes = trees = 0
    for baseline in sorted(Path(folders[0]).rglob("*.syntax.bicep*")):
        if "nvalid" in baseline.as_posix():
            continue
        count, missing, extra = compare(baseline)
        trees += 1
        nodes += count
        wrong += len(missing) + len(extra)
        if missing or extra:
            sys.stdout.write(f"{baseline}: missing {missing[:5]}, extra {extra[:5]}\n")
    sys.stdout.write(f"{trees} trees, {nodes} nodes, {wrong} missing or extra\n")
    files = [path for folder in folders for path in Path(folder).rglob("*.bicep*") if path.suffix in _SUFFIXES]
    files = [path for path in files if not path.is_relative_to(folders[0]) or is_valid(path)]
    texts = [(path, decode(path.read_bytes())) for path in files]
    begun = time.perf_counter()
    for path, text in texts:
        file = parse(text, path.suffix == ".bicepparam")
        if file.faults:
            wrong += 1
            sys.stdout.write(f"{path}:{file.lines.place(file.faults[0].start)[0]}: {file.faults[0].message}\n")
    each = (time.perf_counter() - begun) / max(len(texts), 1) * 1000
    sys.stdout.write(f"{len(texts)} files, {each:.2f} ms each\n")
    return 1 if wrong else 0


_SUFFIXES = {".bicep", ".bicepparam"}

if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

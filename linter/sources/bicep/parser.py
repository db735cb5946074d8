"""Bicep and Bicep parameter files → `File`. Any text gives a file; what is wrong in it is in `faults`.

An own recursive-descent parser. What it takes, the spans and the place of the first fault are those of the compiler
(Bicep CLI 0.49, asked in November 2026); the codes are the compiler's, the wording is ours.
"""

from __future__ import annotations

from linter.sources.bicep.lexer import tokenize
from linter.sources.bicep.parser_expressions import LINE_STOP
from linter.sources.bicep.parser_statements import StatementParser
from linter.sources.bicep.parser_tokens import Expected
from linter.sources.bicep.syntax import File, Node, Skipped, SyntaxFault, units
from linter.sources.bicep.syntax_statements import Dangling, Statement

TALLEST = 150
"""Levels of nodes in a statement; a chain of operators counts each link. Of the same 4,074 files the tallest has 32."""
MOST_FAULTS = 200
"""Faults kept of a file, from its start; text that is no Bicep gives one a line."""


def parse(text: str, parameters: bool = False) -> File:
    """Parse the text of a `.bicep` file or, with `parameters`, of a `.bicepparam` file. Never raises."""
    text = units(text.removeprefix("\ufeff"))
    try:
        return _parse(text, parameters)
    except RecursionError:  # the caller stands deep in its stack; `DEEPEST` fits into a fresh one
        import threading

        found: list[File] = []
        thread = threading.Thread(target=lambda: found.append(_parse(text, parameters)))
        thread.start()
        thread.join()
        return found[0]


def _parse(text: str, parameters: bool) -> File:
    tokens = tokenize(text)
    parser = FileParser(tokens, parameters)
    statements = parser.statements()
    faults = sorted(tokens.faults + parser.faults, key=lambda fault: fault.start)[:MOST_FAULTS]
    return File(text, statements, faults, tokens.comments, tokens.directives, parameters)


class FileParser(StatementParser):
    """The rules of whole files."""

    __slots__ = ()

    def statements(self) -> list[Node]:
        """All statements; text that is none is a `Skipped`."""
        found: list[Node] = []
        kinds = self.kinds
        while (kind := kinds[self.at]) != "end":
            if kind == "nl":
                self.at += 1
                continue
            self.longest = 0
            node = self._statement()
            if self.longest > 8 and _height(node) > TALLEST:
                message = f"the statement is nested more than {TALLEST} deep"
                self.faults.append(SyntaxFault(node.start, node.start, "deep", message))
                node = Skipped(node.start, node.end)
            found.append(node)
            if isinstance(node, Statement) and not isinstance(node, Dangling) and kinds[self.at] not in ("nl", "end"):
                self.skip_line()
        return found

    def _statement(self) -> Node:
        begin, mark = self.at, len(self.faults)
        try:
            return self.statement()
        except Expected as wrong:
            self.depth = 0
            return self.skip(begin, mark, wrong, LINE_STOP)


def _height(root: Node) -> int:
    """The levels of a tree; without recursion, it is asked about trees that are too high."""
    height = 0
    pending = [(root, 1)]
    while pending:
        node, level = pending.pop()
        height = max(height, level)
        pending.extend((child, level + 1) for child in node.children())
    return height

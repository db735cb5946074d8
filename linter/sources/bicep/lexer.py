"""Bicep text → tokens. Never fails: what is no token becomes one of kind `bad`, with a fault.

Token kinds: punctuation and operators are their own text; `name`, `int`, `true`, `false`, `null`, `nl` (adjacent line
ends without anything between are one token), `string` (no hole), `left`, `middle`, `right` (the pieces of a string
around its holes), `bad`, `end`. Offsets are those of text of code units, see `syntax.units`.
"""

from __future__ import annotations

import re

from linter.sources.bicep.syntax import Comment, Directive, SyntaxFault, joined

_BODY = r"(?:[^'\\$\r\n]+|\$(?!\{)|\\(?:[nrt\\']|\$\{?|u\{[0-9A-Fa-f]+\}))*+(?:'|\$\{)"
_TOKEN = re.compile(
    rf"""[ \t]*(?:
        ([A-Za-z_][A-Za-z0-9_]*)                                                            # 1 name
      | ([\r\n]+)                                                                           # 2 line end
      | ([\[\](),+%;@*^-]|:(?!:)|=(?![=~>])|\.(?!\.\.)|\?(?!\?)|!(?![=~])|[<>](?!=))        # 3 symbol
      | ('(?!''){_BODY})                                                                    # 4 string or its left piece
      | ([{{}}])                                                                            # 5 brace
      | (\.\.\.|\?\?|::|[!=][=~]|=>|[<>]=|&&|\|\|?)                                         # 6 long symbol
      | ([0-9]+)                                                                            # 7 integer
      | (//[^\r\n]*|/\*(?s:.*?)\*/)                                                         # 8 comment
      | (/(?!\*))                                                                           # 9 slash
      | (\$*''')                                                                            # 10 multi-line string
      | (\#(?:disable-next-line|disable-diagnostics|restore-diagnostics))                   # 11 directive
      | (\Z)                                                                                # 12 end
      | ((?s:.))                                                                            # 13 anything else
    )""",
    re.VERBOSE,
)
_CONTINUED = re.compile(r"\}" + _BODY)
_BODY_PART = re.compile(r"(?:[^'\\$\r\n]+|\$(?!\{)|\\(?:[nrt\\']|\$\{?|u\{[0-9A-Fa-f]+\}))*+")
_HEX_ESCAPE = re.compile(r"\\u(?:\{[0-9A-Fa-f]*)?")
_ESCAPE = re.compile(r"\\(?:u\{([0-9A-Fa-f]+)\}|(.))", re.DOTALL)
_PLAIN_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}
_KEYWORDS = {"true": "true", "false": "false", "null": "null"}
_CODES = re.compile(r"[ \t]*([A-Za-z0-9_-]+)(?=[ \t\r\n]|\Z)")
_LONGEST_NAME = 255

_NOT_CLOSED_LINE = "the string is not closed before the end of the line"
_NOT_CLOSED = "the string is not closed; it ends with a single quote"
_NOT_CLOSED_LONG = "the multi-line string is not closed; it ends with '''"


class Tokens:
    """Parallel lists, the last token of kind `end`. `values`: the text of names and symbols, else empty.

    `long` tells for the first token of a multi-line string how many `$` stand before it; `broken` holds the indexes of
    string tokens without a value.
    """

    __slots__ = ("broken", "comments", "directives", "ends", "faults", "kinds", "long", "starts", "text", "values")

    def __init__(self, text: str) -> None:
        self.text = text
        self.kinds: list[str] = []
        self.values: list[str] = []
        self.starts: list[int] = []
        self.ends: list[int] = []
        self.comments: list[Comment] = []
        self.directives: list[Directive] = []
        self.faults: list[SyntaxFault] = []
        self.long: dict[int, int] = {}
        self.broken: set[int] = set()

    def add(self, kind: str, value: str, start: int, end: int) -> None:
        """Append one token."""
        self.kinds.append(kind)
        self.values.append(value)
        self.starts.append(start)
        self.ends.append(end)

    def fault(self, start: int, end: int, code: str, message: str) -> None:
        """Note what cannot be read."""
        self.faults.append(SyntaxFault(start, end, code, message))


def decode(data: bytes) -> str:
    """The text of a file as .NET's reader takes it: by its byte order mark, else UTF-8; bad bytes become U+FFFD."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace")
    return data.decode("utf-8", "replace")


_MARKS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)


def tokenize(text: str) -> Tokens:
    """All tokens of a text of code units (`syntax.units`)."""
    tokens = Tokens(text)
    holes: list[tuple[int, int]] = []  # per open hole: `$` before its string (-1: single-line), open braces inside
    at = 0
    while at >= 0:
        at = _run(tokens, text, at, holes)
    return tokens


def _run(tokens: Tokens, text: str, at: int, holes: list[tuple[int, int]]) -> int:
    """Take tokens from `at` on until one needs another rule. Returns where to go on, -1 at the end."""
    kinds, values, starts, ends = tokens.kinds.append, tokens.values.append, tokens.starts.append, tokens.ends.append
    keyword = _KEYWORDS.get
    for match in _TOKEN.finditer(text, at):
        group = match.lastindex or 0
        start, end = match.span(group)
        if group == 1:
            value = match[1]
            kinds(keyword(value, "name"))
            values(value)
            if end - start > _LONGEST_NAME:
                tokens.fault(start, end, "BCP024", f"the name is longer than {_LONGEST_NAME} characters")
        elif group == 3 or group == 6 or group == 9:
            value = match[group]
            kinds(value)
            values(value)
        elif group == 2:
            if holes:
                return _line_end_in_hole(tokens, start, holes)
            kinds("nl")
            values("")
        elif group == 4:
            if text[end - 1] == "{":
                kinds("left")
                holes.append((-1, 0))
            else:
                kinds("string")
            values("")
        elif group == 5:
            value = match[5]
            if holes:
                dollars, depth = holes[-1]
                if value == "}" and not depth:
                    return _close_hole(tokens, text, start, holes)
                holes[-1] = (dollars, depth + 1 if value == "{" else depth - 1)
            kinds(value)
            values(value)
        elif group == 7:
            kinds("int")
            values("")
        elif group == 8:
            tokens.comments.append(Comment(start, end, joined(match[8])))
            continue
        elif group == 12:
            tokens.add("end", "", start, end)
            return -1
        else:
            return _unusual(tokens, text, group, start, end, holes)
        starts(start)
        ends(end)
    return -1


def _line_end_in_hole(tokens: Tokens, start: int, holes: list[tuple[int, int]]) -> int:
    holes.clear()
    tokens.broken.add(len(tokens.kinds))
    tokens.fault(start, start, "BCP004", _NOT_CLOSED_LINE)
    tokens.add("right", "", start, start)
    return start


def _close_hole(tokens: Tokens, text: str, start: int, holes: list[tuple[int, int]]) -> int:
    dollars = holes[-1][0]
    if dollars >= 0:
        end, closed = _long_end(tokens, text, start, start + 1, dollars)
    else:
        match = _CONTINUED.match(text, start)
        if match is not None:
            end = match.end()
            closed = text[end - 1] == "'"
        else:
            end, closed = _broken_string(tokens, text, start)
    if closed:
        holes.pop()
    tokens.add("right" if closed else "middle", "", start, end)
    return end


def _unusual(tokens: Tokens, text: str, group: int, start: int, end: int, holes: list[tuple[int, int]]) -> int:
    """Multi-line strings, directives, broken strings and comments, characters that begin no token."""
    if group == 10:
        dollars = end - start - 3
        tokens.long[len(tokens.kinds)] = dollars
        stop, closed = _long_end(tokens, text, start, end, dollars)
        tokens.add("string" if closed else "left", "", start, stop)
        if not closed:
            holes.append((dollars, 0))
        return stop
    if group == 11:
        before = text[tokens.ends[-1] if tokens.ends else 0 : start]
        if not before.strip(" \t") and (not tokens.kinds or tokens.kinds[-1] == "nl"):
            return _directive(tokens, text, start, end)
        end = start + 1
    if text[start] == "'":
        stop, closed = _broken_string(tokens, text, start)
        tokens.add("string" if closed else "left", "", start, stop)
        if not closed:
            holes.append((-1, 0))
        return stop
    if text.startswith("/*", start):
        tokens.fault(start, len(text), "BCP002", "the comment is not closed; it ends with */")
        tokens.comments.append(Comment(start, len(text), joined(text[start:])))
        return len(text)
    if text[start] == "$":
        end = _DOLLARS.match(text, start).end()  # type: ignore[union-attr]  # it matches: a $ stands there
    if text[start] == '"':
        tokens.fault(start, end, "BCP103", "strings stand in single quotes, not in double quotes")
    else:
        tokens.fault(start, end, "BCP001", f"the character {joined(text[start:end])!r} has no meaning here")
    tokens.add("bad", "", start, end)
    return end


def _directive(tokens: Tokens, text: str, start: int, end: int) -> int:
    name = text[start + 1 : end]
    codes: list[str] = []
    while match := _CODES.match(text, end):
        codes.append(match[1])
        end = match.end()
    if not codes:
        tokens.fault(end, end, "BCP226", f"#{name} needs a code or more")
    tokens.directives.append(Directive(start, end, name, codes))
    return end


def _long_end(tokens: Tokens, text: str, start: int, at: int, dollars: int) -> tuple[int, bool]:
    """(end, closed) of a piece of a multi-line string whose content begins at `at`; not closed: a hole follows."""
    for match in _LONG_STOP.finditer(text, at):
        if match[0][0] == "'":
            return match.end(), True
        if 0 < dollars < match.end() - match.start():
            return match.end(), False
    tokens.broken.add(len(tokens.kinds))
    tokens.fault(start, len(text), "BCP140", _NOT_CLOSED_LONG)
    return len(text), True


_LONG_STOP = re.compile(r"'{3,}|(?<!\$)\$++\{")
_DOLLARS = re.compile(r"\$+")


def _broken_string(tokens: Tokens, text: str, start: int) -> tuple[int, bool]:
    """(end, closed) of a piece of a string that has a bad escape or no end. Faults name each."""
    tokens.broken.add(len(tokens.kinds))
    at = start + 1
    while True:
        match = _BODY_PART.match(text, at)
        at = match.end() if match else at
        following = text[at : at + 1]
        if following == "'":
            return at + 1, True
        if following == "$":
            return at + 2, False
        if following == "":
            tokens.fault(start, at, "BCP003", _NOT_CLOSED)
            return at, True
        if following != "\\":
            tokens.fault(start, at, "BCP004", _NOT_CLOSED_LINE)
            return at, True
        if at + 1 == len(text):
            tokens.fault(start, at + 1, "BCP005", "the string ends inside an escape")
            return at + 1, True
        escape = _HEX_ESCAPE.match(text, at)
        if escape is not None:
            tokens.fault(at, escape.end(), "BCP133", r"a Unicode escape is written \u{0..10FFFF}")
            at = escape.end()
        else:
            known = r"\n, \r, \t, \\, \', \$, \u{…}"
            tokens.fault(at, at + 2, "BCP006", f"no such escape; there are {known}")
            at += 2


_LONE = re.compile("[\ud800-\udfff]")


def unescape(text: str) -> str | None:
    """The value of the text between quotes; None where a Unicode escape is out of range.

    Half a surrogate pair becomes U+FFFD, as it does when the compiler writes UTF-8.
    """
    if "\\" not in text:
        return joined(text)
    try:
        return _LONE.sub("\ufffd", joined(_ESCAPE.sub(_escape, text)))
    except (ValueError, OverflowError):
        return None


def _escape(match: re.Match[str]) -> str:
    code = match[1]
    if code is not None:
        return chr(int(code, 16)) if len(code.lstrip("0")) <= 6 else chr(-1)
    return _PLAIN_ESCAPES.get(match[2], match[2])

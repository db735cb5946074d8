"""Text as .NET counts it: in UTF-16 code units."""

from __future__ import annotations

from array import array


def units(text: str) -> str:
    """The text with a character for each code unit: pairs of surrogates where it has characters beyond 0xFFFF."""
    if text.isascii() or max(text) <= "\uffff":
        return text
    return "".join(map(chr, array("H", text.encode("utf-16-le", "surrogatepass"))))


def join_units(text: str) -> str:
    """The reverse of `units`; a lone surrogate stays one."""
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def utf8(text: str) -> bytes:
    """The text in UTF-8, a lone surrogate as the replacement character, as .NET encodes it."""
    if text.isascii():
        return text.encode("ascii")
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").encode("utf-8")


def lower(text: str) -> str:
    """.NET's invariant lower case: one character for one, none by context."""
    if text.isascii():
        return text.lower()
    return "".join([low if len(low := char.lower()) == 1 else char for char in text])


def upper(text: str) -> str:
    """.NET's invariant upper case: one character for one."""
    if text.isascii():
        return text.upper()
    return "".join([_upper(char) for char in text])


def _upper(char: str) -> str:
    high = char.upper()
    return high if len(high) == 1 and char != "\u0131" else char


def fold(text: str) -> str:
    """The form in which names are compared without case, ordinal."""
    return upper(text)

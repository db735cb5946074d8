"""Comparison of text by language, as .NET does it with ICU's root collation and the invariant culture.

Exact for ASCII (every sign, asked of the engine in November 2026); beyond it accents, compatibility forms and scripts
are followed roughly: Latin before Greek before Cyrillic, accents between letters, marks that are ignored.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Final, TypeAlias

Key: TypeAlias = tuple[tuple[float, ...], tuple[int, ...], tuple[int, ...]]

_SIGNS: Final = "\t\n\v\f\r\x85\u2028\u2029 _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$"
_ORDER: Final = {char: float(place + 1) for place, char in enumerate(_SIGNS)}
_OTHER_SIGNS: Final = 100.0
_DIGITS: Final = 200.0
_LETTERS: Final = 300.0
_WHOLE: Final = {"ß": "ss", "ẞ": "ss", "æ": "ae", "Æ": "ae", "œ": "oe", "Œ": "oe"}


def compare(left: str, right: str) -> int:
    """Below, at or above zero, as `left` stands before, with or after `right`."""
    if left == right:
        return 0
    one, other = sort_key(left), sort_key(right)
    return (one > other) - (one < other)


@lru_cache(maxsize=4096)
def sort_key(text: str) -> Key:
    """Weights of letters, then of accents, then of case (lower first)."""
    primary: list[float] = []
    secondary: list[int] = []
    tertiary: list[int] = []
    for source in text:
        form = 0
        if source in _WHOLE:
            decomposed, form = _WHOLE[source], 4 if source.isupper() else 3
        elif source.isascii():
            decomposed = source
        else:
            decomposed = unicodedata.normalize("NFKD", source)
            form = 2 if decomposed != unicodedata.normalize("NFD", source) else 0
        for char in decomposed:
            if unicodedata.combining(char):
                if secondary:
                    secondary[-1] = secondary[-1] * 1000 + ord(char) - 0x2FF
                continue
            weight = _weight(char)
            if weight:
                primary.append(weight)
                secondary.append(0)
                tertiary.append(form or (1 if char.isupper() else 0))
    return tuple(primary), tuple(secondary), tuple(tertiary)


def _weight(char: str) -> float:
    """The place of a character among letters and signs; 0 for one that is ignored."""
    known = _ORDER.get(char)
    if known is not None:
        return known
    if "0" <= char <= "9":
        return _DIGITS + ord(char) - 48
    if "a" <= char <= "z" or "A" <= char <= "Z":
        return _LETTERS + ord(char.lower())
    if char == "\u0131":
        return _LETTERS + ord("i") + 0.5
    category = unicodedata.category(char)
    if category in ("Cc", "Cf"):
        return 0.0
    if category == "Nd":
        return _DIGITS + unicodedata.decimal(char)
    if category[0] == "L":
        low = char.lower()
        return _LETTERS + (ord(low) if len(low) == 1 else ord(char))
    return _OTHER_SIGNS + ord(char) / 0x110000


def _is_simple(text: str) -> bool:
    """ASCII without control characters, which are ignored."""
    return text.isascii() and text.isprintable()


def find(text: str, part: str, last: bool) -> int:
    """The place of `part` in `text` without case by language, -1 where it is not; in the text's own units."""
    if _is_simple(text) and _is_simple(part):
        low, wanted = text.lower(), part.lower()
        return low.rfind(wanted) if last else low.find(wanted)
    elements, starts = _elements(text)
    wanted_elements, _ = _elements(part)
    places = _places(elements, wanted_elements, last)
    for place in places:
        return starts[place] if place < len(starts) else len(text)
    return -1


def starts_with(text: str, part: str) -> bool:
    """Whether `text` begins with `part`, without case by language."""
    if _is_simple(text) and _is_simple(part):
        return text.lower().startswith(part.lower())
    elements, wanted = _elements(text)[0], _elements(part)[0]
    return elements[: len(wanted)] == wanted


def ends_with(text: str, part: str) -> bool:
    """Whether `text` ends with `part`, without case by language."""
    if _is_simple(text) and _is_simple(part):
        return text.lower().endswith(part.lower())
    elements, wanted = _elements(text)[0], _elements(part)[0]
    return not wanted or elements[-len(wanted) :] == wanted


def _places(elements: list[str], wanted: list[str], last: bool) -> list[int]:
    size = len(wanted)
    places = [at for at in range(len(elements) - size + 1) if elements[at] == wanted[0]] if wanted else []
    if not wanted:
        return [len(elements)] if last else [0]
    places = [at for at in places if elements[at : at + size] == wanted]
    return places[::-1] if last else places


def _elements(text: str) -> tuple[list[str], list[int]]:
    """The letters that count, in lower case with their accents, and where each begins."""
    elements: list[str] = []
    starts: list[int] = []
    for at, source in enumerate(text):
        if unicodedata.category(source) in ("Cf", "Cc") and source not in _ORDER:
            continue
        for char in _parts(source):
            if unicodedata.combining(char) and elements:
                elements[-1] += char
            else:
                elements.append(char)
                starts.append(at)
    return elements, starts


def _parts(source: str) -> str:
    if source.isascii():
        return source.lower()
    low = source.lower() if len(source.lower()) == 1 else source
    if low == "\u03c2":
        low = "\u03c3"
    if "ﬀ" <= low <= "ﬆ":
        return unicodedata.normalize("NFKD", low)
    return unicodedata.normalize("NFD", low)

"""Custom number formats of .NET: `#`, `0`, `.`, `,`, `%`, `E+0`, quotes, sections. Follows .NET's own two passes."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class _Shape:
    """What the first pass finds in a section: places of digits, counted from the left."""

    count: int = 0
    point: int = -1
    first: int = 1 << 31
    last: int = 0
    scientific: bool = False
    thousands: bool = False
    adjust: int = 0
    marks: list[tuple[int, int]] = field(default_factory=list)


def custom(picture: str, negative: bool, digits: str, place: int, double: bool) -> str:
    """A number (its significant digits, its point after `place` of them) in a custom format."""
    section = _section(picture, 2 if not digits else 1 if negative else 0)
    while True:
        shape = _shape(picture, section)
        if digits:
            place += shape.adjust
            keep = shape.count if shape.scientific else place + shape.count - shape.point
            rounded, place = _round(digits, place, keep)
            if not rounded:
                negative = negative and double
                other = _section(picture, 2)
                if other != section:
                    section, digits, place = other, "", 0
                    continue
            digits = rounded
        else:
            negative = negative and double
            place = 0
        return _Writer(picture, section, shape, digits, place, negative).write()


def _section(picture: str, wanted: int) -> int:
    """Where a section begins; an empty or missing one falls back to the first."""
    if wanted == 0:
        return 0
    at = 0
    while at < len(picture):
        char = picture[at]
        at += 1
        if char in "'\"":
            end = picture.find(char, at)
            at = len(picture) if end < 0 else end + 1
        elif char == "\\":
            at += 1
        elif char == ";":
            wanted -= 1
            if wanted == 0:
                return at if at < len(picture) and picture[at] != ";" else 0
    return 0


def _shape(picture: str, at: int) -> _Shape:
    shape = _Shape()
    comma, commas = -1, 0
    while at < len(picture):
        char = picture[at]
        at += 1
        if char == ";":
            break
        if char == "#":
            shape.count += 1
        elif char == "0":
            shape.first = min(shape.first, shape.count)
            shape.count += 1
            shape.last = shape.count
        elif char == "." and shape.point < 0:
            shape.point = shape.count
        elif char == "," and shape.count > 0 and shape.point < 0:
            if comma == shape.count:
                commas += 1
                continue
            if comma >= 0:
                shape.thousands = True
            comma, commas = shape.count, 1
        elif char == "%":
            shape.adjust += 2
        elif char == "‰":
            shape.adjust += 3
        elif char in "'\"":
            end = picture.find(char, at)
            at = len(picture) if end < 0 else end + 1
        elif char == "\\":
            at += 1
        elif char in "eE" and _exponent(picture, at):
            at += picture[at] in "+-"
            while picture[at : at + 1] == "0":
                at += 1
            shape.scientific = True
    if shape.point < 0:
        shape.point = shape.count
    if comma >= 0:
        if comma == shape.point:
            shape.adjust -= 3 * commas
        else:
            shape.thousands = True
    shape.first = shape.point - shape.first if shape.first < shape.point else 0
    shape.last = shape.point - shape.last if shape.last > shape.point else 0
    return shape


def _exponent(picture: str, at: int) -> bool:
    rest = picture[at : at + 2]
    return rest[:1] == "0" or (rest[:1] in ("+", "-") and rest[1:] == "0")


def _round(digits: str, place: int, keep: int) -> tuple[str, int]:
    """Keep `keep` digits, half up; gives no digits for zero."""
    if keep >= len(digits):
        return digits.rstrip("0"), place
    if keep < 0:
        return "", 0
    up = digits[keep] >= "5"
    if not up:
        kept = digits[:keep].rstrip("0")
        return kept, place if kept else 0
    number = str(int(digits[:keep] or "0") + 1)
    if len(number) > keep:
        place += 1
    kept = number.rjust(keep, "0").rstrip("0")
    return kept, place


class _Writer:
    """The second pass."""

    __slots__ = (
        "adjust",
        "at",
        "digits",
        "negative",
        "next",
        "out",
        "picture",
        "place",
        "places",
        "point",
        "section",
        "shape",
    )

    def __init__(self, picture: str, section: int, shape: _Shape, digits: str, place: int, negative: bool) -> None:
        self.picture, self.section, self.shape = picture, section, shape
        self.digits, self.place, self.negative = digits, place, negative
        self.next = 0
        self.at = section
        self.out: list[str] = []
        self.point = False
        self.places = shape.point if shape.scientific else max(place, shape.point)
        self.adjust = 0 if shape.scientific else place - shape.point

    def write(self) -> str:
        if self.negative and self.section == 0 and self.place != 0:
            self.out.append("-")
        picture = self.picture
        while self.at < len(picture):
            char = picture[self.at]
            self.at += 1
            if char == ";":
                break
            if char in "#0.":
                self.lead()
            if char in "#0":
                self.digit()
            elif char == ".":
                self.dot()
            elif char in "'\"":
                end = picture.find(char, self.at)
                end = len(picture) if end < 0 else end
                self.out.append(picture[self.at : end])
                self.at = end + 1
            elif char == "\\":
                self.out.append(picture[self.at : self.at + 1])
                self.at += 1
            elif char in "eE":
                self.exponent(char)
            elif char != ",":
                self.out.append(char)
        text = "".join(self.out)
        return "-" + text if self.negative and self.section == 0 and self.place == 0 and text else text

    def lead(self) -> None:
        """Digits beyond the leftmost placeholder."""
        while self.adjust > 0:
            self.put(self.take() or "0")
            self.adjust -= 1

    def take(self) -> str:
        if self.next < len(self.digits):
            self.next += 1
            return self.digits[self.next - 1]
        return ""

    def put(self, digit: str) -> None:
        self.out.append(digit)
        if self.shape.thousands and self.places > 1 and (self.places - 1) % 3 == 0:
            self.out.append(",")
        self.places -= 1

    def digit(self) -> None:
        if self.adjust < 0:
            self.adjust += 1
            digit = "0" if self.places <= self.shape.first else ""
        else:
            digit = self.take() or ("0" if self.places > self.shape.last else "")
        if digit:
            self.put(digit)
        else:
            self.places -= 1

    def dot(self) -> None:
        if self.places != 0 or self.point:
            return
        if self.shape.last < 0 or (self.shape.point < self.shape.count and self.next < len(self.digits)):
            self.out.append(".")
            self.point = True

    def exponent(self, letter: str) -> None:
        picture = self.picture
        if not self.shape.scientific or not _exponent(picture, self.at):
            self.out.append(letter)
            return
        plus = picture[self.at] == "+"
        self.at += picture[self.at] in "+-"
        size = 0
        while picture[self.at : self.at + 1] == "0":
            self.at += 1
            size += 1
        power = self.place - self.shape.point if self.digits else 0
        sign = "-" if power < 0 else "+" if plus else ""
        self.out.append(f"{letter}{sign}{abs(power):0{min(size, 10)}d}")

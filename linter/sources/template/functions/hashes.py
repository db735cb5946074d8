"""`guid` and `uniqueString`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from linter.model import Value
from linter.sources.template.functions.arguments import text
from linter.sources.template.functions.signature import MANY, Function
from linter.sources.template.functions.units import utf8

if TYPE_CHECKING:
    from linter.sources.template.frame import Frame

_NAMESPACE: Final = "11fb06fb-712d-4ddd-98c7-e71bbd588830"
_ALPHABET: Final = "abcdefghijklmnopqrstuvwxyz234567"
_MASK: Final = 0xFFFFFFFF


def unique_string(joined: str) -> str:
    """13 characters of a 64-bit hash of two 32-bit Murmur3-like lanes, seed 0, over UTF-8."""
    data = utf8(joined)
    one = other = 0
    whole = len(data) // 8 * 8
    for at in range(0, whole, 8):
        left = int.from_bytes(data[at : at + 4], "little")
        right = int.from_bytes(data[at + 4 : at + 8], "little")
        one = ((_rotate(one ^ _mix(left, _C2, 15, _C1), 19) + other) * 5 + 0x561CCD1B) & _MASK
        other = ((_rotate(other ^ _mix(right, _C1, 17, _C2), 13) + one) * 5 + 0x0BCAA747) & _MASK
    tail = data[whole:]
    if tail:
        one ^= _mix(int.from_bytes(tail[:4], "little"), _C2, 15, _C1)
        if len(tail) > 4:
            other ^= _mix(int.from_bytes(tail[4:], "little"), _C1, 17, _C2)
    other ^= len(data)
    one = ((one ^ len(data)) + other) & _MASK
    other = (other + one) & _MASK
    one, other = _finish(one), _finish(other)
    one = (one + other) & _MASK
    other = (other + one) & _MASK
    number = other << 32 | one
    return "".join(
        [_ALPHABET[(number >> shift & 31) if shift >= 0 else (number << 1 & 31)] for shift in range(59, -2, -5)]
    )


_C1: Final = 0xAB0E9789
_C2: Final = 0x239B961B


def _rotate(number: int, count: int) -> int:
    return (number << count | number >> (32 - count)) & _MASK


def _mix(word: int, first: int, count: int, second: int) -> int:
    return _rotate(word * first & _MASK, count) * second & _MASK


def _finish(number: int) -> int:
    number = (number ^ number >> 16) * 0x85EBCA6B & _MASK
    number = (number ^ number >> 13) * 0xC2B2AE35 & _MASK
    return number ^ number >> 16


def _joined(args: list[Value], name: str, frame: Frame) -> str:
    joined = "-".join([text(args, at, name) for at in range(len(args))])
    frame.budget.make_text(len(joined))
    frame.budget.spend(len(joined) // 8)
    return joined


def _unique_string(args: list[Value], frame: Frame) -> Value:
    return unique_string(_joined(args, "uniqueString", frame))


def _guid(args: list[Value], frame: Frame) -> Value:
    joined = utf8(_joined(args, "guid", frame))
    import uuid  # costs 2 ms of the start

    return str(uuid.uuid5(uuid.UUID(_NAMESPACE), joined.decode("utf-8")))


HASHES: Final = (
    Function("uniqueString", 1, MANY, _unique_string),
    Function("guid", 1, MANY, _guid),
)

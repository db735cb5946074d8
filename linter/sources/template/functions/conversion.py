"""Conversions between kinds, base64 and data URIs, `json`, `string`, `fail`."""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING, Final

from linter.model import Value
from linter.sources.template.functions.arguments import text, wrong
from linter.sources.template.functions.jsontext import read, write
from linter.sources.template.functions.signature import Function
from linter.sources.template.functions.strings import WHITE_SPACE
from linter.sources.template.functions.units import utf8
from linter.sources.template.functions.uris import unescape
from linter.sources.template.values import INT64_LEAST, INT64_MOST, EvaluationError

if TYPE_CHECKING:
    from linter.sources.template.frame import Frame

_INTEGER = re.compile(r"[+-]?[0-9]{1,4000}\Z")
_FLOAT = re.compile(r"[+-]?(?:[0-9][0-9,]*(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\Z")
_DATA_URI = re.compile(r"data:(?P<head>[^,;]*)(?P<rest>(?:;[^,;]*)*),(?P<data>.*)\Z", re.IGNORECASE | re.DOTALL)
_NUMBER_SPACE: Final = "\t\n\v\f\r "


def _string(args: list[Value], frame: Frame) -> Value:
    return as_text(args[0], "string", frame)


def as_text(value: Value, name: str, frame: Frame) -> str:
    """What `string` gives: a text as it is, `True`, a whole number, arrays and objects as JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "True" if value else "False"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list | dict):
        return write(value, frame.budget)
    return wrong(name, 0, "Integer, String, Boolean, Object, Array", value)


def _json(args: list[Value], frame: Frame) -> Value:
    return read(text(args, 0, "json"), "json", frame.budget)


def _int(args: list[Value], _frame: Frame) -> Value:
    value = args[0]
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if not isinstance(value, str):
        wrong("int", 0, "Integer, String", value)
    digits = value.rstrip("\0").strip(_NUMBER_SPACE)
    if _INTEGER.match(digits) and INT64_LEAST <= int(digits) <= INT64_MOST:
        return int(digits)
    raise EvaluationError(
        f"The template language function 'int' cannot convert provided value '{value[:100]}' to integer value."
    )


def _invalid(name: str) -> EvaluationError:
    return EvaluationError(
        f"The template language function '{name}' was invoked with a parameter that is not valid. "
        "The value cannot be converted to the target type."
    )


def _bool(args: list[Value], _frame: Frame) -> Value:
    value = args[0]
    if isinstance(value, str):
        low = value.strip(WHITE_SPACE + "\0").lower()
        if low in ("true", "false"):
            return low == "true"
        raise _invalid("bool")
    if isinstance(value, bool | int | float):
        return bool(value)
    raise _invalid("bool")


def _float(args: list[Value], _frame: Frame) -> Value:
    value = args[0]
    if isinstance(value, str):
        digits = value.strip(_NUMBER_SPACE)
        if digits in ("Infinity", "-Infinity", "NaN"):
            return float(digits)
        if _FLOAT.match(digits):
            return float(digits.replace(",", ""))
        raise _invalid("float")
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _invalid("float")
    try:
        return float(value)
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")


def _encode(value: str, frame: Frame) -> str:
    frame.budget.make_text(len(value) * 2)
    return base64.b64encode(utf8(value)).decode("ascii")


def _decode(value: str) -> bytes | None:
    """What base64 says; None where it is none. White space passes anywhere, padding is needed."""
    packed = "".join(value.split())
    if not packed.isascii():
        return None
    try:
        return base64.b64decode(packed, validate=True)
    except (binascii.Error, ValueError):
        return None


def decode_utf8(data: bytes) -> str:
    """UTF-8 with a replacement character for each part that is none, as .NET counts them."""
    return data.decode("utf-8", "replace")


def _base64(args: list[Value], frame: Frame) -> Value:
    return _encode(text(args, 0, "base64"), frame)


def _from_base64(args: list[Value], name: str, frame: Frame) -> str:
    value = text(args, 0, name)
    frame.budget.make_text(len(value))
    data = _decode(value)
    if data is None:
        raise EvaluationError(
            f"The template language function '{name}' was invoked with a parameter that is not valid. "
            "The value cannot be decoded from base64 representation."
        )
    return decode_utf8(data)


def _base64_to_string(args: list[Value], frame: Frame) -> Value:
    return _from_base64(args, "base64ToString", frame)


def _base64_to_json(args: list[Value], frame: Frame) -> Value:
    return read(_from_base64(args, "base64ToJson", frame), "base64ToJson", frame.budget)


def _data_uri(args: list[Value], frame: Frame) -> Value:
    value = args[0]
    if isinstance(value, str):
        return "data:text/plain;charset=utf-8;base64," + _encode(value, frame)
    if value is None or isinstance(value, float):
        raise _invalid("dataUri")
    return "data:application/json;charset=utf-8;base64," + _encode(as_text(value, "dataUri", frame), frame)


def _data_uri_to_string(args: list[Value], frame: Frame) -> Value:
    name = "dataUriToString"
    value = text(args, 0, name)
    frame.budget.make_text(len(value))
    match = _DATA_URI.match(value)
    options = [one.strip() for one in match["rest"].split(";")[1:]] if match else []
    written = match["rest"].split(";")[1:] if match else []
    if match is None or (not match["head"] and any(one.lower() != "base64" for one in options)):
        raise EvaluationError(
            f"The template language function '{name}' expects its parameter to be formatted as a valid data URI. "
            f"The provided value '{value[:200]}' was not formatted correctly."
        )
    for option in options:
        key, _, charset = option.partition("=")
        if key.lower() == "charset" and charset and charset.lower() not in ("utf-8", "utf8"):
            raise EvaluationError(
                f"The template language function '{name}' parameter is not valid. "
                f"The provided charset '{charset[:100]}' is not supported."
            )
    if any(one.lower() == "base64" for one in written[-1:]):
        data = _decode(match["data"])
        if data is None:
            raise _invalid(name)
        return decode_utf8(data)
    return unescape(match["data"].replace("+", " "))


def _fail(args: list[Value], _frame: Frame) -> Value:
    raise EvaluationError(f"{text(args, 0, 'fail')}.")


CONVERSIONS: Final = (
    Function("string", 1, 1, _string),
    Function("json", 1, 1, _json),
    Function("int", 1, 1, _int),
    Function("bool", 1, 1, _bool),
    Function("float", 1, 1, _float),
    Function("base64", 1, 1, _base64),
    Function("base64ToString", 1, 1, _base64_to_string),
    Function("base64ToJson", 1, 1, _base64_to_json),
    Function("dataUri", 1, 1, _data_uri),
    Function("dataUriToString", 1, 1, _data_uri_to_string),
    Function("fail", 1, 1, _fail),
)

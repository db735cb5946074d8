"""The JSON reader: values as Azure reads them, places on demand, clear errors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linter.errors import InputError
from linter.model import Gap, Place
from linter.sources.arm.loose import MAX_DEPTH, read_loose
from linter.sources.arm.reader import MAX_BYTES, decode, parse, read

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
    | st.sampled_from(['a"b', "\\", "😀", "~/", "{", "]", "//", "/*"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4).map(str.lower), inner, max_size=4),
    max_leaves=12,
)


def leaves(value: Any, steps: tuple[Any, ...] = ()) -> list[tuple[tuple[Any, ...], Any]]:
    found = [(steps, value)]
    if isinstance(value, dict):
        for key, item in value.items():
            found += leaves(item, (*steps, key))
    if isinstance(value, list):
        for index, item in enumerate(value):
            found += leaves(item, (*steps, index))
    return found


def cut(text: str, place: Place) -> str:
    """The text at a place, by UTF-16 columns."""
    lines = text.split("\n")[place.line - 1 : place.end_line]
    rows = [line.encode("utf-16-le", "surrogatepass") for line in lines]
    rows[-1] = rows[-1][: (place.end_column - 1) * 2]
    rows[0] = rows[0][(place.column - 1) * 2 :]
    return "\n".join(row.decode("utf-16-le", "surrogatepass") for row in rows)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"a": 1, // one\n "b": /* two */ [1, 2,],}', {"a": 1, "b": [1, 2]}),
        ('"one\n\ttwo"', "one\n\ttwo"),
        ('{"a": "x\r\ny"}', {"a": "x\r\ny"}),
        ("{'it': 'isn\\'t'}", {"it": "isn't"}),
        ("{name: 1, $x_2: 2}", {"name": 1, "$x_2": 2}),
        ("[0x1F, 010, -0, 1.0, 1e2, 1., .5]", [31, 8, 0, 1.0, 100.0, 1.0, 0.5]),
        ("[9223372036854775807, 9223372036854775808]", [9223372036854775807, 9223372036854775808]),
        ('["\\ud83d\\ude00", "\\ud83d", "\\udc00x"]', ["😀", "\ufffd", "\ufffdx"]),
        ('["\\/\\b\\u0000"]', ["/\b\0"]),
        ("\ufeff{}", {}),
        ("\u00a0[1]\n// end", [1]),
        ("/**/ 3", 3),
        ("true // no line end", True),
    ],
)
def test_reads_as_azure_does(text: str, expected: Any) -> None:
    found = parse(text, "x.json").value
    assert repr(expected) == repr(found)


@pytest.mark.parametrize(
    ("text", "message", "line", "column"),
    [
        ("", "the file is empty", 1, 1),
        ("  // only a comment", "the file is empty", 1, 20),
        ('{\n "a": 1\n "b": 2}', "expected ',' or '}' but found a string", 3, 2),
        ('{"😀": tru}', "expected a value but found 'tru'", 1, 8),
        ('{"a"}', "expected ':' after a property name but found '}'", 1, 5),
        ('{"a": 1', "the file ends inside the object that starts in line 1", 1, 8),
        ("[\n[1,", "the file ends inside the array that starts in line 2", 2, 4),
        ('{"a": "b', "a string that does not end", 1, 7),
        ("[1 /* 2]", "a comment that does not end", 1, 4),
        ("[1, / 2]", "no JSON: '/'", 1, 5),
        ("[1,,2]", "expected a value but found ','", 1, 4),
        ("[1] 2", "text after the end of the document: '2'", 1, 5),
        ("[1}", "expected ',' or ']' but found '}'", 1, 3),
        ("{1a: 2}", "expected a property name but found '1a'", 1, 2),
        ('["\\x41"]', "no escape of JSON: \\x; write a backslash as \\\\", 1, 3),
        ("[1e999]", "a number beyond the range of double precision: '1e999'", 1, 2),
        ("[NaN]", "expected a value but found 'NaN'", 1, 2),
        ("[1-2]", "expected a value but found '1-2'", 1, 2),
        ("[" + "9" * 5000 + "]", "a number of 5000 characters; at most 380 are read", 1, 2),
        ("[\n" + "[" * 1000 + "]" * 1001, f"nested deeper than {MAX_DEPTH} levels", 2, MAX_DEPTH),
        ('{"a":' * 50_000 + "1" + "}" * 50_000, f"nested deeper than {MAX_DEPTH} levels", 1, 5 * MAX_DEPTH + 1),
    ],
)
def test_names_the_place_of_a_fault(text: str, message: str, line: int, column: int) -> None:
    with pytest.raises(InputError) as caught:
        parse(text, "x.json")
    assert (message, line, column) == (caught.value.message, caught.value.line, caught.value.column)


def test_depth_at_the_bound_is_read() -> None:
    text = "[" * MAX_DEPTH + "]" * MAX_DEPTH
    assert json.loads(text) == parse(text, "x.json").value


@pytest.mark.parametrize(
    ("text", "value", "gaps"),
    [
        (
            '{"a": 1,\n "b": 2, "a": 3}',
            {"a": 3, "b": 2},
            [Gap("x.json", "property 'a' stands twice; the last one counts", 2, 10, "syntax")],
        ),
        (
            '{"a": [1], "A": [2]}',
            {"A": [2]},
            [Gap("x.json", "property 'A' stands twice (as 'a' too); the last one counts", 1, 12, "syntax")],
        ),
        ('{"sku": {"a": 1}, "Sku": {"a": 1}}', {"sku": {"a": 1}, "Sku": {"a": 1}}, []),
        ('{"sku": 1, "Sku": null}', {"sku": 1}, []),
        ('{"sku": null, "Sku": 1}', {"Sku": 1}, []),
        (
            '{"a": 1, "A": 2, "a": 3}',
            {"a": 3},
            [
                Gap("x.json", "property 'A' stands twice (as 'a' too); the last one counts", 1, 10, "syntax"),
                Gap("x.json", "property 'a' stands twice; the last one counts", 1, 18, "syntax"),
            ],
        ),
    ],
)
def test_a_name_that_stands_twice(text: str, value: Any, gaps: list[Gap]) -> None:
    document = parse(text, "x.json")
    assert value == document.value
    assert gaps == document.gaps


TEMPLATE = '{\n\t"naïve 😀": [ {"x": 1}, // here\n  "a",\n], "t~/": {"Name": \'v\'} }\n'


@pytest.mark.parametrize(
    ("where", "key", "expected"),
    [
        ("/naïve 😀", False, Place("x.json", 2, 14, 4, 2, "/naïve 😀")),
        ("/naïve 😀", True, Place("x.json", 2, 2, 2, 12, "/naïve 😀")),
        ("/naïve 😀/0/x", False, Place("x.json", 2, 22, 2, 23, "/naïve 😀/0/x")),
        (("naïve 😀", 1), True, Place("x.json", 3, 3, 3, 6, "/naïve 😀/1")),
        (("naïve 😀", 0, "y"), False, Place("x.json", 2, 16, 2, 17, "/naïve 😀/0")),
        (("naïve 😀", 7), False, Place("x.json", 2, 2, 2, 12, "/naïve 😀")),
        ("/t~0~1/name", False, Place("x.json", 4, 20, 4, 23, "/t~0~1/Name")),
        (("t~/", "none", "deeper"), False, Place("x.json", 4, 4, 4, 9, "/t~0~1")),
        ("", False, Place("x.json", 1, 1, 4, 26, "")),
        ("/none", False, Place("x.json", 1, 1, 1, 2, "")),
    ],
)
def test_places(where: Any, key: bool, expected: Place) -> None:
    assert expected == parse(TEMPLATE, "x.json").place(where, key)


def test_comments_and_lines() -> None:
    document = parse('{\r\n  "a": 1, // one\r\n  /* two */\n  "b": "// none"\n}', "x.json")
    assert [(2, "// one\r", True), (3, "/* two */", False)] == [
        (c.line, c.text, c.trailing) for c in document.comments()
    ]
    assert ["", "{", '  "b": "// none"', "}", ""] == [document.line(number) for number in (0, 1, 4, 5, 6)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "x.json"
    path.write_bytes('{"é": "😀"}'.encode(encoding))
    document = read(path, "x.json")
    assert {"é": "😀"} == document.value
    assert Place("x.json", 1, 7, 1, 11, "/é") == document.place("/é")


@pytest.mark.parametrize(
    ("data", "message", "line", "column"),
    [
        ('{\n"ä": "é"}'.encode("latin-1"), "is no UTF-8 text (byte 0xE4); save it as UTF-8", 2, 2),
        (b'{"a": "\0"}', "a zero byte: no text file", 1, 8),
        (b"\xff\xfe\x00\xd8", "is no UTF-16 text (byte 0x00); save it as UTF-8", 1, 1),
    ],
)
def test_no_text(data: bytes, message: str, line: int, column: int) -> None:
    with pytest.raises(InputError) as caught:
        decode(data)
    assert (message, line, column) == (caught.value.message, caught.value.line, caught.value.column)


def test_a_file_beyond_the_bound(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(InputError, match="is larger than 64 MB"):
        read(path, "x.json")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read(tmp_path / "none.json", "none.json")


@given(JSON, st.sampled_from([None, 1, 3]))
def test_every_place_holds_its_value(value: Any, indent: int | None) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=indent == 1)
    document = parse(text, "x.json")
    for steps, expected in leaves(document.value):
        place = document.place(steps)
        assert expected == json.loads(cut(text, place))
        name = document.place(steps, key=True)
        if steps and isinstance(steps[-1], str):
            assert steps[-1] == json.loads(cut(text, name))
        assert place.pointer == name.pointer


@given(JSON, st.booleans())
def test_the_loose_reader_agrees_with_json(value: Any, wide: bool) -> None:
    text = json.dumps(value, indent=2 if wide else None)
    loose = read_loose(text)
    assert [] == loose.faults
    assert json.dumps(json.loads(text)) == json.dumps(loose.value)
    decorated = text.replace("\n", " // ,]}\n") if wide else f"/* [ */{text}// {{"
    assert json.dumps(loose.value) == json.dumps(parse(decorated, "x.json").value)


@given(st.binary(max_size=200) | st.lists(st.sampled_from([*"{}[]:,\"'\\/*au0-.1e \n", "\\u12", "null"])).map("".join))
def test_anything_is_read_or_refused(given_text: bytes | str) -> None:
    try:
        text = given_text if isinstance(given_text, str) else decode(given_text)
        document = parse(text, "x.json")
    except InputError:
        return
    for steps, _ in leaves(document.value):
        assert 1 <= document.place(steps).line

"""The Bicep parser: what it takes and how, where it stops, and that nothing breaks it."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linter.sources.bicep import syntax as s
from linter.sources.bicep import syntax_statements as ss
from linter.sources.bicep.lexer import decode
from linter.sources.bicep.parser import MOST_FAULTS, parse

FAULTS = [
    json.loads(line) for line in (Path(__file__).parent / "data/bicep_faults.jsonl").read_text("utf-8").splitlines()
]
"""Programs written for this project and the place of the first syntax error that Bicep CLI 0.49.2 tells."""

PROGRAM = r"""
metadata owner = 'platform'
targetScope = 'resourceGroup'
extension kubernetes with {
  namespace: 'default'
} as k8s
extension microsoftGraph
import { nameOf, 'odd name' as odd } from './shared.bicep'
import * as types from 'br/public:shared:1.0.0'

type size = 'small' | 'large' | null
type node = {
  @description('how many')
  count: int?
  'vm-size': (string | -1)[]
  next: node?
  *: types.extra.*
}
type pair = [
  @minValue(1)
  int
  resourceInput<'Contoso.Lab/probe@2024-01-01'>.properties[*]
]

@description('''
where
''')
@allowed([
  'west'
  'east'
])
param region string = 'west'
param count int
@secure()
param secret string?
var tags object = { owner: 'x', ...extra }
var extra = {
  'a-${region}': region == 'west' && count > 0 || !empty(secret) ? [1, 2][^1] : null
  b: tags.?owner ?? 'none'
}
var text = $'''
${region} and $${count}
'''
func double(x int, y string?) int => x * 2 + length(y ?? '')
#disable-next-line no-unused-vars BCP081
var list = map(range(0, 3), (item, i) =>
  '${item}-${'inner ${i}'}') // a comment
resource plan 'Contoso.Lab/plans@2024-01-01' existing = {
  name: 'plan'
  scope: resourceGroup('other')
}
@batchSize(2)
resource app 'Contoso.Lab/apps@2024-01-01' = [for (name, i) in list: if (i > 0) {
  name: name
  properties: {
    plan: plan!.id
    ids: [for x in list: x]
  }
  @description('nested')
  resource child 'slots' = if (count > 1) {
    name: 'slot'
  }
}]
module net './net.bicep' = if (count > 1) {
  params: { region: region, child: app[0]::child.id }
}
assert positive = count > 0
output id string = app[0].id /* here */
output typed resource 'Contoso.Lab/plans@2024-01-01' = plan
"""


def outline(node: s.Node) -> str:
    """A short form of an expression with every grouping shown."""
    if isinstance(node, s.Variable):
        return node.name
    if isinstance(node, s.Integer):
        return str(node.value)
    if isinstance(node, s.String):
        return repr(node.value)
    if isinstance(node, s.Interpolated):
        return "$" + repr(node.segments) + "".join(f"<{outline(hole)}>" for hole in node.holes)
    inner = " ".join(outline(child) for child in node.children())
    if isinstance(node, s.Name):
        return node.text
    words = [type(node).__name__.lower(), getattr(node, "operator", "")]
    if isinstance(node, s.Call):
        words.append(node.name)
    words[0] += "?" * bool(getattr(node, "safe", False)) + "^" * bool(getattr(node, "from_end", False))
    return f"({' '.join(word for word in (*words, inner) if word)})"


def value_of(expression: str) -> s.Node:
    file = parse(f"var v = {expression}")
    assert [] == file.faults
    statement = file.statements[0]
    assert isinstance(statement, ss.Var)
    return statement.value


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("1 + 2 * 3", "(binary + 1 (binary * 2 3))"),
        ("1 - 2 - 3", "(binary - (binary - 1 2) 3)"),
        ("a < b == c", "(binary == (binary < a b) c)"),
        ("a || b && c", "(binary || a (binary && b c))"),
        ("a ?? b || c", "(binary ?? a (binary || b c))"),
        ("a ?? b ? c : d", "(ternary (binary ?? a b) c d)"),
        ("a ? b : c ? d : e", "(ternary a b (ternary c d e))"),
        ("a\n  ? b\n  : c", "(ternary a b c)"),
        ("!a.b", "(unary ! (access a b))"),
        ("-a[0] + 1", "(binary + (unary - (index a 0)) 1)"),
        ("a!.b", "(access (nonnull a) b)"),
        ("a.?b[?^1]", "(index?^ (access? a b) 1)"),
        ("a::b.c", "(access (nestedaccess a b) c)"),
        ("f(a,\n\n b)", "(call f a b)"),
        ("f(\n)", "(call f)"),
        ("az.f()", "(instancecall az f)"),
        ("(a)", "(parenthesised a)"),
        ("(a, b) => a", "(lambda (names a b) a)"),
        ("() => 1", "(lambda (names) 1)"),
        ("a => \n a", "(lambda (names a) a)"),
        ("[1, 2,]", "(array 1 2)"),
        ("[\n\n1\n2, 3\n]", "(array 1 2 3)"),
        ("{ a: 1, 'b c': 2\n...d }", "(object (property a 1) (property 'b c' 2) (spread d))"),
        ("[for x in y: x]", "(for (names x) y x)"),
        ("[\nfor (x, i) in y: {}\n]", "(for (names x i) y (object))"),
        (r"'\n\'\${x}\u{1F600}'", '"\\n\'${x}\U0001f600"'),
        ("'a${b}c${d}'", "$['a', 'c', '']<b><d>"),
        ("'${'${a}'}'", "$['', '']<$['', '']<a>>"),
        ("'$x'", "'$x'"),
        ("'''\n a ${b} '' '''", "\" a ${b} '' \""),
        ("'''a''''", '"a\'"'),
        ("$'''${a}'''", "$['', '']<a>"),
        ("$$'''${a} $${b} $$$${c}'''", "$['${a} ', ' $$', '']<b><c>"),
        ("18446744073709551615", "18446744073709551615"),
        ("/* a */ 1 // b", "1"),
    ],
)
def test_expressions_group_as_the_language_says(source: str, expected: str) -> None:
    assert expected == outline(value_of(source))


def test_a_whole_program_is_read_without_a_fault() -> None:
    file = parse(PROGRAM)
    assert [] == file.faults
    kinds = [type(statement).__name__ for statement in file.statements]
    expected = """Metadata TargetScope Extension Extension Import Import TypeDeclaration TypeDeclaration TypeDeclaration
    Parameter Parameter Parameter Var Var Var Function Var Resource Resource Module Assert Output Output"""
    assert expected.split() == kinds
    assert [("disable-next-line", ["no-unused-vars", "BCP081"])] == [(d.name, d.codes) for d in file.directives]
    assert ["// a comment", "/* here */"] == [comment.text for comment in file.comments]


def test_nested_resources_stand_in_the_body() -> None:
    app = parse(PROGRAM).statements[18]
    assert isinstance(app, ss.Resource)
    assert isinstance(app.value, s.For)
    condition = app.value.body
    assert isinstance(condition, s.If)
    assert isinstance(condition.body, s.Object)
    child = condition.body.members[-1]
    assert isinstance(child, ss.Resource)
    assert isinstance(child.value, s.If)
    assert 1 == len(child.decorators)
    assert not child.existing


def test_parameter_files_have_statements_of_their_own() -> None:
    text = (
        "using 'main.bicep' with {\n  mode: 'stack'\n}\nextends 'base.bicepparam'\nparam a = 1\nvar b = 2\nusing none\n"
    )
    file = parse(text, parameters=True)
    assert [] == file.faults
    assert ["Using", "Extends", "ParameterAssignment", "Var", "Using"] == [type(x).__name__ for x in file.statements]
    assert "BCP337" == parse("resource a 'b' = {}", parameters=True).faults[0].code


def test_spans_count_utf_16_units_and_lines_end_in_every_way() -> None:
    file = parse("\ufeffvar a = '\U0001f600' // \U0001f600\r\nvar b = a\rvar c = 'x'\n")
    first, second, third = file.statements
    assert (0, 12) == (first.start, first.end)
    assert "'\U0001f600'" == file.source(first.value)  # type: ignore[attr-defined]  # a Var
    assert "\U0001f600" == first.value.value  # type: ignore[attr-defined]  # a String
    assert [(1, 9), (2, 1), (3, 1)] == [file.lines.place(x) for x in (8, second.start, third.start)]
    assert "// \U0001f600" == file.comments[0].text


@pytest.mark.parametrize("program", FAULTS, ids=lambda program: program["name"])
def test_the_first_fault_stands_where_the_compiler_tells_it(program: dict[str, object]) -> None:
    file = parse(str(program["text"]), bool(program["parameters"]))
    assert (program["line"], program["column"]) == file.lines.place(file.faults[0].start)


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        ("param", "BCP013"),
        ("var x =", "BCP009"),
        ("var x = [1, 2", "BCP018"),
        ("var x = {\n  a: 1\n", "BCP018"),
        ("resource r 'a@b' = {\n  name:\n  location: 'x'\n}", "BCP009"),
        ("output o string = 'a", "BCP004"),
        (r"var x = '\q'", "BCP006"),
        (r"var x = '\u{110000}'", "BCP133"),
        ("var x = 99999999999999999999", "BCP010"),
        ("var x = f(1 2)", "BCP236"),
        ("hello", "BCP007"),
        ("var x = \N{EURO SIGN}", "BCP001"),
        ('var x = "a"', "BCP103"),
        ("@secure()", "BCP132"),
        ("#disable-next-line", "BCP226"),
        ("import {a} from", "BCP097"),
        ("type t =", "BCP279"),
        ("func f(a) => 1", "BCP279"),
        ("module m './x' = [for a in b: 1]", "BCP167"),
        ("var " + "a" * 256 + " = 1", "BCP024"),
    ],
)
def test_what_stands_before_and_after_a_fault_is_read(broken: str, code: str) -> None:
    file = parse(f"var before = 1\n{broken}\n")
    assert code in [fault.code for fault in file.faults]
    assert isinstance(file.statements[0], ss.Var)
    if "[1, 2" not in broken and "{\n  a: 1\n" not in broken:
        behind = parse(f"{broken}\nvar behind = 1\n").statements[-1]
        assert isinstance(behind, ss.Var | s.Skipped | ss.Dangling)
        assert not broken.startswith(("var", "resource", "output")) or isinstance(behind, ss.Var)


def test_a_bad_property_leaves_its_neighbours() -> None:
    file = parse("var x = {\n  a: 1\n  b: ]\n  c: 3\n}")
    value = file.statements[0].value  # type: ignore[attr-defined]  # a Var
    assert ["a", "b", "c"] == [member.key.text for member in value.members]
    assert [s.Integer, s.Skipped, s.Integer] == [type(member.value) for member in value.members]
    assert 1 == len(file.faults)


@pytest.mark.parametrize(
    "piece", ["[", "(", "{a:", "f(", "'${", "b ? ", "a => ", "-(", "b?c:", "a[", "1 + ", "x ?? ", "@a("]
)
@pytest.mark.parametrize("head", ["var v = ", "type t = ", ""])
def test_endless_nesting_ends_in_a_fault(head: str, piece: str) -> None:
    file = parse(head + piece * 2000 + "1")
    assert 0 < len(file.faults) <= MOST_FAULTS
    assert_sound(file)


def test_a_long_chain_is_refused_as_a_whole_and_the_next_line_is_read() -> None:
    file = parse("var a = 1" + " + 1" * 1000 + "\nvar b = 2")
    assert ["deep"] == [fault.code for fault in file.faults]
    assert [s.Skipped, ss.Var] == [type(statement) for statement in file.statements]


def test_parsing_needs_no_stack_of_its_caller() -> None:
    text = "var a = " + "[(" * 20 + "1" + ")]" * 20

    def deep(levels: int) -> s.File:
        return deep(levels - 1) if levels else parse(text)

    depth = 0
    frame = sys._getframe()
    while frame := frame.f_back:  # type: ignore[assignment]  # the last frame has none
        depth += 1
    assert [] == deep(sys.getrecursionlimit() - depth - 60).faults


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"\xef\xbb\xbfa", "a"),
        ("\ufeffa\U0001f600".encode("utf-16-le"), "a\U0001f600"),
        ("\ufeffa".encode("utf-16-be"), "a"),
        ("\ufeffa".encode("utf-32-le"), "a"),
        (b"a\xffb", "a\ufffdb"),
    ],
)
def test_files_are_decoded_by_their_mark(data: bytes, text: str) -> None:
    assert text == decode(data)


def assert_sound(file: s.File) -> None:
    """Every node lies in its parent, in order; statements and faults lie in the text, in order."""
    end = 0
    for statement in file.statements:
        assert end <= statement.start <= statement.end <= len(file.text)
        end = statement.end
    assert sorted(fault.start for fault in file.faults) == [fault.start for fault in file.faults]
    assert all(0 <= fault.start <= fault.end <= len(file.text) for fault in file.faults)
    pending = list(file.statements)
    while pending:
        node = pending.pop()
        assert node.start <= node.end
        for child in node.children():
            assert node.start <= child.start, (node, child)
            assert child.end <= node.end, (node, child)
            pending.append(child)


def test_the_nodes_of_a_valid_program_lie_in_their_parents() -> None:
    assert_sound(parse(PROGRAM))


WORDS = "var |param |resource |module |type |func |output |import |using |a|for |in |if |as |from |with |existing |null"
SIGNS = (
    "' ''' $''' ${ } { [ ] ( ) : , . ? ?? :: => = == ! - + < > ... ^ * @ // /* */ \\ \\u{ 0 9 | \U0001f600 \x00 \ufeff"
)
PIECES = st.sampled_from([*WORDS.split("|"), *SIGNS.split(" "), "#disable-next-line ", "\n", "\r\n", "\r", " "])
TEXTS = st.one_of(st.text(), st.lists(PIECES).map("".join))


@settings(max_examples=150, deadline=None)
@given(TEXTS, st.booleans())
def test_any_text_gives_a_file(text: str, parameters: bool) -> None:
    assert_sound(parse(text, parameters))


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(PROGRAM)), st.integers(0, 60), PIECES, st.booleans())
def test_a_changed_program_gives_a_file(at: int, length: int, piece: str, twice: bool) -> None:
    inserted = PROGRAM[at : at + length] * 2 if twice else piece
    assert_sound(parse(PROGRAM[:at] + inserted + PROGRAM[at + length :]))


@settings(max_examples=60, deadline=None)
@given(st.binary())
def test_any_bytes_give_a_file(data: bytes) -> None:
    assert_sound(parse(decode(data)))


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["\n", "\r\n", "\r"]), st.integers(0, 200))
def test_line_ends_do_not_change_what_is_read(end: str, place: int) -> None:
    text = PROGRAM.replace("\n", end)
    file = parse(text)
    assert [] == file.faults
    offset = min(place * 7, len(text) - 1)
    line, column = file.lines.place(offset)
    assert offset == file.lines.starts[line - 1] + column - 1
    assert PROGRAM.count("\n") + 1 == len(file.lines.starts)

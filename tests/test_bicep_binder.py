"""What is noticed of the compiler's refusals in Bicep that parses; each code is the one that Bicep CLI 0.49.2 gives."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linter.sources.bicep.binder import refusals
from linter.sources.bicep.parser import parse
from linter.sources.bicep.syntax import File, SyntaxFault

PROBE = "resource p 'Contoso.Lab/probe@2024-01-01' = {\n  name: 'p'\n"


def told(file: File, faults: list[SyntaxFault]) -> list[tuple[int, str]]:
    return [(file.lines.place(fault.start)[0], fault.code) for fault in faults]


def check(text: str, parameters: bool = False) -> list[tuple[int, str]]:
    file = parse(text, parameters)
    assert [] == file.faults
    return told(file, refusals(file))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("param a string\nvar a = 1", [(1, "BCP028"), (2, "BCP028")]),
        ("output o int = 1\noutput o int = 2", [(1, "BCP145"), (2, "BCP145")]),
        ("var Aa = 1\nvar aA = 1", [(1, "BCP353"), (2, "BCP353")]),
        ("targetScope = 'tenant'\ntargetScope = 'tenant'", [(1, "BCP112"), (2, "BCP112")]),
        ("var a = {\n  b: 1\n  'b': 2\n}", [(2, "BCP025"), (3, "BCP025")]),
        ("output o string = gone", [(1, "BCP057")]),
        ("output o string = gone()", [(1, "BCP057")]),
        ("output o string = sys.gone()", [(1, "BCP107")]),
        ("param length int\noutput o int = length('a')", [(2, "BCP265")]),
        ("param a gone", [(1, "BCP302")]),
        ("@loud()\nparam a string", [(1, "BCP057")]),
        ("@description('a')\n@sys.description('b')\nparam a string", [(1, "BCP166"), (2, "BCP166")]),
        ("@batchSize(1)\nparam a string", [(1, "BCP126")]),
        ("@secure()\nparam a int", [(1, "BCP124")]),
        ("@batchSize(0)\n" + PROBE + "}", [(1, "BCP154")]),
        ("var v = 1\nparam a int = v", [(2, "BCP072")]),
        ("param a int\nfunc f() int => a", [(2, "BCP057")]),
        ("var a = a", [(1, "BCP079")]),
        ("var a = b\nvar b = c\nvar c = { d: a }", [(1, "BCP080"), (2, "BCP080"), (3, "BCP080")]),
        ("param a string = b\nparam b string = a", [(1, "BCP080"), (2, "BCP080")]),
        ("var a = newGuid()", [(1, "BCP065")]),
        ("var a = [\n  [for i in []: i]\n]", [(2, "BCP138")]),
        ("var a = length([for i in []: i])", [(1, "BCP138")]),
        ("var a = [for i in []: [for j in []: j]]", [(1, "BCP138")]),
        (PROBE + "  a: [for i in []: {\n    b: [for j in []: j]\n  }]\n}", [(4, "BCP142")]),
        (PROBE + "  ...{}\n}", [(3, "BCP401")]),
        ("module m 'x.bicep' = {\n  params: {\n    ...{}\n  }\n}", [(3, "BCP401")]),
        (
            "resource p 'probe' = {\n  name: 'p'\n}\nresource q 'a/b/c' = {\n  name: 'p/q'\n}",
            [(1, "BCP029"), (4, "BCP029")],
        ),
        ("resource p 'Contoso.Lab/probe@2024-01-01' = {\n}", [(1, "BCP035")]),
        ("resource p 'Contoso.Lab/probe/sub@2024-01-01' = {\n  name: 'p'\n}", [(2, "BCP169")]),
        (
            PROBE + "}\nresource c 'Contoso.Lab/probe/sub@2024-01-01' = {\n  parent: p\n  name: 'p/c'\n}",
            [(6, "BCP170")],
        ),
        (PROBE + "  resource c 'sub/deeper' = {\n    name: 'c'\n  }\n}", [(3, "BCP156")]),
        (PROBE.replace("= {", "= [for i in []: {") + "  resource c 'sub' = {\n    name: 'c'\n  }\n}]", [(3, "BCP160")]),
        ("param n string\nmodule m './${n}.bicep' = {}", [(2, "BCP092")]),
        ("module m '/a.bicep' = {}\nmodule n 'a\\\\b.bicep' = {}", [(1, "BCP051"), (2, "BCP098")]),
        ("param n string\nvar a = loadTextContent(n)", [(2, "BCP032")]),
        ("param a int = 'x'", [(1, "BCP033")]),
        ("@allowed(['a', 'b'])\nparam a string = 'c'", [(2, "BCP033")]),
        ("output o int = 1 == 2", [(1, "BCP033")]),
        ("output o bool = !1", [(1, "BCP044")]),
        ("output o bool = 'a' && true", [(1, "BCP045")]),
        ("output o bool = 1 < 'a'", [(1, "BCP045")]),
        ("type t = 'a' | 1", [(1, "BCP294")]),
        ("type t = null", [(1, "BCP289")]),
    ],
)
def test_refusals_are_noticed_on_their_line(text: str, expected: list[tuple[int, str]]) -> None:
    assert expected == check(text)


def test_parameter_files_have_rules_of_their_own() -> None:
    assert [(1, "BCP261")] == check("param a = 1\n", parameters=True)
    assert [(2, "BCP437")] == check("using 'main.bicep'\nparam a = base.x\n", parameters=True)
    assert [] == check(
        "using 'main.bicep'\nextends 'b.bicepparam'\nvar c = newGuid()\nparam a = base.a\n", parameters=True
    )


@pytest.mark.parametrize(
    "text",
    [
        "func f(x int) int => x\nvar a = f(1)\nvar b = [for (x, i) in [1]: x + i]\nvar c = map(b, x => x)",
        "var d = az.listKeys('x', 'y')",
        "import { f, t as u } from 'x.bicep'\nimport * as n from 'y.bicep'\nparam a u\nparam b n.t\nvar c = f(n.g(1))",
        "extension kubernetes with {} as k8s\nresource a 'core/Secret@v1' = {\n  a: 1\n}\nvar b = anything(other)",
        PROBE + "  resource c 'sub' = {\n    name: 'c'\n    properties: { a: p.id }\n  }\n}\noutput o string = p::c.id",
        PROBE + "  properties: {\n    a: [{\n      b: [for i in []: i]\n    }]\n  }\n}",
        "param a string = newGuid()\nparam b string = utcNow('d')\nparam c string = a",
        "type t = {\n  next: t?\n}\n@export()\n@sealed()\ntype u = ('a' | 1)[]\n@discriminator('kind')\ntype v = t | u",
        "type string2 = string\nvar string = 'x'\noutput o string2 = string",
        "param p string\nvar a = { p: p, q: p }",
        "output id string = 'x'\nvar id = 1\nmetadata id = 'y'",
    ],
)
def test_what_the_compiler_takes_is_not_refused(text: str) -> None:
    assert [] == check(text)


LINES = [
    "param a string", "param b int = a", "var c = { a: a, ...d }", "var d = [for (x, i) in c: x + i]", "type t = t?",
    "@secure()", "@batchSize(0)", "func f(x int) t => x", "import { a } from 'x.bicep'", "module m 'x.bicep' = {}",
    "output o string = m.outputs.p.q", "resource r 'A.B/c@1' = {", "  name: a", "  resource s 'd' = {", "  }", "}",
    "using 'x.bicep'", "extends 'x.bicep'", "param a = base.b", "module m 'x.bicep' = [for a in b: {", "}]",
]  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(LINES), max_size=12), st.booleans())
def test_any_program_is_bound(lines: list[str], parameters: bool) -> None:
    file = parse("\n".join(lines), parameters)
    for fault in refusals(file):
        assert [] == file.faults
        assert 0 <= fault.start <= fault.end <= len(file.text)


def test_experimental_decorators_are_refused_where_no_feature_is_on() -> None:
    file = parse("@validate(x => true)\nparam a string")
    assert [] == refusals(file)
    assert [(1, "BCP057")] == told(file, refusals(file, experimental=False))


def test_a_file_with_syntax_faults_is_not_judged_further() -> None:
    file = parse("var a = \nvar b = gone")
    assert [] == refusals(file)

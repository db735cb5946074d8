"""Which Bicep files are entry points, and what references in them mean."""

from __future__ import annotations

from pathlib import Path

import pytest

from linter.sources.bicep.config import BicepConfig, ReferenceFault, config_for, read_config
from linter.sources.bicep.entry import Entry, entries, uses


def write(root: Path, files: dict[str, str]) -> list[Path]:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return [root / name for name in files]


def found(root: Path, files: dict[str, str]) -> list[tuple[str | None, list[str]]]:
    def name(path: Path) -> str:
        return path.relative_to(root).as_posix()

    return [
        (entry.template and name(entry.template), [name(path) for path in entry.parameters])
        for entry in entries(write(root, files))
    ]


def test_what_others_use_is_no_entry_point(tmp_path: Path) -> None:
    files = {
        "main.bicep": "module a './mods/a.bicep' = {}\nimport { x } from 'types.bicep'\nimport * as y from 'y.bicep'\n",
        "mods/a.bicep": "module b '../mods/b.bicep' = {}\nmodule r 'br/public:avm/res/x/y:1.0.0' = {}\n",
        "mods/b.bicep": "// module c 'lone.bicep' = {}\n/*\nmodule c 'lone.bicep' = {}\n*/\n"
        "var t = '''\nmodule c 'lone.bicep'\n'''\n",
        "mods/lone.bicep": "test t '../main.bicep' = {}\n",
        "types.bicep": "@export()\nvar x = 1\n",
        "y.bicep": "",
    }
    assert [("main.bicep", []), ("mods/lone.bicep", [])] == found(tmp_path, files)


def test_parameter_files_go_with_their_template(tmp_path: Path) -> None:
    files = {
        "main.bicep": "module a 'a.bicep' = {}\n",
        "a.bicep": "",
        "dev.bicepparam": "using './main.bicep'\nextends 'base.bicepparam'\n",
        "prod.bicepparam": "using 'main.bicep'\n",
        "a.bicepparam": "using 'a.bicep'\n",
        "base.bicepparam": "using none\n",
        "none.bicepparam": "using none\n",
        "compiled.bicepparam": "using './main.json'\n",
        "broken.bicepparam": "using",
    }
    expected = [
        ("main.bicep", ["dev.bicepparam", "prod.bicepparam"]),
        ("a.bicep", ["a.bicepparam"]),
        ("main.json", ["compiled.bicepparam"]),
        (None, ["none.bicepparam"]),
        (None, ["broken.bicepparam"]),
    ]
    assert expected == found(tmp_path, files)


def test_a_ring_of_modules_has_its_first_file_as_entry_point(tmp_path: Path) -> None:
    files = {
        "a.bicep": "module b 'b.bicep' = {}",
        "b.bicep": "module a 'a.bicep' = {}\nmodule c 'c.bicep' = {}",
        "c.bicep": "",
        "self.bicep": "module s 'self.bicep' = {}",
    }
    assert [("self.bicep", []), ("a.bicep", [])] == sorted(
        found(tmp_path, files), key=lambda entry: entry[0] != "self.bicep"
    )


def test_a_file_that_is_not_there_is_an_entry_point_of_its_own(tmp_path: Path) -> None:
    assert [Entry(tmp_path / "gone.bicep")] == entries([tmp_path / "gone.bicep", tmp_path / "readme.md"])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import {\n  a\n  'b' as c\n} from 'x.bicep'", [("import", "x.bicep")]),
        ("import 'kubernetes@1.0.0'\nmodule m 'y.bicep'", [("module", "y.bicep")]),
        ("import * as a\nvar from = 'x'", []),
        ("@batchSize(1)\nmodule m 'a\\u{62}.bicep' = [for x in y: {}]", [("module", "ab.bicep")]),
        ("module m 'a${b}.bicep' = {}\nmodule n", []),
        ("var module = 'a.bicep'\nvar a = {\n  module: 'b'\n}", []),
        ("import", []),
        ("import {", []),
        ("using", []),
    ],
)
def test_uses_are_read_from_the_tokens(text: str, expected: list[tuple[str, str]]) -> None:
    assert expected == list(uses(text))


@pytest.mark.parametrize(
    ("reference", "name", "cached"),
    [
        (
            "br/public:avm/res/key-vault/vault:0.11.1",
            "br:mcr.microsoft.com/bicep/avm/res/key-vault/vault:0.11.1",
            ("br", "mcr.microsoft.com", "bicep$avm$res$key-vault$vault", "0.11.1$"),
        ),
        (
            "br:LOCALHOST:5443/a/b:v1.0-Beta",
            "br:LOCALHOST:5443/a/b:v1.0-Beta",
            ("br", "localhost$5443", "a$b", "v1.0-Beta$20"),
        ),
        (
            "br:x.azurecr.io/a@sha256:" + "0f" * 32,
            "br:x.azurecr.io/a@sha256:" + "0f" * 32,
            ("br", "x.azurecr.io", "a", "sha256#" + "0f" * 32),
        ),
        ("br/own:net:1", "br:own.azurecr.io/shared/mods/net:1", ("br", "own.azurecr.io", "shared$mods$net", "1$")),
        ("ts:SUB/Group/Spec:V1", "ts:SUB/Group/Spec:V1", ("ts", "sub", "group", "spec", "v1")),
        ("ts/own:spec:v2", "ts:s-1/rg-1/spec:v2", ("ts", "s-1", "rg-1", "spec", "v2")),
    ],
)
def test_references_name_their_place_in_the_cache(
    tmp_path: Path, reference: str, name: str, cached: tuple[str, ...]
) -> None:
    text = """{
      // aliases
      "moduleAliases": {
        "br": {"own": {"registry": "own.azurecr.io", "modulePath": "shared/mods"}},
        "ts": {"own": {"subscription": "s-1", "resourceGroup": "rg-1"}},
      }
    }"""
    write(tmp_path, {"bicepconfig.json": text})
    got = config_for(tmp_path / "deeper/still").resolve(reference, tmp_path / "deeper/still/main.bicep")
    assert (name, cached, None) == (got.name, got.cached, got.path)


@pytest.mark.parametrize(
    ("reference", "code"),
    [
        ("", "BCP050"),
        ("/x/y.bicep", "BCP051"),
        ("c:/y.bicep", "BCP051"),
        (".\\x.bicep", "BCP098"),
        ("a?.bicep", "BCP085"),
        ("a.bicep.", "BCP086"),
        ("br/nowhere:x:v1", "BCP213"),
        ("br/Public:x:v1", "BCP213"),
        ("br:no-tag.azurecr.io/x", "BCP193"),
        ("ts/nowhere:x:v1", "BCP212"),
        ("ts:a/b", "BCP194"),
    ],
)
def test_references_that_the_compiler_refuses(reference: str, code: str) -> None:
    with pytest.raises(ReferenceFault) as caught:
        BicepConfig().resolve(reference, Path("main.bicep"))
    assert code == caught.value.code


def test_local_references_stand_beside_the_file(tmp_path: Path) -> None:
    assert tmp_path / "../a/b.bicep" == BicepConfig().resolve("../a/b.bicep", tmp_path / "main.bicep").path


def test_a_mocked_alias_is_a_folder(tmp_path: Path) -> None:
    write(tmp_path, {"bicepconfig.json": '{"moduleAliasesMock": {"br": {"own": {"mapToFilePath": "./mods"}}}}'})
    got = read_config(tmp_path / "bicepconfig.json").resolve("br/own:parts/inner:1.0.0", tmp_path / "deep/main.bicep")
    assert tmp_path / "mods/parts/inner.bicep" == got.path


def test_experimental_features_are_read(tmp_path: Path) -> None:
    write(
        tmp_path, {"bicepconfig.json": '{"experimentalFeaturesEnabled": {"assertions": true, "testFramework": false}}'}
    )
    assert frozenset(["assertions"]) == config_for(tmp_path).features


def test_the_cache_can_be_moved(tmp_path: Path) -> None:
    home = Path.home()
    write(
        tmp_path,
        {
            "a.json": f'{{"cacheRootDirectory": {str(tmp_path / "cache")!r}}}'.replace("'", '"').replace("\\", "\\\\"),
            "b.json": '{"cacheRootDirectory": "~/elsewhere"}',
            "c.json": '{"cacheRootDirectory": "here"}',
            "d.json": '{"extends": "b.json", "moduleAliases": {}}',
            "e.json": '{"extends": "e.json"}',
            "f.json": "[]",
        },
    )
    roots = {name: read_config(tmp_path / f"{name}.json") for name in "abcdef"}
    assert [tmp_path / "cache", home / "elsewhere", home / ".bicep", home / "elsewhere", home / ".bicep"] == [
        roots[name].root() for name in "abcde"
    ]
    assert [False, False, True, False, True, True] == [bool(config.fault) for config in roots.values()]

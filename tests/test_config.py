"""The configuration file: where it is found, what it may say, and that every fault has a file and a line."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linter.config import Config, check_against, check_config, find_config, load_config, parse_config
from linter.errors import UsageError
from linter.lined_yaml import parse_yaml
from linter.policy import Policy, policy_of

ROOT = Path(__file__).parent.parent
SCHEMA = json.loads((ROOT / "linter/schemas/config.schema.json").read_text(encoding="utf-8"))
WHOLE = """\
set: strict
parameters: {training/serverless-full-time: {max_share: 0.3}}
severity: {estate/tags-missing: low}
regions: {allowed: [westeurope, northeurope], pairs: [[westeurope, northeurope]], max: 1}
benchmarks: {churn-model: [Standard_NC24ads_A100_v4]}
tags: {required: [owner, cost-center], workload: workload, environment: environment, production: [prod, production],
       role: role, shared: shared, criticality: criticality}
roles: {ai: [training, inference], orchestration: ["*langchain*", "*promptflow*"]}
quotas:
  - {type: cores, provider: compute, family: standardNCADSA100v4Family, region: westeurope, limit: 96}
  - {type: model, sku: GlobalStandard, model: gpt-4o, region: westeurope, limit: 300}
waivers:
  - policy: security/public-network-open
    resource: "*/accounts/playground"
    reason: demo account without data
    owner: platform-team
    until: 2026-12-31
exclude: ["**/tests/**"]
"""


def some_policy(policy_id: str) -> Policy:
    parameters = {"max_share": {"default": 0.5, "description": "d"}, "names": {"default": ["a"], "description": "d"}}
    return policy_of(
        policy_id, {"title": "t", "severity": "low", "resource": "A/b", "check": "x", "parameters": parameters}
    )


POLICIES = {
    name: some_policy(name)
    for name in ("training/serverless-full-time", "estate/tags-missing", "security/public-network-open")
}


def test_reads_all_that_the_file_may_say() -> None:
    config = parse_config(WHOLE, "x.yaml")
    check_against(config, POLICIES)
    assert "strict" == config.set
    assert 0.3 == config.parameters["training/serverless-full-time"]["max_share"]
    assert ["westeurope", "northeurope"] == config.settings.regions["allowed"]
    assert 96 == config.settings.quotas[0]["limit"]
    waiver = config.waivers[0]
    assert (date(2026, 12, 31), "x.yaml", 13) == (waiver.until, waiver.path, waiver.line)


@pytest.mark.parametrize("text", ["", "# nothing\n", "regions:\nwaivers:\nexclude:\ntags:\n", WHOLE])
def test_the_schema_takes_what_is_read(text: str) -> None:
    data = parse_yaml(text).data
    parse_config(text, "x.yaml")
    jsonschema.validate({} if data is None else data, SCHEMA)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("set: all", 1, "set is one of default, strict; here is 'all'"),
        ("sett: strict", 1, "unknown key 'sett'; did you mean 'set'?"),
        ("regions:\n  allowed: [westeurope]\n  maxx: 2", 3, "unknown key 'maxx'"),
        ("regions: {allowed: westeurope}", 1, "takes a list"),
        ("regions: {allowed: ['West Europe']}", 1, "takes a region"),
        ("waivers:\n- {policy: a/b}", 2, "needs 'reason'"),
        ("waivers:\n- {policy: a/b, reason: ''}", 2, "takes text"),
        ("waivers:\n- {policy: a/b, reason: '  '}", 2, "takes text"),
        ("waivers:\n- policy: a/b\n  reason: r\n  until: 2026-02-30", 4, "takes a day"),
        ("waivers:\n- policy: a/b\n  reason: r\n  until: soon", 4, "takes a day"),
        ("severity: {a/b: urgent}", 1, "is one of high"),
        ("quotas:\n- {type: cores, region: westeurope}", 2, "needs 'limit'"),
        ("quotas:\n- {type: gpu, region: westeurope, limit: 1}", 2, "is one of cores, model"),
        ("production: maybe", 1, "true or false"),
        ("- a\n- b", 1, "the configuration takes a mapping"),
        ("a: [", 2, "not YAML"),
        ("set: strict\nset: default", 2, "stands here twice"),
        ("tags: {oner: x}", 1, "did you mean 'owner'"),
    ],
)
def test_a_fault_names_file_and_line(text: str, line: int, words: str) -> None:
    with pytest.raises(UsageError) as raised:
        parse_config(text, "dir/.aiplint.yaml")
    assert str(raised.value).startswith(f"dir/.aiplint.yaml:{line}: ")
    assert words in str(raised.value)


@pytest.mark.parametrize(
    "text", ["set: all", "sett: strict", "regions: {maxx: 1}", "waivers: [{policy: a/b}]", "severity: {a/b: x}"]
)
def test_the_schema_refuses_what_is_refused(text: str) -> None:
    data = parse_yaml(text).data
    assert [] != list(check_config(data))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(data, SCHEMA)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("\nseverity: {estate/tag-missing: low}", 2, "did you mean 'estate/tags-missing'"),
        ("parameters:\n  training/serverless-full-time:\n    share: 1", 3, "has no parameter 'share'"),
        (
            "parameters:\n  training/serverless-full-time:\n    max_share: high",
            3,
            "is a number, as 0.5; here is a text",
        ),
        ("parameters:\n  training/serverless-full-time:\n    names: x", 3, "is a list"),
        ("waivers:\n- policy: no/such\n  reason: r", 2, "no policy 'no/such'"),
    ],
)
def test_a_policy_that_is_none_is_told(text: str, line: int, words: str) -> None:
    with pytest.raises(UsageError) as raised:
        check_against(parse_config(text, "c.yaml"), POLICIES)
    assert str(raised.value).startswith(f"c.yaml:{line}: ")
    assert words in str(raised.value)


def test_the_nearest_file_upward_counts(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / ".aiplint.yaml").write_text("set: strict\n", encoding="utf-8")
    (tmp_path / "a" / "b" / "main.json").write_text("{}", encoding="utf-8")
    assert tmp_path / ".aiplint.yaml" == find_config(tmp_path / "a" / "b" / "main.json")
    assert "strict" == load_config(None, str(tmp_path / "a" / "b")).set
    (tmp_path / "a" / ".aiplint.yaml").write_text("{}", encoding="utf-8")
    assert "default" == load_config(None, str(tmp_path / "a" / "b")).set


def test_two_configurations_in_one_folder_are_told(tmp_path: Path) -> None:
    for name in (".aiplint.yaml", ".aiplint.yml"):
        (tmp_path / name).write_text("{}", encoding="utf-8")
    with pytest.raises(UsageError, match="two configurations"):
        find_config(tmp_path)


def test_a_named_file_that_is_none_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such configuration file"):
        load_config(str(tmp_path / "gone.yaml"), ".")


def test_no_file_is_all_defaults() -> None:
    assert Config() == Config(path="", set="default")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[" * 100_000, "nested"),
        ("- " * 50_000, "nested"),
        ("a: &x [*x]", "aliases"),
        ("x: !!python/object/apply:os.system [ls]", "tag"),
        ("a: 1\n---\nb: 2", "one document"),
        ("a: \x00", "not YAML"),
        ("? [a]\n: b", "plain text"),
        ("<<: {a: 1}", "plain text"),
        ("- 1\n" * 200_001, "too much"),
    ],
)
def test_hostile_text_is_refused(text: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        parse_config(text, "c.yaml")


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    told = "c.yaml:"
    try:
        parse_config(text, "c.yaml")
    except UsageError as error:
        told = str(error)
    assert told.startswith("c.yaml:")

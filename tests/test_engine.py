"""Judging: verdicts, openness, the ledger's balance, rows and their places, checks that raise."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linter.concealment import HIDDEN, concealed, masked, secret_name
from linter.engine import Terms, absorb, empty_ledger, judge, sort_rows
from linter.errors import UsageError
from linter.inventory import (
    extensions,
    is_production,
    normalise,
    parent,
    pool_cluster,
    references,
    referring,
    region,
    role,
    tag,
)
from linter.model import ABSENT, Inventory, Ledger, Outcome, Resource, Settings, Unresolved
from linter.policy import Policy, policy_of
from linter.rows import line_hash
from linter.sources.arm.deployment import expand
from linter.sources.arm.reader import parse
from linter.sources.template.scope import Context

HEAD = (
    '"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#", '
    '"contentVersion": "1.0.0.0",'
)


def inventory(text: str, path: str = "main.json") -> Inventory:
    found = expand(parse(text, path), None, Context())
    found.texts[path] = text
    return found


def template(*resources: Any, parameters: dict[str, Any] | None = None) -> str:
    body = {"parameters": parameters or {}, "resources": list(resources)}
    return "{" + HEAD + json.dumps(body, indent=1)[1:]


def thing(name: str = "thing", type_name: str = "Microsoft.X/things", **body: Any) -> dict[str, Any]:
    return {"type": type_name, "apiVersion": "2025-01-01", "name": name, **body}


def a_policy(policy_id: str = "area/fault", **data: Any) -> Policy:
    whole = {
        "title": "t",
        "severity": "high",
        "resource": "Microsoft.X/things",
        "why": "w",
        "fix": {"text": "f"},
        "says": [],
        "pillars": [],
        "overlaps": [],
        "sources": [],
        "message": "{name}: {property} is {observed}",
        **data,
    }
    return policy_of(policy_id, whole)


OPEN_PORT = {"field": "properties.port", "notEquals": 80, "default": 80}


def ledger_of(text: str, *policies: Policy, evidence: bool = False, **terms: Any) -> Ledger:
    return judge([inventory(text)], Terms({one.id: one for one in policies}, evidence=evidence, **terms))


def verdicts(ledger: Ledger) -> list[str]:
    return [row.verdict for row in ledger.rows]


OPEN_PARAMETER = {
    "port": {"type": "int"},
    "kind": {"type": "string"},
    "env": {"type": "string"},
    "on": {"type": "bool"},
}


@pytest.mark.parametrize(
    ("body", "data", "expected"),
    [
        ({"properties": {"port": 80}}, {}, ["fail"]),
        ({"properties": {"port": 443}}, {}, ["pass"]),
        ({"properties": {}}, {}, ["fail"]),
        ({"properties": {"port": "[parameters('port')]"}}, {}, ["unknown"]),
        ({"properties": {"port": 80}, "condition": "[parameters('on')]"}, {}, ["unknown"]),
        ({"properties": {"port": 443}, "condition": "[parameters('on')]"}, {}, ["pass"]),
        ({"properties": {"port": 80}, "condition": False}, {}, []),
        (
            {"kind": "a", "properties": {"port": 80}},
            {"when": {"field": "kind", "equals": "a", "absent": "skip"}},
            ["fail"],
        ),
        ({"kind": "b", "properties": {"port": 80}}, {"when": {"field": "kind", "equals": "a", "absent": "skip"}}, []),
        (
            {"kind": "[parameters('kind')]", "properties": {"port": 80}},
            {"when": {"field": "kind", "equals": "a", "absent": "skip"}},
            ["unknown"],
        ),
        (
            {"kind": "[parameters('kind')]", "properties": {"port": 443}},
            {"when": {"field": "kind", "equals": "a", "absent": "skip"}},
            ["pass"],
        ),
        ({"tags": {"ENV": "PRD"}, "properties": {"port": 80}}, {"production": True}, ["fail"]),
        ({"tags": {"env": "dev"}, "properties": {"port": 80}}, {"production": True}, []),
        ({"tags": {"env": "[parameters('env')]"}, "properties": {"port": 80}}, {"production": True}, ["unknown"]),
        ({"properties": {"port": 80}}, {"production": True}, []),
    ],
)
def test_verdict(body: dict[str, Any], data: dict[str, Any], expected: list[str]) -> None:
    policy = a_policy(require=OPEN_PORT, **data)
    ledger = ledger_of(template(thing(**body), parameters=OPEN_PARAMETER), policy, evidence=True)
    assert expected == verdicts(ledger)
    assert ledger.pairs == sum(ledger.counts.values()) == len(expected)


def test_messages_say_what_was_seen() -> None:
    text = template(
        thing("a", properties={"port": 80}),
        thing("b"),
        thing("c", properties={"port": "[parameters('port')]"}),
        thing("d", properties={"port": 80}, condition="[parameters('on')]"),
        parameters=OPEN_PARAMETER,
    )
    ledger = ledger_of(text, a_policy(require=OPEN_PORT))
    assert [
        "a: properties.port is 80",
        "b: properties.port is 80 (the default)",
        "c: properties.port is known only at deployment: [parameters('port')]",
        "d: properties.port is 80 (if it is deployed: [parameters('on')])",
    ] == [row.message for row in sorted(ledger.rows, key=lambda row: row.resource_name)]


def test_a_row_stands_where_the_value_was_written() -> None:
    text = template(
        thing("a", properties={"port": "[parameters('port')]"}),
        thing("b", location="westeurope", properties={"other": 1}),
        parameters={"port": {"type": "int", "defaultValue": 80}},
    )
    ledger = ledger_of(text, a_policy(require=OPEN_PORT))
    lines = text.split("\n")
    rows = {row.resource_name: row for row in ledger.rows}
    assert '"defaultValue": 80' in lines[rows["a"].location.line - 1]
    assert lines[rows["a"].location.line - 1] == rows["a"].snippet
    assert "properties.port of a" == rows["a"].related[0][0]
    assert "parameters('port')" in lines[rows["a"].related[0][1].line - 1]
    assert '"properties"' in lines[rows["b"].location.line - 1]
    assert "westeurope" == rows["b"].region
    assert rows["b"].location.line == rows["b"].location.end_line


def test_fingerprints_survive_moves_and_values_but_not_other_properties() -> None:
    policy = a_policy(require={"field": "properties.list[*].port", "notEquals": 80, "absent": "pass"})
    first = ledger_of(template(thing(properties={"list": [{"port": 80}]})), policy).rows[0]
    moved = ledger_of(
        "\n\n" + template(thing("x"), thing(properties={"list": [{"port": 1}, {"port": 80}]})), policy
    ).rows[0]
    other = ledger_of(template(thing("else", properties={"list": [{"port": 80}]})), policy).rows[0]
    assert first.fingerprint == moved.fingerprint
    assert first.fingerprint != other.fingerprint
    assert first.location != moved.location


def test_copies_share_a_cause_and_stay_rows_of_their_own() -> None:
    loop = thing("[concat('t', copyIndex())]", copy={"name": "c", "count": 3}, properties={"port": 80})
    ledger = ledger_of(template(loop), a_policy(require=OPEN_PORT))
    assert ["t0", "t1", "t2"] == sorted(row.resource_name for row in ledger.rows)
    assert 1 == len({row.cause for row in ledger.rows})
    assert 1 == len({row.fingerprint for row in ledger.rows})


def test_severity_is_the_configuration_s_then_the_outcome_s_then_the_policy_s() -> None:
    text = template(thing(properties={"port": 80}))
    policy = a_policy(require=OPEN_PORT)
    assert "high" == ledger_of(text, policy).rows[0].severity
    assert "note" == ledger_of(text, policy, severity={"area/fault": "note"}).rows[0].severity


def test_parameters_of_the_configuration_count() -> None:
    policy = a_policy(
        require={"field": "properties.port", "greater": "[parameters('least')]", "absent": "fail"},
        parameters={"least": {"default": 100, "description": "d"}},
        message="{name} is at {observed}, not above {least} ({properties.note})",
    )
    text = template(thing(properties={"port": 80, "note": "x"}))
    assert "thing is at 80, not above 100 (x)" == ledger_of(text, policy).rows[0].message
    assert [] == ledger_of(text, policy, parameters={"area/fault": {"least": 10}}).rows


def test_a_secret_is_never_observed() -> None:
    policy = a_policy(require={"field": "properties.adminPassword", "exists": False})
    row = ledger_of(template(thing(properties={"adminPassword": "hunter2"})), policy).rows[0]
    assert HIDDEN == row.observed
    assert "hunter2" not in repr(row)
    assert '"adminPassword": "*******"' in row.snippet


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("key", True),
        ("apiKey", True),
        ("API_KEY", True),
        ("adminPassword", True),
        ("db-connection-string", True),
        ("connectionString", True),
        ("AccountKeys", True),
        ("sasToken", True),
        ("SAS", True),
        ("AZURE_OPENAI_KEY", True),
        ("keyVaultUri", False),
        ("monkey", False),
        ("passwordAuthentication", False),
        ("tokens", True),
        ("vmSize", False),
        ("", False),
    ],
)
def test_secret_names(name: str, expected: bool) -> None:
    assert expected is secret_name(name)


def test_secrets_inside_a_value_are_hidden() -> None:
    value = {
        "apiKey": "s1",
        "env": [{"name": "DB_PASSWORD", "value": "s2"}, {"name": "MODE", "value": "fast"}],
        "keys": ["s3", Unresolved("parameters('k')")],
        "n": 5,
    }
    assert {
        "apiKey": HIDDEN,
        "env": [{"name": "DB_PASSWORD", "value": HIDDEN}, {"name": "MODE", "value": "fast"}],
        "keys": [HIDDEN, Unresolved("parameters('k')")],
        "n": 5,
    } == concealed(value)
    assert HIDDEN == concealed("s", "properties.accessKeys[0]")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('{"name": "x", "apiKey": "s1", "open": true}', '{"name": "x", "apiKey": "**", "open": true}'),
        ("  password: 'a\\'b' // c", "  password: '****' // c"),
        ('"key": "[parameters(\'k\')]"', '"key": "[parameters(\'k\')]"'),
        (
            '{"name": "DB_KEY", "value": "s1"}, {"name": "a", "value": "b"}',
            '{"name": "DB_KEY", "value": "**"}, {"name": "a", "value": "b"}',
        ),
    ],
)
def test_lines_are_masked(line: str, expected: str) -> None:
    assert expected == masked(line)


def raising(resource: Resource, _inventory: Inventory, _parameters: Any) -> Outcome:
    if resource.name == "bad":
        raise KeyError("a secret value")
    if resource.name == "odd":
        return Outcome("fail", "a path that is none", "properties..x")
    return Outcome("pass")


def test_a_check_that_raises_is_a_gap_and_ends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    import linter.checks as checks_package

    module = type(checks_package)("linter.checks.for_test")
    module.raising = raising  # type: ignore[attr-defined]  # a module made here
    monkeypatch.setitem(__import__("sys").modules, "linter.checks.for_test", module)
    policies = (a_policy(check="linter.checks.for_test:raising"), a_policy("area/other", require=OPEN_PORT))
    text = template(*(thing(name, properties={"port": 80}) for name in ("bad", "good", "odd")))
    ledger = ledger_of(text, *policies, evidence=True)
    assert 6 == ledger.pairs == sum(ledger.counts.values()) == len(ledger.rows)
    assert {"pass": 1, "fail": 3, "unknown": 2} == ledger.counts
    gap, odd = ledger.gaps
    assert "ValueError" in odd.message
    assert ("check", ("area/fault",), "main.json") == (gap.kind, gap.policies, gap.path)
    assert "KeyError" in gap.message
    assert "bad" in gap.message
    assert "secret" not in gap.message


def test_a_check_that_is_not_there_is_wrong_usage() -> None:
    for name in ("linter.checks.no_such:check", "linter.checks.outcomes:no_such", "no-such-entry"):
        with pytest.raises(UsageError, match="policy area/fault: no "):
            ledger_of(template(thing()), a_policy(check=name))


def test_a_gap_of_the_source_blinds_all_policies() -> None:
    text = "{" + HEAD + '"resources": [{"type": "Microsoft.X/things", "apiVersion": "1", "name": "[nope()]"}]}'
    ledger = ledger_of(text, a_policy(require=OPEN_PORT))
    assert [("area/fault",)] == [gap.policies for gap in ledger.gaps]


def pools(**extra: Any) -> dict[str, Any]:
    profile = {"name": "gpu", "vmSize": "Standard_NC24ads_A100_v4", "count": 2}
    return thing(
        "aks",
        "Microsoft.ContainerService/managedClusters",
        location="westeurope",
        tags={"env": "prod", "Role": "Inference"},
        properties={"agentPoolProfiles": [profile, {"name": "sys", "vmSize": "[parameters('kind')]"}]},
        **extra,
    )


POOL = "Microsoft.ContainerService/managedClusters/agentPools"


def test_inline_pools_are_resources_with_places_in_the_cluster() -> None:
    text = template(pools(), parameters=OPEN_PARAMETER)
    found = normalise(inventory(text))
    gpu, system = found.of_type(POOL)
    assert ("aks/gpu", "Standard_NC24ads_A100_v4") == (gpu.name, gpu.get("properties.vmSize"))
    assert Unresolved("parameters('kind')") == system.get("properties.vmSize")
    assert '"count": 2' in text.split("\n")[gpu.place("properties.count").line - 1]
    assert ("westeurope", "inference", True) == (region(gpu, found), role(gpu, found), is_production(gpu, found))
    assert pool_cluster(gpu) is parent(gpu, found) is found.resources[0]
    policy = a_policy(resource=POOL, require={"field": "properties.minCount", "equals": 0, "default": 1})
    rows = judge([inventory(text)], Terms({policy.id: policy})).rows
    assert ["aks/gpu", "aks/sys"] == [row.resource_name for row in rows]
    assert "gpu" in text.split("\n")[rows[0].location.line]


def test_a_pool_in_both_forms_is_judged_once() -> None:
    separate = thing("aks/GPU", POOL, properties={"vmSize": "Standard_D2s_v5"})
    found = normalise(inventory(template(pools(), separate, parameters=OPEN_PARAMETER)))
    assert ["aks/GPU", "aks/sys"] == sorted(str(pool.name) for pool in found.of_type(POOL))


def test_normalising_leaves_the_original_alone() -> None:
    original = inventory(template(pools(), parameters=OPEN_PARAMETER))
    normalise(original)
    assert 1 == len(original.resources)


def test_a_diagnostic_setting_in_child_form_is_the_extension() -> None:
    kind = "Microsoft.Insights/diagnosticSettings"
    account = thing("acc", "Microsoft.CognitiveServices/accounts")
    as_child = thing("acc/Microsoft.Insights/logs", "Microsoft.CognitiveServices/accounts/providers/diagnosticSettings")
    scoped = thing("more", kind, scope="[resourceId('Microsoft.CognitiveServices/accounts', 'acc')]")
    elsewhere = thing("x", kind, scope="[resourceId('Microsoft.CognitiveServices/accounts', 'other')]")
    opened = {**as_child, "name": "[concat(parameters('kind'), '/Microsoft.Insights/open')]"}
    text = template(account, as_child, scoped, elsewhere, opened, parameters=OPEN_PARAMETER)
    found = normalise(inventory(text))
    sure, unsure = extensions(found.resources[0], kind, found)
    assert (["logs", "more"], [found.resources[4]]) == ([one.name for one in sure], unsure)


def test_references_are_found_also_inside_open_values() -> None:
    account = thing("acc", "Microsoft.CognitiveServices/accounts")
    site = thing(
        "site",
        "Microsoft.Web/sites",
        properties={
            "plain": "[resourceId('Microsoft.CognitiveServices/accounts', 'acc')]",
            "key": "[listKeys(resourceId('Microsoft.Storage/storageAccounts', 'st'), '2023-01-01').keys[0].value]",
        },
    )
    found = normalise(inventory(template(account, site)))
    ids = references(found.resources[1], found)
    assert {"acc", "st"} == {one.rpartition("/")[2] for one in ids}
    assert [found.resources[1]] == referring(found.resources[0], found)


def test_tags_are_read_in_both_places_and_inherited() -> None:
    text = template(
        thing("p", tags={"Owner": "me"}),
        thing("p/c", "Microsoft.X/things/children", properties={"tags": {"role": "EDA"}}),
    )
    found = normalise(inventory(text))
    child = found.resources[1]
    assert ("EDA", "me", ABSENT) == (tag(child, "role", found), tag(child, "owner", found), tag(child, "shared", found))
    found.settings = Settings(tags={"owner": "contact"})
    assert tag(child, "owner", found) is ABSENT


LEAF = st.sampled_from(
    [80, 443, "80", None, True, [], {}, [80], "[parameters('port')]", "[parameters('gone')]", "[reference('x')]"]
)
BODY = st.dictionaries(st.sampled_from(["port", "list", "mode"]), LEAF, max_size=3)
RESOURCES = st.lists(
    st.builds(
        lambda name, kind, body, condition, env: thing(
            name, kind, properties=body, **({} if condition is None else {"condition": condition}), tags={"env": env}
        ),
        st.sampled_from(["a", "b", "[parameters('kind')]", "[concat('x', copyIndex())]"]),
        st.sampled_from(["Microsoft.X/things", "Microsoft.X/others", "Microsoft.ContainerService/managedClusters"]),
        BODY,
        st.sampled_from([None, True, False, "[parameters('on')]", "[nope()]"]),
        st.sampled_from(["prod", "dev", None, "[parameters('env')]"]),
    ),
    max_size=5,
)
MANY = (
    a_policy("area/one", require=OPEN_PORT),
    a_policy("area/two", require={"field": "properties.list[*]", "greater": 5, "absent": "unknown"}, production=True),
    a_policy("area/three", resource="*", require={"count": {"field": "properties.list[*]"}, "less": 1}),
    a_policy("area/four", resource=["Microsoft.X/others", "Microsoft.Resources/deployments"], require=OPEN_PORT),
    a_policy("area/five", when={"field": "properties.mode", "equals": 80, "absent": "skip"}, require=OPEN_PORT),
)


@settings(max_examples=150, deadline=None)
@given(RESOURCES)
def test_the_ledger_balances(resources: list[dict[str, Any]]) -> None:
    text = template(*resources, parameters=OPEN_PARAMETER)
    with_passes, without = ledger_of(text, *MANY, evidence=True), ledger_of(text, *MANY)
    for ledger in (with_passes, without):
        assert ledger.pairs == sum(ledger.counts.values())
    assert with_passes.pairs == len(with_passes.rows)
    assert without.counts["fail"] + without.counts["unknown"] == len(without.rows)
    for verdict, number in with_passes.counts.items():
        assert number == verdicts(with_passes).count(verdict)
    pairs = [(row.policy, row.resource_id, row.location) for row in without.rows]
    assert pairs == [(row.policy, row.resource_id, row.location) for row in with_passes.rows if row.verdict != "pass"]


def test_parts_absorbed_equal_the_whole() -> None:
    texts = [template(thing(name, properties={"port": port})) for name, port in (("a", 80), ("b", 443), ("c", 80))]
    terms = Terms({one.id: one for one in MANY}, evidence=True, today=date(2026, 11, 24))
    whole = judge([inventory(text, f"{index}.json") for index, text in enumerate(texts)], terms)
    parts = empty_ledger(terms)
    for index in (2, 0, 1):
        absorb(parts, judge([inventory(texts[index], f"{index}.json")], terms))
    sort_rows(parts)
    assert whole.rows == parts.rows
    assert whole.counts == parts.counts


def github_hashes(text: str) -> list[str]:
    """GitHub's algorithm as its action runs it: a rolling window over the text, one character after the other."""
    size, mod, base = 100, 1 << 64, 37
    window, numbers, found = [0] * size, [-1] * size, {}
    counts: dict[int, int] = {}
    value = index = line = 0
    start, after_return = True, False
    top = pow(base, size, mod)

    def flush() -> None:
        counts[value] = counts.get(value, 0) + 1
        found[numbers[index]] = f"{value:x}:{counts[value]}"
        numbers[index] = -1

    def shift(unit: int) -> None:
        nonlocal value, index
        first, window[index] = window[index], unit
        value = (base * value + unit - top * first) % mod
        index = (index + 1) % size

    units = [int.from_bytes(text.encode("utf-16-le")[at : at + 2], "little") for at in range(0, 2 * len(text), 2)]
    for unit in [*units, 0xFFFF]:
        if unit in (32, 9) or (after_return and unit == 10):
            after_return = False
            continue
        after_return = unit == 13
        unit = 10 if unit == 13 else unit
        if numbers[index] != -1:
            flush()
        if start:
            start, line = False, line + 1
            numbers[index] = line
        start = unit == 10
        shift(unit)
    for _ in range(size):
        if numbers[index] != -1:
            flush()
        shift(0)
    return [found[number] for number in sorted(found)]


@given(
    st.lists(st.sampled_from(["a", "b", " ", "\t", "{", "}", "é", "x" * 40]), max_size=60),
    st.sampled_from(["\n", "\r\n"]),
)
def test_line_hash_is_github_s(pieces: list[str], end: str) -> None:
    text = "".join(end if piece == "b" else piece for piece in pieces)
    if text:
        expected = github_hashes(text)
        assert expected == [line_hash(text, number) for number in range(1, len(expected) + 1)]

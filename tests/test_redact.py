"""What is taken out of live answers, and what stays so that verdicts do."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linter.sources.redact import HIDDEN, redact

DEPLOYMENT = "Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments"


def variable(value: Any) -> Any:
    raw = {"properties": {"environmentVariables": {"SOME_NAME": value}}}
    return redact(DEPLOYMENT, raw)["properties"]["environmentVariables"]["SOME_NAME"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("s3cr3t", HIDDEN),
        ("", ""),
        ("true", "true"),
        ("12345678", "0"),
        ("https://aoai.openai.azure.com/v1/x?api-version=1", "https://aoai.openai.azure.com/"),
        ("https://hooks.slack.com/services/T0/B0/XX", "https://hooks.slack.com/"),
        ("https://u:p@host/x", f"https://{HIDDEN}:{HIDDEN}@host/"),
        ("https://st.blob.core.windows.net/c?sv=1&sig=abc", f"https://st.blob.core.windows.net/?sig={HIDDEN}"),
        ("AccountName=a;AccountKey=b==", f"AccountName={HIDDEN};AccountKey={HIDDEN}"),
        ("@Microsoft.KeyVault(SecretUri=https://v.vault.azure.net/secrets/x)",) * 2,
        ("https://v.vault.azure.net/secrets/x/1",) * 2,
        ({"type": "local", "value": "x"}, {"type": "local", "value": HIDDEN}),
        (["a", True, 7], [HIDDEN, True, 0]),
        (None, None),
    ],
)
def test_what_stands_for_a_variable(value: Any, expected: Any) -> None:
    assert expected == variable(value)


@pytest.mark.parametrize(
    ("kind", "raw", "secret"),
    [
        ("Microsoft.Insights/components", {"properties": {"InstrumentationKey": "ikey-value"}}, "ikey-value"),
        (
            "Microsoft.ContainerService/managedClusters",
            {"properties": {"windowsProfile": {"adminPassword": "pw-1"}}},
            "pw-1",
        ),
        (
            "Microsoft.ContainerService/managedClusters",
            {"properties": {"linuxProfile": {"ssh": {"publicKeys": [{"keyData": "ssh-rsa " + "A" * 40 + " me@x"}]}}}},
            "A" * 40,
        ),
        (
            "Microsoft.App/containerApps",
            {"properties": {"configuration": {"secrets": [{"name": "db", "value": "topsecret"}]}}},
            "topsecret",
        ),
        (
            "Microsoft.Web/sites/config",
            {"properties": {"appSettings": [{"name": "KEY", "value": "app-setting-value"}]}},
            "app-setting-value",
        ),
        (
            "Microsoft.ApiManagement/service/policies",
            {"properties": {"value": '<set-header name="api-key"><value>apim-value</value></set-header>'}},
            "apim-value",
        ),
        ("Microsoft.Unknown/types", {"properties": {"adminPassword": "by-its-name"}}, "by-its-name"),
        ("Microsoft.Unknown/types", {"properties": {"text": "Endpoint=sb://x;SharedAccessKey=abc123="}}, "abc123"),
        ("Microsoft.Unknown/types", {"properties": {"cmd": ["serve", "--api-key=cmd-line-secret"]}}, "cmd-line-secret"),
        ("Microsoft.Unknown/types", {"properties": {"url": "https://x/y?code=func-key-1&z=1"}}, "func-key-1"),
        ("Microsoft.Unknown/types", {"tags": {"apiKey": "tag-secret"}}, "tag-secret"),
    ],
)  # fmt: skip
def test_secrets_are_taken_out(kind: str, raw: dict[str, Any], secret: str) -> None:
    assert secret in json.dumps(raw)
    assert secret not in json.dumps(redact(kind, raw))


@pytest.mark.parametrize(
    "properties",
    [
        {"nodeTaints": ["sku=gpu:NoSchedule"], "key": "sku"},
        {"allowSharedKeyAccess": False, "keySource": "Microsoft.KeyVault", "disableLocalAuth": True},
        {"keyVaultProperties": {"keyVaultUri": "https://v.vault.azure.net/", "keyName": "k"}},
        {"image": "contoso.azurecr.io/app:1.2.3", "target": "/subscriptions/1/resourceGroups/rg"},
        {"authMode": "Key", "model": "azureml:churn:1", "value": {{"a": 1}["a"]: "x"} and "plain words"},
        {"policy": '<policies><inbound><llm-token-limit counter-key="@(context)"/></inbound></policies>'},
    ],
)
def test_what_policies_read_stays(properties: dict[str, Any]) -> None:
    assert {"properties": properties} == redact("Microsoft.Unknown/types", {"properties": properties})


@pytest.mark.parametrize(
    "text",
    [
        "-" * 300_000,
        '<set-header name="key">' * 10_000,
        '<set-header name="' + "key" * 100_000,
        "a://" * 100_000,
        "-----BEGIN " * 30_000,
        "AccountKey" * 30_000,
        "Basic" + " " * 300_000,
        "a=" + ";" * 3_000,
        "x=y;" * 1_000,
        "eyJ" * 100_000,
    ],
)
def test_long_texts_end(text: str) -> None:
    """A pattern that goes back and forth over one of these would take minutes."""
    assert redact("Microsoft.Unknown/types", {"properties": {"text": text, "envKey": text}})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(st.text(max_size=10), JSON, max_size=5))
def test_any_answer_keeps_its_shape(raw: dict[str, Any]) -> None:
    once = redact(DEPLOYMENT, raw)
    assert raw.keys() == once.keys()
    assert once == redact(DEPLOYMENT, once)

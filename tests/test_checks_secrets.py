"""Secrets in plain text: which names and values are ones, and that none is ever shown."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from test_policies import FIXTURES, fixtures_of

from linter.cli import main
from linter.facts.secrets import holds_credentials, lists_secrets, names_secret, secret_value

FORMATS = ("text", "concise", "sarif", "json", "markdown", "html", "junit", "github", "azure-devops", "gitlab")
PLANTED = re.compile(r"planted[\w-]*\d{4}")
FOLDER = FIXTURES / "security/secret-inline"


@pytest.mark.parametrize("form", FORMATS)
def test_no_report_shows_what_was_found(form: str, tmp_path: Path) -> None:
    out = tmp_path / "report"
    code = main(["check", FOLDER.as_posix(), "--select", "security/secret-inline", "-o", f"{form}={out.as_posix()}"])
    text = out.read_text(encoding="utf-8")
    assert 1 == code
    assert "secret-inline" in text
    assert [] == PLANTED.findall(text)


def test_the_fixtures_plant_what_the_reports_are_searched_for() -> None:
    texts = [path.read_text(encoding="utf-8") for fixture in fixtures_of("security/secret-inline")
             for path in (fixture.rglob("*") if fixture.is_dir() else [fixture]) if path.is_file()]  # fmt: skip
    assert {f"{number:04}" for number in range(1, 15)} == {
        found[-4:] for text in texts for found in PLANTED.findall(text)
    }


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("OPENAI_API_KEY", True),
        ("openAiKey", True),
        ("clientSecret", True),
        ("db-password", True),
        ("DB_PWD", True),
        ("hf-token", True),
        ("storageSAS", True),
        ("SqlConnectionString", True),
        ("REDIS_CONNECTION_STRING", True),
        ("keys", True),
        ("KEYVAULT_NAME", False),
        ("secretName", False),
        ("monkey", False),
        ("TOKENIZER", False),
        ("sshPublicKey", False),
        ("PARTITION_KEY", False),
        ("instrumentationKey", False),
        ("APPLICATIONINSIGHTS_CONNECTION_STRING", False),
        ("resourceToken", False),
        ("MAX_TOKENS", False),
        ("", False),
    ],
)
def test_names(name: str, answer: bool) -> None:
    assert names_secret(name) is answer


@pytest.mark.parametrize(
    ("value", "name", "answer"),
    [
        ("s3cr3t", "API_KEY", True),
        ("", "API_KEY", False),
        ("  ", "API_KEY", False),
        (4096, "API_KEY", False),
        (True, "USE_KEY", False),
        ("4096", "MAX_KEY", False),
        ("True", "USE_KEY", False),
        ("https://login.contoso.com/token", "TOKEN", False),
        ("https://st.blob.core.windows.net/c?sv=1&sig=abc", "TOKEN", True),
        ("https://user:pass@contoso.com", "TOKEN", True),
        ("@Microsoft.KeyVault(SecretUri=https://kv/secrets/k)", "KEY", False),
        ("secretref:key", "KEY", False),
        ("${{ secrets.KEY }}", "KEY", False),
        ("#{key}#", "KEY", False),
        ("<your key>", "KEY", False),
        ("ResourceId=/subscriptions/s;", "BLOB_CONNECTION_STRING", False),
        ("Server=s;Authentication=Active Directory Managed Identity", "SQL_CONNECTION_STRING", False),
        ("Server=s;User Id=sa;Password=x", "SQL_CONNECTION_STRING", True),
    ],
)
def test_values(value: object, name: str, answer: bool) -> None:
    assert secret_value(value, name) is answer


def test_a_key_of_storage_is_one_whatever_its_name() -> None:
    assert holds_credentials("DefaultEndpointsProtocol=https;AccountName=st;AccountKey=abcdefgh1234==")
    assert not holds_credentials("AccountName=st;EndpointSuffix=core.windows.net")


@pytest.mark.parametrize(
    ("expression", "answer"),
    [
        ("listKeys('id', '2023-05-01').keys[0].value", True),
        ("format('AccountKey={0}', listAdminKeys('id', '2023-11-01').primaryKey)", True),
        ("concat('a', base64(LISTKEYS('id', 'v').key1))", True),
        ("if(parameters('on'), listKeys('id', 'v').key1, '')", None),
        ("union(createObject('KEY', listKeys('id', 'v').key1), parameters('others'))", None),
        ("createArray(createObject('key', listKeys('id', 'v').key1, 'name', 'n'))[copyIndex()].name", False),
        ("length(listKeys('id', 'v').keys)", False),
        ("list('/subscriptions/s/config/appsettings', '2024-04-01').properties", False),
        ("reference('id').connectionString", False),
        ("'say listKeys(now)'", False),
        (")))listKeys(", True),
    ],
)
def test_expressions(expression: str, answer: bool | None) -> None:
    assert lists_secrets(expression) is answer

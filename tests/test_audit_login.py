"""How `aiplint audit` logs in, and what it says where it cannot; offline commands know nothing of Azure."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from azure_server.bench import Bench
from azure_server.server import (
    TOKEN,
)

from linter.sources.azure.trouble import login_line

LOGIN = {
    "AADSTS7000215: Invalid client secret provided.": "the client secret is wrong or has expired",
    "AADSTS700016: Application was not found": "the application is not known in this tenant",
    "AADSTS700082: The refresh token has expired": "the login has expired (AADSTS700082): run `az login` again",
    "AADSTS700024: Client assertion is not within its valid time range.": "the assertion of the workload identity has",
    "AADSTS50076: you must use multi-factor authentication": "more proof of identity is asked (MFA)",
}


@pytest.mark.parametrize("error", LOGIN)
def test_each_kind_of_login_trouble_has_its_words(error: str) -> None:
    assert LOGIN[error] in login_line(error)


def test_login_trouble_is_one_line(bench: Bench) -> None:
    error = "AADSTS7000215: Invalid client secret provided."
    bench.azure.token_answer = (400, {"error": "invalid_client", "error_description": error})
    ran = bench.run()
    lines = [line for line in ran.err.splitlines() if "cannot log in" in line]
    assert (3, 1, 1) == (ran.code, len(lines), len(ran.gaps())), ran.err
    assert LOGIN[error] in lines[0]
    assert [] == [path for path in bench.azure.paths() if path.startswith("/subscriptions")]


@pytest.mark.skipif(os.name == "nt", reason="the fake az is a shell script")
@pytest.mark.parametrize(
    ("script", "code", "told"),
    [
        (f'echo x >> "$AZ_LOG"; echo \'{{"accessToken": "{TOKEN}", "expires_on": 4102444800}}\'', 1, ""),
        (
            "echo 'ERROR: Please run az login to setup account.' >&2; exit 1",
            3,
            "Azure CLI: it is logged out: run `az login`",
        ),
        (
            "echo 'ERROR: AADSTS700082: The refresh token has expired' >&2; exit 1",
            3,
            "the login has expired (AADSTS700082)",
        ),
        ("", 3, "there is no Azure CLI on the PATH"),
    ],
    ids=["works", "logged out", "expired", "no az"],
)
def test_the_azure_cli(bench: Bench, script: str, code: int, told: str) -> None:
    tools = bench.folder / "bin"
    tools.mkdir()
    if script:
        (tools / "az").write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        (tools / "az").chmod(0o755)
    log = bench.folder / "az.log"
    path = f"{tools}:/bin" if script else str(tools)
    ran = bench.run("--auth", "cli", PATH=path, AZ_LOG=str(log))
    assert code == ran.code, ran.err
    assert told in ran.err
    assert not script or code == 3 or log.read_text(encoding="utf-8") == "x\n"  # started once


def test_a_token_that_arm_no_longer_takes_is_replaced(bench: Bench) -> None:
    bench.azure.stale = 1
    ran = bench.run()
    assert (1, [], 2) == (ran.code, ran.gaps(), bench.azure.tokens)
    bench.azure.stale = 99
    ran = bench.run()
    assert (3, True) == (ran.code, "401 ExpiredAuthenticationToken" in ran.gaps()[0])


def test_workload_identity(bench: Bench) -> None:
    (bench.folder / "token").write_text("an-assertion", encoding="utf-8")
    ran = bench.run("--auth", "workload-identity", AZURE_FEDERATED_TOKEN_FILE=str(bench.folder / "token"))
    assert (1, []) == (ran.code, ran.gaps())


def test_network_trouble_is_one_line(bench: Bench) -> None:
    ran = bench.run(REQUESTS_CA_BUNDLE="")
    assert (3, True) == (ran.code, "is not trusted" in ran.err), ran.err
    url = bench.azure.url
    words = ("--arm-endpoint", "https://arm.invalid", "--arm-scope", f"{url}/.default")
    ran = bench.run(*words)
    assert (3, True) == (ran.code, "the name of arm.invalid cannot be resolved" in ran.gaps()[0]), ran.gaps()
    ran = bench.run("--arm-endpoint", "http://localhost")
    assert (2, True) == (ran.code, "--arm-endpoint http://localhost: takes https://HOST" in ran.err)


@pytest.mark.parametrize("words", [["policies"], ["check", "main.json"], ["--version"]])
def test_offline_commands_load_no_azure_module(words: list[str], tmp_path: Path) -> None:
    (tmp_path / "main.json").write_text(
        '{"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",'
        ' "contentVersion": "1.0.0.0", "resources": []}',
        encoding="utf-8",
    )
    program = (
        "import sys\nfrom linter.cli import main\ntry:\n    main(sys.argv[1:])\nexcept SystemExit:\n    pass\n"
        "bad = sorted(n for n in sys.modules if n.split('.')[0] in ('azure', 'msal', 'requests', 'urllib3'))\n"
        "sys.exit(len(bad))"
    )
    done = subprocess.run([sys.executable, "-c", program, *words], cwd=tmp_path, capture_output=True, timeout=60)
    assert 0 == done.returncode, done.stderr

"""What is known of an image reference that is open, and what pods tolerate."""

from __future__ import annotations

from typing import Any

import pytest

from linter.checks.image_registry import _open_host
from linter.checks.images import known_tail
from linter.checks.pods import Taint, asks_for_gpu, parse_taint, tolerates
from linter.model import Place, Resource, Unresolved


@pytest.mark.parametrize(
    ("expression", "tail"),
    [
        ("concat(reference('r').loginServer, '/app:1')", "/app:1"),
        ("format('{0}/app:{1}', parameters('a'), parameters('b'))", ""),
        ("format('{0}/app:latest', parameters('a'))", "/app:latest"),
        ("format('it''s {0}:x', parameters('a'))", ":x"),
        ("parameters('image')", ""),
        ("concat('/app:1', parameters('a'))", ""),
        ("if(parameters('x'), 'a:1', 'b:2')", ""),
    ],
)
def test_the_known_end(expression: str, tail: str) -> None:
    assert known_tail(Unresolved(expression)) == tail


@pytest.mark.parametrize(
    ("expression", "host"),
    [
        ("concat(reference('/x/registries/r', '2023-07-01').loginServer, '/app:1')", "registry.azurecr.io"),
        ("format('{0}/app:1', reference(resourceId('a', 'b')).loginServer)", "registry.azurecr.io"),
        ("format('{0}.azurecr.io/app:1', parameters('r'))", "x.azurecr.io"),
        ("format('quay.io/app:{0}', parameters('tag'))", "quay.io"),
        ("format('{0}/app:1', parameters('r'))", None),
        ("parameters('image')", None),
    ],
)
def test_the_known_host(expression: str, host: str | None) -> None:
    assert _open_host(expression) == host


@pytest.mark.parametrize(
    ("text", "taint"),
    [
        ("sku=gpu:NoSchedule", Taint("sku", "gpu", "NoSchedule")),
        ("nvidia.com/gpu:NoExecute", Taint("nvidia.com/gpu", "", "NoExecute")),
        ("nonsense", Taint("", "", "nonsense")),
    ],
)
def test_taints(text: str, taint: Taint) -> None:
    assert parse_taint(text) == taint


def pod(spec: dict[str, Any]) -> Resource:
    return Resource(
        "core/Pod",
        "default/p",
        "core/Pod/default/p",
        "v1",
        {"spec": spec},
        lambda _path, _key: Place("p.yaml"),
        "manifest",
    )


@pytest.mark.parametrize(
    ("toleration", "answer"),
    [
        ({"operator": "Exists"}, True),
        ({"key": "sku", "operator": "Exists"}, True),
        ({"key": "sku", "value": "gpu"}, True),
        ({"key": "sku", "value": "cpu"}, False),
        ({"key": "sku", "value": "gpu", "effect": "NoExecute"}, False),
        ({"key": "other", "operator": "Exists"}, False),
        ({"value": "gpu"}, False),
    ],
)
def test_tolerations(toleration: dict[str, str], answer: bool) -> None:
    found = tolerates(pod({"tolerations": [toleration]}), Taint("sku", "gpu", "NoSchedule"))
    assert (found is not None) is answer


@pytest.mark.parametrize(
    ("spec", "answer"),
    [
        ({"containers": [{"resources": {"limits": {"nvidia.com/gpu": 1}}}]}, True),
        ({"initContainers": [{"resources": {"requests": {"nvidia.com/mig-1g.5gb": 1}}}]}, True),
        ({"containers": [{"resources": {"limits": {"cpu": 1}}}]}, False),
        ({"containers": []}, False),
        ({"resourceClaims": [{"name": "gpu"}], "containers": [{}]}, None),
    ],
)
def test_who_asks_for_a_gpu(spec: dict[str, Any], answer: bool | None) -> None:
    assert asks_for_gpu(pod(spec)) is answer

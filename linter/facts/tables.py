"""The yes/no (or number, or word) questions that a condition may ask by name: `{field: properties.vmSize, fact:
gpu-size}`.

Each answers for one known value; None is "not known". A name that is not here is an error of the policy.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from linter.facts import access, gpu, images, models, orchestrators


def _tag_floats(value: Any) -> bool | None:
    return images.floating(images.parse_image(value).tag) if isinstance(value, str) else None


def _host(value: Any) -> str | None:
    return images.parse_image(value).host if isinstance(value, str) else None


def _kind(value: Any) -> str | None:
    return models.deployment_kind(value) if isinstance(value, str) else None


def _zone(value: Any) -> str | None:
    return models.zone_of(value) if isinstance(value, str) else None


def _broad(value: Any) -> str | None:
    return access.broad_role(value) if isinstance(value, str) else None


FACTS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "gpu-size": gpu.gpu_size,
    "gpu-count": gpu.gpu_count,
    "gpu-profile": gpu.gpu_profile,
    "gpu-node-family": gpu.gpu_node_family,
    "rdma-size": gpu.rdma_size,
    "cores": gpu.cores,
    "size-family": gpu.family,
    "floating-tag": _tag_floats,
    "image-host": _host,
    "deployment-kind": _kind,
    "data-zone": _zone,
    "broad-role": _broad,
    "orchestrator": orchestrators.orchestrator,
}

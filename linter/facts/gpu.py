"""Sizes with GPUs, wherever Azure sells them: virtual machines (and with them Azure ML, AKS and Batch), Container
Apps workload profiles, Synapse node families, Kubernetes resource names.

Sources, read 2026-11-24:
- https://learn.microsoft.com/azure/virtual-machines/sizes/overview#gpu-accelerated and its pages per series (opened:
  NC RTX PRO 6000, NDv2, ND H200, MI300X, GB200 and GB300, NG V620, NVv3, NVv4, NV V710): names, cores, GPUs (NDv2: its
  page leaves the number out; 256 GB are 8 of 32). `NP` holds FPGAs, no GPUs. The number in the name of an N size is its
  number of cores. The RTX PRO 6000 sizes of 128, 256 and 320 cores are those of its preview; the quarters and halves of
  its GPUs are as its page of 2026 gives them.
- https://learn.microsoft.com/azure/machine-learning/reference-managed-online-endpoints-vm-sku-list: GPUs, cores and
  InfiniBand of the T4, V100, A10, A100 and H100 sizes.
- https://github.com/microsoft/aspire/blob/main/src/Aspire.Hosting.Azure.Kubernetes/AksNodeVmSizes.Generated.cs
  (commit 59d405f of 2026-08-21): quota families, cores and whole GPUs as Azure's list of sizes gives them. Families of
  series that it no longer lists (NC, NCv2, ND, NV, Promo) and of GB300 G5 are those of other published quota lists.
- https://learn.microsoft.com/azure/virtual-machines/vm-naming-conventions: the letters after the number.
- https://learn.microsoft.com/azure/virtual-machines/setup-infiniband: N sizes with an `r` are RDMA-capable.
- https://learn.microsoft.com/azure/container-apps/workload-profiles-overview: profiles with GPUs.
- Azure.Bicep.Types.Az 0.2.972: `HardwareAcceleratedGPU` among the node size families of a Synapse Spark pool.
- https://learn.microsoft.com/azure/aks/use-nvidia-gpu: `nvidia.com/gpu`, and the taint `sku=gpu:NoSchedule` of its
  examples.
- https://learn.microsoft.com/azure/aks/best-practices-gpu: taints by vendor, such as `nvidia.com/gpu:NoSchedule`.
"""

from __future__ import annotations

import re
from typing import Any, Final

from linter.facts.families import other_family
from linter.model import Unresolved

_GPU_SIZE: Final = re.compile(r"standard_n[cdvg]", re.IGNORECASE)
_PARTS: Final = re.compile(r"(?:standard|basic)_([a-z]+?)(\d+)(?:-(\d+))?([a-z]*)\d*((?:_.+)?)\Z", re.IGNORECASE)
_VERSION: Final = re.compile(r"_v(\d+)\Z", re.IGNORECASE)
_GPU_PROFILE: Final = re.compile(r"consumption-gpu-|nc\d+-", re.IGNORECASE)
_GPU_RESOURCE: Final = re.compile(r"(?:nvidia|amd)\.com/gpu\Z|nvidia\.com/mig-.+\Z", re.IGNORECASE)

# One line a series: the quota family, a pattern over the lower-case size without `standard_`, GPUs by cores.
# A fraction is a share of one GPU. Family names are compared without case and without spaces.
_SERIES: Final[tuple[tuple[str, str, dict[int, float]], ...]] = (
    ("standardNCFamily", r"nc\d+r?", {6: 1, 12: 2, 24: 4}),
    ("standardNCPromoFamily", r"nc\d+r?_promo", {6: 1, 12: 2, 24: 4}),
    ("standardNCSv2Family", r"nc\d+r?s_v2", {6: 1, 12: 2, 24: 4}),
    ("standardNCSv3Family", r"nc\d+r?s_v3", {6: 1, 12: 2, 24: 4}),
    ("Standard NCASv3_T4 Family", r"nc\d+as_t4_v3", {4: 1, 8: 1, 16: 1, 64: 4}),
    ("StandardNCADSA100v4Family", r"nc\d+ads_a100_v4", {24: 1, 48: 2, 96: 4}),
    ("StandardNCadsH100v5Family", r"nc\d+ad(?:i?)s_h100_v5", {40: 1, 80: 2}),
    ("StandardNCCads2023Family", r"ncc\d+ads_h100_v5", {40: 1}),
    ("StandardNCADSA10v4Family", r"nc\d+ads_a10_v4", {8: 1, 16: 1, 32: 2}),
    (
        "StandardNCdsRTXPRO6000BSEv6XLFamily",
        r"nc\d+l?ds_xl_rtxpro6000bse_v6",
        {24: 0.25, 36: 0.25, 72: 0.5, 144: 1, 288: 2, 128: 1, 256: 2, 320: 2},
    ),
    ("standardNDSFamily", r"nd\d+r?s", {6: 1, 12: 2, 24: 4}),
    ("standardNDSv2Family", r"nd40rs_v2", {40: 8}),
    ("Standard NDASv4_A100 Family", r"nd96asr_v4|nd96asr_a100_v4", {96: 8}),
    ("Standard NDAMSv4_A100Family", r"nd96amsr_a100_v4", {96: 8}),
    ("standardNDSH100v5Family", r"nd96isr?f?_h100_v5", {96: 8}),
    ("standardNDISRH200V5Family", r"nd96isr?f?_h200_v5", {96: 8}),
    ("standardNDISv5MI300XFamily", r"nd96isr?_mi300x_v5", {96: 8}),
    ("standardNDISRGB200V6NDRFamily", r"nd128isr(?:_ndr)?_gb200_v6", {128: 4}),
    ("standardNDISRGB300V6Family", r"nd128isr_gb300_v6", {128: 4}),
    ("standardNDISRGB300G5V6Family", r"nd128isrg5_gb300_v6", {128: 4}),
    ("standardNVFamily", r"nv\d+", {6: 1, 12: 2, 24: 4}),
    ("standardNVPromoFamily", r"nv\d+_promo", {6: 1, 12: 2, 24: 4}),
    ("standardNVSv2Family", r"nv\d+s_v2", {6: 1, 12: 2, 24: 4}),
    ("standardNVSv3Family", r"nv\d+s_v3", {12: 1, 24: 2, 48: 4}),
    ("standardNVSv4Family", r"nv\d+as_v4", {4: 0.125, 8: 0.25, 16: 0.5, 32: 1}),
    ("StandardNVADSA10v5Family", r"nv\d+adm?s_a10_v5", {6: 1 / 6, 12: 1 / 3, 18: 0.5, 36: 1, 72: 2}),
    ("StandardNVadsV710v5Family", r"nv\d+adm?s_v710_v5", {4: 1 / 6, 8: 1 / 3, 12: 0.5, 24: 1, 28: 1}),
    ("StandardNGADSV620v1Family", r"ng\d+adm?s_v620_v1", {8: 0.25, 16: 0.5, 32: 1}),
)  # fmt: skip
_OLD_CORES: Final = {
    "d": {1: 1, 2: 2, 3: 4, 4: 8, 5: 16, 11: 2, 12: 4, 13: 8, 14: 16, 15: 20},
    "g": {1: 2, 2: 4, 3: 8, 4: 16, 5: 32},
    "a": {0: 1, 1: 1, 2: 2, 3: 4, 4: 8, 5: 2, 6: 4, 7: 8, 8: 8, 9: 16, 10: 8, 11: 16},
}
"""Cores of the oldest series, whose number is a step and no count: `D3_v2`, `DS13_v2`, `GS4`, `A6` (not `A4_v2`)."""
PROFILE_GPUS: Final = {
    "nc24-a100": 1, "nc48-a100": 2, "nc96-a100": 4, "consumption-gpu-nc24-a100": 1, "consumption-gpu-nc8as-t4": 1,
}  # fmt: skip
GPU_TAINTS: Final = frozenset({("nvidia.com/gpu", None), ("amd.com/gpu", None), ("sku", "gpu")})
"""(key, value) of the taints that mark GPU nodes by convention; None is any value."""
GPU_LABELS: Final = frozenset(
    {"accelerator", "kubernetes.azure.com/accelerator", "nvidia.com/gpu.present", "nvidia.com/gpu.product", "sku"}
)  # fmt: skip
"""Node labels that send a pod to GPU nodes (`sku` with the value `gpu`)."""


def gpu_size(size: Any) -> bool | None:
    """Is this virtual machine size one with a GPU? None where it is not known."""
    if isinstance(size, Unresolved):
        return None
    return isinstance(size, str) and _GPU_SIZE.match(size) is not None


def graphics_size(size: Any) -> bool:
    """Is it a size made for desktops and rendering (`NV`, `NG`)? It has a GPU, but alone says nothing of AI."""
    return isinstance(size, str) and size.lower().startswith(("standard_nv", "standard_ng"))


def _series(size: Any) -> tuple[str, str, dict[int, float]] | None:
    if not isinstance(size, str) or not size.lower().startswith("standard_n"):
        return None
    rest = size.lower()[len("standard_") :]
    return next((series for series in _SERIES if re.fullmatch(series[1], rest)), None)


def gpu_count(size: Any) -> float | None:
    """GPUs of one machine; 0 for a size without; None where the size is not in the table."""
    if not gpu_size(size):
        return 0 if isinstance(size, str) else None
    series, count = _series(size), cores(size)
    return series[2].get(count) if series and count is not None else None


def cores(size: Any) -> int | None:
    """vCPUs that one machine takes from its quota; None where the name does not tell."""
    parts = _PARTS.match(size) if isinstance(size, str) else None
    if parts is None:
        return None
    letters, number = parts[1].lower(), int(parts[2])
    old = _OLD_CORES.get(letters.removesuffix("s") if letters in ("ds", "gs") else letters)
    version = _VERSION.search(parts[5])
    if old is not None and (
        version is None or (letters in ("d", "ds") and version[1] == "2" and not parts[4].strip("sS"))
    ):
        return old.get(number)
    return number


def family(size: Any) -> str:
    """The quota family of a size (`standardNCSv3Family`), compared without case; "" where the name does not tell."""
    series = _series(size)
    if series is not None:
        return series[0]
    parts = _PARTS.match(size) if isinstance(size, str) else None
    if parts is None or gpu_size(size):
        return ""
    other = other_family(size.lower().partition("_")[2])
    if other is not None:
        return other
    version = _VERSION.search(parts[5])
    return f"standard{parts[1].upper()}{parts[4].upper().replace('M', '')}{'v' + version[1] if version else ''}Family"


def rdma_size(size: Any) -> bool | None:
    """Has the size InfiniBand (`r` among the letters after the number)? None where it is not known."""
    if isinstance(size, Unresolved):
        return None
    parts = _PARTS.match(size) if isinstance(size, str) else None
    return parts is not None and "r" in parts[4].lower()


def gpu_profile(profile: Any) -> bool | None:
    """Is this Container Apps workload profile type one with GPUs (`NC24-A100`, `Consumption-GPU-NC8as-T4`)?"""
    if isinstance(profile, Unresolved):
        return None
    return isinstance(profile, str) and _GPU_PROFILE.match(profile) is not None


def gpu_node_family(family_name: Any) -> bool | None:
    """Is this Synapse node size family one with GPUs (`HardwareAcceleratedGPU`)?"""
    if isinstance(family_name, Unresolved):
        return None
    return isinstance(family_name, str) and "gpu" in family_name.lower()


def gpu_resource(name: str) -> bool:
    """Is this Kubernetes resource name (`nvidia.com/gpu`, `nvidia.com/mig-1g.5gb`) a GPU?"""
    return _GPU_RESOURCE.match(name) is not None

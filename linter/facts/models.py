"""Hosts of models, and how Azure OpenAI sells deployments.

Sources, read 2026-11-24:
- https://learn.microsoft.com/azure/foundry/foundry-models/concepts/deployment-types (as of 2026-08-06): the deployment
  types (`sku.name` is a free string in the resource types, so the list is kept here), where each processes its
  prompts. The data zone EU is the EU Data Boundary there, Norway and Switzerland named; the pages with the tables of
  regions still say "any EU member nation". The wider reading is kept, since it says where prompts may go.
- https://learn.microsoft.com/azure/foundry/foundry-models/concepts/deployment-types-gov: Azure Government has a data
  zone of its own.
- https://learn.microsoft.com/azure/foundry/foundry-models/concepts/models-sold-directly-by-azure-region-availability
  (pivot provisioned, as of 2026-05-11): models sold as provisioned throughput. What is not told apart here counts as
  sold so.
"""

from __future__ import annotations

import re
from typing import Any, Final

MODEL_HOSTS: Final = (
    ".openai.azure.com",
    ".services.ai.azure.com",
    ".cognitiveservices.azure.com",
    ".models.ai.azure.com",
    ".inference.ml.azure.com",
)
STANDARD: Final = frozenset({"standard", "globalstandard", "datazonestandard"})
PROVISIONED: Final = frozenset(
    {"provisionedmanaged", "globalprovisionedmanaged", "datazoneprovisionedmanaged", "provisioned"}
)
BATCH: Final = frozenset({"globalbatch", "datazonebatch"})
ZONES: Final = {
    "us": frozenset(
        {
            "centralus",
            "eastus",
            "eastus2",
            "northcentralus",
            "southcentralus",
            "westcentralus",
            "westus",
            "westus2",
            "westus3",
        }
    ),
    "eu": frozenset(
        {
            "westeurope",
            "northeurope",
            "francecentral",
            "francesouth",
            "germanywestcentral",
            "germanynorth",
            "italynorth",
            "polandcentral",
            "spaincentral",
            "swedencentral",
            "swedensouth",
            "austriaeast",
            "belgiumcentral",
            "denmarkeast",
            "finlandcentral",
            "greececentral",
            "norwayeast",
            "norwaywest",
            "switzerlandnorth",
            "switzerlandwest",
        }
    ),
    "usgov": frozenset({"usgovarizona", "usgovtexas", "usgovvirginia"}),
}
"""The regions of a `DataZone*` deployment: all of the United States, the EU Data Boundary, Azure Government."""
_UNPROVISIONED: Final = re.compile(
    r"embedding|whisper|tts|dall-e|gpt-image|sora|audio|realtime|transcribe"
    r"|model-router|computer-use|deep-research|gpt-oss|(?:o\d|gpt-[\d.]+)-pro|gpt-[\d.]+-chat|gpt-5[\d.]*-nano",
    re.IGNORECASE,
)


def model_host(text: str) -> bool:
    """Does this text name the address of a model?"""
    low = text.lower()
    for host in MODEL_HOSTS:
        at = low.find(host)
        while at >= 0:
            before, after = low[at - 1 : at], low[at + len(host) : at + len(host) + 1]
            if (before.isalnum() or before in ("}", ")", "]", "-", "_", "'")) and not (
                after.isalnum() or after in ("-", ".")
            ):
                return True
            at = low.find(host, at + 1)
    return False


def deployment_kind(sku: Any) -> str:
    """`standard`, `provisioned`, `batch`, or "" for a `sku.name` that is none of them."""
    low = sku.lower() if isinstance(sku, str) else ""
    return "standard" if low in STANDARD else "provisioned" if low in PROVISIONED else "batch" if low in BATCH else ""


def zone_of(region: str) -> str:
    """The data zone (`us`, `eu`, `usgov`) of a region, "" for none."""
    return next((zone for zone, regions in ZONES.items() if region.lower() in regions), "")


def sold_provisioned(model: str) -> bool:
    """Can this model be had as provisioned throughput?"""
    return _UNPROVISIONED.search(model) is None

"""What stands in front of AI APIs.

Source: Azure.Bicep.Types.Az 0.2.972 (types and `sku.name` of `Microsoft.Cdn/profiles`), read 2026-11-24; only the
Front Door skus of that type are a front door, the others are a CDN.
"""

from __future__ import annotations

from typing import Any, Final

API_MANAGEMENT: Final = "microsoft.apimanagement/service"
GATEWAY_TYPES: Final = frozenset(
    {
        API_MANAGEMENT,
        "microsoft.apimanagement/gateways",
        "microsoft.apimanagement/aigateways",
        "microsoft.network/applicationgateways",
        "microsoft.network/frontdoors",
    }
)
FRONT_DOOR: Final = "microsoft.cdn/profiles"
FRONT_DOOR_SKUS: Final = frozenset({"standard_azurefrontdoor", "premium_azurefrontdoor", "classic_azurefrontdoor"})
GATEWAY_LISTS: Final = (
    *sorted(GATEWAY_TYPES),
    FRONT_DOOR,
    f"{API_MANAGEMENT}/apis",
    f"{API_MANAGEMENT}/backends",
    f"{FRONT_DOOR}/origingroups",
    f"{FRONT_DOOR}/origingroups/origins",
)
"""Where a gateway, or what it stands in front of, is told: a live scan may have failed to read one of these."""
TOKEN_LIMITS: Final = ("llm-token-limit", "azure-openai-token-limit")
TOKEN_METRICS: Final = ("llm-emit-token-metric", "azure-openai-emit-token-metric")


def gateway(type_key: str, sku: Any) -> bool:
    """Is a resource of this lower-case type and `sku.name` a gateway?"""
    return type_key in GATEWAY_TYPES or (
        type_key == FRONT_DOOR and isinstance(sku, str) and sku.lower() in FRONT_DOOR_SKUS
    )

"""Does a resource take old TLS or plain HTTP?

Sources, read 2026-11-24:
https://learn.microsoft.com/azure/storage/common/transport-layer-security-configure-migrate-to-tls2 (TLS 1.2 becomes the
least of all storage accounts, whatever an absent value says; the text of the types still says TLS 1.0);
https://github.com/microsoft/AzUrlShortener/issues/597 (quotes the notice that names the day, 3 February 2026);
https://learn.microsoft.com/azure/cosmos-db/self-serve-minimum-tls-enforcement (neither does Cosmos DB, since 31 August
2025); https://learn.microsoft.com/azure/event-hubs/transport-layer-security-configure-minimum-version (a template
without a version makes a namespace of 1.2);
Azure.Bicep.Types.Az 0.2.972 (each service's own property and words; `supportsHttpsTrafficOnly` is true by default since
api-version 2019-04-01); https://azure.github.io/PSRule.Rules.Azure/en/rules/Azure.AppService.UseHTTPS/ (App Service
takes HTTP unless told); https://azure.github.io/PSRule.Rules.Azure/en/rules/Azure.AppService.MinTLS/ (but no TLS below
1.2 unless told); https://learn.microsoft.com/azure/container-apps/ingress-overview (`allowInsecure` is false unless
told).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from linter.checks.ai_workload import ai_workload, serves_ai
from linter.checks.outcomes import failed, open_value, passed, shown, titled, truth, undecided, word
from linter.facts.resources import APPS
from linter.model import ABSENT, Inventory, Outcome, Resource, Unresolved

HTTPS_BY_DEFAULT = "2019-04-01"
"""From this api-version on a storage account refuses plain HTTP unless told."""
_WEAK = ("tls1_0", "tls1_1", "1.0", "1.1", "tls", "tls11", "none")
_STRONG = ("tls1_2", "tls1_3", "1.2", "1.3", "tls12", "tls13")
_VERSIONS = {
    "microsoft.storage/storageaccounts": "properties.minimumTlsVersion",
    "microsoft.eventhub/namespaces": "properties.minimumTlsVersion",
    "microsoft.servicebus/namespaces": "properties.minimumTlsVersion",
    "microsoft.cache/redis": "properties.minimumTlsVersion",
    "microsoft.cache/redisenterprise": "properties.minimumTlsVersion",
    "microsoft.documentdb/databaseaccounts": "properties.minimalTlsVersion",
    "microsoft.sql/servers": "properties.minimalTlsVersion",
    "microsoft.web/sites": "properties.siteConfig.minTlsVersion",
    "microsoft.web/sites/slots": "properties.siteConfig.minTlsVersion",
    "microsoft.web/sites/config": "properties.minTlsVersion",
}


class Plain(NamedTuple):
    """A boolean property: plain HTTP is taken while it is `fault`; `absent` is what the service takes."""

    path: str
    fault: bool
    absent: bool
    what: str


_PLAIN = {
    "microsoft.storage/storageaccounts": Plain("properties.supportsHttpsTrafficOnly", False, True, "plain HTTP"),
    "microsoft.app/containerapps": Plain("properties.configuration.ingress.allowInsecure", True, False, "plain HTTP"),
    "microsoft.web/sites": Plain("properties.httpsOnly", False, False, "plain HTTP"),
    "microsoft.web/sites/slots": Plain("properties.httpsOnly", False, False, "plain HTTP"),
    "microsoft.cache/redis": Plain("properties.enableNonSslPort", True, False, "connections without TLS"),
}


def strong(resource: Resource, inventory: Inventory, _parameters: Mapping[str, Any]) -> Outcome | list[Outcome] | None:
    """An absent version passes, a stated one below 1.2 fails. One outcome a fault."""
    served = serves_ai(resource, inventory) if resource.type_key in APPS else ai_workload(inventory)
    if not served or not _has_settings(resource):
        return None
    found = [outcome for outcome in (_version(resource), _plain(resource)) if outcome is not None]
    faults = [outcome for outcome in found if outcome.verdict == "fail"]
    return faults or next((one for one in found if one.verdict == "unknown"), found[0] if found else None)


def _has_settings(resource: Resource) -> bool:
    """`config` is judged where it is the one named `web`; a container app where it has an ingress."""
    if resource.type_key == "microsoft.web/sites/config":
        return str(resource.name).rpartition("/")[2].lower() == "web"
    if resource.type_key == "microsoft.app/containerapps":
        return resource.get("properties.configuration.ingress") is not ABSENT
    return True


def _version(resource: Resource) -> Outcome | None:
    path = _VERSIONS.get(resource.type_key)
    if path is None:
        return None
    value, name = resource.get(path), titled(resource)
    if isinstance(value, Unresolved):
        return open_value(resource, path, value, "versions below 1.2 are weak")
    if value is ABSENT or word(value) in _STRONG or str(value) in _STRONG:
        return passed(path, value)
    if word(value) in _WEAK or str(value) in _WEAK:
        return failed(f"{name}: takes old TLS: {path} is {shown(value)}; use 1.2 or later", path, value)
    return undecided(f"{name}: {path} is {shown(value)}, which is no known version of TLS", path, value)


def _plain(resource: Resource) -> Outcome | None:
    rule = _PLAIN.get(resource.type_key)
    if rule is None:
        return None
    value, taken = resource.get(rule.path), rule.absent
    if isinstance(value, Unresolved):
        return open_value(resource, rule.path, value, f"{str(rule.fault).lower()} lets in {rule.what}")
    if value is ABSENT:
        old = resource.api_version[:10] < HTTPS_BY_DEFAULT and resource.origin in ("template", "bicep")
        if resource.type_key == "microsoft.storage/storageaccounts" and old and resource.api_version:
            taken = False
        if taken is not rule.fault:
            return passed(rule.path)
        told = f"{rule.path} is not set, and the service then takes {str(taken).lower()}"
        return failed(f"{titled(resource)}: takes {rule.what}: {told}", rule.path)
    if truth(value) is None:
        return undecided(f"{titled(resource)}: {rule.path} is {shown(value)}, neither true nor false", rule.path, value)
    if truth(value) is not rule.fault:
        return passed(rule.path, value)
    return failed(f"{titled(resource)}: takes {rule.what}: {rule.path} is {shown(value)}", rule.path, value)

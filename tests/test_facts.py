"""The facts on Azure: what the tables and names say of real sizes, images, deployments."""

from __future__ import annotations

import pytest

from linter.facts import access, api_versions, gateways, gpu, images, models, orchestrators, resources
from linter.facts.tables import FACTS
from linter.model import Unresolved


@pytest.mark.parametrize(
    ("size", "gpus", "cores", "family", "rdma"),
    [
        ("Standard_NC24ads_A100_v4", 1, 24, "StandardNCADSA100v4Family", False),
        ("standard_nc96ADS_a100_v4", 4, 96, "StandardNCADSA100v4Family", False),
        ("Standard_NC40ads_H100_v5", 1, 40, "StandardNCadsH100v5Family", False),
        ("Standard_NC80adis_H100_v5", 2, 80, "StandardNCadsH100v5Family", False),
        ("Standard_NCC40ads_H100_v5", 1, 40, "StandardNCCads2023Family", False),
        ("Standard_NC24rs_v3", 4, 24, "standardNCSv3Family", True),
        ("Standard_NC6", 1, 6, "standardNCFamily", False),
        ("Standard_NC64as_T4_v3", 4, 64, "Standard NCASv3_T4 Family", False),
        ("Standard_NC256lds_xl_RTXPRO6000BSE_v6", 2, 256, "StandardNCdsRTXPRO6000BSEv6XLFamily", False),
        ("Standard_NC36ds_xl_RTXPRO6000BSE_v6", 0.25, 36, "StandardNCdsRTXPRO6000BSEv6XLFamily", False),
        ("Standard_NC32ads_A10_v4", 2, 32, "StandardNCADSA10v4Family", False),
        ("Standard_NV28adms_V710_v5", 1, 28, "StandardNVadsV710v5Family", False),
        ("Standard_ND128isr_GB300_v6", 4, 128, "standardNDISRGB300V6Family", True),
        ("Standard_ND40rs_v2", 8, 40, "standardNDSv2Family", True),
        ("Standard_ND96asr_v4", 8, 96, "Standard NDASv4_A100 Family", True),
        ("Standard_ND96amsr_A100_v4", 8, 96, "Standard NDAMSv4_A100Family", True),
        ("Standard_ND96isr_H100_v5", 8, 96, "standardNDSH100v5Family", True),
        ("Standard_ND96isr_H200_v5", 8, 96, "standardNDISRH200V5Family", True),
        ("Standard_ND96isr_MI300X_v5", 8, 96, "standardNDISv5MI300XFamily", True),
        ("Standard_ND128isrG5_GB300_v6", 4, 128, "standardNDISRGB300G5V6Family", True),
        ("Standard_NV36ads_A10_v5", 1, 36, "StandardNVADSA10v5Family", False),
        ("Standard_NV12s_v3", 1, 12, "standardNVSv3Family", False),
        ("Standard_D4s_v5", 0, 4, "standardDSv5Family", False),
        ("Standard_E96ads_v6", 0, 96, "standardEadv6Family", False),
        ("Standard_M128s_v2", 0, 128, "", False),
        ("Standard_DS3_v2", 0, 4, "standardDSv2Family", False),
        ("Standard_D13_v2", 0, 8, "standardDv2Family", False),
        ("Standard_E16-4ds_v5", 0, 16, "standardEDSv5Family", False),
        ("Standard_HB120rs_v3", 0, 120, "standardHBv3Family", True),
        ("Standard_NP10s", 0, 10, "standardNPSFamily", False),
    ],
)
def test_sizes(size: str, gpus: float, cores: int, family: str, rdma: bool) -> None:
    assert (gpu.gpu_count(size), gpu.cores(size), gpu.family(size), gpu.rdma_size(size)) == (gpus, cores, family, rdma)
    assert gpu.gpu_size(size) is (gpus > 0)


def test_a_share_of_a_gpu_is_less_than_one() -> None:
    assert gpu.gpu_count("Standard_NV6ads_A10_v5") == pytest.approx(1 / 6)


def test_a_size_that_is_not_in_the_table_is_a_gpu_of_unknown_number() -> None:
    assert (gpu.gpu_size("Standard_NC999zz_B300_v9"), gpu.gpu_count("Standard_NC999zz_B300_v9")) == (True, None)


def test_an_open_size_is_open() -> None:
    size = Unresolved("parameters('size')", "parameter")
    assert (gpu.gpu_size(size), gpu.gpu_count(size), gpu.rdma_size(size), gpu.gpu_profile(size)) == (
        None,
        None,
        None,
        None,
    )


@pytest.mark.parametrize(
    ("profile", "answer"),
    [("NC24-A100", True), ("consumption-gpu-nc8as-t4", True), ("Consumption", False), ("D4", False), (None, False)],
)
def test_container_apps_profiles(profile: str | None, answer: bool) -> None:
    assert gpu.gpu_profile(profile) is answer


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("nvidia.com/gpu", True),
        ("amd.com/gpu", True),
        ("nvidia.com/mig-1g.5gb", True),
        ("cpu", False),
        ("nvidia.com/gpu.shared", False),
    ],
)
def test_kubernetes_resources(name: str, answer: bool) -> None:
    assert gpu.gpu_resource(name) is answer


@pytest.mark.parametrize(
    ("reference", "parts"),
    [
        ("nginx", ("docker.io", "nginx", "", "")),
        ("nginx:1.27", ("docker.io", "nginx", "1.27", "")),
        ("library/nginx", ("docker.io", "library/nginx", "", "")),
        ("localhost:5000/app", ("localhost:5000", "app", "", "")),
        ("Contoso.azurecr.io/a/b:c", ("contoso.azurecr.io", "a/b", "c", "")),
        ("contoso.azurecr.io/a@sha256:00", ("contoso.azurecr.io", "a", "", "sha256:00")),
        ("contoso.azurecr.io/a:1@sha256:00", ("contoso.azurecr.io", "a", "1", "sha256:00")),
        ("", ("docker.io", "", "", "")),
    ],
)
def test_images(reference: str, parts: tuple[str, str, str, str]) -> None:
    assert tuple(images.parse_image(reference)) == parts


@pytest.mark.parametrize(
    ("setting", "image"),
    [
        ("DOCKER|a/b:1", "a/b:1"),
        ("docker| a ", "a"),
        ("PYTHON|3.12", None),
        ("COMPOSE|abc", None),
        ("a/b:1", None),
        ("DOCKER|", None),
    ],
)
def test_app_service_settings(setting: str, image: str | None) -> None:
    assert images.container_setting(setting) == image


def test_model_hosts() -> None:
    assert models.model_host("https://aoai-x.openai.azure.com/openai")
    assert models.model_host("x.eastus.inference.ml.azure.com")
    assert not models.model_host("https://openai.azure.com.contoso.example/")
    assert not models.model_host("https://contoso.example/openai")


@pytest.mark.parametrize(
    ("sku", "kind"),
    [
        ("GlobalStandard", "standard"),
        ("dataZoneProvisionedManaged", "provisioned"),
        ("GlobalBatch", "batch"),
        ("DeveloperTier", ""),
        (None, ""),
    ],
)
def test_deployment_kinds(sku: str | None, kind: str) -> None:
    assert models.deployment_kind(sku) == kind


def test_data_zones() -> None:
    assert (models.zone_of("swedencentral"), models.zone_of("EastUS2"), models.zone_of("uksouth")) == ("eu", "us", "")


def test_roles_and_gateways() -> None:
    owner = "/providers/Microsoft.Authorization/roleDefinitions/8E3AF657-A8FF-443C-A75C-2FE8C4BCB635"
    assert (access.broad_role(owner), access.broad_role("/x/acdd72a7-3385-48ef-bd42-f606fba81ae7")) == ("Owner", "")
    assert gateways.gateway("microsoft.cdn/profiles", "Premium_AzureFrontDoor")
    assert not gateways.gateway("microsoft.cdn/profiles", "Standard_Microsoft")
    assert orchestrators.orchestrator("contoso.azurecr.io/LangChain-api:1")
    assert not orchestrators.orchestrator("contoso.azurecr.io/scoring:1")


def test_ai_types_hold_their_children() -> None:
    assert resources.ai_type("microsoft.machinelearningservices/workspaces/computes")
    assert not resources.ai_type("microsoft.storage/storageaccounts")
    assert not resources.ai_type("microsoft.search/searchservicesmore")


@pytest.mark.parametrize(
    ("type_key", "path", "version", "told"),
    [
        ("microsoft.machinelearningservices/workspaces", "properties.systemDatastoresAuthMode", "2024-10-01", True),
        ("microsoft.machinelearningservices/workspaces", "properties.systemDatastoresAuthMode", "2025-06-01", False),
        (
            "microsoft.machinelearningservices/workspaces",
            "properties.systemDatastoresAuthMode",
            "2023-02-01-preview",
            False,
        ),
        ("microsoft.machinelearningservices/workspaces", "properties.networkAcls.defaultAction", "2026-05-01", True),
        (
            "microsoft.machinelearningservices/workspaces/computes",
            "properties.properties.idleTimeBeforeShutdown",
            "2020-06-01",
            False,
        ),
        ("microsoft.storage/storageaccounts", "properties.unheardOf", "2020-06-01", False),
        ("microsoft.machinelearningservices/workspaces", "properties.systemDatastoresAuthMode", "", False),
    ],
)
def test_api_versions(type_key: str, path: str, version: str, told: bool) -> None:
    assert bool(api_versions.unknown_to(type_key, path, version)) is told


def test_every_fact_answers_what_is_no_text() -> None:
    for value in (None, 3, True, [], {}, ""):
        for name, fact in FACTS.items():
            assert fact(value) in (None, False, 0, "", "docker.io", True), (name, value)

"""A small estate with something of everything, and secrets where Azure puts them."""

from __future__ import annotations

from typing import Any

from azure_server.server import SUBSCRIPTION, Raw, group, resource

ML = "Microsoft.MachineLearningServices"
SECRETS = (
    "hunter2-admin-password", "sk-verysecret-api-key-1234567", "QWNjb3VudEtleVZlcnlTZWNyZXQ",
    "9f1e-instrumentation-key",
    "AAAAB3NzaC1yc2EAAAADAQABAAABgQDcsshkey", "webhook-path-secret", "sp-secret-of-aks",
)  # fmt: skip
CLOSED = {"publicNetworkAccess": "Disabled", "disableLocalAuth": True}
WORKSPACE_ID = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-churn/providers/{ML}/workspaces/ml-churn"


def job(name: str, start: str, end: str, **properties: Any) -> Raw:
    body = {
        "jobType": "Command", "status": "Completed", "computeId": None, "queueSettings": {"jobTier": "Standard"},
        "resources": {"instanceType": "Standard_NC24ads_A100_v4", "instanceCount": 1},
        "properties": {"StartTimeUtc": start, "EndTimeUtc": end, "_azureml.ClusterName": None}, **properties,
    }  # fmt: skip
    created = f"{start.replace(' ', 'T')}.1234567Z"
    return resource(
        f"rg-churn/ml-churn/{name}", f"{ML}/workspaces/jobs", properties=body, systemData={"createdAt": created}
    )


def estate() -> list[Raw]:
    return [
        group("rg-churn", tags={"environment": "prod"}),
        resource(
            "rg-churn/ml-churn", f"{ML}/workspaces", location="westeurope", kind="Default",
            identity={"type": "SystemAssigned", "principalId": "aaaa"},
            properties={"publicNetworkAccess": "Enabled", "v1LegacyMode": None, "applicationInsights": None},
        ),
        resource(
            "rg-churn/ml-churn/cpu", f"{ML}/workspaces/computes", location="westeurope",
            properties={
                "computeType": "AmlCompute",
                "properties": {
                    "vmSize": "STANDARD_DS3_V2", "scaleSettings": {"minNodeCount": 2, "maxNodeCount": 4},
                    "userAccountCredentials": {"adminUserName": "azureuser", "adminUserPassword": SECRETS[0]},
                },
            },
        ),
        resource(
            "rg-churn/ml-churn/ci", f"{ML}/workspaces/computes", location="westeurope",
            properties={
                "computeType": "ComputeInstance",
                "properties": {
                    "vmSize": "STANDARD_DS3_V2",
                    "sshSettings": {"sshPublicAccess": "Enabled", "adminPublicKey": f"ssh-rsa {SECRETS[4]} ana@host"},
                    "osImageMetadata": {"currentImageVersion": "24.05.20", "isLatestOsImageVersion": False},
                },
            },
        ),
        resource(
            "rg-churn/ml-churn/ep", f"{ML}/workspaces/onlineEndpoints", location="westeurope",
            properties={"authMode": "Key", "traffic": {"blue": 100}},
        ),
        resource(
            "rg-churn/ml-churn/ep/blue", f"{ML}/workspaces/onlineEndpoints/deployments", location="westeurope",
            sku={"name": "Default", "capacity": 1},
            properties={
                "endpointComputeType": "Managed", "model": "azureml:churn:1", "instanceType": "Standard_DS3_v2",
                "environmentVariables": {"API_KEY": SECRETS[1], "STORE": f"AccountName=x;AccountKey={SECRETS[2]}"},
            },
        ),
        resource(
            "rg-churn/ml-churn/churn/1", f"{ML}/workspaces/models/versions", properties={"modelType": "custom_model"}
        ),
        resource(
            "rg-churn/aoai", "Microsoft.CognitiveServices/accounts", location="westeurope", kind="OpenAI",
            sku={"name": "S0"}, properties=CLOSED,
        ),
        resource(
            "rg-churn/aoai/chat", "Microsoft.CognitiveServices/accounts/deployments",
            sku={"name": "Standard", "capacity": 10}, properties={"model": {"name": "gpt-4o", "version": "2024-08-06"}},
        ),
        resource(
            "rg-churn/aks", "Microsoft.ContainerService/managedClusters", location="westeurope",
            properties={
                "kubernetesVersion": "1.29.4",
                "servicePrincipalProfile": {"clientId": "x", "secret": SECRETS[6]},
                "agentPoolProfiles": [
                    {"name": "gpu", "vmSize": "Standard_NC24ads_A100_v4", "count": 1,
                     "nodeImageVersion": "AKSUbuntu-2204gen2containerd-202405.20.0"},
                ],
            },
        ),
        resource(
            "rg-churn/ai", "Microsoft.Insights/components", location="westeurope",
            properties={"InstrumentationKey": SECRETS[3], "ConnectionString": f"InstrumentationKey={SECRETS[3]};X=y"},
        ),
        resource(
            "rg-churn/scale", "Microsoft.Insights/autoscaleSettings", location="westeurope",
            properties={
                "targetResourceUri": f"{WORKSPACE_ID}/onlineEndpoints/ep/deployments/green", "enabled": True,
                "notifications": [{"webhooks": [{"serviceUri": f"https://hooks.example.com/{SECRETS[5]}"}]}],
            },
        ),
    ]  # fmt: skip

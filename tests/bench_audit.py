"""What a live scan of a large tenant costs: requests against the least possible, time against the pacing, memory.

    python tests/bench_audit.py tenant     200 workspaces, 50 clusters, 100 model accounts, 5,000 jobs, 50 ms an answer
    python tests/bench_audit.py graph      20 subscriptions with 10,000 resources, through Resource Graph alone
    python tests/bench_audit.py graph 10000     so many in each subscription

The server runs in a process of its own. Nothing here is timed by the test suite.
"""

from __future__ import annotations

import multiprocessing
import os
import resource as system
import subprocess
import sys
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path

from azure_server.estate import ML, job
from azure_server.server import SUBSCRIPTION, Azure, Raw, Running, environment, group, options, resource


def tenant() -> list[Raw]:
    found: list[Raw] = []
    for number in range(200):
        name = f"rg{number % 40}"
        found.append(
            resource(f"{name}/ws{number}", f"{ML}/workspaces", location="westeurope", properties={"friendlyName": "x"})
        )
        found += [
            resource(
                f"{name}/ws{number}/c{n}", f"{ML}/workspaces/computes", location="westeurope",
                properties={"computeType": "AmlCompute", "properties": {"scaleSettings": {"minNodeCount": n}}},
            )
            for n in range(2)
        ]  # fmt: skip
        found.append(
            resource(f"{name}/ws{number}/ep", f"{ML}/workspaces/onlineEndpoints", properties={"authMode": "Key"})
        )
        found.append(
            resource(
                f"{name}/ws{number}/ep/blue", f"{ML}/workspaces/onlineEndpoints/deployments",
                properties={"endpointComputeType": "Managed"},
            )
        )  # fmt: skip
        for n in range(25):
            one = job(f"j{n}", "2099-01-01 00:00:00", "2099-01-01 01:00:00")
            head, _, tail = str(one["id"]).replace("rg-churn", name).replace("ml-churn", f"ws{number}").partition("/x/")
            found.append({**one, "id": head + tail})
    for number in range(50):
        profile = {"name": "gpu", "vmSize": "Standard_NC24ads_A100_v4", "count": 1}
        found.append(
            resource(
                f"rg{number % 40}/aks{number}", "Microsoft.ContainerService/managedClusters", location="westeurope",
                properties={"kubernetesVersion": "1.31.2", "agentPoolProfiles": [profile] * 2},
            )
        )  # fmt: skip
    for number in range(100):
        account = resource(
            f"rg{number % 40}/aoai{number}", "Microsoft.CognitiveServices/accounts", location="westeurope",
            kind="OpenAI", properties={"publicNetworkAccess": "Enabled"},
        )  # fmt: skip
        model = resource(
            f"rg{number % 40}/aoai{number}/chat", "Microsoft.CognitiveServices/accounts/deployments",
            sku={"name": "Standard"}, properties={"model": {"name": "gpt-4o"}},
        )  # fmt: skip
        found += [account, model]
    return [*(group(f"rg{number}") for number in range(40)), *found]


def wide(each: int) -> tuple[list[Raw], dict[str, str]]:
    subscriptions = {f"00000000-0000-0000-0000-{number:012d}": f"s{number}" for number in range(20)}
    found = []
    for identifier in subscriptions:
        for number in range(each):
            one = resource(
                f"rg{number % 50}/st{number}", "Microsoft.Storage/storageAccounts", location="westeurope",
                sku={"name": "Standard_LRS"}, kind="StorageV2",
                properties={"publicNetworkAccess": "Enabled", "minimumTlsVersion": "TLS1_2", "filler": "x" * 600},
            )  # fmt: skip
            one["id"] = str(one["id"]).replace(SUBSCRIPTION, identifier)
            found.append(one)
    return found, subscriptions


def serve(pipe: Connection, folder: str, what: str, each: int) -> None:
    if what == "tenant":
        azure = Azure(resources=tenant(), delay=0.05, page=1000)
    else:
        resources, subscriptions = wide(each)
        azure = Azure(resources=resources, subscriptions=subscriptions, delay=0.05)
    azure.index()
    with Running(azure, Path(folder)) as running:
        pipe.send((azure.url, str(running.bundle), len(azure.resources)))
        pipe.recv()
        arm = [path for _, path, _ in azure.log if "/v2.0" not in path]
        pipe.send((len(arm), sum("resourcegraph" in path.lower() for path in arm), {m for m, _, _ in azure.log}))


def main(what: str, each: int) -> None:
    folder = tempfile.mkdtemp()
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.Process(target=serve, args=(theirs, folder, what, each), daemon=True)
    server.start()
    url, bundle, count = ours.recv()
    handle = type("Handle", (), {"azure": Azure(), "bundle": bundle})()
    handle.azure.url = url
    words = [
        sys.executable,
        "-m",
        "linter",
        "audit",
        "--tenant",
        *options(handle),
        "--format",
        "concise",
        "--fail-on",
        "never",
    ]
    env = environment(handle, os.environ.items(), AIPLINT_LIVE_LIMITS="")
    began = time.monotonic()
    with Path(folder, "report.txt").open("w", encoding="utf-8") as out:
        code = subprocess.run(words, env=env, stdout=out, cwd=folder, check=False).returncode
    seconds = time.monotonic() - began
    memory = system.getrusage(system.RUSAGE_CHILDREN).ru_maxrss / 1024
    ours.send(None)
    requests, graph, methods = ours.recv()
    sys.stdout.write(
        f"{what}: {count} resources, exit {code}, {requests} requests ({graph} to Resource Graph; {sorted(methods)}), "
        f"{seconds:.1f} s, peak memory {memory:.0f} MB\n"
    )
    if what == "tenant":
        workspaces, clusters, accounts = 200, 50, 100
        # computes, schedules, datastores, connections, jobs, logs; upgrades, logs; deployments, filters, logs
        least = workspaces * 6 + clusters * 2 + accounts * 3
        pace = max(0.0, (requests - 100) / 20)
        sys.stdout.write(f"  least possible for what is read: {least} lists, pacing alone takes {pace:.1f} s\n")
    server.terminate()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "tenant", int(sys.argv[2]) if len(sys.argv) > 2 else 500)

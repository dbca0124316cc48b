"""The manifests: right by the schemas of Kubernetes, shut where they have to be, with names that fit together."""

from __future__ import annotations

import shutil
import subprocess
from typing import Any

import kubernetes_validate
import pytest
from typer.main import get_command

from handraise.cli import app
from leads.settings import Settings
from tests.deploy.files import DEPLOY, ROOT, SAFE, manifests, settings_of, workloads

FOLDER = DEPLOY / "kubernetes"
KUSTOMIZATION: dict[str, Any] = SAFE.load(FOLDER / "kustomization.yaml")
PODS = {name: document["spec"]["template"] for name, document in workloads().items()}
VERSION = "1.31"  # the oldest that is looked after


def services() -> dict[str, dict[str, Any]]:
    return {document["metadata"]["name"]: document["spec"] for _file, document in manifests() if document["kind"] == "Service"}


@pytest.mark.parametrize(("file", "document"), manifests(), ids=lambda item: item if isinstance(item, str) else item["metadata"]["name"])
def test_the_schemas_of_kubernetes_take_it(file: str, document: dict[str, Any]) -> None:
    kubernetes_validate.validate(document, VERSION, strict=True)


def test_the_kustomization_lists_every_manifest() -> None:
    files = {path.name for path in FOLDER.glob("*.yaml")} - {"kustomization.yaml", "secret.example.yaml"}
    assert set(KUSTOMIZATION["resources"]) == files


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not installed")
def test_kustomize_builds(tmp_path: Any) -> None:
    shutil.copytree(FOLDER, tmp_path / "deploy" / "kubernetes", ignore=shutil.ignore_patterns("files"))
    shutil.copytree(ROOT / "bot", tmp_path / "bot", ignore=lambda _folder, names: [name for name in names if not name.endswith(".yml")])
    subprocess.run(["sh", tmp_path / "deploy" / "kubernetes" / "files.sh"], check=True)
    done = subprocess.run(["kubectl", "kustomize", tmp_path / "deploy" / "kubernetes"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    built = list(SAFE.load_all(done.stdout))
    for document in built:
        kubernetes_validate.validate(document, VERSION, strict=True)
    assert {document["kind"] for document in built} >= {"ConfigMap", "Deployment", "StatefulSet", "Job", "NetworkPolicy", "Ingress"}


@pytest.mark.parametrize("name", PODS)
def test_every_pod_is_shut(name: str) -> None:
    spec = PODS[name]["spec"]
    (container,) = spec["containers"]
    assert spec["securityContext"]["runAsNonRoot"] and not spec["automountServiceAccountToken"] and not spec["enableServiceLinks"]
    inner = container["securityContext"]
    assert inner["readOnlyRootFilesystem"] and not inner["allowPrivilegeEscalation"] and inner["capabilities"] == {"drop": ["ALL"]}
    assert container["resources"]["limits"]["memory"]
    assert name == "migrate" or {"readinessProbe", "livenessProbe"} <= set(container)


@pytest.mark.parametrize("name", [name for name in PODS if name != "redis"])
def test_our_pods_run_commands_that_exist_from_images_that_are_named(name: str) -> None:
    (container,) = PODS[name]["spec"]["containers"]
    assert container["args"][0] in getattr(get_command(app), "commands", {})
    assert container["image"] in {image["name"] for image in KUSTOMIZATION["images"]}
    mounted = {mount["name"] for mount in container["volumeMounts"]}
    assert mounted == {volume["name"] for volume in PODS[name]["spec"]["volumes"]}
    for variable in container.get("env", []):
        assert variable["name"].removeprefix("HANDRAISE_").lower() in {"config", *Settings.model_fields}


def test_the_settings_are_settings() -> None:
    (made,) = [item["literals"] for item in KUSTOMIZATION["configMapGenerator"] if item["name"] == "settings"]
    values = dict(item.split("=", 1) for item in made)
    assert values.pop("HANDRAISE_CONFIG") == "/run/handraise/handraise.toml"
    settings = settings_of(values)
    bots = workloads()["bot"]
    assert list(settings.bot_urls) == [f"http://bot-{number}.bot:5005" for number in range(bots["spec"]["replicas"])]
    assert services()[bots["spec"]["serviceName"]]["clusterIP"] == "None"


def test_services_and_policies_find_pods() -> None:
    labels = {template["metadata"]["labels"]["app"] for template in PODS.values()}
    assert labels == set(PODS)
    assert {spec["selector"]["app"] for spec in services().values()} <= labels
    policies = [document["spec"] for _file, document in manifests() if document["kind"] == "NetworkPolicy"]
    chosen = {policy["podSelector"].get("matchLabels", {}).get("app") for policy in policies} - {None}
    assert chosen <= labels
    assert any(policy == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]} for policy in policies), "nothing is shut by default"


def test_nothing_but_hubs_reaches_bots() -> None:
    (policy,) = [
        document["spec"] for _file, document in manifests() if document["kind"] == "NetworkPolicy" and document["metadata"]["name"] == "bot"
    ]
    assert policy["ingress"] == [{"from": [{"podSelector": {"matchLabels": {"app": "hub"}}}], "ports": [{"port": "http"}]}]
    assert policy["egress"] == [{"to": [{"podSelector": {"matchLabels": {"app": "actions"}}}], "ports": [{"port": 5055}]}]

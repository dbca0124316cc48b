"""Reads the files of `deploy/` for the tests: commands and variables as systemd, Compose and Kubernetes would see them."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from leads.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
SAFE = YAML(typ="safe")


def unit(path: Path, instance: str = "") -> dict[str, list[str]]:
    """The directives of a unit with all their values, the specifier %i filled in."""
    found: dict[str, list[str]] = {}
    for line in path.read_text().splitlines():
        name, sep, value = line.partition("=")
        if sep and not line.startswith(("#", ";")):
            found.setdefault(name, []).append(value.replace("%i", instance))
    return found


def unit_command(path: Path, instance: str = "") -> tuple[list[str], dict[str, str]]:
    """The words after `handraise` of ExecStart, and the variables that the unit sets itself."""
    directives = unit(path, instance)
    words = shlex.split(directives["ExecStart"][0])
    variables = dict(item.split("=", 1) for item in directives.get("Environment", []))
    return words[1:], variables


def compose() -> dict[str, Any]:
    """compose.yaml with its anchors and merges resolved."""
    content: dict[str, Any] = SAFE.load(DEPLOY / "compose.yaml")
    return content


def manifests() -> list[tuple[str, dict[str, Any]]]:
    """Every document of the Kubernetes manifests with the name of its file; not the Kustomization."""
    paths = sorted((DEPLOY / "kubernetes").glob("*.yaml"))
    return [(path.name, document) for path in paths if path.name != "kustomization.yaml" for document in SAFE.load_all(path)]


def workloads() -> dict[str, dict[str, Any]]:
    """What runs pods, by name."""
    kinds = ("Deployment", "StatefulSet", "Job")
    return {document["metadata"]["name"]: document for _file, document in manifests() if document["kind"] in kinds}


def settings_of(variables: Mapping[str, str]) -> Settings:
    """The settings that these variables make."""
    values: dict[str, Any] = {name.removeprefix("HANDRAISE_").lower(): value for name, value in variables.items()}
    return Settings(**values)

"""Helm's engine and Kubernetes' schemas, as the chart's checks need them."""
import functools
import json
import pathlib
from typing import Any

import helm_python
import kubernetes_validate
import yaml
from helm_python import _native

ROOT = pathlib.Path(__file__).resolve().parents[3]
CHART = ROOT / "deploy/helm/holdfast"
MANIFESTS = ROOT / "deploy/manifests"
# What the static manifests are rendered for, and what most cases are.
NEWEST = "1.36.0"
# Kinds that are no part of Kubernetes: there is no schema of them.
FOREIGN = {"ServiceMonitor"}

Values = dict[str, Any]
Object = dict[str, Any]


class Refused(Exception):
    """The schema, or a template, refuses the values."""


def render(values: Values, kube: str = NEWEST, release: str = "holdfast", namespace: str = "holdfast") -> dict[str, str]:
    """The chart's templates by file name, as Helm renders them for a release of Kubernetes.

    The package's Python face has no way to name that release; the library underneath has.
    """
    with helm_python.Chart.load(CHART) as chart:
        options = {"name": release, "namespace": namespace, "kube_version": f"v{kube}"}
        try:
            text = _native.call_string("helm_render", chart._raw(), json.dumps(values), json.dumps(options))
        except helm_python.HelmError as error:
            raise Refused(str(error)) from error
    return {pathlib.PurePath(path).name: text for path, text in json.loads(text).items()}


def objects(rendered: dict[str, str]) -> list[Object]:
    """The objects of a render, NOTES left out."""
    return [document for name, text in rendered.items() if name.endswith(".yaml")
            for document in yaml.safe_load_all(text) if document]


def releases() -> list[str]:
    """Every minor release of Kubernetes that there are schemas of, oldest first."""
    known = {tuple(map(int, version.split(".")[:2])) for version in kubernetes_validate.utils.all_versions()}
    return [f"{major}.{minor}" for major, minor in sorted(known)]


@functools.cache
def _complaint(release: str, text: str) -> str | None:
    """Most renders share most objects, and each check of one reads the whole schema: hence the cache."""
    try:
        kubernetes_validate.validate(json.loads(text), release, strict=True)
    except (kubernetes_validate.ValidationError, kubernetes_validate.SchemaNotFoundError,
            kubernetes_validate.InvalidSchemaError) as error:
        return str(error).splitlines()[0]
    return None


def complaints(found: list[Object], release: str) -> list[str]:
    """What a release's schemas say against the objects, unknown fields included."""
    lines = []
    for each in found:
        complaint = None if each["kind"] in FOREIGN else _complaint(release, json.dumps(each, sort_keys=True))
        if complaint:
            lines.append(f"Kubernetes {release}: {each['kind']} {each['metadata']['name']}: {complaint}")
    return lines

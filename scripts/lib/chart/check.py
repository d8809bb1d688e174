"""Checks the chart; scripts/check-chart tells more."""
import difflib
import re
import sys
from typing import Iterator

import helm_python
from engine import CHART, MANIFESTS, NEWEST, ROOT, Refused, complaints, render
from renders import ALWAYS, CASES, rendered, schema_releases
from values import ACCEPTED, REFUSED

HEADER = """# deploy/helm/holdfast rendered with its defaults: scripts/check-chart --write makes this file, so change the chart instead.
"""
# Flags that the chart's other values set, and flags that mean nothing in its pods.
OWN_FLAGS = {"provisioner-name", "bind", "ceph-config", "ceph-conf", "ceph-id", "ceph-key-file", "grace-period", "health-address"}
OUTSIDE_PODS = {"ceph-keyring", "kubeconfig", "context", "leader-elect", "lease-namespace"}


def lint() -> Iterator[str]:
    for name, case in CASES.items():
        report = helm_python.lint(CHART, case.values, strict=True, namespace=case.namespace, kube_version=f"v{case.kube}")
        faults = report["errors"] + [message["error"] for message in report["messages"] if message["severity"] > 1]
        yield from (f"lint, {name}: {fault}" for fault in faults)


def refusals() -> Iterator[str]:
    for name, (values, words) in REFUSED.items():
        try:
            render(values)
            yield f"values: {name}: accepted, and has to be refused: {values}"
        except Refused as error:
            yield from (f"values: {name}: the message does not hold {word!r}: {error}" for word in words if word not in str(error))


def renders() -> Iterator[str]:
    for name, case in CASES.items():
        try:
            found = rendered(case, case.kube)
        except Refused as error:
            yield f"render: {name}: refused: {error}"
            continue
        for check in ALWAYS + case.checks:
            yield from (f"render: {name}: {complaint}" for complaint in check(found))
        for release in schema_releases(case):
            # What is rendered for a release has to fit that release.
            fitting = rendered(case, f"{release}.0") if case.kube == NEWEST else found
            yield from (f"render: {name}: {line}" for line in complaints(fitting, release))


def notes() -> Iterator[str]:
    """The warnings come when they have to, and only then."""
    whole = {"image": {"repository": "r/x"}} | CASES["two classes"].values
    table = {
        "no Ceph cluster is configured": {"cephClusters": []} | {"storageClasses": []},
        "made no StorageClass": {"storageClasses": []},
        "one replica only": {"replicas": 1},
        "direct binding is on": {"binding": "direct"},
        "known only when a claim is there: each": CASES["a class with tokens"].values,
        "image.repository is the example's": {"image": {}},
    }
    for words, changes in table.items():
        if words not in " ".join(render(whole | changes)["NOTES.txt"].split()):
            yield f"NOTES.txt: no warning holds {words!r}"
    for quiet in whole, whole | {"allInOne": True}:
        text = render(quiet)["NOTES.txt"]
        if "WARNING" in text:
            yield f"NOTES.txt warns without need: {text}"
    for words, changes in {"there is no PodDisruptionBudget": {}, "blocks the drain": {"podDisruptionBudget": {"onOlderKubernetes": True}}}.items():
        if words not in " ".join(render(whole | changes, kube="1.20.2")["NOTES.txt"].split()):
            yield f"NOTES.txt on Kubernetes 1.20: {words!r} is missing"


def flags() -> Iterator[str]:
    """Each flag of docs/deploy.md can be set in one way, and no other can."""
    told = set(re.findall(r"^\| `--([\w-]+)` \|", (ROOT / "docs/deploy.md").read_text(), re.MULTILINE))
    with helm_python.Chart.load(CHART) as chart:
        settings = set(chart.schema["properties"]["settings"]["properties"])
    yield from (f"values.schema.json: settings does not know the flag --{name}" for name in sorted(told - settings - OWN_FLAGS - OUTSIDE_PODS))
    yield from (f"values.schema.json: docs/deploy.md tells no flag --{name}" for name in sorted(settings - told))


def paths(schema: dict, prefix: str = "") -> Iterator[str]:
    for name, part in schema.get("properties", {}).items():
        yield f"{prefix}{name}"
        if prefix + name not in ("settings", "probes", "global"):
            yield from paths(part, f"{prefix}{name}.")


def documents() -> Iterator[str]:
    """docs/chart.md tells each value, and no other; values.yaml holds each of them."""
    page = (ROOT / "docs/chart.md").read_text()
    told = set(re.findall(r"^\| `([\w.\[\]-]+)` \|", page, re.MULTILINE))
    with helm_python.Chart.load(CHART) as chart:
        schema, defaults = chart.schema, chart.values
    leaves = set(paths(schema)) - {"global"}
    leaves -= {path for path in leaves if any(other.startswith(path + ".") for other in leaves)}
    yield from (f"docs/chart.md: the value {path} is not told" for path in sorted(leaves - told))
    yield from (f"docs/chart.md: there is no value {path}" for path in sorted(told - leaves) if "[]" not in path)
    for path in sorted(leaves):
        place = defaults
        for name in path.split("."):
            if name not in place:
                yield f"values.yaml: {path} is missing"
                break
            place = place[name]


def static_manifests() -> dict[str, str]:
    """What deploy/manifests has to hold. Nothing in it was installed by Helm, so nothing says so."""
    files = {}
    for name, text in render({}).items():
        lines = [line for line in text.strip("\n").splitlines()
                 if not re.match(r" *(helm\.sh/chart|app\.kubernetes\.io/managed-by): ", line)]
        if name.endswith(".yaml") and lines:
            files[name] = HEADER + "\n".join(lines) + "\n"
    return files


def in_step() -> Iterator[str]:
    wanted = static_manifests()
    there = {path.name: path.read_text() for path in MANIFESTS.glob("*.yaml")}
    for name in sorted(wanted.keys() | there.keys()):
        if wanted.get(name) != there.get(name):
            yield f"deploy/manifests/{name} is not what the chart renders: run scripts/check-chart --write"
            yield from (f"  {line}" for line in difflib.unified_diff(
                there.get(name, "").splitlines(), wanted.get(name, "").splitlines(), "deploy/manifests", "the chart", lineterm="", n=1))


def write() -> None:
    MANIFESTS.mkdir(exist_ok=True)
    for path in MANIFESTS.glob("*.yaml"):
        path.unlink()
    for name, text in static_manifests().items():
        (MANIFESTS / name).write_text(text)
        print(f"deploy/manifests/{name}")


def main() -> int:
    if "--write" in sys.argv[1:]:
        write()
        return 0
    faults = [fault for check in (lint, refusals, renders, notes, flags, documents, in_step) for fault in check()]
    for fault in faults:
        print(fault, file=sys.stderr)
    print(f"chart: Helm {helm_python.helm_sdk_version()}: {len(CASES)} renders, {len(REFUSED)} refusals, "
          f"{len(static_manifests())} manifests: {len(faults)} faults", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())

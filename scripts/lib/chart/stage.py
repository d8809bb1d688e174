"""One release of the chart with its own namespace, cephx user, RADOS namespace, provisioner and classes, so that many of them
run beside each other."""
import base64
import json
import pathlib
import socket
from typing import Any

from container import Bundle, Container
from engine import objects, render
from lab import Ceph, Failure, Kube, Object, eventually

# What docs/deploy.md tells people to grant. POOL is replaced.
CAPS = {"mon": "profile rbd", "osd": "profile rbd pool=POOL"}


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Stage:
    """See the module. `caps` are the user's instead of the documented ones."""

    def __init__(self, kube: Kube, ceph: Ceph, image: pathlib.Path, folder: pathlib.Path, name: str, pool: str,
                 caps: dict[str, str] | None = None, **values: Any) -> None:
        self.kube, self.ceph, self.image, self.folder = kube, ceph, image, folder / name
        self.name, self.pool = name, pool
        self.provisioner = f"{name}.holdfast.io"
        self.caps = CAPS if caps is None else caps
        self._values = values
        self.container: Container | None = None
        self._pods = 0

    @property
    def values(self) -> Object:
        return {
            "fullnameOverride": self.name, "provisionerName": self.provisioner, "healthPort": free_port(), "secrets": [],
            "cephClusters": [{"clusterID": self.ceph.fsid, "monitors": self.ceph.monitors()}],
            "settings": {"retry-interval-start": "200ms", "retry-interval-max": "1s", "lease-duration": "5s", "lease-renew-deadline": "3s",
                         "lease-retry-period": "500ms", "log-level": "debug"},
            "storageClasses": [self.storage_class(self.name)],
        } | self._values

    def storage_class(self, name: str, **parameters: str) -> Object:
        return {"name": name, "secret": {"name": "ceph"}, "parameters": {
            "clusterID": self.ceph.fsid, "pool": self.pool, "radosNamespace": self.name, "imageFeatures": "layering"} | parameters}

    def set(self) -> None:
        """What the chart does not make: namespaces, the user and its Secret."""
        self.folder.mkdir(parents=True)
        self.ceph.make_namespace(self.pool, self.name)
        key = self.ceph.make_user(self.name, {service: cap.replace("POOL", self.pool) for service, cap in self.caps.items()})
        self.kube.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": self.name}})
        self.kube.create({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "ceph", "namespace": self.name}, "data": {
            "userID": base64.b64encode(self.name.encode()).decode(), "userKey": base64.b64encode(key.encode()).decode()}})

    def apply(self, without: "Right | None" = None) -> None:
        """The chart's render, less one right. The other tests install with Helm; here many have to be there soon."""
        for each in objects(render(self.values, "1.20.2", self.name, self.name)):
            if without and each["kind"] == without.kind and each["metadata"]["name"].endswith(without.suffix):
                without.take_from(each)
            self.kube.create(each)

    def start(self) -> Container:
        deployment = self.kube.get("Deployment", f"{self.name}-provisioner", self.name)
        if deployment is None:
            raise Failure(f"the Deployment {self.name}-provisioner does not exist")
        self._pods += 1
        pod = f"{self.name}-{self._pods}"
        self.container = Container(Bundle(self.kube, deployment, self.image, self.folder / pod, pod))
        return self.container

    # --- claims and classes -------------------------------------------------------------------------------------------

    def make_class(self, name: str, mode: str = "Immediate", **parameters: str) -> None:
        """A class that the chart did not make, as an administrator would later on."""
        (found,) = [each for each in objects(render(self.values | {"storageClasses": [
            self.storage_class(name, **parameters) | {"volumeBindingMode": mode}]}, "1.20.2", self.name, self.name)) if each["kind"] == "StorageClass"]
        self.kube.create(found)

    def claim(self, name: str, of: str = "", **annotations: str) -> Object:
        return self.kube.create({"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {
            "name": name, "namespace": self.name, "annotations": annotations}, "spec": {
            "storageClassName": of or self.name, "accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "4Mi"}}}})

    def bound(self, name: str, patience: float = 10) -> str:
        """Waits until a claim is Bound; its volume."""
        def look() -> Object:
            return self.kube.get("PersistentVolumeClaim", name, self.name) or {}
        return eventually(f"the claim {name} is Bound", look, patience, lambda found: found.get("status", {}).get("phase") == "Bound")["spec"]["volumeName"]

    def events(self) -> list[Object]:
        return self.kube.list("Event", self.name)

    def volumes(self) -> list[str]:
        return [each["metadata"]["name"] for each in self.kube.list("PersistentVolume")
                if each["metadata"].get("annotations", {}).get("pv.kubernetes.io/provisioned-by") == self.provisioner]

    def lease(self) -> Object:
        return (self.kube.get("Lease", self.provisioner, self.name) or {}).get("spec", {})

    def lease_annotations(self) -> Object:
        return (self.kube.get("Lease", self.provisioner, self.name) or {"metadata": {}})["metadata"].get("annotations", {})

    def leftovers(self) -> list[str]:
        return self.ceph.leftovers(self.pool, self.name)

    def strike(self) -> None:
        """Removes everything that this stage made, whatever state it is in."""
        if self.container:
            self.container.remove()
        self.kube.delete("PersistentVolumeClaim", "", self.name)
        for name in self.volumes():
            self.kube.merge("PersistentVolume", name, {"metadata": {"finalizers": None}})
            self.kube.delete("PersistentVolume", name)
        for kind in "StorageClass", "ClusterRole", "ClusterRoleBinding":
            for each in self.kube.list(kind):
                if each["metadata"].get("labels", {}).get("app.kubernetes.io/instance") == self.name:
                    self.kube.delete(kind, each["metadata"]["name"])
        self.kube.delete("Namespace", self.name)
        self.ceph.remove_user(self.name)


class Right:
    """One verb on one resource of one of the chart's roles."""

    def __init__(self, kind: str, suffix: str, resource: str, verb: str) -> None:
        self.kind, self.suffix, self.resource, self.verb = kind, suffix, resource, verb

    def __str__(self) -> str:
        return f"{self.verb} {self.resource}"

    def take_from(self, role: Object) -> None:
        """Leaves every other right as it was: a rule of several resources is split."""
        rules = []
        for rule in role["rules"]:
            if self.resource in rule["resources"] and self.verb in rule["verbs"]:
                rest = [each for each in rule["verbs"] if each != self.verb]
                others = [each for each in rule["resources"] if each != self.resource]
                rules += [rule | {"resources": [self.resource], "verbs": rest}] if rest else []
                rules += [rule | {"resources": others}] if others else []
            else:
                rules.append(rule)
        if rules == role["rules"]:
            raise Failure(f"{role['metadata']['name']} has no right to {self}")
        role["rules"] = rules


def rights(found: list[Object]) -> list[Right]:
    """Every verb on every resource that a render grants."""
    table = {}
    for role in found:
        if role["kind"] in ("ClusterRole", "Role"):
            suffix = "-secrets" if role["metadata"]["name"].endswith("-secrets") else "-provisioner"
            for rule in role["rules"]:
                for resource in rule["resources"]:
                    for verb in rule["verbs"]:
                        table[(role["kind"], suffix, resource, verb)] = None
    return [Right(*key) for key in table]

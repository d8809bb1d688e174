"""The labs that scripts/test-chart works on: a Kubernetes API as its administrator, a Ceph cluster as client.admin."""
import base64
import http.client
import json
import pathlib
import ssl
import sys
import threading
import time
import urllib.parse
from typing import Any, Callable, TypeVar

import yaml

# rados and rbd come with Debian's Python, and nothing else may come from there before this environment's own.
sys.path.append("/usr/lib/python3/dist-packages")
import rados  # noqa: E402
import rbd  # noqa: E402

Object = dict[str, Any]
T = TypeVar("T")

PLURALS = {
    "Namespace": "api/v1/namespaces", "Secret": "api/v1/secrets", "ConfigMap": "api/v1/configmaps", "Event": "api/v1/events",
    "ServiceAccount": "api/v1/serviceaccounts", "Service": "api/v1/services", "Pod": "api/v1/pods", "Node": "api/v1/nodes",
    "PersistentVolumeClaim": "api/v1/persistentvolumeclaims", "PersistentVolume": "api/v1/persistentvolumes",
    "StorageClass": "apis/storage.k8s.io/v1/storageclasses", "VolumeAttachment": "apis/storage.k8s.io/v1/volumeattachments",
    "Deployment": "apis/apps/v1/deployments", "ReplicaSet": "apis/apps/v1/replicasets",
    "Lease": "apis/coordination.k8s.io/v1/leases", "PodDisruptionBudget": "apis/policy/v1beta1/poddisruptionbudgets",
    "ClusterRole": "apis/rbac.authorization.k8s.io/v1/clusterroles", "Role": "apis/rbac.authorization.k8s.io/v1/roles",
    "ClusterRoleBinding": "apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
    "RoleBinding": "apis/rbac.authorization.k8s.io/v1/rolebindings",
}


class Failure(Exception):
    """A check that did not hold, or a thing that never came."""


class Status(Exception):
    """The API's answer to a request that it did not carry out."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code


def eventually(what: str, look: Callable[[], T], patience: float = 30, until: Callable[[T], bool] = bool) -> T:
    """Looks every 0.1 s until the answer is right."""
    end = time.monotonic() + patience
    while True:
        found = look()
        if until(found):
            return found
        if time.monotonic() > end:
            raise Failure(f"not within {patience:g} s: {what}; last seen: {str(found)[:300]}")
        time.sleep(0.1)


class Kube:
    """An API server, by a kubeconfig with a client certificate. Each thread has a connection of its own."""

    def __init__(self, kubeconfig: pathlib.Path) -> None:
        config = yaml.safe_load(kubeconfig.read_text())
        cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
        self.kubeconfig = kubeconfig
        self.host, self.port = cluster["server"].removeprefix("https://").split(":")
        self.authority = base64.b64decode(cluster["certificate-authority-data"]).decode()
        self._tls = ssl.create_default_context(cadata=self.authority)
        self._tls.load_cert_chain(user["client-certificate"], user["client-key"])
        self._local = threading.local()

    def request(self, method: str, path: str, body: object = None, kind: str = "application/json",
                headers: tuple[tuple[str, str], ...] = ()) -> Object:
        """One request; tried again when a kept connection turns out to be closed.

        Raises Status for what is not carried out."""
        data = None if body is None else json.dumps(body).encode()
        for attempt in (1, 2):
            connection = getattr(self._local, "connection", None)
            if connection is None:
                connection = http.client.HTTPSConnection(self.host, int(self.port), timeout=30, context=self._tls)
                self._local.connection = connection
            try:
                connection.putrequest(method, "/" + path)
                for name, value in (("Content-Type", kind), ("Accept", "application/json"), ("Content-Length", str(len(data or b""))), *headers):
                    connection.putheader(name, value)
                connection.endheaders(data)
                response = connection.getresponse()
                text = response.read()
                break
            except (http.client.HTTPException, ConnectionError, TimeoutError):
                connection.close()
                self._local.connection = None
                if attempt == 2:
                    raise
        if response.status >= 300:
            raise Status(response.status, text.decode(errors="replace")[:500])
        return json.loads(text)

    @staticmethod
    def path(kind: str, name: str = "", namespace: str = "", part: str = "", query: dict[str, str] | None = None) -> str:
        prefix, _, plural = PLURALS[kind].rpartition("/")
        words = [prefix, *(["namespaces", namespace] if namespace else []), plural, *filter(None, [name, part])]
        return "/".join(words) + ("?" + urllib.parse.urlencode(query) if query else "")

    def get(self, kind: str, name: str, namespace: str = "") -> Object | None:
        try:
            return self.request("GET", self.path(kind, name, namespace))
        except Status as status:
            if status.code == 404:
                return None
            raise

    def list(self, kind: str, namespace: str = "", **query: str) -> list[Object]:
        return self.request("GET", self.path(kind, "", namespace, query=query))["items"]

    def create(self, each: Object) -> Object:
        return self.request("POST", self.path(each["kind"], "", each["metadata"].get("namespace", "")), each)

    def merge(self, kind: str, name: str, patch: Object, namespace: str = "", part: str = "") -> Object:
        return self.request("PATCH", self.path(kind, name, namespace, part), patch, "application/merge-patch+json")

    def delete(self, kind: str, name: str = "", namespace: str = "", grace: int | None = None) -> None:
        """One object, or all of a namespace; what is not there is gone."""
        body = {"propagationPolicy": "Background"} | ({} if grace is None else {"gracePeriodSeconds": grace})
        try:
            self.request("DELETE", self.path(kind, name, namespace), body)
        except Status as status:
            if status.code != 404:
                raise

    def rights(self, account: str, home: str, namespace: str) -> set[tuple[str, str]]:
        """What the API server says that an account may do in a namespace, as verbs on resources; asking about oneself left out."""
        user = (("Impersonate-User", f"system:serviceaccount:{home}:{account}"), ("Impersonate-Group", "system:serviceaccounts"),
                ("Impersonate-Group", f"system:serviceaccounts:{home}"), ("Impersonate-Group", "system:authenticated"))
        body = {"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectRulesReview", "spec": {"namespace": namespace}}
        answer = self.request("POST", "apis/authorization.k8s.io/v1/selfsubjectrulesreviews", body, headers=user)
        return {(verb, resource) for rule in answer["status"]["resourceRules"] for resource in rule["resources"] for verb in rule["verbs"]
                if "authorization.k8s.io" not in rule["apiGroups"] and "authentication.k8s.io" not in rule["apiGroups"]}

    def token(self, account: str, namespace: str) -> str:
        body = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {"expirationSeconds": 3600}}
        return self.request("POST", self.path("ServiceAccount", account, namespace, "token"), body)["status"]["token"]


class Ceph:
    """A Ceph cluster. Safe to use from any thread."""

    def __init__(self, folder: pathlib.Path) -> None:
        self._cluster = rados.Rados(conffile=str(folder / "ceph.conf"), name="client.admin")
        self._cluster.connect(timeout=15)
        self.fsid = self._cluster.get_fsid()

    def command(self, prefix: str, **arguments: object) -> str:
        code, output, status = self._cluster.mon_command(json.dumps({"prefix": prefix} | arguments), b"", timeout=30)
        if code != 0:
            raise Failure(f"ceph {prefix}: {status}")
        return output.decode()

    def monitors(self) -> list[str]:
        addresses = json.loads(self.command("mon dump", format="json"))["mons"]
        return [f"{each['public_addrs']['addrvec'][-1]['addr']}" for each in addresses]

    def make_pool(self, pool: str) -> None:
        self.command("osd pool create", pool=pool, pg_num=16)
        self.command("osd pool application enable", pool=pool, app="rbd")

    def remove_pool(self, pool: str) -> None:
        self.command("osd pool delete", pool=pool, pool2=pool, yes_i_really_really_mean_it=True)

    def make_user(self, user: str, caps: dict[str, str]) -> str:
        """Makes a user; its key."""
        words = [word for service, cap in caps.items() for word in (service, cap)]
        return json.loads(self.command("auth get-or-create", entity=f"client.{user}", caps=words, format="json"))[0]["key"]

    def remove_user(self, user: str) -> None:
        self.command("auth del", entity=f"client.{user}")

    def make_namespace(self, pool: str, namespace: str) -> None:
        with self._cluster.open_ioctx(pool) as context:
            rbd.RBD().namespace_create(context, namespace)

    def make_image(self, pool: str, namespace: str, name: str, size: int) -> None:
        with self._cluster.open_ioctx(pool) as context:
            context.set_namespace(namespace)
            rbd.RBD().create(context, name, size)

    def objects(self, pool: str, namespace: str = "") -> dict[str, set[str]]:
        """The objects of a pool with the keys of their omaps."""
        found = {}
        with self._cluster.open_ioctx(pool) as context:
            context.set_namespace(namespace)
            for name in [each.key for each in context.list_objects()]:
                with rados.ReadOpCtx() as operation:
                    pairs, _ = context.get_omap_vals(operation, "", "", 10_000)
                    try:
                        context.operate_read_op(operation, name)
                        found[name] = {key for key, _ in pairs}
                    except rados.ObjectNotFound:
                        continue
        return found

    def images(self, pool: str, namespace: str = "") -> list[str]:
        with self._cluster.open_ioctx(pool) as context:
            context.set_namespace(namespace)
            return rbd.RBD().list(context)

    def leftovers(self, pool: str, namespace: str = "") -> list[str]:
        """What is in a pool without volumes beyond what may be there."""
        allowed = {"rbd_directory": {"state"}, "rbd_info": set(), "rbd_trash": set(), "rbd_children": set(), "csi.volumes.default": set(),
                   "rbd_namespace": None}
        lines = []
        for name, keys in self.objects(pool, namespace).items():
            empty_intents = name.startswith("holdfast.intents") and not keys
            if name not in allowed and not empty_intents:
                lines.append(name)
            elif allowed.get(name) is not None:
                lines += [f"{name} {key}" for key in keys - allowed[name] if not key.startswith("metadata_")]
        return sorted(lines)

    def close(self) -> None:
        self._cluster.shutdown()

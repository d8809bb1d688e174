"""Renders of the chart over a table of values, and what has to be true of each, of some, and of the rights they grant."""
import json
from dataclasses import dataclass, field
from typing import Callable, Iterator

from engine import NEWEST, Object, Values, objects, releases, render
from values import ACCEPTED, CLASS, EAST, WEST

Check = Callable[[list[Object]], Iterator[str]]
STATUS = {"apiGroups": [""], "resources": ["persistentvolumes/status", "persistentvolumeclaims/status"], "verbs": ["patch"]}


@dataclass
class Case:
    """Values, a release of Kubernetes, and what the objects have to be like: complaints come out of each check."""
    values: Values
    kube: str = NEWEST
    checks: list[Check] = field(default_factory=list)
    release: str = "holdfast"
    namespace: str = "holdfast"


def of_kind(found: list[Object], kind: str) -> list[Object]:
    return [each for each in found if each["kind"] == kind]


def the(found: list[Object], kind: str, name: str = "holdfast-provisioner") -> Object:
    return next((each for each in found if each["kind"] == kind and each["metadata"]["name"] == name), {})


def pod(found: list[Object]) -> Object:
    return of_kind(found, "Deployment")[0]["spec"]["template"]["spec"]


def arguments(found: list[Object]) -> list[str]:
    return pod(found)["containers"][0]["args"]


def is_so(what: str, test: Callable[[list[Object]], bool]) -> Check:
    def check(found: list[Object]) -> Iterator[str]:
        if not test(found):
            yield what
    return check


def kinds(*expected: str) -> Check:
    """Exactly these kinds, in any order, each as often as it stands here."""
    def check(found: list[Object]) -> Iterator[str]:
        there = sorted(each["kind"] for each in found)
        if there != sorted(expected):
            yield f"the objects are {', '.join(there)} instead of {', '.join(sorted(expected))}"
    return check


def secret_rights(expected: dict[str, list[str]]) -> Check:
    """The Secrets that may be read, by namespace."""
    def check(found: list[Object]) -> Iterator[str]:
        there = {role["metadata"]["namespace"]: rule["resourceNames"] for role in of_kind(found, "Role")
                 for rule in role["rules"] if rule["resources"] == ["secrets"]}
        if there != expected:
            yield f"the Secrets that may be read are {there} instead of {expected}"
    return check


# --- of every render ----------------------------------------------------------------------------------------------------


def no_secret(found: list[Object]) -> Iterator[str]:
    for each in of_kind(found, "Secret"):
        yield f"a Secret is rendered: {each['metadata']['name']}"


def locked_down(found: list[Object]) -> Iterator[str]:
    """Non-root, nothing writable, no capability, no way to get one, on every container."""
    spec = pod(found)
    if spec["securityContext"].get("seccompProfile") != {"type": "RuntimeDefault"} or not spec["securityContext"].get("runAsNonRoot"):
        yield "the pod's securityContext is not complete"
    wanted = {"allowPrivilegeEscalation": False, "privileged": False, "readOnlyRootFilesystem": True, "runAsNonRoot": True,
              "runAsUser": 65532, "runAsGroup": 65532, "capabilities": {"drop": ["ALL"]},
              "seccompProfile": {"type": "RuntimeDefault"}}
    for container in spec["containers"] + spec.get("initContainers", []) + spec.get("ephemeralContainers", []):
        if container.get("securityContext") != wanted:
            yield f"the container {container['name']} has the securityContext {container.get('securityContext')}"
        for probe, path in ("startupProbe", "/healthz"), ("livenessProbe", "/healthz"), ("readinessProbe", "/readyz"):
            if container.get(probe, {}).get("httpGet") != {"path": path, "port": "health"}:
                yield f"the container {container['name']} has no {probe} of {path}"
        yield from (f"{mount['mountPath']} is writable" for mount in container["volumeMounts"] if not mount.get("readOnly"))
    for name in ("hostNetwork", "hostPID", "hostIPC"):
        if spec.get(name):
            yield f"the pod has {name}"
    yield from (f"the volume {each['name']} is of another kind" for each in spec["volumes"] if not {"configMap", "secret"} & set(each))


def graceful(found: list[Object]) -> Iterator[str]:
    """SIGKILL comes after the process's own patience and the release of its Lease, 10 s."""
    grace = next(int(text.removeprefix("--grace-period=").removesuffix("s"))
                 for text in arguments(found) if text.startswith("--grace-period="))
    if pod(found)["terminationGracePeriodSeconds"] < grace + 15:
        yield "terminationGracePeriodSeconds is not enough above --grace-period"


def selected(found: list[Object]) -> Iterator[str]:
    """Whatever selects pods selects ours."""
    labels = of_kind(found, "Deployment")[0]["spec"]["template"]["metadata"]["labels"]
    selectors = [of_kind(found, "Deployment")[0]["spec"]["selector"]["matchLabels"]]
    selectors += [each["spec"]["selector"]["matchLabels"] for each in of_kind(found, "PodDisruptionBudget")]
    selectors += [each["spec"]["selector"] for each in of_kind(found, "Service")]
    for selector in selectors:
        if len(selector) < 3 or not selector.items() <= labels.items():
            yield f"the selector {selector} does not fit the pods' labels"


def narrow_rights(found: list[Object]) -> Iterator[str]:
    """No wildcard; Secrets only by name; what binds a role binds it to our account."""
    for role in of_kind(found, "Role") + of_kind(found, "ClusterRole"):
        for rule in role["rules"]:
            if "*" in rule["verbs"] + rule["resources"] + rule["apiGroups"]:
                yield f"{role['metadata']['name']} has a wildcard"
            if "secrets" in rule["resources"] and (role["kind"] == "ClusterRole" or not rule.get("resourceNames")):
                yield f"{role['metadata']['name']} reads Secrets that it does not name"
    account = pod(found)["serviceAccountName"]
    for binding in of_kind(found, "RoleBinding") + of_kind(found, "ClusterRoleBinding"):
        if [subject["name"] for subject in binding["subjects"]] != [account]:
            yield f"{binding['metadata']['name']} binds somebody else"


def direct_only_when_asked(found: list[Object]) -> Iterator[str]:
    direct = any(text.startswith("--bind") for text in arguments(found))
    rules = [rule for role in of_kind(found, "ClusterRole") for rule in role["rules"]]
    if of_kind(found, "ClusterRole") and (STATUS in rules) != direct:
        yield "the rights on statuses and --bind do not go together"
    if not direct and any("status" in json.dumps(rule) for rule in rules):
        yield "there are rights on statuses without --bind=direct"


def valid_config(found: list[Object]) -> Iterator[str]:
    for each in of_kind(found, "ConfigMap"):
        (text,) = each["data"].values()
        if not isinstance(json.loads(text), list):
            yield "config.json is no list"


ALWAYS: list[Check] = [no_secret, locked_down, graceful, selected, narrow_rights, direct_only_when_asked, valid_config]

# --- of some ------------------------------------------------------------------------------------------------------------

RBAC = ["ServiceAccount", "ClusterRole", "ClusterRoleBinding"] + 2 * ["Role", "RoleBinding"]
BASE = [*RBAC, "ConfigMap", "Deployment", "Service"]
FULL = [*BASE, "PodDisruptionBudget"]
OWN = {"holdfast": ["holdfast-ceph", "holdfast-ceph-legacy"]}
TOKENS = {"name": "each", "parameters": {
    "clusterID": "east", "pool": "rbd", "csi.storage.k8s.io/provisioner-secret-name": "user",
    "csi.storage.k8s.io/provisioner-secret-namespace": "${pvc.namespace}"}}
LEGACY = {"name": "old", "parameters": {"monitors": "192.0.2.1", "adminsecretname": "ceph-admin"}}


def budget(found: list[Object]) -> Object:
    return the(found, "PodDisruptionBudget")


CASES: dict[str, Case] = {
    "defaults": Case({}, checks=[
        kinds(*FULL), secret_rights(OWN),
        is_so("there are not 2 replicas", lambda found: the(found, "Deployment")["spec"]["replicas"] == 2),
        is_so("anti-affinity is not preferred, on hosts", lambda found: [
            term["podAffinityTerm"]["topologyKey"] for term in
            pod(found)["affinity"]["podAntiAffinity"]["preferredDuringSchedulingIgnoredDuringExecution"]] == ["kubernetes.io/hostname"]),
        is_so("anti-affinity is required", lambda found: "required" not in json.dumps(pod(found)["affinity"])),
        is_so("the account's token is mounted elsewhere", lambda found: the(found, "ServiceAccount")["automountServiceAccountToken"] is False
              and pod(found)["automountServiceAccountToken"] is True),
        is_so("MALLOC_ARENA_MAX is not 2", lambda found: {"name": "MALLOC_ARENA_MAX", "value": "2"} in pod(found)["containers"][0]["env"]),
        is_so("a node cannot be drained while no replica is ready",
              lambda found: budget(found)["spec"]["unhealthyPodEvictionPolicy"] == "AlwaysAllow")]),
    "all in one": Case({"allInOne": True, "replicas": 3}, checks=[
        kinds(*BASE), is_so("not 1 replica", lambda found: the(found, "Deployment")["spec"]["replicas"] == 1),
        is_so("there is affinity", lambda found: "affinity" not in pod(found))]),
    "direct binding": Case({"binding": "direct"}, checks=[
        is_so("--bind=direct is missing", lambda found: "--bind=direct" in arguments(found)),
        is_so("the rights on statuses are missing", lambda found: STATUS in the(found, "ClusterRole")["rules"])]),
    "own credentials": Case({"cephCredentials": {"existingSecret": "own", "id": "kube"}}, checks=[
        secret_rights(OWN), is_so("the user or its key is missing", lambda found: {
            "--ceph-id=kube", "--ceph-key-file=/etc/holdfast/credentials/key"} <= set(arguments(found))),
        is_so("the key is not mounted for our group alone", lambda found: {
            "name": "credentials", "secret": {"secretName": "own", "defaultMode": 0o440, "items": [{"key": "userKey", "path": "key"}]}
        } in pod(found)["volumes"])]),
    "two clusters": Case({"cephClusters": [EAST, WEST]}, checks=[is_so(
        "config.json is another", lambda found: json.loads(the(found, "ConfigMap", "holdfast-ceph-config")["data"]["config.json"]) == [EAST, WEST])]),
    "two classes": Case(
        {"cephClusters": [EAST], "storageClasses": [CLASS | {"default": True}, CLASS | {"name": "slow", "secret": {"name": "b", "namespace": "ceph"}}]},
        checks=[kinds(*FULL, "StorageClass", "StorageClass", "Role", "RoleBinding"), secret_rights(
            {"ceph": ["b"], "holdfast": ["east-user", "holdfast-ceph", "holdfast-ceph-legacy"]}),
            is_so("not one default class", lambda found: [
                each["metadata"].get("annotations", {}).get("storageclass.kubernetes.io/is-default-class") for each in of_kind(found, "StorageClass")] == ["true", None]),
            is_so("growing is allowed", lambda found: not any(each["allowVolumeExpansion"] for each in of_kind(found, "StorageClass"))),
            is_so("the Secrets of the class are wrong", lambda found: the(found, "StorageClass", "slow")["parameters"] == {
                "clusterID": "east", "pool": "rbd"} | {f"csi.storage.k8s.io/{use}-secret-{what}": value
                for use in ("provisioner", "controller-expand", "node-stage") for what, value in (("name", "b"), ("namespace", "ceph"))})]),
    "a class with tokens": Case({"storageClasses": [TOKENS]}, checks=[secret_rights(OWN)]),
    "a class of the older family": Case({"secrets": [], "storageClasses": [LEGACY]}, checks=[secret_rights({"default": ["ceph-admin"]})]),
    "Secrets in other namespaces": Case(
        {"secrets": [{"namespace": "a", "names": ["y", "x"]}, {"namespace": "a", "names": ["x", "z"]}]},
        checks=[secret_rights({"a": ["x", "y", "z"]})]),
    "no Secrets": Case({"secrets": []}, checks=[secret_rights({})]),
    "an existing ConfigMap": Case({"cephConfig": {"existingConfigMap": "ceph-csi-config", "key": "c.json"}}, checks=[
        is_so("a ConfigMap is made", lambda found: not of_kind(found, "ConfigMap")),
        is_so("it is not mounted", lambda found: pod(found)["volumes"][0]["configMap"] == {
            "name": "ceph-csi-config", "items": [{"key": "c.json", "path": "config.json"}]})]),
    "a ceph.conf": Case({"cephConf": {"existingConfigMap": "ceph-conf"}}, checks=[
        is_so("--ceph-conf is missing", lambda found: "--ceph-conf=/etc/holdfast/conf/ceph.conf" in arguments(found))]),
    "a ServiceMonitor": Case({"metrics": {"serviceMonitor": {"enabled": True, "labels": {"release": "prometheus"}}}}, checks=[
        kinds(*FULL, "ServiceMonitor"),
        is_so("it has no label", lambda found: the(found, "ServiceMonitor")["metadata"]["labels"]["release"] == "prometheus")]),
    "no metrics": Case({"metrics": {"service": {"enabled": False}}}, checks=[is_so("a Service", lambda found: not of_kind(found, "Service"))]),
    "settings": Case({"settings": {"workers": 1000, "set-metadata": True, "log-level": "debug", "lease-name": "mine"}}, checks=[
        is_so("the flags are wrong", lambda found: {"--workers=1000", "--set-metadata=true", "--log-level=debug"} <= set(arguments(found))),
        is_so("the Lease's right is another's", lambda found: the(found, "Role")["rules"][1]["resourceNames"] == ["mine"])]),
    "names with a slash": Case({"provisionerName": "ceph.com/rbd", "additionalProvisionerNames": ["a.io", "b.io"]}, checks=[
        is_so("a name is missing", lambda found: [text for text in arguments(found) if text.startswith("--provisioner-name=")]
              == [f"--provisioner-name={name}" for name in ("ceph.com/rbd", "a.io", "b.io")]),
        is_so("the Lease's right is another's", lambda found: the(found, "Role")["rules"][1]["resourceNames"] == ["ceph.com-rbd"])]),
    "an account that is there": Case({"serviceAccount": {"create": False, "name": "mine"}, "rbac": {"create": False}}, checks=[
        kinds("ConfigMap", "Deployment", "Service", "PodDisruptionBudget"),
        is_so("another account", lambda found: pod(found)["serviceAccountName"] == "mine")]),
    "where pods run": Case({
        "nodeSelector": {"a": "b"}, "priorityClassName": "system-cluster-critical", "tolerations": [{"operator": "Exists"}],
        "nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [
            {"matchExpressions": [{"key": "c", "operator": "Exists"}]}]}},
        "topologySpreadConstraints": [{"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "ScheduleAnyway"}],
        "imagePullSecrets": [{"name": "registry"}], "labels": {"team": "a"}, "annotations": {"b": "c"},
        "podLabels": {"d": "e"}, "podAnnotations": {"f": "g"}, "image": {"repository": "r/x", "digest": "sha256:" + "a" * 64}},
        checks=[is_so("the image is another", lambda found: pod(found)["containers"][0]["image"] == "r/x@sha256:" + "a" * 64)]),
    "another release": Case({}, release="two", namespace="ceph", checks=[
        is_so("another name", lambda found: bool(the(found, "Deployment", "two-holdfast-provisioner"))),
        secret_rights({"ceph": OWN["holdfast"]})]),
    "Kubernetes 1.20": Case({}, kube="1.20.2", checks=[kinds(*BASE)]),
    "Kubernetes 1.20, a budget": Case({"podDisruptionBudget": {"onOlderKubernetes": True}}, kube="1.20.2", checks=[
        kinds(*FULL), is_so("another version", lambda found: budget(found)["apiVersion"] == "policy/v1beta1")]),
    "Kubernetes 1.26": Case({}, kube="1.26.9", checks=[kinds(*BASE)]),
    "Kubernetes 1.26, a budget": Case({"podDisruptionBudget": {"onOlderKubernetes": True}}, kube="1.26.9", checks=[
        kinds(*FULL), is_so("another version", lambda found: budget(found)["apiVersion"] == "policy/v1"
                            and "unhealthyPodEvictionPolicy" not in budget(found)["spec"])]),
    "Kubernetes 1.27 of a vendor": Case({}, kube="1.27.4-gke.900", checks=[kinds(*FULL)]),
}
CASES |= {f"accepted: {name}": Case(values) for name, values in ACCEPTED.items()}


def rendered(case: Case, kube: str) -> list[Object]:
    return objects(render(case.values, kube, case.release, case.namespace))


def schema_releases(case: Case) -> list[str]:
    """Whose schemas a case is held against: all that it is meant for."""
    known = releases()
    if case.kube == NEWEST:
        return known
    minor = ".".join(case.kube.split(".")[:2])
    return [minor] if minor in known else []

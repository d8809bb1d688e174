"""The chart on a real API server, by Helm's engine: installed, upgraded, brought back, removed; nodes drained."""

import helm_python
from engine import CHART, objects, render
from kubelet import HollowNode
from lab import PLURALS, Failure, Kube, Object, Status, eventually

NAME = "chart-life"
CLASS = {"name": NAME, "parameters": {"clusterID": "a", "pool": "b"}}
PATIENCE = 60  # seconds for each of Helm's actions


def require(what: str, is_so: bool) -> None:
    if not is_so:
        raise Failure(what)


def belongs(each: Object) -> bool:
    """Whether an object was made by the release, by Helm for it, or by controllers for those."""
    metadata = each["metadata"]
    return (metadata.get("labels", {}).get("app.kubernetes.io/instance") == NAME or metadata["name"].startswith(f"sh.helm.release.v1.{NAME}.")
            or metadata["name"].startswith(f"{NAME}-holdfast"))


def owned(kube: Kube) -> list[str]:
    return [f"{kind} {each['metadata']['name']}" for kind in PLURALS if kind != "Event" for each in kube.list(kind) if belongs(each)]


def compare(wanted: object, there: object, place: str) -> None:
    """Everything that was rendered is there; what the API server adds does not matter."""
    if isinstance(wanted, dict):
        for key, value in wanted.items():
            require(f"{place}.{key} is missing", isinstance(there, dict) and key in there)
            compare(value, there[key], f"{place}.{key}")  # type: ignore[index]
    elif isinstance(wanted, list):
        require(f"{place} has another length: {there}", isinstance(there, list) and len(there) == len(wanted))
        for number, value in enumerate(wanted):
            compare(value, there[number], f"{place}[{number}]")  # type: ignore[index]
    else:
        require(f"{place} is {there} instead of {wanted}", wanted == there)


def as_rendered(kube: Kube, values: Object) -> int:
    """Holds what is installed against the render; how many objects that are."""
    found = objects(render(values, "1.20.2", NAME, NAME))
    for each in found:
        name, kind = each["metadata"]["name"], each["kind"]
        compare(each, kube.get(kind, name, each["metadata"].get("namespace", "")), f"{kind} {name}")
    return len(found)


def refused(action: str, words: list[str], attempt: "object") -> None:
    try:
        attempt()  # type: ignore[operator]
    except helm_python.HelmError as error:
        for word in words:
            require(f"{action}: the message does not hold {word!r}: {error}", word in str(error))
        return
    raise Failure(f"{action} was carried out, and had to be refused")


def helm(kube: Kube) -> str:
    """install, upgrade, failing upgrade with rollback, refused upgrade, rollback, uninstall."""
    first: Object = {"storageClasses": [CLASS]}
    second: Object = first | {"replicas": 3, "settings": {"log-level": "debug"}, "podDisruptionBudget": {"onOlderKubernetes": True}}
    with HollowNode(kube, f"{NAME}-node", NAME), helm_python.Config(kubeconfig_path=kube.kubeconfig, namespace=NAME) as config:
        release = config.install(CHART, NAME, first, create_namespace=True, wait="watcher", timeout=PATIENCE)
        require(f"the release is {release['status']}", release["status"] == "deployed")
        count = as_rendered(kube, first)
        require("NOTES do not tell the API server's version", "v1.20" in release["notes"])
        config.upgrade(CHART, NAME, second, wait="watcher", timeout=PATIENCE)
        as_rendered(kube, second)

        # A class cannot be changed, and the replicas come before it: what was changed already has to be brought back.
        bad = second | {"replicas": 4, "storageClasses": [CLASS | {"parameters": {"clusterID": "a", "pool": "c"}}]}
        refused("an upgrade that changes a class", ["updates to parameters are forbidden"],
                lambda: config.upgrade(CHART, NAME, bad, wait="watcher", timeout=PATIENCE, rollback_on_failure=True))
        as_rendered(kube, second)
        last = config.history(NAME)[-1]
        require(f"after the failed upgrade the release is {last['status']}", last["status"] == "deployed")
        refused("an upgrade that the schema refuses", ["/replicas"], lambda: config.upgrade(CHART, NAME, second | {"replicas": 0}))
        as_rendered(kube, second)

        config.rollback(NAME, version=1, wait="watcher", timeout=PATIENCE)
        as_rendered(kube, first)
        require("the budget of revision 2 is still there", not [each for each in kube.list("PodDisruptionBudget", NAME)])
        config.uninstall(NAME, wait="watcher", timeout=PATIENCE)
        eventually("nothing of the release is left", lambda: [each for each in owned(kube) if each not in (f"Namespace {NAME}", f"Node {NAME}-node")],
                   until=lambda left: not left)
    kube.delete("Namespace", NAME)
    return f"{count} objects installed, upgraded, brought back after a failed upgrade, rolled back, removed; nothing left"


def evict(kube: Kube, pod: str) -> bool:
    """Whether a pod may be evicted now, as kubectl drain would ask; nothing is carried out."""
    try:
        kube.request("POST", kube.path("Pod", pod, NAME, "eviction"), {
            "apiVersion": "policy/v1beta1", "kind": "Eviction", "metadata": {"name": pod, "namespace": NAME}, "deleteOptions": {"dryRun": ["All"]}})
    except Status as status:
        if status.code == 429:
            return False
        raise
    return True


def drain(kube: Kube) -> str:
    """Who may be evicted, while replicas are ready and while, with Ceph down, none is."""
    table = {"defaults": ({}, True, True), "allInOne": ({"allInOne": True}, True, True),
             "onOlderKubernetes": ({"podDisruptionBudget": {"onOlderKubernetes": True}}, True, False)}
    lines = []
    for name, (values, while_ready, while_not) in table.items():
        eventually("the namespace of the case before is gone", lambda: kube.get("Namespace", NAME) is None, 60)
        replicas = 1 if "allInOne" in values else 2
        with HollowNode(kube, f"{NAME}-node", NAME) as node, helm_python.Config(kubeconfig_path=kube.kubeconfig, namespace=NAME) as config:
            config.install(CHART, NAME, values, create_namespace=True, wait="watcher", timeout=PATIENCE)
            for ready, expected in (True, while_ready), (False, while_not):
                node.all_told(ready, replicas)
                pod = node.pods()[0]["metadata"]["name"]
                if kube.list("PodDisruptionBudget", NAME):
                    eventually("the budget is counted", lambda: kube.list("PodDisruptionBudget", NAME)[0]["status"].get("currentHealthy"),
                               until=lambda healthy: healthy == (replicas if ready else 0))
                eventually(f"{name}: a pod that is {'' if ready else 'not '}ready can{'' if expected else 'not'} be evicted",
                           lambda: evict(kube, pod), until=lambda allowed: allowed is expected)
                lines.append(f"{name}, {'ready' if ready else 'none ready'}: {'evicted' if expected else 'blocked'}")
            config.uninstall(NAME, wait="watcher", timeout=PATIENCE)
        kube.delete("Namespace", NAME)
    return "; ".join(lines)

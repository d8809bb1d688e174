"""A node without machines behind it: says of pods that they run and are ready, as far as it is told to, and lets go of those
that are deleted. So that Deployments come to an end and evictions are decided as in a cluster with nodes."""
import threading

from lab import Kube, Object, Status, eventually


class HollowNode:
    """A node for the pods of one namespace; use it as a context."""

    def __init__(self, kube: Kube, name: str, namespace: str) -> None:
        self.kube, self.name, self.namespace = kube, name, namespace
        self.ready = True
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def __enter__(self) -> "HollowNode":
        self.kube.create({"apiVersion": "v1", "kind": "Node", "metadata": {
            "name": self.name, "labels": {"kubernetes.io/hostname": self.name}}})
        self.kube.merge("Node", self.name, {"spec": {"taints": None}})
        self.kube.merge("Node", self.name, {"status": {
            "capacity": {"cpu": "8", "memory": "16Gi", "pods": "110"}, "allocatable": {"cpu": "8", "memory": "16Gi", "pods": "110"},
            "conditions": [{"type": "Ready", "status": "True", "reason": "Hollow", "message": "no machine"}]}}, part="status")
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        self._thread.join(10)
        self.kube.delete("Node", self.name)

    def pods(self) -> list[Object]:
        return self.kube.list("Pod", self.namespace, fieldSelector=f"spec.nodeName={self.name}")

    def all_told(self, ready: bool, count: int) -> None:
        """From now on pods are ready or not; waits until that is so of `count` pods."""
        self.ready = ready
        eventually(f"{count} pods are {'' if ready else 'not '}ready", lambda: [
            each["metadata"]["name"] for each in self.pods() if "deletionTimestamp" not in each["metadata"] and _is_ready(each) is ready],
            until=lambda names: len(names) == count)

    def _run(self) -> None:
        while not self._ending.wait(0.1):
            for pod in self.pods():
                try:
                    self._tend(pod)
                except Status as status:
                    if status.code not in (404, 409):
                        raise

    def _tend(self, pod: Object) -> None:
        name = pod["metadata"]["name"]
        if "deletionTimestamp" in pod["metadata"]:
            self.kube.delete("Pod", name, self.namespace, grace=0)
        elif _is_ready(pod) is not self.ready:
            conditions = [{"type": kind, "status": "True" if self.ready or kind == "PodScheduled" else "False"}
                          for kind in ("PodScheduled", "Initialized", "Ready", "ContainersReady")]
            self.kube.merge("Pod", name, {"status": {"phase": "Running", "conditions": conditions}}, self.namespace, "status")


def _is_ready(pod: Object) -> bool | None:
    """Nothing as long as nobody has said."""
    states = [each["status"] for each in pod["status"].get("conditions", []) if each["type"] == "Ready"]
    return states[0] == "True" if states else None

"""The installed chart's pod, run as its template says: it serves claims, its probes answer, and the kernel holds it to what the
template promises."""
import subprocess
import time

import helm_python
from container import RUNTIME, Container, facts
from engine import CHART
from lab import Failure, eventually
from stage import Stage

CLAIMS = 100
PROMISED = {"Uid": "65532\t65532\t65532\t65532", "Gid": "65532\t65532\t65532\t65532", "CapEff": "0" * 16, "CapBnd": "0" * 16,
            "NoNewPrivs": "1", "Seccomp": "2"}


def confined(container: Container) -> None:
    found = facts(container)
    if found != PROMISED:
        raise Failure(f"the process has {found} instead of {PROMISED}")
    # Nothing of its own file systems takes a file, but for /dev, where every runtime puts a tmpfs.
    for place in "/", "/tmp", "/var/tmp", "/etc/holdfast/config", "/var/run/secrets/kubernetes.io/serviceaccount", "/run", "/home":
        attempt = subprocess.run([*RUNTIME, "exec", container.name, "touch", f"{place}/file"], capture_output=True, text=True, timeout=10)
        if attempt.returncode == 0:
            raise Failure(f"{place} can be written in the container")


def serve(stage: Stage) -> str:
    """Installs with Helm, runs the pod, makes claims, deletes them; what was measured."""
    stage.set()
    # Every other claim goes to a class that names no Secret to provision with: the pod's own credentials serve it.
    own = stage.storage_class(f"{stage.name}-own", **{
        f"csi.storage.k8s.io/node-stage-secret-{key}": value for key, value in (("name", "ceph"), ("namespace", stage.name))})
    del own["secret"]
    values = stage.values
    values |= {"cephCredentials": {"existingSecret": "ceph", "id": stage.name}, "storageClasses": [*values["storageClasses"], own]}
    with helm_python.Config(kubeconfig_path=stage.kube.kubeconfig, namespace=stage.name) as helm:
        helm.install(CHART, stage.name, values, timeout=60)
        began = time.monotonic()
        container = stage.start()
        container.is_ready()
        ready = time.monotonic() - began
        confined(container)
        if container.bundle.image["User"] != "65532:65532":
            raise Failure(f"the image runs as {container.bundle.image['User']!r} where a pod does not say otherwise")
        for probe in "startupProbe", "livenessProbe", "readinessProbe":
            if not container.probe(probe):
                raise Failure(f"the {probe} does not answer")
        began = time.monotonic()
        for number in range(CLAIMS):
            stage.claim(f"claim-{number}", of=own["name"] if number % 2 else "")
        bound = eventually(f"{CLAIMS} claims are Bound", lambda: [
            each["spec"]["volumeName"] for each in stage.kube.list("PersistentVolumeClaim", stage.name) if each["status"]["phase"] == "Bound"],
            120, lambda names: len(names) == CLAIMS)
        took = time.monotonic() - began
        images = stage.ceph.images(stage.pool, stage.name)
        if len(set(bound)) != CLAIMS or len(images) != CLAIMS or set(bound) != set(stage.volumes()):
            raise Failure(f"{CLAIMS} claims have {len(set(bound))} volumes and {len(images)} images")
        began = time.monotonic()
        stage.kube.delete("PersistentVolumeClaim", "", stage.name)
        eventually("all volumes are gone", stage.volumes, 120, lambda names: not names)
        gone = time.monotonic() - began
        eventually("nothing is left in the pool", stage.leftovers, 60, lambda left: not left)
        memory = container.memory()
        status = container.stop()
        if status != 0 or stage.lease().get("holderIdentity"):
            raise Failure(f"after SIGTERM: exit status {status}, Lease {stage.lease()}")
        if "orbidden" in container.text():
            raise Failure(f"something was forbidden; see {container.log}")
        helm.uninstall(stage.name, timeout=60)
    return (f"ready after {ready:.1f} s; {CLAIMS} claims Bound after {took:.1f} s and gone after {gone:.1f} s, nothing left in the pool; "
            f"at most {memory >> 20} MiB resident; user 65532, no capability, no new privileges, seccomp, nothing writable")

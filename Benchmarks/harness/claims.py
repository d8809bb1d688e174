"""Claims to Bound, and PVs gone, against a real kube-apiserver; beside what the API itself allows without storage."""
import contextlib
import http.client
import json
import pathlib
import subprocess
import tempfile
import threading
import time

from . import labs, processes, report
from .api import API

CLAIMS = "/api/v1/namespaces/default/persistentvolumeclaims"
VOLUMES = "/api/v1/persistentvolumes"
NAME = "rbd.holdfast.io"


def storage_class(name, provisioner, fsid):
    return {
        "apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": name},
        "provisioner": provisioner,
        "parameters": {
            "clusterID": fsid, "pool": "rbd", "imageFeatures": "layering",
            "csi.storage.k8s.io/provisioner-secret-name": "ceph",
            "csi.storage.k8s.io/provisioner-secret-namespace": "default",
            "csi.storage.k8s.io/node-stage-secret-name": "ceph",
            "csi.storage.k8s.io/node-stage-secret-namespace": "default",
        },
    }


def claim(name, class_name):
    return {
        "apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": name},
        "spec": {"accessModes": ["ReadWriteOnce"], "storageClassName": class_name,
                 "resources": {"requests": {"storage": "64Mi"}}},
    }


def bare_volume(item):
    """A PV without any storage behind it: what making a PV costs the API."""
    meta = item["metadata"]
    return {
        "apiVersion": "v1", "kind": "PersistentVolume",
        "metadata": {"name": f"pvc-{meta['uid']}", "annotations": {"pv.kubernetes.io/provisioned-by": "bare.holdfast.io"}},
        "spec": {
            "accessModes": ["ReadWriteOnce"], "capacity": {"storage": "64Mi"}, "storageClassName": "bare",
            "persistentVolumeReclaimPolicy": "Delete",
            "claimRef": {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "name": meta["name"],
                         "namespace": meta["namespace"], "uid": meta["uid"]},
            "csi": {"driver": "bare.holdfast.io", "volumeHandle": meta["uid"]},
        },
    }


def until_bound(api, version, names, deadline):
    """Returns when each named claim has been seen Bound."""
    waiting = set(names)
    for event in api.events(CLAIMS, version, deadline):
        item = event["object"]
        if item.get("status", {}).get("phase") == "Bound":
            waiting.discard(item["metadata"]["name"])
            if not waiting:
                return


def until_gone(api, version, count, deadline):
    """Returns when so many PVs have been deleted."""
    for event in api.events(VOLUMES, version, deadline):
        count -= event["type"] == "DELETED"
        if count == 0:
            return


def version_of(api, path):
    return api.call(api.connection(), "GET", f"{path}?limit=1")["metadata"]["resourceVersion"]


def timed(wait, act):
    """Seconds from the start of `act` to the end of `wait`, which runs beside it."""
    failure = []

    def guarded():
        try:
            wait()
        except Exception as error:  # noqa: BLE001 - raised again below
            failure.append(error)

    watcher = threading.Thread(target=guarded)
    watcher.start()
    began = time.monotonic()
    act()
    watcher.join()
    if failure:
        raise failure[0]
    return time.monotonic() - began


def round_of(api, label, class_name, count, deadline, on_claim=None, on_bound=None):
    """Creates `count` claims, waits until they are Bound, deletes them, waits until their PVs are gone."""
    names = [f"{label}-{number}" for number in range(count)]

    def create(connection, name):
        item = api.call(connection, "POST", CLAIMS, claim(name, class_name))
        if on_claim:
            on_claim(connection, item)

    version = version_of(api, CLAIMS)
    created = timed(lambda: until_bound(api, version, names, deadline), lambda: api.parallel(16, names, create))
    if on_bound:
        on_bound()
    if on_claim:  # nobody would delete these PVs
        uids = [item["metadata"]["name"] for item in api.call(api.connection(), "GET", VOLUMES)["items"]]
        api.parallel(16, names, lambda c, name: api.call(c, "DELETE", f"{CLAIMS}/{name}"))
        api.parallel(16, uids, lambda c, name: api.call(c, "DELETE", f"{VOLUMES}/{name}"))
        return count / created, None
    version = version_of(api, VOLUMES)
    deleted = timed(
        lambda: until_gone(api, version, count, deadline),
        lambda: api.parallel(16, names, lambda c, name: api.call(c, "DELETE", f"{CLAIMS}/{name}")))
    return count / created, count / deleted


@contextlib.contextmanager
def provisioner(binary, kube, ceph, fsid, folder):
    """The provisioner, leading; gives its pid and the seconds from start to leading."""
    config = pathlib.Path(folder) / "config.json"
    monitors = json.loads(labs.run(labs.ROOT / "deploy/dev/ceph", "env", "--dir", ceph, "-o", "json"))["HOLDFAST_CEPH_MONITORS"]
    config.write_text(json.dumps([{"clusterID": fsid, "monitors": monitors.split(",")}]))
    log = open(pathlib.Path(folder) / "provisioner.log", "w")
    began = time.monotonic()
    child = subprocess.Popen(
        [str(binary), "--kubeconfig", labs.kubeconfig(kube), "--ceph-config", str(config), "--lease-namespace", "default",
         "--health-address", "127.0.0.1:18081", "--log-level", "warning"], stdout=log, stderr=log)
    try:
        while True:
            if child.poll() is not None:
                raise SystemExit(f"error: the provisioner ended with {child.returncode}; see {log.name}:\n"
                                 + pathlib.Path(log.name).read_text()[-2000:])
            with contextlib.suppress(OSError):
                connection = http.client.HTTPConnection("127.0.0.1", 18081, timeout=1)
                connection.request("GET", "/readyz")
                if connection.getresponse().status == 200:
                    break
            if time.monotonic() - began > 60:
                raise SystemExit(f"error: the provisioner is not ready after 60 s; see {log.name}")
            time.sleep(0.01)
        yield child.pid, time.monotonic() - began
    finally:
        child.terminate()
        try:
            child.wait(timeout=60)
        except subprocess.TimeoutExpired:
            child.kill()


def measure(binary, rounds, count, ceph_options, kube_options, progress=print):
    rates = {name: report.Series(name) for name in ("claims bound", "volumes deleted", "PVs without storage bound")}
    cpu, facts = {}, {}
    with labs.lab("ceph", *ceph_options) as ceph, labs.lab("kube", *kube_options) as kube, \
            tempfile.TemporaryDirectory(prefix="holdfast-bench-") as folder:
        api = API(labs.kubeconfig(kube))
        fsid = labs.run("ceph", "--conf", ceph / "ceph.conf", "fsid").strip()
        _, key = labs.ceph_keyring(ceph, "holdfast")
        connection = api.connection()
        for name, owner in (("holdfast", NAME), ("bare", "bare.holdfast.io")):
            api.call(connection, "POST", "/apis/storage.k8s.io/v1/storageclasses", storage_class(name, owner, fsid))
        api.call(connection, "POST", "/api/v1/namespaces/default/secrets", {
            "apiVersion": "v1", "kind": "Secret", "metadata": {"name": "ceph"},
            "stringData": {"userID": "holdfast", "userKey": key}})
        with provisioner(binary, kube, ceph, fsid, folder) as (pid, leading):
            facts["seconds from start to leading"] = leading
            daemons = {**processes.pids_of(ceph), **processes.pids_of(kube), "holdfast-provisioner": pid}
            for number in range(rounds):
                before = {name: processes.cpu_seconds(p) for name, p in daemons.items()}

                def bound(number=number, before=before):
                    for name, p in daemons.items():
                        cpu.setdefault(name, report.Series(name, " ms")).add(
                            (processes.cpu_seconds(p) - before[name]) / count * 1000)
                    facts["memory MiB"], facts["memory high MiB"] = processes.memory_mib(pid)

                up, down = round_of(api, f"ours-{number}", "holdfast", count, 900, on_bound=bound)
                rates["claims bound"].add(up)
                rates["volumes deleted"].add(down)
                bare, _ = round_of(api, f"bare-{number}", "bare", count, 900,
                                   on_claim=lambda c, item: api.call(c, "POST", VOLUMES, bare_volume(item)))
                rates["PVs without storage bound"].add(bare)
                progress(f"round {number + 1} of {rounds}: {up:.1f} bound/s, {down:.1f} deleted/s, {bare:.1f} bare/s")
    return rates, cpu, facts


def show(rates, cpu, facts):
    print(report.table(["SERIES", "MEDIAN", "MIN", "MAX"], [s.row() for s in rates.values()]))
    print()
    print(report.table(["CPU PER CLAIM, UNTIL BOUND", "MEDIAN", "MIN", "MAX"],
                       [s.row() for s in sorted(cpu.values(), key=lambda s: -s.median)]))
    print()
    ratio = rates["claims bound"].ratio(rates["PVs without storage bound"])
    print(report.table(["FIGURE", "VALUE", "AIM"], [
        ["claims bound / PVs without storage", f"{ratio:.2f}", ">= 0.9"],
        ["memory of the provisioner, MiB", f"{facts['memory MiB']:.1f} (high {facts['memory high MiB']:.1f})", "< 60"],
        ["start to leading, s", f"{facts['seconds from start to leading']:.2f}", ""],
    ]))

"""The provisioner as a process beside the labs."""
import contextlib
import http.client
import json
import os
import pathlib
import re
import subprocess
import time

from . import labs


class Provisioner:
    """A running holdfast-provisioner."""

    def __init__(self, child, port, log):
        self.child, self.port, self.log = child, port, log

    @property
    def pid(self):
        return self.child.pid

    def leads(self):
        """Whether it says itself that it leads."""
        with contextlib.suppress(OSError):
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=1)
            connection.request("GET", "/metrics")
            text = connection.getresponse().read().decode()
            return re.search(r"^leader_election_master_status(\{.*\})? 1(\.0)?$", text, re.MULTILINE) is not None
        return False

    def warnings(self):
        """The lines of its log, which holds warnings and errors alone."""
        return self.log.read_text().splitlines()

    def wait_until_leading(self, seconds):
        began = time.monotonic()
        while not self.leads():
            if self.child.poll() is not None:
                raise SystemExit(f"error: the provisioner ended with {self.child.returncode}:\n{self.log.read_text()[-2000:]}")
            if time.monotonic() - began > seconds:
                raise SystemExit(f"error: the provisioner does not lead after {seconds} s:\n{self.log.read_text()[-2000:]}")
            time.sleep(0.005)


def command(binary, kube, ceph, folder, port, flags):
    config = pathlib.Path(folder) / "config.json"
    config.write_text(json.dumps([{"clusterID": ceph["fsid"], "monitors": ceph["monitors"]}]))
    return [str(binary), "--kubeconfig", kube["kubeconfig"], "--ceph-config", str(config), "--lease-namespace", "default",
            "--health-address", f"127.0.0.1:{port}", "--log-level", "warning", *flags]


@contextlib.contextmanager
def provisioner(binary, kube, ceph, folder, flags=(), port=18081):
    """A provisioner that leads, and the seconds from its start until then. SIGTERM at the end."""
    log = pathlib.Path(folder) / "provisioner.log"
    began = time.monotonic()
    with open(log, "w") as output:
        child = subprocess.Popen(
            command(binary, kube, ceph, folder, port, flags), stdout=output, stderr=output,
            env=os.environ | {"MALLOC_ARENA_MAX": "2"})  # as deploy/manifests/deployment.yaml has it
    try:
        running = Provisioner(child, port, log)
        running.wait_until_leading(60)
        yield running, time.monotonic() - began
    finally:
        child.terminate()
        try:
            child.wait(timeout=60)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def claims_setup(api, name, ceph, provisioner_name):
    """The StorageClass of claims that the provisioner shall answer, and its Secret."""
    secret = {"provisioner-secret": "ceph", "node-stage-secret": "ceph"}
    api.call("POST", "/api/v1/namespaces/default/secrets", {
        "apiVersion": "v1", "kind": "Secret", "metadata": {"name": "ceph"},
        "stringData": {"userID": "holdfast", "userKey": labs.key_of(ceph, "holdfast")}})
    parameters = {"clusterID": ceph["fsid"], "pool": ceph["pool"], "imageFeatures": "layering"}
    for use, value in secret.items():
        parameters[f"csi.storage.k8s.io/{use}-name"] = value
        parameters[f"csi.storage.k8s.io/{use}-namespace"] = "default"
    api.call("POST", "/apis/storage.k8s.io/v1/storageclasses", {
        "apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": name},
        "provisioner": provisioner_name, "parameters": parameters})

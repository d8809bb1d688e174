"""A container that runs as a pod template says: an OCI bundle made of the template and of the API's objects, and runc.

Only what our template uses is understood; anything else is an error, so that nothing is left out in silence."""
import base64
import json
import os
import pathlib
import platform
import signal
import subprocess
import urllib.error
import urllib.request
from typing import Any

from lab import Failure, Kube, Object, eventually

# Debian's runc; its state is kept apart from that of any container engine.
RUNTIME = ["runc", "--root", "/run/holdfast-test"]
SECCOMP = pathlib.Path("/usr/share/containers/seccomp.json")
DEFAULT_CAPABILITIES = ["CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL", "CAP_NET_BIND_SERVICE", "CAP_SETFCAP",
                        "CAP_SETGID", "CAP_SETPCAP", "CAP_SETUID", "CAP_SYS_CHROOT"]
POD_FIELDS = {"serviceAccountName", "serviceAccount", "automountServiceAccountToken", "enableServiceLinks", "terminationGracePeriodSeconds",
              "affinity", "securityContext", "containers", "volumes", "restartPolicy", "dnsPolicy", "schedulerName"}
CONTAINER_FIELDS = {"name", "image", "imagePullPolicy", "args", "command", "env", "ports", "startupProbe", "livenessProbe", "readinessProbe",
                    "resources", "securityContext", "volumeMounts", "terminationMessagePath", "terminationMessagePolicy"}


def default_seccomp(capabilities: list[str]) -> Object:
    """The container runtimes' default profile, as it holds for this machine and these capabilities."""
    profile = json.loads(SECCOMP.read_text())
    machine = {"x86_64": "amd64", "aarch64": "arm64"}[platform.machine()]
    native = {"amd64": "SCMP_ARCH_X86_64", "arm64": "SCMP_ARCH_AARCH64"}[machine]
    rules = []
    for rule in profile["syscalls"]:
        wants, bars = rule.get("includes", {}), rule.get("excludes", {})
        if wants.get("arches") and machine not in wants["arches"] or machine in (bars.get("arches") or []):
            continue
        if not set(wants.get("caps") or []) <= set(capabilities) or set(bars.get("caps") or []) & set(capabilities):
            continue
        rules.append({key: rule[key] for key in ("names", "action", "args", "errnoRet") if rule.get(key) is not None})
    architectures = [native] + next((each["subArchitectures"] for each in profile["archMap"] if each["architecture"] == native), [])
    return {"defaultAction": profile["defaultAction"], "defaultErrnoRet": profile["defaultErrnoRet"], "architectures": architectures,
            "syscalls": rules}


def bytes_of(quantity: str) -> int:
    for suffix, factor in ("Ki", 1 << 10), ("Mi", 1 << 20), ("Gi", 1 << 30):
        if quantity.endswith(suffix):
            return int(quantity.removesuffix(suffix)) * factor
    return int(quantity)


class Bundle:
    """What a kubelet makes of a pod: files for its volumes, and the runtime's configuration."""

    def __init__(self, kube: Kube, deployment: Object, image: pathlib.Path, folder: pathlib.Path, pod: str) -> None:
        self.kube, self.folder, self.pod = kube, folder, pod
        self.namespace = deployment["metadata"]["namespace"]
        self.spec = deployment["spec"]["template"]["spec"]
        (self.container,) = self.spec["containers"]
        self._only(self.spec, POD_FIELDS, "pod")
        self._only(self.container, CONTAINER_FIELDS, "container")
        self.image = json.loads(image.with_name(image.name + ".json").read_text())["OCIv1"]["config"]
        self.security = self.spec.get("securityContext", {}) | self.container.get("securityContext", {})
        folder.mkdir(parents=True)
        (folder / "config.json").write_text(json.dumps(self._configuration(image), indent=1))

    @staticmethod
    def _only(part: Object, known: set[str], what: str) -> None:
        if unknown := set(part) - known:
            raise Failure(f"the {what} has fields that this test does not carry out: {', '.join(sorted(unknown))}")

    def _configuration(self, image: pathlib.Path) -> Object:
        dropped = self.security.get("capabilities", {}).get("drop", [])
        capabilities = [] if "ALL" in dropped else [each for each in DEFAULT_CAPABILITIES if each.removeprefix("CAP_") not in dropped]
        linux: Object = {
            # The labs are on this machine's loopback, hence its network.
            "namespaces": [{"type": each} for each in ("pid", "ipc", "uts", "mount")],
            "maskedPaths": ["/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list", "/proc/sched_debug", "/sys/firmware"],
            "readonlyPaths": ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"],
            "resources": {"memory": {"limit": bytes_of(self.container["resources"]["limits"]["memory"])}},
            "cgroupsPath": f"/holdfast-{os.getpid()}-{self.pod}",
        }
        if self.security.get("seccompProfile") == {"type": "RuntimeDefault"}:
            linux["seccomp"] = default_seccomp(capabilities)
        return {
            "ociVersion": "1.0.2", "hostname": self.pod,
            "root": {"path": str(image), "readonly": self.security.get("readOnlyRootFilesystem", False)},
            "process": {
                "user": {"uid": self.security["runAsUser"], "gid": self.security["runAsGroup"], "additionalGids": [self.security["fsGroup"]]},
                "args": self.container.get("command", self.image["Entrypoint"]) + self.container["args"],
                "env": self._environment(), "cwd": "/",
                "noNewPrivileges": self.security.get("allowPrivilegeEscalation") is False,
                "capabilities": {each: capabilities for each in ("bounding", "effective", "permitted")},
            },
            "mounts": self._system_mounts() + [
                {"destination": place, "source": str(source), "type": "bind", "options": ["rbind", "ro"]} for place, source in self._volumes().items()],
            "linux": linux,
        }

    def _environment(self) -> list[str]:
        values = dict(each.split("=", 1) for each in self.image["Env"])
        values |= {"HOSTNAME": self.pod, "KUBERNETES_SERVICE_HOST": self.kube.host, "KUBERNETES_SERVICE_PORT": self.kube.port}
        downward = {"metadata.namespace": self.namespace, "metadata.name": self.pod}
        for each in self.container["env"]:
            values[each["name"]] = each["value"] if "value" in each else downward[each["valueFrom"]["fieldRef"]["fieldPath"]]
        return [f"{name}={value}" for name, value in values.items()]

    @staticmethod
    def _system_mounts() -> list[Object]:
        quiet = ["nosuid", "noexec", "nodev"]
        return [
            {"destination": "/proc", "type": "proc", "source": "proc", "options": quiet},
            {"destination": "/dev", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "strictatime", "mode=755", "size=65536k"]},
            {"destination": "/dev/shm", "type": "tmpfs", "source": "shm", "options": [*quiet, "mode=1777", "size=65536k"]},
            {"destination": "/sys", "type": "bind", "source": "/sys", "options": ["rbind", *quiet, "ro"]},
        ]

    def _volumes(self) -> dict[str, pathlib.Path]:
        """Where each volume is mounted, and the folder with its files."""
        folders = {each["name"]: self._volume(each) for each in self.spec["volumes"]}
        mounts = {}
        for mount in self.container["volumeMounts"]:
            if not mount.get("readOnly") or "subPath" in mount:
                raise Failure(f"the mount {mount['name']} is none that this test carries out")
            mounts[mount["mountPath"]] = folders[mount["name"]]
        if self.spec.get("automountServiceAccountToken"):
            mounts["/var/run/secrets/kubernetes.io/serviceaccount"] = self._files("token", {
                "token": self.kube.token(self.spec["serviceAccountName"], self.namespace), "ca.crt": self.kube.authority,
                "namespace": self.namespace}, 0o640)
        return mounts

    def _volume(self, volume: Object) -> pathlib.Path:
        if "configMap" in volume:
            source, kind = volume["configMap"], "ConfigMap"
            name = source["name"]
        elif "secret" in volume:
            source, kind = volume["secret"], "Secret"
            name = source["secretName"]
        else:
            raise Failure(f"the volume {volume['name']} is of a kind that this test does not carry out")
        found = self.kube.get(kind, name, self.namespace)
        if found is None:
            raise Failure(f"the {kind} {name} that the pod mounts does not exist")
        data = found.get("data", {})
        if kind == "Secret":
            data = {key: base64.b64decode(value).decode() for key, value in data.items()}
        return self._files(volume["name"], {item["path"]: data[item["key"]] for item in source["items"]}, source["defaultMode"])

    def _files(self, name: str, files: dict[str, str], mode: int) -> pathlib.Path:
        folder = self.folder / "volumes" / name
        folder.mkdir(parents=True)
        for path, text in files.items():
            file = folder / path
            file.write_text(text)
            os.chown(file, 0, self.security["fsGroup"])
            file.chmod(mode)
        os.chown(folder, 0, self.security["fsGroup"])
        folder.chmod(0o750)
        return folder


class Container:
    """A bundle that runs."""

    def __init__(self, bundle: Bundle) -> None:
        self.bundle, self.name = bundle, f"holdfast-{os.getpid()}-{bundle.pod}"
        self.port = next(each["containerPort"] for each in bundle.container["ports"] if each["name"] == "health")
        self.log = bundle.folder / "log"
        with self.log.open("w") as log:
            self._process = subprocess.Popen(
                [*RUNTIME, "run", "--bundle", str(bundle.folder), self.name],
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True)

    def probe(self, name: str) -> bool:
        """Asks what the kubelet would ask for this probe."""
        probe: dict[str, Any] = self.bundle.container[name]
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{probe['httpGet']['path']}", timeout=probe["timeoutSeconds"]) as answer:
                return 200 <= answer.status < 400
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False

    def metrics(self) -> str:
        """Empty when it does not answer."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/metrics", timeout=5) as answer:
                return answer.read().decode()
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return ""

    def is_alive(self) -> bool:
        return self._process.poll() is None

    def pid(self) -> int:
        """The first process inside, as this machine numbers it."""
        text = subprocess.run([*RUNTIME, "state", self.name], capture_output=True, text=True, timeout=10, check=True)
        return json.loads(text.stdout)["pid"]

    def memory(self) -> int:
        """The most that was resident so far, in bytes."""
        status = pathlib.Path(f"/proc/{self.pid()}/status").read_text()
        return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM:"))) << 10

    def text(self) -> str:
        return self.log.read_text(errors="replace")

    def stop(self, how: signal.Signals = signal.SIGTERM, patience: float = 20) -> int:
        """Signals it and waits for its end; its exit status."""
        if self.is_alive():
            subprocess.run([*RUNTIME, "kill", self.name, str(how.value)], capture_output=True, timeout=10)
        try:
            return self._process.wait(patience)
        except subprocess.TimeoutExpired:
            self.remove()
            raise Failure(f"{self.name} did not end within {patience:g} s of {how.name}") from None

    def remove(self) -> None:
        subprocess.run([*RUNTIME, "delete", "--force", self.name], capture_output=True, timeout=20)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()

    def is_ready(self, patience: float = 30) -> None:
        def look() -> str:
            if not self.is_alive():
                raise Failure(f"the container ended: {self.text()[-500:]}")
            return "ready" if self.probe("readinessProbe") else self.text()[-300:]
        eventually("the pod is ready", look, patience, lambda found: found == "ready")


def facts(container: Container) -> Object:
    """What the kernel says about the process inside."""
    status = dict(line.split(":\t", 1) for line in pathlib.Path(f"/proc/{container.pid()}/status").read_text().splitlines() if ":\t" in line)
    return {name: status[name].strip() for name in ("Uid", "Gid", "CapEff", "CapBnd", "NoNewPrivs", "Seccomp")}

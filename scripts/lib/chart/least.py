"""Least privilege: a short life of a provisioner that uses all it is granted, run once whole and once without each right.

Each step of that life is an observation; a right that is taken away has to spoil at least one."""
import pathlib
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Callable

from engine import objects, render
from lab import Ceph, Failure, Kube, eventually
from stage import Right, Stage, rights

PATIENCE = 8.0  # seconds for a step that a whole set of rights does in one or two
AT_A_TIME = 8
BURST = 30  # claims
# Asked for only after a conflict with the controller-manager, which cannot be brought about at will.
NOT_AT_WILL = {"get persistentvolumeclaims"}


class Life:
    """The steps, in their order; what went wrong at each."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.broken: dict[str, str] = {}
        # Whether the leader writes into its Lease what its successor has to fence.
        self.fences = False
        # What the process left that was killed.
        self.first_log = ""
        self.refusals: list[str] = []

    def run(self) -> dict[str, str]:
        """What is broken, by observation, with the reason."""
        stage = self.stage
        self.container = stage.start()
        steps: list[tuple[str, Callable[[], object]]] = [
            ("ready", lambda: self.container.is_ready(PATIENCE)), ("leads", self._leads), ("claim Bound", self._bound),
            ("event", self._event), ("event counted", self._counted), ("new class served", self._new_class),
            ("attached volume kept", self._attached), ("abandoned claim cleaned up", self._abandoned), ("volume deleted", self._deleted),
            ("nothing left in the pool", self._nothing_left), ("another takes over", self._taken_over), ("Lease given back", self._released),
            ("nothing forbidden", self._quiet)]
        for name, step in steps:
            try:
                step()
            except Failure as failure:
                self.broken[name] = str(failure)
            # Without these no later step can go well, and each would cost its patience.
            if name in self.broken and name in ("ready", "leads", "claim Bound"):
                self._guarded("nothing forbidden", self._quiet)
                break
        return self.broken

    def _guarded(self, name: str, step: Callable[[], object]) -> None:
        try:
            step()
        except Failure as failure:
            self.broken[name] = str(failure)

    def _refused(self) -> list[str]:
        """What the process counted; nothing once it has ended."""
        return [line for line in self.container.metrics().splitlines()
                if line.startswith("kubernetes_client_request_duration_seconds_count") and 'code="403"' in line]

    def _leads(self) -> None:
        eventually("somebody leads", lambda: self.stage.lease().get("holderIdentity", ""), PATIENCE)

    def _bound(self) -> None:
        self.stage.claim("data")
        self.volume = self.stage.bound("data", PATIENCE)
        if self.stage.values.get("binding") == "direct":
            # A single claim is often bound by the controller-manager first: among many both write at the same moment.
            names = [f"burst-{number}" for number in range(BURST)]
            for name in names:
                self.stage.claim(name)
            for name in names:
                self.stage.bound(name, PATIENCE)

    def _event(self) -> None:
        eventually("the claim has its event", lambda: [each["reason"] for each in self.stage.events() if each["involvedObject"]["name"] == "data"],
                   PATIENCE, lambda reasons: "ProvisioningSucceeded" in reasons)

    def _counted(self) -> None:
        """The same trouble twice, with another one in between, is one event with a count."""
        stage, name = self.stage, f"{self.stage.name}-bad"
        for number, wrong in enumerate(("mounter", "dataPool", "mounter")):
            stage.kube.delete("StorageClass", name)
            stage.make_class(name, **{wrong: "no such thing"})
            if number == 0:
                stage.claim("bad", of=name)
            eventually(f"an event names {wrong}", lambda: [each.get("count") for each in stage.events()
                       if each["involvedObject"]["name"] == "bad" and f"{wrong}" in each["message"]],
                       PATIENCE, lambda counts: counts == [2 if number == 2 else 1])
        stage.kube.delete("PersistentVolumeClaim", "bad", stage.name)

    def _new_class(self) -> None:
        """A class that was made after the start, for a claim whose node is chosen."""
        self.stage.make_class(f"{self.stage.name}-late", "WaitForFirstConsumer")
        self.stage.claim("late", of=f"{self.stage.name}-late", **{"volume.kubernetes.io/selected-node": "somewhere"})
        self.stage.bound("late", PATIENCE)

    def _attached(self) -> None:
        """A volume that a node has is not deleted, though Ceph does not know of that node."""
        stage, name = self.stage, f"{self.stage.name}-attached"
        stage.kube.create({"apiVersion": "storage.k8s.io/v1", "kind": "VolumeAttachment", "metadata": {"name": name}, "spec": {
            "attacher": "rbd.csi.ceph.com", "nodeName": "somewhere", "source": {"persistentVolumeName": self.volume}}})
        try:
            # Nothing tells from outside when the provisioner's watch has brought it: a second is plenty.
            time.sleep(1)
            stage.kube.delete("PersistentVolumeClaim", "data", stage.name)
            eventually("an event on the volume names the node", lambda: [
                each["message"] for each in stage.kube.list("Event", "default") if each["involvedObject"]["name"] == self.volume],
                PATIENCE, lambda messages: any("somewhere" in each for each in messages))
        finally:
            stage.kube.delete("VolumeAttachment", name)

    def _abandoned(self) -> None:
        """A claim goes while its volume is half made: what was begun is taken back, once it is certain that no PV names it.

        Half made it stays because an image of its name, too small for it, is there."""
        stage, name = self.stage, f"{self.stage.name}-half"
        stage.make_class(name, "WaitForFirstConsumer")
        uid = stage.claim("half", of=name)["metadata"]["uid"]
        stage.ceph.make_image(stage.pool, stage.name, f"csi-vol-{uid}", 1 << 20)
        stage.kube.merge("PersistentVolumeClaim", "half", {"metadata": {"annotations": {"volume.kubernetes.io/selected-node": "somewhere"}}}, stage.name)
        eventually("the volume is half made", lambda: f"csi.volume.{uid}" in stage.ceph.objects(stage.pool, stage.name), PATIENCE)
        stage.kube.delete("PersistentVolumeClaim", "half", stage.name)
        eventually("the half is gone", lambda: [each for each in stage.ceph.objects(stage.pool, stage.name) if uid in each], PATIENCE,
                   lambda left: not left)

    def _deleted(self) -> None:
        self.stage.kube.delete("PersistentVolumeClaim", "", self.stage.name)
        eventually("the volumes are gone", self.stage.volumes, 3 * PATIENCE, lambda names: not names)

    def _nothing_left(self) -> None:
        eventually("nothing is left in the pool", self.stage.leftovers, PATIENCE, lambda left: not left)

    def _taken_over(self) -> None:
        """The leader dies without a word; the next one waits for the Lease, and for what fences the dead one."""
        self.refusals = self._refused()
        self.container.stop(signal.SIGKILL)
        self.first_log = self.container.text()
        before = self.stage.lease().get("holderIdentity")
        self.fences = bool(self.stage.lease_annotations())
        self.container = self.stage.start()
        eventually("another one leads", lambda: self.stage.lease().get("holderIdentity"), PATIENCE + 5, lambda holder: holder not in (before, ""))
        self.stage.claim("after")
        self.stage.bound("after", PATIENCE)
        self._deleted()
        self._nothing_left()

    def _released(self) -> None:
        self.refusals += self._refused()
        status = self.container.stop()
        holder = self.stage.lease().get("holderIdentity")
        if status != 0 or holder:
            raise Failure(f"exit status {status}, the Lease is still held by {holder}")

    def _quiet(self) -> None:
        """No log has a refusal, and no process counted one: what it can do without is not always worth a line."""
        for line in self.refusals + (self._refused() if self.container.is_alive() else []):
            raise Failure(line)
        for line in (self.first_log + self.container.text()).splitlines():
            if "orbidden" in line or "ermission denied" in line or "not permitted" in line:
                raise Failure(line[-300:])


@dataclass
class Case:
    """What is taken away: a right, or a part of the caps."""
    name: str
    right: Right | None = None
    caps: dict[str, str] | None = None


def granted(values: dict[str, object]) -> list[Right]:
    return rights(objects(render(values, "1.20.2", "x", "x")))


def cases(fences: bool) -> list[Case]:
    """Everything that is granted by default, taken away one by one."""
    osd = "profile rbd pool=POOL"
    caps = [Case("cephx: mon", caps={"osd": osd}), Case("cephx: osd", caps={"mon": "profile rbd"}),
            Case("cephx: osd, writing", caps={"mon": "profile rbd", "osd": "profile rbd-read-only pool=POOL"})]
    if fences:
        # What the profile has beyond reading: putting a dead leader on the blocklist.
        caps.append(Case("cephx: mon, blocklist", caps={"mon": "allow r", "osd": osd}))
    return [Case(str(right), right) for right in granted({})] + caps


def more_cases(values: dict[str, object]) -> list[Case]:
    """What these values grant beyond the default."""
    default = {str(right) for right in granted({})}
    return [Case(str(right), right) for right in granted(values) if str(right) not in default]


def lines(found: list[tuple[str, dict[str, str]]]) -> str:
    return "\n".join(f"    {name:34} {', '.join(broken) or 'not tried: needs a conflict'}" for name, broken in found)


class Table:
    """Runs the cases, several at a time."""

    def __init__(self, kube: Kube, ceph: Ceph, image: pathlib.Path, folder: pathlib.Path, pool: str, **values: object) -> None:
        self.kube, self.ceph, self.image, self.folder, self.pool, self.values = kube, ceph, image, folder, pool, values
        self.fences = False
        # Stages of two tables are in one pool.
        self.name = "-".join(["least", *map(str, values.values())])

    def run(self) -> list[tuple[str, dict[str, str]]]:
        """Each case with what it broke. Raises Failure when the whole set of rights breaks anything, is not what the API
        server says of the account, or when something that was taken away was not missed."""
        whole = self._one(0, Case("all of them"))
        if whole:
            raise Failure(f"with all rights: {whole}; logs in {self.folder}")
        table = more_cases(self.values) if self.values else cases(self.fences)
        with ThreadPoolExecutor(2 if self.values else AT_A_TIME) as pool:
            broken = list(pool.map(self._one, range(1, len(table) + 1), table))
        found = [(case.name, what) for case, what in zip(table, broken)]
        if unmissed := [name for name, what in found if not what and name not in NOT_AT_WILL]:
            raise Failure(f"taken away and not missed by anything: {', '.join(unmissed)}\n" + lines(found))
        return found

    def _one(self, number: int, case: Case) -> dict[str, str]:
        stage = Stage(self.kube, self.ceph, self.image, self.folder, f"{self.name}-{number}", self.pool, case.caps, **self.values)
        try:
            stage.set()
            stage.apply(case.right)
            if number == 0:
                self._compare(stage)
            life = Life(stage)
            broken = life.run()
            self.fences = self.fences or life.fences
            return broken
        finally:
            stage.strike()

    def _compare(self, stage: Stage) -> None:
        """The API server says of the account exactly what the roles grant, and what everybody may: ask about himself."""
        granted = rights(objects(render(stage.values, "1.20.2", stage.name, stage.name)))
        everywhere = {(each.verb, each.resource) for each in granted if each.kind == "ClusterRole"}
        for namespace, wanted in (stage.name, {(each.verb, each.resource) for each in granted}), ("default", everywhere):
            eventually(f"the account's rights in {namespace} are those of the chart", lambda: stage.kube.rights(
                f"{stage.name}-provisioner", stage.name, namespace) ^ wanted, until=lambda difference: not difference)

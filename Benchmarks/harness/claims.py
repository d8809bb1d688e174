"""Claims to Bound, and PVs gone, against a real kube-apiserver; beside what the API itself allows without storage."""
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from . import labs, processes, report
from .api import API
from .provisioner import claims_setup, provisioner

CLAIMS = "/api/v1/namespaces/default/persistentvolumeclaims"
VOLUMES = "/api/v1/persistentvolumes"
EVENTS = "/api/v1/namespaces/default/events"
HOLDFAST, PROTOCOL, BARE = "holdfast", "PVs by the protocol", "PVs at once"
DIRECT = "holdfast, --bind direct"
CONTESTANTS = [HOLDFAST, PROTOCOL, BARE]
CLASSES = {HOLDFAST: "holdfast", DIRECT: "holdfast", PROTOCOL: "protocol", BARE: "bare"}
# What the controller-manager puts on a claim that an external provisioner shall answer.
ASKED = {"volume.beta.kubernetes.io/storage-provisioner", "volume.kubernetes.io/storage-provisioner"}
BOUND, DELETED = "bound", "deleted"
# Long enough that threads which nothing needs have ended and given their heaps back.
REST_SECONDS = 15
AT_REST = f"bound for {REST_SECONDS} s"
CLIENTS = 16
PROGRAMS = ["holdfast-provisioner", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "etcd", "ceph-osd",
            "ceph-mon", "ceph-mgr", "the harness", "the whole machine"]


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
        "metadata": {"name": f"pvc-{meta['uid']}",
                     "annotations": {"pv.kubernetes.io/provisioned-by": "bare.holdfast.io"}},
        "spec": {
            "accessModes": ["ReadWriteOnce"], "capacity": {"storage": "64Mi"}, "storageClassName": item["spec"]["storageClassName"],
            "persistentVolumeReclaimPolicy": "Delete",
            "claimRef": {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "name": meta["name"],
                         "namespace": meta["namespace"], "uid": meta["uid"]},
            "csi": {"driver": "bare.holdfast.io", "volumeHandle": meta["uid"]},
        },
    }


class Hands:
    """Threads that do something for each of several names once, while their giver reads on."""

    def __init__(self, work):
        self.work, self.given, self.errors = work, set(), []
        self.pool = ThreadPoolExecutor(CLIENTS)

    def give(self, name, item):
        """Has the work done with `item` unless that was asked for this name before; tells of what went wrong so far."""
        if self.errors:
            raise self.errors[0]
        if name not in self.given:
            self.given.add(name)
            self.pool.submit(self._do, item)

    def _do(self, item):
        try:
            self.work(item)
        except Exception as error:  # noqa: BLE001 - raised by the next give
            self.errors.append(error)


def until_bound(api, version, names, deadline, on_asked=None):
    """Returns when each named claim has been seen Bound; `on_asked` is given each claim that waits for a provisioner."""
    waiting, hands = set(names), Hands(on_asked)
    for event in api.events(CLAIMS, version, deadline):
        item, name = event["object"], event["object"]["metadata"]["name"]
        if on_asked and ASKED & set(item["metadata"].get("annotations", {})):
            hands.give(name, item)
        if item.get("status", {}).get("phase") == "Bound":
            waiting.discard(name)
            if not waiting:
                return


def until_gone(api, version, count, deadline, on_released=None):
    """Returns when so many PVs have been deleted; `on_released` is given the name of each PV that is Released."""
    gone, hands = set(), Hands(on_released)
    for event in api.events(VOLUMES, version, deadline):
        item, name = event["object"], event["object"]["metadata"]["name"]
        if on_released and item.get("status", {}).get("phase") == "Released":
            hands.give(name, name)
        if event["type"] == "DELETED":
            gone.add(name)
            if len(gone) == count:
                return


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


def bind(api, who, names, deadline):
    """Creates the claims and waits until all are Bound. Where no provisioner runs, PVs are made here: when a claim waits
    for a provisioner, as the protocol has it, or right after each claim."""
    def make_volume(item):
        api.call("POST", VOLUMES, bare_volume(item))

    def create(name):
        item = api.call("POST", CLAIMS, claim(name, CLASSES[who]))
        if who == BARE:
            make_volume(item)

    version = api.version(CLAIMS)
    return timed(
        lambda: until_bound(api, version, names, deadline, make_volume if who == PROTOCOL else None),
        lambda: api.parallel(CLIENTS, names, create))


def delete(api, who, names, deadline):
    """Deletes the claims and waits until their PVs are gone. Where no provisioner runs, Released PVs are deleted here."""
    def release(name):
        api.call("DELETE", f"{VOLUMES}/{name}")

    version = api.version(VOLUMES)
    return timed(
        lambda: until_gone(api, version, len(names), deadline, release if who in (PROTOCOL, BARE) else None),
        lambda: api.parallel(CLIENTS, names, lambda name: api.call("DELETE", f"{CLAIMS}/{name}")))


def phase(figures, api, who, what, names, programs, deadline=900):
    """One measured phase: its rate and the CPU milliseconds a claim of each program."""
    meter = processes.Meter(programs)
    seconds = {BOUND: bind, DELETED: delete}[what](api, who, names, deadline)
    figures.add("rate", what, who, value=len(names) / seconds)
    for program, used in meter.used().items():
        figures.add("cpu", what, who, program, value=used / len(names) * 1000)
    return f"{len(names) / seconds:.1f} {what}/s"


class Bench:
    """Two labs with the classes and the Secret in place, and the figures taken on them."""

    def __init__(self, binary, ceph, kube, folder):
        self.binary, self.ceph, self.kube, self.folder = binary, ceph, kube, folder
        self.api, self.figures = API(kube["kubeconfig"]), report.Figures()
        self.daemons = processes.daemons_of(ceph, kube)
        claims_setup(self.api, CLASSES[HOLDFAST], ceph, "rbd.holdfast.io")
        for who in (PROTOCOL, BARE):
            self.api.call("POST", "/apis/storage.k8s.io/v1/storageclasses", {
                "apiVersion": "storage.k8s.io/v1", "kind": "StorageClass", "metadata": {"name": CLASSES[who]},
                "provisioner": "bare.holdfast.io"})

    def turn(self, who, names):
        """One contestant's turn; gives what is worth telling of it."""
        if who in (HOLDFAST, DIRECT):
            return self.holdfast(names, who)
        # No provisioner runs meanwhile: its watches would cost.
        return [phase(self.figures, self.api, who, what, names, self.daemons) for what in (BOUND, DELETED)]

    def holdfast(self, names, who):
        """A provisioner of its own for the round, so that memory is that of so many claims and of nothing before."""
        flags = ["--bind", "direct"] if who == DIRECT else []
        with provisioner(self.binary, self.kube, self.ceph, self.folder, flags) as (running, leading):
            programs = {**self.daemons, "holdfast-provisioner": [running.pid]}
            self.figures.add("seconds", "leading", value=leading)
            story = []
            for what in (BOUND, DELETED):
                story.append(phase(self.figures, self.api, who, what, names, programs))
                self.memory(running.pid, what)
                if what == BOUND:
                    self.check(len(names))
                    time.sleep(REST_SECONDS)
                    self.memory(running.pid, AT_REST)
            warnings = running.warnings()
            self.figures.add("count", "warnings", value=len(warnings))
        return [*story, f"{len(warnings)} warnings" + (f", the first: {warnings[0]}" if warnings else "")]

    def memory(self, pid, when):
        for part, mib in processes.memory_mib(pid).items():
            self.figures.add("memory", when, part, value=mib)

    def events_of(self, *reasons):
        """How many events with these reasons there are."""
        return sum(event["reason"] in reasons for event in self.api.call("GET", EVENTS)["items"])

    def check(self, count):
        """Each claim has its image, and nothing went wrong that somebody was told of."""
        images = labs.run("rbd", "--conf", self.ceph["conf"], "ls", self.ceph["pool"]).split()
        if len(images) != count:
            raise SystemExit(f"error: {count} claims are Bound, and there are {len(images)} images")
        events = self.api.call("GET", f"{EVENTS}?fieldSelector=type%3DWarning")["items"]
        self.figures.add("count", "warning events", value=len(events))


def measure(binary, rounds, count, ceph_options, kube_options, progress=print):
    """Interleaved rounds; gives the figures."""
    with labs.lab("ceph", *ceph_options) as ceph, labs.lab("kube", *kube_options) as kube, \
            tempfile.TemporaryDirectory(prefix="holdfast-bench-") as folder:
        bench = Bench(binary, ceph, kube, folder)
        for number in range(rounds):
            turn = number % len(CONTESTANTS)
            for who in CONTESTANTS[turn:] + CONTESTANTS[:turn]:
                story = bench.turn(who, [f"{CLASSES[who]}-{number}-{item}" for item in range(count)])
                progress(f"round {number + 1} of {rounds}: {who}: {', '.join(story)}")
        return bench.figures


def show(figures, count):
    print(report.table(["CLAIMS", "BOUND/S", "MIN", "MAX", "DELETED/S", "MIN", "MAX"], [
        [who, *figures["rate", BOUND, who].cells(), *figures["rate", DELETED, who].cells()] for who in CONTESTANTS]))
    print()
    for what in (BOUND, DELETED):
        columns = [(who.upper(), (what, who)) for who in CONTESTANTS]
        print(report.cpu_table(f"CPU MS A CLAIM {what.upper()}", PROGRAMS, columns, figures))
        print()
    parts = ["resident", "highest", "anonymous", "of files"]
    print(report.table([f"MEMORY OF THE PROVISIONER, MIB, {count} CLAIMS", *(part.upper() for part in parts)], [
        [f"all {when}", *(f"{figures['memory', when, part].median:.1f}" for part in parts)]
        for when in (BOUND, AT_REST, DELETED)]))
    print()

    def ratio(what, who):
        return f"{figures['rate', what, HOLDFAST].ratio(figures['rate', what, who]):.2f}"

    print(report.table(["FIGURE", "VALUE", "AIM"], [
        [f"claims bound: holdfast / {BARE}", ratio(BOUND, BARE), ">= 0.9"],
        [f"claims bound: holdfast / {PROTOCOL}", ratio(BOUND, PROTOCOL), ""],
        [f"PVs deleted: holdfast / {BARE}", ratio(DELETED, BARE), ""],
        [f"memory of the provisioner at {count} volumes, MiB, right after the burst and at rest",
         f"{figures['memory', BOUND, 'resident'].median:.1f}, {figures['memory', AT_REST, 'resident'].median:.1f}", "< 60"],
        ["from start to leading, s", f"{figures['seconds', 'leading'].median:.2f}", ""],
        ["warnings and errors logged, warning events", f"{sum(figures['count', 'warnings'].samples)}, "
         f"{max(figures['count', 'warning events'].samples)}", "0, 0"],
    ]))

"""Images alone: Holdfast's creates and deletes, journal and all, beside a thread loop in C and `rbd` processes."""
import json
import resource
import time
import uuid

from . import labs, processes, report

PROCESSES = "rbd processes"
PROCESS_COUNT = 20
PROGRAMS = ["client", "ceph-osd", "ceph-mon", "ceph-mgr", "the whole machine"]
# ceph-csi's own gRPC calls by 16 workers, and the same layout by hand in Python, on a lab like this one. Not measured
# here: ceph-csi is no part of this run.
CEPH_CSI_CREATES, CEPH_CSI_DELETES, PYTHON_CREATES = (193, 238), (54, 68), 327


def scratch_prefix():
    """The first 23 characters of a new UUID: what tells the volumes of one run apart."""
    return str(uuid.uuid4())[:23]


def loop(binary, verb, ceph, count, in_flight, prefix, size):
    """One run of image-loop or thread-loop; gives its seconds and its CPU seconds."""
    text = labs.run(binary, verb, ceph["conf"], "admin", ceph["pool"], count, in_flight, prefix, size)
    result = json.loads(text.splitlines()[-1])
    return result["seconds"], result["cpuSeconds"]


def process_loop(verb, ceph, count, prefix, size):
    """`rbd` as a process an image, one after the other, as a script would; its seconds and its CPU seconds."""
    words = {"create": ["create", "--image-feature", "layering", "--size", size], "delete": ["rm", "--no-progress"]}[verb]
    used, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    for number in range(count):
        labs.run("rbd", "--conf", ceph["conf"], *words, f"{ceph['pool']}/loop-{prefix}-{number}")
    seconds, now = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return seconds, now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime


def contestants(ours, peer, ceph, count, threads, size):
    """Name -> how many images, and what makes or deletes them."""
    def one(binary, in_flight):
        return count, lambda verb, prefix: loop(binary, verb, ceph, count, in_flight, prefix, size)

    found = {f"holdfast, {threads} in flight": one(ours, threads), f"C, {threads} threads": one(peer, threads)}
    found.setdefault("holdfast, 16 in flight", one(ours, 16))
    few = min(count, PROCESS_COUNT)
    found[PROCESSES] = few, lambda verb, prefix: process_loop(verb, ceph, few, prefix, size)
    return found


def measure(ours, peer, rounds, count, threads, ceph_options, size=64, progress=print):
    """Interleaved rounds, each in another order; gives rates and CPU milliseconds an operation."""
    figures = report.Figures()
    with labs.lab("ceph", *ceph_options) as ceph:
        daemons = processes.daemons_of(ceph)
        entries = list(contestants(ours, peer, ceph, count, threads, size).items())
        for number in range(rounds):
            turn = number % len(entries)
            for name, (images, act) in entries[turn:] + entries[:turn]:
                prefix = scratch_prefix()
                for verb in ("create", "delete"):
                    meter = processes.Meter(daemons)
                    seconds, client = act(verb, prefix)
                    figures.add("rate", verb, name, value=images / seconds)
                    for program, used in {**meter.used(), "client": client}.items():
                        figures.add("cpu", verb, name, program, value=used / images * 1000)
                progress(f"round {number + 1} of {rounds}: {name}: "
                         + ", ".join(f"{figures['rate', verb, name].samples[-1]:.0f} {verb}s/s" for verb in ("create", "delete")))
                labs.run("rbd", "--conf", ceph["conf"], "trash", "purge", "--no-progress", ceph["pool"])
    return figures


def show(figures, threads):
    names = [names[2] for names in figures.series if names[:2] == ("rate", "create")]
    names.sort(key=lambda name: -figures["rate", "create", name].median)
    print(report.table(["IMAGES", "CREATES/S", "MIN", "MAX", "DELETES/S", "MIN", "MAX"], [
        [name, *figures["rate", "create", name].cells(), *figures["rate", "delete", name].cells()] for name in names]))
    for verb in ("create", "delete"):
        columns = [(name.upper(), (verb, name)) for name in names]
        print()
        print(report.cpu_table(f"CPU MS A {verb.upper()}", PROGRAMS, columns, figures))
    print()
    print(report.table(["RATIO", "VALUE", "AIM"], list(ratios(figures, threads))))
    print()
    print(f"Reference, measured in another run on such a lab: ceph-csi by 16 workers {CEPH_CSI_CREATES[0]}-{CEPH_CSI_CREATES[1]} "
          f"creates/s and {CEPH_CSI_DELETES[0]}-{CEPH_CSI_DELETES[1]} deletes/s; the layout by hand in Python, 16 threads, "
          f"{PYTHON_CREATES} creates/s.")


def ratios(figures, threads):
    ours, sixteen, peer = f"holdfast, {threads} in flight", "holdfast, 16 in flight", f"C, {threads} threads"

    def pair(verb, one, other):
        return f"{figures['rate', verb, one].ratio(figures['rate', verb, other]):.2f}"

    def beside(verb, reference):
        return f"{figures['rate', verb, sixteen].median / reference:.2f}"

    yield f"create: {ours} / {PROCESSES}", pair("create", ours, PROCESSES), ">= 15"
    yield f"create: {ours} / {peer}", pair("create", ours, peer), ">= 0.9"
    yield f"delete: {ours} / {PROCESSES}", pair("delete", ours, PROCESSES), ""
    yield f"delete: {ours} / {peer}", pair("delete", ours, peer), ""
    yield f"create: {sixteen} / ceph-csi's best (reference)", beside("create", CEPH_CSI_CREATES[1]), ">= 1.5"
    yield f"delete: {sixteen} / ceph-csi's best (reference)", beside("delete", CEPH_CSI_DELETES[1]), ">= 3"

"""Images alone: Holdfast's creates and deletes, journal and all, beside a thread loop in C and `rbd create` processes."""
import json
import time
import uuid

from . import labs, report


def scratch_prefix():
    """The first 23 characters of a new UUID: what tells the volumes of one run apart."""
    return str(uuid.uuid4())[:23]


def loop(binary, verb, place, count, threads, prefix, size):
    text = labs.run(binary, verb, place / "ceph.conf", "admin", "rbd", count, threads, prefix, size)
    return json.loads(text.splitlines()[-1])


def process_loop(place, count, prefix, size):
    """`rbd create` as a process an image, one after the other, as a script would."""
    began = time.monotonic()
    for number in range(count):
        labs.run("rbd", "--conf", place / "ceph.conf", "create", "--image-feature", "layering", "--size", size,
                 f"rbd/loop-{prefix}-{number}")
    seconds = time.monotonic() - began
    for number in range(count):
        labs.run("rbd", "--conf", place / "ceph.conf", "rm", "--no-progress", f"rbd/loop-{prefix}-{number}")
    return {"count": count, "seconds": seconds}


def empty_trash(place):
    labs.run("rbd", "--conf", place / "ceph.conf", "trash", "purge", "--no-progress", "rbd")


def measure(ours, peer, rounds, count, threads, lab_options, size=64, progress=print):
    """Interleaved rounds; gives the series and what they used of this process's CPU."""
    series = {name: report.Series(name) for name in (
        "create, holdfast", "create, C threads", "create, rbd processes", "delete, holdfast", "delete, C threads")}
    cpu = {name: report.Series(name, " ms") for name in list(series) if "processes" not in name}

    def note(name, result):
        series[name].add(result["count"] / result["seconds"])
        if name in cpu:
            cpu[name].add(result["cpuSeconds"] / result["count"] * 1000)

    with labs.lab("ceph", *lab_options) as place:
        for number in range(rounds):
            contestants = [("holdfast", ours), ("C threads", peer)]
            for name, binary in contestants if number % 2 == 0 else reversed(contestants):
                prefix = scratch_prefix()
                note(f"create, {name}", loop(binary, "create", place, count, threads, prefix, size))
                note(f"delete, {name}", loop(binary, "delete", place, count, threads, prefix, size))
                empty_trash(place)
            note("create, rbd processes", process_loop(place, 20, scratch_prefix(), size))
            progress(f"round {number + 1} of {rounds} done")
    return series, cpu


def show(series, cpu):
    ours, threads = series["create, holdfast"], series["create, C threads"]
    processes = series["create, rbd processes"]
    print(report.table(["SERIES", "MEDIAN", "MIN", "MAX"], [s.row() for s in series.values()]))
    print()
    print(report.table(["CPU PER OPERATION, CLIENT", "MEDIAN", "MIN", "MAX"], [s.row() for s in cpu.values()]))
    print()
    print(report.table(["RATIO", "VALUE", "AIM"], [
        ["create: holdfast / rbd processes", f"{ours.ratio(processes):.1f}", ">= 15"],
        ["create: holdfast / C threads", f"{ours.ratio(threads):.2f}", ">= 0.9"],
        ["delete: holdfast / C threads", f"{series['delete, holdfast'].ratio(series['delete, C threads']):.2f}", ""],
    ]))

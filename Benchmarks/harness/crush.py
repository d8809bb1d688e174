"""CRUSH mappings: Holdfast's engine as a process, beside crushtool and osdmaptool on the same maps."""
import os
import pathlib
import subprocess
import tempfile
import time

from . import labs, report

OURS, PEER = "holdfast", "ceph"
# OSDs, and PGs for osdmaptool: it takes a power of two times the number of OSDs.
SIZES = [(100, 32_000), (1_000, 64_000), (10_000, 160_000)]
INPUTS = 400_000


def timed(command):
    """Runs a process; gives its user and system CPU seconds and its wall seconds."""
    began = time.monotonic()
    with open(os.devnull, "wb") as void:
        process = subprocess.Popen([str(part) for part in command], stdout=void, stderr=void)
        _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"error: {' '.join(map(str, command))} ended with {process.returncode}")
    return usage.ru_utime + usage.ru_stime, wall


def quiet(*command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=300, check=False)
    if done.returncode != 0:
        raise SystemExit(f"error: {' '.join(map(str, command))} ended with {done.returncode}\n{done.stderr}")


def crush_map(folder, osds, hosts_have):
    """Racks of ten hosts under a root."""
    path = folder / f"crush-{osds}-{hosts_have}"
    quiet("crushtool", "--build", "-o", path, "--num_osds", osds, "host", "straw2", hosts_have, "rack", "straw2", 10,
          "root", "straw2", 0)
    return path


def uneven(folder, path, osds):
    """The same map with hosts of different weight: every seventh device is half again as heavy."""
    result = folder / f"{path.name}-uneven"
    command = ["crushtool", "-i", path, "-o", result]
    for osd in range(0, osds, 7):
        command += ["--reweight-item", f"osd.{osd}", "1.5"]
        if len(command) > 1000 or osd + 7 >= osds:
            quiet(*command)
            command = ["crushtool", "-i", result, "-o", result]
    return result


def osd_map(folder, crush, osds, pgs):
    path = folder / f"osdmap-{osds}"
    bits = (pgs // osds).bit_length() - 1
    quiet("osdmaptool", "--createsimple", osds, "--with-default-pool", "--pg-bits", bits, "--pgp-bits", bits, "--clobber", path)
    # In one go: marked OSDs are written only along with something else.
    quiet("osdmaptool", path, "--import-crush", crush, "--mark-up-in")
    return path, osds << bits


def cells(folder, binary):
    """Label, number of mappings, our command for a number of threads, the peer's command."""
    def crush(label, path, count):
        return (label, count, lambda threads: [binary, "crush", path, 0, 3, count, threads],
                ["crushtool", "-i", path, "--test", "--rule", 0, "--num-rep", 3, "--min-x", 0, "--max-x", count - 1])

    for osds, pgs in SIZES:
        path = crush_map(folder, osds, 10)
        yield crush(f"crushtool --test, {osds} OSDs", path, INPUTS if osds < 10_000 else INPUTS // 2)
        if osds == 1_000:
            yield crush(f"the same, uneven weights", uneven(folder, path, osds), INPUTS)
        file, count = osd_map(folder, path, osds, pgs)
        yield (f"osdmaptool --test-map-pgs, {osds} OSDs, {count} PGs", count,
               lambda threads, file=file: [binary, "osdmap", file, threads], ["osdmaptool", file, "--test-map-pgs"])
    one_host = crush_map(folder, 1_000, 1_000)
    yield crush("a rule that cannot be met: one host", one_host, 20_000)


def measure(binary, rounds, progress=print):
    """Interleaved rounds; gives CPU and wall seconds of each, and ours on all cores."""
    figures = report.Figures()
    cores = os.cpu_count() or 1
    with tempfile.TemporaryDirectory() as folder:
        contests = list(cells(pathlib.Path(folder), binary))
        for number in range(rounds):
            for label, count, ours, peer in contests:
                for who, command in ((OURS, ours(1)), (PEER, peer), ("cores", ours(cores))):
                    cpu, wall = timed(command)
                    figures.add("cpu", label, who, value=count / cpu)
                    figures.add("wall", label, who, value=count / wall)
                rate = figures["cpu", label, OURS].samples[-1] / figures["cpu", label, PEER].samples[-1]
                progress(f"round {number + 1} of {rounds}: {label}: {rate:.1f} times per CPU second")
    return figures, [label for label, *_ in contests]


def show(figures, labels):
    def row(label):
        ours, peer, cores = (figures["cpu", label, OURS], figures["cpu", label, PEER], figures["wall", label, "cores"])
        return [label, *ours.cells(0), *peer.cells(0), f"{ours.ratio(peer):.1f}",
                f"{cores.ratio(figures['wall', label, PEER]):.1f}", f"{cores.ratio(figures['wall', label, OURS]):.2f}"]

    print(report.table(
        ["MAPPINGS PER CPU SECOND", "HOLDFAST", "MIN", "MAX", "CEPH", "MIN", "MAX", "RATIO (AIM >= 5)",
         f"WALL, {os.cpu_count()} CORES (AIM >= 10)", "CORES' GAIN"], [row(label) for label in labels]))

"""The loss of every host, and of every two, beside a loop of `osdmaptool --mark-out` over a sample of them."""
import os
import pathlib
import subprocess
import tempfile
import time

from . import crush, report

OURS, PEER = "holdfast", "ceph"
SAMPLE = 3
# Label, what is lost, OSDs, PGs, OSDs of a host, aim in seconds on two cores.
CASES = [
    ("every host, 1,000 OSDs, 50 hosts, 64,000 PGs", "each", 1_000, 64_000, 20, 0.3),
    ("every two hosts, 1,000 OSDs, 50 hosts, 64,000 PGs", "pairs", 1_000, 64_000, 20, 5.0),
    ("every host, 10,000 OSDs, 500 hosts, 160,000 PGs", "each", 10_000, 160_000, 20, 3.0),
]


def prepare(folder, osds, pgs, per_host):
    """An osdmap with racks of ten hosts, every OSD up and in."""
    path = folder / f"crush-{osds}"
    crush.quiet("crushtool", "--build", "-o", path, "--num_osds", osds, "host", "straw2", per_host, "rack", "straw2", 10,
                "root", "straw2", 0)
    file, _ = crush.osd_map(folder, path, osds, pgs)
    return file


def ours(binary, what, file, threads):
    done = subprocess.run([str(binary), what, str(file), str(threads)], capture_output=True, text=True, timeout=600,
                          check=False)
    if done.returncode != 0:
        raise SystemExit(f"error: {binary} {what} {file} ended with {done.returncode}\n{done.stderr}")
    losses, _, snapshot, seconds = done.stdout.split()
    return int(losses), float(snapshot), float(seconds)


def peer(file, hosts, per_host):
    """Wall seconds of osdmaptool for the loss of some hosts, one process for all of their OSDs."""
    command = ["osdmaptool", file, "--mark-up-in"]
    for host in hosts:
        for osd in range(host * per_host, (host + 1) * per_host):
            command += ["--mark-out", osd]
    began = time.monotonic()
    crush.quiet(*command, "--test-map-pgs")
    return time.monotonic() - began


def measure(binary, rounds, progress=print):
    figures = report.Figures()
    cores = os.cpu_count() or 1
    with tempfile.TemporaryDirectory() as folder:
        for label, what, osds, pgs, per_host, _ in CASES:
            file = prepare(pathlib.Path(folder), osds, pgs, per_host)
            hosts = osds // per_host
            for number in range(rounds):
                losses, snapshot, seconds = ours(binary, what, file, cores)
                figures.add("snapshot", label, OURS, value=snapshot)
                figures.add("seconds", label, OURS, value=seconds)
                width = 2 if what == "pairs" else 1
                samples = [[(number + place * hosts // SAMPLE + other) % hosts for other in range(width)]
                           for place in range(SAMPLE)]
                mean = sum(peer(file, sample, per_host) for sample in samples) / SAMPLE
                figures.add("seconds", label, PEER, value=mean * losses)
                progress(f"round {number + 1} of {rounds}: {label}: {seconds:.2f} s, osdmaptool {mean * losses:.0f} s")
    return figures


def show(figures):
    def row(case):
        label, aim = case[0], case[5]
        ours_, peer_ = figures["seconds", label, OURS], figures["seconds", label, PEER]
        return [label, *ours_.cells(2), f"{aim:.1f}", *figures["snapshot", label, OURS].cells(2), *peer_.cells(0),
                f"{peer_.ratio(ours_):.0f}"]

    print(report.table(
        [f"SECONDS, {os.cpu_count()} CORES", "HOLDFAST", "MIN", "MAX", "AIM", "FIRST MAP", "MIN", "MAX",
         f"OSDMAPTOOL (x {SAMPLE} SAMPLES)", "MIN", "MAX", "RATIO"], [row(case) for case in CASES]))
    print(f"osdmaptool: {SAMPLE} losses a round were timed, and the mean multiplied by the number of losses.")

"""The data path alone: reads and writes of one image through Ceph's `Image`, beside fio's rbd engine."""
import json
import os
import pathlib
import resource
import subprocess

from . import labs, processes, report

IMAGE, IMAGE_MIB = "data", 1024
OURS, PEER = "holdfast", "fio"
# Big blocks first: they leave each object in one piece for the small ones.
CELLS = [(kib, depth, verb) for kib in (4096, 4) for depth in (1, 16) for verb in ("write", "read")]
# What the Ceph module sets when it connects. fio gets the same through the file that both read, and neither has a cache.
CLIENT = """
[client]
rbd_cache = false
client_mount_timeout = 15
rados_mon_op_timeout = 15
rados_osd_op_timeout = 30
"""


def client_conf(ceph):
    """The lab's ceph.conf with the settings that both contestants shall have; gives its path."""
    path = pathlib.Path(ceph["directory"]) / "data.conf"
    path.write_text(pathlib.Path(ceph["conf"]).read_text() + CLIENT)
    return path


def ours(binary, conf, ceph, cell, seconds):
    """One turn of data-loop; gives operations a second and how many there were."""
    kib, depth, verb = cell
    result = json.loads(labs.run(binary, verb, conf, "admin", ceph["pool"], IMAGE, kib, depth, seconds))
    return result["count"] / result["seconds"], result["count"]


def fio(conf, ceph, cell, seconds):
    """One turn of fio, with all that it does beside the operations turned off; gives what ours() gives."""
    kib, depth, verb = cell
    command = ["fio", "--name=peer", "--ioengine=rbd", "--clientname=admin", f"--pool={ceph['pool']}", f"--rbdname={IMAGE}",
               f"--bs={kib}k", f"--rw=rand{verb}", f"--iodepth={depth}", f"--size={IMAGE_MIB}m", "--norandommap",
               "--randrepeat=0", "--scramble_buffers=0", "--gtod_reduce=1", "--time_based", f"--runtime={seconds}",
               "--output-format=json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60 + 2 * seconds,
                          env={**os.environ, "CEPH_CONF": str(conf)}, check=False)
    if done.returncode != 0:
        raise SystemExit(f"error: fio ended with {done.returncode}\n{done.stdout}{done.stderr}")
    job = json.loads(done.stdout[done.stdout.index("{"):])["jobs"][0]
    if job["error"] or not job[verb]["total_ios"]:
        raise SystemExit(f"error: fio did nothing, its error is {job['error']}\n{done.stderr}")
    return job[verb]["iops"], job[verb]["total_ios"]


def measure(binary, rounds, seconds, ceph_options, progress=print):
    """Interleaved rounds; gives operations a second and CPU microseconds an operation, connecting included."""
    figures = report.Figures()
    with labs.lab("ceph", *ceph_options) as ceph:
        conf = client_conf(ceph)
        rbd = ["rbd", "--conf", conf]
        labs.run(*rbd, "create", "--image-feature", "layering", "--size", IMAGE_MIB, f"{ceph['pool']}/{IMAGE}")
        labs.run(*rbd, "bench", "--io-type", "write", "--io-size", "4M", "--io-total", f"{IMAGE_MIB}M", f"{ceph['pool']}/{IMAGE}")
        daemons = processes.daemons_of(ceph)
        turns = [(OURS, lambda cell: ours(binary, conf, ceph, cell, seconds)), (PEER, lambda cell: fio(conf, ceph, cell, seconds))]
        for number in range(rounds):
            for cell in CELLS:
                # Who goes first changes from round to round.
                for name, act in turns if number % 2 == 0 else turns[::-1]:
                    take(figures, cell, name, act, daemons)
                rates = (figures["rate", label(cell), name].samples[-1] for name, _ in turns)
                progress(f"round {number + 1} of {rounds}: {label(cell)}: " + ", ".join(f"{rate:.0f}/s" for rate in rates))
    return figures


def take(figures, cell, name, act, daemons):
    """One turn, with what it cost."""
    meter, before = processes.Meter(daemons), client_seconds()
    rate, count = act(cell)
    figures.add("rate", label(cell), name, value=rate)
    for program, used in {**meter.used(), "client": client_seconds() - before}.items():
        figures.add("cpu", label(cell), name, program, value=used / count * 1e6)


def client_seconds():
    """CPU seconds of the clients that have ended so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def label(cell):
    kib, depth, verb = cell
    return f"{verb} {f'{kib // 1024} MiB' if kib >= 1024 else f'{kib} KiB'}, depth {depth}"


def show(figures):
    def row(name):
        rates = [figures["rate", name, who] for who in (OURS, PEER)]
        cost = [f"{figures['cpu', name, who, 'client'].median:.0f}" for who in (OURS, PEER)]
        return [name, *rates[0].cells(0), *rates[1].cells(0), f"{rates[0].ratio(rates[1]):.2f}", *cost]

    print(report.table(["RANDOM", "HOLDFAST/S", "MIN", "MAX", "FIO/S", "MIN", "MAX", "RATIO (AIM >= 0.95)", "CPU US", "FIO'S"],
                       [row(label(cell)) for cell in sorted(CELLS)]))

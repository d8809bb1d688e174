"""Claims to Bound at the controller-manager's default limits: bound by it, and bound by the provisioner itself."""
import tempfile

from . import labs, processes, report
from .claims import BOUND, DELETED, DIRECT, HOLDFAST, PROGRAMS, Bench

CONTESTANTS = [DIRECT, HOLDFAST]
# As many as the controller-manager binds in a quarter of a minute.
MANAGED_COUNT = 60


def measure(binary, rounds, count, ceph_options, progress=print):
    """Interleaved rounds; gives the figures."""
    with labs.lab("ceph", *ceph_options) as ceph, labs.lab("kube") as kube, \
            tempfile.TemporaryDirectory(prefix="holdfast-bench-") as folder:
        bench = Bench(binary, ceph, kube, folder)
        for number in range(rounds):
            turn = number % len(CONTESTANTS)
            for who in CONTESTANTS[turn:] + CONTESTANTS[:turn]:
                size = count if who == DIRECT else min(count, MANAGED_COUNT)
                kind = "direct" if who == DIRECT else "managed"
                story = bench.turn(who, [f"{kind}-{number}-{item}" for item in range(size)])
                lost = bench.events_of("ClaimLost", "ClaimMisbound")
                bench.figures.add("count", "claims lost", value=lost)
                progress(f"round {number + 1} of {rounds}: {who}: {size} claims, {', '.join(story)}, {lost} lost")
        return bench.figures


def show(figures):
    print(report.table(["CLAIMS", "BOUND/S", "MIN", "MAX", "DELETED/S", "MIN", "MAX"], [
        [who, *figures["rate", BOUND, who].cells(), *figures["rate", DELETED, who].cells()] for who in CONTESTANTS]))
    print()
    columns = [(who.upper(), (BOUND, who)) for who in CONTESTANTS]
    print(report.cpu_table("CPU MS A CLAIM BOUND", PROGRAMS, columns, figures))
    print()
    direct, managed = (figures["rate", BOUND, who] for who in CONTESTANTS)
    print(report.table(["FIGURE", "VALUE", "AIM"], [
        ["claims bound a second, --bind direct", f"{direct.median:.1f}", ">= 100"],
        ["times the controller-manager's own", f"{direct.ratio(managed):.1f}", ""],
        ["claims lost", f"{sum(figures['count', 'claims lost'].samples)}", "0"],
    ]))

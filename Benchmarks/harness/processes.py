"""What processes have used, from /proc."""
import os
import pathlib

TICK = os.sysconf("SC_CLK_TCK")
# What the labs call their daemons, and what the programs are called.
PROGRAMS = {"apiserver": "kube-apiserver", "kcm": "kube-controller-manager", "sched": "kube-scheduler",
            "mon": "ceph-mon", "mgr": "ceph-mgr", "osd": "ceph-osd"}


def cpu_seconds(pid):
    """User and system seconds of a process, its threads included."""
    text = pathlib.Path(f"/proc/{pid}/stat").read_text()
    fields = text[text.rindex(")") + 2:].split()
    return sum(int(fields[i]) for i in (11, 12)) / TICK


def memory_mib(pid):
    """Resident memory in MiB: now, at its highest, and of what is there now the anonymous and the file-backed part."""
    keys = {"VmRSS": "resident", "VmHWM": "highest", "RssAnon": "anonymous", "RssFile": "of files"}
    lines = pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
    pairs = (line.split(":", 1) for line in lines if ":" in line)
    return {keys[key]: int(value.split()[0]) / 1024 for key, value in pairs if key in keys}


def daemons_of(*labs):
    """The living daemons of labs of deploy/dev: program -> pids. Replicas of one program are taken together."""
    found = {}
    for lab in labs:
        for path in sorted((pathlib.Path(lab["directory"]) / "processes").iterdir()):
            pid = int(path.read_text().split()[0])
            name = path.name.split(".")[0]
            if pathlib.Path(f"/proc/{pid}").exists():
                found.setdefault(PROGRAMS.get(name, name), []).append(pid)
    return found


def machine_seconds():
    """Seconds that the machine's cores were not idle, all taken together."""
    fields = pathlib.Path("/proc/stat").read_text().split(maxsplit=8)[1:8]
    user, nice, system, _idle, _waiting, interrupts, soft_interrupts = map(int, fields)
    return (user + nice + system + interrupts + soft_interrupts) / TICK


class Meter:
    """The CPU seconds of some programs since the meter was made; of this process as "the harness", and of all there is
    as "the whole machine": much more than the rest together means that somebody else was at work."""

    def __init__(self, programs):
        self.programs, self.start = programs, self._now(programs)

    @staticmethod
    def _now(programs):
        now = {name: sum(map(cpu_seconds, pids)) for name, pids in programs.items()}
        times = os.times()
        return {**now, "the harness": times.user + times.system, "the whole machine": machine_seconds()}

    def used(self):
        """Program -> CPU seconds."""
        return {name: seconds - self.start[name] for name, seconds in self._now(self.programs).items()}

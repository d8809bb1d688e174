"""What a process has used, from /proc."""
import os
import pathlib

TICK = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid):
    """User and system seconds of a process and the children it has waited for."""
    text = pathlib.Path(f"/proc/{pid}/stat").read_text()
    fields = text[text.rindex(")") + 2:].split()
    return sum(int(fields[i]) for i in (11, 12)) / TICK


def memory_mib(pid):
    """Resident memory now and at its highest, in MiB."""
    values = {}
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        key, _, rest = line.partition(":")
        if key in ("VmRSS", "VmHWM"):
            values[key] = int(rest.split()[0]) / 1024
    return values["VmRSS"], values["VmHWM"]


def pids_of(lab):
    """The living daemons of a lab of deploy/dev: name -> pid."""
    found = {}
    for path in sorted((pathlib.Path(lab) / "processes").iterdir()):
        words = path.read_text().split()
        if words and pathlib.Path(f"/proc/{words[0]}").exists():
            found[path.name] = int(words[0])
    return found

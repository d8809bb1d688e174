"""The chart on running labs; scripts/test-chart tells more. Arguments: the two labs' folders, the image, a folder for logs, parts."""
import os
import pathlib
import signal
import subprocess
import sys
import time

import helm_python
import lifecycle
from lab import Ceph, Failure, Kube, Status
from least import Table, lines
from serve import serve
from stage import Stage


def binds(image: pathlib.Path) -> bool:
    """Whether the image's provisioner can bind by itself."""
    text = subprocess.run(["unshare", "--mount", "--propagation", "private", "sh", "-ec", 'mount -t proc proc "$0/proc"; exec chroot "$0" '
                           '/usr/local/bin/holdfast-provisioner --help', str(image)], capture_output=True, text=True, timeout=30, check=True).stdout
    return "--bind" in text


def least(kube: Kube, ceph: Ceph, image: pathlib.Path, folder: pathlib.Path, pool: str) -> str:
    """The default's rights, then what direct binding adds."""
    text = ""
    for name, values in ("by default", {}), ("more with direct binding", {"binding": "direct"}):
        if values and not binds(image):
            text += "\n  this binary has no --bind: direct binding was not tried"
            continue
        table = Table(kube, ceph, image, folder / name.split()[-1], pool, **values)
        text += f"\n  {name}, nothing is missing with all; taken away, and what is missed then:\n{lines(table.run())}"
        if not table.fences:
            text += "\n    this binary does not fence: what mon's profile rbd has beyond reading was not tried"
    return text


def run(part: str, kube: Kube, ceph: Ceph, image: pathlib.Path, folder: pathlib.Path) -> str:
    if part == "life":
        return lifecycle.helm(kube)
    if part == "drain":
        return lifecycle.drain(kube)
    pool = f"chart-{part}"
    ceph.make_pool(pool)
    try:
        if part == "least":
            return least(kube, ceph, image, folder, pool)
        stage = Stage(kube, ceph, image, folder, "chart-serve", pool)
        try:
            return serve(stage)
        finally:
            stage.strike()
    finally:
        ceph.remove_pool(pool)


def main() -> int:
    kube_folder, ceph_folder, image, folder, *parts = sys.argv[1:]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    kube, ceph = Kube(pathlib.Path(kube_folder) / "admin.kubeconfig"), Ceph(pathlib.Path(ceph_folder))
    os.umask(0o022)
    try:
        for part in parts:
            began = time.monotonic()
            try:
                print(f"{part}: {run(part, kube, ceph, pathlib.Path(image).resolve(), pathlib.Path(folder))} ({time.monotonic() - began:.0f} s)", flush=True)
            except (Failure, Status, helm_python.HelmError, subprocess.SubprocessError, OSError) as error:
                print(f"error: {part}: {error}", file=sys.stderr)
                return 1
    finally:
        ceph.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""The labs of deploy/dev, started for a benchmark and stopped after it."""
import contextlib
import json
import pathlib
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def run(*command, timeout=900, **options):
    """Runs a command and gives its standard output; a failure shows what the command said."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=timeout, **options)
    if done.returncode != 0:
        raise SystemExit(f"error: {' '.join(map(str, command))} ended with {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


@contextlib.contextmanager
def lab(program, *options):
    """A lab in a folder of its own, gone at the end."""
    with tempfile.TemporaryDirectory(prefix="holdfast-bench-", ignore_cleanup_errors=True) as folder:
        place = pathlib.Path(folder) / "lab"
        run(ROOT / "deploy/dev" / program, "up", "--dir", place, *options)
        try:
            yield place
        finally:
            run(ROOT / "deploy/dev" / program, "down", "--dir", place)


def ceph_keyring(place, client):
    """The path of a client's keyring and its key."""
    path = place / "keys" / f"client.{client}.keyring"
    key = next(line.split("=", 1)[1].strip() for line in path.read_text().splitlines() if "key =" in line)
    return path, key


def kubeconfig(place):
    """The admin's kubeconfig of a Kubernetes lab."""
    return json.loads(run(ROOT / "deploy/dev/kube", "env", "--dir", place, "-o", "json"))["KUBECONFIG"]

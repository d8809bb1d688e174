"""The labs of deploy/dev, started for a benchmark and stopped after it."""
import contextlib
import json
import pathlib
import shutil
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def need(*programs):
    """Ends with one line if a program is missing."""
    missing = [program for program in programs if not shutil.which(program)]
    if missing:
        raise SystemExit(f"error: not installed: {', '.join(missing)}\n  next: run scripts/setup --test as root")


def run(*command, timeout=900):
    """Runs a command and gives its standard output; a failure shows what the command said."""
    words = [str(word) for word in command]
    done = subprocess.run(words, capture_output=True, text=True, timeout=timeout)
    if done.returncode != 0:
        raise SystemExit(f"error: {' '.join(words)} ended with {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


@contextlib.contextmanager
def lab(program, *options):
    """A lab in a folder of its own, gone at the end; gives what its `env -o json` says."""
    with tempfile.TemporaryDirectory(prefix="holdfast-bench-", ignore_cleanup_errors=True) as folder:
        script, place = ROOT / "deploy/dev" / program, pathlib.Path(folder) / "lab"
        try:
            run(script, "up", "--dir", place, *options)
            yield json.loads(run(script, "env", "--dir", place, "-o", "json"))
        finally:
            run(script, "down", "--dir", place)


def key_of(ceph, client):
    """The key of a cephx client of a Ceph lab."""
    lines = pathlib.Path(ceph["clients"][client]["keyring"]).read_text().splitlines()
    return next(line.split("=", 1)[1].strip() for line in lines if line.strip().startswith("key"))

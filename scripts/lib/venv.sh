# shellcheck shell=bash
# Python packages from PyPI, each set in a folder of its own in the cache.

# python_with NAME PACKAGE==VERSION...: prints the Python of the virtual environment NAME that has these packages; makes it
# the first time. NAME has to change when the packages do.
python_with() {
    local venv=${HOLDFAST_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/holdfast}/$1
    shift
    if [ ! -e "$venv/complete" ]; then
        mkdir -p "${venv%/*}"
        # Two commands at once: the second waits for the first one's environment.
        exec 8>>"$venv.lock"
        flock -w 900 8 || { echo "error: another command has held $venv.lock for 15 minutes" >&2; return 1; }
        if [ ! -e "$venv/complete" ]; then
            rm -rf "$venv"
            { /usr/bin/python3 -m venv "$venv" && timeout 600 "$venv/bin/pip" install --quiet "$@" && : >"$venv/complete"; } >&2 || {
                echo "error: $* could not be installed into $venv; pip's own message stands above" >&2
                echo "  next: see that python3-venv is installed (scripts/setup) and that PyPI can be reached" >&2
                return 1
            }
        fi
        exec 8>&-
    fi
    printf '%s/bin/python' "$venv"
}

# chart_python: the Python with Helm's engine and with Kubernetes' schemas.
chart_python() { python_with chart-helm-0.2.2-schemas-1.37.0 helm-python-sdk==0.2.2 kubernetes-validate==1.37.0; }

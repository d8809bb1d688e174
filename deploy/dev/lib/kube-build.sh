# shellcheck shell=bash
# The three Kubernetes binaries, built from Debian's own source package. Needs common.sh.

KUBE_VERSION=1.20.2
KUBE_SUITE=bookworm # newer suites carry kubectl's sources alone
KUBE_BIN=$CACHE/kubernetes-$KUBE_VERSION

kube_is_built() { [ -x "$KUBE_BIN/kube-apiserver" ] && [ -x "$KUBE_BIN/kube-controller-manager" ] && [ -x "$KUBE_BIN/kube-scheduler" ]; }

# build_kube: makes $KUBE_BIN, once; about four minutes of two cores, 3 GB of disk while it runs and 260 MB after.
build_kube() {
    if kube_is_built; then return; fi
    need_programs go make rsync jq dpkg-source apt-get
    local reflect2=/usr/share/gocode/src/github.com/modern-go/reflect2
    [ -d "$reflect2" ] || die "not installed: golang-github-modern-go-reflect2-dev" '' "run scripts/setup as root"
    mkdir -p "$CACHE"
    exec 7>>"$CACHE/kubernetes.lock"
    flock -n 7 || say "another build of Kubernetes is under way; waiting for it"
    flock -w 3600 7 || die "another build has held $CACHE/kubernetes.lock for an hour"
    if kube_is_built; then return; fi
    local work=$CACHE/kubernetes-$KUBE_VERSION.building log=$CACHE/kubernetes-$KUBE_VERSION.log
    rm -rf "$work"
    mkdir -p "$work"
    say "building Kubernetes $KUBE_VERSION from Debian's source package; log: $log"
    lap "downloading the source"
    if ! (fetch_kube "$work" && compile_kube "$work" "$reflect2") >"$log" 2>&1 7>&-; then
        tail -5 "$log" >&2
        rm -rf "$work"
        die "Kubernetes could not be built" "$log" "mend what the log's end says, then run it again"
    fi
    rm -rf "$KUBE_BIN"
    mv "$work/bin" "$KUBE_BIN"
    rm -rf "$work"
    exec 7>&-
    lap "built: $KUBE_BIN"
}

# fetch_kube WORK: the source package, by way of a private copy of apt's state with this machine's own sources turned
# into source-package ones. Works without root.
fetch_kube() {
    cd "$1" && mkdir -p parts lists/partial archives/partial || return
    local file
    for file in /etc/apt/sources.list.d/*.sources; do
        [ ! -f "$file" ] || sed 's/^Types:.*/Types: deb-src/' "$file" >"parts/${file##*/}"
    done
    for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
        [ ! -f "$file" ] || sed -n 's/^deb[[:space:]]/deb-src /p' "$file" >"parts/${file##*/}.list"
    done
    local apt=(apt-get -q -o "Dir::Etc::SourceList=/dev/null" -o "Dir::Etc::SourceParts=$1/parts"
        -o "Dir::State::Lists=$1/lists" -o "Dir::Cache=$1/" -o "APT::Sandbox::User=")
    # A third party's source without source packages makes this fail; what matters is the next command.
    "${apt[@]}" update || true
    "${apt[@]}" source --download-only "kubernetes/$KUBE_SUITE" &&
        dpkg-source --no-check -x kubernetes_*"$KUBE_VERSION"-*.dsc tree
}

# compile_kube WORK REFLECT2: by the tree's own make, which generates code and builds in GOPATH mode (modules do not work
# with this tree and this compiler). The vendored reflect2 1.0.1 breaks under Go 1.18 and later: the API server starts,
# and then panics at every write. Debian's 1.0.2 has the cure.
compile_kube() {
    cd "$1/tree" && rm -rf vendor/github.com/modern-go/reflect2 && cp -a "$2" vendor/github.com/modern-go/ || return
    local programs="cmd/kube-apiserver cmd/kube-controller-manager cmd/kube-scheduler"
    env GOPROXY=off GOFLAGS= GO111MODULE=off CGO_ENABLED=0 KUBE_GIT_VERSION="v$KUBE_VERSION" KUBE_GIT_COMMIT=debian \
        KUBE_GIT_TREE_STATE=clean KUBE_GIT_MAJOR=1 KUBE_GIT_MINOR=20 GOLDFLAGS="-s -w" make WHAT="$programs" &&
        mkdir "$1/bin" && cp _output/local/go/bin/kube-{apiserver,controller-manager,scheduler} "$1/bin/" &&
        "$1/bin/kube-apiserver" --version
}

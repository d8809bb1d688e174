# shellcheck shell=bash
# Which Ceph a lab runs: this machine's own packages (16 on Debian 12), or those of a newer Debian in a folder in the
# cache. Needs common.sh and the option RELEASE.
#
# Nothing stays mounted: each program of the folder runs in a mount namespace of its own, which ends with it.

# describe_release: what differs between the releases.
describe_release() {
    CLASS_DIR=/usr/lib/$(uname -m)-linux-gnu/rados-classes
    KEY_OPTIONS=()
    case $RELEASE in
        16) MONMAP_OPTIONS=(--set-min-mon-release pacific) ;;
        18) MONMAP_OPTIONS=(--set-min-mon-release reef) ;;
        20)
            # Keys and tickets of a kind that this machine's older clients understand, too.
            KEY_OPTIONS=(--key-type aes)
            MONMAP_OPTIONS=(--set-min-mon-release 20 --auth-service-cipher aes --auth-allowed-ciphers "aes,aes256k"
                --auth-preferred-cipher aes)
            ;;
    esac
}

release_suite() { case $1 in 16) ;; 18) printf trixie ;; 20) printf sid ;; esac; }
release_root() { [ -z "$(release_suite "$1")" ] || printf '%s/ceph-%s' "$CACHE" "$1"; }

# into_release ROOT DIR: the command's first words, in COMMAND, for a program to run in ROOT with DIR visible.
into_release() {
    COMMAND=(unshare --mount --propagation private "$BASH" -ec '
        root=$1 dir=$2
        shift 2
        mkdir -p "$root$dir"
        mount --bind "$dir" "$root$dir"
        mount --bind /proc "$root/proc"
        mount --rbind /dev "$root/dev"
        mount --bind /sys "$root/sys"
        cd "$root"
        exec chroot . "$@"' into-release "$1" "$2")
}

# ceph_program PROGRAM ARGUMENTS...: one of Ceph's programs, of the lab's release, in the foreground.
ceph_program() {
    COMMAND=()
    [ "$RELEASE" = 16 ] || into_release "$(release_root "$RELEASE")" "$DIR"
    "${COMMAND[@]}" "$@" 7>&- 9>&-
}

# prepare_release: refuses what cannot run here; makes the folder of a newer Debian when it is not there yet.
prepare_release() {
    describe_release
    need_programs ceph rados rbd flock setsid base64
    if [ "$RELEASE" = 16 ]; then
        need_programs ceph-mon ceph-osd ceph-authtool crushtool osdmaptool monmaptool
        [ "$MGR" = 0 ] || need_programs ceph-mgr
        return
    fi
    [ "$(id -u)" = 0 ] || die "--release $RELEASE needs root: it runs Ceph in a changed root folder" '' "run it as root"
    need_programs debootstrap unshare chroot
    local root log=$CACHE/ceph-$RELEASE.log
    root=$(release_root "$RELEASE")
    [ ! -x "$root/usr/bin/ceph-osd" ] || return 0
    mkdir -p "$CACHE"
    exec 7>>"$CACHE/ceph-$RELEASE.lock"
    flock -w 3600 7 || die "another command has held $CACHE/ceph-$RELEASE.lock for an hour"
    [ ! -x "$root/usr/bin/ceph-osd" ] || return 0
    say "installing Ceph $RELEASE from Debian $(release_suite "$RELEASE") into $root, once; log: $log"
    rm -rf "$root.building"
    if ! install_release "$root.building" "$(release_suite "$RELEASE")" >"$log" 2>&1 7>&- 9>&-; then
        tail -5 "$log" >&2
        rm -rf "$root.building"
        die "Ceph $RELEASE could not be installed" "$log" "mend what the log's end says, then run it again"
    fi
    mv "$root.building" "$root"
    exec 7>&-
    lap "Ceph $RELEASE installed"
}

# install_release ROOT SUITE: from the mirror that this machine's apt uses. The packages' own services are not started.
install_release() {
    local mirror
    mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' | head -1)
    [ -n "$mirror" ] || { say "apt on this machine names no Debian mirror"; return 1; }
    debootstrap --variant=minbase --include=ca-certificates "$2" "$1" "$mirror" || return
    printf '#!/bin/sh\nexit 101\n' >"$1/usr/sbin/policy-rc.d" && chmod +x "$1/usr/sbin/policy-rc.d" || return
    local packages=(ceph-mon ceph-osd ceph-mgr ceph-base ceph-common)
    into_release "$1" "$CACHE"
    "${COMMAND[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -q -y --no-install-recommends "${packages[@]}" || return
    rm -rf "$1/var/cache/apt/archives/"*.deb
    silence_bcrypt "$1"
}

# silence_bcrypt ROOT: every mgr module imports bcrypt, only the dashboard uses it, and Debian's newer one refuses to be
# imported by the mgr, so that no module starts at all. An empty module in its place cures that.
silence_bcrypt() {
    local module=$1/usr/lib/python3/dist-packages/bcrypt/__init__.py
    [ ! -f "$module" ] || printf '"""Empty: see deploy/dev/lib/ceph-release.sh."""\n' >"$module"
}

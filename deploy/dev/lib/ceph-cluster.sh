# shellcheck shell=bash
# Starting a lab's Ceph daemons and waiting for them. Needs the options of deploy/dev/ceph, and its other parts.

# ask SECONDS COMMAND...: the ceph CLI as client.admin; fails when the monitors stay silent for SECONDS.
ask() {
    local seconds=$1
    shift
    timeout -k 1 $((seconds + 5)) ceph --conf "$DIR/ceph.conf" --connect-timeout "$seconds" "$@" 9>&-
}

log_of() { printf '%s/logs/%s.log' "$DIR" "$1"; }

all_osds() { local i; for ((i = 0; i < OSDS; i++)); do printf 'osd.%d\n' $i; done; }
all_mons() { local i; for ((i = 0; i < MONS; i++)); do printf 'mon.%s\n' "${MON_NAMES[i]}"; done; }
all_mgrs() { [ "$MGR" = 0 ] || printf 'mgr.x\n'; }
all_daemons() { all_mons; all_mgrs; all_osds; }

# daemons_of TARGET: the daemons that osd.N, host-N, mon.X or mgr.x stands for.
daemons_of() {
    local i host=${1#host-}
    if [ "$host" = "$1" ]; then
        all_daemons | grep -xF -- "$1"
    else
        [[ $host =~ ^[0-9]{1,2}$ ]] && [ "$host" -lt "$HOSTS" ] || return 1
        for ((i = 0; i < OSDS; i++)); do [ "$(host_of_osd $i)" != "$host" ] || printf 'osd.%d\n' $i; done
    fi
}

# make_cluster: everything that the daemons need on disk.
make_cluster() {
    local i fsid setup=$DIR/setup mons=()
    mkdir -p "$setup" "$DIR"/{keys,logs,sockets,crash,data/mgr.x}
    fsid=$(</proc/sys/kernel/random/uuid)
    remember "$DIR" fsid "$fsid"
    write_conf "$DIR" "$fsid"
    for ((i = 0; i < MONS; i++)); do mons+=(--addv "${MON_NAMES[i]}" "$(mon_address $i)"); done
    {
        make_keys "$DIR" && make_maps "$DIR" &&
            ceph_program monmaptool --create --clobber --fsid "$fsid" "${MONMAP_OPTIONS[@]}" "${mons[@]}" "$setup/monmap"
    } >"$DIR/logs/setup.log" 2>&1 || die "the cluster's keys and maps could not be made" "$DIR/logs/setup.log"
    lap "keys and maps made"
}

# make_mon_stores and make_osd_stores: side by side. Without --no-mon-config an OSD would first wait five minutes for a
# monitor.
make_mon_stores() {
    local i setup=$DIR/setup name jobs=()
    for ((i = 0; i < MONS; i++)); do
        name=mon.${MON_NAMES[i]}
        ceph_program ceph-mon --conf "$DIR/ceph.conf" -i "${MON_NAMES[i]}" --mkfs --no-mon-config \
            --monmap "$setup/monmap" --osdmap "$setup/osdmap" --keyring "$setup/keyring" >>"$(log_of "$name")" 2>&1 &
        jobs+=("$name:$!")
    done
    await_stores "${jobs[@]}"
}

make_osd_stores() {
    local i jobs=()
    for ((i = 0; i < OSDS; i++)); do
        mkdir "$DIR/data/osd.$i"
        ceph_program ceph-osd --conf "$DIR/ceph.conf" -i $i --mkfs --no-mon-config \
            --osd-uuid "$(</proc/sys/kernel/random/uuid)" >>"$(log_of osd.$i)" 2>&1 &
        jobs+=("osd.$i:$!")
    done
    await_stores "${jobs[@]}"
}

await_stores() { # NAME:PID...
    local job
    for job; do
        wait "${job##*:}" || die "the store of ${job%%:*} could not be made" "$(log_of "${job%%:*}")"
    done
}

# start_daemon NAME: in the foreground of a session of its own.
start_daemon() {
    COMMAND=()
    [ "$RELEASE" = 16 ] || into_release "$(release_root "$RELEASE")" "$DIR"
    start_process "$DIR" "$1" "$(log_of "$1")" "${COMMAND[@]}" \
        "ceph-${1%%.*}" -f --conf "$DIR/ceph.conf" -i "${1#*.}"
}

# build_cluster: the mgr is started as soon as it can be, since it takes longest to get ready.
build_cluster() {
    local name
    make_mon_stores
    for name in $(all_mons) $(all_mgrs); do start_daemon "$name"; done
    lap "monitors started"
    make_osd_stores
    for name in $(all_osds); do start_daemon "$name"; done
    lap "OSDs started"
}

# make_pool: the pool as `rbd pool init` leaves it, with the trash's directory made beforehand, so that a first deletion
# needs no new object on a full pool.
make_pool() {
    ask 30 osd pool create "$POOL" --size "$SIZE" >>"$DIR/logs/setup.log" 2>&1 &&
        timeout 60 rbd --conf "$DIR/ceph.conf" pool init "$POOL" >>"$DIR/logs/setup.log" 2>&1 9>&- &&
        timeout 60 rados --conf "$DIR/ceph.conf" -p "$POOL" create rbd_trash >>"$DIR/logs/setup.log" 2>&1 9>&- ||
        die "the pool $POOL could not be made" "$DIR/logs/setup.log" "read the logs, then: $PROGRAM down --dir $DIR"
    lap "pool $POOL made, first write done"
}

mons_answer() { ask 5 quorum_status >/dev/null 2>&1; }

# cluster_numbers: "OSDs-up PGs PGs-active+clean", as the monitors know it.
cluster_numbers() {
    ask 5 status -f json 2>/dev/null | jq -r '[.osdmap.num_up_osds, .pgmap.num_pgs,
        ([.pgmap.pgs_by_state[]? | select(.state_name == "active+clean") | .count] | add // 0)] | join(" ")'
}

osds_are_up() { ask 5 osd stat -f json 2>/dev/null | jq -e ".num_up_osds == $OSDS" >/dev/null; }

pgs_are_clean() {
    local up pgs clean
    read -r up pgs clean < <(cluster_numbers) || return 1
    [ "$up" = "$OSDS" ] && [ "${pgs:-0}" -gt 0 ] && [ "$pgs" = "$clean" ]
}

# settle_health: a new release calls it an error when an older client's kind of keys is allowed; here that is meant.
settle_health() {
    [ "$RELEASE" -ge 20 ] || return 0
    local code
    for code in CLIENT_KEY_TYPE KEYS_ALLOWED KEYS_CREATABLE ROTATING_SERVICE_KEY_TYPE SERVICE_KEY_TYPE SERVICE_TICKETS; do
        printf 'health mute AUTH_INSECURE_%s --sticky\n' $code
    done | ask 30 >>"$DIR/logs/setup.log" 2>&1 || die "the cluster's health could not be settled" "$DIR/logs/setup.log"
}

wait_for_cluster() {
    expect 120 "monitors answer" mons_answer
    # Its pool would appear some time later, beside those that a test has made.
    [ "$MGR" = 0 ] || ask 10 config set --force mgr mgr/devicehealth/enable_monitoring false \
        >>"$DIR/logs/setup.log" 2>&1 || die "the mgr's health module could not be told to be quiet" "$DIR/logs/setup.log"
    expect 120 "all $OSDS OSDs are up" osds_are_up
    make_pool
    settle_health
    # Only the mgr tells the monitors how the PGs are.
    [ "$MGR" = 0 ] || expect 90 "all PGs are active+clean" pgs_are_clean
}

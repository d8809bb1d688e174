# shellcheck shell=bash
# ceph.conf and the keys of a lab. Needs the options of deploy/dev/ceph.

MON_NAMES=(a b c d e f g h i)

mon_port() { printf '%s' $((PORT + 2 * $1)); } # msgr2; msgr1 is the next one
mon_address() { printf '[v2:%s:%s,v1:%s:%s]' "$ADDRESS" "$(mon_port "$1")" "$ADDRESS" $(($(mon_port "$1") + 1)); }
mon_addresses() {
    local i
    for ((i = 0; i < MONS; i++)); do printf '%s%s' "$([ $i = 0 ] || echo ,)" "$(mon_address $i)"; done
}

# write_conf DIR FSID: what decides about failure keeps the values that production has; what only makes a test wait is
# turned down. A daemon or a client finds its own key by its own name.
write_conf() {
    local dir=$1 i
    {
        conf_global "$dir" "$2"
        conf_mon "$dir"
        conf_osd "$dir"
        for ((i = 0; i < OSDS; i++)); do
            printf '[osd.%d]\ncrush_location = root=default rack=rack-%d host=host-%d\n' \
                $i "$(rack_of_host "$(host_of_osd $i)")" "$(host_of_osd $i)"
        done
    } >"$dir/ceph.conf"
}

conf_global() {
    cat <<CONF
[global]
fsid = $2
mon_host = $(mon_addresses)
public_addr = $ADDRESS
cluster_addr = $ADDRESS
auth_cluster_required = cephx
auth_service_required = cephx
auth_client_required = cephx
keyring = $1/keys/\$name.keyring
run_dir = $1
admin_socket = $1/sockets/\$name
pid_file =
log_file = $1/logs/\$name.log
log_to_stderr = false
err_to_stderr = true
mon_cluster_log_file = $1/logs/cluster.log
crash_dir = $1/crash
ms_bind_port_min = $((PORT + 2 * MONS))
ms_bind_port_max = $((PORT + PORTS - 1))
ms_async_op_threads = 1
# Waiting only: how long the mons gather changes before they vote.
paxos_propose_interval = 0.02
paxos_min_wait = 0.02
osd_pool_default_size = $SIZE
osd_pool_default_min_size = $MIN_SIZE
osd_pool_default_pg_num = 32
osd_pool_default_pgp_num = 32
osd_pool_default_pg_autoscale_mode = off
mon_allow_pool_size_one = true
# In [global], because the mons apply a grace of their own: how soon a silent OSD counts as down (production: 6 and 20).
osd_heartbeat_interval = 1
osd_heartbeat_grace = 4

[client]
admin_socket =
log_file =

CONF
}

conf_mon() {
    cat <<CONF
[mon]
mon_data = $1/data/mon.\$id
keyring = $1/keys/mon.keyring
mon_allow_pool_delete = true
mon_warn_on_pool_no_redundancy = false
mon_warn_on_insecure_global_id_reclaim_allowed = false
auth_allow_insecure_global_id_reclaim = false
mon_max_pg_per_osd = 2000
mon_data_avail_warn = 2
mon_data_avail_crit = 1
mon_osd_adjust_heartbeat_grace = false
mon_osd_report_timeout = 15
mon_tick_interval = 1
mon_lease = 2
mon_election_timeout = 2
mon_mgr_beacon_grace = 5
CONF
    # Two reporters from two hosts, as in production, need three hosts.
    [ "$HOSTS" -ge 3 ] || printf 'mon_osd_min_down_reporters = 1\n'
    [ "$HOSTS" -ge 2 ] || printf 'mon_osd_reporter_subtree_level = osd\n'
    cat <<CONF

[mgr]
mgr_data = $1/data/mgr.\$id
mgr_tick_period = 1
mgr_stats_period = 1
mgr_beacon_period = 1
mgr_initial_modules =
mgr_pool = false
# The mgr imports every module that it finds, enabled or not, and says nothing about PGs before that is done.
mgr_disabled_modules = $MGR_DISABLED

CONF
}

# Every module of Debian's packages but those that a mgr must have, or else calls the cluster's health an error.
MGR_DISABLED="alerts cephadm dashboard diskprediction_local feedback influx insights iostat k8sevents localpool \
mds_autoscaler mirroring nfs osd_perf_query osd_support prometheus restful rgw rook selftest smb snap_schedule stats \
telegraf test_orchestrator zabbix"

conf_osd() {
    cat <<CONF
[osd]
osd_data = $1/data/osd.\$id
osd_objectstore = $STORE
memstore_device_bytes = 8589934592
bluestore_block_size = 10737418240
bluestore_block_create = true
bluestore_fsck_on_mount = false
bluestore_cache_autotune = false
bluestore_cache_size = 67108864
osd_memory_target = 939524096
osd_crush_initial_weight = 1
osd_mon_heartbeat_interval = 2
osd_mon_report_interval = 1
osd_beacon_report_interval = 5
osd_op_num_shards = 2
osd_op_num_threads_per_shard = 1
# Debian 13's own default is relative to the working directory.
osd_class_dir = $CLASS_DIR
osd_class_load_list = *
osd_class_default_list = *
# Short logs: a memstore OSD keeps them in memory.
osd_min_pg_log_entries = 50
osd_max_pg_log_entries = 100
osd_pg_log_dups_tracked = 50
osd_pg_log_trim_min = 10
osd_max_backfills = 10
osd_recovery_sleep = 0
osd_mclock_skip_benchmark = true
osd_pg_stat_report_interval_max = 1

CONF
}

# make_keys DIR: one keyring for the mons to import, so that no key needs a command, and one of its own for each entity.
make_keys() {
    local all=$1/setup/keyring i
    new_key "$1" mon. 'mon=allow *' && mv "$1/keys/mon..keyring" "$1/keys/mon.keyring" &&
        new_key "$1" client.admin 'mon=allow *' 'osd=allow *' 'mgr=allow *' 'mds=allow *' &&
        new_key "$1" client.holdfast 'mon=profile rbd' "osd=profile rbd pool=$POOL" &&
        new_key "$1" mgr.x 'mon=allow profile mgr' 'osd=allow *' 'mds=allow *' || return
    for ((i = 0; i < OSDS; i++)); do
        new_key "$1" "osd.$i" 'mon=allow profile osd' 'mgr=allow profile osd' 'osd=allow *' || return
    done
    cat "$1"/keys/*.keyring >"$all"
}

# new_key DIR ENTITY SERVICE=CAPS...
new_key() {
    local file=$1/keys/$2.keyring entity=$2 cap caps=()
    shift 2
    for cap; do caps+=(--cap "${cap%%=*}" "${cap#*=}"); done
    ceph_program ceph-authtool --create-keyring "$file" --mode 0600 --gen-key "${KEY_OPTIONS[@]}" -n "$entity" "${caps[@]}"
}

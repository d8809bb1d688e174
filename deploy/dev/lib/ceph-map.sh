# shellcheck shell=bash
# The first CRUSH map and OSDMap of a lab. Handed to `ceph-mon --mkfs`, they give the cluster its hosts, racks and OSDs
# from epoch 1, without a command for each. Needs the options of deploy/dev/ceph.

host_of_osd() { printf '%s' $(($1 / OSDS_PER_HOST)); }
rack_of_host() { printf '%s' $(($1 * RACKS / HOSTS)); }

# crush_text: the map as crushtool reads it. Every OSD weighs 1.
crush_text() {
    local i host rack
    printf 'tunable %s\n' 'choose_local_tries 0' 'choose_local_fallback_tries 0' 'choose_total_tries 50' \
        'chooseleaf_descend_once 1' 'chooseleaf_vary_r 1' 'chooseleaf_stable 1' 'straw_calc_version 1' \
        'allowed_bucket_algs 54'
    for ((i = 0; i < OSDS; i++)); do printf 'device %d osd.%d class ssd\n' $i $i; done
    i=0
    for rack in osd host chassis rack row pdu pod room datacenter zone region root; do printf 'type %d %s\n' $((i++)) $rack; done
    for ((host = 0; host < HOSTS; host++)); do
        printf 'host host-%d { id -%d alg straw2 hash 0\n' $host $((1000 + host))
        for ((i = host * OSDS_PER_HOST; i < (host + 1) * OSDS_PER_HOST; i++)); do printf ' item osd.%d weight 1.000\n' $i; done
        printf '}\n'
    done
    for ((rack = 0; rack < RACKS; rack++)); do
        printf 'rack rack-%d { id -%d alg straw2 hash 0\n' $rack $((100 + rack))
        for ((host = 0; host < HOSTS; host++)); do
            [ "$(rack_of_host $host)" != $rack ] || printf ' item host-%d weight %d.000\n' $host "$OSDS_PER_HOST"
        done
        printf '}\n'
    done
    printf 'root default { id -1 alg straw2 hash 0\n'
    for ((rack = 0; rack < RACKS; rack++)); do printf ' item rack-%d weight %d.000\n' $rack "$(osds_of_rack $rack)"; done
    printf '}\n'
    printf 'rule replicated_rule { id 0 type replicated %s step take default step chooseleaf firstn 0 type %s step emit }\n' \
        "$([ "$RELEASE" -ge 18 ] || echo 'min_size 1 max_size 10')" "$FAILURE_DOMAIN"
}

osds_of_rack() {
    local host count=0
    for ((host = 0; host < HOSTS; host++)); do
        [ "$(rack_of_host $host)" != "$1" ] || count=$((count + OSDS_PER_HOST))
    done
    printf '%s' $count
}

# make_maps DIR: DIR/setup/osdmap, with no OSD marked up or in: the mons refuse a first map that says so.
make_maps() {
    local setup=$1/setup
    crush_text >"$setup/crush.txt"
    ceph_program crushtool -c "$setup/crush.txt" -o "$setup/crush" &&
        ceph_program osdmaptool --createsimple "$OSDS" --clobber "$setup/osdmap" &&
        ceph_program osdmaptool "$setup/osdmap" --import-crush "$setup/crush"
}

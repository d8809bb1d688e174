# shellcheck shell=bash
# Free ports for a lab. Needs common.sh.
#
# A lab takes blocks of 100 ports, from below the range that the kernel hands out to clients. What a lab has taken is
# written in a book beside all labs, so that a daemon that is down for a while finds its port free when it comes back.
# An entry counts for as long as the lab's folder agrees with it.

PORT_BLOCK=100
PORT_FIRST=20000
PORT_END=32000
PORT_BOOK=/tmp/holdfast-ports-$(id -u)

# take_ports DIR COUNT: finds COUNT ports in a row that nobody has, and remembers the first one as the lab's `port`.
take_ports() {
    local dir=$1 blocks=$((($2 + PORT_BLOCK - 1) / PORT_BLOCK)) all=$(((PORT_END - PORT_FIRST) / PORT_BLOCK))
    local start=$((RANDOM % all)) try first
    [ -d "$PORT_BOOK" ] || mkdir -m 700 "$PORT_BOOK" 2>/dev/null || true
    [ -O "$PORT_BOOK" ] || die "$PORT_BOOK cannot be made, or belongs to somebody else" '' "name the first port with --port"
    exec 8>>"$PORT_BOOK/lock"
    flock -w 30 8 || die "another command has held $PORT_BOOK/lock for 30 seconds"
    local busy
    busy=" $(listening_ports | tr '\n' ' ')"
    for ((try = 0; try < all; try++)); do
        first=$((PORT_FIRST + (start + try) % all * PORT_BLOCK))
        if [ $((first + blocks * PORT_BLOCK)) -le $PORT_END ] && blocks_are_free "$first" "$blocks" "$busy"; then
            enter_ports "$dir" "$first" "$blocks"
            exec 8>&-
            return
        fi
    done
    die "no $2 free ports in a row from $PORT_FIRST to $PORT_END" '' "stop a lab, or name the first port with --port"
}

# listening_ports: every port, in decimal, that something on this machine listens on.
listening_ports() {
    local hex
    awk '$4 == "0A" { sub(/.*:/, "", $2); print $2 }' /proc/net/tcp /proc/net/tcp6 2>/dev/null | sort -u |
        while read -r hex; do printf '%d\n' "0x$hex"; done
}

enter_ports() { # lab's folder, first port, blocks
    local block
    for ((block = 0; block < $3; block++)); do
        printf '%s %s\n' "$2" "$1" >"$PORT_BOOK/$(($2 + block * PORT_BLOCK))"
    done
    remember "$1" port "$2"
}

blocks_are_free() { # first port, blocks, busy ports
    local block first owner busy
    for ((block = 0; block < $2; block++)); do
        if [ -f "$PORT_BOOK/$(($1 + block * PORT_BLOCK))" ]; then
            read -r first owner <"$PORT_BOOK/$(($1 + block * PORT_BLOCK))"
            [ "$(recall "$owner" port)" != "$first" ] || return 1
        fi
    done
    for busy in $3; do
        [ "$busy" -lt "$1" ] || [ "$busy" -ge $(($1 + $2 * PORT_BLOCK)) ] || return 1
    done
}

# check_port PORT...: refuses a port that somebody listens on.
check_port() {
    local port busy
    busy=$(listening_ports)
    for port; do
        ! grep -qx "$port" <<<"$busy" || die "port $port is in use" '' "leave --port out: free ports are found then"
    done
}

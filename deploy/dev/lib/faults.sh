# shellcheck shell=bash
# The commands `fault` and the list of daemons. Needs processes.sh, and from the command that sources it DIR,
# all_daemons, daemons_of, log_of, start_daemon, and TARGETS: what a target may be, in words.

# fault WORDS...: what stands behind the word `fault`.
fault() {
    [ $# -ge 1 ] || bad_usage "fault needs one of: kill freeze revive status"
    one_of fault "$1" kill freeze revive status
    if [ "$1" = status ]; then
        [ $# = 1 ] || bad_usage "fault status takes no targets"
        if [ "$OUTPUT" = json ]; then list_states | states_json; else list_states | states_table; fi
        return
    fi
    [ $# -ge 2 ] || bad_usage "fault $1 needs a target: $TARGETS"
    lock_lab "$DIR" || die "what ran in $DIR has just been ended"
    local fault=$1 target name names=() more
    shift
    for target; do
        more=$(daemons_of "$target") || bad_usage "no such target here: '$target'; there are: $TARGETS"
        mapfile -t -O ${#names[@]} names <<<"$more"
    done
    for name in "${names[@]}"; do inject "$fault" "$name"; done
}

# inject FAULT NAME
inject() {
    local state
    state=$(state_of "$DIR" "$2")
    case $1:$state in
        kill:dead | freeze:frozen | revive:running) say "$2 was $state already" ;;
        kill:*) kill_process "$DIR" "$2" ;;
        freeze:running) freeze_process "$DIR" "$2" ;;
        freeze:dead) die "$2 is dead and cannot be frozen" "$(log_of "$2")" "$PROGRAM fault revive $2 --dir $DIR" ;;
        revive:frozen) signal_process "$DIR" "$2" CONT && wait_until 10 is_in_state "$DIR" "$2" running ;;
        revive:dead) start_daemon "$2" ;;
    esac
    printf '%s %s\n' "$2" "$(state_of "$DIR" "$2")"
}

# list_states: "DAEMON STATE PID" lines.
list_states() {
    local name
    for name in $(all_daemons); do
        printf '%s %s %s\n' "$name" "$(state_of "$DIR" "$name")" "$(pid_of "$DIR" "$name" || echo -)"
    done
}

states_table() { { printf 'DAEMON STATE PID\n'; cat; } | awk '{ printf "%-12s %-8s %s\n", $1, $2, $3 }'; }

states_json() { jq -R -n '[inputs | split(" ") | {name: .[0], state: .[1], pid: (.[2] | tonumber? // null)}]'; }

# expect SECONDS WHAT COMMAND...: waits for COMMAND to succeed. Dies when it has not by then, and at once when a daemon
# has ended instead.
expect() {
    local seconds=$1 what=$2 end name
    shift 2
    end=$(($(now_ms) + seconds * 1000))
    until "$@"; do
        for name in $(process_names "$DIR"); do
            ! is_dead "$DIR" "$name" || die "$name ended while this was waited for: $what" "$(log_of "$name")" \
                "read the log, then: $PROGRAM down --dir $DIR"
        done
        [ "$(now_ms)" -lt "$end" ] ||
            die "not after $seconds s: $what" "$DIR/logs" "read the logs, then: $PROGRAM down --dir $DIR"
        sleep 0.05
    done
    lap "$what"
}

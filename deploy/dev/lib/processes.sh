# shellcheck shell=bash
# A lab's processes. Needs common.sh.
#
# DIR/processes/NAME holds "PID START BOOT": the process, its start time in clock ticks, the boot it belongs to. A signal
# goes to a process only if all of that, and the lab's folder on its command line, is still so: a recycled pid is never
# touched. Processes are direct children put into sessions of their own; when the script ends, init adopts them.

BOOT=$(</proc/sys/kernel/random/boot_id)

# start_time PID: field 22 of /proc/PID/stat; the name in field 2 may hold anything, so count from its last bracket.
start_time() {
    local stat
    { stat=$(<"/proc/$1/stat"); } 2>/dev/null || return 1
    stat=${stat##*) }
    local fields
    read -ra fields <<<"$stat"
    printf '%s' "${fields[19]}"
}

# start_process DIR NAME LOG COMMAND...: runs COMMAND in the background, output appended to LOG. The lab's folder must be
# somewhere on its command line. Returns when COMMAND has taken the place of this script's copy, or is gone already.
start_process() {
    local dir=$1 name=$2 log=$3 pid
    shift 3
    mkdir -p "$dir/processes"
    setsid "$@" >>"$log" 2>&1 </dev/null 9>&- &
    pid=$!
    printf '%s %s %s\n' "$pid" "$(start_time "$pid")" "$BOOT" >"$dir/processes/$name"
    wait_until 10 has_taken_over "$dir" "$name" "$pid" || die "$name does not start (pid $pid)" "$log"
}

has_taken_over() { pid_of "$1" "$2" >/dev/null || ! letter_of "$3" >/dev/null || [ "$(letter_of "$3")" = Z ]; }

# process_names DIR: the names of all processes that the lab has started and not ended.
process_names() {
    local file
    for file in "$1"/processes/*; do [ ! -f "$file" ] || printf '%s\n' "${file##*/}"; done
}

# pid_of DIR NAME: the pid, if the process lives and is ours; fails else.
pid_of() {
    local pid start boot
    { read -r pid start boot <"$1/processes/$2"; } 2>/dev/null || return 1
    [[ $pid =~ ^[1-9][0-9]*$ ]] && [ "$boot" = "$BOOT" ] && [ "$(start_time "$pid")" = "$start" ] || return 1
    [[ $(letter_of "$pid") != [ZX] ]] && grep -qF -- "$1" "/proc/$pid/cmdline" 2>/dev/null || return 1
    printf '%s' "$pid"
}

# letter_of PID: the kernel's one-letter state.
letter_of() {
    local stat
    { stat=$(<"/proc/$1/stat"); } 2>/dev/null || return 1
    stat=${stat##*) }
    printf '%s' "${stat%% *}"
}

# state_of DIR NAME: running, frozen or dead.
state_of() {
    local pid
    pid=$(pid_of "$1" "$2") || { printf dead; return; }
    if [[ $(letter_of "$pid") == [Tt] ]]; then printf frozen; else printf running; fi
}

is_dead() { ! pid_of "$1" "$2" >/dev/null; }

# signal_process DIR NAME SIGNAL: fails if the process is dead.
signal_process() {
    local pid
    pid=$(pid_of "$1" "$2") && kill -"$3" "$pid" 2>/dev/null
}

# kill_process DIR NAME: SIGKILL, and waits until it is gone. One that is gone already is as good.
kill_process() {
    signal_process "$1" "$2" KILL || true
    wait_until 10 is_dead "$1" "$2" || die "$2 does not go away after SIGKILL (pid $(pid_of "$1" "$2"))"
}

# freeze_process DIR NAME: SIGSTOP, and waits until the kernel says so.
freeze_process() {
    signal_process "$1" "$2" STOP || die "$2 has just ended"
    wait_until 10 is_in_state "$1" "$2" frozen || die "$2 does not freeze (pid $(pid_of "$1" "$2"))"
}

is_in_state() { [ "$(state_of "$1" "$2")" = "$3" ]; }

# end_processes DIR SECONDS NAME...: thaws them, asks them to end, and kills what is left after SECONDS.
end_processes() {
    local dir=$1 seconds=$2 name
    shift 2
    for name; do
        signal_process "$dir" "$name" TERM || continue
        signal_process "$dir" "$name" CONT || continue
    done
    wait_until "$seconds" all_dead "$dir" "$@" || true
    for name; do
        is_dead "$dir" "$name" || kill_process "$dir" "$name"
        rm -f "$dir/processes/$name"
    done
}

all_dead() {
    local dir=$1 name
    shift
    for name; do is_dead "$dir" "$name" || return 1; done
}

# shellcheck shell=bash
# A lab's folder: its mark, its lock, its settings, its end. Needs common.sh and processes.sh, and DIR.
#
# A folder is a lab's if it holds the mark; only such a folder is ever emptied or removed.

MARK=holdfast-lab

# absolute DIR: symlinks are not resolved, so that what is printed is what was asked for.
absolute() { case $1 in /*) printf '%s' "${1%/}" ;; *) printf '%s' "$PWD/${1%/}" ;; esac; }

is_lab() { [ -f "$DIR/$MARK" ] && [ "$(<"$DIR/$MARK")" = "$1" ]; }

# claim_lab KIND: makes DIR, or takes over an empty one or what a lab of that kind left behind; locks and empties it.
claim_lab() {
    local names
    until mark_folder "$1" && lock_lab; do :; done
    mapfile -t names < <(process_names "$DIR")
    if [ -n "$(recall "$DIR" ready)" ] && ! all_dead "$DIR" "${names[@]}"; then
        die "one is running in $DIR already" '' "use it ($PROGRAM env --dir $DIR) or end it first ($PROGRAM down --dir $DIR)"
    fi
    end_processes "$DIR" 0 "${names[@]}"
    find "$DIR" -mindepth 1 -maxdepth 1 ! -name lock ! -name "$MARK" -exec rm -rf {} +
}

mark_folder() {
    if ! is_lab "$1" && [ -n "$(ls -A "$DIR" 2>/dev/null)" ]; then
        die "$DIR is not empty and was not made by '$PROGRAM up'" '' "name another folder with --dir"
    fi
    mkdir -p "$DIR" || die "cannot make the folder $DIR" '' "name one that you may write to with --dir"
    chmod 700 "$DIR"
    printf '%s\n' "$1" >"$DIR/$MARK"
}

# lock_lab: one command at a time in a folder; fails if the folder has been removed meanwhile. The lock is file descriptor
# 9, and daemons are started without it.
lock_lab() {
    { exec 9>>"$DIR/lock"; } 2>/dev/null || return 1
    flock -w 300 9 || die "another command has held $DIR/lock for 5 minutes" '' "see which one: fuser -v $DIR/lock"
    [ "$DIR/lock" -ef /proc/self/fd/9 ]
}

# end_lab KIND SECONDS: ends every process, by SIGKILL those that have not ended SECONDS after SIGTERM, and removes the
# folder unless KEEP is 1.
end_lab() {
    local names
    if ! is_lab "$1" || ! lock_lab; then
        say "nothing to end in $DIR"
        return
    fi
    mapfile -t names < <(process_names "$DIR")
    end_processes "$DIR" "$2" "${names[@]}"
    rm -f "$DIR/settings/ready"
    if [ "$KEEP" = 1 ]; then
        lap "ended; its folder is kept: $DIR"
    else
        rm -rf "$DIR"
        lap "ended"
    fi
}

# remember DIR NAME VALUE and recall DIR NAME: settings that later commands need.
remember() { mkdir -p "$1/settings" && printf '%s\n' "$3" >"$1/settings/$2"; }
remember_lines() { mkdir -p "$1/settings" && { [ $# = 2 ] || printf '%s\n' "${@:3}"; } >"$1/settings/$2"; }
recall() { [ ! -f "$1/settings/$2" ] || printf '%s' "$(<"$1/settings/$2")"; }

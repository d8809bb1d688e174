# shellcheck shell=bash
# What the lab's commands share: messages, folders, locks, free ports, laps. Source it, do not run it.

CACHE=${HOLDFAST_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/holdfast}
STATE=${XDG_STATE_HOME:-$HOME/.local/state}/holdfast

say() { printf '%s\n' "$*" >&2; }

# die WHAT [WHERE-THE-LOG-IS] [WHAT-TO-DO]: one line each, and exit status 1.
die() {
    say "${PROGRAM:-lab}: $1"
    [ -z "${2:-}" ] || say "  log:  $2"
    [ -z "${3:-}" ] || say "  next: $3"
    exit 1
}

# bad_usage WHAT: the command line is wrong; exit status 2.
bad_usage() {
    say "${PROGRAM:-lab}: $1"
    say "  next: $PROGRAM --help"
    exit 2
}

# --- time -------------------------------------------------------------------------------------------------------------

now_ms() { local t=${EPOCHREALTIME/[.,]/}; printf '%s' "${t%???}"; }

LAP_START=$(now_ms)

# lap TEXT: TEXT with the seconds since this program began.
lap() {
    local ms=$(($(now_ms) - LAP_START))
    printf '%6d.%02d s  %s\n' $((ms / 1000)) $((ms % 1000 / 10)) "$*" >&2
}

# wait_until SECONDS COMMAND...: runs COMMAND every 50 ms until it succeeds; fails when SECONDS have passed.
wait_until() {
    local end=$(($(now_ms) + $1 * 1000))
    shift
    until "$@"; do
        [ "$(now_ms)" -lt "$end" ] || return 1
        sleep 0.05
    done
}

# --- the command line -------------------------------------------------------------------------------------------------

# parse WORD...: flags and options with a value may stand anywhere; the rest are WORDS. The command says what it has:
# its functions `flag NAME` and `option NAME VALUE` fail for a name that they do not know.
parse() {
    while [ $# -gt 0 ]; do
        case $1 in
            -h | --help) help; exit 0 ;;
            --*=*) set -- "${1%%=*}" "${1#*=}" "${@:2}" ;;
            -?*)
                if flag "$1"; then
                    GIVEN+=("$1")
                    shift
                elif [ $# -ge 2 ] && option "$1" "$2"; then
                    GIVEN+=("$1")
                    shift 2
                else
                    bad_usage "no such option, or its value is missing: $1"
                fi
                ;;
            *) WORDS+=("$1"); shift ;;
        esac
    done
}

# only OPTION...: refuses options that the command would ignore. --dir means something to every command.
only() {
    local given allowed
    for given in "${GIVEN[@]}"; do
        for allowed in --dir "$@" ''; do [ "$given" != "$allowed" ] || break; done
        [ -n "$allowed" ] || bad_usage "$given means nothing to '${WORDS[0]}'"
    done
}

# whole_number OPTION VALUE LEAST MOST
whole_number() {
    if ! [[ $2 =~ ^[1-9][0-9]{0,8}$ ]] || [ "$2" -lt "$3" ] || [ "$2" -gt "$4" ]; then
        bad_usage "$1 must be a whole number from $3 to $4, not '$2'"
    fi
}

# one_of OPTION VALUE ALLOWED...
one_of() {
    local option=$1 value=$2 allowed
    shift 2
    for allowed; do [ "$value" != "$allowed" ] || return 0; done
    bad_usage "$option must be one of: $*; not '$value'"
}

need_programs() {
    local program missing=()
    for program; do command -v "$program" >/dev/null || missing+=("$program"); done
    [ ${#missing[@]} = 0 ] || die "not installed: ${missing[*]}" '' "run scripts/setup as root"
}

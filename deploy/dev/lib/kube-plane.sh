# shellcheck shell=bash
# Starting a lab's control plane and waiting for it. Needs the options of deploy/dev/kube, and its other parts.

log_of() { printf '%s/logs/%s.log' "$DIR" "$1"; }

all_daemons() { printf '%s\n' etcd apiserver kcm; [ "$SCHEDULER" = 0 ] || echo sched; }
daemons_of() { all_daemons | grep -xF -- "$1"; }

set_ports() {
    ETCD_PORT=$PORT ETCD_PEER_PORT=$((PORT + 1)) API_PORT=$((PORT + 2)) KCM_PORT=$((PORT + 3)) SCHED_PORT=$((PORT + 4))
}

# start_daemon NAME
start_daemon() {
    local command
    "command_of_$1"
    start_process "$DIR" "$1" "$(log_of "$1")" "${command[@]}"
}

# The data outlive a killed etcd; only a machine that loses its power could lose what was not synced.
command_of_etcd() {
    command=(etcd --data-dir "$DIR/etcd" --log-level warn --unsafe-no-fsync
        --listen-client-urls "http://127.0.0.1:$ETCD_PORT" --advertise-client-urls "http://127.0.0.1:$ETCD_PORT"
        --listen-peer-urls "http://127.0.0.1:$ETCD_PEER_PORT"
        --initial-advertise-peer-urls "http://127.0.0.1:$ETCD_PEER_PORT"
        --initial-cluster "default=http://127.0.0.1:$ETCD_PEER_PORT")
}

command_of_apiserver() {
    local pki=$DIR/pki extra
    command=("$KUBE_BIN/kube-apiserver" "--etcd-servers=http://127.0.0.1:$ETCD_PORT" --bind-address=127.0.0.1
        "--secure-port=$API_PORT" --advertise-address=127.0.0.1 --endpoint-reconciler-type=none
        --service-cluster-ip-range=10.96.0.0/16 "--tls-cert-file=$pki/server.crt"
        "--tls-private-key-file=$pki/server.key" "--client-ca-file=$pki/ca.crt"
        "--requestheader-client-ca-file=$pki/ca.crt" --requestheader-allowed-names=front-proxy-client
        --requestheader-username-headers=X-Remote-User --requestheader-group-headers=X-Remote-Group
        --requestheader-extra-headers-prefix=X-Remote-Extra- "--proxy-client-cert-file=$pki/front-proxy.crt"
        "--proxy-client-key-file=$pki/front-proxy.key" "--authorization-mode=Node,RBAC" --allow-privileged=true
        --service-account-issuer=https://kubernetes.default.svc "--service-account-key-file=$pki/sa.pub"
        "--service-account-signing-key-file=$pki/sa.key")
    mapfile -t extra <"$DIR/settings/apiserver-args"
    command+=("${extra[@]}")
}

# Without nodelifecycle a Node object that nobody stands behind stays Ready. 1.20's own volume expander can die of a nil
# dereference when an RBD claim changes while it grows; growing is the provisioner's business anyway.
command_of_kcm() {
    local extra
    client_command kube-controller-manager kcm "$KCM_PORT"
    command+=(--use-service-account-credentials=true "--service-account-private-key-file=$DIR/pki/sa.key"
        "--root-ca-file=$DIR/pki/ca.crt" --pvclaimbinder-sync-period=15s
        '--controllers=*,-nodelifecycle,-nodeipam,-route,-persistentvolume-expander')
    mapfile -t extra <"$DIR/settings/kcm-args"
    command+=("${extra[@]}")
}

command_of_sched() { client_command kube-scheduler sched "$SCHED_PORT"; }

client_command() { # program, user, port
    command=("$KUBE_BIN/$1" "--kubeconfig=$DIR/$2.kubeconfig" "--authentication-kubeconfig=$DIR/$2.kubeconfig"
        "--authorization-kubeconfig=$DIR/$2.kubeconfig" --bind-address=127.0.0.1 "--secure-port=$3" --port=0
        "--tls-cert-file=$DIR/pki/server.crt" "--tls-private-key-file=$DIR/pki/server.key" --leader-elect=false)
}

# api PATH: a GET as the administrator; fails unless the answer is a good one.
api() {
    curl -sf -m 5 --cacert "$DIR/pki/ca.crt" --cert "$DIR/pki/admin.crt" --key "$DIR/pki/admin.key" \
        "https://127.0.0.1:$API_PORT$1" 9>&-
}

api_is_ready() { [ "$(api /readyz)" = ok ]; }
namespaces_are_served() { api /api/v1/namespaces/default/serviceaccounts/default >/dev/null; }
scheduler_is_healthy() { [ "$(curl -sf -m 5 --cacert "$DIR/pki/ca.crt" "https://127.0.0.1:$SCHED_PORT/healthz")" = ok ]; }

start_plane() {
    mkdir -p "$DIR/logs" "$DIR/etcd"
    chmod 700 "$DIR/etcd"
    make_pki >"$DIR/logs/setup.log" 2>&1 || die "the certificates could not be made" "$DIR/logs/setup.log"
    lap "certificates made"
    start_daemon etcd
    start_daemon apiserver
    expect 120 "kube-apiserver is ready" api_is_ready
    start_daemon kcm
    [ "$SCHEDULER" = 0 ] || start_daemon sched
    expect 120 "kube-controller-manager has made the default service account" namespaces_are_served
    [ "$SCHEDULER" = 0 ] || expect 60 "kube-scheduler is healthy" scheduler_is_healthy
}

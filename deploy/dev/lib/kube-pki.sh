# shellcheck shell=bash
# Certificates, keys and kubeconfigs of a lab's control plane. Needs common.sh, and DIR and PORT.

API_DNS=DNS:localhost,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc

make_pki() {
    local pki=$DIR/pki
    mkdir -p "$pki"
    new_ec_key "$pki/ca.key" &&
        openssl req -x509 -new -key "$pki/ca.key" -days 3650 -subj /CN=holdfast-lab -out "$pki/ca.crt" \
            -addext keyUsage=critical,keyCertSign,cRLSign,digitalSignature &&
        new_certificate server /CN=kube-apiserver "IP:127.0.0.1,IP:10.96.0.1,$API_DNS" &&
        new_certificate admin /O=system:masters/CN=admin &&
        new_certificate kcm /CN=system:kube-controller-manager &&
        new_certificate sched /CN=system:kube-scheduler &&
        new_certificate front-proxy /CN=front-proxy-client &&
        new_ec_key "$pki/sa.key" && openssl ec -in "$pki/sa.key" -pubout -out "$pki/sa.pub" || return
    local user
    for user in admin kcm sched; do
        write_kubeconfig "$user" "{\"client-certificate\": \"$pki/$user.crt\", \"client-key\": \"$pki/$user.key\"}" \
            >"$DIR/$user.kubeconfig"
        chmod 600 "$DIR/$user.kubeconfig"
    done
}

new_ec_key() { openssl ecparam -name prime256v1 -genkey -noout -out "$1" && chmod 600 "$1"; }

new_certificate() { # name, subject, subject alternative names
    local name=$DIR/pki/$1
    new_ec_key "$name.key" && openssl req -new -key "$name.key" -subj "$2" -out "$name.csr" &&
        printf 'keyUsage=digitalSignature\nextendedKeyUsage=serverAuth,clientAuth\n%s\n' \
            "${3:+subjectAltName=$3}" >"$name.extensions" &&
        openssl x509 -req -in "$name.csr" -CA "$DIR/pki/ca.crt" -CAkey "$DIR/pki/ca.key" -CAcreateserial -days 3650 \
            -extfile "$name.extensions" -out "$name.crt"
}

# write_kubeconfig USER CREDENTIALS: on stdout; the certificate authority's certificate is in it.
write_kubeconfig() {
    cat <<KUBECONFIG
apiVersion: v1
kind: Config
clusters: [{name: lab, cluster: {server: "https://127.0.0.1:$API_PORT", certificate-authority-data: "$(base64 -w0 "$DIR/pki/ca.crt")"}}]
users: [{name: "$1", user: $2}]
contexts: [{name: lab, context: {cluster: lab, user: "$1"}}]
current-context: lab
KUBECONFIG
}

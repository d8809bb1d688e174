public import Vocabulary

/// Where the Kubernetes API is and who asks.
public struct KubernetesConfiguration: Sendable {
    /// The server: scheme, host, port and, where there is one, a path before `/api`.
    public var server: ServerAddress
    /// The certificates to trust, as PEM; nil trusts the machine's own.
    public var certificateAuthority: [UInt8]?
    /// The name to check the server's certificate against, where it differs from the host.
    public var tlsServerName: String?
    /// Whether the server's certificate is not checked at all.
    public var skipsTLSVerification: Bool
    /// The HTTP proxy to go through.
    public var proxy: ProxyAddress?
    /// Who asks.
    public var authentication: Authentication
    /// The namespace for objects that name none.
    public var namespace: String
    /// Where this came from, for messages: `context "lab" of /root/.kube/config` or `in-cluster`.
    public var origin: String

    /// A configuration by its parts.
    public init(
        server: ServerAddress, certificateAuthority: [UInt8]? = nil, tlsServerName: String? = nil,
        skipsTLSVerification: Bool = false, proxy: ProxyAddress? = nil,
        authentication: Authentication = Authentication(), namespace: String = "default", origin: String = "given"
    ) {
        self.server = server
        self.certificateAuthority = certificateAuthority
        self.tlsServerName = tlsServerName
        self.skipsTLSVerification = skipsTLSVerification
        self.proxy = proxy
        self.authentication = authentication
        self.namespace = namespace
        self.origin = origin
    }

    /// Who asks: a client certificate, a bearer token, both or neither.
    public struct Authentication: Sendable {
        /// The client certificate, shown in the TLS handshake.
        public var clientCertificate: ClientCertificate?
        /// The bearer token, sent with each request.
        public var bearer: Bearer

        /// Who asks.
        public init(clientCertificate: ClientCertificate? = nil, bearer: Bearer = .none) {
            self.clientCertificate = clientCertificate
            self.bearer = bearer
        }
    }

    /// A client certificate with its key.
    public struct ClientCertificate: Sendable {
        /// The certificate chain, leaf first, as PEM.
        public var chain: [UInt8]
        /// The private key as PEM.
        public var key: Redacted<[UInt8]>

        /// A client certificate with its key.
        public init(chain: [UInt8], key: Redacted<[UInt8]>) {
            self.chain = chain
            self.key = key
        }
    }

    /// Where the bearer token comes from.
    public enum Bearer: Sendable {
        /// There is none.
        case none
        /// A token that does not change.
        case token(Redacted<String>)
        /// A file that is read again when it changes: a service account's token rotates.
        case file(String)
        /// A program that prints credentials (`client.authentication.k8s.io`).
        case plugin(ExecPlugin)
    }

    /// An address to connect to.
    public struct ServerAddress: Hashable, Sendable {
        /// Whether the connection is encrypted (`https`).
        public var isEncrypted: Bool
        /// The host: a name, an IPv4 address, or an IPv6 address without brackets.
        public var host: String
        /// The port.
        public var port: Int
        /// The path before `/api`: empty, or beginning with a slash and not ending in one.
        public var path: String

        /// An address by its parts.
        public init(isEncrypted: Bool, host: String, port: Int, path: String = "") {
            self.isEncrypted = isEncrypted
            self.host = host
            self.port = port
            self.path = path
        }
    }

    /// An HTTP proxy.
    public struct ProxyAddress: Hashable, Sendable {
        /// The proxy's host.
        public var host: String
        /// The proxy's port.
        public var port: Int
    }
}

import FoundationEssentials

extension KubernetesConfiguration.ServerAddress {
    /// Reads `https://host:port/path`; without a scheme it is `https`. Nil for anything else: another scheme, a
    /// user, a query, no host.
    public init?(_ text: String) {
        let spelled = text.contains("://") ? text : "https://\(text)"
        guard let url = URL(string: spelled), let scheme = url.scheme?.lowercased(), url.user() == nil,
            url.query() == nil, url.fragment() == nil, let host = url.host(percentEncoded: false), !host.isEmpty,
            scheme == "https" || scheme == "http"
        else { return nil }
        var path = url.path(percentEncoded: true)
        while path.hasSuffix("/") { path.removeLast() }
        let isEncrypted = scheme == "https"
        let port = url.port ?? (isEncrypted ? 443 : 80)
        guard (1...65535).contains(port) else { return nil }
        self.init(
            isEncrypted: isEncrypted, host: host.filter { $0 != "[" && $0 != "]" }, port: port, path: path)
    }

    /// The address with another host, for a certificate of another name.
    func url(host: String) -> String {
        let bracketed = host.contains(":") ? "[\(host)]" : host
        return "\(isEncrypted ? "https" : "http")://\(bracketed):\(port)\(path)"
    }
}

extension KubernetesConfiguration.ServerAddress: CustomStringConvertible {
    /// The address as a URL.
    public var description: String { url(host: host) }
}

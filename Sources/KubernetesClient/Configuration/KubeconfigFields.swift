import FoundationEssentials
import KubernetesModel
import Vocabulary

/// Reads the fields of one cluster or user of a kubeconfig.
struct FieldReader {
    var entry: Kubeconfig.Entry
    /// The path of the entry in the file, for messages.
    var place: String
    var context: String

    func error(_ field: String, _ problem: String) -> ConfigurationError {
        ConfigurationError(file: entry.file, context: context, field: "\(place).\(field)", problem: problem)
    }

    func configuration() throws(ConfigurationError) -> KubernetesConfiguration {
        guard let server = entry.string("server") else { throw error("server", "is missing") }
        guard let address = KubernetesConfiguration.ServerAddress(server) else {
            throw error("server", "is no http or https URL with a host and, at most, a port and a path")
        }
        var configuration = KubernetesConfiguration(server: address)
        configuration.certificateAuthority = try bytes("certificate-authority")
        configuration.tlsServerName = entry.string("tls-server-name")
        configuration.skipsTLSVerification = entry.content["insecure-skip-tls-verify"]?.boolValue ?? false
        if configuration.skipsTLSVerification, configuration.certificateAuthority != nil {
            throw error("insecure-skip-tls-verify", "contradicts certificate-authority; remove one of them")
        }
        if let proxy = entry.string("proxy-url") { configuration.proxy = try proxyAddress(proxy) }
        return configuration
    }

    private func proxyAddress(_ text: String) throws(ConfigurationError) -> KubernetesConfiguration.ProxyAddress {
        guard let address = KubernetesConfiguration.ServerAddress(text), !address.isEncrypted, address.path.isEmpty
        else { throw error("proxy-url", "only http://host:port is supported") }
        return KubernetesConfiguration.ProxyAddress(host: address.host, port: address.port)
    }

    /// A field of bytes, written as base64 in `<field>-data` or as a path in `<field>`; the former goes first, as in
    /// kubectl.
    private func bytes(_ field: String) throws(ConfigurationError) -> [UInt8]? {
        if let text = entry.string("\(field)-data") {
            guard let data = Data(base64Encoded: text, options: .ignoreUnknownCharacters), !data.isEmpty else {
                throw error("\(field)-data", "is not base64")
            }
            return Array(data)
        }
        guard let path = entry.path(field) else { return nil }
        do {
            return try ConfigurationFile.read(path)
        } catch let failure {
            throw error(field, failure.description)
        }
    }

    func authentication() throws(ConfigurationError) -> KubernetesConfiguration.Authentication {
        for field in ["username", "password"] where entry.string(field) != nil {
            throw error(field, "basic authentication is gone since Kubernetes 1.19; use a certificate or a token")
        }
        if entry.content["auth-provider"]?.objectValue != nil {
            throw error("auth-provider", "is gone since Kubernetes 1.26; use the provider's exec plugin")
        }
        let certificate = try bytes("client-certificate")
        let key = try bytes("client-key")
        guard (certificate == nil) == (key == nil) else {
            throw error(
                certificate == nil ? "client-certificate" : "client-key",
                "is missing: a client certificate and its key come together")
        }
        var authentication = KubernetesConfiguration.Authentication()
        if let certificate, let key {
            authentication.clientCertificate = .init(chain: certificate, key: Redacted(key))
        }
        authentication.bearer = try bearer()
        return authentication
    }

    /// A token file goes before a token, as in kubectl.
    private func bearer() throws(ConfigurationError) -> KubernetesConfiguration.Bearer {
        if let path = entry.path("tokenFile") {
            do {
                _ = try ConfigurationFile.readToken(path)
            } catch let failure {
                throw error("tokenFile", failure.description)
            }
            return .file(path)
        }
        if let token = entry.string("token") { return .token(Redacted(token)) }
        if let exec = entry.content["exec"]?.objectValue { return .plugin(try plugin(exec)) }
        return .none
    }

    private func plugin(_ exec: JSONObject) throws(ConfigurationError) -> ExecPlugin {
        guard let command = exec["command"]?.stringValue, !command.isEmpty else {
            throw error("exec.command", "is missing")
        }
        let version = exec["apiVersion"]?.stringValue ?? ""
        guard ExecPlugin.apiVersions.contains(version) else {
            throw error(
                "exec.apiVersion", "is \"\(version)\"; use one of \(ExecPlugin.apiVersions.joined(separator: ", "))")
        }
        if exec["interactiveMode"]?.stringValue == "Always" {
            throw error("exec.interactiveMode", "is Always, but a plugin gets no terminal here")
        }
        var environment: [String: String] = [:]
        for variable in exec["env"]?.arrayValue ?? [] {
            if let name = variable["name"]?.stringValue { environment[name] = variable["value"]?.stringValue ?? "" }
        }
        // A command with a slash is relative to the file, one without is looked up in PATH, as in kubectl.
        let isRelative = command.contains("/") && !command.hasPrefix("/")
        let directory = URL(filePath: entry.file).deletingLastPathComponent()
        return ExecPlugin(
            apiVersion: version, command: isRelative ? directory.appending(path: command).path : command,
            arguments: exec["args"]?.stringsValue ?? [], environment: Redacted(environment),
            installHint: exec["installHint"]?.stringValue)
    }
}

public import FoundationEssentials

extension KubernetesConfiguration {
    /// The configuration that kubectl would use: the file given, else those that `KUBECONFIG` lists, else
    /// `~/.kube/config` where it is, else the service account of the pod this runs in.
    ///
    /// Reads small files, blocking.
    ///
    /// - Parameters:
    ///   - kubeconfig: a file to read in place of all others.
    ///   - context: the context to use in place of `current-context`.
    ///   - environment: the process's environment.
    /// - Throws: ``ConfigurationError`` naming file, context and field.
    public static func load(
        kubeconfig: String? = nil, context: String? = nil,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(ConfigurationError) -> KubernetesConfiguration {
        if let kubeconfig {
            return try Kubeconfig.load(paths: [kubeconfig], missingIsError: true).configuration(context: context)
        }
        if let list = environment["KUBECONFIG"], !list.isEmpty {
            let paths = list.split(separator: ":").map(String.init)
            return try Kubeconfig.load(paths: paths, missingIsError: false).configuration(context: context)
        }
        if let home = environment["HOME"], FileManager.default.fileExists(atPath: "\(home)/.kube/config") {
            let file = try Kubeconfig.load(paths: ["\(home)/.kube/config"], missingIsError: true)
            return try file.configuration(context: context)
        }
        if environment["KUBERNETES_SERVICE_HOST"] != nil { return try inCluster(environment: environment) }
        throw ConfigurationError(
            problem: "no Kubernetes API is configured: name a kubeconfig file, set KUBECONFIG, or run in a pod")
    }

    /// The configuration of a pod: the address from its environment, the service account from its files. The token
    /// is read again as it rotates.
    ///
    /// - Throws: ``ConfigurationError`` naming the variable or the file that is missing.
    public static func inCluster(
        environment: [String: String] = ProcessInfo.processInfo.environment,
        serviceAccount directory: String = "/var/run/secrets/kubernetes.io/serviceaccount"
    ) throws(ConfigurationError) -> KubernetesConfiguration {
        guard let host = environment["KUBERNETES_SERVICE_HOST"], !host.isEmpty else {
            throw ConfigurationError(field: "KUBERNETES_SERVICE_HOST", problem: "is not set: this is no pod")
        }
        guard let port = Int(environment["KUBERNETES_SERVICE_PORT"] ?? "443"), (1...65535).contains(port) else {
            throw ConfigurationError(field: "KUBERNETES_SERVICE_PORT", problem: "is no port")
        }
        let authority = try ConfigurationFile.read("\(directory)/ca.crt")
        _ = try ConfigurationFile.readToken("\(directory)/token")
        let namespacePath = "\(directory)/namespace"
        var namespace = "default"
        if FileManager.default.fileExists(atPath: namespacePath) {
            let text = String(decoding: try ConfigurationFile.read(namespacePath), as: UTF8.self)
            namespace = text.filter { !$0.isWhitespace }
        }
        return KubernetesConfiguration(
            server: ServerAddress(isEncrypted: true, host: host, port: port), certificateAuthority: authority,
            authentication: Authentication(bearer: .file("\(directory)/token")), namespace: namespace,
            origin: "in-cluster")
    }
}

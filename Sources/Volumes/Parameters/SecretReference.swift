/// The name and namespace of a Kubernetes Secret.
public struct SecretReference: Hashable, Sendable, CustomStringConvertible {
    /// The Secret's namespace.
    public let namespace: String
    /// The Secret's name.
    public let name: String

    /// A reference.
    public init(namespace: String, name: String) {
        self.namespace = namespace
        self.name = name
    }

    /// `namespace/name`.
    public var description: String { "\(namespace)/\(name)" }
}

/// What the templates of a class can refer to.
public struct SecretContext: Hashable, Sendable {
    /// The PV's name: `${pv.name}`.
    public var volumeName: String
    /// The claim's namespace: `${pvc.namespace}`; nil where no claim is known any more.
    public var claimNamespace: String?
    /// The claim's name: `${pvc.name}`.
    public var claimName: String?
    /// The claim's annotations: `${pvc.annotations['key']}`.
    public var claimAnnotations: [String: String]

    /// What is known of a volume and its claim.
    public init(
        volumeName: String, claimNamespace: String? = nil, claimName: String? = nil,
        claimAnnotations: [String: String] = [:]
    ) {
        self.volumeName = volumeName
        self.claimNamespace = claimNamespace
        self.claimName = claimName
        self.claimAnnotations = claimAnnotations
    }
}

/// A Secret's name and namespace as a class gives them, with tokens such as `${pvc.namespace}` in them.
public struct SecretTemplate: Hashable, Sendable {
    /// What gives the name.
    let name: TextTemplate
    /// What gives the namespace.
    let namespace: TextTemplate

    /// A pair of templates.
    init(nameKey: String, name: String, namespaceKey: String, namespace: String) throws(VolumeError) {
        self.name = try TextTemplate(name, key: nameKey, allowing: .all)
        self.namespace = try TextTemplate(namespace, key: namespaceKey, allowing: .volumeAndNamespace)
    }

    /// The Secret for one volume.
    ///
    /// - Throws: ``VolumeError`` with code `invalidArgument`, which names the parameter, when a token stands for
    ///   nothing here or the result is no name of a Secret or a namespace.
    public func resolve(_ context: SecretContext) throws(VolumeError) -> SecretReference {
        let name = try name.resolve(context)
        if let problem = KubernetesNaming.subdomainProblem(name) {
            throw .parameter(
                self.name.key, "it gives the Secret name \(quoted(name)): \(problem)", next: "name an existing Secret")
        }
        let namespace = try namespace.resolve(context)
        if let problem = KubernetesNaming.labelProblem(namespace) {
            throw .parameter(
                self.namespace.key, "it gives the namespace \(quoted(namespace)): \(problem)",
                next: "name an existing namespace")
        }
        return SecretReference(namespace: namespace, name: name)
    }
}

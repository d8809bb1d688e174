/// The Secrets that a class names, each as a template.
public struct SecretTemplates: Hashable, Sendable {
    /// What a Secret is for.
    public enum Purpose: String, Sendable, CaseIterable {
        /// Creating and deleting volumes.
        case provisioner
        /// Attaching a volume.
        case controllerPublish = "controller-publish"
        /// Mapping an image on a node.
        case nodeStage = "node-stage"
        /// Mounting a mapped image into a pod.
        case nodePublish = "node-publish"
        /// Growing an image.
        case controllerExpand = "controller-expand"
        /// Growing the file system on a node.
        case nodeExpand = "node-expand"
        /// Changing a volume's attributes.
        case controllerModify = "controller-modify"
    }

    private var templates: [Purpose: SecretTemplate]
    private var fallback: SecretTemplate?

    /// The template for a purpose: its own, else the class's general one; nil if the class names neither.
    public func template(for purpose: Purpose) -> SecretTemplate? {
        templates[purpose] ?? fallback
    }

    /// The Secret for a purpose and a volume; nil if the class names none.
    ///
    /// - Throws: ``VolumeError`` with code `invalidArgument`, which names the parameter.
    public func reference(for purpose: Purpose, _ context: SecretContext) throws(VolumeError) -> SecretReference? {
        try template(for: purpose)?.resolve(context)
    }

    /// Takes the pairs `csi.storage.k8s.io/<purpose>-secret-name` and `-secret-namespace`, their old spellings and the
    /// general pair.
    init(from reader: inout ParameterReader) throws(VolumeError) {
        templates = [:]
        for purpose in Purpose.allCases {
            var pair = Pair(prefix: "csi.storage.k8s.io/\(purpose.rawValue)-secret-")
            pair.oldPrefix = Self.oldPrefixes[purpose]
            templates[purpose] = try pair.take(from: &reader)
        }
        fallback = try Pair(prefix: "csi.storage.k8s.io/secret-").take(from: &reader)
    }

    init() {
        templates = [:]
    }

    private static let oldPrefixes: [Purpose: String] = [
        .provisioner: "csiProvisionerSecret", .controllerPublish: "csiControllerPublishSecret",
        .nodeStage: "csiNodeStageSecret", .nodePublish: "csiNodePublishSecret",
    ]

    private struct Pair {
        var prefix: String
        var oldPrefix: String?

        func take(from reader: inout ParameterReader) throws(VolumeError) -> SecretTemplate? {
            let name = try take("name", old: "Name", from: &reader)
            let namespace = try take("namespace", old: "Namespace", from: &reader)
            switch (name, namespace) {
            case (nil, nil): return nil
            case (let name?, nil):
                throw .parameter("\(prefix)namespace", "it is missing beside \(name.key)", next: "give both or neither")
            case (nil, let namespace?):
                throw .parameter("\(prefix)name", "it is missing beside \(namespace.key)", next: "give both or neither")
            case (let name?, let namespace?):
                return try SecretTemplate(
                    nameKey: name.key, name: name.value, namespaceKey: namespace.key, namespace: namespace.value)
            }
        }

        private func take(
            _ part: String, old: String, from reader: inout ParameterReader
        ) throws(VolumeError) -> (key: String, value: String)? {
            let key = prefix + part
            let value = try reader.take(key)
            guard let oldPrefix else { return value.map { (key, $0) } }
            let oldKey = oldPrefix + old
            switch (value, try reader.take(oldKey)) {
            case (nil, nil): return nil
            case (let value?, nil): return (key, value)
            case (nil, let value?): return (oldKey, value)
            case (.some, .some):
                throw .parameter(oldKey, "it is the old spelling of \(key), and both are given", next: "remove it")
            }
        }
    }
}

/// The Secrets and users that a class of the legacy family names.
public struct LegacyCredentials: Hashable, Sendable {
    /// The user that makes images, without `client.`; `admin` unless the class names one.
    public var adminID: String
    /// The Secret with that user's key.
    public var adminSecret: SecretReference
    /// The user that maps images on the nodes.
    public var userID: String
    /// The name of the Secret with that user's key; nil if the class names none.
    public var userSecretName: String?
    /// The namespace of that Secret; nil for the claim's own namespace.
    public var userSecretNamespace: String?
}

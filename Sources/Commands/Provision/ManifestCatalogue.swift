import KubernetesModel

/// What manifest files hold of use for provisioning, by name.
struct ManifestCatalogue: Sendable {
    /// An object and the manifest it came from.
    struct Entry<Object: KubernetesObject>: Sendable {
        let object: Object
        let manifest: Manifest
    }

    private(set) var classes: [String: Entry<StorageClass>] = [:]
    private(set) var secrets: [ObjectKey: Entry<Secret>] = [:]
    /// In the order of the files.
    private(set) var claims: [Entry<PersistentVolumeClaim>] = []
    /// Objects of other kinds, which are of no use here.
    private(set) var others: [Manifest] = []

    /// Sorts the manifests. Claims and Secrets without a namespace get `namespace`.
    ///
    /// - Throws: ``ManifestFault`` for an object without a name, one that is there twice with different contents, and
    ///   fields that the API server would not take.
    init(_ manifests: [Manifest], namespace: String) throws(ManifestFault) {
        var claimsByKey: [ObjectKey: Entry<PersistentVolumeClaim>] = [:]
        for manifest in manifests {
            switch manifest.kind {
            case StorageClass.kind.kind:
                let entry = try Self.entry(StorageClass.self, manifest, namespace: nil)
                try Self.checkParameters(entry)
                let name = entry.object.metadata.name
                classes[name] = try Self.once(entry, classes[name])
            case Secret.kind.kind:
                let entry = try Self.entry(Secret.self, manifest, namespace: namespace)
                try Self.checkData(entry)
                secrets[entry.object.key] = try Self.once(entry, secrets[entry.object.key])
            case PersistentVolumeClaim.kind.kind:
                let entry = try Self.entry(PersistentVolumeClaim.self, manifest, namespace: namespace)
                let known = claimsByKey[entry.object.key]
                claimsByKey[entry.object.key] = try Self.once(entry, known)
                if known == nil { claims.append(entry) }
            case "": throw ManifestFault(manifest.place, "kind is missing: this is no Kubernetes object")
            default: others.append(manifest)
            }
        }
    }

    /// The class that claims without one get, if exactly one claims to be it.
    var defaultClass: Entry<StorageClass>? {
        let defaults = classes.values.filter(\.object.isDefault)
        return defaults.count == 1 ? defaults.first : nil
    }

    private static func entry<Object: KubernetesObject>(
        _ type: Object.Type, _ manifest: Manifest, namespace: String?
    ) throws(ManifestFault) -> Entry<Object> {
        do {
            var object = try Object(manifest: manifest.json)
            if Object.kind.isNamespaced, object.metadata.namespace == nil { object.metadata.namespace = namespace }
            return Entry(object: object, manifest: manifest)
        } catch {
            throw ManifestFault(manifest.place(of: error.field.split(separator: ".").map(String.init)), "\(error)")
        }
    }

    private static func once<Object>(_ entry: Entry<Object>, _ known: Entry<Object>?) throws(ManifestFault) -> Entry<
        Object
    > {
        guard let known, known.object != entry.object else { return entry }
        throw ManifestFault(
            entry.manifest.place,
            "\(Object.kind.kind) \(entry.object.key) is there twice; the other one, at \(known.manifest.place), differs"
        )
    }

    /// A parameter that is no string would be dropped in silence.
    private static func checkParameters(_ entry: Entry<StorageClass>) throws(ManifestFault) {
        guard let parameters = entry.object.json["parameters"]?.objectValue else { return }
        for (key, value) in parameters where value.stringValue == nil {
            throw ManifestFault(
                entry.manifest.place(of: ["parameters", key]),
                "parameters.\(key) must be a string: put the value in quotes")
        }
    }

    private static func checkData(_ entry: Entry<Secret>) throws(ManifestFault) {
        let readable = entry.object.data
        for key in entry.object.json["data"]?.objectValue?.keys ?? [] where readable[key] == nil {
            throw ManifestFault(
                entry.manifest.place(of: ["data", key]), "data.\(key) is no base64; plain text belongs under stringData"
            )
        }
    }
}

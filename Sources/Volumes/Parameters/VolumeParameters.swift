/// The parameters of a StorageClass, checked: what a volume of the class is made of and how it is used.
///
/// Two families of keys are read. ceph-csi's begins with `clusterID`; the one of the provisioners before it, in-tree and
/// `ceph.com/rbd`, begins with `monitors` and spells its keys in any case. A class that holds both is read as ceph-csi's
/// and the other family's keys are passed over.
public struct VolumeParameters: Hashable, Sendable {
    /// Which family of keys the class is written in.
    public enum Family: String, Sendable {
        /// The keys of ceph-csi.
        case cephCSI
        /// The keys of the in-tree plugin and of `ceph.com/rbd`.
        case legacy
    }

    /// How the class names its Ceph cluster.
    public enum Cluster: Hashable, Sendable {
        /// By its key in `config.json`.
        case id(String)
        /// By the addresses of its monitors, with the users and Secrets to use.
        case monitors([String], LegacyCredentials)
    }

    /// The keys' family.
    public var family: Family
    /// The Ceph cluster.
    public var cluster: Cluster
    /// The pool that holds the images and the journal.
    public var pool: String
    /// The RADOS namespace in the pool; nil where the class leaves it to the cluster's entry in `config.json`.
    public var radosNamespace: String?
    /// How images are made.
    public var recipe: ImageRecipe
    /// The unit that sizes are rounded up to.
    public var rounding: VolumeSize.Rounding
    /// How long a deleted volume's image stays in the trash before it may be removed.
    public var trashRetention: Duration
    /// The file system of the class; nil where the driver's default applies.
    public var fileSystem: String?
    /// The Secrets that the class names (ceph-csi's family).
    public var secrets: SecretTemplates
    /// What nodes need of the class beside what is above: the parameters that go into the PV as they are.
    var nodeParameters: [String: String]

    /// Reads a class's parameters.
    ///
    /// - Throws: ``VolumeError`` with code `invalidArgument` or `unsupported`. Its message and its ``VolumeError/key``
    ///   name the parameter that is unknown, missing, empty, wrong or in contradiction to another.
    public init(parsing parameters: [String: String]) throws(VolumeError) {
        let isLegacy =
            parameters["clusterID"] == nil && parameters.keys.contains { LegacyParameters.isTelling($0) }
        self = isLegacy ? try LegacyParameters.parse(parameters) : try CSIParameters.parse(parameters)
    }

    init(
        family: Family, cluster: Cluster, pool: String, radosNamespace: String?, recipe: ImageRecipe,
        common: CommonParameters, secrets: SecretTemplates, nodeParameters: [String: String]
    ) {
        self.family = family
        self.cluster = cluster
        self.pool = pool
        self.radosNamespace = radosNamespace
        self.recipe = recipe
        self.rounding = common.rounding
        self.trashRetention = common.trashRetention
        self.fileSystem = common.fileSystem
        self.secrets = secrets
        self.nodeParameters = nodeParameters
    }

    /// The volume's attributes, `spec.csi.volumeAttributes`: what ceph-csi would have answered for the same volume.
    /// They hold no secret, no monitor's address and nothing that may change in a volume's life.
    public func attributes(of volume: Volume) -> [String: String] {
        var attributes = nodeParameters
        attributes["clusterID"] = volume.id.clusterID
        attributes["pool"] = volume.location.pool
        attributes["journalPool"] = volume.location.pool
        attributes["imageName"] = volume.imageName
        attributes["radosNamespace"] = volume.location.radosNamespace.isEmpty ? nil : volume.location.radosNamespace
        return attributes
    }
}

/// Parameters that both families know.
struct CommonParameters {
    var rounding: VolumeSize.Rounding
    var trashRetention: Duration
    var fileSystem: String?

    init(from reader: inout ParameterReader) throws(VolumeError) {
        let roundingKey = "holdfast.io/sizeRounding"
        let choices = VolumeSize.Rounding.allCases.map(\.rawValue)
        rounding = try reader.take(roundingKey, oneOf: choices).flatMap(VolumeSize.Rounding.init) ?? .mebibytes
        trashRetention = try reader.take(RetentionParameter.key).map(RetentionParameter.parse) ?? .zero
        fileSystem = try Self.takeFileSystem(from: &reader)
    }

    /// The file system, under its key or under the deprecated one that was spelled in any case.
    private static func takeFileSystem(from reader: inout ParameterReader) throws(VolumeError) -> String? {
        let key = "csi.storage.k8s.io/fstype"
        var found: (key: String, value: String)?
        for candidate in [key] + reader.remaining.keys.filter({ $0.lowercased() == "fstype" }).sorted() {
            guard let value = try reader.take(candidate) else { continue }
            if let found {
                throw .parameter(candidate, "\(found.key) is given as well", next: "keep \(key) alone")
            }
            found = (candidate, value)
        }
        guard let found else { return nil }
        let isName = found.value.utf8.count <= 16 && found.value.utf8.allSatisfy(Self.isLowerCaseLetterOrDigit)
        guard isName else {
            throw .parameter(
                found.key, "\(quoted(found.value)) is no file system's name",
                next: "use ext4, xfs or another name in lower case")
        }
        return found.value
    }

    private static func isLowerCaseLetterOrDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}

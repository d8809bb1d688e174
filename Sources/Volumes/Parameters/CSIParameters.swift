import Ceph
import Vocabulary

/// The keys of ceph-csi's StorageClasses.
enum CSIParameters {
    /// Keys that nodes read from the PV, in the spelling of the class.
    private static let nodeKeys = [
        "dataPool", "imageFeatures", "mounter", "tryOtherMounters", "mapOptions", "unmapOptions", "mkfsOptions",
        "encrypted", "encryptionType", "encryptionKMSID", "cephLogDir", "cephLogStrategy", "imageFormat",
        "volumeNamePrefix", "stripeUnit", "stripeCount", "objectSize",
    ]

    /// Limits on I/O, in the spellings of ceph-csi 3.15 and 3.17.
    private static let limitKeys =
        ["Iops", "ReadIops", "WriteIops", "Bps", "ReadBps", "WriteBps"].flatMap { ["base\($0)", "max\($0)"] }
        + ["BaseReadIops", "BaseWriteIops", "BaseReadBytesPerSecond", "BaseWriteBytesPerSecond", "BaseVolSizeBytes"]
        + ["iops", "readIops", "writeIops", "bps", "readBps", "writeBps"].map { "\($0)PerGiB" }
        + ["ReadIops", "WriteIops", "ReadBps", "WriteBps"].map { "\($0)PerGiB" } + ["baseVolSizeBytes"]

    static func parse(_ parameters: [String: String]) throws(VolumeError) -> VolumeParameters {
        var reader = ParameterReader(parameters)
        let clusterID = try reader.require("clusterID", because: "it names the Ceph cluster in config.json")
        if let problem = VolumeID.clusterIDProblem(clusterID) {
            throw .parameter("clusterID", problem, next: "use the key of the cluster in config.json")
        }
        try refuseWhatIsNotOffered(&reader)
        let pool = try reader.require("pool", because: "it is the pool that volumes are made in")
        try PlaceName.check(pool, key: "pool")
        if let journalPool = try reader.take("journalPool"), journalPool != pool {
            throw .parameter(
                "journalPool", "it is not the pool \(quoted(pool))",
                next: "remove it: the journal is always kept beside the images")
        }
        let radosNamespace = try reader.take("radosNamespace")
        if let radosNamespace { try PlaceName.check(radosNamespace, key: "radosNamespace") }
        let recipe = try RecipeParameters.recipe(from: &reader, defaultPrefix: JournalLayout.defaultImagePrefix)
        try MounterParameters.check(&reader, features: recipe.features)
        try checkLogging(&reader)
        try ImageFormat.take("imageFormat", from: &reader)
        let common = try CommonParameters(from: &reader)
        let secrets = try SecretTemplates(from: &reader)
        reader.ignore(parameters.keys.filter(LegacyParameters.isTelling))
        try reader.finish()
        return VolumeParameters(
            family: .cephCSI, cluster: .id(clusterID), pool: pool, radosNamespace: radosNamespace, recipe: recipe,
            common: common, secrets: secrets, nodeParameters: parameters.filter { nodeKeys.contains($0.key) })
    }

    private static func refuseWhatIsNotOffered(_ reader: inout ParameterReader) throws(VolumeError) {
        if try reader.takeFlag("encrypted") == true {
            throw .unsupportedParameter(
                "encrypted", "encrypted volumes are not offered yet",
                next: "leave it out, or keep ceph-csi's provisioner for this class")
        }
        reader.ignore(["encryptionType", "encryptionKMSID"])
        try reader.refuse(
            ["topologyConstrainedPools"], because: "a choice of pools by topology is not offered yet",
            next: "make one class for each pool, with allowedTopologies")
        try reader.refuse(
            limitKeys,
            because: "limits on I/O are not offered yet, and a volume without them is not what the class asks for",
            next: "leave it out, or keep ceph-csi's provisioner for this class")
    }

    private static func checkLogging(_ reader: inout ParameterReader) throws(VolumeError) {
        if let directory = try reader.take("cephLogDir"), !directory.hasPrefix("/") {
            throw .parameter("cephLogDir", "\(quoted(directory)) is no absolute path", next: "begin it with a slash")
        }
        _ = try reader.take("cephLogStrategy", oneOf: ["remove", "compress", "preserve"])
    }
}

/// Image format 1 is gone from librbd; classes of old still name a format.
enum ImageFormat {
    static func take(_ key: String, from reader: inout ParameterReader) throws(VolumeError) {
        switch try reader.take(key) {
        case nil, "2": return
        case "1":
            throw .unsupportedParameter(key, "images of format 1 can no longer be made", next: "use 2, or leave it out")
        case .some(let value):
            throw .parameter(key, "it is \(quoted(value))", next: "use 2, or leave it out")
        }
    }
}

/// Names of pools, RADOS namespaces and images: rbd's specifications (`pool/namespace/image@snap`) leave no room for
/// slashes and at signs.
enum PlaceName {
    static func check(_ name: String, key: String) throws(VolumeError) {
        guard name.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "@") })
        else {
            throw .parameter(
                key, "\(quoted(name)) holds a slash, an at sign, a space or a control character",
                next: "use another name")
        }
    }
}

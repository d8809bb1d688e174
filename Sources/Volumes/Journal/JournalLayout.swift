public import Vocabulary

/// The names, keys and values of ceph-csi's journal, byte for byte.
///
/// An omap object of the pool, the directory, maps each volume's name to its UUID. A second object, named after the
/// UUID, holds what belongs to the volume. Values are bare ASCII: no length, no quotes, no newline.
public enum JournalLayout {
    /// The instance that ceph-csi uses unless it was told otherwise (`--instanceid`).
    public static let defaultInstance = "default"
    /// The prefix of image names unless the class names another.
    public static let defaultImagePrefix = "csi-vol-"

    /// The directory object of an instance.
    public static func directoryObject(instance: String = defaultInstance) -> String { "csi.volumes.\(instance)" }
    /// A volume's key in the directory; the value is its UUID.
    public static func directoryKey(_ name: String) -> String { "csi.volume.\(name)" }
    /// The object of one volume.
    public static func volumeObject(_ uuid: VolumeUUID) -> String { "csi.volume.\(uuid)" }
    /// The name of a volume's image.
    public static func imageName(prefix: String = defaultImagePrefix, uuid: VolumeUUID) -> String { "\(prefix)\(uuid)" }

    /// Key of a volume's object: the volume's name.
    public static let nameKey = "csi.volname"
    /// Key of a volume's object: the image's name.
    public static let imageNameKey = "csi.imagename"
    /// Key of a volume's object: the image's internal id, written once the image exists.
    public static let imageIDKey = "csi.imageid"
    /// Key of a volume's object: the claim's namespace; absent if the maker knew none.
    public static let ownerKey = "csi.volume.owner"
    /// Key of a volume's object: the number of the pool that holds the journal, where that is not the image's.
    public static let journalPoolKey = "csi.journalpool"
    /// Key of a volume's object: the group that the volume belongs to.
    public static let groupKey = "csi.groupid"
    /// Key of a volume's object: the key management service of an encrypted volume.
    public static let encryptionKey = "csi.volume.encryptKMS"

    /// All keys that are read of a volume's object.
    static let reservationKeys = [
        nameKey, imageNameKey, imageIDKey, ownerKey, journalPoolKey, groupKey, encryptionKey,
    ]

    /// Image metadata that ceph-csi writes with `--setmetadata`.
    public enum Metadata {
        /// The PV's name.
        public static let volumeName = "csi.storage.k8s.io/pv/name"
        /// The claim's name.
        public static let claimName = "csi.storage.k8s.io/pvc/name"
        /// The claim's namespace.
        public static let claimNamespace = "csi.storage.k8s.io/pvc/namespace"
        /// What the Kubernetes cluster is called.
        public static let clusterName = "csi.ceph.com/cluster/name"
    }

    /// Image metadata of Holdfast's own, written when an image goes to the trash.
    public enum TrashMetadata {
        /// The identity of the Kubernetes cluster that deleted the volume: what tells the purger its own.
        public static let cluster = "holdfast.io/deleted-by"
        /// The PV's manifest as JSON.
        public static let volume = "holdfast.io/pv"
        /// The claim's manifest as JSON.
        public static let claim = "holdfast.io/pvc"
        /// The longest manifest that is kept; of a longer one only that it was too long.
        public static let longestManifest = 64 << 10
    }
}

/// What a volume's object says.
public struct Reservation: Hashable, Sendable {
    /// The volume's UUID, which is part of the object's name.
    public var uuid: VolumeUUID
    /// The volume's name; nil if the key is missing.
    public var name: String?
    /// The image's name; nil if the key is missing.
    public var imageName: String?
    /// The image's id; nil until it was recorded.
    public var imageID: String?
    /// The claim's namespace.
    public var owner: String?

    init(uuid: VolumeUUID, name: String?, imageName: String?, imageID: String? = nil, owner: String? = nil) {
        self.uuid = uuid
        self.name = name
        self.imageName = imageName
        self.imageID = imageID
        self.owner = owner
    }

    /// What the keys of an object mean. Text that is not UTF-8 reads as missing.
    init(uuid: VolumeUUID, omap: [String: [UInt8]]) {
        func text(_ key: String) -> String? { omap[key].flatMap { String(validating: $0, as: UTF8.self) } }
        self.init(
            uuid: uuid, name: text(JournalLayout.nameKey), imageName: text(JournalLayout.imageNameKey),
            imageID: text(JournalLayout.imageIDKey), owner: text(JournalLayout.ownerKey))
    }

    /// The keys that a new object is created with.
    var omap: [String: [UInt8]] {
        var omap: [String: [UInt8]] = [:]
        if let name { omap[JournalLayout.nameKey] = Array(name.utf8) }
        if let imageName { omap[JournalLayout.imageNameKey] = Array(imageName.utf8) }
        if let imageID { omap[JournalLayout.imageIDKey] = Array(imageID.utf8) }
        if let owner { omap[JournalLayout.ownerKey] = Array(owner.utf8) }
        return omap
    }
}

/// The value of a directory key: a UUID, with the pool of the image before it if that is not the journal's own.
public enum DirectoryEntry: Hashable, Sendable {
    /// The image is in the journal's pool.
    case here(VolumeUUID)
    /// The image is in another pool (`<pool number, 16 digits>/<uuid>`).
    case elsewhere(PoolID, VolumeUUID)
    /// Neither of the two forms.
    case unreadable([UInt8])

    /// What a directory key's value means.
    public init(_ value: [UInt8]) {
        let text = String(decoding: value, as: UTF8.self)
        if let uuid = VolumeUUID(text) {
            self = .here(uuid)
        } else if let slash = text.firstIndex(of: "/"), let uuid = VolumeUUID(text[text.index(after: slash)...]),
            let number = Hexadecimal.value(text[..<slash], digits: 16), let pool = Int64(exactly: number)
        {
            self = .elsewhere(PoolID(pool), uuid)
        } else {
            self = .unreadable(value)
        }
    }
}

public import Vocabulary

/// A volume that is wanted.
public struct VolumeRequest: Hashable, Sendable {
    /// The volume's name, which becomes the PV's.
    public var name: VolumeName
    /// The pool and the RADOS namespace for image and journal.
    public var location: PoolLocation
    /// The image's size, already rounded (``VolumeSize``).
    public var size: ByteCount
    /// The greatest size that an image which is already there may have.
    public var limit: ByteCount?
    /// How the image is made.
    public var recipe: ImageRecipe
    /// The claim's namespace, kept in the journal as the volume's owner.
    public var claimNamespace: String?
    /// The claim's name, for messages and for metadata.
    public var claimName: String?

    /// A request.
    public init(
        name: VolumeName, location: PoolLocation, size: ByteCount, limit: ByteCount? = nil,
        recipe: ImageRecipe = ImageRecipe(), claimNamespace: String? = nil, claimName: String? = nil
    ) {
        self.name = name
        self.location = location
        self.size = size
        self.limit = limit
        self.recipe = recipe
        self.claimNamespace = claimNamespace
        self.claimName = claimName
    }
}

/// A volume that is there: its image and its journal are whole.
public struct Volume: Hashable, Sendable {
    /// The handle.
    public let id: VolumeID
    /// The volume's name.
    public let name: VolumeName
    /// Where the image and its journal are.
    public let location: PoolLocation
    /// The image's name.
    public let imageName: String
    /// The image's internal id.
    public let imageID: String
    /// The image's real size; not less than was asked for.
    public let size: ByteCount
    /// The key of the intent that is open until the PV is saved; it differs from the handle's UUID where a volume that
    /// ceph-csi made was adopted.
    public let intent: VolumeUUID
}

/// A volume that is to go.
public struct VolumeDeletion: Hashable, Sendable {
    /// The handle.
    public var id: VolumeID
    /// The volume's name, which is the PV's.
    public var name: VolumeName
    /// The RADOS namespace of image and journal.
    public var radosNamespace: String
    /// The image's name from the PV, used where the journal has lost it.
    public var imageName: String?
    /// How long the image stays in the trash before it may be removed.
    public var retention: Duration
    /// The nodes that a VolumeAttachment names for this volume. Any is a reason to refuse: a read-only mapping leaves
    /// no trace in Ceph.
    public var attachedNodes: [String]
    /// The PV's manifest as JSON, kept with the image so that the deletion can be undone.
    public var volumeManifest: String?
    /// The claim's manifest as JSON, kept likewise.
    public var claimManifest: String?

    /// A deletion.
    public init(
        id: VolumeID, name: VolumeName, radosNamespace: String = "", imageName: String? = nil,
        retention: Duration = .zero, attachedNodes: [String] = [], volumeManifest: String? = nil,
        claimManifest: String? = nil
    ) {
        self.id = id
        self.name = name
        self.radosNamespace = radosNamespace
        self.imageName = imageName
        self.retention = retention
        self.attachedNodes = attachedNodes
        self.volumeManifest = volumeManifest
        self.claimManifest = claimManifest
    }
}

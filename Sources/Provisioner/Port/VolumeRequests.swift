public import KubernetesModel
public import Vocabulary
public import Volumes

/// Where volumes of one class, or one volume, are kept, and as whom to go there.
public struct StoragePlace: Hashable, Sendable {
    /// The Ceph cluster.
    public var cluster: VolumeParameters.Cluster
    /// The pool.
    public var pool: String
    /// The RADOS namespace; nil leaves it to the cluster's entry in `config.json`.
    public var radosNamespace: String?
    /// Whose credentials to use; nil for the provisioner's own.
    public var credentials: CephCredentials?

    /// A place.
    public init(
        cluster: VolumeParameters.Cluster, pool: String, radosNamespace: String? = nil,
        credentials: CephCredentials? = nil
    ) {
        self.cluster = cluster
        self.pool = pool
        self.radosNamespace = radosNamespace
        self.credentials = credentials
    }

    /// The place that a class names.
    public init(_ parameters: VolumeParameters, credentials: CephCredentials?) {
        self.init(
            cluster: parameters.cluster, pool: parameters.pool, radosNamespace: parameters.radosNamespace,
            credentials: credentials)
    }

    /// The Ceph cluster's name in messages, and the group that work on it belongs to.
    var clusterLabel: String {
        switch cluster {
        case .id(let clusterID): clusterID
        case .monitors(let monitors, _): monitors.joined(separator: ",")
        }
    }
}

/// Work on a volume that is on record until it is settled.
public struct WorkReference: Hashable, Sendable {
    /// Where the volume is.
    public var place: StoragePlace
    /// The PV's name, which is the volume's.
    public var volumeName: String
    /// The key of the record; nil for the one that follows from the volume's name.
    public var record: VolumeUUID?
    /// The volume's handle where it is known, whose pool number then counts, not the place's pool.
    public var handle: VolumeID?

    /// Work on a volume.
    public init(place: StoragePlace, volumeName: String, record: VolumeUUID? = nil, handle: VolumeID? = nil) {
        self.place = place
        self.volumeName = volumeName
        self.record = record
        self.handle = handle
    }
}

/// Work that was begun and not settled.
public struct PendingWork: Hashable, Sendable {
    /// What was begun.
    public enum Kind: String, Hashable, Sendable {
        /// Making the volume.
        case create
        /// Deleting it.
        case delete
    }

    /// What was begun.
    public var kind: Kind
    /// On what.
    public var work: WorkReference

    /// Pending work.
    public init(_ kind: Kind, _ work: WorkReference) {
        self.kind = kind
        self.work = work
    }
}

/// A volume to be made.
public struct VolumeCreation: Hashable, Sendable {
    /// The PV's name, which is the volume's.
    public var volumeName: String
    /// The namespace of the claim that it is for.
    public var claimNamespace: String
    /// The name of that claim.
    public var claimName: String
    /// The size, rounded as the class says.
    public var size: ByteCount
    /// The greatest size, if the claim sets one.
    public var sizeLimit: ByteCount?
    /// What the class asks for.
    public var parameters: VolumeParameters
    /// Whose credentials to use; nil for the provisioner's own.
    public var credentials: CephCredentials?

    /// Where the volume is to be.
    public var place: StoragePlace { StoragePlace(parameters, credentials: credentials) }
}

/// A volume that exists.
public struct ProvisionedVolume: Hashable, Sendable {
    /// Its handle.
    public var handle: String
    /// Its real size, never below the request.
    public var size: ByteCount
    /// What nodes need to know of it (`spec.csi.volumeAttributes`).
    public var attributes: [String: String]
    /// The pool of its image.
    public var pool: String
    /// The image's name.
    public var imageName: String
    /// Addresses of the cluster's monitors, for `spec.rbd` alone.
    public var monitors: [String]
    /// What is to be settled once the PV is saved.
    public var work: WorkReference
}

/// A volume to be deleted.
public struct VolumeRemoval: Hashable, Sendable {
    /// The PV's name.
    public var volumeName: String
    /// The volume's handle.
    public var handle: VolumeID
    /// The image's name as the PV has it.
    public var imageName: String?
    /// Where the volume is, as far as PV and class tell; the handle's pool number counts.
    public var place: StoragePlace
    /// How long the image stays in the trash before it may be removed.
    public var retention: Duration
    /// The PV as it was, for whoever brings the volume back.
    public var manifest: JSONObject

    /// What is on record of the deletion.
    public var work: WorkReference { WorkReference(place: place, volumeName: volumeName, handle: handle) }
}

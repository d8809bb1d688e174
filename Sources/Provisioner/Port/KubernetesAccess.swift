import KubernetesModel

/// What the controllers read of Kubernetes and change in it.
///
/// Lookups read what the watches have brought: they cost no request and may be a moment old. The other methods are
/// requests with deadlines of their own; all are safe to repeat.
protocol KubernetesAccess: Sendable {
    /// A claim by its UID.
    func claim(_ uid: ObjectUID) async -> PersistentVolumeClaim?
    /// All claims.
    func claims() async -> [PersistentVolumeClaim]
    /// A PV by its name.
    func volume(_ name: String) async -> PersistentVolume?
    /// All PVs.
    func volumes() async -> [PersistentVolume]
    /// A class by its name.
    func storageClass(_ name: String) async -> StorageClass?
    /// All classes.
    func storageClasses() async -> [StorageClass]
    /// The nodes that a VolumeAttachment names for a PV.
    func nodes(attachedTo volumeName: String) async -> [String]

    /// A Secret, read from the API; nil if there is none.
    func readSecret(_ reference: SecretReference) async throws(APIFailure) -> Secret?
    /// A PV, read from the API; nil if there is none.
    func readVolume(_ name: String) async throws(APIFailure) -> PersistentVolume?
    /// Creates the PV. One that is there with the same handle and claim counts as saved.
    func save(_ volume: PersistentVolume) async throws(APIFailure)
    /// Deletes the PV and takes our finalizer away. One that is gone counts as removed.
    func remove(_ volume: PersistentVolume) async throws(APIFailure)
    /// Adds our finalizer to the PV or takes it away.
    func setFinalizer(on volume: PersistentVolume, present: Bool) async throws(APIFailure)
    /// Reports an event. Nothing waits for it and nothing fails by it.
    func report(_ report: Report) async
}

/// A request to the API that failed.
struct APIFailure: Error, Hashable, Sendable {
    /// What failed, on what and why.
    var message: String
    /// After what time the server wants to be asked again, if it said so.
    var retryAfter: Duration?
}

/// Something that a user should see at an object.
struct Report: Hashable, Sendable {
    /// The events' reasons, as csi-provisioner names them.
    enum Reason: String, Hashable, Sendable {
        /// A claim is being seen to, here or elsewhere.
        case provisioning = "Provisioning"
        /// A claim has its volume.
        case provisioningSucceeded = "ProvisioningSucceeded"
        /// A claim has no volume yet.
        case provisioningFailed = "ProvisioningFailed"
        /// A volume that nobody wants any more could not be taken back yet.
        case provisioningCleanupFailed = "ProvisioningCleanupFailed"
        /// A PV's volume could not be deleted yet.
        case volumeFailedDelete = "VolumeFailedDelete"

        /// Whether somebody should look.
        var severity: Event.Severity {
            switch self {
            case .provisioning, .provisioningSucceeded: .normal
            case .provisioningFailed, .provisioningCleanupFailed, .volumeFailedDelete: .warning
            }
        }
    }

    /// The object.
    var about: ObjectReference
    /// The reason.
    var reason: Reason
    /// The text.
    var message: String
}

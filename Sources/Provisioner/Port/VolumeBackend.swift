public import Vocabulary

/// Where volumes are made and deleted: the one thing that the controllers know of storage.
///
/// Every method may be called from any task and keeps the deadline it is given. All of them are idempotent: the same
/// call after a failure, a crash or a change of leader takes up what was left. A cancelled call throws and leaves its
/// outcome unknown.
public protocol VolumeBackend: Sendable {
    /// Makes the volume, or finds the one that an earlier call made, finishing what is half made.
    ///
    /// - Throws: ``ProvisionFailure``; its state tells whether something may be left.
    func create(_ creation: VolumeCreation, deadline: Deadline) async throws(ProvisionFailure) -> ProvisionedVolume

    /// Deletes the volume; one that is gone counts as deleted. ``VolumeRemoval/work`` is to be settled when the PV is
    /// gone.
    ///
    /// - Throws: ``ProvisionFailure`` when a precondition fails (in use, snapshots), or Ceph does.
    func delete(_ removal: VolumeRemoval, deadline: Deadline) async throws(ProvisionFailure)

    /// Brings work to its end that nothing in Kubernetes stands for any more, down to its record: a create is taken
    /// back, a delete is completed. Only for volumes that no PV names.
    func finish(_ work: WorkReference, deadline: Deadline) async throws(ProvisionFailure)

    /// Says that the work has come to its end in Kubernetes: the PV was saved after a create, or is gone after a
    /// delete. The record of it is removed.
    func settle(_ work: WorkReference, deadline: Deadline) async throws(ProvisionFailure)

    /// The work that this Kubernetes cluster began at a place and has not settled.
    func pendingWork(at place: StoragePlace, deadline: Deadline) async throws(ProvisionFailure) -> [PendingWork]

    /// Removes the data of volumes that were deleted at a place, as far as their time has come, in a bounded pass.
    func purge(_ place: StoragePlace) async throws(ProvisionFailure) -> PurgeOutcome
}

/// What a pass over the deleted volumes of a place left.
public enum PurgeOutcome: Hashable, Sendable {
    /// Nothing that could be removed.
    case clean
    /// More than one pass removes: go on.
    case hasMore
    /// Volumes that cannot be removed at this moment: later.
    case hasLater
}

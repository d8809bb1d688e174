import KubernetesModel

/// What the controllers remember between two looks at the same object. A pure value; all of it can be lost: what must
/// survive is on record in Ceph.
struct ControllerMemory: Sendable {
    /// A PV on its way into the API, with the claim that is told of it, and the work to settle then.
    struct Handover: Sendable {
        /// The PV to save; nil once it has been saved.
        var volume: PersistentVolume?
        /// What to settle.
        var work: WorkReference
        /// Whether somebody is at it.
        var isRunning = false
    }

    /// A delete that was begun, to be brought to its end when the PV is gone.
    enum Delete: Sendable {
        /// The volume is gone: the record is to be settled.
        case unsettled(WorkReference)
        /// The volume may be there still.
        case unfinished(WorkReference)
    }

    /// Claims that wait for somebody to change something.
    var infeasible: InfeasibleClaims
    /// Which event each object got last.
    var ledger = EventLedger()
    /// Creates that were begun and have no PV yet, by the claim's UID: driven to an end even if the claim goes.
    var begun: [ObjectUID: WorkReference] = [:]
    /// PVs on their way, by name.
    var handovers: [String: Handover] = [:]
    /// Claims whose PV has been saved and whose binding has not been seen yet, since when.
    var saved: [ObjectUID: ContinuousClock.Instant] = [:]
    /// Deletes that were begun and whose record is still there, by the PV's name.
    var deletes: [String: Delete] = [:]

    /// PVs that the controller-manager might choose for some claim, by name.
    var choices: Set<String> = []

    init(infeasibleInterval: Duration) {
        infeasible = InfeasibleClaims(interval: infeasibleInterval)
    }

    /// Takes in a PV as it is now.
    mutating func note(_ volume: PersistentVolume) {
        if volume.mightBeChosen { choices.insert(volume.metadata.name) } else { choices.remove(volume.metadata.name) }
    }

    /// Whether anything is remembered about a claim.
    func knows(claim uid: ObjectUID) -> Bool {
        begun[uid] != nil || saved[uid] != nil || infeasible.knows(claim: uid.value) || ledger.knows(uid: uid.value)
    }

    /// Forgets a claim that is bound or gone.
    mutating func forget(claim uid: ObjectUID) {
        infeasible.forget(claim: uid.value)
        ledger.forget(uid: uid.value)
        begun[uid] = nil
        saved[uid] = nil
    }
}

import KubernetesModel
import Volumes

/// The UID that a claim's volume is named after.
struct ClaimUID: Hashable, Sendable {
    /// The UID; of the form 8-4-4-4-12.
    let value: ObjectUID
    /// Whether the claim's manifest carries it. Otherwise it was derived, and must not stand in the PV's `claimRef`:
    /// the API will give the claim another one, and a PV that waits for a UID that never comes counts as released.
    let isAssigned: Bool

    /// The claim's own UID, or one derived from its namespace and name, so that every run finds the same volume.
    ///
    /// Two Kubernetes clusters may have claims of one name; `clusterName` keeps their volumes apart in a pool that
    /// they share.
    init(of claim: PersistentVolumeClaim, clusterName: String) {
        if let uid = claim.uid {
            value = uid
            isAssigned = true
        } else {
            let name = "\(clusterName)/\(claim.metadata.namespace ?? "")/\(claim.metadata.name)"
            value = ObjectUID(VolumeUUID(named: name, in: Self.nameSpace).text)
            isAssigned = false
        }
    }

    /// The name space of these UUIDs: 5c2b6a3e-27b4-4d53-9a0e-3f1d8f0b9a41, drawn once at random.
    private static let nameSpace: [UInt8] = [
        0x5C, 0x2B, 0x6A, 0x3E, 0x27, 0xB4, 0x4D, 0x53, 0x9A, 0x0E, 0x3F, 0x1D, 0x8F, 0x0B, 0x9A, 0x41,
    ]
}

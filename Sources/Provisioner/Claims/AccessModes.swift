import KubernetesModel

/// Which combinations of access and volume mode an RBD volume can keep: those that ceph-csi mounts.
enum AccessModes {
    private static let known = ["ReadWriteOnce", "ReadWriteOncePod", "ReadWriteMany", "ReadOnlyMany"]

    /// The access modes that the PV gets. A claim without any gets `ReadWriteOnce`.
    ///
    /// - Throws: ``ProvisionFailure`` for a mode that is unknown or that the volume mode cannot keep.
    static func resolve(of claim: PersistentVolumeClaim) throws(ProvisionFailure) -> [String] {
        let volumeMode = claim.volumeMode ?? "Filesystem"
        guard volumeMode == "Filesystem" || volumeMode == "Block" else {
            throw .infeasible("spec.volumeMode \(volumeMode) is unknown: use Filesystem or Block")
        }
        let modes = claim.accessModes
        if modes.isEmpty { return ["ReadWriteOnce"] }
        if let unknown = modes.first(where: { !known.contains($0) }) {
            throw .infeasible("spec.accessModes: \(unknown) is unknown: use one of \(known.joined(separator: ", "))")
        }
        if modes.contains("ReadWriteMany"), volumeMode == "Filesystem" {
            throw .infeasible(
                "spec.accessModes: ReadWriteMany needs volumeMode Block: a file system on RBD is lost when two nodes "
                    + "mount it for writing; use ReadWriteOnce, or CephFS for shared files")
        }
        if modes == ["ReadOnlyMany"] {
            throw .infeasible(
                "spec.accessModes: ReadOnlyMany alone needs a data source: nobody could ever write to an empty volume; "
                    + "add ReadWriteOnce")
        }
        if modes.contains("ReadWriteOncePod"), modes.count > 1 {
            throw .infeasible("spec.accessModes: ReadWriteOncePod cannot be combined with another mode")
        }
        return modes
    }
}

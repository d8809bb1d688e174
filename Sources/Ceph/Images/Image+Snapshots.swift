import CephShim
import Glibc
public import Vocabulary

/// A snapshot of an image.
public struct Snapshot: Hashable, Sendable {
    /// The snapshot's number.
    public var id: UInt64
    /// Its name.
    public var name: String
    /// The image's size when it was taken.
    public var size: ByteCount
    /// Whose it is.
    public var namespace: Namespace

    /// Whose a snapshot is.
    public enum Namespace: Hashable, Sendable {
        /// A user's.
        case user
        /// Part of a group's snapshot.
        case group
        /// Removed, but kept while clones of format 2 hang on it.
        case trash
        /// Mirroring's.
        case mirror
        /// Something newer than this module.
        case other(UInt32)

        init(_ raw: rbd_snap_namespace_type_t) {
            switch raw {
            case RBD_SNAP_NAMESPACE_TYPE_USER: self = .user
            case RBD_SNAP_NAMESPACE_TYPE_GROUP: self = .group
            case RBD_SNAP_NAMESPACE_TYPE_TRASH: self = .trash
            case RBD_SNAP_NAMESPACE_TYPE_MIRROR: self = .mirror
            default: self = .other(raw.rawValue)
            }
        }
    }
}

extension Image {
    /// All snapshots, in the order of their numbers.
    /// - Implements: rbd_snap_list, rbd_snap_list_end, rbd_snap_get_namespace_type
    public func snapshots() async throws(CephError) -> [Snapshot] {
        try await read("rbd_snap_list") { call, image throws(CephError) in
            try growing(call, from: 32, of: rbd_snap_info_t()) { buffer, count in
                var room = Int32(clamping: count)
                let result = rbd_snap_list(image, buffer, &room)
                count = result < 0 ? Int(room) : Int(result)
                return Int(result)
            } read: { snapshots throws(CephError) in
                // C marks the end of an array that it has filled by a nameless entry: it frees up to there.
                defer { if !snapshots.isEmpty { rbd_snap_list_end(snapshots.baseAddress) } }
                var list: [Snapshot] = []
                for info in snapshots {
                    var namespace = RBD_SNAP_NAMESPACE_TYPE_USER
                    let result = rbd_snap_get_namespace_type(image, info.id, &namespace)
                    // It can go between the two calls.
                    if result == -ENOENT { continue }
                    try call.check(result)
                    list.append(
                        Snapshot(
                            id: info.id, name: String(cStringOrEmpty: info.name), size: ByteCount(info.size),
                            namespace: Snapshot.Namespace(namespace)))
                }
                return list
            }
        }
    }

    /// Takes a snapshot; `.exists` if the name is taken. Needs the monitors.
    /// - Implements: rbd_snap_create2
    public func createSnapshot(_ name: String) async throws(CephError) {
        try await change("rbd_snap_create2", name) { image, ticket in
            ProgressReport(ticket, nil).during { rbd_snap_create2(image, name, 0, $0, $1) }
        }
    }

    /// Removes a snapshot; `.busy` if it is protected. One that clones of format 2 hang on moves into the trash's
    /// namespace until they are gone.
    /// - Implements: rbd_snap_remove2
    public func removeSnapshot(_ name: String) async throws(CephError) {
        try await change("rbd_snap_remove2", name) { image, ticket in
            ProgressReport(ticket, nil).during { rbd_snap_remove2(image, name, 0, $0, $1) }
        }
    }

    /// Removes a snapshot by its number, whatever its namespace.
    /// - Implements: rbd_snap_remove_by_id
    public func removeSnapshot(id: UInt64) async throws(CephError) {
        try await change("rbd_snap_remove_by_id", "snapshot \(id)") { image, _ in rbd_snap_remove_by_id(image, id) }
    }

    /// Gives a snapshot another name; `.exists` if it is taken.
    /// - Implements: rbd_snap_rename
    public func renameSnapshot(_ name: String, to newName: String) async throws(CephError) {
        try Call(function: "rbd_snap_rename", name: name).refuseNUL(newName)
        try await change("rbd_snap_rename", name) { image, _ in rbd_snap_rename(image, name, newName) }
    }

    /// Protects a snapshot from removal, which clones of format 1 need; `.busy` if it is protected already.
    /// - Implements: rbd_snap_protect
    public func protectSnapshot(_ name: String) async throws(CephError) {
        try await change("rbd_snap_protect", name) { image, _ in rbd_snap_protect(image, name) }
    }

    /// Ends a snapshot's protection; `.busy` while clones of format 1 hang on it, `.invalidArgument` if there is none.
    /// - Implements: rbd_snap_unprotect
    public func unprotectSnapshot(_ name: String) async throws(CephError) {
        try await change("rbd_snap_unprotect", name) { image, _ in rbd_snap_unprotect(image, name) }
    }

    /// Whether a snapshot is protected.
    /// - Implements: rbd_snap_is_protected
    public func isSnapshotProtected(_ name: String) async throws(CephError) -> Bool {
        try await read("rbd_snap_is_protected", name) { call, image throws(CephError) in
            var isProtected: Int32 = 0
            try call.check(rbd_snap_is_protected(image, name, &isProtected))
            return isProtected != 0
        }
    }

    /// A call that changes the image.
    func change(
        _ function: String, _ detail: String = "", on lane: LaneName = .image,
        _ body: @escaping @Sendable (UnsafeMutableRawPointer, LaneTicket) -> Int32
    ) async throws(CephError) {
        let call = try call(function, detail, effect: .steps)
        try await blocking(call, on: lane) { image, ticket throws(CephError) in
            _ = try call.check(body(image, ticket))
        }
    }
}

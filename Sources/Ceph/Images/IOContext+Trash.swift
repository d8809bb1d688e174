import CephShim
import Glibc

/// An image in the trash.
public struct TrashEntry: Hashable, Sendable {
    /// The image's id, by which the trash knows it.
    public var id: String
    /// The name that it had.
    public var name: String
    /// What put it there.
    public var source: Source
    /// When it was put there, in seconds since 1970.
    public var deleted: Int64
    /// Until when it is kept unless forced out, in seconds since 1970.
    public var keptUntil: Int64

    /// What put an image into the trash.
    public enum Source: Hashable, Sendable {
        /// A user, or ``IOContext/moveToTrash(name:delay:)``.
        case user
        /// Mirroring.
        case mirroring
        /// A migration; the image must stay.
        case migration
        /// A removal that was cut short.
        case removing
        /// A user, while clones of it live.
        case userParent
        /// Something newer than this module.
        case other(UInt32)

        init(_ raw: rbd_trash_image_source_t) {
            switch raw {
            case RBD_TRASH_IMAGE_SOURCE_USER: self = .user
            case RBD_TRASH_IMAGE_SOURCE_MIRRORING: self = .mirroring
            case RBD_TRASH_IMAGE_SOURCE_MIGRATION: self = .migration
            case RBD_TRASH_IMAGE_SOURCE_REMOVING: self = .removing
            case RBD_TRASH_IMAGE_SOURCE_USER_PARENT: self = .userParent
            default: self = .other(raw.rawValue)
            }
        }
    }

    /// Whether ``IOContext/removeFromTrash(id:force:progress:)`` may take it without force: its time is over by this
    /// machine's clock, and neither mirroring nor a migration needs it.
    public var isRemovable: Bool {
        switch source {
        case .user, .userParent, .removing: keptUntil <= Int64(time(nil))
        case .mirroring, .migration, .other: false
        }
    }

    init(_ info: rbd_trash_image_info_t) {
        id = String(cStringOrEmpty: info.id)
        name = String(cStringOrEmpty: info.name)
        source = Source(info.source)
        deleted = Int64(info.deletion_time)
        keptUntil = Int64(info.deferment_end_time)
    }
}

extension IOContext {
    /// Moves an image into the trash, which takes the same short time at any size. For `delay` (whole seconds,
    /// rounded up) it cannot be removed from there without force. librbd does not look for watchers here: look before, with
    /// ``Image/watchers()``. A move that was cut short is finished by the same call.
    /// - Implements: rbd_trash_move
    public func moveToTrash(name: String, delay: Duration = .zero) async throws(CephError) {
        let call = try imageCall("rbd_trash_move", name)
        let (seconds, rest) = delay.components
        guard delay >= .zero else { throw call.refused("delay \(delay) is negative") }
        let keptFor = UInt64(rest > 0 ? seconds + 1 : seconds)
        try await blocking(call, on: .image) { context, _ throws(CephError) in
            _ = try call.check(rbd_trash_move(context, name, keptFor))
        }
    }

    /// What is in the trash.
    /// - Implements: rbd_trash_list, rbd_trash_list_cleanup
    public func trash() async throws(CephError) -> [TrashEntry] {
        let call = try call("rbd_trash_list")
        return try await blocking(call) { context, _ throws(CephError) in
            try growing(call, from: 256, of: rbd_trash_image_info_t()) { buffer, count in
                Int(rbd_trash_list(context, buffer, &count))
            } read: { entries in
                defer { rbd_trash_list_cleanup(entries.baseAddress, entries.count) }
                return entries.map { TrashEntry($0) }
            }
        }
    }

    /// One image of the trash, by its id; `.notFound` if it is not there.
    /// - Implements: rbd_trash_get, rbd_trash_get_cleanup
    public func trashEntry(id: String) async throws(CephError) -> TrashEntry {
        let call = try call("rbd_trash_get", id)
        return try await blocking(call) { context, _ throws(CephError) in
            var info = rbd_trash_image_info_t()
            try call.check(rbd_trash_get(context, id, &info))
            defer { rbd_trash_get_cleanup(&info) }
            return TrashEntry(info)
        }
    }

    /// Gives an image of the trash its life back, under its old name or another; `.exists` if that is taken.
    /// - Implements: rbd_trash_restore
    public func restoreFromTrash(id: String, name: String = "") async throws(CephError) {
        let call = try imageCall("rbd_trash_restore", id)
        try call.refuseNUL(name)
        try await blocking(call, on: .image) { context, _ throws(CephError) in
            // librbd takes the old name for an empty one, a null pointer would crash it.
            _ = try call.check(rbd_trash_restore(context, id, name))
        }
    }

    /// Removes an image of the trash with its data. Throws `.permissionDenied` while it is kept, unless forced;
    /// `.notEmpty` while clones hang on it: later, then.
    /// - Implements: rbd_trash_remove_with_progress
    public func removeFromTrash(
        id: String, force: Bool = false, progress: ProgressHandler? = nil
    ) async throws(CephError) {
        let call = try imageCall("rbd_trash_remove_with_progress", id)
        try await blocking(call, on: .bulk) { context, ticket throws(CephError) in
            try ProgressReport(ticket, progress).during { report, argument throws(CephError) in
                _ = try call.check(rbd_trash_remove_with_progress(context, id, force, report, argument))
            }
        }
    }
}

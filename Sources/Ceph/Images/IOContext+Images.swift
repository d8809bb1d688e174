import CephShim
public import Vocabulary

/// An image by name and id.
public struct ImageEntry: Hashable, Sendable {
    /// The name, unique in its pool and namespace, which a rename changes.
    public var name: String
    /// The id, which nothing changes.
    public var id: String
}

extension IOContext {
    /// Creates an image.
    ///
    /// librbd writes the directory, the id object and the header one after the other: a call that stopped half way
    /// (`outcome` unknown) can leave some of them, which fails a second create with `.exists` and an open with
    /// `.notFound`; ``removeImage(name:progress:)`` by the same name clears that up.
    /// - Implements: rbd_create4
    public func createImage(
        name: String, size: ByteCount, options: ImageOptions = ImageOptions()
    ) async throws(CephError) {
        let call = try imageCall("rbd_create4", name)
        let list = try options.list(call)
        try await blocking(call, on: .image) { context, _ throws(CephError) in
            let options = try ImageOptionsHandle.make(list, call)
            _ = try call.check(rbd_create4(context, name, size.bytes, options.raw))
        }
    }

    /// Removes an image with its data, whose objects it goes through one by one unless the image has an object map.
    /// Throws `.notEmpty` if it has snapshots, `.busy` if somebody has it open. A half-made image is removed as well.
    /// - Implements: rbd_remove_with_progress
    public func removeImage(name: String, progress: ProgressHandler? = nil) async throws(CephError) {
        let call = try imageCall("rbd_remove_with_progress", name)
        try await blocking(call, on: .image) { context, ticket throws(CephError) in
            try ProgressReport(ticket, progress).during { report, argument throws(CephError) in
                _ = try call.check(rbd_remove_with_progress(context, name, report, argument))
            }
        }
    }

    /// Gives an image another name; `.exists` if it is taken.
    /// - Implements: rbd_rename
    public func renameImage(name: String, to newName: String) async throws(CephError) {
        let call = try imageCall("rbd_rename", name)
        try call.refuseNUL(newName)
        try await blocking(call, on: .image) { context, _ throws(CephError) in
            _ = try call.check(rbd_rename(context, name, newName))
        }
    }

    /// All images of this pool and namespace, by the directory object; half-made ones may be among them. Those in the
    /// trash are not.
    /// - Implements: rbd_list2, rbd_image_spec_list_cleanup
    public func images() async throws(CephError) -> [ImageEntry] {
        let call = try call("rbd_list2")
        return try await blocking(call) { context, _ throws(CephError) in
            try growing(call, from: 1024, of: rbd_image_spec_t()) { buffer, count in
                Int(rbd_list2(context, buffer, &count))
            } read: { images in
                defer { rbd_image_spec_list_cleanup(images.baseAddress, images.count) }
                return images.map {
                    ImageEntry(name: String(cStringOrEmpty: $0.name), id: String(cStringOrEmpty: $0.id))
                }
            }
        }
    }

    /// Clones a snapshot of an image of this context into `child`, or into this context, as format 2: the snapshot
    /// needs no protection and can be removed while the clone lives. `options` decides on the clone's features,
    /// striping and data pool.
    /// - Implements: rbd_clone3
    public func cloneImage(
        _ parent: String, snapshot: String, to name: String, in child: IOContext? = nil,
        options: ImageOptions = ImageOptions()
    ) async throws(CephError) {
        let child = child ?? self
        let call = try child.imageCall("rbd_clone3", name)
        try call.refuseNUL(parent, snapshot)
        let list = try options.list(call, forClone: true)
        try await blocking(call, on: .image) { context, _ throws(CephError) in
            let options = try ImageOptionsHandle.make(list, call)
            _ = try call.check(rbd_clone3(context, parent, snapshot, child.raw, name, options.raw))
        }
    }

    /// Clones by a snapshot's number, which also reaches snapshots that are not a user's: those of a group or in the
    /// trash's namespace. Throws `.unsupported` with a librbd that lacks the call.
    /// - Implements: rbd_clone4
    public func cloneImage(
        _ parent: String, snapshotID: UInt64, to name: String, in child: IOContext? = nil,
        options: ImageOptions = ImageOptions()
    ) async throws(CephError) {
        let child = child ?? self
        let call = try child.imageCall("rbd_clone4", name)
        try call.refuseNUL(parent)
        let list = try options.list(call, forClone: true)
        try call.require(.clone4)
        try await blocking(call, on: .image) { context, _ throws(CephError) in
            let options = try ImageOptionsHandle.make(list, call)
            _ = try call.check(
                ceph_shim_rbd_clone4(context, parent, snapshotID, child.raw, name, options.raw))
        }
    }

    /// Describes a call that changes an image step by step, and refuses the empty name.
    func imageCall(_ function: String, _ name: String) throws(CephError) -> Call {
        let call = try call(function, name, effect: .steps)
        guard !name.isEmpty else { throw call.refused("the image's name is empty") }
        return call
    }
}

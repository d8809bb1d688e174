import Ceph
import FoundationEssentials
import Vocabulary

// What stands between an image and the trash, and the way there.
extension PoolStore {
    /// Looks for what forbids the deletion of an image; nil if it cannot be opened because parts of it are missing.
    ///
    /// To open an image costs a client milliseconds of CPU and a dozen operations. So the header is asked first, in
    /// four small reads; only an image that is not plain is opened.
    func inspectForDelete(_ name: String) async throws(VolumeError) -> ImageFacts? {
        guard let id = try await imageID(name), let header = try await header(id) else { return nil }
        guard header.isPlain, try await !isMirrored(), try await !isWatched(id) else {
            return try await inspectOpened(name)
        }
        return ImageFacts(id: id, size: header.size, features: header.features, isPlain: true)
    }

    /// What an image's header says, from one moment; nil if there is none.
    private func header(_ id: String) async throws(VolumeError) -> RBDHeader? {
        let object = RBDObjects.headerObject(id)
        let result = try await find("cannot read the header \(imagePath(object))") { () async throws(CephError) in
            try await context.perform(RBDHeader.question, on: object)
        }
        guard let result else { return nil }
        guard let header = RBDHeader(result.outputs) else {
            throw VolumeError(
                .corrupt, "cannot read the header \(imagePath(object))", because: "it is none of an image",
                next: "look at it with: rados listomapvals")
        }
        return header
    }

    /// Whether mirroring is on in this place. Then librbd has more to do for an image than to move it.
    private func isMirrored() async throws(VolumeError) -> Bool {
        let mode = try await find("cannot read \(imagePath(RBDObjects.mirroring))") { () async throws(CephError) in
            try await context.execute(class: "rbd", method: "mirror_mode_get", on: RBDObjects.mirroring, maximum: 64)
        }
        return mode.map { $0.contains { $0 != 0 } } ?? false
    }

    /// Whether anybody has the image open for writing, told by an empty notification of its header: the message that
    /// has always meant "the header has changed". Every client answers it, one that hangs is told as missing, and
    /// without watchers it returns at once.
    private func isWatched(_ id: String) async throws(VolumeError) -> Bool {
        let object = RBDObjects.headerObject(id)
        let result = try await find("cannot look for clients of \(imagePath(object))") { () async throws(CephError) in
            try await context.notify(object, timeout: .seconds(5))
        }
        guard let result else { return false }
        return !result.answers.isEmpty || !result.missing.isEmpty
    }

    private func inspectOpened(_ name: String) async throws(VolumeError) -> ImageFacts? {
        try await find("cannot open the image \(imagePath(name))") { () async throws(CephError) in
            try await context.withImage(.name(name), mode: .readOnly) { image throws(CephError) in
                let features = try await image.features()
                // Group membership is an operation feature; without that bit there is nothing to ask for.
                let operations =
                    if features.contains(.operations) { try await image.operationFeatures() } else { UInt64(0) }
                return ImageFacts(
                    id: try await image.id(), size: try await image.size(), features: features,
                    watchers: try await image.watchers().map(\.address),
                    userSnapshots: try await image.snapshots().filter { $0.namespace == .user }.map(\.name),
                    isInGroup: operations & RBDObjects.groupOperation != 0,
                    isMigrating: features.contains(.migrating))
            }
        }
    }

    /// Has librbd move an image to the trash, or finish a move that was cut short. An image that is not there is fine.
    func moveToTrash(_ name: String, retention: Duration) async throws(VolumeError) {
        do throws(VolumeError) {
            try await call("cannot move the image \(imagePath(name)) to the trash") { () async throws(CephError) in
                try await context.moveToTrash(name: name, delay: retention)
            }
        } catch {
            // librbd says "not there" of its own objects, too; an image that is there must not lose its journal.
            guard error.cause?.code == .notFound, try await imageID(name) == nil else { throw error }
        }
    }

    /// Moves a plain image to the trash as librbd does (`librbd::trash::MoveRequest`), by the same methods in the same
    /// order, so that either finishes what the other has begun: the entry, marked as moving; the id object; the
    /// directory's keys; the mark. librbd opens the image first, for what a plain image does not have.
    func movePlainToTrash(_ name: String, id: String, retention: Duration) async throws(VolumeError) {
        let what = "cannot move the image \(imagePath(name)) to the trash"
        let entry = TrashRecord(name: name, deleted: Date(), retention: retention)
        _ = try await write(
            .trash("trash_add", RBDObjects.encode(id) + entry.encoded), on: RBDObjects.trash, unless: [.exists],
            ignoresFull: true, what)
        _ = try await write(
            WriteOperation().assertExists().remove(), on: RBDObjects.idObject(name), unless: [.notFound], what)
        _ = try await write(
            .trash("dir_remove_image", RBDObjects.encode(name) + RBDObjects.encode(id)), on: RBDObjects.directory,
            unless: [.notFound], what)
        _ = try await write(
            .trash("trash_state_set", RBDObjects.encode(id) + TrashRecord.movedFromMoving), on: RBDObjects.trash,
            unless: [], what)
    }
}

extension WriteOperation {
    /// One method of the class `rbd` (`src/cls/rbd/cls_rbd.cc`; unchanged from Ceph 14 to 20).
    fileprivate static func trash(_ method: String, _ input: [UInt8]) -> WriteOperation {
        WriteOperation().execute(class: "rbd", method: method, input: input)
    }
}

import CephShim
import Glibc
public import Vocabulary

/// A live migration of an image.
public struct ImageMigration: Hashable, Sendable {
    /// Where an image comes from or goes to.
    public struct End: Hashable, Sendable {
        /// The pool's number; -1 if the source is no pool.
        public var poolID: PoolID
        /// The namespace; empty for the default one.
        public var namespace: String
        /// The image's name.
        public var name: String
        /// The image's id.
        public var id: String
    }

    /// How far a migration is.
    public enum State: Hashable, Sendable {
        /// It failed.
        case failed
        /// It is being prepared.
        case preparing
        /// The target is there and in use; the data is still at the source.
        case prepared
        /// The data is being copied.
        case executing
        /// The data is copied; the source is still there.
        case executed
        /// It is being undone.
        case aborting
        /// Something newer than this module.
        case other(Int32)

        init(_ raw: rbd_image_migration_state_t) {
            switch raw {
            case RBD_IMAGE_MIGRATION_STATE_ERROR: self = .failed
            case RBD_IMAGE_MIGRATION_STATE_PREPARING: self = .preparing
            case RBD_IMAGE_MIGRATION_STATE_PREPARED: self = .prepared
            case RBD_IMAGE_MIGRATION_STATE_EXECUTING: self = .executing
            case RBD_IMAGE_MIGRATION_STATE_EXECUTED: self = .executed
            case RBD_IMAGE_MIGRATION_STATE_ABORTING: self = .aborting
            default: self = .other(raw.rawValue)
            }
        }
    }

    /// Where the image comes from.
    public var source: End
    /// Where it goes.
    public var destination: End
    /// How far it is.
    public var state: State
    /// What librbd says about the state.
    public var detail: String
}

extension IOContext {
    /// The migration that an image, as its source or its target, is part of; nil if none.
    /// - Implements: rbd_migration_status, rbd_migration_status_cleanup
    public func migration(ofImage name: String) async throws(CephError) -> ImageMigration? {
        let call = try call("rbd_migration_status", name)
        return try await blocking(call, on: .image) { context, _ throws(CephError) in
            var status = rbd_image_migration_status_t()
            let result = rbd_migration_status(context, name, &status, MemoryLayout<rbd_image_migration_status_t>.size)
            // librbd answers EINVAL for an image that no migration is part of.
            if result == -EINVAL { return nil }
            try call.check(result)
            defer { rbd_migration_status_cleanup(&status) }
            return ImageMigration(status)
        }
    }
}

extension ImageMigration {
    fileprivate init(_ status: rbd_image_migration_status_t) {
        source = End(
            poolID: PoolID(status.source_pool_id), namespace: String(cStringOrEmpty: status.source_pool_namespace),
            name: String(cStringOrEmpty: status.source_image_name), id: String(cStringOrEmpty: status.source_image_id))
        destination = End(
            poolID: PoolID(status.dest_pool_id), namespace: String(cStringOrEmpty: status.dest_pool_namespace),
            name: String(cStringOrEmpty: status.dest_image_name), id: String(cStringOrEmpty: status.dest_image_id))
        state = State(status.state)
        detail = String(cStringOrEmpty: status.state_description)
    }
}

import CephShim
import Glibc
public import Vocabulary

/// What an image's header says about its shape.
public struct ImageStat: Hashable, Sendable {
    /// The image's size, or that of the snapshot that is open.
    public var size: ByteCount
    /// The size of its data objects.
    public var objectSize: ByteCount
    /// How many data objects a full image would have.
    public var objectCount: UInt64
}

/// An image's or snapshot's place, as a parent or child names it.
public struct LinkedImage: Hashable, Sendable {
    /// The pool's number.
    public var poolID: PoolID
    /// The pool's name.
    public var pool: String
    /// The namespace; empty for the default one.
    public var namespace: String
    /// The image's id.
    public var id: String
    /// The image's name.
    public var name: String
    /// Whether it is in the trash.
    public var isInTrash: Bool

    init(_ spec: rbd_linked_image_spec_t) {
        poolID = PoolID(spec.pool_id)
        pool = String(cStringOrEmpty: spec.pool_name)
        namespace = String(cStringOrEmpty: spec.pool_namespace)
        id = String(cStringOrEmpty: spec.image_id)
        name = String(cStringOrEmpty: spec.image_name)
        isInTrash = spec.trash
    }
}

/// What an image is a clone of.
public struct ImageParent: Hashable, Sendable {
    /// The image.
    public var image: LinkedImage
    /// Its snapshot.
    public var snapshot: String
    /// The snapshot's number.
    public var snapshotID: UInt64
}

extension Image {
    /// Size and objects.
    /// - Implements: rbd_stat
    public func stat() async throws(CephError) -> ImageStat {
        try await read("rbd_stat") { call, image throws(CephError) in
            var info = rbd_image_info_t()
            try call.check(rbd_stat(image, &info, MemoryLayout<rbd_image_info_t>.size))
            return ImageStat(
                size: ByteCount(info.size), objectSize: ByteCount(info.obj_size), objectCount: info.num_objs)
        }
    }

    /// The image's size, or that of the snapshot that is open.
    /// - Implements: rbd_get_size
    public func size() async throws(CephError) -> ByteCount {
        ByteCount(try await number("rbd_get_size") { rbd_get_size($0, &$1) })
    }

    /// The image's id, which nothing changes.
    /// - Implements: rbd_get_id
    public func id() async throws(CephError) -> String {
        try await read("rbd_get_id") { call, image throws(CephError) in
            try growingString(call, from: 64) { Int(rbd_get_id(image, $0, $1)) }
        }
    }

    /// What the image's data objects are named after (`rbd_data.<id>`).
    /// - Implements: rbd_get_block_name_prefix
    public func dataPrefix() async throws(CephError) -> String {
        try await read("rbd_get_block_name_prefix") { call, image throws(CephError) in
            try growingString(call, from: 64) { Int(rbd_get_block_name_prefix(image, $0, $1)) }
        }
    }

    /// The pool of the data.
    /// - Implements: rbd_get_data_pool_id
    public func dataPoolID() async throws(CephError) -> PoolID {
        try await read("rbd_get_data_pool_id") { call, image throws(CephError) in
            PoolID(Int64(try call.check(Int(rbd_get_data_pool_id(image)))))
        }
    }

    /// The features.
    /// - Implements: rbd_get_features
    public func features() async throws(CephError) -> ImageFeatures {
        ImageFeatures(rawValue: try await number("rbd_get_features") { rbd_get_features($0, &$1) })
    }

    /// Features that operations on the image have left behind (clone parent, group, snapshot trash), as
    /// `rbd/features.h` numbers them (`RBD_OPERATION_FEATURE_*`).
    /// - Implements: rbd_get_op_features
    public func operationFeatures() async throws(CephError) -> UInt64 {
        try await number("rbd_get_op_features") { rbd_get_op_features($0, &$1) }
    }

    /// What is wrong with the image's indexes.
    /// - Implements: rbd_get_flags
    public func flags() async throws(CephError) -> ImageFlags {
        ImageFlags(rawValue: try await number("rbd_get_flags") { rbd_get_flags($0, &$1) })
    }

    /// The size of a stripe's unit.
    /// - Implements: rbd_get_stripe_unit
    public func stripeUnit() async throws(CephError) -> ByteCount {
        ByteCount(try await number("rbd_get_stripe_unit") { rbd_get_stripe_unit($0, &$1) })
    }

    /// Over how many objects a stripe goes.
    /// - Implements: rbd_get_stripe_count
    public func stripeCount() async throws(CephError) -> UInt64 {
        try await number("rbd_get_stripe_count") { rbd_get_stripe_count($0, &$1) }
    }

    /// When the image was created, in seconds since 1970.
    /// - Implements: rbd_get_create_timestamp
    public func created() async throws(CephError) -> Int64 {
        try await read("rbd_get_create_timestamp") { call, image throws(CephError) in
            var moment = timespec()
            try call.check(rbd_get_create_timestamp(image, &moment))
            return Int64(moment.tv_sec)
        }
    }

    /// What the image is a clone of; nil if it is none, or no longer.
    /// - Implements: rbd_get_parent, rbd_linked_image_spec_cleanup, rbd_snap_spec_cleanup
    public func parent() async throws(CephError) -> ImageParent? {
        try await read("rbd_get_parent") { call, image throws(CephError) in
            var parent = rbd_linked_image_spec_t()
            var snapshot = rbd_snap_spec_t()
            let result = rbd_get_parent(image, &parent, &snapshot)
            if result == -ENOENT { return nil }
            try call.check(result)
            defer {
                rbd_linked_image_spec_cleanup(&parent)
                rbd_snap_spec_cleanup(&snapshot)
            }
            return ImageParent(
                image: LinkedImage(parent), snapshot: String(cStringOrEmpty: snapshot.name), snapshotID: snapshot.id)
        }
    }

    /// How many bytes of the image are still backed by its parent.
    /// - Implements: rbd_get_overlap
    public func overlap() async throws(CephError) -> ByteCount {
        ByteCount(try await number("rbd_get_overlap") { rbd_get_overlap($0, &$1) })
    }

    /// A call that only asks.
    func read<Value: Sendable>(
        _ function: String, _ detail: String = "",
        _ body: @escaping @Sendable (Call, UnsafeMutableRawPointer) throws(CephError) -> Value
    ) async throws(CephError) -> Value {
        let call = try call(function, detail)
        return try await blocking(call) { image, _ throws(CephError) in try body(call, image) }
    }

    private func number(
        _ function: String, _ get: @escaping @Sendable (UnsafeMutableRawPointer, inout UInt64) -> Int32
    ) async throws(CephError) -> UInt64 {
        try await read(function) { call, image throws(CephError) in
            var value: UInt64 = 0
            try call.check(get(image, &value))
            return value
        }
    }
}

/// What is wrong with an image's indexes.
public struct ImageFlags: OptionSet, Hashable, Sendable {
    /// The bits, as `librbd.h` numbers them.
    public let rawValue: UInt64

    /// Flags from a header's bits.
    public init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    /// The object map does not tell the truth; it has to be rebuilt.
    public static let objectMapInvalid = ImageFlags(rawValue: 1 << 0)
    /// Nor does the fast-diff information.
    public static let fastDiffInvalid = ImageFlags(rawValue: 1 << 1)
}

import CephShim
public import Vocabulary

/// How a new image shall be. What is nil is left to the cluster's and the pool's defaults.
public struct ImageOptions: Hashable, Sendable {
    /// Features that the image has, no others.
    public var features: ImageFeatures?
    /// Features on top of the defaults. Not together with ``features``.
    public var addedFeatures: ImageFeatures?
    /// Features of the defaults to leave out. Not together with ``features``.
    public var omittedFeatures: ImageFeatures?
    /// The size of the data objects: a power of two from 4 KiB to 32 MiB.
    public var objectSize: ByteCount?
    /// The size of a stripe's unit: a divisor of the object size. Together with ``stripeCount``.
    public var stripeUnit: ByteCount?
    /// Over how many objects a stripe goes, 1 and up.
    public var stripeCount: UInt64?
    /// The pool for the data; the header stays where the image is made.
    public var dataPool: String?
    /// The size of the journal's objects; needs ``ImageFeatures/journaling``.
    public var journalObjectSize: ByteCount?
    /// Over how many objects the journal goes.
    public var journalSplayWidth: UInt64?
    /// The pool for the journal.
    public var journalPool: String?
    /// How the image is mirrored.
    public var mirrorMode: MirrorMode?
    /// For clones alone: copy everything at once, so that no parent remains.
    public var flatten: Bool?

    /// Ways to mirror an image.
    public enum MirrorMode: UInt64, Hashable, Sendable {
        /// By its journal.
        case journal = 0
        /// By snapshots.
        case snapshot = 1
    }

    /// Options; by default none, so that everything is as Ceph decides.
    public init(
        features: ImageFeatures? = nil, objectSize: ByteCount? = nil, stripeUnit: ByteCount? = nil,
        stripeCount: UInt64? = nil, dataPool: String? = nil
    ) {
        self.features = features
        self.objectSize = objectSize
        self.stripeUnit = stripeUnit
        self.stripeCount = stripeCount
        self.dataPool = dataPool
    }
}

/// One option as librbd takes it.
enum ImageOption: Hashable, Sendable {
    case number(Int, UInt64)
    case text(Int, String)
}

extension ImageOptions {
    /// The options to set, checked. `forClone` makes a clone of format 2, whose parent's snapshot needs no protection.
    func list(_ call: Call, forClone: Bool = false) throws(CephError) -> [ImageOption] {
        try check(call, forClone: forClone)
        var list: [ImageOption] = []
        func add(_ name: Int, _ value: UInt64?) {
            if let value { list.append(.number(name, value)) }
        }
        func add(_ name: Int, _ value: String?) {
            if let value { list.append(.text(name, value)) }
        }
        // Format 1 cannot be made since Ceph 16; saying so guards against an old default in somebody's ceph.conf.
        if !forClone { add(Int(RBD_IMAGE_OPTION_FORMAT), 2) }
        add(Int(RBD_IMAGE_OPTION_FEATURES), features?.rawValue)
        add(Int(RBD_IMAGE_OPTION_FEATURES_SET), addedFeatures?.rawValue)
        add(Int(RBD_IMAGE_OPTION_FEATURES_CLEAR), omittedFeatures?.rawValue)
        add(Int(RBD_IMAGE_OPTION_ORDER), objectSize.map(Self.order))
        add(Int(RBD_IMAGE_OPTION_STRIPE_UNIT), stripeUnit?.bytes)
        add(Int(RBD_IMAGE_OPTION_STRIPE_COUNT), stripeCount)
        add(Int(RBD_IMAGE_OPTION_DATA_POOL), dataPool)
        add(Int(RBD_IMAGE_OPTION_JOURNAL_ORDER), journalObjectSize.map(Self.order))
        add(Int(RBD_IMAGE_OPTION_JOURNAL_SPLAY_WIDTH), journalSplayWidth)
        add(Int(RBD_IMAGE_OPTION_JOURNAL_POOL), journalPool)
        add(Int(RBD_IMAGE_OPTION_MIRROR_IMAGE_MODE), mirrorMode?.rawValue)
        add(Int(RBD_IMAGE_OPTION_FLATTEN), flatten.map { $0 ? 1 : 0 })
        if forClone { add(Int(RBD_IMAGE_OPTION_CLONE_FORMAT), 2) }
        return list
    }

    private static func order(_ size: ByteCount) -> UInt64 {
        UInt64(size.bytes.trailingZeroBitCount)
    }

    private func check(_ call: Call, forClone: Bool) throws(CephError) {
        if features != nil, addedFeatures != nil || omittedFeatures != nil {
            throw call.refused("features excludes addedFeatures and omittedFeatures")
        }
        if flatten != nil, !forClone { throw call.refused("flatten is for clones") }
        if let objectSize, !Self.isObjectSize(objectSize) {
            throw call.refused("objectSize \(objectSize) is no power of two from 4 KiB to 32 MiB")
        }
        if let journalObjectSize, !Self.isObjectSize(journalObjectSize) {
            throw call.refused("journalObjectSize \(journalObjectSize) is no power of two from 4 KiB to 32 MiB")
        }
        switch (stripeUnit, stripeCount) {
        case (nil, nil): break
        case (let unit?, let count?):
            guard unit.bytes > 0, count > 0 else {
                throw call.refused("stripeUnit and stripeCount must be more than 0")
            }
            if let objectSize, objectSize.bytes % unit.bytes != 0 {
                throw call.refused("stripeUnit \(unit) does not divide objectSize \(objectSize)")
            }
        case (_?, nil): throw call.refused("stripeUnit needs stripeCount")
        case (nil, _?): throw call.refused("stripeCount needs stripeUnit")
        }
        try call.refuseNUL(dataPool ?? "", journalPool ?? "")
        if dataPool?.isEmpty ?? false { throw call.refused("dataPool is empty") }
    }

    private static func isObjectSize(_ size: ByteCount) -> Bool {
        size.bytes.nonzeroBitCount == 1 && (ByteCount.kib(4)...ByteCount.mib(32)).contains(size)
    }
}

/// A `rbd_image_options_t`.
struct ImageOptionsHandle: ~Copyable {
    let raw: UnsafeMutableRawPointer

    private init(_ raw: UnsafeMutableRawPointer) {
        self.raw = raw
    }

    /// - Implements: rbd_image_options_create, rbd_image_options_set_uint64, rbd_image_options_set_string
    static func make(_ options: [ImageOption], _ call: Call) throws(CephError) -> ImageOptionsHandle {
        var raw: UnsafeMutableRawPointer?
        rbd_image_options_create(&raw)
        guard let raw else { throw call.outOfMemory() }
        let handle = ImageOptionsHandle(raw)
        for option in options {
            let result =
                switch option {
                case .number(let name, let value): rbd_image_options_set_uint64(raw, Int32(name), value)
                case .text(let name, let value): rbd_image_options_set_string(raw, Int32(name), value)
                }
            try call.check(result)
        }
        return handle
    }

    /// - Implements: rbd_image_options_destroy
    deinit {
        // Frees memory, waits for nothing.
        rbd_image_options_destroy(raw)
    }
}

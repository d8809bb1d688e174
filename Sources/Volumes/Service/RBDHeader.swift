import Ceph
import Vocabulary

/// What the header of an image says by itself, as far as it matters to a deletion.
///
/// Read by methods of the class `rbd`, the ones that librbd calls when it opens an image.
struct RBDHeader: Hashable, Sendable {
    /// The image's size.
    var size: ByteCount
    /// Its features, those included that librbd sets by itself.
    var features: ImageFeatures
    /// Whether it has snapshots, of users or of others.
    var hasSnapshots: Bool

    /// What an OSD is asked.
    static let question = ReadOperation()
        .execute(class: "rbd", method: "get_size", input: RBDObjects.encode(noSnapshot))
        .execute(class: "rbd", method: "get_features", input: RBDObjects.encode(noSnapshot) + [readOnly])
        .execute(class: "rbd", method: "get_snapcontext")

    /// Ceph's number for "no snapshot, the image itself" (`CEPH_NOSNAP`).
    private static let noSnapshot = UInt64.max - 1
    private static let readOnly: UInt8 = 1

    /// Features that say nothing about who else has to do with the image.
    private static let plainFeatures: ImageFeatures = [
        .layering, .striping, .exclusiveLock, .objectMap, .fastDiff, .deepFlatten, .dataPool,
    ]

    /// Whether the image has neither snapshots nor any feature behind which a group, a journal, a migration or
    /// something newer than this module may be.
    var isPlain: Bool { !hasSnapshots && features.isSubset(of: Self.plainFeatures) }

    init(size: ByteCount, features: ImageFeatures, hasSnapshots: Bool) {
        self.size = size
        self.features = features
        self.hasSnapshots = hasSnapshots
    }

    /// The answers to ``question``; nil if they are not what the methods return: the object size's exponent (one byte)
    /// and the size; the features and those of them that an old client must know; the newest snapshot and how many
    /// there are.
    init?(_ outputs: [[UInt8]]) {
        guard outputs.count == 3, let size = RBDObjects.decode(UInt64.self, outputs[0], at: 1),
            let features = RBDObjects.decode(UInt64.self, outputs[1], at: 0),
            let snapshots = RBDObjects.decode(UInt32.self, outputs[2], at: 8)
        else { return nil }
        self.init(size: ByteCount(size), features: ImageFeatures(rawValue: features), hasSnapshots: snapshots > 0)
    }
}

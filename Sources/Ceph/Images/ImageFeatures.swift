import CephShim

/// Features of an image, as its header's bits tell them.
public struct ImageFeatures: OptionSet, Hashable, Sendable {
    /// The bits, as `librbd.h` numbers them. Bits that this module has no name for are kept.
    public let rawValue: UInt64

    /// Features from a header's bits.
    public init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    /// Clones can be made of its snapshots.
    public static let layering = ImageFeatures(rawValue: 1 << 0)
    /// Striping other than one object after the other.
    public static let striping = ImageFeatures(rawValue: 1 << 1)
    /// One writer at a time.
    public static let exclusiveLock = ImageFeatures(rawValue: 1 << 2)
    /// An index of the objects that exist; needs ``exclusiveLock``.
    public static let objectMap = ImageFeatures(rawValue: 1 << 3)
    /// Fast usage and differences; needs ``objectMap``.
    public static let fastDiff = ImageFeatures(rawValue: 1 << 4)
    /// Flattening reaches snapshots, too. Can be taken away, not added.
    public static let deepFlatten = ImageFeatures(rawValue: 1 << 5)
    /// A journal for mirroring; needs ``exclusiveLock``.
    public static let journaling = ImageFeatures(rawValue: 1 << 6)
    /// Data in another pool than the header. Set by librbd itself.
    public static let dataPool = ImageFeatures(rawValue: 1 << 7)
    /// Has operation features. Set by librbd itself.
    public static let operations = ImageFeatures(rawValue: 1 << 8)
    /// A migration is under way. Set by librbd itself.
    public static let migrating = ImageFeatures(rawValue: 1 << 9)

    /// What Ceph gives a new image by default: layering, exclusive lock, object map, fast diff, deep flatten.
    public static let cephDefault = ImageFeatures(rawValue: ceph_shim_rbd_features_default())

    /// Features as `rbd` spells them, separated by commas (`layering,exclusive-lock`).
    ///
    /// Throws `.invalidArgument` that names the first word that is none.
    /// - Implements: rbd_features_from_string
    public init(names: String) throws(CephError) {
        var features = ImageFeatures()
        for name in names.split(separator: ",", omittingEmptySubsequences: true) {
            let word = name.trimmingSpaces
            guard let bit = Self.names.first(where: { $0.name == word })?.bit else {
                throw Call(function: "rbd_features_from_string").refused("\"\(word)\" is no image feature")
            }
            features.insert(bit)
        }
        self = features
    }

    static let names: [(bit: ImageFeatures, name: String)] = [
        (.layering, RBD_FEATURE_NAME_LAYERING), (.striping, RBD_FEATURE_NAME_STRIPINGV2),
        (.exclusiveLock, RBD_FEATURE_NAME_EXCLUSIVE_LOCK), (.objectMap, RBD_FEATURE_NAME_OBJECT_MAP),
        (.fastDiff, RBD_FEATURE_NAME_FAST_DIFF), (.deepFlatten, RBD_FEATURE_NAME_DEEP_FLATTEN),
        (.journaling, RBD_FEATURE_NAME_JOURNALING), (.dataPool, RBD_FEATURE_NAME_DATA_POOL),
        (.operations, RBD_FEATURE_NAME_OPERATIONS), (.migrating, RBD_FEATURE_NAME_MIGRATING),
    ]
}

extension ImageFeatures: CustomStringConvertible {
    /// The names as `rbd` spells them, in the order of the bits.
    public var description: String {
        Self.names.filter { contains($0.bit) }.map(\.name).joined(separator: ",")
    }
}

extension Substring {
    fileprivate var trimmingSpaces: Substring {
        var text = drop { $0 == " " }
        while text.last == " " { text.removeLast() }
        return text
    }
}

public import Ceph
public import Vocabulary

/// How an image is made: what its class asks for. What is nil is left to Ceph's defaults.
public struct ImageRecipe: Hashable, Sendable {
    /// What image names begin with; the volume's UUID follows.
    public var namePrefix: String
    /// The features; nil for the cluster's default set (`rbd_default_features`).
    public var features: ImageFeatures?
    /// The pool for the image's data, as erasure-coded pools need it.
    public var dataPool: String?
    /// The size of the image's RADOS objects: a power of two from 4 KiB to 32 MiB.
    public var objectSize: ByteCount?
    /// The size of a stripe's unit and how many objects a stripe goes over.
    public var striping: Striping?

    /// A stripe unit and a stripe count.
    public struct Striping: Hashable, Sendable {
        /// How many bytes go to one object before the next one's turn.
        public var unit: ByteCount
        /// Over how many objects data is striped.
        public var count: UInt64

        /// A stripe unit and a stripe count.
        public init(unit: ByteCount, count: UInt64) {
            self.unit = unit
            self.count = count
        }
    }

    /// A recipe.
    public init(
        namePrefix: String = JournalLayout.defaultImagePrefix, features: ImageFeatures? = nil, dataPool: String? = nil,
        objectSize: ByteCount? = nil, striping: Striping? = nil
    ) {
        self.namePrefix = namePrefix
        self.features = features
        self.dataPool = dataPool
        self.objectSize = objectSize
        self.striping = striping
    }
}

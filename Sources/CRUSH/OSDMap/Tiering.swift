public import Vocabulary

extension Pool {
    /// Cache tiering: which pool caches which, and how the cache decides what to keep.
    ///
    /// Deprecated since reef, but a pool that has it still works. Source: `pg_pool_t` and `HitSet::Params`.
    public struct Tiering: Hashable, Sendable {
        /// What the cache records of the objects that are used.
        public enum HitSet: Hashable, Sendable {
            /// Nothing.
            case none
            /// The hashes of objects.
            case explicitHash
            /// The names of objects.
            case explicitObject
            /// A Bloom filter, with its rate of errors in millionths, its intended size and its seed.
            case bloom(falsePositiveMicro: UInt32, targetSize: UInt64, seed: UInt64)
        }

        /// The pools that cache this one.
        public var tiers: Set<PoolID> = []
        /// The pool that this one caches.
        public var tierOf: PoolID?
        /// The pool that reads go to.
        public var readTier: PoolID?
        /// The pool that writes go to.
        public var writeTier: PoolID?
        /// The number of the mode: 0 none, 1 writeback, 2 forward, 3 readonly, 4 readforward, 5 readproxy, 6 proxy.
        public var mode: UInt8 = 0
        /// The most bytes that the cache holds; zero for no limit.
        public var targetMaxBytes: UInt64 = 0
        /// The most objects that the cache holds; zero for no limit.
        public var targetMaxObjects: UInt64 = 0
        /// From which share of dirty objects the cache flushes, in millionths.
        public var dirtyRatioMicro: UInt32 = 0
        /// From which share of dirty objects the cache flushes in haste, in millionths.
        public var dirtyHighRatioMicro: UInt32 = 0
        /// From which share in use the cache evicts, in millionths.
        public var fullRatioMicro: UInt32 = 0
        /// How old an object must be to be flushed, in seconds.
        public var minFlushAge: UInt32 = 0
        /// How old an object must be to be evicted, in seconds.
        public var minEvictAge: UInt32 = 0
        /// What is recorded.
        public var hitSet = HitSet.none
        /// How long one record is, in seconds.
        public var hitSetPeriod: UInt32 = 0
        /// How many records are kept.
        public var hitSetCount: UInt32 = 0
        /// Whether records are named by GMT.
        public var usesGMTHitSet = true
        /// In how many records an object must be for a read to promote it.
        public var minReadRecency: UInt32 = 0
        /// In how many records an object must be for a write to promote it.
        public var minWriteRecency: UInt32 = 0
        /// By how much an older record counts less, in percent.
        public var gradeDecayRate: UInt32 = 0
        /// How many records are looked at.
        public var searchLast: UInt32 = 0

        /// No tiering.
        public init() {}
    }
}

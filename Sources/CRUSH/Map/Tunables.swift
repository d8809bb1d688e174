/// The numbers that bound and flavour the search of all rules of a map. Source: `crush.h`, `struct crush_map`.
public struct Tunables: Hashable, Sendable {
    /// Retries in the same bucket after a collision.
    public var chooseLocalTries: UInt32
    /// Retries in the same bucket by permutation.
    public var chooseLocalFallbackTries: UInt32
    /// Retries from the top: one less than the descents that are made.
    public var chooseTotalTries: UInt32
    /// Whether the descent to a leaf is tried once only and then again from the top.
    public var chooseLeafDescendOnce: UInt32
    /// How the retry number of the parent changes that of the leaf; 0 (old) to 4.
    public var chooseLeafVaryR: UInt8
    /// How straws of buckets of the first straw kind are computed; 0 (old) or 1.
    public var strawCalcVersion: UInt8
    /// A bit for each algorithm that may be used when a bucket is made.
    public var allowedBucketAlgorithms: UInt32
    /// Whether the position does not change what a leaf descent tries.
    public var chooseLeafStable: UInt8
    /// Descents of a multi-step retry rule (Ceph 19 and later).
    public var msrDescents: UInt32
    /// Tries at one collision of a multi-step retry rule (Ceph 19 and later).
    public var msrCollisionTries: UInt32

    /// Tunables of these values.
    public init(
        chooseLocalTries: UInt32, chooseLocalFallbackTries: UInt32, chooseTotalTries: UInt32,
        chooseLeafDescendOnce: UInt32, chooseLeafVaryR: UInt8, strawCalcVersion: UInt8,
        allowedBucketAlgorithms: UInt32, chooseLeafStable: UInt8, msrDescents: UInt32 = 100,
        msrCollisionTries: UInt32 = 100
    ) {
        self.chooseLocalTries = chooseLocalTries
        self.chooseLocalFallbackTries = chooseLocalFallbackTries
        self.chooseTotalTries = chooseTotalTries
        self.chooseLeafDescendOnce = chooseLeafDescendOnce
        self.chooseLeafVaryR = chooseLeafVaryR
        self.strawCalcVersion = strawCalcVersion
        self.allowedBucketAlgorithms = allowedBucketAlgorithms
        self.chooseLeafStable = chooseLeafStable
        self.msrDescents = msrDescents
        self.msrCollisionTries = msrCollisionTries
    }

    /// The first profile, argonaut's; also what a map without tunables means.
    public static let legacy = Tunables(
        chooseLocalTries: 2, chooseLocalFallbackTries: 5, chooseTotalTries: 19, chooseLeafDescendOnce: 0,
        chooseLeafVaryR: 0, strawCalcVersion: 0, allowedBucketAlgorithms: 0b10110, chooseLeafStable: 0)

    /// The profile of jewel, still the newest: what `ceph osd crush tunables optimal` sets.
    public static let jewel = Tunables(
        chooseLocalTries: 0, chooseLocalFallbackTries: 0, chooseTotalTries: 50, chooseLeafDescendOnce: 1,
        chooseLeafVaryR: 1, strawCalcVersion: 1, allowedBucketAlgorithms: 0b110110, chooseLeafStable: 1)
}

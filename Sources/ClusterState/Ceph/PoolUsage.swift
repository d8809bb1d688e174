public import Vocabulary

/// How full a pool is. Source: `ceph df detail`.
public struct PoolUsage: Hashable, Sendable, Codable {
    /// The pool.
    public var pool: PoolID
    /// Its name when this was read.
    public var name: String
    /// What clients have stored, before replication or coding.
    public var stored: ByteCount
    /// What that takes on the OSDs, all copies and shards together.
    public var used: ByteCount
    /// How many objects there are.
    public var objects: UInt64
    /// What can still be stored until the first OSD is full, before replication or coding.
    public var maximumAvailable: ByteCount
    /// The quota; nil for none.
    public var quotaBytes: ByteCount?
    /// The quota of objects; nil for none.
    public var quotaObjects: UInt64?

    /// How full a pool is.
    public init(
        pool: PoolID, name: String, stored: ByteCount, used: ByteCount, objects: UInt64, maximumAvailable: ByteCount,
        quotaBytes: ByteCount? = nil, quotaObjects: UInt64? = nil
    ) {
        self.pool = pool
        self.name = name
        self.stored = stored
        self.used = used
        self.objects = objects
        self.maximumAvailable = maximumAvailable
        self.quotaBytes = quotaBytes
        self.quotaObjects = quotaObjects
    }
}

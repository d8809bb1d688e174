/// Where images and their journal live: a pool and a RADOS namespace in it.
public struct PoolLocation: Hashable, Sendable, CustomStringConvertible {
    /// The pool's name.
    public let pool: String
    /// The RADOS namespace; empty for the pool's default one.
    public let radosNamespace: String

    /// A pool, and a namespace in it.
    public init(pool: String, radosNamespace: String = "") {
        self.pool = pool
        self.radosNamespace = radosNamespace
    }

    /// `pool` or `pool/namespace`, as rbd spells it.
    public var description: String {
        radosNamespace.isEmpty ? pool : "\(pool)/\(radosNamespace)"
    }

    /// The options that lead the `rados` command there.
    var radosOptions: String {
        radosNamespace.isEmpty ? "-p \(pool)" : "-p \(pool) -N \(radosNamespace)"
    }
}

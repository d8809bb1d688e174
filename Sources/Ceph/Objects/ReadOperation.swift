/// Several questions to one object that are answered from one moment, guards among them.
///
/// A value: each method returns a longer operation. Each kind of question may be asked once, but for class methods.
public struct ReadOperation: Hashable, Sendable {
    enum Step: Hashable, Sendable {
        case assertExists
        case assertVersion(UInt64)
        case compareOmap(key: String, OmapComparison, value: [UInt8])
        case compareXattr(name: String, Comparison, value: [UInt8])
        case stat
        case read(offset: UInt64, length: Int)
        case omapValues([String])
        case omapEntries(after: String, prefix: String, limit: UInt64)
        case xattrs
        case execute(class: String, method: String, input: [UInt8])
    }

    var steps: [Step] = []

    /// An operation without steps.
    public init() {}

    /// Fails with `.notFound` if the object does not exist.
    /// - Implements: rados_read_op_assert_exists
    public func assertExists() -> ReadOperation { adding(.assertExists) }

    /// Fails with `.comparisonFailed` unless the object's version is this one.
    /// - Implements: rados_read_op_assert_version
    public func assertVersion(_ version: UInt64) -> ReadOperation { adding(.assertVersion(version)) }

    /// Fails with `.comparisonFailed` unless the value of an omap key compares so; a key that is not there counts as
    /// empty.
    /// - Implements: rados_read_op_omap_cmp2
    public func compareOmap(_ key: String, _ comparison: OmapComparison, _ value: [UInt8]) -> ReadOperation {
        adding(.compareOmap(key: key, comparison, value: value))
    }

    /// Fails with `.comparisonFailed` unless an extended attribute compares so.
    /// - Implements: rados_read_op_cmpxattr
    public func compareXattr(_ name: String, _ comparison: Comparison, _ value: [UInt8]) -> ReadOperation {
        adding(.compareXattr(name: name, comparison, value: value))
    }

    /// Asks for size and time; see ``ReadResult/stat``.
    /// - Implements: rados_read_op_stat
    public func stat() -> ReadOperation { adding(.stat) }

    /// Asks for up to `length` bytes (more than 0) of data from `offset`; see ``ReadResult/data``.
    /// - Implements: rados_read_op_read
    public func read(offset: UInt64 = 0, length: Int) -> ReadOperation {
        adding(.read(offset: offset, length: length))
    }

    /// Asks for the values of omap keys; see ``ReadResult/omap``. Keys that are not there are left out.
    /// - Implements: rados_read_op_omap_get_vals_by_keys2
    public func omapValues(of keys: [String]) -> ReadOperation { adding(.omapValues(keys)) }

    /// Asks for omap entries in the order of their keys, from the first key after `key`, of those that begin with
    /// `prefix`, `limit` at most; see ``ReadResult/omap`` and ``ReadResult/hasMoreOmap``.
    /// - Implements: rados_read_op_omap_get_vals2
    public func omapEntries(after key: String = "", prefix: String = "", limit: UInt64) -> ReadOperation {
        adding(.omapEntries(after: key, prefix: prefix, limit: limit))
    }

    /// Asks for all extended attributes; see ``ReadResult/xattrs``.
    /// - Implements: rados_read_op_getxattrs
    public func xattrs() -> ReadOperation { adding(.xattrs) }

    /// Calls a method of an object class that only reads; see ``ReadResult/outputs``. One that fails fails the operation.
    /// - Implements: rados_read_op_exec
    public func execute(class name: String, method: String, input: [UInt8] = []) -> ReadOperation {
        adding(.execute(class: name, method: method, input: input))
    }

    private func adding(_ step: Step) -> ReadOperation {
        var longer = self
        longer.steps.append(step)
        return longer
    }
}

/// The answers to a ``ReadOperation``; nil or empty for what was not asked.
public struct ReadResult: Hashable, Sendable {
    /// Size and time.
    public internal(set) var stat: ObjectStat?
    /// The bytes read.
    public internal(set) var data: [UInt8]?
    /// Omap entries in the order of their keys.
    public internal(set) var omap: [OmapEntry] = []
    /// Whether there are entries after the last one in ``omap``.
    public internal(set) var hasMoreOmap = false
    /// Extended attributes by name.
    public internal(set) var xattrs: [String: [UInt8]] = [:]
    /// What class methods returned, in the order of the calls.
    public internal(set) var outputs: [[UInt8]] = []
}

/// One omap key with its value.
public struct OmapEntry: Hashable, Sendable {
    /// The key. Bytes that are no UTF-8 are replaced, as nothing that Ceph or Holdfast writes has them.
    public var key: String
    /// The value.
    public var value: [UInt8]
}

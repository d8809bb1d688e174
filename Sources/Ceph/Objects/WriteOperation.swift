import CephShim
public import Vocabulary

/// How an extended attribute is compared, byte by byte, with what is stored on the left.
public enum Comparison: UInt8, Hashable, Sendable {
    /// The same bytes.
    case equal = 1
    /// Other bytes.
    case notEqual = 2
    /// What is stored sorts after.
    case greater = 3
    /// What is stored sorts after, or is the same.
    case greaterOrEqual = 4
    /// What is stored sorts before.
    case less = 5
    /// What is stored sorts before, or is the same.
    case lessOrEqual = 6
}

/// How an omap value is compared, byte by byte, with what is stored on the left. OSDs know no others for omap.
public enum OmapComparison: UInt8, Hashable, Sendable {
    /// The same bytes.
    case equal = 1
    /// What is stored sorts after.
    case greater = 3
    /// What is stored sorts before.
    case less = 5
}

/// Several changes of one object that take effect together or not at all, guards among them.
///
/// A value: each method returns a longer operation. Steps run in order on the OSD; the first that fails undoes all.
/// A guard that does not hold fails with `.comparisonFailed`.
public struct WriteOperation: Hashable, Sendable {
    enum Step: Hashable, Sendable {
        case create(exclusive: Bool)
        case assertExists
        case assertVersion(UInt64)
        case compareOmap(key: String, OmapComparison, value: [UInt8])
        case compareXattr(name: String, Comparison, value: [UInt8])
        case setOmap([String: [UInt8]])
        case removeOmapKeys([String])
        case clearOmap
        case write([UInt8], offset: UInt64)
        case writeFull([UInt8])
        case append([UInt8])
        case truncate(UInt64)
        case zero(offset: UInt64, length: UInt64)
        case setXattr(name: String, value: [UInt8])
        case removeXattr(String)
        case remove
        case execute(class: String, method: String, input: [UInt8])
    }

    var steps: [Step] = []

    /// An operation without steps.
    public init() {}

    /// Creates the object. Exclusively: fails with `.exists` if it is there. Otherwise it may be there already.
    /// - Implements: rados_write_op_create
    public func create(exclusive: Bool) -> WriteOperation { adding(.create(exclusive: exclusive)) }

    /// Fails with `.notFound` if the object does not exist.
    /// - Implements: rados_write_op_assert_exists
    public func assertExists() -> WriteOperation { adding(.assertExists) }

    /// Fails with `.comparisonFailed` unless the object's version is this one.
    /// - Implements: rados_write_op_assert_version
    public func assertVersion(_ version: UInt64) -> WriteOperation { adding(.assertVersion(version)) }

    /// Fails with `.comparisonFailed` unless the value of an omap key compares so. A key that is not there counts as
    /// empty; an object that is not there is `.notFound`.
    /// - Implements: rados_write_op_omap_cmp2
    public func compareOmap(_ key: String, _ comparison: OmapComparison, _ value: [UInt8]) -> WriteOperation {
        adding(.compareOmap(key: key, comparison, value: value))
    }

    /// Fails with `.comparisonFailed` unless an extended attribute compares so.
    /// - Implements: rados_write_op_cmpxattr
    public func compareXattr(_ name: String, _ comparison: Comparison, _ value: [UInt8]) -> WriteOperation {
        adding(.compareXattr(name: name, comparison, value: value))
    }

    /// Sets omap keys, creating the object if need be; other keys stay.
    /// - Implements: rados_write_op_omap_set2
    public func setOmap(_ entries: [String: [UInt8]]) -> WriteOperation { adding(.setOmap(entries)) }

    /// Removes omap keys; those that are not there do not matter.
    /// - Implements: rados_write_op_omap_rm_keys2
    public func removeOmapKeys(_ keys: [String]) -> WriteOperation { adding(.removeOmapKeys(keys)) }

    /// Removes all omap keys.
    /// - Implements: rados_write_op_omap_clear
    public func clearOmap() -> WriteOperation { adding(.clearOmap) }

    /// Writes bytes at `offset`.
    /// - Implements: rados_write_op_write
    public func write(_ bytes: [UInt8], offset: UInt64) -> WriteOperation { adding(.write(bytes, offset: offset)) }

    /// Makes bytes the whole data.
    /// - Implements: rados_write_op_write_full
    public func writeFull(_ bytes: [UInt8]) -> WriteOperation { adding(.writeFull(bytes)) }

    /// Adds bytes at the end.
    /// - Implements: rados_write_op_append
    public func append(_ bytes: [UInt8]) -> WriteOperation { adding(.append(bytes)) }

    /// Cuts the data to `size`, or fills it with zeros up to there.
    /// - Implements: rados_write_op_truncate
    public func truncate(to size: ByteCount) -> WriteOperation { adding(.truncate(size.bytes)) }

    /// Makes a range of the data zeros.
    /// - Implements: rados_write_op_zero
    public func zero(offset: UInt64, length: UInt64) -> WriteOperation {
        adding(.zero(offset: offset, length: length))
    }

    /// Sets an extended attribute.
    /// - Implements: rados_write_op_setxattr
    public func setXattr(_ name: String, _ value: [UInt8]) -> WriteOperation {
        adding(.setXattr(name: name, value: value))
    }

    /// Removes an extended attribute.
    /// - Implements: rados_write_op_rmxattr
    public func removeXattr(_ name: String) -> WriteOperation { adding(.removeXattr(name)) }

    /// Removes the object.
    /// - Implements: rados_write_op_remove
    public func remove() -> WriteOperation { adding(.remove) }

    /// Calls a method of an object class; what it returns is dropped.
    /// - Implements: rados_write_op_exec
    public func execute(class name: String, method: String, input: [UInt8] = []) -> WriteOperation {
        adding(.execute(class: name, method: method, input: input))
    }

    private func adding(_ step: Step) -> WriteOperation {
        var longer = self
        longer.steps.append(step)
        return longer
    }
}

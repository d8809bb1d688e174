import CephShim
import Glibc

/// A `rados_write_op_t`.
private struct WriteOperationHandle: ~Copyable {
    let raw: UnsafeMutableRawPointer

    init?() {
        guard let raw = rados_create_write_op() else { return nil }
        self.raw = raw
    }

    deinit {
        // Frees memory, waits for nothing.
        rados_release_write_op(raw)
    }
}

extension IOContext {
    /// Applies the steps of `write` to the object, all or none of them.
    ///
    /// - Parameter ignoresFull: whether a pool that is full, or at its quota, takes the operation even if it adds an
    ///   object (`LIBRADOS_OPERATION_FULL_FORCE`). For the few bytes that freeing space needs first. An OSD that has
    ///   reached its failsafe ratio takes nothing all the same.
    /// - Implements: rados_create_write_op, rados_aio_write_op_operate, rados_release_write_op
    public func perform(
        _ write: WriteOperation, on object: String, ignoresFull: Bool = false
    ) async throws(CephError) {
        let call = try call("rados_aio_write_op_operate", object, effect: .atomic)
        let flags = ignoresFull ? Int32(LIBRADOS_OPERATION_FULL_FORCE) : 0
        guard !write.steps.isEmpty else { throw call.refused("the operation has no steps") }
        try await perform(call) { context, completion in
            // librados copies what the steps point to, and takes the steps over when it operates.
            guard let operation = WriteOperationHandle() else { return -ENOMEM }
            for step in write.steps { step.add(to: operation.raw) }
            return rados_aio_write_op_operate(operation.raw, context, completion, object, nil, flags)
        } finish: { result throws(CephError) in
            _ = try call.check(result)
        }
    }
}

extension WriteOperation.Step {
    fileprivate func add(to operation: UnsafeMutableRawPointer) {
        switch self {
        case .create, .assertExists, .assertVersion, .remove:
            addObjectStep(to: operation)
        case .compareOmap, .setOmap, .removeOmapKeys, .clearOmap:
            addOmapStep(to: operation)
        case .write, .writeFull, .append, .truncate, .zero:
            addDataStep(to: operation)
        case .compareXattr(let name, let comparison, let value):
            value.withCharacters { rados_write_op_cmpxattr(operation, name, comparison.rawValue, $0, $1) }
        case .setXattr(let name, let value):
            value.withCharacters { rados_write_op_setxattr(operation, name, $0, $1) }
        case .removeXattr(let name):
            rados_write_op_rmxattr(operation, name)
        case .execute(let name, let method, let input):
            input.withCharacters { rados_write_op_exec(operation, name, method, $0, $1, nil) }
        }
    }

    private func addObjectStep(to operation: UnsafeMutableRawPointer) {
        switch self {
        case .create(let exclusive):
            let flag = exclusive ? LIBRADOS_CREATE_EXCLUSIVE : LIBRADOS_CREATE_IDEMPOTENT
            rados_write_op_create(operation, flag, nil)
        case .assertExists: rados_write_op_assert_exists(operation)
        case .assertVersion(let version): rados_write_op_assert_version(operation, version)
        case .remove: rados_write_op_remove(operation)
        default: break
        }
    }

    private func addDataStep(to operation: UnsafeMutableRawPointer) {
        switch self {
        case .write(let bytes, let offset):
            bytes.withCharacters { rados_write_op_write(operation, $0, $1, offset) }
        case .writeFull(let bytes): bytes.withCharacters { rados_write_op_write_full(operation, $0, $1) }
        case .append(let bytes): bytes.withCharacters { rados_write_op_append(operation, $0, $1) }
        case .truncate(let size): rados_write_op_truncate(operation, size)
        case .zero(let offset, let length): rados_write_op_zero(operation, offset, length)
        default: break
        }
    }

    private func addOmapStep(to operation: UnsafeMutableRawPointer) {
        switch self {
        case .compareOmap(let key, let comparison, let value):
            Array(key.utf8).withCharacters { keyBytes, keyCount in
                value.withCharacters {
                    rados_write_op_omap_cmp2(operation, keyBytes, comparison.rawValue, $0, keyCount, $1, nil)
                }
            }
        case .setOmap(let entries):
            let keys = PackedStrings(entries.keys.map { Array($0.utf8) })
            let values = PackedStrings(entries.keys.map { entries[$0] ?? [] })
            keys.withPointers { keyPointers, keyLengths, count in
                values.withPointers { valuePointers, valueLengths, _ in
                    rados_write_op_omap_set2(
                        operation, keyPointers, valuePointers, keyLengths, valueLengths, count)
                }
            }
        case .removeOmapKeys(let keys):
            PackedStrings(keys.map { Array($0.utf8) }).withPointers {
                rados_write_op_omap_rm_keys2(operation, $0, $1, $2)
            }
        case .clearOmap: rados_write_op_omap_clear(operation)
        default: break
        }
    }
}

/// Byte strings one after the other, with the pointers and lengths that C's list arguments take.
struct PackedStrings {
    private let bytes: [UInt8]
    private let lengths: [Int]

    init(_ strings: [[UInt8]]) {
        bytes = Array(strings.joined())
        lengths = strings.map(\.count)
    }

    /// The array of pointers, the array of lengths, and how many there are.
    func withPointers(
        _ body: (UnsafePointer<UnsafePointer<CChar>?>, UnsafePointer<Int>, Int) -> Void
    ) {
        // One byte more, so that a list of empty strings still has an address to point to.
        (bytes + [0]).withCharacters { start, _ in
            var offset = 0
            let pointers = lengths.map { length -> UnsafePointer<CChar>? in
                defer { offset += length }
                return start.map { $0 + offset }
            }
            // And one entry more, so that an empty list has an address, too.
            (pointers + [nil]).withUnsafeBufferPointer { pointers in
                (lengths + [0]).withUnsafeBufferPointer { lengths in
                    guard let pointers = pointers.baseAddress, let sizes = lengths.baseAddress else { return }
                    body(pointers, sizes, self.lengths.count)
                }
            }
        }
    }
}

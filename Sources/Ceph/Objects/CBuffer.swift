/// Memory that C writes to while an operation is under way. Lives as long as whoever waits for the operation.
final class CBuffer: @unchecked Sendable {
    // Sendable: C writes to it until the callback, Swift reads it from the callback on, never both.
    private let memory: UnsafeMutableRawBufferPointer

    init(count: Int) {
        memory = .allocate(byteCount: max(1, count), alignment: 16)
    }

    deinit {
        memory.deallocate()
    }

    var characters: UnsafeMutablePointer<CChar>? {
        memory.baseAddress?.assumingMemoryBound(to: CChar.self)
    }

    /// A copy of the first `count` bytes.
    func prefix(_ count: Int) -> [UInt8] {
        Array(memory.prefix(count))
    }
}

/// One value that C writes to while an operation is under way.
final class CCell<Value: BitwiseCopyable>: @unchecked Sendable {
    // Sendable for the same reason as ``CBuffer``.
    let pointer: UnsafeMutablePointer<Value>

    init(_ value: Value) {
        pointer = .allocate(capacity: 1)
        pointer.initialize(to: value)
    }

    deinit {
        pointer.deallocate()
    }

    var value: Value { pointer.pointee }
}

extension [UInt8] {
    /// The bytes as C's `char`s, for the time of a call.
    func withCharacters<Value>(_ body: (UnsafePointer<CChar>?, Int) -> Value) -> Value {
        withUnsafeBytes { body($0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count) }
    }
}

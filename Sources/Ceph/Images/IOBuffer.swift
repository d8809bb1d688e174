public import Vocabulary

/// Memory for image data, aligned to 4 KiB, that librbd reads from and writes to without a copy.
///
/// An operation keeps its buffer alive until librbd has called back, whatever becomes of the task. Until then the
/// buffer belongs to the operation: one operation at a time, and no access from Swift meanwhile; an access throws
/// nothing and traps nothing, its bytes are then just those of the moment.
public final class IOBuffer: @unchecked Sendable {
    // Sendable: the memory's address never changes, and whoever shares the buffer keeps to the rule above.
    private let memory: UnsafeMutableRawBufferPointer

    /// The buffer's size in bytes.
    public var count: Int { memory.count }

    /// The alignment of the memory.
    public static let alignment = 4096

    /// A buffer of `size`, filled with zeros.
    public init(size: ByteCount) {
        memory = .allocate(byteCount: Int(clamping: size.bytes), alignment: Self.alignment)
        memory.initializeMemory(as: UInt8.self, repeating: 0)
    }

    /// A buffer that holds a copy of bytes.
    public convenience init(_ bytes: [UInt8]) {
        self.init(size: ByteCount(UInt64(bytes.count)))
        withUnsafeMutableBytes { $0.copyBytes(from: bytes) }
    }

    deinit {
        memory.deallocate()
    }

    /// Reads the bytes in place.
    public func withUnsafeBytes<Value, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        try body(UnsafeRawBufferPointer(memory))
    }

    /// Changes the bytes in place.
    public func withUnsafeMutableBytes<Value, Failure: Error>(
        _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        try body(memory)
    }

    /// A copy of the bytes.
    public var bytes: [UInt8] { Array(memory) }

    /// C's view of the memory.
    var characters: UnsafeMutablePointer<CChar>? {
        memory.baseAddress?.assumingMemoryBound(to: CChar.self)
    }
}

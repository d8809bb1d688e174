import Glibc
import Synchronization

/// Where text goes: one of the process's two streams, or memory in a test. Safe to use from any thread; each
/// ``write(_:)`` comes out whole.
public final class TextStream: Sendable {
    /// Whether a person watches: the stream is a terminal.
    public let isTerminal: Bool
    /// The terminal's width in cells when the stream was opened; nil where there is no terminal.
    public let columns: Int?
    private let sink: Mutex<Sink>

    private enum Sink {
        case descriptor(Int32)
        case memory(String)
    }

    private init(isTerminal: Bool, columns: Int?, sink: consuming Sink) {
        self.isTerminal = isTerminal
        self.columns = columns
        self.sink = Mutex(sink)
    }

    /// Descriptor 1: the answer.
    public static func standardOutput() -> TextStream { descriptor(STDOUT_FILENO) }

    /// Descriptor 2: the story.
    public static func standardError() -> TextStream { descriptor(STDERR_FILENO) }

    /// An open descriptor, which stays the caller's to close. `isatty` and `TIOCGWINSZ` are asked once, now.
    public static func descriptor(_ descriptor: Int32) -> TextStream {
        guard isatty(descriptor) == 1 else {
            return TextStream(isTerminal: false, columns: nil, sink: .descriptor(descriptor))
        }
        var size = winsize()
        let known = ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        return TextStream(isTerminal: true, columns: known ? Int(size.ws_col) : nil, sink: .descriptor(descriptor))
    }

    /// A stream that keeps what is written to it, for tests.
    public static func memory(isTerminal: Bool = false, columns: Int? = nil) -> TextStream {
        TextStream(isTerminal: isTerminal, columns: columns, sink: .memory(""))
    }

    /// What a memory stream was given so far; `""` for a descriptor.
    public var contents: String {
        sink.withLock { if case .memory(let text) = $0 { text } else { "" } }
    }

    /// Writes all of it, or throws the errno of `write(2)` that stopped it. Interrupted calls are repeated.
    public func write(_ text: String) throws(StreamError) {
        let failure: Int32? = sink.withLock { sink in
            switch sink {
            case .memory(let before):
                sink = .memory(before + text)
                return nil
            case .descriptor(let descriptor):
                return writeAll(text, to: descriptor)
            }
        }
        if let failure { throw StreamError(errno: failure) }
    }
}

/// A stream took no more.
public struct StreamError: Error, Equatable, CustomStringConvertible {
    /// What `write(2)` left in errno: ENOSPC, EIO, EPIPE, ...
    public let errno: Int32

    /// One line with what the system says.
    public var description: String {
        "cannot write the output: \(String(cString: strerror(errno)))"
    }
}

/// Writes every byte; the errno that stopped it, or nil.
private func writeAll(_ text: String, to descriptor: Int32) -> Int32? {
    var text = text
    return text.withUTF8 { bytes in
        var rest = UnsafeRawBufferPointer(bytes)
        while !rest.isEmpty {
            let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
            if count < 0 {
                if errno == EINTR { continue }
                if errno == EAGAIN, waitUntilWritable(descriptor) { continue }
                return errno
            }
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
        }
        return nil
    }
}

/// A descriptor shared with a program that made it non-blocking answers EAGAIN; up to 30 s are given to its reader.
private func waitUntilWritable(_ descriptor: Int32) -> Bool {
    var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    return poll(&request, 1, 30_000) == 1
}

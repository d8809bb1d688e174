import Glibc
import Synchronization

/// Where log lines go: a file descriptor that is not this type's to close.
///
/// Each line is one `write(2)`, so that lines of several processes do not mix in a pipe (up to `PIPE_BUF` bytes); lines
/// of one process never mix at any length. Safe from any thread. A reader that does not read stops the writer, as with
/// any pipe; a descriptor that cannot be written to loses the line, since there is nowhere left to say so.
public final class LogOutput: Sendable {
    private let descriptor: Mutex<Int32>

    /// Lines go to `fileDescriptor`.
    public init(fileDescriptor: Int32) {
        descriptor = Mutex(fileDescriptor)
    }

    /// Standard error: standard output is for answers.
    public static func standardError() -> LogOutput {
        LogOutput(fileDescriptor: STDERR_FILENO)
    }

    /// Writes a whole line.
    func write(_ line: [UInt8]) {
        descriptor.withLock { descriptor in
            line.withUnsafeBytes { buffer in
                var rest = buffer[...]
                while !rest.isEmpty {
                    let written = Glibc.write(
                        descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                    if written < 0 && errno == EINTR { continue }
                    guard written > 0 else { return }
                    rest = rest.dropFirst(written)
                }
            }
        }
    }
}

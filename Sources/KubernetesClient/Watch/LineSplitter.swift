/// Cuts a stream of bytes into lines, wherever its chunks begin and end.
struct LineSplitter: Sendable {
    private let maximum: Int
    private var pending: [UInt8] = []

    /// - Parameter maximum: the longest line to accept, in bytes without its end.
    init(maximum: Int) {
        self.maximum = maximum
    }

    /// Adds a chunk; gives the lines that it completes, without their ends. Empty lines are left out.
    mutating func add(_ chunk: some Collection<UInt8>) throws(LineTooLong) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        var rest = chunk[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            try append(rest[..<end])
            rest = rest[rest.index(after: end)...]
            if !pending.isEmpty { lines.append(pending) }
            pending = []
        }
        try append(rest)
        return lines
    }

    private mutating func append(_ bytes: some Collection<UInt8>) throws(LineTooLong) {
        guard bytes.count <= maximum - pending.count else { throw LineTooLong(maximum: maximum) }
        pending.append(contentsOf: bytes)
    }
}

/// A line is longer than the cap, in bytes.
struct LineTooLong: Error, Hashable {
    var maximum: Int
}

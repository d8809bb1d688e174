import Glibc
public import Logging

/// A log backend that writes one JSON object a line.
///
/// Keys: `ts` (RFC 3339, milliseconds, UTC), `level`, `logger`, `msg`, then the metadata's keys in the order of their
/// names, `error` where the statement carries one, and `source` (file:line) only when the logger is at `debug` or
/// `trace`. Metadata of the statement wins over the metadata provider's, which wins over the logger's; a metadata key
/// that is one of the fixed keys is written as `metadata.<key>`. A `Redacted` value prints as `<redacted>`.
///
/// A value type, as swift-log wants its handlers; what the copies share is the ``LogOutput``.
public struct JSONLogHandler: LogHandler {
    /// Statements below this level are not written.
    public var logLevel: Logger.Level
    /// Metadata of every line.
    public var metadata: Logger.Metadata = [:]
    /// Finds more metadata at the moment of the statement; nil for none.
    public var metadataProvider: Logger.MetadataProvider?
    private let label: String
    private let output: LogOutput

    /// A handler for the logger `label`, for `LoggingSystem.bootstrap`.
    public init(
        label: String, level: Logger.Level = .info, output: LogOutput,
        metadataProvider: Logger.MetadataProvider? = nil
    ) {
        self.label = label
        self.logLevel = level
        self.output = output
        self.metadataProvider = metadataProvider
    }

    /// One of the handler's own metadata; nil removes it.
    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Writes the line of an event. Never throws: a line that cannot be written is lost.
    public func log(event: LogEvent) {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        output.write(line(event, at: now))
    }

    /// The line of an event, its line feed included. Pure.
    func line(_ event: LogEvent, at time: timespec) -> [UInt8] {
        var json = JSONLine()
        json.field("ts", Timestamp.text(time))
        json.field("level", event.level.rawValue)
        json.field("logger", label)
        json.field("msg", event.message.description)
        for (key, value) in merged(event.metadata).sorted(by: { $0.key < $1.key }) {
            json.field(JSONLine.reserved.contains(key) ? "metadata.\(key)" : key, value)
        }
        if let error = event.error { json.field("error", "\(error)") }
        if logLevel <= .debug { json.field("source", "\(event.file):\(event.line)") }
        return json.finished()
    }

    private func merged(_ explicit: Logger.Metadata?) -> Logger.Metadata {
        var all = metadata
        if let provided = metadataProvider?.get() { all.merge(provided) { $1 } }
        if let explicit { all.merge(explicit) { $1 } }
        return all
    }
}

/// RFC 3339 with milliseconds, in UTC.
enum Timestamp {
    static func text(_ time: timespec) -> String {
        var seconds = time.tv_sec
        var parts = tm()
        gmtime_r(&seconds, &parts)
        let date = "\(parts.tm_year + 1900)-\(padded(parts.tm_mon + 1))-\(padded(parts.tm_mday))"
        let clock = "\(padded(parts.tm_hour)):\(padded(parts.tm_min)):\(padded(parts.tm_sec))"
        return "\(date)T\(clock).\(padded(Int32(time.tv_nsec / 1_000_000), width: 3))Z"
    }

    private static func padded(_ number: Int32, width: Int = 2) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}

/// Where a server listens, as flags spell it: `HOST:PORT`, `:PORT` for every address, `[::1]:PORT` for IPv6. Port 0
/// lets the kernel choose.
public struct ListenAddress: Hashable, Sendable, CustomStringConvertible {
    /// A name or an address, without brackets.
    public var host: String
    /// 0 to 65,535.
    public var port: Int

    /// An address from its parts.
    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Reads a flag's value. The empty text means "do not listen" and gives nil.
    /// - Throws: ``Invalid``, which quotes the text and says what is expected.
    public static func parse(_ text: String) throws(Invalid) -> ListenAddress? {
        if text.isEmpty { return nil }
        guard let colon = text.lastIndex(of: ":") else { throw Invalid(text: text, reason: "no port") }
        let digits = text[text.index(after: colon)...]
        guard !digits.isEmpty, digits.allSatisfy({ $0.isASCII && $0.isNumber }), let port = Int(digits),
            port <= 65_535
        else { throw Invalid(text: text, reason: "the port must be a number from 0 to 65535") }
        var host = String(text[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = String(host.dropFirst().dropLast())
        } else if host.contains(":") {
            throw Invalid(text: text, reason: "an IPv6 address goes into brackets")
        }
        return ListenAddress(host: host.isEmpty ? "0.0.0.0" : host, port: port)
    }

    /// The address as a flag spells it.
    public var description: String {
        host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }

    /// A flag's value that is no address.
    public struct Invalid: Error, Equatable, CustomStringConvertible {
        /// What was given.
        public var text: String
        /// What is wrong with it.
        public var reason: String

        /// The text, what is wrong with it, and what is expected.
        public var description: String {
            "\"\(text)\" is not an address to listen on: \(reason). Expected HOST:PORT, :PORT or [IPv6]:PORT"
        }
    }
}

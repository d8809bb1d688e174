/// Where a daemon or a client listens. Source: `entity_addr_t` in `msg_types.h`.
public struct EntityAddress: Hashable, Sendable {
    /// The protocol.
    public struct Kind: Hashable, Sendable, RawRepresentable {
        /// The number in the map.
        public var rawValue: UInt32

        /// A protocol by its number.
        public init(rawValue: UInt32) {
            self.rawValue = rawValue
        }

        /// No address.
        public static let none = Kind(rawValue: 0)
        /// The first messenger protocol.
        public static let v1 = Kind(rawValue: 1)
        /// The second messenger protocol.
        public static let v2 = Kind(rawValue: 2)
        /// Any protocol, as in the blocklist.
        public static let any = Kind(rawValue: 3)
        /// A range of addresses, as in the blocklist of ranges.
        public static let cidr = Kind(rawValue: 4)
    }

    /// The protocol.
    public var kind: Kind
    /// Address and port, such as `10.0.0.1:6800` or `[fd00::1]:6800`; empty for a blank address.
    public var endpoint: String
    /// Tells two processes apart that had the same port one after the other.
    public var nonce: UInt32

    /// An address of these parts.
    public init(kind: Kind, endpoint: String, nonce: UInt32) {
        self.kind = kind
        self.endpoint = endpoint
        self.nonce = nonce
    }
}

extension EntityAddress.Kind {
    private static let names: [(kind: EntityAddress.Kind, name: String)] = [
        (.none, "none"), (.v1, "v1"), (.v2, "v2"), (.any, "any"), (.cidr, "cidr"),
    ]

    /// The name as Ceph prints it; `???` for a number that has none.
    public var name: String {
        Self.names.first { $0.kind == self }?.name ?? "???"
    }

    /// A protocol by its name.
    public init?(name: some StringProtocol) {
        guard let known = Self.names.first(where: { $0.name == name }) else { return nil }
        self = known.kind
    }
}

extension EntityAddress: CustomStringConvertible {
    /// The address as Ceph prints it: `v2:10.0.0.1:6800/123`, without a protocol if it is any, `-` if there is none.
    public var description: String {
        switch kind {
        case .none: "-"
        case .any: "\(endpoint)/\(nonce)"
        default: "\(kind.name):\(endpoint)/\(nonce)"
        }
    }

    /// The address that a text of Ceph's names, as keys of the blocklist are written; nil for another text.
    public init?(_ text: String) {
        guard let slash = text.lastIndex(of: "/"), let nonce = UInt32(text[text.index(after: slash)...]) else {
            return nil
        }
        let rest = text[..<slash]
        for kind in [Kind.v1, .v2, .cidr] where rest.hasPrefix(kind.name + ":") {
            self.init(kind: kind, endpoint: String(rest.dropFirst(kind.name.count + 1)), nonce: nonce)
            return
        }
        self.init(kind: .any, endpoint: String(rest), nonce: nonce)
    }
}

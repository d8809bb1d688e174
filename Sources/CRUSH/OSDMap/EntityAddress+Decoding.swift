/// `entity_addr_t` and `entity_addrvec_t`, in their newer forms and in those from before the second messenger.
extension ByteReader {
    /// The addresses of one daemon.
    mutating func addresses() throws(DecodingFailure) -> [EntityAddress] {
        let start = offset
        switch try uint8("addrvec") {
        case 0: return [try legacyAddress()].filter { $0.kind != .none }
        case 1: return [try addressBody()].filter { $0.kind != .none }
        case 2:
            return try list("addrvec", elementSize: 1) { reader throws(DecodingFailure) in try reader.address() }
        case let marker: throw failure("addrvec", at: start, "\(marker) begins no list of addresses")
        }
    }

    /// One address.
    mutating func address() throws(DecodingFailure) -> EntityAddress {
        let start = offset
        switch try uint8("addr") {
        case 0: return try legacyAddress()
        case 1: return try addressBody()
        case let marker: throw failure("addr", at: start, "\(marker) begins no address")
        }
    }

    /// What follows the marker 0: a whole `sockaddr_storage`, its family in network order.
    private mutating func legacyAddress() throws(DecodingFailure) -> EntityAddress {
        try skip(3, "addr")
        let nonce = try uint32("nonce")
        var socket = try part(128, "sockaddr")
        let family = try socket.uint16("family").byteSwapped
        let endpoint = try socket.endpoint(family: family)
        return EntityAddress(kind: family == 0 ? .none : .v1, endpoint: endpoint, nonce: nonce)
    }

    /// What follows the marker 1.
    private mutating func addressBody() throws(DecodingFailure) -> EntityAddress {
        try versioned("addr", known: 1) { reader, _ throws(DecodingFailure) in
            let kind = EntityAddress.Kind(rawValue: try reader.uint32("type"))
            let nonce = try reader.uint32("nonce")
            var socket = try reader.blob("sockaddr")
            guard !socket.isAtEnd else { return EntityAddress(kind: kind, endpoint: "", nonce: nonce) }
            let family = try socket.uint16("family")
            return EntityAddress(kind: kind, endpoint: try socket.endpoint(family: family), nonce: nonce)
        }
    }

    /// What follows the family in a `sockaddr`: port and address, in network order.
    private mutating func endpoint(family: UInt16) throws(DecodingFailure) -> String {
        switch family {
        case 0: return ""
        case 2:
            let port = try uint16("port").byteSwapped
            let bytes = try bytes(4, "address")
            return "\(EntityAddress.dotted(bytes)):\(port)"
        case 10:
            let port = try uint16("port").byteSwapped
            try skip(4, "flow")
            let bytes = try bytes(16, "address")
            return "[\(EntityAddress.colons(bytes))]:\(port)"
        default: throw failure("family", .invalid("\(family) is no family of addresses: 2 is IPv4, 10 is IPv6"))
        }
    }
}

extension EntityAddress {
    /// Four bytes as `10.0.0.1`.
    static func dotted(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map(String.init).joined(separator: ".")
    }

    /// Sixteen bytes as `fd00::1`: the longest run of two or more zero groups is left out, the first of equals.
    static func colons(_ bytes: [UInt8]) -> String {
        let groups = stride(from: 0, to: 16, by: 2).map { UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]) }
        guard let gap = longestGap(in: groups) else { return hexadecimal(groups[...]) }
        if gap.lowerBound == 0, gap.count == 6 || (gap.count == 5 && groups[5] == 0xffff) {
            return "::" + (gap.count == 5 ? "ffff:" : "") + dotted(bytes[12...])
        }
        return hexadecimal(groups[..<gap.lowerBound]) + "::" + hexadecimal(groups[gap.upperBound...])
    }

    private static func hexadecimal(_ groups: ArraySlice<UInt16>) -> String {
        groups.map { String($0, radix: 16) }.joined(separator: ":")
    }

    /// The longest run of at least two zeros.
    private static func longestGap(in groups: [UInt16]) -> Range<Int>? {
        var longest = 0..<1
        var start = 0
        for (index, group) in groups.enumerated() {
            if group != 0 {
                start = index + 1
            } else if index + 1 - start > longest.count {
                longest = start..<index + 1
            }
        }
        return longest.count > 1 ? longest : nil
    }
}

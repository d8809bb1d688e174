public import Vocabulary

/// What fails as one: a bucket of the CRUSH tree, or a single OSD.
public struct FailureDomain: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The name of its type in the CRUSH map: `host`, `rack`, `datacenter`; `osd` for a device.
    public var type: String
    /// Its name in the CRUSH map: `node-3`; `osd.7` for a device.
    public var name: String

    /// A domain of a type.
    public init(_ type: String, _ name: String) {
        self.type = type
        self.name = name
    }

    /// A single OSD.
    public init(_ osd: OSDID) {
        self.init("osd", "osd.\(osd.value)")
    }

    /// `host node-3`; `osd.7`.
    public var description: String { type == "osd" ? name : "\(type) \(name)" }

    /// By type, then by name, numbers within names by value: `node-2` before `node-10`.
    public static func < (left: FailureDomain, right: FailureDomain) -> Bool {
        if left.type != right.type { return left.type < right.type }
        return NaturalOrder.precedes(left.name, right.name)
    }
}

/// The order in which people read names that hold numbers.
enum NaturalOrder {
    /// Whether a name comes before another: runs of digits are compared as numbers, all else as bytes.
    static func precedes(_ left: String, _ right: String) -> Bool {
        var first = left.utf8[...]
        var second = right.utf8[...]
        while let one = first.first, let other = second.first {
            if isDigit(one), isDigit(other) {
                let (a, b) = (takeNumber(&first), takeNumber(&second))
                if a.count != b.count { return a.count < b.count }
                if !a.elementsEqual(b) { return a.lexicographicallyPrecedes(b) }
            } else if one != other {
                return one < other
            } else {
                first.removeFirst()
                second.removeFirst()
            }
        }
        return first.isEmpty == second.isEmpty ? left < right : first.isEmpty
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    /// The digits at the front without leading zeros.
    private static func takeNumber(_ text: inout Substring.UTF8View) -> Substring.UTF8View {
        let end = text.firstIndex { !isDigit($0) } ?? text.endIndex
        defer { text = text[end...] }
        return text[..<end].drop { $0 == 0x30 }
    }
}

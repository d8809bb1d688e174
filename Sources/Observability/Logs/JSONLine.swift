import Logging

/// Builds one JSON object on one line.
struct JSONLine {
    /// The keys that a line has whatever its metadata.
    static let reserved: Set<String> = ["ts", "level", "logger", "msg", "error", "source"]

    private var bytes: [UInt8] = [UInt8(ascii: "{")]

    /// Appends a key with a string.
    mutating func field(_ key: String, _ value: String) {
        begin(key)
        append(value)
    }

    /// Appends a key with a metadata value, arrays and dictionaries as JSON has them.
    mutating func field(_ key: String, _ value: Logger.MetadataValue) {
        begin(key)
        append(value)
    }

    /// The object with its closing brace and line feed.
    consuming func finished() -> [UInt8] {
        bytes.append(UInt8(ascii: "}"))
        bytes.append(UInt8(ascii: "\n"))
        return bytes
    }

    private mutating func begin(_ key: String) {
        if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
        append(key)
        bytes.append(UInt8(ascii: ":"))
    }

    private mutating func append(_ value: Logger.MetadataValue) {
        switch value {
        case .string(let text): append(text)
        case .stringConvertible(let value): append(value.description)
        case .array(let values): appendList("[", "]", values) { $0.append($1) }
        case .dictionary(let values):
            appendList("{", "}", values.sorted { $0.key < $1.key }) {
                $0.append($1.key)
                $0.bytes.append(UInt8(ascii: ":"))
                $0.append($1.value)
            }
        }
    }

    private mutating func appendList<Element>(
        _ open: Unicode.Scalar, _ close: Unicode.Scalar, _ elements: [Element],
        _ appendElement: (inout JSONLine, Element) -> Void
    ) {
        bytes.append(UInt8(ascii: open))
        for (index, element) in elements.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            appendElement(&self, element)
        }
        bytes.append(UInt8(ascii: close))
    }

    private mutating func append(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case UInt8(ascii: "\n"): bytes += Array("\\n".utf8)
            case UInt8(ascii: "\r"): bytes += Array("\\r".utf8)
            case UInt8(ascii: "\t"): bytes += Array("\\t".utf8)
            case 0..<0x20: bytes += Array("\\u00".utf8) + Self.hex(byte)
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func hex(_ byte: UInt8) -> [UInt8] {
        let digits = Array("0123456789abcdef".utf8)
        return [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }
}

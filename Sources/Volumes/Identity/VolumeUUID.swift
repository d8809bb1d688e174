/// The UUID that ties a volume's parts together: the handle, the journal object and the image name all carry it.
///
/// The text is kept as it was written, since object names on disk are compared byte for byte; ceph-csi accepts
/// upper-case ones.
public struct VolumeUUID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// 36 characters: hexadecimal digits in groups of 8, 4, 4, 4 and 12, with dashes between them.
    public let text: String

    /// How many characters the text of a UUID has.
    public static let length = 36

    /// The UUID spelled by `text`; nil unless it is in the 8-4-4-4-12 form. Any version and variant is taken.
    public init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard bytes.count == Self.length else { return nil }
        for (index, byte) in bytes.enumerated() {
            let isDash = index == 8 || index == 13 || index == 18 || index == 23
            guard isDash ? byte == UInt8(ascii: "-") : Hexadecimal.isDigit(byte) else { return nil }
        }
        self.text = String(text)
    }

    /// The name-based UUID (RFC 9562, version 5) of `name` in the name space `space`.
    public init(named name: String, in space: [UInt8]) {
        var bytes = Array(SHA1.digest(of: space + Array(name.utf8)).prefix(16))
        bytes[6] = bytes[6] & 0x0F | 0x50
        bytes[8] = bytes[8] & 0x3F | 0x80
        var text = ""
        for (index, byte) in bytes.enumerated() {
            if index == 4 || index == 6 || index == 8 || index == 10 { text += "-" }
            text += Hexadecimal.text(UInt64(byte), digits: 2)
        }
        self.text = text
    }

    /// The text.
    public var description: String { text }

    /// The order of the texts.
    public static func < (left: VolumeUUID, right: VolumeUUID) -> Bool { left.text < right.text }
}

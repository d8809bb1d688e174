/// Numbers in base 16 as the handle and the journal spell them: lower case, of a fixed width.
enum Hexadecimal {
    static func isDigit(_ byte: UInt8) -> Bool {
        isLowerCaseDigit(byte) || (UInt8(ascii: "A")...UInt8(ascii: "F")).contains(byte)
    }

    static func isLowerCaseDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }

    /// `value` with leading zeros up to `digits` characters.
    static func text(_ value: UInt64, digits: Int) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }

    /// The number that `text` spells; nil unless it is made of exactly `digits` lower-case digits.
    static func value(_ text: some StringProtocol, digits: Int) -> UInt64? {
        guard text.utf8.count == digits, text.utf8.allSatisfy(isLowerCaseDigit) else { return nil }
        return UInt64(text, radix: 16)
    }
}

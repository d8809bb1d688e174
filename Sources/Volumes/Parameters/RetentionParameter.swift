/// The parameter `holdfast.io/trashRetention`: how long a deleted volume's image can be brought back.
enum RetentionParameter {
    static let key = "holdfast.io/trashRetention"

    /// The longest retention: ten years. Beyond it, a typing error is likelier than a wish.
    private static let longest: UInt64 = 3650 * 86_400

    /// `0`, or a whole number with the unit `s`, `m`, `h` or `d`.
    static func parse(_ text: String) throws(VolumeError) -> Duration {
        if text == "0" { return .zero }
        let units: [Character: UInt64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        guard let suffix = text.last, let unit = units[suffix],
            text.dropLast().utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let count = UInt64(text.dropLast())
        else {
            throw .parameter(
                key, "it is \(quoted(text))", next: "use a whole number with one of the units s, m, h and d, as in 72h")
        }
        let (seconds, overflow) = count.multipliedReportingOverflow(by: unit)
        guard !overflow, seconds <= longest else {
            throw .parameter(key, "it is longer than 3650d", next: "use a shorter time, or reclaimPolicy Retain")
        }
        return .seconds(Int64(seconds))
    }
}

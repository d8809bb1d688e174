extension CephTime {
    /// Times before this many seconds are printed as a number. Source: `utime_t::gmtime`, ten years.
    private static let firstDate: UInt32 = 10 * 365 * 86400

    /// The time as Ceph prints it, to the microsecond and in UTC: `2026-11-23T19:05:21.670223+0000`, or `0.000000`.
    public var text: String {
        let fraction = Self.padded(nanoseconds / 1000, 6)
        guard seconds >= Self.firstDate else { return "\(seconds).\(fraction)" }
        let (year, month, day) = Self.date(daysSince1970: Int(seconds / 86400))
        let second = seconds % 86400
        let time = [second / 3600, second / 60 % 60, second % 60].map { Self.padded($0, 2) }.joined(separator: ":")
        return "\(year)-\(Self.padded(UInt32(month), 2))-\(Self.padded(UInt32(day), 2))T\(time).\(fraction)+0000"
    }

    /// The time that a text of Ceph's names; nil for another text, and for a time that 32 bits of seconds do not reach.
    public init?(text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count > 10, bytes[10] == UInt8(ascii: "T") else {
            self.init(number: bytes)
            return
        }
        guard bytes.count == 31, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":"), bytes[19] == UInt8(ascii: "."),
            let year = Self.number(bytes[0..<4]), let month = Self.number(bytes[5..<7]),
            let day = Self.number(bytes[8..<10]), let hour = Self.number(bytes[11..<13]),
            let minute = Self.number(bytes[14..<16]), let second = Self.number(bytes[17..<19]),
            let micro = Self.number(bytes[20..<26]), let zoneHour = Self.number(bytes[27..<29]),
            let zoneMinute = Self.number(bytes[29..<31]), (1...12).contains(month), (1...31).contains(day)
        else { return nil }
        let sign = bytes[26] == UInt8(ascii: "-") ? -1 : 1
        guard sign == -1 || bytes[26] == UInt8(ascii: "+") else { return nil }
        let days = Self.daysSince1970(year: year, month: month, day: day)
        let total = ((days * 24 + hour) * 60 + minute) * 60 + second - sign * (zoneHour * 60 + zoneMinute) * 60
        guard let seconds = UInt32(exactly: total) else { return nil }
        self.init(seconds: seconds, nanoseconds: UInt32(micro) * 1000)
    }

    /// A time printed as a number: seconds, a point, six digits.
    private init?(number bytes: [UInt8]) {
        guard let point = bytes.firstIndex(of: UInt8(ascii: ".")), bytes.count == point + 7,
            let seconds = Self.number(bytes[..<point]).flatMap(UInt32.init(exactly:)),
            let micro = Self.number(bytes[(point + 1)...])
        else { return nil }
        self.init(seconds: seconds, nanoseconds: UInt32(micro) * 1000)
    }

    /// A number of one to ten decimal digits.
    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        guard !digits.isEmpty, digits.count <= 10, digits.allSatisfy({ (0x30...0x39) ~= $0 }) else { return nil }
        return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    private static func padded(_ number: UInt32, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }

    // Days are counted in years that begin in March, so that the leap day is the last one.

    private static func daysSince1970(year: Int, month: Int, day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468
    }

    private static func date(daysSince1970 days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
    }
}

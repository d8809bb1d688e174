import FoundationEssentials

/// A moment as Kubernetes writes it, exact to a microsecond: `metav1.Time` (RFC 3339, whole seconds) and
/// `metav1.MicroTime` (six decimals) are two spellings of it.
///
/// It is wall-clock time: compare moments of one clock only, and measure waits with a `Deadline` instead.
public struct Timestamp: Hashable, Comparable, Sendable {
    /// Microseconds since 1970-01-01T00:00:00Z, without leap seconds.
    public let microseconds: Int64

    /// A moment, in microseconds since 1970-01-01T00:00:00Z.
    public init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    /// The moment that the machine's clock shows.
    public static func now() -> Timestamp {
        Timestamp(microseconds: Int64(Date.now.timeIntervalSince1970 * 1_000_000))
    }

    /// A moment `duration` later.
    public func advanced(by duration: Duration) -> Timestamp {
        let (seconds, attoseconds) = duration.components
        return Timestamp(microseconds: microseconds + seconds * 1_000_000 + attoseconds / 1_000_000_000_000)
    }

    /// Whether the left moment is earlier.
    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.microseconds < right.microseconds
    }
}

extension Timestamp {
    /// Reads RFC 3339 with any number of decimals (those after the sixth are dropped) and any offset; nil for
    /// anything else.
    public init?(_ text: String) {
        var rest = text.utf8[...]
        func number(_ digits: Int, in range: ClosedRange<Int64>) -> Int64? {
            let field = rest.prefix(digits)
            guard field.count == digits, field.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
            rest = rest.dropFirst(digits)
            let value = field.reduce(Int64(0)) { $0 * 10 + Int64($1 - 0x30) }
            return range.contains(value) ? value : nil
        }
        func skip(_ allowed: String) -> UInt8? {
            guard let byte = rest.first, allowed.utf8.contains(byte) else { return nil }
            rest = rest.dropFirst()
            return byte
        }
        guard let year = number(4, in: 0...9999), skip("-") != nil,
            let month = number(2, in: 1...12), skip("-") != nil,
            let day = number(2, in: 1...Timestamp.daysInMonth(month, of: year)), skip("Tt ") != nil,
            let hour = number(2, in: 0...23), skip(":") != nil,
            let minute = number(2, in: 0...59), skip(":") != nil,
            let second = number(2, in: 0...59)
        else { return nil }
        var fraction: Int64 = 0
        if skip(".") != nil {
            let digits = rest.prefix { (0x30...0x39).contains($0) }
            guard !digits.isEmpty else { return nil }
            rest = rest.dropFirst(digits.count)
            for place in 0..<6 {
                let digit = digits.dropFirst(place).first.map { Int64($0 - 0x30) } ?? 0
                fraction = fraction * 10 + digit
            }
        }
        var offset: Int64 = 0
        guard let zone = skip("Zz+-") else { return nil }
        if zone == UInt8(ascii: "+") || zone == UInt8(ascii: "-") {
            guard let hours = number(2, in: 0...23), skip(":") != nil, let minutes = number(2, in: 0...59) else {
                return nil
            }
            offset = (hours * 3600 + minutes * 60) * (zone == UInt8(ascii: "-") ? -1 : 1)
        }
        guard rest.isEmpty else { return nil }
        let days = Timestamp.days(toYear: year, month: month, day: day)
        let seconds = days * 86_400 + hour * 3600 + minute * 60 + second - offset
        self.init(microseconds: seconds * 1_000_000 + fraction)
    }

    /// `2026-11-23T08:40:14Z`: the spelling of `metav1.Time`. The fraction is cut off.
    public var rfc3339: String { "\(wholeSeconds)Z" }

    /// `2026-11-23T08:40:14.000000Z`: the spelling of `metav1.MicroTime`.
    public var rfc3339Micro: String {
        "\(wholeSeconds).\(Timestamp.padded(Timestamp.modulo(microseconds, 1_000_000), to: 6))Z"
    }

    private var wholeSeconds: String {
        let seconds = (microseconds - Timestamp.modulo(microseconds, 1_000_000)) / 1_000_000
        let inDay = Timestamp.modulo(seconds, 86_400)
        let (year, month, day) = Timestamp.date(ofDay: (seconds - inDay) / 86_400)
        let fields = [inDay / 3600, inDay / 60 % 60, inDay % 60].map { Timestamp.padded($0, to: 2) }
        let date = "\(Timestamp.padded(year, to: 4))-\(Timestamp.padded(month, to: 2))-\(Timestamp.padded(day, to: 2))"
        return "\(date)T\(fields.joined(separator: ":"))"
    }
}

// MARK: The proleptic Gregorian calendar

extension Timestamp {
    private static func modulo(_ value: Int64, _ unit: Int64) -> Int64 {
        let remainder = value % unit
        return remainder < 0 ? remainder + unit : remainder
    }

    private static func padded(_ value: Int64, to width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    private static func daysInMonth(_ month: Int64, of year: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days from 1970-01-01. Years are counted from March, so that the leap day is the last one.
    private static func days(toYear year: Int64, month: Int64, day: Int64) -> Int64 {
        let marchYear = month > 2 ? year : year - 1
        let era = (marchYear >= 0 ? marchYear : marchYear - 399) / 400
        let yearOfEra = marchYear - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    private static func date(ofDay day: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = day + 719_468
        let dayOfEra = modulo(shifted, 146_097)
        let era = (shifted - dayOfEra) / 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * marchMonth + 2) / 5 + 1)
    }
}

import Vocabulary

/// Figures as people read them: three digits, no more.
enum RoundedText {
    /// `1.4 TiB`, `312 MiB`, `0 B`.
    static func bytes(_ count: ByteCount) -> String {
        let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
        var value = Double(count.bytes)
        var unit = 0
        while value >= 999.5, unit + 1 < units.count {
            value /= 1024
            unit += 1
        }
        return "\(number(value, isWhole: unit == 0)) \(units[unit])"
    }

    /// `45s`, `12m`, `3h`, `2.5d`.
    static func duration(_ duration: Duration) -> String {
        let seconds = duration.components.seconds
        if seconds < 120 { return "\(seconds)s" }
        if seconds < 7_200 { return "\((seconds + 30) / 60)m" }
        if seconds < 172_800 { return "\((seconds + 1800) / 3600)h" }
        return "\(number(Double(seconds) / 86_400, isWhole: false))d"
    }

    /// `84.3 %`.
    static func percent(_ share: Double) -> String {
        "\(Double((share * 1000).rounded()) / 10) %"
    }

    private static func number(_ value: Double, isWhole: Bool) -> String {
        if isWhole || value >= 99.5 { return "\(Int(value.rounded()))" }
        return "\((value * 10).rounded() / 10)"
    }
}

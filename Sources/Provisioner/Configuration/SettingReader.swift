/// Picks each setting from where it is set, a flag before the environment before the file, and checks it. Problems are
/// collected, so that all of them are told at once.
struct SettingReader {
    private var values: [SettingKey: SettingValue] = [:]
    private(set) var problems: [String] = []

    /// Merges the three sources. Keys of the file that name no setting are problems.
    init(
        flags: [SettingKey: [String]], environment: [String: String], file: [(key: String, value: SettingValue)]
    ) {
        for (name, value) in file {
            if let key = SettingKey(rawValue: name) {
                values[key] = value
            } else {
                let known = SettingKey.allCases.map(\.rawValue).sorted().joined(separator: ", ")
                problems.append("\(value.origin): there is no setting \(name); known: \(known)")
            }
        }
        for key in SettingKey.allCases {
            if let text = environment[key.environmentVariable], !text.isEmpty {
                values[key] = SettingValue(splitList(text, for: key), from: .environment(key.environmentVariable))
            }
            if let texts = flags[key], !texts.isEmpty { values[key] = SettingValue(texts, from: .flag(key)) }
        }
    }

    /// A list of texts; empty when it is not set.
    func list(_ key: SettingKey) -> [String] {
        values[key]?.texts ?? []
    }

    /// One text, as `parse` understands it; nil when it is not set or wrong.
    mutating func value<Value>(
        _ key: SettingKey, expected: String, _ parse: (String) -> Value?
    ) -> Value? {
        guard let value = values[key] else { return nil }
        guard value.texts.count == 1, let text = value.texts.first else {
            problems.append("\(value.origin): \(key.rawValue) takes one value, here are \(value.texts.count)")
            return nil
        }
        guard let parsed = parse(text) else {
            problems.append("\(value.origin): \(key.rawValue) is \"\(text)\": expected \(expected)")
            return nil
        }
        return parsed
    }

    /// A text that is not empty.
    mutating func text(_ key: SettingKey) -> String? {
        value(key, expected: "a text") { $0.isEmpty ? nil : $0 }
    }

    /// `true` or `false`.
    mutating func flag(_ key: SettingKey) -> Bool? {
        value(key, expected: "true or false") { Bool($0) }
    }

    /// A whole number within `range`.
    mutating func count(_ key: SettingKey, in range: ClosedRange<Int>) -> Int? {
        value(key, expected: "a whole number from \(range.lowerBound) to \(range.upperBound)") { text in
            Int(text).flatMap { range.contains($0) ? $0 : nil }
        }
    }

    /// A time within `range`.
    mutating func duration(_ key: SettingKey, in range: ClosedRange<Duration>) -> Duration? {
        let bounds = "\(range.lowerBound) to \(range.upperBound)"
        return value(key, expected: "a time such as 500ms, 15s or 1m30s, from \(bounds)") { text in
            parseDuration(text).flatMap { range.contains($0) ? $0 : nil }
        }
    }

    /// One of the cases of `Choice`.
    mutating func choice<Choice: RawRepresentable & CaseIterable>(
        _ key: SettingKey, _ type: Choice.Type
    ) -> Choice? where Choice.RawValue == String {
        let names = Choice.allCases.map(\.rawValue).joined(separator: ", ")
        return value(key, expected: "one of \(names)") { Choice(rawValue: $0) }
    }

    /// Notes a problem that only several settings together have.
    mutating func refuse(_ key: SettingKey, _ problem: String) {
        let place = values[key].map { "\($0.origin)" } ?? "setting \(key.rawValue)"
        problems.append("\(place): \(problem)")
    }
}

/// Lists are written with commas in the environment.
private func splitList(_ text: String, for key: SettingKey) -> [String] {
    key == .provisionerName ? text.split(separator: ",").map(\.trimmed) : [text]
}

/// A time as Go writes it: numbers with `ms`, `s`, `m` or `h`, one after the other; a bare number means seconds.
func parseDuration(_ text: String) -> Duration? {
    if let seconds = Int64(text), seconds >= 0, seconds <= 1_000_000_000 { return .seconds(seconds) }
    let units: [Substring: Int64] = ["ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000]
    var rest = text[...]
    var total: Int64 = 0
    guard !rest.isEmpty else { return nil }
    while !rest.isEmpty {
        let digits = rest.prefix { $0.isASCII && $0.isNumber }
        rest = rest.dropFirst(digits.count)
        let unit = rest.prefix { $0.isLetter }
        rest = rest.dropFirst(unit.count)
        guard let number = Int64(digits), number <= 1_000_000_000, let factor = units[unit] else { return nil }
        total += number * factor
    }
    return .milliseconds(total)
}

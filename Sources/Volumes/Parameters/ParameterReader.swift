/// Takes parameters out of a StorageClass one by one, checking each, and refuses in the end what nobody asked for.
struct ParameterReader {
    private var left: [String: String]
    private(set) var known: Set<String> = []

    init(_ parameters: [String: String]) {
        left = parameters
    }

    /// What was not taken yet.
    var remaining: [String: String] { left }

    /// The value of `key`, or nil if the class does not have it. An empty value is refused: ceph-csi does so too, and
    /// it is nearly always a template that was not filled in.
    mutating func take(_ key: String) throws(VolumeError) -> String? {
        known.insert(key)
        guard let value = left.removeValue(forKey: key) else { return nil }
        guard !value.isEmpty else {
            throw .parameter(key, "its value is empty", next: "give it a value or leave the parameter out")
        }
        guard value.utf8.allSatisfy({ $0 != 0 && $0 != 0x0A && $0 != 0x0D }) else {
            throw .parameter(key, "its value holds a line break or a NUL", next: "put the value on one line")
        }
        return value
    }

    /// The value of a key that a class must have.
    mutating func require(_ key: String, because reason: String) throws(VolumeError) -> String {
        guard let value = try take(key) else {
            let hint = nearMiss(to: key, among: left.keys.sorted()).map { "; did you mean it by \(quoted($0))?" } ?? ""
            throw .parameter(key, "it is missing; \(reason)", next: "add it to the StorageClass's parameters\(hint)")
        }
        return value
    }

    /// A value that must be one of `choices`.
    mutating func take(_ key: String, oneOf choices: [String]) throws(VolumeError) -> String? {
        guard let value = try take(key) else { return nil }
        guard choices.contains(value) else {
            let hint = nearMiss(to: value, among: choices).map { "; did you mean \($0)?" } ?? ""
            throw .parameter(
                key, "it is \(quoted(value))", next: "use \(choices.joined(separator: " or "))\(hint)")
        }
        return value
    }

    /// `true` or `false`, in the spellings that Go's `strconv.ParseBool` takes, as ceph-csi does.
    mutating func takeFlag(_ key: String) throws(VolumeError) -> Bool? {
        switch try take(key) {
        case nil: return nil
        case "1", "t", "T", "true", "TRUE", "True": return true
        case "0", "f", "F", "false", "FALSE", "False": return false
        case .some(let value): throw .parameter(key, "it is \(quoted(value))", next: "use \"true\" or \"false\"")
        }
    }

    /// A positive whole number in plain decimal digits.
    mutating func takeNumber(_ key: String) throws(VolumeError) -> UInt64? {
        guard let value = try take(key) else { return nil }
        guard value.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let number = UInt64(value), number > 0
        else {
            throw .parameter(key, "it is \(quoted(value))", next: "use a whole number above zero, without a unit")
        }
        return number
    }

    /// Refuses a key with a reason, whatever its value.
    mutating func refuse(_ keys: [String], because reason: String, next: String) throws(VolumeError) {
        for key in keys {
            known.insert(key)
            if left[key] != nil { throw .unsupportedParameter(key, reason, next: next) }
        }
    }

    /// Lets keys pass that mean nothing here.
    mutating func ignore(_ keys: some Sequence<String>) {
        for key in keys {
            known.insert(key)
            left[key] = nil
        }
    }

    /// Refuses whatever is left.
    func finish() throws(VolumeError) {
        guard let key = left.keys.min() else { return }
        let hint = nearMiss(to: key, among: known.sorted()).map { "did you mean \($0)?" }
        throw .parameter(
            key, "no such parameter is known", next: hint ?? "remove it, or see the list of parameters in the guide")
    }
}

extension VolumeError {
    /// A parameter whose presence, absence or value is wrong.
    static func parameter(_ key: String, _ problem: String, next: String) -> VolumeError {
        VolumeError(
            .invalidArgument, "the StorageClass parameter \(quoted(key)) is refused", because: problem, next: next,
            key: key)
    }

    /// A parameter that asks for what is not offered.
    static func unsupportedParameter(_ key: String, _ reason: String, next: String) -> VolumeError {
        VolumeError(
            .unsupported, "the StorageClass parameter \(quoted(key)) is refused", because: reason, next: next, key: key)
    }
}

/// Takes names and addresses out of a capture, so that it can be shown to others.
///
/// Each name becomes a pseudonym of its kind (`host-1`, `pool-2`, `pod-17`), the same one wherever it stands, in Ceph and
/// in Kubernetes, so that what was joined stays joined and failure domains keep their shape. Numbers, states, types,
/// releases, resources and times stay. What is free text goes: health messages, values of options that are no numbers
/// or switches, images. docs/state.md lists it.
public enum Redaction {
    /// The capture without names and addresses. The original bytes of the OSDMap are dropped.
    public static func redacted(_ capture: ClusterCapture) -> ClusterCapture {
        var pseudonyms = Pseudonyms()
        var result = capture
        result.isRedacted = true
        result.ceph = capture.ceph.map { $0.redacted(&pseudonyms) }
        result.kubernetes = capture.kubernetes.map { $0.redacted(&pseudonyms) }
        for index in result.missing.indices { result.missing[index].detail = "" }
        return result
    }
}

/// Names and addresses with what stands for them.
struct Pseudonyms {
    private var names: [String: String] = [:]
    private var counts: [String: Int] = [:]

    /// What stands for a name. The first mention decides the kind.
    mutating func name(_ original: String, _ kind: String) -> String {
        if original.isEmpty { return "" }
        if let known = names[original] { return known }
        let made = "\(kind)-\(next(kind))"
        names[original] = made
        return made
    }

    /// What stands for a machine's name. With a domain it keeps its relation to the name without one.
    mutating func host(_ original: String) -> String {
        if isAddress(original) { return address(original) }
        guard let dot = original.firstIndex(of: "."), dot != original.startIndex else { return name(original, "host") }
        if let known = names[original] { return known }
        let domain = name(String(original[original.index(after: dot)...]), "domain")
        let made = "\(name(String(original[..<dot]), "host")).\(domain)"
        names[original] = made
        return made
    }

    /// What stands for a name, if it has been mentioned.
    func known(_ original: String) -> String? { names[original] }

    /// What stands for an IPv4 or IPv6 address; anything else stays.
    mutating func address(_ original: String) -> String {
        if let known = names[original] { return known }
        guard isAddress(original) else { return original }
        let number = next("address")
        // 198.18.0.0/15 is set aside for benchmarks and fd00::/8 for local use: nobody is reached there by accident.
        let made =
            original.contains(":")
            ? "fd00::\(String(number, radix: 16))" : "198.\(18 + number >> 16).\(number >> 8 & 255).\(number & 255)"
        names[original] = made
        return made
    }

    /// A text with each address in it replaced: `[v2:10.0.0.1:6800/7,v1:[fd00::1]:6801/7]`.
    mutating func addresses(in text: String) -> String {
        var result = ""
        var run = ""
        for character in text + " " {
            if character.isHexDigit || character == "." || character == ":" {
                run.append(character)
            } else {
                result += replaced(run)
                run = ""
                result.append(character)
            }
        }
        return String(result.dropLast())
    }

    /// A run of digits, full stops and colons: a whole IPv6 address, or IPv4 addresses between ports and versions.
    private mutating func replaced(_ run: String) -> String {
        if isAddress(run) { return address(run) }
        var parts: [String] = []
        for part in run.split(separator: ":", omittingEmptySubsequences: false) { parts.append(address(String(part))) }
        return parts.joined(separator: ":")
    }

    /// Whether a text is an IP address and nothing else.
    func isAddress(_ text: String) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        if parts.count == 4, parts.allSatisfy({ UInt8($0) != nil }) { return true }
        let groups = text.split(separator: ":", omittingEmptySubsequences: false)
        let isComplete = groups.count == 8 || (text.contains("::") && (3...9).contains(groups.count))
        return isComplete && groups.allSatisfy(isGroup)
    }

    /// Whether a text is a group of an IPv6 address, or an empty one beside `::`.
    private func isGroup(_ text: Substring) -> Bool {
        text.count <= 4 && text.allSatisfy(\.isHexDigit)
    }

    private mutating func next(_ kind: String) -> Int {
        counts[kind, default: 0] += 1
        return counts[kind, default: 0]
    }
}

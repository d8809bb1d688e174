/// Kubernetes' rules for names (RFC 1123 labels and subdomains). Each function returns what is wrong, or nil.
enum KubernetesNaming {
    /// A label: 1 to 63 lower-case letters, digits and dashes, with a letter or a digit at both ends.
    static func labelProblem(_ text: some StringProtocol) -> String? {
        if text.isEmpty { return "it is empty" }
        if text.utf8.count > 63 { return "it is longer than 63 characters" }
        return shapeProblem(text)
    }

    /// A subdomain: parts with dots between them, at most 253 characters in all.
    static func subdomainProblem(_ text: some StringProtocol) -> String? {
        if text.isEmpty { return "it is empty" }
        if text.utf8.count > 253 { return "it is longer than 253 characters" }
        for part in text.split(separator: ".", omittingEmptySubsequences: false) {
            if let problem = shapeProblem(part) { return problem }
        }
        return nil
    }

    private static func shapeProblem(_ text: some StringProtocol) -> String? {
        guard text.utf8.allSatisfy({ isAlphanumeric($0) || $0 == dash }) else {
            return "only lower-case letters, digits and dashes are allowed"
        }
        let ends = Array(text.utf8.prefix(1)) + Array(text.utf8.suffix(1))
        guard !ends.isEmpty, ends.allSatisfy(isAlphanumeric) else {
            return "each part must begin and end with a letter or a digit"
        }
        return nil
    }

    private static let dash = UInt8(ascii: "-")

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}

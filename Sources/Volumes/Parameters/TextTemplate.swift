/// Text with tokens of the form `${…}` in it.
struct TextTemplate: Hashable, Sendable {
    /// The parameter that the text is the value of.
    let key: String
    private let parts: [Part]

    private enum Part: Hashable {
        case text(String)
        case volumeName
        case claimNamespace
        case claimName
        case annotation(String)
    }

    /// Which tokens a parameter may hold.
    enum Tokens {
        /// `${pv.name}` and `${pvc.namespace}`: what the user of a claim cannot choose freely.
        case volumeAndNamespace
        /// Those, `${pvc.name}` and `${pvc.annotations['key']}`.
        case all
    }

    init(_ text: String, key: String, allowing tokens: Tokens) throws(VolumeError) {
        self.key = key
        var parts: [Part] = []
        var rest = text[...]
        while let dollar = rest.firstIndex(of: "$") {
            if dollar > rest.startIndex { parts.append(.text(String(rest[..<dollar]))) }
            let token = rest[dollar...]
            guard token.hasPrefix("${"), let end = token.firstIndex(of: "}") else {
                throw .parameter(
                    key, "a $ in \(quoted(text)) does not begin a token", next: "write tokens as in ${pvc.namespace}")
            }
            parts.append(try Self.part(token.dropFirst(2)[..<end], key: key, allowing: tokens))
            rest = token[token.index(after: end)...]
        }
        if !rest.isEmpty { parts.append(.text(String(rest))) }
        self.parts = parts
    }

    private static func part(
        _ token: Substring, key: String, allowing tokens: Tokens
    ) throws(VolumeError) -> Part {
        switch (token, tokens) {
        case ("pv.name", _): return .volumeName
        case ("pvc.namespace", _): return .claimNamespace
        case ("pvc.name", .all): return .claimName
        default: break
        }
        if tokens == .all, token.hasPrefix("pvc.annotations['"), token.hasSuffix("']"), token.utf8.count > 19 {
            return .annotation(String(token.dropFirst(17).dropLast(2)))
        }
        let allowed =
            tokens == .all
            ? "${pv.name}, ${pvc.namespace}, ${pvc.name} and ${pvc.annotations['key']}"
            : "${pv.name} and ${pvc.namespace}"
        throw .parameter(key, "the token ${\(token)} is not allowed here", next: "use only \(allowed)")
    }

    func resolve(_ context: SecretContext) throws(VolumeError) -> String {
        var text = ""
        for part in parts {
            switch part {
            case .text(let literal): text += literal
            case .volumeName: text += context.volumeName
            case .claimNamespace: text += try known(context.claimNamespace, "the claim's namespace")
            case .claimName: text += try known(context.claimName, "the claim's name")
            case .annotation(let name):
                text += try known(context.claimAnnotations[name], "the claim's annotation \(quoted(name))")
            }
        }
        return text
    }

    private func known(_ value: String?, _ what: String) throws(VolumeError) -> String {
        guard let value else {
            throw .parameter(key, "it needs \(what), which is not there", next: "add it to the claim")
        }
        return value
    }
}

import KubernetesModel

/// All objects of the embedded API at one moment, and how they came to be: a value, without clock, randomness or I/O.
///
/// Every write takes the moment at which it happens; UIDs and generated names come from the seed. A write either
/// throws an ``APIFailure`` and changes nothing, or raises ``version`` by one (by none when the object stays as it is,
/// as in the real server) and is appended to ``history``.
struct ResourceStore: Sendable {
    typealias Objects = [ObjectKey: JSONObject]

    /// The resourceVersion of the newest change.
    private(set) var version: Int64 = 1
    /// The newest changes, oldest first.
    private(set) var history: ChangeHistory
    private var objects: [ResourceKind: Objects] = [:]
    private var random: IdentitySource

    /// A store with the namespaces `default` and `kube-system`.
    init(seed: UInt64, now: Timestamp, historyLimit: Int = 20_000) {
        history = ChangeHistory(limit: historyLimit)
        random = IdentitySource(seed: seed)
        for name in ["default", "kube-node-lease", "kube-public", "kube-system"] {
            var namespace = Defaults.applied(Namespace(name: name).json, Namespace.kind, creating: true)
            stamp(&namespace, now: now)
            commit(.added, ServedKind.of(Namespace.kind), ObjectKey(name: name), namespace, previous: nil)
        }
    }

    /// The object of this key; nil when there is none.
    subscript(kind: ResourceKind, key: ObjectKey) -> JSONObject? {
        objects[kind]?[key]
    }

    /// All objects of a kind.
    func all(_ kind: ResourceKind) -> Objects {
        objects[kind] ?? [:]
    }

    /// Forgets the history: every watch from an older version gets 410.
    mutating func expireHistory() {
        history.expire(at: version)
    }

    /// A name in the way of the API server: five characters that spell nothing.
    mutating func generatedName(_ prefix: String) -> String {
        prefix + random.nameSuffix()
    }

    /// Gives a new object its UID and its time of creation.
    mutating func stamp(_ object: inout JSONObject, now: Timestamp) {
        object["metadata", "uid"] = .string(random.uid())
        object["metadata", "creationTimestamp"] = .string(now.rfc3339)
    }

    /// Puts a change into effect and returns the object as stored, with its new version.
    @discardableResult
    mutating func commit(
        _ type: Change.Kind, _ served: ServedKind, _ key: ObjectKey, _ object: JSONObject, previous: JSONObject?
    ) -> JSONObject {
        version += 1
        var stored = object
        stored["metadata", "resourceVersion"] = .string(String(version))
        objects[served.kind, default: [:]][key] = type == .deleted ? nil : stored
        history.append(
            Change(version: version, type: type, kind: served.kind, key: key, object: stored, previous: previous))
        return stored
    }
}

/// UIDs and generated names from a seed (SplitMix64): the same seed and the same writes give the same store.
struct IdentitySource: Sendable {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    private mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A UUID of version 4, in lower case.
    mutating func uid() -> String {
        let high = next() & ~0xF000 | 0x4000
        let low = next() & ~(0b11 << 62) | (0b10 << 62)
        let digits = [high, low].map { word in
            let text = String(word, radix: 16)
            return String(repeating: "0", count: 16 - text.count) + text
        }.joined()
        let characters = Array(digits)
        return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(characters[$0]) }.joined(separator: "-")
    }

    /// Five characters without vowels, as the API server appends to `generateName`.
    mutating func nameSuffix() -> String {
        let alphabet = Array("bcdfghjklmnpqrstvwxz2456789")
        return String((0..<5).map { _ in alphabet[Int(next() % UInt64(alphabet.count))] })
    }
}

/// A JSON object: string keys, each once, kept sorted.
///
/// Sorted members in one array take about half the memory of a hash table, make equality and output canonical, and
/// are looked up by binary search: Kubernetes' objects have a handful of members at each level. Keys compare as
/// Swift strings do, so two spellings of one Unicode text are one key.
public struct JSONObject: Hashable, Sendable {
    /// One key with its value.
    struct Member: Hashable, Sendable {
        var key: String
        var value: JSONValue
    }

    private var members: [Member]

    /// An empty object.
    public init() {
        members = []
    }

    /// An object of these members; of a key named twice the last value stays, as in Go's decoder.
    public init(_ members: some Sequence<(String, JSONValue)>) {
        self.init(unsorted: members.map { Member(key: $0.0, value: $0.1) })
    }

    /// An object whose values are all strings, as annotations, labels and parameters are.
    public init(strings: [String: String]) {
        self.init(unsorted: strings.map { Member(key: $0.key, value: .string($0.value)) })
    }

    init(unsorted members: some Sequence<Member>) {
        self.members = Array(members)
        let isStrictlySorted = zip(self.members, self.members.dropFirst()).allSatisfy { $0.key < $1.key }
        if !isStrictlySorted { sortAndKeepLast() }
    }

    private mutating func sortAndKeepLast() {
        members.sort { $0.key < $1.key }  // stable, so the last of equal keys is the last one written
        var kept: [Member] = []
        kept.reserveCapacity(members.count)
        for member in members {
            if kept.last?.key == member.key { kept.removeLast() }
            kept.append(member)
        }
        members = kept
    }

    /// The place of the first member whose key is not below `key`.
    private func lowerBound(of key: String) -> Int {
        var low = 0
        var high = members.count
        while low < high {
            let middle = (low + high) / 2
            if members[middle].key < key { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension JSONObject {
    /// The value of a key. Assigning nil removes the member; assigning `.null` writes a `null`.
    public subscript(key: String) -> JSONValue? {
        get {
            let place = lowerBound(of: key)
            guard place < members.count, members[place].key == key else { return nil }
            return members[place].value
        }
        set {
            let place = lowerBound(of: key)
            let isPresent = place < members.count && members[place].key == key
            switch (newValue, isPresent) {
            case (let value?, true): members[place].value = value
            case (let value?, false): members.insert(Member(key: key, value: value), at: place)
            case (nil, true): members.remove(at: place)
            case (nil, false): break
            }
        }
    }

    /// The value at a path of keys through nested objects. Assigning creates the objects on the way (and replaces
    /// what is no object there); assigning nil removes the last key and leaves its parents.
    public subscript(first: String, second: String, rest: String...) -> JSONValue? {
        get { value(at: [first, second] + rest) }
        set { set(newValue, at: [first, second] + rest) }
    }

    /// The value at a path of keys through nested objects; nil for an empty path.
    public func value(at path: some Collection<String>) -> JSONValue? {
        guard let key = path.first else { return nil }
        let value = self[key]
        return path.count == 1 ? value : value?.objectValue?.value(at: path.dropFirst())
    }

    /// Sets or, with nil, removes the value at a path; an empty path changes nothing.
    public mutating func set(_ value: JSONValue?, at path: some Collection<String>) {
        guard let key = path.first else { return }
        guard path.count > 1 else {
            self[key] = value
            return
        }
        if value == nil, self[key]?.objectValue == nil { return }
        var child = self[key]?.objectValue ?? JSONObject()
        child.set(value, at: path.dropFirst())
        self[key] = .object(child)
    }

    /// The members whose values are strings; others are left out.
    public var strings: [String: String] {
        var result: [String: String] = [:]
        for member in members {
            if case .string(let text) = member.value { result[member.key] = text }
        }
        return result
    }

    /// The keys, in order.
    public var keys: [String] { members.map(\.key) }
}

extension JSONObject: RandomAccessCollection {
    /// The place of the first member.
    public var startIndex: Int { members.startIndex }
    /// The place after the last member.
    public var endIndex: Int { members.endIndex }

    /// A member by its place in the order of keys.
    public subscript(position: Int) -> (key: String, value: JSONValue) {
        (members[position].key, members[position].value)
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    /// An object; of a key named twice the last value stays.
    public init(dictionaryLiteral members: (String, JSONValue)...) {
        self.init(members)
    }
}

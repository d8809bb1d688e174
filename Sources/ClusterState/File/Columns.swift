import KubernetesModel

/// Reads the columns of a table from JSON: each has one entry a row, or names the rows that it has entries for.
struct Columns {
    let json: JSONObject
    /// How many rows there are.
    let count: Int

    /// A column with an entry for each row.
    func all<Value: FixedWidthInteger>(_ name: String, _ type: Value.Type) throws(StateFileError) -> [Value] {
        let values = try Self.integers(json[name], name, type)
        guard values.count == count else { throw Self.failure(name, "\(count) numbers, one a row") }
        return values
    }

    /// A column with entries for some rows only; the others have what `usual` says.
    func sparse<Value: FixedWidthInteger>(
        _ name: String, usual: (Int) -> Value
    ) throws(StateFileError) -> [Value] {
        let rows = try rows(name)
        let values = try Self.integers(json[name]?["values"], "\(name).values", Value.self)
        guard values.count == rows.count else { throw Self.failure("\(name).values", "as many as there are rows") }
        var column = (0..<count).map(usual)
        for (row, value) in zip(rows, values) { column[row] = value }
        return column
    }

    /// A column of sets, for all rows, or for some, while the others have those of another column.
    func sets(_ name: String, elsewhere: OSDSets? = nil) throws(StateFileError) -> OSDSets {
        let sizes = try Self.integers(json[name]?["sizes"], "\(name).sizes", UInt16.self)
        let osds = try Self.integers(json[name]?["osds"], "\(name).osds", Int32.self)
        let rows = elsewhere == nil ? Array(0..<count) : try rows(name)
        guard sizes.count == rows.count else { throw Self.failure("\(name).sizes", "one for each row") }
        guard sizes.reduce(0, { $0 + Int($1) }) == osds.count else {
            throw Self.failure("\(name).osds", "as many as the sizes say")
        }
        var result = OSDSets()
        result.reserveCapacity(rows: count, width: 3)
        var next = 0
        var start = 0
        for row in 0..<count {
            if next < rows.count, rows[next] == row {
                result.append(osds[start..<start + Int(sizes[next])])
                start += Int(sizes[next])
                next += 1
            } else if let elsewhere {
                result.append(elsewhere[row])
            }
        }
        return result
    }

    /// The column of states: numbers into a list of Ceph's words for them.
    func states() throws(StateFileError) -> [PGState] {
        guard let words = json["states"]?.stringsValue else { throw Self.failure("states", "a list of states") }
        var known: [PGState] = []
        for word in words {
            guard let state = PGState(word) else { throw Self.failure("states", "Ceph's own words") }
            known.append(state)
        }
        var states: [PGState] = []
        states.reserveCapacity(count)
        for number in try all("state", UInt32.self) {
            guard number < known.count else { throw Self.failure("state", "numbers below \(known.count)") }
            states.append(known[Int(number)])
        }
        return states
    }

    /// Where the objects of some rows are.
    func locations(_ name: String) throws(StateFileError) -> [Int: [PGTable.ObjectLocation]] {
        let rows = try rows(name)
        guard let values = json[name]?["values"]?.arrayValue, values.count == rows.count else {
            throw Self.failure("\(name).values", "as many as there are rows")
        }
        var result: [Int: [PGTable.ObjectLocation]] = [:]
        for (row, value) in zip(rows, values) {
            var places: [PGTable.ObjectLocation] = []
            for place in value.arrayValue ?? [] {
                let osds = try Self.integers(place["osds"], "\(name).osds", Int32.self)
                guard let objects = place["objects"]?.integerValue.flatMap({ UInt64(exactly: $0) }) else {
                    throw Self.failure("\(name).objects", "a number")
                }
                places.append(PGTable.ObjectLocation(osds: osds, objects: objects))
            }
            result[row] = places
        }
        return result
    }

    /// The rows that a sparse column names: in order, each once, all there.
    private func rows(_ name: String) throws(StateFileError) -> [Int] {
        let rows = try Self.integers(json[name]?["rows"], "\(name).rows", Int.self)
        let isAscending = zip(rows, rows.dropFirst()).allSatisfy { $0 < $1 }
        guard isAscending, rows.first ?? 0 >= 0, rows.last ?? -1 < count else {
            throw Self.failure("\(name).rows", "rows in order, each once, below \(count)")
        }
        return rows
    }

    private static func integers<Value: FixedWidthInteger>(
        _ field: JSONValue?, _ name: String, _ type: Value.Type
    ) throws(StateFileError) -> [Value] {
        guard let elements = field?.arrayValue else { throw failure(name, "a list of numbers") }
        var values: [Value] = []
        values.reserveCapacity(elements.count)
        for (index, element) in elements.enumerated() {
            guard case .integer(let number) = element, let value = Value(exactly: number) else {
                throw failure("\(name)[\(index)]", "a whole number within \(Value.bitWidth) bits")
            }
            values.append(value)
        }
        return values
    }

    private static func failure(_ field: String, _ expected: String) -> StateFileError {
        StateFileError(.field(field, expected: expected))
    }
}

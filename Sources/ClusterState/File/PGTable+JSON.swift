import KubernetesModel
import Vocabulary

// `ceph/pgs.json`: one object of columns. A column that is nearly always the same is sparse: the rows that differ, and
// what they have. A column of sets is flat: how large each set is, and all sets one after the other.

extension PGTable {
    /// The columns.
    var json: JSONObject {
        let words = Array(Set(states)).sorted { $0.rawValue < $1.rawValue }
        let numbers = Dictionary(uniqueKeysWithValues: zip(words, 0...))
        var object: JSONObject = [
            "pool": .integers(pools.map(\.value)), "seed": .integers(seeds),
            "states": .array(words.map { .string($0.description) }),
            "state": .integers(states.map { numbers[$0] ?? 0 }),
            "up": up.json(), "acting": acting.json(where: { acting[$0] != up[$0] }),
            "objects": .integers(objects), "bytes": .integers(bytes),
            "last_deep_scrub": .integers(lastDeepScrub), "reported_epoch": .integers(reportedEpochs),
            "mapping_epoch": .integers(mappingEpochs),
            "up_primary": .sparse(upPrimary) { upPrimary[$0] != up[$0].firstHolder },
            "acting_primary": .sparse(actingPrimary) { actingPrimary[$0] != acting[$0].firstHolder },
            "omap_bytes": .sparse(omapBytes) { omapBytes[$0] != 0 },
            "degraded": .sparse(degraded) { degraded[$0] != 0 },
            "misplaced": .sparse(misplaced) { misplaced[$0] != 0 },
            "unfound": .sparse(unfound) { unfound[$0] != 0 },
            "blocked_by": blockedBy.json(where: { !blockedBy[$0].isEmpty }),
            "complete": complete.json(where: { !complete[$0].isEmpty }),
        ]
        let located = objectLocations.keys.sorted()
        object["object_locations"] = [
            "rows": .integers(located),
            "values": .array(located.map { .array((objectLocations[$0] ?? []).map(\.json)) }),
        ]
        return object
    }

    /// The table of these columns.
    ///
    /// - Throws: ``StateFileError`` with the column that is missing, of another length than the others, or out of range.
    init(json: JSONObject) throws(StateFileError) {
        self.init()
        let columns = Columns(json: json, count: json["seed"]?.arrayValue?.count ?? 0)
        pools = try columns.all("pool", Int64.self).map(PoolID.init)
        seeds = try columns.all("seed", UInt32.self)
        for row in seeds.indices.dropFirst() where id(row - 1) >= id(row) {
            throw StateFileError(.field("seed[\(row)]", expected: "in order, each PG once"))
        }
        states = try columns.states()
        up = try columns.sets("up")
        acting = try columns.sets("acting", elsewhere: up)
        upPrimary = try columns.sparse("up_primary") { up[$0].firstHolder }
        actingPrimary = try columns.sparse("acting_primary") { acting[$0].firstHolder }
        objects = try columns.all("objects", UInt64.self)
        bytes = try columns.all("bytes", UInt64.self)
        omapBytes = try columns.sparse("omap_bytes") { _ in 0 }
        degraded = try columns.sparse("degraded") { _ in 0 }
        misplaced = try columns.sparse("misplaced") { _ in 0 }
        unfound = try columns.sparse("unfound") { _ in 0 }
        lastDeepScrub = try columns.all("last_deep_scrub", Int64.self)
        reportedEpochs = try columns.all("reported_epoch", UInt32.self)
        mappingEpochs = try columns.all("mapping_epoch", UInt32.self)
        let none = OSDSets(repeatElement([], count: count))
        blockedBy = try columns.sets("blocked_by", elsewhere: none)
        complete = try columns.sets("complete", elsewhere: none)
        objectLocations = try columns.locations("object_locations")
    }
}

extension ArraySlice where Element == Int32 {
    /// The first OSD that is one; -1 if there is none.
    var firstHolder: Int32 { first { $0 != OSDSets.none } ?? -1 }
}

extension JSONValue {
    /// An array of whole numbers. What does not fit into 64 bits with a sign is written as the largest that does.
    static func integers(_ values: some Sequence<some BinaryInteger>) -> JSONValue {
        .array(values.map { .integer(Int64(clamping: $0)) })
    }

    /// The rows for which `differs` holds, and what they have.
    static func sparse(_ values: [some BinaryInteger], where differs: (Int) -> Bool) -> JSONValue {
        let rows = values.indices.filter(differs)
        return ["rows": .integers(rows), "values": .integers(rows.map { values[$0] })]
    }
}

extension OSDSets {
    /// All sets, or those of the rows for which `differs` holds.
    fileprivate func json(where differs: ((Int) -> Bool)? = nil) -> JSONValue {
        let rows = differs.map { (0..<count).filter($0) }
        let chosen = rows ?? Array(0..<count)
        var object: JSONObject = [
            "sizes": .integers(chosen.map { self[$0].count }), "osds": .integers(chosen.flatMap { self[$0] }),
        ]
        if let rows { object["rows"] = .integers(rows) }
        return .object(object)
    }
}

extension PGTable.ObjectLocation {
    fileprivate var json: JSONValue {
        ["osds": .integers(osds), "objects": .integer(Int64(clamping: objects))]
    }
}

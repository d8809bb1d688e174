import KubernetesModel
import Vocabulary

extension PGTable {
    /// The PGs of the answer to `pg dump` with the contents `pgs`.
    ///
    /// The answer has more than two kilobytes a PG, so it is read element by element: beside the bytes no tree of all of
    /// it is ever held.
    ///
    /// - Throws: ``CephAnswerError`` with the PG and field.
    public init(pgDump bytes: [UInt8]) throws(CephAnswerError) {
        var rows: [PGRow] = []
        var elements = try ArrayElements(of: "pg_stats", in: bytes)
        while let element = try elements.next() {
            let place = "pg_stats[\(rows.count)]"
            do {
                rows.append(try PGRow(stats: Answer(JSONObject(json: Array(element)), at: place)))
            } catch let error as CephAnswerError {
                throw error
            } catch {
                throw CephAnswerError(place, expected: "an object (\(error))")
            }
        }
        self.init(rows)
    }
}

extension PGRow {
    /// One element of `pg_stats`.
    fileprivate init(stats: Answer) throws(CephAnswerError) {
        guard let id = PGID(try stats.text("pgid")) else {
            throw CephAnswerError("\(stats.place).pgid", expected: "the name of a PG")
        }
        let text = try stats.text("state")
        guard let state = PGState(text) else {
            throw CephAnswerError("\(stats.place).state", expected: "a state that is known, not \(text)")
        }
        self.init(id: id, state: state, up: try stats.numbers("up"), acting: try stats.numbers("acting"))
        upPrimary = try stats.number("up_primary")
        actingPrimary = try stats.number("acting_primary")
        reportedEpoch = try stats.number("reported_epoch")
        mappingEpoch = try stats.numberOrZero("mapping_epoch")
        blockedBy = try stats.numbers("blocked_by")
        lastDeepScrub = Self.seconds(stats.optionalText("last_deep_scrub_stamp"))
        let sum = try stats.object("stat_sum")
        objects = try sum.count("num_objects")
        bytes = try sum.count("num_bytes")
        omapBytes = try sum.count("num_omap_bytes")
        degraded = try sum.count("num_objects_degraded")
        misplaced = try sum.count("num_objects_misplaced")
        unfound = try sum.count("num_objects_unfound")
        complete = Self.osds(stats.json["avail_no_missing"]?.stringsValue ?? [])
        for place in stats.json["object_location_counts"]?.arrayValue ?? [] {
            let shards = (place["shards"]?.stringValue ?? "").split(separator: ",").map(String.init)
            let objects = UInt64(clamping: place["objects"]?.integerValue ?? 0)
            objectLocations.append(PGTable.ObjectLocation(osds: Self.osds(shards), objects: objects))
        }
    }

    /// Shards as Ceph writes them: `3`, and in an EC pool `3(1)`.
    private static func osds(_ shards: [String]) -> [Int32] {
        shards.compactMap { Int32($0.prefix { $0 != "(" }) }
    }

    /// Ceph's `2026-11-23T19:07:01.729397+0000`, whose offset lacks the colon; its own "never" is 0.
    private static func seconds(_ stamp: String?) -> Int64 {
        guard let stamp, let time = Timestamp(String(stamp.prefix { $0 != "+" }) + "Z") else { return 0 }
        return time.microseconds / 1_000_000
    }
}

extension Answer {
    /// A count that Ceph keeps with a sign, and that may be below zero for a moment while statistics are wrong.
    fileprivate func count(_ key: String) throws(CephAnswerError) -> UInt64 {
        UInt64(max(0, try numberOrZero(key, Int64.self)))
    }
}

/// The elements of one array inside a JSON document, as slices of its bytes.
struct ArrayElements {
    private let bytes: [UInt8]
    private var position: Int

    /// The array that the first key of this name in the document has.
    init(of key: String, in bytes: [UInt8]) throws(CephAnswerError) {
        let mark = Array("\"\(key)\":".utf8)
        guard let start = Self.find(mark, in: bytes), start < bytes.count, bytes[start] == UInt8(ascii: "[") else {
            throw CephAnswerError(key, expected: "a list")
        }
        self.bytes = bytes
        position = start + 1
    }

    /// The next element; nil at the end of the array.
    mutating func next() throws(CephAnswerError) -> ArraySlice<UInt8>? {
        while position < bytes.count, [0x20, 0x0A, UInt8(ascii: ",")].contains(bytes[position]) { position += 1 }
        guard position < bytes.count else { throw CephAnswerError("", expected: "complete") }
        if bytes[position] == UInt8(ascii: "]") { return nil }
        let start = position
        var depth = 0
        var isInText = false
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if isInText {
                if byte == UInt8(ascii: "\\") { position += 1 }
                if byte == UInt8(ascii: "\"") { isInText = false }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): isInText = true
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                if depth == 0 { return bytes[start..<position] }
                if depth < 0 { throw CephAnswerError("", expected: "JSON") }
            default: break
            }
        }
        throw CephAnswerError("", expected: "complete")
    }

    /// The place after the first occurrence of `mark` and the spaces behind it.
    private static func find(_ mark: [UInt8], in bytes: [UInt8]) -> Int? {
        guard bytes.count >= mark.count else { return nil }
        for start in 0...bytes.count - mark.count where bytes[start] == mark[0] {
            guard bytes[start..<start + mark.count].elementsEqual(mark) else { continue }
            return bytes[(start + mark.count)...].firstIndex { $0 != 0x20 && $0 != 0x0A }
        }
        return nil
    }
}

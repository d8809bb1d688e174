extension MapCompiler {
    /// The buckets with those that are held before those that hold them, as far as crushtool sees to it: it swaps
    /// pairs, once, by where they stood at first (`CrushCompiler::adjust_bucket_item_place`).
    func orderedBuckets() throws(CompilationFailure) -> [MapStatement.Bucket] {
        var ordered = statements.buckets
        var indices: [String: Int] = [:]
        for (index, bucket) in ordered.enumerated() { indices[bucket.name] = index }
        let held = statements.buckets.map { Set($0.items.map(\.name)) }
        for (index, bucket) in statements.buckets.enumerated() {
            for other in held[index].compactMap({ indices[$0] }).filter({ $0 > index }).sorted() {
                if held[other].contains(bucket.name) {
                    throw failure(
                        bucket.place, "buckets '\(bucket.name)' and '\(statements.buckets[other].name)' hold each other"
                    )
                }
                ordered.swapAt(index, other)
            }
        }
        return ordered
    }

    mutating func add(_ statement: MapStatement.Bucket) throws(CompilationFailure) {
        guard let type = typeNumbers[statement.type] else {
            throw failure(statement.place, "bucket type '\(statement.type)' is not defined")
        }
        guard items[statement.name] == nil else {
            throw failure(statement.place, "a bucket or device '\(statement.name)' is defined already")
        }
        guard let algorithm = Bucket.Algorithm(name: statement.algorithm) else {
            let all = Bucket.Algorithm.allCases.map(\.name).joined(separator: ", ")
            throw failure(statement.place, "there is no algorithm '\(statement.algorithm)'; there are \(all)")
        }
        let hash = try statement.hash.map { (text) throws(CompilationFailure) in
            UInt8(truncatingIfNeeded: try int32(text, statement.place))
        }
        let (wantedID, shadows) = try ids(of: statement)
        let members = try members(of: statement, algorithm)
        let id = wantedID ?? freeID()
        if !shadows.isEmpty { wantedShadows[id] = shadows }
        var bucket: Bucket
        do throws(Bucket.BuildFailure) {
            bucket = try Bucket(
                making: algorithm, id: id, type: UInt16(truncatingIfNeeded: type), hash: hash ?? 0,
                items: members.map(\.item), weights: members.map(\.weight),
                strawCalcVersion: map.tunables.strawCalcVersion)
        } catch {
            throw failure(statement.place, "bucket '\(statement.name)': \(error)")
        }
        try applyNotes(of: statement, to: &bucket)
        guard map.insert(bucket) else { throw failure(statement.place, "bucket id \(id) is there twice") }
        items[statement.name] = id
        map.itemNames[id] = statement.name
        bucketWeights[id] = bucket.weight
    }

    /// The id that a bucket wants, and the ids of its shadows.
    private mutating func ids(
        of statement: MapStatement.Bucket
    ) throws(CompilationFailure) -> (id: ItemID?, shadows: [Int32: ItemID]) {
        var wanted: ItemID?
        var shadows: [Int32: ItemID] = [:]
        for entry in statement.ids {
            let id = try bucketID(entry.id, entry.place)
            guard let className = entry.className else {
                wanted = id.value == 0 ? nil : id
                continue
            }
            guard shadows.updateValue(id, forKey: classNumber(className)) == nil else {
                throw failure(entry.place, "class '\(className)' is there twice for bucket '\(statement.name)'")
            }
        }
        return (wanted, shadows)
    }

    /// What a bucket holds, in the order of the positions; items without one fill the gaps.
    private func members(
        of statement: MapStatement.Bucket, _ algorithm: Bucket.Algorithm
    ) throws(CompilationFailure) -> [(item: ItemID, weight: Weight)] {
        let count = statement.items.count
        var places: [Int: Int] = [:]
        for (index, item) in statement.items.enumerated() {
            guard let text = item.position else { continue }
            guard let position = Int(text), position < count else {
                throw failure(item.place, "position \(text) of '\(item.name)' is not below \(count), the bucket's size")
            }
            guard places.updateValue(index, forKey: position) == nil else {
                throw failure(item.place, "position \(position) of '\(item.name)' is taken")
            }
        }
        var unplaced = statement.items.indices.filter { statement.items[$0].position == nil }[...]
        var members: [(item: ItemID, weight: Weight)] = []
        for position in 0..<count {
            guard let index = places[position] ?? unplaced.popFirst() else { continue }
            members.append(try member(statement.items[index], in: statement))
        }
        return members
    }

    private func member(
        _ statement: MapStatement.Bucket.Item, in bucket: MapStatement.Bucket
    ) throws(CompilationFailure) -> (item: ItemID, weight: Weight) {
        guard let item = items[statement.name] else {
            throw failure(statement.place, "item '\(statement.name)' in bucket '\(bucket.name)' is not defined")
        }
        if let raw = try rawWeights(onLine: statement.lastLine, count: 1)?.first { return (item, raw) }
        guard let text = statement.weight else { return (item, bucketWeights[item] ?? .one) }
        guard let weight = WeightText.parse(text) else {
            throw failure(statement.place, "weight \(text) of '\(statement.name)' is out of range")
        }
        guard weight <= Weight.limit(for: item) else {
            let limit = Weight.limit(for: item).raw >> 16
            throw failure(statement.place, "weight \(text) of '\(statement.name)' is not from 0 to \(limit)")
        }
        return (item, weight)
    }
}

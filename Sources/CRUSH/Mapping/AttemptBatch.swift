/// Many tries at once: each goes from a bucket down to an item of a type, and to a device below it.
///
/// The tries of a batch are walked level by level. On each level they are sorted by the bucket that they stand at, so
/// that sixteen of them draw from it together. Memory is taken once, for `capacity` tries, and used over and over.
struct AttemptBatch: ~Copyable {
    /// What a try came to.
    enum Code {
        /// No retry of this place can help.
        static let hopeless = Int32.min
        /// Nothing was found, or what was found is out.
        static let rejected = Int32.min + 1
        /// The way ended in an empty bucket (indep: as if the try had not been).
        static let empty = Int32.min + 2
    }

    /// The item of the wanted type that a try came to, or a ``Code``; by number of the try.
    let items: Column<Int32>
    /// The device below it: the item itself if it is a device, ``Code/rejected`` if none was found.
    let leaves: Column<Int32>
    /// How many tries the batch holds.
    private(set) var count = 0

    private let x: Column<UInt32>
    private let r: Column<UInt32>
    private let bucket: Column<Int32>
    private let leafFailures: Column<Int32>
    private let leafBase: Column<UInt32>
    private let input: Column<Int32>
    /// What each try must not come to again: a stretch of what its input has found.
    private let takenStart: Column<Int32>
    private let takenCount: Column<Int32>
    private let active: Column<Int32>
    /// The active tries by bucket, with their inputs and numbers side by side as the kernels load them.
    private let sorted: Column<Int32>
    private let sortedX: Column<UInt32>
    private let sortedR: Column<UInt32>
    private let drawn: Column<Int32>
    private let starts: Column<Int32>
    private let bucketCount: Int

    init(capacity: Int, bucketCount: Int) {
        self.bucketCount = bucketCount
        items = Column(repeating: 0, count: capacity)
        leaves = Column(repeating: 0, count: capacity)
        x = Column(repeating: 0, count: capacity)
        r = Column(repeating: 0, count: capacity)
        bucket = Column(repeating: 0, count: capacity)
        leafFailures = Column(repeating: 0, count: capacity)
        leafBase = Column(repeating: 0, count: capacity)
        input = Column(repeating: 0, count: capacity)
        takenStart = Column(repeating: 0, count: capacity)
        takenCount = Column(repeating: 0, count: capacity)
        active = Column(repeating: 0, count: capacity)
        sorted = Column(repeating: 0, count: capacity)
        // The last lanes are loaded whole.
        sortedX = Column(repeating: 0, count: capacity + 16)
        sortedR = Column(repeating: 0, count: capacity + 16)
        drawn = Column(repeating: 0, count: 16)
        starts = Column(repeating: 0, count: bucketCount + 1)
    }

    /// Forgets all tries.
    mutating func clear() {
        count = 0
    }

    /// Adds a try; they are numbered from 0.
    ///
    /// - Parameters:
    ///   - input: The number by which the outs are asked for this input.
    ///   - x: The input's hash seed.
    ///   - bucket: Where it starts.
    ///   - r: The number of the try.
    ///   - leafBase: The number of the first try at a leaf.
    ///   - taken: The stretch of what is found that the try must not come to again: it ends there, without a leaf.
    @inline(__always)
    mutating func add(input: Int, x: UInt32, bucket: Int32, r: Int, leafBase: Int, taken: Range<Int>) {
        let number = count
        self.input[number] = Int32(truncatingIfNeeded: input)
        self.x[number] = x
        self.r[number] = UInt32(truncatingIfNeeded: r)
        self.bucket[number] = -1 - bucket
        self.leafBase[number] = UInt32(truncatingIfNeeded: leafBase)
        leafFailures[number] = -1
        takenStart[number] = Int32(truncatingIfNeeded: taken.lowerBound)
        takenCount[number] = Int32(truncatingIfNeeded: taken.count)
        count = number + 1
    }

    /// Walks all tries to their ends. `found` is what the stretches of ``add(input:x:bucket:r:leafBase:taken:)`` are of.
    func run(_ choice: RuleProgram.Choice, _ search: BatchSearch, found: borrowing Column<Int32>) {
        var remaining = 0
        for number in 0..<count { remaining = enter(number, choice, search, found, remaining) }
        while remaining > 0 {
            sortByBucket(remaining)
            var kept = 0
            var start = 0
            while start < remaining {
                let slot = Int(bucket[Int(sorted[start])])
                var end = start + 1
                while end < remaining, bucket[Int(sorted[end])] == Int32(slot) { end += 1 }
                if let table = search.tables[slot] {
                    kept = draw(start..<end, from: table, choice, search, found, keptSoFar: kept)
                }
                start = end
            }
            remaining = kept
        }
    }

    /// Sorts the first `remaining` active tries by bucket.
    private func sortByBucket(_ remaining: Int) {
        let first = bucket[Int(active[0])]
        var isSame = true
        for place in 1..<max(1, remaining) where bucket[Int(active[place])] != first {
            isSame = false
            break
        }
        if isSame {
            for place in 0..<remaining { sort(active[place], into: place) }
            return
        }
        starts.fill(0, count: bucketCount + 1)
        for place in 0..<remaining { starts[Int(bucket[Int(active[place])]) + 1] += 1 }
        for slot in 0..<bucketCount { starts[slot + 1] += starts[slot] }
        for place in 0..<remaining {
            let number = active[place]
            let slot = Int(bucket[Int(number)])
            sort(number, into: Int(starts[slot]))
            starts[slot] += 1
        }
    }

    @inline(__always)
    private func sort(_ number: Int32, into place: Int) {
        sorted[place] = number
        sortedX[place] = x[Int(number)]
        sortedR[place] = r[Int(number)]
    }

    /// One level of the tries in a range of ``sorted``, which stand at one bucket. Those that go on are kept.
    @inline(__always)
    private func draw(
        _ range: Range<Int>, from table: StrawTables.Table, _ choice: RuleProgram.Choice, _ search: BatchSearch,
        _ found: borrowing Column<Int32>, keptSoFar: Int
    ) -> Int {
        let kernels = search.kernels
        var kept = keptSoFar
        if table.items.isEmpty {
            for place in range {
                let number = Int(sorted[place])
                if let item = table.fallback {
                    kept = arrive(number, at: item, choice, search, found, kept)
                } else {
                    endEmpty(number)
                    kept = retryLeaf(number, choice, search, found, kept)
                }
            }
            return kept
        }
        var place = range.lowerBound
        while place < range.upperBound {
            let lanes = min(16, range.upperBound - place)
            if lanes <= 2 {
                for offset in 0..<lanes {
                    let number = Int(sorted[place + offset])
                    let chosen = kernels.drawExactly(table.items, x: x[number], r: r[number])
                    kept = arrive(number, at: kernels.ids[Int(chosen)], choice, search, found, kept)
                }
            } else {
                drawn.setLanes(
                    kernels.draw(from: table, x: sortedX.lanes(at: place), r: sortedR.lanes(at: place)), at: 0)
                for lane in 0..<lanes {
                    let number = Int(sorted[place + lane])
                    kept = arrive(number, at: kernels.ids[Int(drawn[lane])], choice, search, found, kept)
                }
            }
            place += lanes
        }
        return kept
    }

    /// What becomes of a try that drew an item: it ends or goes on. Returns how many go on.
    private func arrive(
        _ number: Int, at item: Int32, _ choice: RuleProgram.Choice, _ search: BatchSearch,
        _ found: borrowing Column<Int32>, _ kept: Int
    ) -> Int {
        let isLeafWalk = leafFailures[number] >= 0
        if item >= 0 {
            return arriveAtDevice(number, item, isLeafWalk, choice, search, found, kept)
        }
        let slot = Int(-1 - item)
        bucket[number] = Int32(slot)
        if !isLeafWalk, let type = search.tables[slot]?.type, type == choice.type {
            items[number] = item
            leaves[number] = item
            guard choice.toLeaf, !isTaken(item, number, found) else { return kept }
            leafFailures[number] = 0
            r[number] = leafBase[number]
        }
        return enter(number, choice, search, found, kept)
    }

    @inline(__always)
    private func arriveAtDevice(
        _ number: Int, _ item: Int32, _ isLeafWalk: Bool, _ choice: RuleProgram.Choice, _ search: BatchSearch,
        _ found: borrowing Column<Int32>, _ kept: Int
    ) -> Int {
        if isLeafWalk {
            if item >= search.deviceLimit {
                leaves[number] = Code.rejected
                return kept
            }
            if search.outs.isOut(item, x: x[number], input: Int(input[number])) {
                return retryLeaf(number, choice, search, found, kept)
            }
            leaves[number] = item
            return kept
        }
        if item >= search.deviceLimit || choice.type != 0 {
            items[number] = Code.hopeless
            return kept
        }
        items[number] = item
        leaves[number] = search.outs.isOut(item, x: x[number], input: Int(input[number])) ? Code.rejected : item
        return kept
    }

    private func isTaken(_ item: Int32, _ number: Int, _ found: borrowing Column<Int32>) -> Bool {
        let start = Int(takenStart[number])
        for place in start..<start + Int(takenCount[number]) where found[place] == item { return true }
        return false
    }

    /// The try found an empty bucket before it found an item of its type.
    private func endEmpty(_ number: Int) {
        if leafFailures[number] < 0 { items[number] = Code.empty }
    }

    /// A leaf that did not fit: once more from the item, while tries are left.
    private func retryLeaf(
        _ number: Int, _ choice: RuleProgram.Choice, _ search: BatchSearch, _ found: borrowing Column<Int32>,
        _ kept: Int
    ) -> Int {
        guard leafFailures[number] >= 0 else { return kept }
        leafFailures[number] += 1
        guard leafFailures[number] < choice.leafTries else {
            leaves[number] = Code.rejected
            return kept
        }
        bucket[number] = -1 - items[number]
        r[number] = leafBase[number] &+ UInt32(truncatingIfNeeded: leafStride(choice)) &* UInt32(leafFailures[number])
        return enter(number, choice, search, found, kept)
    }

    private func leafStride(_ choice: RuleProgram.Choice) -> Int { choice.isFirstN ? 1 : choice.count }

    /// A try that stands at a bucket: it is kept for the next level, or goes on at once where there is but one way.
    private func enter(
        _ number: Int, _ choice: RuleProgram.Choice, _ search: BatchSearch, _ found: borrowing Column<Int32>,
        _ kept: Int
    ) -> Int {
        if let items = search.tables[Int(bucket[number])]?.items, items.count == 1 {
            return arrive(number, at: search.kernels.ids[items.lowerBound], choice, search, found, kept)
        }
        // What is kept never overtakes what is read: each try is read from `sorted` before it is kept here.
        active[kept] = Int32(number)
        return kept + 1
    }
}

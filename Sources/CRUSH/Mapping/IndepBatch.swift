/// `choose indep` for many inputs at once: a round of tries for all free places of all inputs, then the next.
struct IndepBatch: ~Copyable {
    /// A place that nothing was found for yet (`CRUSH_ITEM_UNDEF`).
    private static let free = Int32.max - 1

    private let width: Int
    private var count = 0
    private let inputs: Column<Int32>
    private let buckets: Column<Int32>
    private let widths: Column<Int32>
    /// What stands at the places: `width` each.
    private let items: Column<Int32>
    private let leaves: Column<Int32>
    /// The members with free places.
    private let open: Column<Int32>

    /// Memory for `chunk` members with `width` places each.
    init(chunk: Int, width: Int) {
        self.width = width
        inputs = Column(repeating: 0, count: chunk)
        buckets = Column(repeating: 0, count: chunk)
        widths = Column(repeating: 0, count: chunk)
        open = Column(repeating: 0, count: chunk)
        items = Column(repeating: 0, count: chunk * width)
        leaves = Column(repeating: 0, count: chunk * width)
    }

    /// Forgets all members.
    mutating func clear() {
        count = 0
    }

    /// Adds an input that fills `places` places from a bucket.
    mutating func add(input: Int, bucket: Int32, width places: Int) {
        inputs[count] = Int32(input)
        buckets[count] = bucket
        widths[count] = Int32(places)
        for place in 0..<places {
            items[count * width + place] = Self.free
            leaves[count * width + place] = Self.free
        }
        count += 1
    }

    /// Runs all members to their ends and appends what they found to `chosen`, by input.
    func run(
        _ choice: RuleProgram.Choice, _ search: BatchSearch, _ attempts: inout AttemptBatch,
        into chosen: borrowing Column<Int32>, _ counts: borrowing Column<Int32>
    ) {
        var openCount = 0
        for member in 0..<count where widths[member] > 0 {
            open[openCount] = Int32(member)
            openCount += 1
        }
        var round = 0
        while openCount > 0, round < choice.tries {
            tryRound(round, openCount, choice, search, &attempts)
            openCount = settleRound(openCount, choice, attempts)
            round += 1
        }
        for member in 0..<count {
            let input = Int(inputs[member])
            for place in 0..<Int(widths[member]) {
                let value = choice.toLeaf ? leaves[member * width + place] : items[member * width + place]
                chosen[input * width + Int(counts[input]) + place] = value == Self.free ? ItemID.none.value : value
            }
            counts[input] += widths[member]
        }
    }

    private func tryRound(
        _ round: Int, _ openCount: Int, _ choice: RuleProgram.Choice, _ search: BatchSearch,
        _ attempts: inout AttemptBatch
    ) {
        attempts.clear()
        for index in 0..<openCount {
            let member = Int(open[index])
            let input = Int(inputs[member])
            for place in 0..<Int(widths[member]) where items[member * width + place] == Self.free {
                let r = place + choice.count * round
                attempts.add(
                    input: search.firstInput + input, x: search.inputs[input], bucket: buckets[member], r: r,
                    leafBase: place + r, taken: member * width..<member * width + Int(widths[member]))
            }
        }
        attempts.run(choice, search, found: items)
    }

    /// Takes in what a round found, place by place; returns how many members have free places left.
    private func settleRound(
        _ openCount: Int, _ choice: RuleProgram.Choice, _ attempts: borrowing AttemptBatch
    ) -> Int {
        var attempt = 0
        var still = 0
        for index in 0..<openCount {
            let member = Int(open[index])
            let places = member * width..<member * width + Int(widths[member])
            var isOpen = false
            for place in places where items[place] == Self.free {
                settle(place, among: places, choice, attempts.items[attempt], attempts.leaves[attempt])
                attempt += 1
                if items[place] == Self.free { isOpen = true }
            }
            if isOpen {
                open[still] = Int32(member)
                still += 1
            }
        }
        return still
    }

    private func settle(
        _ place: Int, among places: Range<Int>, _ choice: RuleProgram.Choice, _ item: Int32, _ leaf: Int32
    ) {
        if item == AttemptBatch.Code.hopeless {
            items[place] = ItemID.none.value
            leaves[place] = ItemID.none.value
            return
        }
        if item == AttemptBatch.Code.empty { return }
        for other in places where items[other] == item { return }
        if choice.toLeaf {
            // A device that is out stays noted as its own leaf, as in Ceph.
            leaves[place] = leaf == AttemptBatch.Code.rejected ? (item >= 0 ? item : ItemID.none.value) : leaf
        }
        if leaf == AttemptBatch.Code.rejected { return }
        items[place] = item
    }
}

/// `choose firstn` for many inputs at once.
///
/// What a try finds depends on its number alone, and the search for the second item begins with the try that follows
/// the first: so the first tries of all places are made at once, and what they found serves every later place too. Only
/// where that is not enough is another try made, for all such inputs together.
struct FirstNBatch: ~Copyable {
    /// Inputs in the batch.
    private var count = 0
    private let inputs: Column<Int32>
    private let buckets: Column<Int32>
    private let rooms: Column<Int32>
    /// Where each stands: the place that is being filled, and the failures there.
    private let places: Column<Int32>
    private let failures: Column<Int32>
    private let found: Column<Int32>
    /// What was found: `width` items and leaves each.
    private let items: Column<Int32>
    private let leaves: Column<Int32>
    private let width: Int
    private let chunk: Int
    /// What tries found: a stretch of `chunk` members for each number of a try. Where leaves are not stable, it holds for
    /// as many as were found when the try was made.
    private let triedItems: Column<Int32>
    private let triedLeaves: Column<Int32>
    private let triedFound: Column<Int32>
    private let triedCounts: Column<Int32>
    private let pending: Column<Int32>

    /// Memory for `chunk` members that look for `width` items each, with tries up to number `tries`.
    init(chunk: Int, width: Int, tries: Int) {
        self.chunk = chunk
        self.width = width
        inputs = Column(repeating: 0, count: chunk)
        buckets = Column(repeating: 0, count: chunk)
        rooms = Column(repeating: 0, count: chunk)
        places = Column(repeating: 0, count: chunk)
        failures = Column(repeating: 0, count: chunk)
        found = Column(repeating: 0, count: chunk)
        triedCounts = Column(repeating: 0, count: chunk)
        pending = Column(repeating: 0, count: chunk)
        items = Column(repeating: 0, count: chunk * width)
        leaves = Column(repeating: 0, count: chunk * width)
        triedItems = Column(count: chunk * tries)
        triedLeaves = Column(count: chunk * tries)
        triedFound = Column(count: chunk * tries)
    }

    /// Forgets all members.
    mutating func clear() {
        count = 0
    }

    /// Adds an input that looks below a bucket for no more than it has room for.
    mutating func add(input: Int, bucket: Int32, room: Int) {
        inputs[count] = Int32(input)
        buckets[count] = bucket
        rooms[count] = Int32(room)
        places[count] = 0
        failures[count] = 0
        found[count] = 0
        triedCounts[count] = 0
        count += 1
    }

    /// Runs all members to their ends and appends what they found to `chosen`, by input.
    func run(
        _ choice: RuleProgram.Choice, _ search: BatchSearch, _ attempts: inout AttemptBatch,
        into chosen: borrowing Column<Int32>, _ counts: borrowing Column<Int32>
    ) {
        guard count > 0 else { return }
        tryFirst(choice, search, &attempts)
        var waiting = 0
        for member in 0..<count where !advance(member, choice) {
            pending[waiting] = Int32(member)
            waiting += 1
        }
        while waiting > 0 {
            tryAgain(waiting, choice, search, &attempts)
            var still = 0
            for index in 0..<waiting where !advance(Int(pending[index]), choice) {
                pending[still] = pending[index]
                still += 1
            }
            waiting = still
        }
        for member in 0..<count {
            let input = Int(inputs[member])
            for place in 0..<Int(found[member]) {
                let source = member * width + place
                chosen[input * width + Int(counts[input]) + place] = choice.toLeaf ? leaves[source] : items[source]
            }
            counts[input] += found[member]
        }
    }

    /// The first tries of all places.
    private func tryFirst(_ choice: RuleProgram.Choice, _ search: BatchSearch, _ attempts: inout AttemptBatch) {
        let speculated = min(choice.count, width)
        attempts.clear()
        for number in 0..<speculated {
            for member in 0..<count where number < Int(rooms[member]) {
                add(member, r: number, found: number, choice, search, &attempts)
            }
        }
        attempts.run(choice, search, found: items)
        var next = 0
        for number in 0..<speculated {
            for member in 0..<count where number < Int(rooms[member]) {
                record(member, try: number, found: number, from: next, attempts)
                next += 1
            }
        }
    }

    /// The next try of those that wait for one.
    private func tryAgain(
        _ waiting: Int, _ choice: RuleProgram.Choice, _ search: BatchSearch, _ attempts: inout AttemptBatch
    ) {
        attempts.clear()
        for index in 0..<waiting {
            let member = Int(pending[index])
            add(member, r: Int(places[member] + failures[member]), found: Int(found[member]), choice, search, &attempts)
        }
        attempts.run(choice, search, found: items)
        for index in 0..<waiting {
            let member = Int(pending[index])
            record(
                member, try: Int(places[member] + failures[member]), found: Int(found[member]), from: index, attempts)
        }
    }

    private func add(
        _ member: Int, r: Int, found: Int, _ choice: RuleProgram.Choice, _ search: BatchSearch,
        _ attempts: inout AttemptBatch
    ) {
        let input = Int(inputs[member])
        let base = choice.settings.leafBase(of: r) + (choice.isStable ? 0 : found)
        let have = Int(self.found[member])
        attempts.add(
            input: search.firstInput + input, x: search.inputs[input], bucket: buckets[member], r: r, leafBase: base,
            taken: member * width..<member * width + have)
    }

    private func record(
        _ member: Int, try number: Int, found: Int, from attempt: Int, _ attempts: borrowing AttemptBatch
    ) {
        let place = number * chunk + member
        triedItems[place] = attempts.items[attempt]
        triedLeaves[place] = attempts.leaves[attempt]
        triedFound[place] = Int32(found)
        triedCounts[member] = max(triedCounts[member], Int32(number + 1))
    }

    /// Goes on with what the tries found; true when the member is done, false when it needs the next try.
    private func advance(_ member: Int, _ choice: RuleProgram.Choice) -> Bool {
        var place = Int(places[member])
        var failed = Int(failures[member])
        var have = Int(found[member])
        let room = Int(rooms[member])
        let base = member * width
        defer {
            places[member] = Int32(place)
            failures[member] = Int32(failed)
            found[member] = Int32(have)
        }
        while place < choice.count, have < room {
            guard let column = column(member, place: place, failed: failed, have: have, choice) else { return false }
            let item = triedItems[column * chunk + member]
            let leaf = triedLeaves[column * chunk + member]
            if item == AttemptBatch.Code.hopeless {
                (place, failed) = (place + 1, 0)
                continue
            }
            if item <= AttemptBatch.Code.empty || leaf == AttemptBatch.Code.rejected
                || isTaken(item, in: base..<base + have)
            {
                failed += 1
                if failed >= choice.tries { (place, failed) = (place + 1, 0) }
                continue
            }
            items[base + have] = item
            leaves[base + have] = leaf
            have += 1
            (place, failed) = (place + 1, 0)
        }
        return true
    }

    /// The column of the try that a member is to look at; nil if it was not made yet.
    private func column(_ member: Int, place: Int, failed: Int, have: Int, _ choice: RuleProgram.Choice) -> Int? {
        let number = place + failed
        guard number < Int(triedCounts[member]) else { return nil }
        return choice.isStable || Int(triedFound[number * chunk + member]) == have ? number : nil
    }

    private func isTaken(_ item: Int32, in range: Range<Int>) -> Bool {
        for index in range where items[index] == item { return true }
        return false
    }
}

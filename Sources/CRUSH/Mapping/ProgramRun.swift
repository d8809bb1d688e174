/// A rule's program at work on a chunk of inputs.
///
/// Holds all memory that a chunk needs, so that the loop takes none.
struct ProgramRun: ~Copyable {
    private let program: RuleProgram
    private let tables: StrawTables
    private let resultMax: Int
    private let deviceLimit: Int32
    private let chunk: Int
    /// What the inputs of a chunk have taken, and what the running step has chosen: `resultMax` each.
    private var taken: Column<Int32>
    private var takenCounts: Column<Int32>
    private var chosen: Column<Int32>
    private var chosenCounts: Column<Int32>
    private let results: Column<Int32>
    private let resultCounts: Column<Int32>
    private var attempts: AttemptBatch
    private var firstN: FirstNBatch
    private var indep: IndepBatch

    init(program: RuleProgram, tables: StrawTables, resultMax: Int, deviceLimit: Int32, chunk: Int) {
        self.program = program
        self.tables = tables
        self.resultMax = resultMax
        self.deviceLimit = deviceLimit
        self.chunk = chunk
        taken = Column(repeating: 0, count: chunk * resultMax)
        chosen = Column(repeating: 0, count: chunk * resultMax)
        results = Column(repeating: 0, count: chunk * resultMax)
        takenCounts = Column(repeating: 0, count: chunk)
        chosenCounts = Column(repeating: 0, count: chunk)
        resultCounts = Column(repeating: 0, count: chunk)
        attempts = AttemptBatch(capacity: chunk * resultMax, bucketCount: tables.tables.count)
        firstN = FirstNBatch(chunk: chunk, width: resultMax, tries: program.firstNTries)
        indep = IndepBatch(chunk: chunk, width: resultMax)
    }

    /// Maps a range of the inputs, chunk after chunk.
    mutating func map(
        _ inputs: [UInt32], _ weights: [UInt32], _ losses: RuleMapper.Losses?, _ range: Range<Int>,
        into output: UnsafeMutableBufferPointer<Int32>
    ) {
        let none = RuleMapper.Losses(groups: [], lost: [])
        let losses = losses ?? none
        let straws = tables
        weights.withUnsafeBufferPointer { weights in
            losses.groups.withUnsafeBufferPointer { groups in
                losses.lost.withUnsafeBufferPointer { lost in
                    inputs.withUnsafeBufferPointer { inputs in
                        let outs = OutTest(weights: weights, groups: groups, lost: lost)
                        straws.withKernels { kernels, tables in
                            var start = range.lowerBound
                            while start < range.upperBound {
                                let part = start..<min(start + chunk, range.upperBound)
                                let search = BatchSearch(
                                    inputs: UnsafeBufferPointer(rebasing: inputs[part]), firstInput: start,
                                    kernels: kernels, tables: tables, outs: outs, deviceLimit: deviceLimit)
                                run(search)
                                emit(part.count, into: output, at: (start - range.lowerBound) * resultMax)
                                start = part.upperBound
                            }
                        }
                    }
                }
            }
        }
    }

    /// The program, step by step, for all inputs of a chunk.
    private mutating func run(_ search: BatchSearch) {
        let count = search.inputs.count
        for input in 0..<count {
            takenCounts[input] = 0
            resultCounts[input] = 0
        }
        for operation in program.operations {
            switch operation {
            case .take(let root):
                for input in 0..<count {
                    taken[input * resultMax] = root
                    takenCounts[input] = 1
                }
            case .choose(let choice): choose(choice, search)
            case .emit: emitTaken(count)
            }
        }
    }

    /// One choose step: first below what each input took first, then below what it took second, and so on, since what
    /// the first leave free is open to the second.
    private mutating func choose(_ choice: RuleProgram.Choice, _ search: BatchSearch) {
        let count = search.inputs.count
        for input in 0..<count { chosenCounts[input] = 0 }
        var wave = 0
        while true {
            var isLast = true
            firstN.clear()
            indep.clear()
            for input in 0..<count where wave < Int(takenCounts[input]) {
                isLast = false
                let bucket = taken[input * resultMax + wave]
                guard bucket < 0, Int(-1 - bucket) < search.tables.count else { continue }
                let room = resultMax - Int(chosenCounts[input])
                if choice.isFirstN {
                    firstN.add(input: input, bucket: bucket, room: room)
                } else {
                    indep.add(input: input, bucket: bucket, width: min(choice.count, room))
                }
            }
            if isLast { break }
            if choice.isFirstN {
                firstN.run(choice, search, &attempts, into: chosen, chosenCounts)
            } else {
                indep.run(choice, search, &attempts, into: chosen, chosenCounts)
            }
            wave += 1
        }
        swap(&taken, &chosen)
        swap(&takenCounts, &chosenCounts)
    }

    private func emitTaken(_ count: Int) {
        for input in 0..<count {
            let have = Int(resultCounts[input])
            let room = min(Int(takenCounts[input]), resultMax - have)
            for place in 0..<room {
                results[input * resultMax + have + place] = taken[input * resultMax + place]
            }
            resultCounts[input] += Int32(room)
            takenCounts[input] = 0
        }
    }

    private func emit(_ count: Int, into output: UnsafeMutableBufferPointer<Int32>, at offset: Int) {
        for input in 0..<count {
            let start = input * resultMax
            for place in 0..<Int(resultCounts[input]) { output[offset + start + place] = results[start + place] }
        }
    }
}

/// What all searches of a chunk share.
struct BatchSearch {
    let inputs: UnsafeBufferPointer<UInt32>
    /// The number of the chunk's first input among all.
    let firstInput: Int
    let kernels: StrawKernels
    let tables: UnsafeBufferPointer<StrawTables.Table?>
    let outs: OutTest
    let deviceLimit: Int32
}

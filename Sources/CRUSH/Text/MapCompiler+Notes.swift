/// Comments that begin with `#@` and carry what crushtool's language has no words for.
extension MapCompiler {
    /// The numbers of classes, which have to be known before the first device.
    mutating func readNotes() throws(CompilationFailure) {
        for note in notes("class") {
            guard note.words.count == 3, let number = Int32(note.words[1]), number >= 0 else {
                throw failure(note.place, "expected '#@ class NUMBER NAME'")
            }
            guard map.classNames.updateValue(note.words[2], forKey: number) == nil else {
                throw failure(note.place, "class \(number) is there twice")
            }
        }
    }

    /// Counts, and how far the binary form reaches.
    mutating func applyNotes() throws(CompilationFailure) {
        if let note = notes("slots").last {
            let count = try number(note)
            guard map.buckets.dropFirst(count).allSatisfy({ $0 == nil }), count <= 1_048_576 else {
                throw failure(note.place, "\(count) slots are not enough for the buckets, or more than 1048576")
            }
            map.buckets = Array(map.buckets.prefix(count))
            map.buckets.append(contentsOf: repeatElement(nil, count: count - map.buckets.count))
        }
        if let note = notes("devices").last {
            guard note.words.count == 2, let limit = Int32(note.words[1]) else {
                throw failure(note.place, "expected '#@ devices NUMBER'")
            }
            // A device that was added to the text counts too.
            map.deviceLimit = max(map.deviceLimit, limit)
        }
        if let note = notes("through").last, release == nil {
            guard note.words.count == 2,
                let extent = CrushMap.Extent.allCases.first(where: { "\($0)" == note.words[1] })
            else { throw failure(note.place, "expected '#@ through PART'") }
            map.extent = max(extent, map.extent == .msr ? .msr : extent)
        }
    }

    /// A bucket's weight and numbers where they do not follow from its items.
    func applyNotes(of statement: MapStatement.Bucket, to bucket: inout Bucket) throws(CompilationFailure) {
        for line in statement.lines {
            guard let note = statements.notes[line], let word = note.words.first else { continue }
            let raw = note.words.dropFirst().compactMap { UInt32($0) }
            switch word {
            case "weight":
                guard raw.count == 1, note.words.count == 2 else {
                    throw failure(note.place, "expected '#@ weight NUMBER'")
                }
                bucket.weight = Weight(raw: raw[0])
            case "numbers":
                guard let content = bucket.content.replacing(with: raw), raw.count == note.words.count - 1 else {
                    throw failure(
                        note.place, "these numbers do not fit the bucket's items; remove the line to compute them anew")
                }
                bucket.content = content
            default: continue
            }
        }
    }

    /// Weights that stand in a comment on the line of an item or of a row.
    func rawWeights(onLine line: Int, count: Int) throws(CompilationFailure) -> [Weight]? {
        guard let note = statements.notes[line], note.words.first == "raw" else { return nil }
        let raw = note.words.dropFirst().compactMap { UInt32($0) }
        guard raw.count == count, note.words.count == count + 1 else {
            throw failure(note.place, "expected '#@ raw' and \(count) whole numbers, the weights times 65536")
        }
        return raw.map(Weight.init(raw:))
    }

    private func notes(_ word: String) -> [MapScanner.Note] {
        statements.notes.sorted { $0.key < $1.key }.map(\.value).filter { $0.words.first == word }
    }

    private func number(_ note: MapScanner.Note) throws(CompilationFailure) -> Int {
        guard note.words.count == 2, let value = UInt32(note.words[1]) else {
            throw failure(note.place, "expected '#@ \(note.words.first ?? "")' and a whole number")
        }
        return Int(value)
    }
}

extension Bucket.Content {
    /// The same items' weights with other numbers to draw from; nil if there are not as many.
    fileprivate func replacing(with raw: [UInt32]) -> Bucket.Content? {
        switch self {
        case .list(let weights, let sums):
            guard raw.count == sums.count else { return nil }
            return .list(weights: weights, sums: raw.map(Weight.init(raw:)))
        case .tree(let nodeWeights):
            guard raw.count == nodeWeights.count else { return nil }
            return .tree(nodeWeights: raw.map(Weight.init(raw:)))
        case .straw(let weights, let straws):
            guard raw.count == straws.count else { return nil }
            return .straw(weights: weights, straws: raw)
        case .uniform:
            guard raw.count == 1 else { return nil }
            return .uniform(itemWeight: Weight(raw: raw[0]))
        case .straw2: return nil
        }
    }
}

/// The candidate that `word` was probably meant to be: equal but for case, or at most two edits away (one edit for
/// short words); nil when none is near.
func nearMiss(to word: String, among candidates: some Sequence<String>) -> String? {
    let folded = word.lowercased()
    var best: (distance: Int, candidate: String)?
    for candidate in candidates {
        let distance = editDistance(Array(folded.utf8), Array(candidate.lowercased().utf8))
        let allowed = min(word.utf8.count, candidate.utf8.count) < 6 ? 1 : 2
        guard distance <= allowed else { continue }
        if let known = best, (known.distance, known.candidate) <= (distance, candidate) { continue }
        best = (distance, candidate)
    }
    return best?.candidate
}

/// How many bytes must be inserted, removed, replaced or swapped with their neighbour to turn one word into another.
private func editDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    // Keys come from outside: what is much longer than any known key is near to none.
    guard left.count <= 64, right.count <= 64 else { return .max }
    var beforePrevious: [Int] = []
    var previous = Array(0...right.count)
    for (row, byte) in left.enumerated() {
        var current = [row + 1]
        for (column, other) in right.enumerated() {
            var cost = min(previous[column] + (byte == other ? 0 : 1), previous[column + 1] + 1, current[column] + 1)
            if row > 0, column > 0, byte == right[column - 1], left[row - 1] == other {
                cost = min(cost, beforePrevious[column - 1] + 1)
            }
            current.append(cost)
        }
        beforePrevious = previous
        previous = current
    }
    return previous[right.count]
}

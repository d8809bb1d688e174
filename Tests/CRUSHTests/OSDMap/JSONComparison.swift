import Foundation

/// Compares two JSON values; numbers with a fraction are compared as single-precision ones.
struct JSONComparison {
    /// Keys that are not compared.
    var ignored: Set<String> = []
    /// Keys that are compared only where the second value has them.
    var optional: Set<String> = []
    /// Where the two differ, and how.
    private(set) var differences: [String] = []
    /// How many numbers and texts were compared.
    private(set) var count = 0

    mutating func compare(_ ours: Any?, _ theirs: Any?, path: String = "") {
        switch (ours, theirs) {
        case (let ours as NSDictionary, let theirs as NSDictionary):
            let keys = Set((ours.allKeys + theirs.allKeys).compactMap { $0 as? String }).subtracting(ignored)
            for key in keys.sorted() where !optional.contains(key) || theirs[key] != nil {
                compare(ours[key], theirs[key], path: "\(path).\(key)")
            }
        case (let ours as NSArray, let theirs as NSArray):
            guard ours.count == theirs.count else {
                return differences.append("\(path): \(ours.count) and \(theirs.count) entries")
            }
            for index in 0..<ours.count { compare(ours[index], theirs[index], path: "\(path)[\(index)]") }
        case (let ours as NSNumber, let theirs as NSNumber):
            let hasFraction = ours.doubleValue.rounded() != ours.doubleValue
            compare(ours == theirs || hasFraction && ours.floatValue == theirs.floatValue, "\(ours)", "\(theirs)", path)
        case (let ours as NSString, let theirs as NSString):
            compare(ours == theirs, "\(ours)", "\(theirs)", path)
        default: differences.append("\(path): \(String(describing: ours)) and \(String(describing: theirs))")
        }
    }

    private mutating func compare(_ isSame: Bool, _ ours: String, _ theirs: String, _ path: String) {
        count += 1
        if !isSame { differences.append("\(path): \(ours) and \(theirs)") }
    }
}

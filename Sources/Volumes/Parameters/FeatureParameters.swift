import Ceph

/// The parameter `imageFeatures`: names with commas between them.
enum FeatureParameters {
    static let key = "imageFeatures"

    /// The features that a class may name, and what each needs beside it.
    private static let table: [(name: String, feature: ImageFeatures, needs: String?)] = [
        ("layering", .layering, nil),
        ("exclusive-lock", .exclusiveLock, nil),
        ("object-map", .objectMap, "exclusive-lock"),
        ("fast-diff", .fastDiff, "object-map"),
        ("deep-flatten", .deepFlatten, nil),
        ("journaling", .journaling, "exclusive-lock"),
    ]

    /// The features that `text` names.
    static func parse(_ text: String) throws(VolumeError) -> ImageFeatures {
        let names = text.split(separator: ",", omittingEmptySubsequences: false).map(trimmed)
        var features: ImageFeatures = []
        for name in names {
            guard let row = table.first(where: { $0.name == name }) else {
                let hint = nearMiss(to: name, among: table.map(\.name)).map { "; did you mean \($0)?" } ?? ""
                throw .parameter(
                    key, "\(quoted(name)) is no feature that a volume can have",
                    next: "use names out of \(table.map(\.name).joined(separator: ", "))\(hint)")
            }
            guard !features.contains(row.feature) else {
                throw .parameter(key, "\(quoted(name)) is named twice", next: "name each feature once")
            }
            features.insert(row.feature)
        }
        for row in table where features.contains(row.feature) {
            guard let needed = row.needs, !names.contains(needed) else { continue }
            throw .parameter(key, "\(row.name) needs \(needed)", next: "add \(needed), or leave \(row.name) out")
        }
        return features
    }
}

/// `text` without spaces at its ends.
func trimmed(_ text: some StringProtocol) -> String {
    String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
}

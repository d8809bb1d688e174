/// The spelling rules of Prometheus' data model, applied to whatever a library chose to call its metrics.
enum MetricNames {
    /// A metric's name: letters, digits, `_` and `:`, not a digit first. Every other character becomes `_`.
    static func metric(_ raw: String) -> String {
        sanitised(raw, allowsColon: true)
    }

    /// A label's name: letters, digits and `_`, not a digit first. Names that begin with `__` are Prometheus' own and
    /// lose the second underscore; `le` and `quantile` would clash with what a histogram adds and gain one.
    static func label(_ raw: String) -> String {
        let name = sanitised(raw, allowsColon: false)
        if name == "le" || name == "quantile" { return name + "_" }
        return name.hasPrefix("__") ? "_" + name.drop { $0 == "_" } : name
    }

    private static func sanitised(_ raw: String, allowsColon: Bool) -> String {
        var name = String(
            String.UnicodeScalarView(
                raw.unicodeScalars.map { isAllowed($0, allowsColon: allowsColon) ? $0 : "_" }))
        if name.isEmpty || ("0"..."9").contains(name.unicodeScalars[name.startIndex]) { name = "_" + name }
        return name
    }

    private static func isAllowed(_ scalar: Unicode.Scalar, allowsColon: Bool) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "_": true
        case ":": allowsColon
        default: false
        }
    }
}

/// A metric's labels in the order of their names, so that the same set always makes the same series.
struct Labels: Hashable, Sendable {
    /// Sorted by name; no name twice.
    let pairs: [Pair]

    /// One label.
    struct Pair: Hashable, Sendable {
        var name: String
        var value: String
    }

    /// The labels of swift-metrics' dimensions. Of two dimensions that come to the same name the later one stands.
    init(_ dimensions: [(String, String)]) {
        var pairs: [Pair] = []
        pairs.reserveCapacity(dimensions.count)
        for (rawName, value) in dimensions {
            let name = MetricNames.label(rawName)
            if let index = pairs.firstIndex(where: { $0.name == name }) {
                pairs[index].value = value
            } else {
                pairs.append(Pair(name: name, value: value))
            }
        }
        self.pairs = pairs.sorted { $0.name < $1.name }
    }
}

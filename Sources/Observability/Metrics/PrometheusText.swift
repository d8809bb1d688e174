/// Writes Prometheus' text format, version 0.0.4.
struct PrometheusText {
    /// What has been written so far.
    private(set) var text = ""

    /// Writes a metric: its help, its type, its series in the order of their labels.
    mutating func append(_ family: MetricFamily, name: String, help: String?) {
        header(name: name, kind: family.kind, help: help)
        let ordered = family.series.map { (labels: Self.render($0.key.pairs), series: $0.value) }
            .sorted { $0.labels < $1.labels }
        for (labels, series) in ordered {
            switch series {
            case .counter(let counter): sample(name, labels, counter.value)
            case .gauge(let gauge): sample(name, labels, gauge.value)
            case .histogram(let histogram): append(histogram, name: name, labels: labels)
            }
        }
    }

    /// Writes a metric that has one series and no labels.
    mutating func append(name: String, kind: MetricFamily.Kind, help: String, value: Double) {
        header(name: name, kind: kind, help: help)
        sample(name, "", value)
    }

    private mutating func header(name: String, kind: MetricFamily.Kind, help: String?) {
        if let help { text += "# HELP \(name) \(Self.escape(help, quotes: false))\n" }
        text += "# TYPE \(name) \(kind.rawValue)\n"
    }

    private mutating func append(_ histogram: HistogramSeries, name: String, labels: String) {
        let snapshot = histogram.snapshot
        let separator = labels.isEmpty ? "" : ","
        var total: UInt64 = 0
        for (index, count) in snapshot.counts.enumerated() {
            total += count
            let bound = index < histogram.bounds.count ? histogram.bounds[index] : .infinity
            sample("\(name)_bucket", "\(labels)\(separator)le=\"\(Self.number(bound))\"", Double(total))
        }
        sample("\(name)_sum", labels, snapshot.sum)
        sample("\(name)_count", labels, Double(total))
    }

    private mutating func sample(_ name: String, _ labels: String, _ value: Double) {
        text += labels.isEmpty ? "\(name) " : "\(name){\(labels)} "
        text += Self.number(value)
        text += "\n"
    }

    private static func render(_ pairs: [Labels.Pair]) -> String {
        pairs.map { "\($0.name)=\"\(escape($0.value, quotes: true))\"" }.joined(separator: ",")
    }

    /// A backslash and a line feed are escaped everywhere, a quote only in label values.
    private static func escape(_ raw: String, quotes: Bool) -> String {
        var escaped = ""
        for scalar in raw.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\"" where quotes: escaped += "\\\""
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    /// A number as Go's `ParseFloat` reads it; whole numbers without a fraction.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        if let whole = Int64(exactly: value), whole.magnitude < 1 << 53 { return String(whole) }
        return String(value)
    }
}

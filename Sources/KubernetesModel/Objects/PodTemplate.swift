/// What the pods of a workload look like (`core/v1 PodTemplateSpec`).
public struct PodTemplate: Hashable, Sendable {
    /// The template as the API carries it.
    public var json: JSONObject

    /// A template with this content.
    public init(json: JSONObject = JSONObject()) {
        self.json = json
    }

    /// Labels and annotations.
    public var metadata: ObjectMeta { ObjectMeta(json: json["metadata"]?.objectValue ?? JSONObject()) }

    /// Containers, placement, volumes.
    public var spec: PodSpec { PodSpec(json: json["spec"]?.objectValue ?? JSONObject()) }
}

/// A number or a share of a whole (`intstr.IntOrString`).
public enum IntOrPercent: Hashable, Sendable {
    /// So many.
    case count(Int64)
    /// So many hundredths.
    case percent(Int64)

    /// The value of a field; nil when it is missing or neither a number nor a percentage.
    public init?(json: JSONValue?) {
        if let count = json?.integerValue {
            self = .count(count)
        } else if let text = json?.stringValue, text.hasSuffix("%"), let percent = Int64(text.dropLast()) {
            self = .percent(percent)
        } else {
            return nil
        }
    }

    /// How many that is of `total`: a share is rounded up, or down where `roundingUp` is false.
    public func count(of total: Int64, roundingUp: Bool = true) -> Int64 {
        switch self {
        case .count(let count): return count
        case .percent(let percent):
            let hundredths = total.multipliedReportingOverflow(by: percent).partialValue
            return (hundredths + (roundingUp ? 99 : 0)) / 100
        }
    }
}

/// Who leads, until when (`coordination.k8s.io/v1 Lease`).
public struct Lease: KubernetesObject {
    /// Where the API serves these objects.
    public static let kind = ResourceKind(
        group: "coordination.k8s.io", version: "v1", kind: "Lease", plural: "leases", isNamespaced: true)

    /// The whole object as the API carries it.
    public var json: JSONObject

    /// An object with this content; nothing is checked.
    public init(json: JSONObject) {
        self.json = json
    }

    /// Who holds the lease; nil when it is free, which is also how a released lease (an empty name) reads.
    public var holder: String? {
        get { json["spec", "holderIdentity"]?.stringValue.flatMap { $0.isEmpty ? nil : $0 } }
        set { json["spec", "holderIdentity"] = .string(newValue ?? "") }
    }

    /// For how many seconds after the last renewal the holder may count on the lease.
    public var durationSeconds: Int64? {
        get { json["spec", "leaseDurationSeconds"]?.integerValue }
        set { json["spec", "leaseDurationSeconds"] = newValue.map(JSONValue.integer) }
    }

    /// When the holder took the lease.
    public var acquireTime: Timestamp? {
        get { json["spec", "acquireTime"]?.stringValue.flatMap(Timestamp.init) }
        set { json["spec", "acquireTime"] = newValue.map { .string($0.rfc3339Micro) } }
    }

    /// When the holder renewed the lease last, by the holder's clock.
    public var renewTime: Timestamp? {
        get { json["spec", "renewTime"]?.stringValue.flatMap(Timestamp.init) }
        set { json["spec", "renewTime"] = newValue.map { .string($0.rfc3339Micro) } }
    }

    /// How often the lease has changed hands.
    public var transitions: Int64 {
        get { json["spec", "leaseTransitions"]?.integerValue ?? 0 }
        set { json["spec", "leaseTransitions"] = .integer(newValue) }
    }
}

import KubernetesModel

@testable import DevAPIServer

/// Short ways to say what the tests of the store are about.
enum Fixture {
    static let now = Timestamp(microseconds: 1_700_000_000_000_000)
    static let claims = ServedKind.of(PersistentVolumeClaim.kind)
    static let volumes = ServedKind.of(PersistentVolume.kind)
    static let classes = ServedKind.of(StorageClass.kind)
    static let secrets = ServedKind.of(Secret.kind)
    static let leases = ServedKind.of(Lease.kind)
    static let namespaces = ServedKind.of(Namespace.kind)

    static func store(historyLimit: Int = 1_000) -> ResourceStore {
        ResourceStore(seed: 1, now: now, historyLimit: historyLimit)
    }

    static func claim(_ name: String, className: String? = "fast", size: String = "1Gi") -> JSONObject {
        var claim: JSONObject = [
            "metadata": ["name": .string(name)],
            "spec": ["accessModes": ["ReadWriteOnce"], "resources": ["requests": ["storage": .string(size)]]],
        ]
        claim["spec", "storageClassName"] = className.map(JSONValue.string)
        return claim
    }

    static func volume(_ name: String, for claim: JSONObject? = nil) -> JSONObject {
        var volume: JSONObject = [
            "metadata": ["name": .string(name)],
            "spec": [
                "accessModes": ["ReadWriteOnce"], "capacity": ["storage": "1Gi"],
                "csi": ["driver": "rbd.csi.ceph.com", "volumeHandle": "h"],
                "persistentVolumeReclaimPolicy": "Delete",
            ],
        ]
        if let claim {
            volume["spec", "claimRef"] = .object([
                "namespace": claim["metadata", "namespace"] ?? .null, "name": claim["metadata", "name"] ?? .null,
                "uid": claim["metadata", "uid"] ?? .null,
            ])
        }
        return volume
    }

    static func storageClass(_ name: String = "fast", mode: String? = nil) -> JSONObject {
        var result: JSONObject = [
            "metadata": ["name": .string(name)], "provisioner": "rbd.csi.ceph.com", "parameters": ["pool": "rbd"],
        ]
        result["volumeBindingMode"] = mode.map(JSONValue.string)
        return result
    }

    static func secret(_ name: String, labels: [String: String] = [:]) -> JSONObject {
        [
            "metadata": ["name": .string(name), "labels": .object(JSONObject(strings: labels))],
            "stringData": ["key": "value"],
        ]
    }

    static func key(_ name: String, in namespace: String? = "default") -> ObjectKey {
        ObjectKey(namespace: namespace, name: name)
    }
}

extension JSONObject {
    var resourceVersion: Int64 { self["metadata", "resourceVersion"]?.stringValue.flatMap { Int64($0) } ?? 0 }
    var phase: String? { self["status", "phase"]?.stringValue }
    var finalizers: [String] { self["metadata", "finalizers"]?.stringsValue ?? [] }
}

/// The refusal that `body` ends in; nil when it does not.
func refusal(_ body: () throws(APIFailure) -> Void) -> APIFailure? {
    do {
        try body()
        return nil
    } catch {
        return error
    }
}

import KubernetesModel

/// The requests that both servers must answer alike.
enum ContractSteps {
    typealias Step = ContractTests.Step

    private static let merge = "application/merge-patch+json"
    private static let strategic = "application/strategic-merge-patch+json"
    private static let json = "application/json-patch+json"
    private static let table = "application/json;as=Table;v=v1;g=meta.k8s.io"

    /// The requests, in order; `prefix` is the name of a namespace that exists, and of cluster-wide objects.
    static func all(prefix: String) -> [Step] {
        let namespace = "/api/v1/namespaces/\(prefix)"
        return claims("\(namespace)/persistentvolumeclaims") + secrets("\(namespace)/secrets")
            + volumes("/api/v1/persistentvolumes", prefix)
            + classes("/apis/storage.k8s.io/v1/storageclasses", prefix)
            + leases("/apis/coordination.k8s.io/v1/namespaces/\(prefix)/leases", prefix)
            + events("\(namespace)/events", prefix) + shapes(prefix)
    }

    private static func claims(_ path: String) -> [Step] {
        // A class that does not exist keeps the real controllers from changing the claim.
        let claim: JSONValue = .object(Fixture.claim("c", className: "none"))
        let replaced: JSONValue = .object(Fixture.claim("c", className: "none", size: "2Gi"))
        return [
            Step(method: "POST", path: path, body: claim), Step(method: "POST", path: path, body: claim),
            Step(method: "GET", path: "\(path)/c"), Step(method: "GET", path: "\(path)/nope"),
            Step(method: "POST", path: path, body: ["metadata": ["name": "d"], "spec": [:]]),
            Step(method: "POST", path: path, body: ["metadata": ["name": "Bad_Name"], "spec": ["accessModes": []]]),
            Step(method: "POST", path: path, body: .object(Fixture.claim("d", size: "1Gx"))),
            Step(method: "POST", path: path, body: .object(Fixture.claim("d", size: "0"))),
            Step(method: "POST", path: path, body: ["metadata": ["name": "d", "namespace": "other"]]),
            Step(method: "POST", path: "\(path)?dryRun=All", body: .object(Fixture.claim("d", className: "none"))),
            Step(method: "GET", path: "\(path)/d"),
            Step(method: "PUT", path: "\(path)/c", body: replaced),
            Step(method: "PUT", path: "\(path)/c", body: .object(Fixture.claim("other"))),
            Step(method: "PUT", path: "\(path)/nope", body: .object(Fixture.claim("nope", className: "none"))),
            Step(method: "PATCH", path: "\(path)/c", body: ["metadata": ["resourceVersion": "1"]], type: merge),
            Step(method: "PATCH", path: "\(path)/c", body: ["metadata": ["uid": "1"]], type: merge),
            Step(method: "PATCH", path: "\(path)/c", body: ["metadata": ["annotations": ["a": "1"]]], type: merge),
            Step(method: "PATCH", path: "\(path)/c", body: ["metadata": ["annotations": ["a": .null]]], type: merge),
            Step(method: "PATCH", path: "\(path)/c", body: ["metadata": ["finalizers": ["a/b"]]], type: strategic),
            Step(method: "PATCH", path: "\(path)/c", body: ["spec": ["accessModes": ["ReadWriteMany"]]], type: merge),
            Step(
                method: "PATCH", path: "\(path)/c/status", body: ["status": ["capacity": ["storage": "1Gi"]]],
                type: merge),
            Step(method: "PATCH", path: "\(path)/c", body: ["status": ["phase": "Bound"]], type: merge),
            Step(method: "GET", path: path), Step(method: "GET", path: path, accept: table),
            Step(method: "DELETE", path: "\(path)/c", body: ["preconditions": ["resourceVersion": "1"]]),
            Step(method: "DELETE", path: "\(path)/nope"), Step(method: "DELETE", path: "\(path)/c"),
            Step(
                method: "PATCH", path: "\(path)/c", body: ["metadata": ["finalizers": ["a/b", "new/one"]]], type: merge),
        ]
    }

    private static func secrets(_ path: String) -> [Step] {
        let labelled: JSONValue = .object(Fixture.secret("s", labels: ["app": "x"]))
        return [
            Step(method: "POST", path: path, body: labelled),
            Step(method: "POST", path: path, body: ["kind": "Pod", "apiVersion": "v1", "metadata": ["name": "b"]]),
            Step(method: "POST", path: path, body: ["metadata": ["name": "b", "resourceVersion": "5"]]),
            Step(method: "POST", path: path, body: [:]), Step(method: "POST", path: "\(path)/s", body: labelled),
            Step(method: "PATCH", path: "\(path)/s", body: [:], type: "application/json"),
            Step(method: "PATCH", path: "\(path)/s", body: [["op": "remove", "path": "/nope"]], type: json),
            Step(
                method: "PATCH", path: "\(path)/s", body: [["op": "test", "path": "/type", "value": "x"]], type: json),
            Step(
                method: "PATCH", path: "\(path)/s", body: [["op": "add", "path": "/data/more", "value": "eA=="]],
                type: json),
            Step(method: "GET", path: "\(path)?labelSelector=app%3Dx"),
            Step(method: "GET", path: "\(path)?labelSelector=app+in+%28y%2Cz%29"),
            Step(method: "GET", path: "\(path)?labelSelector=app%3Dx&limit=1"),
            Step(method: "GET", path: "\(path)?fieldSelector=metadata.name%3Ds"),
            Step(method: "GET", path: "\(path)?fieldSelector=foo%3Dbar"),
            Step(method: "GET", path: "\(path)?labelSelector=%21%21"), Step(method: "GET", path: "\(path)?limit=x"),
            Step(method: "GET", path: "\(path)?continue=zzz&limit=1"),
            Step(method: "GET", path: "\(path)?fieldSelector=metadata.name%3Ds", accept: table),
            Step(method: "GET", path: "\(path)?watch=1&timeoutSeconds=1&fieldSelector=metadata.name%3Ds"),
            Step(method: "DELETE", path: "\(path)/s?dryRun=All"), Step(method: "DELETE", path: "\(path)/s"),
            Step(method: "DELETE", path: "\(path)/s"), Step(method: "PUT", path: "\(path)/s", body: labelled),
        ]
    }

    private static func volumes(_ path: String, _ name: String) -> [Step] {
        let one = "\(path)/\(name)"
        return [
            Step(method: "POST", path: path, body: ["metadata": ["name": .string(name)], "spec": [:]]),
            Step(method: "POST", path: path, body: .object(Fixture.volume(name))),
            Step(method: "GET", path: one),
            Step(method: "PATCH", path: one, body: ["spec": ["csi": ["volumeHandle": "other"]]], type: merge),
            Step(method: "PATCH", path: one, body: ["spec": ["volumeMode": "Block"]], type: merge),
            Step(method: "PATCH", path: one, body: ["spec": ["rbd": ["monitors": ["m"], "image": "i"]]], type: merge),
            Step(method: "PATCH", path: one, body: ["spec": ["capacity": ["storage": "2Gi"]]], type: merge),
            Step(method: "PATCH", path: one, body: ["metadata": ["finalizers": ["a/b"]]], type: strategic),
            Step(method: "DELETE", path: one),
            Step(method: "PATCH", path: one, body: ["metadata": ["finalizers": .null]], type: merge),
            Step(method: "GET", path: one),
        ]
    }

    private static func classes(_ path: String, _ name: String) -> [Step] {
        let one = "\(path)/\(name)"
        let changes: [JSONValue] = [
            ["parameters": ["pool": "other"]], ["provisioner": "other"], ["reclaimPolicy": "Retain"],
            ["volumeBindingMode": "WaitForFirstConsumer"], ["allowVolumeExpansion": true],
        ]
        return [
            Step(method: "POST", path: path, body: ["metadata": ["name": .string(name)]]),
            Step(method: "POST", path: path, body: .object(Fixture.storageClass(name))),
        ] + changes.map { Step(method: "PATCH", path: one, body: $0, type: merge) } + [
            Step(method: "GET", path: "\(path)?fieldSelector=metadata.name%3D\(name)", accept: table),
            Step(method: "DELETE", path: one), Step(method: "GET", path: one),
        ]
    }

    private static func leases(_ path: String, _ namespace: String) -> [Step] {
        let lease: JSONValue = [
            "metadata": ["name": "l"],
            "spec": ["holderIdentity": "me", "leaseDurationSeconds": 15, "renewTime": "2026-01-01T00:00:00.123456Z"],
        ]
        return [
            Step(method: "PUT", path: "\(path)/l", body: lease), Step(method: "PUT", path: "\(path)/l", body: lease),
            Step(method: "GET", path: "\(path)/l"), Step(method: "GET", path: path, accept: table),
            Step(method: "DELETE", path: "\(path)/l"), Step(method: "GET", path: "\(path)/l"),
        ]
    }

    private static func events(_ path: String, _ namespace: String) -> [Step] {
        let event: JSONValue = [
            "metadata": ["name": "e"], "reason": "R", "message": "M", "type": "Normal", "count": 1,
            "involvedObject": ["kind": "PersistentVolumeClaim", "namespace": .string(namespace), "name": "x"],
            "firstTimestamp": "2026-01-01T00:00:00Z", "lastTimestamp": "2026-01-01T00:00:00Z",
        ]
        let selected = "\(path)?fieldSelector=involvedObject.name%3Dx%2Creason%3DR"
        return [
            Step(method: "POST", path: path, body: event), Step(method: "GET", path: selected),
            Step(method: "GET", path: selected, accept: table),
            Step(method: "PATCH", path: "\(path)/e", body: ["count": 2], type: strategic),
            Step(method: "DELETE", path: "\(path)/e"),
        ]
    }

    private static func shapes(_ namespace: String) -> [Step] {
        [
            Step(method: "GET", path: "/api/v1/namespaces/\(namespace)/nonsense"),
            Step(method: "POST", path: "/api/v1/namespaces/none-such/secrets", body: .object(Fixture.secret("s"))),
            Step(method: "GET", path: "/api/v1/namespaces/none-such/secrets"),
            Step(method: "GET", path: "/api/v1/namespaces/none-such"),
            Step(method: "POST", path: "/api/v1/namespaces", body: ["metadata": ["name": .string(namespace)]]),
            Step(method: "PUT", path: "/api/v1/persistentvolumes", body: [:]),
        ]
    }
}

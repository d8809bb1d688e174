import KubernetesModel
import Testing
import Vocabulary

@Suite struct ObjectTests {
    @Test func pathsOfEveryKind() {
        let key = ObjectKey(namespace: "ns", name: "x")
        #expect(PersistentVolumeClaim.kind.path(key) == "/api/v1/namespaces/ns/persistentvolumeclaims/x")
        #expect(PersistentVolumeClaim.kind.collectionPath() == "/api/v1/persistentvolumeclaims")
        #expect(
            PersistentVolume.kind.path(ObjectKey(name: "pv"), subresource: "status")
                == "/api/v1/persistentvolumes/pv/status")
        #expect(StorageClass.kind.path(ObjectKey(name: "c")) == "/apis/storage.k8s.io/v1/storageclasses/c")
        #expect(Lease.kind.path(key) == "/apis/coordination.k8s.io/v1/namespaces/ns/leases/x")
        #expect(VolumeAttachment.kind.collectionPath() == "/apis/storage.k8s.io/v1/volumeattachments")
        #expect(Lease.kind.description == "leases.coordination.k8s.io")
    }

    @Test(arguments: [
        ("../../secrets/x", "..%2F..%2Fsecrets%2Fx"), ("..", "%2E%2E"), (".", "%2E"), ("a?b#c", "a%3Fb%23c"),
        ("a.b-c_d~e", "a.b-c_d~e"), ("ü\u{1}", "%C3%BC%01"), ("system:x", "system%3Ax"),
    ])
    func noNameLeavesItsSegment(_ name: String, _ escaped: String) {
        #expect(Node.kind.path(ObjectKey(name: name)) == "/api/v1/nodes/\(escaped)")
    }

    @Test func claimKeepsWhatItDoesNotKnow() throws {
        let text = #"""
            {"apiVersion":"v1","kind":"PersistentVolumeClaim",
             "metadata":{"name":"data","namespace":"db","uid":"u1","resourceVersion":"7","future":{"x":[1]},
               "annotations":{"a":"b"},"deletionTimestamp":"2026-11-23T08:40:14Z","finalizers":["f"],
               "ownerReferences":[{"apiVersion":"apps/v1","kind":"StatefulSet","name":"db","uid":"o1"}]},
             "spec":{"storageClassName":"rbd","accessModes":["ReadWriteOnce"],"newField":true,
               "resources":{"requests":{"storage":"500M"}},"dataSource":{"kind":"PersistentVolumeClaim","name":"src"}},
             "status":{"phase":"Pending"}}
            """#
        var claim = try PersistentVolumeClaim(manifest: JSONObject(json: text))
        #expect(claim.key == ObjectKey(namespace: "db", name: "data"))
        #expect(claim.uid == ObjectUID("u1"))
        #expect(claim.metadata.resourceVersion == "7")
        #expect(claim.metadata.isBeingDeleted)
        #expect(claim.metadata.deletionTimestamp == Timestamp("2026-11-23T08:40:14Z"))
        #expect(claim.metadata.ownerReferences.first?.kind == "StatefulSet")
        #expect(claim.storageClassName == "rbd")
        #expect(try claim.requestedStorage?.byteCount == ByteCount(500_000_000))
        #expect(claim.dataSource?.name == "src")
        #expect(claim.volumeName == nil)
        claim.metadata[annotation: "c"] = "d"
        claim.metadata.finalizers = []
        claim.volumeName = "pv1"
        var expected = try JSONObject(json: text)
        expected["metadata", "annotations", "c"] = "d"
        expected["metadata", "finalizers"] = nil
        expected["spec", "volumeName"] = "pv1"
        #expect(claim.json == expected)
        claim.metadata[annotation: "volume.beta.kubernetes.io/storage-class"] = "old"
        #expect(claim.storageClassName == "old")
    }

    @Test func badQuantityNamesItself() {
        var claim = PersistentVolumeClaim(name: "x", namespace: "y")
        #expect(throws: Never.self) { try claim.requestedStorage }
        claim.json["spec", "resources", "requests", "storage"] = "1 gig"
        let error = #expect(throws: QuantityError.self) { try claim.requestedStorage }
        #expect(error?.text == "1 gig")
    }

    @Test(
        arguments: [
            (["kind": "PersistentVolume", "metadata": ["name": "x"]], "apiVersion should be v1, but is missing"),
            (
                ["apiVersion": "v1", "kind": "Pod", "metadata": ["name": "x"]],
                #"kind should be PersistentVolume, but is "Pod""#
            ),
            (["apiVersion": "v1", "kind": "PersistentVolume"], "metadata.name should be a name, but is missing"),
        ] as [(JSONObject, String)])
    func manifestsAreChecked(_ manifest: JSONObject, _ message: String) {
        let error = #expect(throws: ManifestError.self) { try PersistentVolume(manifest: manifest) }
        #expect(error?.description == message)
    }

    @Test func volumeIsBuiltPieceByPiece() throws {
        var volume = PersistentVolume(name: "pvc-1")
        var claim = PersistentVolumeClaim(name: "data", namespace: "db")
        claim.metadata.uid = ObjectUID("u1")
        claim.metadata.resourceVersion = "7"
        volume.claim = ObjectReference(to: claim)
        volume.setCapacity(Quantity(.mib(477)))
        var source = CSISource(driver: "rbd.csi.ceph.com", handle: "h")
        source.volumeAttributes = ["pool": "rbd"]
        source[secret: .nodeStage] = SecretReference(namespace: "ceph", name: "s")
        volume.csi = source
        let expected: JSONObject = [
            "apiVersion": "v1", "kind": "PersistentVolume", "metadata": ["name": "pvc-1"],
            "spec": [
                "capacity": ["storage": "477Mi"],
                "claimRef": [
                    "apiVersion": "v1", "kind": "PersistentVolumeClaim", "namespace": "db", "name": "data", "uid": "u1",
                    "resourceVersion": "7",
                ],
                "csi": [
                    "driver": "rbd.csi.ceph.com", "volumeHandle": "h", "volumeAttributes": ["pool": "rbd"],
                    "nodeStageSecretRef": ["name": "s", "namespace": "ceph"],
                ],
            ],
        ]
        #expect(volume.json == expected)
        #expect(volume.csi?[secret: .nodeStage] == SecretReference(namespace: "ceph", name: "s"))
        #expect(volume.csi?[secret: .nodeExpand] == nil)
        #expect(volume.claim?.key == claim.key)
    }

    @Test func secretsDoNotPrint() {
        let secret = Secret(json: [
            "metadata": ["name": "s", "namespace": "n"], "data": ["userKey": "aHVudGVyMg==", "bad": "%%"],
            "stringData": ["userID": "kube"],
        ])
        #expect(secret.text("userKey")?.reveal() == "hunter2")
        #expect(secret.text("userID")?.reveal() == "kube")
        #expect(secret.data["bad"] == nil)
        var dumped = ""
        dump(secret, to: &dumped)
        for text in ["\(secret)", String(reflecting: secret), dumped, "\(secret.data)", "\([secret])"] {
            #expect(!text.contains("hunter2") && !text.contains("aHVudGVyMg"))
        }
    }

    @Test func trimmedDropsTheBallast() {
        let object = PersistentVolume(json: [
            "metadata": [
                "name": "x", "managedFields": [[:]],
                "annotations": ["kubectl.kubernetes.io/last-applied-configuration": "{}", "a": "b"],
            ]
        ])
        #expect(object.trimmed().json.description == #"{"metadata":{"annotations":{"a":"b"},"name":"x"}}"#)
        #expect(PersistentVolume(name: "y").trimmed() == PersistentVolume(name: "y"))
    }

    @Test func listFillsInKinds() throws {
        let list = try ObjectList<PersistentVolume>(json: [
            "kind": "PersistentVolumeList", "apiVersion": "v1",
            "metadata": ["resourceVersion": "12", "continue": "abc", "remainingItemCount": 3],
            "items": [["metadata": ["name": "x"]]],
        ])
        #expect(list.items.first?.json["kind"] == "PersistentVolume")
        #expect(list.items.first?.json["apiVersion"] == "v1")
        #expect(list.continueToken == "abc")
        #expect(list.resourceVersion == "12")
        #expect(list.remainingItemCount == 3)
        #expect(
            try ObjectList<PersistentVolume>(json: ["metadata": ["continue": ""], "items": .null]).continueToken == nil)
        #expect(throws: ManifestError.self) { try ObjectList<PersistentVolume>(json: ["kind": "Status"]) }
        #expect(throws: ManifestError.self) { try ObjectList<PersistentVolume>(json: ["items": [1]]) }
    }

    @Test func leaseAndEventWriteTheirTimes() {
        var lease = Lease(name: "l", namespace: "n")
        #expect(lease.holder == nil)
        lease.renewTime = Timestamp(microseconds: 1_500_000)
        lease.holder = "me"
        #expect(lease.json["spec", "renewTime"] == "1970-01-01T00:00:01.500000Z")
        lease.holder = nil
        #expect(lease.json["spec", "holderIdentity"] == "")
        #expect(lease.holder == nil)
        var event = Event(name: "e", namespace: "n")
        event.lastTimestamp = Timestamp(microseconds: 1_500_000)
        event.severity = .warning
        #expect(event.json["lastTimestamp"] == "1970-01-01T00:00:01Z")
        #expect(event.json["type"] == "Warning")
    }

    @Test func statusTellsTheFieldsAtFault() throws {
        let json: JSONObject = [
            "kind": "Status", "apiVersion": "v1", "status": "Failure", "code": 422, "reason": "Invalid",
            "message": "no",
            "details": [
                "retryAfterSeconds": 3,
                "causes": [["reason": "FieldValueInvalid", "field": "spec.x", "message": "bad"]],
            ],
        ]
        let status = try #require(Status(ifStatus: json))
        #expect(status.code == 422)
        #expect(status.retryAfterSeconds == 3)
        #expect(status.causes.first?.field == "spec.x")
        #expect(Status(ifStatus: ["kind": "Pod", "apiVersion": "v1"]) == nil)
        #expect(Status(code: 409, reason: "Conflict", message: "m").json["status"] == "Failure")
    }
}

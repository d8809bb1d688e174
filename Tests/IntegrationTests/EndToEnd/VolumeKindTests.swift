import Foundation
import KubernetesModel
import LabSupport
import Testing
import Vocabulary

extension EndToEnd {
    /// Each kind of class and claim once, to the bytes that a node and an administrator would see.
    @Suite("Kinds of volumes", .timeLimit(.minutes(3)))
    struct VolumeKindTests {
        @Test("a class with namespace, data pool, features and a file system makes just that")
        func everyOption() async throws {
            try await Stage.with("options") { stage in
                let provisioner = try await stage.startProvisioner()
                try await stage.ceph.rbd(["namespace", "create", "\(stage.name)/tenant"])
                try await stage.apply([
                    stage.storageClass(
                        "rich",
                        changing: [
                            "radosNamespace": "tenant", "dataPool": "rbd", "volumeNamePrefix": "team-a-",
                            "imageFeatures": "layering,exclusive-lock,object-map,fast-diff", "objectSize": "1048576",
                            "stripeUnit": "65536", "stripeCount": "4", "csi.storage.k8s.io/fstype": "xfs",
                        ])
                ])
                try await stage.grant("profile rbd pool=\(stage.name), profile rbd pool=rbd")
                try await stage.apply([stage.claim("rich", of: "rich", storage: "1500k")])
                let volume = try await stage.volumeOfOnlyClaim()

                let uid = try #require(volume.claim?.uid?.value)
                let image = "\(stage.name)/tenant/team-a-\(uid)"
                let info = try await JSONObject(json: stage.ceph.rbd(["info", image, "--format", "json"]))
                #expect(info["size"]?.integerValue == 2 << 20)
                #expect(info["object_size"]?.integerValue == 1 << 20)
                #expect(info["stripe_unit"]?.integerValue == 65536)
                #expect(info["stripe_count"]?.integerValue == 4)
                #expect(info["data_pool"]?.stringValue == "rbd")
                let features = Set(info["features"]?.stringsValue ?? [])
                #expect(
                    features.isSuperset(
                        of: ["layering", "exclusive-lock", "object-map", "fast-diff", "striping", "data-pool"]))
                #expect(volume.csi?.json["fsType"]?.stringValue == "xfs")
                #expect(volume.csi?.json["volumeAttributes", "imageName"]?.stringValue == "team-a-\(uid)")
                #expect(volume.csi?.json["volumeAttributes", "radosNamespace"]?.stringValue == "tenant")

                try await stage.deleteClaims()
                try await stage.expectNothingLeft(["rbd_namespace", "rbd_directory: state"])
                try await #expect(provisioner.child.terminate() == .status(0))
            }
        }

        @Test("the older family of parameters, with the in-tree source")
        func legacy() async throws {
            try await Stage.with("legacy") { stage in
                let provisioner = try await stage.startProvisioner(["--pv-source", "rbd"])
                var old = stage.storageClass("old")
                let parameters = [
                    "monitors": stage.ceph.monitors.joined(separator: ","), "pool": stage.name,
                    "adminId": stage.name, "adminSecretName": "old", "adminSecretNamespace": stage.name,
                    "userId": stage.name, "userSecretName": "old", "imageFeatures": "layering", "fsType": "ext4",
                ]
                old["parameters"] = .object(JSONObject(strings: parameters))
                try await stage.apply([
                    old,
                    [
                        "apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/rbd",
                        "metadata": ["name": "old", "namespace": .string(stage.name)],
                        "stringData": ["key": .string(stage.key(of: stage.name).reveal())],
                    ],
                    stage.claim("old", of: "old"),
                ])
                let volume = try await stage.volumeOfOnlyClaim()

                let source = try #require(volume.rbd)
                let image = try #require(source["image"]?.stringValue)
                #expect(image.hasPrefix("kubernetes-dynamic-pvc-"))
                #expect(source["monitors"]?.stringsValue == stage.ceph.monitors)
                #expect(source["pool"]?.stringValue == stage.name)
                #expect(source["user"]?.stringValue == stage.name)
                #expect(source["secretRef", "name"]?.stringValue == "old")
                try await #expect(stage.images() == [image])

                try await stage.deleteClaims()
                try await stage.expectNothingLeft()
                try await #expect(provisioner.child.terminate() == .status(0))
            }
        }

        @Test("a claim that waits for its first consumer is served when the scheduler has chosen a node")
        func firstConsumer() async throws {
            try await Stage.with("consumer") { stage in
                let provisioner = try await stage.startProvisioner()
                var late = stage.storageClass("late")
                late["volumeBindingMode"] = "WaitForFirstConsumer"
                try await stage.apply([late, stage.claim("data", of: "late")])
                try await eventually("the claim is told to wait") {
                    try await stage.kube.kubectl([
                        "get", "events", "-n", stage.name, "-o", "name", "--field-selector",
                        "reason=WaitForFirstConsumer",
                    ]).isEmpty == false
                }
                try await #expect(stage.volumes().isEmpty)

                try await stage.addNode()
                try await stage.apply([stage.pod("consumer", using: "data")])
                let volume = try await stage.volumeOfOnlyClaim()
                let claim = try #require(try await stage.claims().first)
                #expect(claim.metadata.annotations["volume.kubernetes.io/selected-node"] == stage.name)
                let image = try #require(volume.csi?.json["volumeAttributes", "imageName"]?.stringValue)
                try await #expect(stage.images() == [image])
                try await eventually("the pod has its node") {
                    try await stage.kube.kubectl(
                        ["get", "pod", "consumer", "-n", stage.name, "-o", "jsonpath={.spec.nodeName}"]) == stage.name
                }

                try await stage.kube.kubectl(
                    ["delete", "pod", "consumer", "-n", stage.name, "--grace-period=0", "--force"])
                try await stage.kube.kubectl(["delete", "node", stage.name])
                try await stage.deleteClaims()
                try await stage.expectNothingLeft()
                try await #expect(provisioner.child.terminate() == .status(0))
            }
        }

        @Test("a retained volume outlives its claim, and goes once its policy says so")
        func retained() async throws {
            try await Stage.with("retained") { stage in
                let provisioner = try await stage.startProvisioner()
                var keep = stage.storageClass("keep")
                keep["reclaimPolicy"] = "Retain"
                try await stage.apply([keep, stage.claim("data", of: "keep")])
                let volume = try await stage.volumeOfOnlyClaim()
                let images = try await stage.images()
                #expect(images.count == 1)

                try await stage.deleteClaims()
                try await eventually("the volume is released") {
                    try await stage.volumes().map(\.phase) == ["Released"]
                }
                // What a delete would have needed: a claim of another class comes and goes meanwhile.
                try await stage.apply([stage.claim("other")])
                try await eventually("another claim is served") { try await stage.volumes().count == 2 }
                try await stage.deleteClaims()
                try await eventually("the other volume is gone") { try await stage.volumes().count == 1 }
                try await #expect(stage.images() == images)

                try await stage.kube.kubectl([
                    "patch", "pv", volume.metadata.name, "-p",
                    #"{"spec":{"persistentVolumeReclaimPolicy":"Delete"}}"#,
                ])
                try await stage.expectNothingLeft()
                try await #expect(provisioner.child.terminate() == .status(0))
            }
        }

        @Test("a volume whose class and Secret are gone is deleted with the provisioner's own credentials")
        func goneSecret() async throws {
            try await Stage.with("gone") { stage in
                let key = stage.folder.appending(path: "own.key")
                try FileManager.default.createDirectory(at: stage.folder, withIntermediateDirectories: true)
                try await Data(stage.key(of: stage.name).reveal().utf8).write(to: key)
                let provisioner = try await stage.startProvisioner([
                    "--ceph-id", stage.name, "--ceph-key-file", key.path,
                ])
                try await stage.apply([stage.claim("data")])
                _ = try await stage.volumeOfOnlyClaim()

                try await stage.kube.kubectl(["delete", "storageclass", stage.name])
                try await stage.kube.kubectl(["delete", "secret", stage.name, "-n", stage.name])
                try await stage.deleteClaims()
                try await stage.expectNothingLeft()
                try await #expect(provisioner.child.terminate() == .status(0))
            }
        }
    }
}

extension Stage {
    /// Waits until the stage's only claim is Bound, and answers its PV.
    fileprivate func volumeOfOnlyClaim() async throws -> PersistentVolume {
        try await eventually("the claim is Bound") { try await claims().map(\.phase) == ["Bound"] }
        let volumes = try await volumes()
        return try #require(volumes.count == 1 ? volumes.first : nil)
    }

    /// Waits until no PV is left and nothing of a volume in the pool, but for what `allowed` names.
    func expectNothingLeft(_ allowed: Set<String> = []) async throws {
        try await eventually("no PV is left") { try await volumes().isEmpty }
        try await eventually("nothing is left in the pool", every: .milliseconds(500)) {
            try await leftovers()
        } until: {
            $0.subtracting(allowed).isEmpty
        }
    }

    /// Gives the stage's cephx user other rights towards OSDs.
    fileprivate func grant(_ osd: String) async throws {
        try await ceph.ceph([
            "auth", "caps", "client.\(name)", "mon", "profile rbd", "osd", osd,
        ])
    }

    /// A node without a kubelet, ready as far as the scheduler is told.
    func addNode() async throws {
        let room: JSONObject = ["cpu": "4", "memory": "8Gi", "pods": "100"]
        let now = JSONValue.string(Date.now.ISO8601Format())
        try await apply([
            [
                "apiVersion": "v1", "kind": "Node",
                "metadata": ["name": .string(name), "labels": ["kubernetes.io/hostname": .string(name)]],
                "status": [
                    "capacity": .object(room), "allocatable": .object(room),
                    "conditions": [
                        [
                            "type": "Ready", "status": "True", "reason": "Test", "message": "there is no kubelet",
                            "lastHeartbeatTime": now, "lastTransitionTime": now,
                        ]
                    ],
                ],
            ]
        ])
    }

    /// A pod that mounts a claim, and bears with a node that nobody looks after.
    func pod(_ podName: String, using claim: String) -> JSONObject {
        [
            "apiVersion": "v1", "kind": "Pod",
            "metadata": ["name": .string(podName), "namespace": .string(name)],
            "spec": [
                "automountServiceAccountToken": false, "tolerations": [["operator": "Exists"]],
                "containers": [
                    ["name": "main", "image": "none", "volumeMounts": [["name": "data", "mountPath": "/data"]]]
                ],
                "volumes": [["name": "data", "persistentVolumeClaim": ["claimName": .string(claim)]]],
            ],
        ]
    }
}

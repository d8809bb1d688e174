import KubernetesModel
import TestSupport
import Testing
import Vocabulary

@testable import Provisioner

@Suite struct ClaimOwnershipTests {
    struct Example: Sendable {
        var name: String
        var claim: PersistentVolumeClaim = Samples.claim()
        var storageClass: StorageClass? = Samples.storageClass()
        var expected: ClaimOwnership
    }

    private static let waiting = Samples.storageClass(Samples.parameters) {
        $0.json["volumeBindingMode"] = "WaitForFirstConsumer"
    }
    private static let foreign = Samples.storageClass(Samples.parameters) { $0.json["provisioner"] = "other.io" }

    @Test(arguments: [
        Example(name: "ours", expected: .ours(Samples.storageClass())),
        Example(name: "bound", claim: Samples.claim { $0.volumeName = "pv" }, expected: .notOurs),
        Example(
            name: "being deleted",
            claim: Samples.claim { $0.json["metadata", "deletionTimestamp"] = "2026-01-01T00:00:00Z" },
            expected: .notOurs),
        Example(
            name: "not annotated yet",
            claim: Samples.claim { $0.metadata[annotation: "volume.kubernetes.io/storage-provisioner"] = nil },
            expected: .notOurs),
        Example(
            name: "the old annotation",
            claim: Samples.claim {
                $0.metadata[annotation: "volume.kubernetes.io/storage-provisioner"] = nil
                $0.metadata[annotation: "volume.beta.kubernetes.io/storage-provisioner"] = "rbd.holdfast.io"
            }, expected: .ours(Samples.storageClass())),
        Example(
            name: "the new annotation goes before the old one",
            claim: Samples.claim {
                $0.metadata[annotation: "volume.kubernetes.io/storage-provisioner"] = "other.io"
                $0.metadata[annotation: "volume.beta.kubernetes.io/storage-provisioner"] = "rbd.holdfast.io"
            }, expected: .notOurs),
        Example(name: "no class", claim: Samples.claim { $0.storageClassName = "" }, expected: .notOurs),
        Example(name: "class gone", storageClass: nil, expected: .missingClass("fast")),
        Example(name: "class is another's by now", storageClass: foreign, expected: .notOurs),
        Example(name: "no node chosen", storageClass: waiting, expected: .waitsForNode),
        Example(
            name: "node chosen",
            claim: Samples.claim { $0.metadata[annotation: "volume.kubernetes.io/selected-node"] = "n1" },
            storageClass: waiting, expected: .ours(waiting)),
        Example(
            name: "node chosen, old annotation",
            claim: Samples.claim { $0.metadata[annotation: "volume.alpha.kubernetes.io/selected-node"] = "n1" },
            storageClass: waiting, expected: .ours(waiting)),
    ])
    func itFollowsTheRules(_ example: Example) {
        let ownership = ClaimOwnership(of: example.claim, names: ["rbd.holdfast.io", "extra.io"]) { name in
            name == "fast" ? example.storageClass : nil
        }
        #expect(ownership == example.expected, "\(example.name)")
    }
}

@Suite struct ProvisioningPlanTests {
    struct Refusal: Sendable {
        var claim: PersistentVolumeClaim = Samples.claim()
        var parameters: [String: String] = Samples.parameters
        /// What the message names.
        var names: String
    }

    private static func modes(_ modes: [String], volumeMode: String? = nil) -> PersistentVolumeClaim {
        Samples.claim {
            $0.accessModes = modes
            $0.volumeMode = volumeMode
        }
    }

    private static func without(_ keys: String...) -> [String: String] {
        Samples.parameters.filter { !keys.contains($0.key) }
    }

    @Test(arguments: [
        Refusal(claim: Samples.claim { $0.json["spec", "selector"] = ["matchLabels": [:]] }, names: "spec.selector"),
        Refusal(
            claim: Samples.claim { $0.json["spec", "dataSource"] = ["kind": "PersistentVolumeClaim", "name": "src"] },
            names: "PersistentVolumeClaim src"),
        Refusal(claim: Samples.claim { $0.json["spec", "resources"] = [:] }, names: "requests.storage"),
        Refusal(
            claim: Samples.claim { $0.json["spec", "resources", "requests", "storage"] = "-1Gi" },
            names: "requests.storage"),
        Refusal(
            claim: Samples.claim { $0.json["spec", "resources", "requests", "storage"] = "much" }, names: "much"),
        Refusal(
            claim: Samples.claim { $0.json["spec", "resources", "requests", "storage"] = "0" },
            names: "requests.storage"),
        Refusal(
            claim: Samples.claim { $0.json["spec", "resources", "limits"] = ["storage": "1Mi"] },
            names: "limits.storage"),
        Refusal(
            claim: Samples.claim { $0.json["spec", "resources", "requests", "storage"] = "9Ei" }, names: "largest"),
        Refusal(claim: modes(["ReadWriteMany"]), names: "ReadWriteMany"),
        Refusal(claim: modes(["ReadOnlyMany"]), names: "ReadOnlyMany"),
        Refusal(claim: modes(["ReadWriteTwice"]), names: "ReadWriteTwice"),
        Refusal(claim: modes(["ReadWriteOncePod", "ReadWriteOnce"]), names: "ReadWriteOncePod"),
        Refusal(claim: modes(["ReadWriteOnce"], volumeMode: "Tape"), names: "Tape"),
        Refusal(parameters: without("clusterID"), names: "clusterID"),
        Refusal(parameters: without("pool"), names: "pool"),
        Refusal(
            parameters: Samples.parameters.merging(["imageFeature": "layering"]) { $1 }, names: "imageFeatures"),
        Refusal(
            parameters: without(
                "csi.storage.k8s.io/node-stage-secret-name", "csi.storage.k8s.io/node-stage-secret-namespace"),
            names: "csi.storage.k8s.io/node-stage-secret-name"),
        Refusal(
            parameters: without("csi.storage.k8s.io/provisioner-secret-namespace"),
            names: "provisioner-secret-namespace"),
    ])
    func whatIsWrongIsRefusedByName(_ refusal: Refusal) {
        let failure = #expect(throws: ProvisionFailure.self) {
            try ProvisioningPlan(
                claim: refusal.claim, storageClass: Samples.storageClass(refusal.parameters), settings: .init())
        }
        #expect(failure?.remedy == .change)
        #expect(failure?.state == .finished)
        #expect(failure?.message.contains(refusal.names) == true, "\(failure?.message ?? "")")
    }

    struct Accepted: Sendable {
        var modes: [String]
        var volumeMode: String?
        var expected: [String]
    }

    @Test(arguments: [
        Accepted(modes: [], expected: ["ReadWriteOnce"]),
        Accepted(modes: ["ReadWriteOnce"], expected: ["ReadWriteOnce"]),
        Accepted(modes: ["ReadWriteOncePod"], expected: ["ReadWriteOncePod"]),
        Accepted(modes: ["ReadWriteOnce", "ReadOnlyMany"], expected: ["ReadWriteOnce", "ReadOnlyMany"]),
        Accepted(modes: ["ReadWriteMany"], volumeMode: "Block", expected: ["ReadWriteMany"]),
    ])
    func accessModesAreKept(_ example: Accepted) throws {
        let plan = try ProvisioningPlan(
            claim: Self.modes(example.modes, volumeMode: example.volumeMode), storageClass: Samples.storageClass(),
            settings: .init())
        #expect(plan.accessModes == example.expected)
    }

    @Test func theSecretForGrowingIsAlwaysThere() throws {
        let plan = try ProvisioningPlan(claim: Samples.claim(), storageClass: Samples.storageClass(), settings: .init())
        #expect(plan.secrets.volume[.controllerExpand] == SecretReference(namespace: "ceph", name: "admin"))
        #expect(plan.secrets.provisioner == SecretReference(namespace: "ceph", name: "admin"))
    }

    @Test func classesOfTheOldFamilyArePlanned() throws {
        let storageClass = Samples.storageClass([
            "monitors": "10.0.0.1:6789, 10.0.0.2", "adminId": "kube", "adminSecretName": "admin",
            "userSecretName": "user", "pool": "kube",
        ])
        let plan = try ProvisioningPlan(claim: Samples.claim(), storageClass: storageClass, settings: .init())
        #expect(plan.secrets.provisioner == SecretReference(namespace: "default", name: "admin"))
        #expect(plan.secrets.provisionerUser == "kube")
        #expect(plan.secrets.volume[.nodeStage] == SecretReference(namespace: "team", name: "user"))
    }

    @Test func foreignSourcesAreToldFromKnownOnes() {
        let foreign = Samples.claim {
            $0.json["spec", "dataSourceRef"] = ["apiGroup": "example.io", "kind": "Backup", "name": "monday"]
        }
        let snapshot = Samples.claim {
            $0.json["spec", "dataSource"] = [
                "apiGroup": "snapshot.storage.k8s.io", "kind": "VolumeSnapshot", "name": "s",
            ]
        }
        #expect(ClaimSource(of: foreign) == .foreign(kind: "Backup", name: "monday"))
        #expect(ClaimSource(of: snapshot) == .known(kind: "VolumeSnapshot"))
        #expect(ClaimSource(of: Samples.claim()) == .none)
    }
}

@Suite struct PersistentVolumeBuilderTests {
    private static func made(_ plan: ProvisioningPlan) -> ProvisionedVolume {
        ProvisionedVolume(
            handle: "0001-0002-c1-0000000000000001-\(Samples.uid)", size: .mib(1025),
            attributes: ["clusterID": "c1", "pool": "kube", "imageName": "csi-vol-\(Samples.uid)"], pool: "kube",
            imageName: "csi-vol-\(Samples.uid)", monitors: ["10.0.0.1:6789"],
            work: WorkReference(place: plan.creation(credentials: nil).place, volumeName: plan.volumeName))
    }

    @Test func everythingIsThereFromTheFirstWriteOn() throws {
        let claim = Samples.claim { $0.volumeMode = "Filesystem" }
        let storageClass = Samples.storageClass(Samples.parameters) { $0.json["mountOptions"] = ["discard"] }
        let plan = try ProvisioningPlan(claim: claim, storageClass: storageClass, settings: .init())
        let volume = plan.persistentVolume(of: Self.made(plan), settings: .init())
        let expected: JSONObject = [
            "apiVersion": "v1", "kind": "PersistentVolume",
            "metadata": [
                "name": "pvc-11111111-2222-4333-8444-555555555555",
                "annotations": [
                    "pv.kubernetes.io/provisioned-by": "rbd.holdfast.io",
                    "volume.kubernetes.io/provisioner-deletion-secret-name": "admin",
                    "volume.kubernetes.io/provisioner-deletion-secret-namespace": "ceph",
                ],
                "finalizers": ["external-provisioner.volume.kubernetes.io/finalizer"],
            ],
            "spec": [
                "accessModes": ["ReadWriteOnce"], "capacity": ["storage": "1025Mi"], "mountOptions": ["discard"],
                "claimRef": [
                    "apiVersion": "v1", "kind": "PersistentVolumeClaim", "name": "data", "namespace": "team",
                    "resourceVersion": "7", "uid": "11111111-2222-4333-8444-555555555555",
                ],
                "csi": [
                    "driver": "rbd.csi.ceph.com", "fsType": "ext4",
                    "volumeHandle": "0001-0002-c1-0000000000000001-11111111-2222-4333-8444-555555555555",
                    "volumeAttributes": [
                        "clusterID": "c1", "pool": "kube", "imageName": "csi-vol-11111111-2222-4333-8444-555555555555",
                    ],
                    "controllerExpandSecretRef": ["name": "admin", "namespace": "ceph"],
                    "nodeStageSecretRef": ["name": "node", "namespace": "ceph"],
                ],
                "persistentVolumeReclaimPolicy": "Delete", "storageClassName": "fast", "volumeMode": "Filesystem",
            ],
        ]
        #expect(volume.json == expected, "\(volume.json)")
    }

    @Test func whatIsRetainedNeedsNoFinalizer() throws {
        let storageClass = Samples.storageClass(Samples.parameters) { $0.json["reclaimPolicy"] = "Retain" }
        let plan = try ProvisioningPlan(claim: Samples.claim(), storageClass: storageClass, settings: .init())
        let volume = plan.persistentVolume(of: Self.made(plan), settings: .init())
        #expect(volume.reclaimPolicy == "Retain")
        #expect(volume.metadata.finalizers.isEmpty)
    }

    @Test func aBlockVolumeHasNoFileSystem() throws {
        let claim = Samples.claim { $0.volumeMode = "Block" }
        let plan = try ProvisioningPlan(claim: claim, storageClass: Samples.storageClass(), settings: .init())
        #expect(plan.persistentVolume(of: Self.made(plan), settings: .init()).csi?.fsType == nil)
    }

    @Test func theInTreeSourceCarriesItsHandleBeside() throws {
        let storageClass = Samples.storageClass([
            "monitors": "10.0.0.1:6789", "adminSecretName": "admin", "userId": "kube", "userSecretName": "user",
            "pool": "kube", "csi.storage.k8s.io/fstype": "xfs",
        ])
        let settings = ProvisionerSettings(source: .rbd)
        let plan = try ProvisioningPlan(claim: Samples.claim(), storageClass: storageClass, settings: settings)
        let volume = plan.persistentVolume(of: Self.made(plan), settings: settings)
        #expect(volume.csi == nil)
        #expect(
            volume.rbd == [
                "monitors": ["10.0.0.1:6789"], "pool": "kube", "image": .string("csi-vol-\(Samples.uid)"),
                "user": "kube",
                "fsType": "xfs", "secretRef": ["name": "user", "namespace": "team"],
            ])
        #expect(volume.holdfastHandle == "0001-0002-c1-0000000000000001-\(Samples.uid)")
    }
}

import Ceph
import Testing
import Vocabulary

@testable import Volumes

@Suite struct VolumeParametersTests {
    @Test func readsCephCSIsKeys() throws {
        let parameters = try VolumeParameters(parsing: [
            "clusterID": "lab", "pool": "kube", "dataPool": "ec", "radosNamespace": "team",
            "imageFeatures": "layering, exclusive-lock,object-map", "volumeNamePrefix": "k-", "objectSize": "8388608",
            "stripeUnit": "65536", "stripeCount": "4", "mounter": "rbd", "tryOtherMounters": "false",
            "mapOptions": "krbd:noshare;nbd:try-netlink", "unmapOptions": "force", "mkfsOptions": "-m0",
            "encrypted": "false", "cephLogDir": "/var/log", "cephLogStrategy": "remove", "imageFormat": "2",
            "csi.storage.k8s.io/fstype": "xfs", "holdfast.io/trashRetention": "3d", "holdfast.io/sizeRounding": "GiB",
            "csi.storage.k8s.io/provisioner-secret-name": "s", "csi.storage.k8s.io/provisioner-secret-namespace": "n",
            "journalPool": "kube",
        ])
        #expect(parameters.family == .cephCSI)
        #expect(parameters.cluster == .id("lab"))
        #expect(parameters.pool == "kube")
        #expect(parameters.radosNamespace == "team")
        #expect(
            parameters.recipe
                == ImageRecipe(
                    namePrefix: "k-", features: [.layering, .exclusiveLock, .objectMap], dataPool: "ec",
                    objectSize: .mib(8), striping: ImageRecipe.Striping(unit: .kib(64), count: 4)))
        #expect(parameters.fileSystem == "xfs")
        #expect(parameters.trashRetention == .seconds(3 * 86_400))
        #expect(parameters.rounding == .gibibytes)
        let context = SecretContext(volumeName: "pv")
        #expect(try parameters.secrets.reference(for: .provisioner, context)?.description == "n/s")
        #expect(try parameters.secrets.reference(for: .nodeStage, context) == nil)
    }

    @Test func theLeastClassHasCephsDefaults() throws {
        let parameters = try VolumeParameters(parsing: ["clusterID": "lab", "pool": "kube"])
        #expect(parameters.recipe == ImageRecipe())
        #expect(parameters.recipe.namePrefix == "csi-vol-")
        #expect(parameters.trashRetention == .zero)
        #expect(parameters.rounding == .mebibytes)
    }

    @Test func readsTheLegacyKeysInAnyCase() throws {
        let parameters = try VolumeParameters(parsing: [
            "Monitors": "mon-a:6789, 10.0.0.2 ,[fd00::1]:3300", "ADMINID": "kube", "adminsecretname": "admin-key",
            "adminSecretNamespace": "ceph", "userSecretName": "user-key", "pool": "", "imageFormat": "2",
            "fsType": "ext4",
        ])
        #expect(parameters.family == .legacy)
        #expect(parameters.pool == "rbd")
        #expect(parameters.recipe.namePrefix == "kubernetes-dynamic-pvc-")
        #expect(parameters.recipe.features == [])
        #expect(parameters.fileSystem == "ext4")
        let credentials = LegacyCredentials(
            adminID: "kube", adminSecret: SecretReference(namespace: "ceph", name: "admin-key"), userID: "kube",
            userSecretName: "user-key", userSecretNamespace: nil)
        #expect(parameters.cluster == .monitors(["mon-a:6789", "10.0.0.2", "[fd00::1]:3300"], credentials))
    }

    @Test func aClassWithBothFamiliesIsCephCSIs() throws {
        let parameters = try VolumeParameters(parsing: [
            "clusterID": "lab", "pool": "kube", "monitors": "", "adminId": "admin", "adminSecretName": "x",
            "userSecretName": "y", "imageFeatures": "layering",
        ])
        #expect(parameters.family == .cephCSI)
        #expect(parameters.nodeParameters == ["imageFeatures": "layering"])
    }

    @Test func attributesAreWhatCephCSIWouldAnswer() throws {
        let parameters = try VolumeParameters(parsing: [
            "clusterID": "lab", "pool": "kube", "imageFeatures": "layering", "mapOptions": "noshare",
            "csi.storage.k8s.io/fstype": "ext4", "holdfast.io/trashRetention": "1h", "monitors": "10.0.0.1",
            "csi.storage.k8s.io/node-stage-secret-name": "s", "csi.storage.k8s.io/node-stage-secret-namespace": "n",
        ])
        let uuid = try #require(VolumeUUID("8f2a2d2e-9bb0-4a3c-8d10-0242ac110002"))
        func volume(in namespace: String) throws -> Volume {
            Volume(
                id: try VolumeID(clusterID: "lab", pool: PoolID(3), uuid: uuid), name: try VolumeName("pvc-\(uuid)"),
                location: PoolLocation(pool: "kube", radosNamespace: namespace), imageName: "csi-vol-\(uuid)",
                imageID: "1", size: .gib(1), intent: uuid)
        }
        var expected = [
            "clusterID": "lab", "pool": "kube", "journalPool": "kube", "imageName": "csi-vol-\(uuid)",
            "imageFeatures": "layering", "mapOptions": "noshare",
        ]
        #expect(try parameters.attributes(of: volume(in: "")) == expected)
        expected["radosNamespace"] = "team"
        #expect(try parameters.attributes(of: volume(in: "team")) == expected)
    }

    @Test(arguments: [
        ("0", 0), ("0s", 0), ("90s", 90), ("5m", 300), ("72h", 259_200), ("7d", 604_800), ("3650d", 315_360_000),
    ])
    func retention(text: String, seconds: Int64) throws {
        #expect(try RetentionParameter.parse(text) == .seconds(seconds))
    }
}

@Suite struct SecretTemplateTests {
    private let context = SecretContext(
        volumeName: "pvc-1", claimNamespace: "team", claimName: "data", claimAnnotations: ["vault": "key-7"])

    private func template(_ name: String, _ namespace: String) throws -> SecretTemplate {
        try SecretTemplate(nameKey: "name", name: name, namespaceKey: "namespace", namespace: namespace)
    }

    @Test(arguments: [
        ("plain", "ns", "ns/plain"),
        ("${pvc.name}", "${pvc.namespace}", "team/data"),
        ("${pv.name}-${pvc.namespace}", "x-${pv.name}", "x-pvc-1/pvc-1-team"),
        ("a-${pvc.annotations['vault']}-b", "ns", "ns/a-key-7-b"),
    ])
    func fillsTokensIn(name: String, namespace: String, result: String) throws {
        #expect(try template(name, namespace).resolve(context).description == result)
    }

    @Test(arguments: [
        ("${pvc.annotations['missing']}", "ns", "missing"), ("Bad${pvc.name}", "ns", "Baddata"),
        ("a", "${pvc.namespace}.x", "team.x"),
    ])
    func refusesWhatNamesNoSecret(name: String, namespace: String, saying: String) throws {
        let template = try template(name, namespace)
        let error = #expect(throws: VolumeError.self) { try template.resolve(context) }
        #expect(error?.message.contains(saying) == true, "\(error?.message ?? "")")
    }

    @Test func saysWhenTheClaimIsNotKnown() throws {
        let template = try template("${pvc.name}", "ns")
        let error = #expect(throws: VolumeError.self) { try template.resolve(SecretContext(volumeName: "pv")) }
        #expect(error?.message.contains("the claim's name") == true)
    }

    @Test func theGeneralPairStandsInForEveryPurpose() throws {
        let parameters = try VolumeParameters(parsing: [
            "clusterID": "lab", "pool": "kube", "csi.storage.k8s.io/secret-name": "all",
            "csi.storage.k8s.io/secret-namespace": "ns", "csiNodeStageSecretName": "stage",
            "csiNodeStageSecretNamespace": "ns",
        ])
        for purpose in SecretTemplates.Purpose.allCases {
            let expected = purpose == .nodeStage ? "ns/stage" : "ns/all"
            #expect(try parameters.secrets.reference(for: purpose, context)?.description == expected)
        }
    }
}

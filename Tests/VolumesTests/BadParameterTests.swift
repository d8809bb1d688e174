import Testing

@testable import Volumes

/// Every bad class is refused by a message that names the key at fault.
@Suite struct BadParameterTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var change: [String: String?]
        var key: String
        var saying: String
        var legacy = false

        init(_ change: [String: String?], _ key: String, _ saying: String, legacy: Bool = false) {
            self.change = change
            self.key = key
            self.saying = saying
            self.legacy = legacy
        }

        var testDescription: String { "\(key): \(saying)" }
    }

    static let good = ["clusterID": "lab", "pool": "kube"]
    static let goodLegacy = ["monitors": "10.0.0.1:6789", "adminSecretName": "ceph-admin"]

    static let presence: [Case] = [
        Case(["clusterID": nil], "clusterID", "missing"),
        Case(["clusterID": nil, "clusterId": "lab"], "clusterID", "clusterId"),
        Case(["clusterID": ""], "clusterID", "empty"),
        Case(["pool": nil], "pool", "missing"),
        Case(["pool": nil, "pol": "kube"], "pool", "\"pol\""),
        Case(["pool": ""], "pool", "empty"),
        Case(["dataPool": ""], "dataPool", "empty"),
        Case(["volumeNamePrefix": ""], "volumeNamePrefix", "empty"),
        Case(["radosNamespace": ""], "radosNamespace", "empty"),
        Case(["imageFeatures": ""], "imageFeatures", "empty"),
        Case(["mkfsOptions": ""], "mkfsOptions", "empty"),
        Case(["mounter": ""], "mounter", "empty"),
        Case(["imageFeature": "layering"], "imageFeature", "did you mean imageFeatures?"),
        Case(["ImageFeatures": "layering"], "ImageFeatures", "did you mean imageFeatures?"),
        Case(["imagefaetures": "layering"], "imagefaetures", "did you mean imageFeatures?"),
        Case(["datapool": "ec"], "datapool", "did you mean dataPool?"),
        Case(["mapOption": "x"], "mapOption", "did you mean mapOptions?"),
        Case(["colour": "red"], "colour", "no such parameter"),
        Case(
            ["holdfast.io/trashRetentoin": "1h"], "holdfast.io/trashRetentoin",
            "did you mean holdfast.io/trashRetention?"),
        Case(["csi.storage.k8s.io/colour": "red"], "csi.storage.k8s.io/colour", "no such parameter"),
    ]

    static let values: [Case] = [
        Case(["clusterID": "a/b"], "clusterID", "slash"),
        Case(["clusterID": String(repeating: "x", count: 65)], "clusterID", "longer than 64"),
        Case(["pool": "a/b"], "pool", "slash"),
        Case(["pool": "a@b"], "pool", "at sign"),
        Case(["pool": "a\nb"], "pool", "line break"),
        Case(["dataPool": "e c"], "dataPool", "space"),
        Case(["radosNamespace": "a/b"], "radosNamespace", "slash"),
        Case(["journalPool": "other"], "journalPool", "not the pool"),
        Case(["volumeNamePrefix": "a/b-"], "volumeNamePrefix", "slash"),
        Case(["volumeNamePrefix": String(repeating: "p", count: 61)], "volumeNamePrefix", "longer than 60"),
        Case(["imageFeatures": "layering,exclusiv-lock"], "imageFeatures", "did you mean exclusive-lock?"),
        Case(["imageFeatures": "layering,"], "imageFeatures", "no feature"),
        Case(["imageFeatures": "layering,layering"], "imageFeatures", "twice"),
        Case(["imageFeatures": "object-map"], "imageFeatures", "needs exclusive-lock"),
        Case(["imageFeatures": "exclusive-lock,fast-diff"], "imageFeatures", "needs object-map"),
        Case(["imageFeatures": "journaling"], "imageFeatures", "needs exclusive-lock"),
        Case(["imageFeatures": "exclusive-lock,journaling"], "imageFeatures", "rbd-nbd"),
        Case(["imageFeatures": "striping"], "imageFeatures", "no feature"),
        Case(["objectSize": "5000000"], "objectSize", "power of two"),
        Case(["objectSize": "2048"], "objectSize", "power of two from 4096"),
        Case(["objectSize": "67108864"], "objectSize", "33554432"),
        Case(["objectSize": "4Mi"], "objectSize", "whole number"),
        Case(["objectSize": "-1"], "objectSize", "whole number"),
        Case(["objectSize": "0"], "objectSize", "above zero"),
        Case(["stripeUnit": "65536"], "stripeCount", "missing"),
        Case(["stripeCount": "4"], "stripeUnit", "missing"),
        Case(["stripeUnit": "5000", "stripeCount": "4"], "stripeUnit", "does not divide"),
        Case(["stripeUnit": "8388608", "stripeCount": "4"], "stripeUnit", "does not divide"),
        Case(["stripeUnit": "65536", "stripeCount": "99999999999999999999"], "stripeCount", "whole number"),
        Case(["mounter": "krbd"], "mounter", "rbd or rbd-nbd"),
        Case(["mounter": "rbd-ndb"], "mounter", "did you mean rbd-nbd?"),
        Case(["tryOtherMounters": "yes"], "tryOtherMounters", "\"true\""),
        Case(["mapOptions": "fuse:a"], "mapOptions", "no mounter"),
        Case(["unmapOptions": "krbd:"], "unmapOptions", "nothing follows"),
        Case(["encrypted": "true"], "encrypted", "not offered"),
        Case(["encrypted": "maybe"], "encrypted", "\"false\""),
        Case(["topologyConstrainedPools": "[]"], "topologyConstrainedPools", "not offered"),
        Case(["baseReadIops": "100"], "baseReadIops", "limits on I/O"),
        Case(["BaseWriteBytesPerSecond": "100"], "BaseWriteBytesPerSecond", "limits on I/O"),
        Case(["imageFormat": "1"], "imageFormat", "format 1"),
        Case(["imageFormat": "3"], "imageFormat", "use 2"),
        Case(["cephLogDir": "logs"], "cephLogDir", "absolute"),
        Case(["cephLogStrategy": "keep"], "cephLogStrategy", "preserve"),
        Case(["csi.storage.k8s.io/fstype": "EXT4"], "csi.storage.k8s.io/fstype", "file system"),
        Case(["csi.storage.k8s.io/fstype": "ext4", "fsType": "ext4"], "fsType", "given as well"),
        Case(["fstype": "ext4", "FSTYPE": "xfs"], "fstype", "given as well"),
        Case(["holdfast.io/trashRetention": "soon"], "holdfast.io/trashRetention", "units s, m, h and d"),
        Case(["holdfast.io/trashRetention": "h"], "holdfast.io/trashRetention", "units"),
        Case(["holdfast.io/trashRetention": "-1h"], "holdfast.io/trashRetention", "units"),
        Case(["holdfast.io/trashRetention": "99999d"], "holdfast.io/trashRetention", "3650d"),
        Case(["holdfast.io/trashRetention": "18446744073709551615d"], "holdfast.io/trashRetention", "3650d"),
        Case(["holdfast.io/sizeRounding": "GB"], "holdfast.io/sizeRounding", "did you mean GiB?"),
    ]

    private static let name = "csi.storage.k8s.io/provisioner-secret-name"
    private static let namespace = "csi.storage.k8s.io/provisioner-secret-namespace"

    static let secrets: [Case] = [
        Case([name: "s"], namespace, "missing beside"),
        Case([namespace: "n"], name, "missing beside"),
        Case([name: "", namespace: "n"], name, "empty"),
        Case([name: "s", namespace: ""], namespace, "empty"),
        Case([name: "s", namespace: "n", "csiProvisionerSecretName": "s"], "csiProvisionerSecretName", "old spelling"),
        Case(["csiNodeStageSecretName": "s"], "csi.storage.k8s.io/node-stage-secret-namespace", "missing beside"),
        Case(["csi.storage.k8s.io/secret-name": "s"], "csi.storage.k8s.io/secret-namespace", "missing beside"),
        Case([name: "s", namespace: "${pvc.name}"], namespace, "not allowed here"),
        Case([name: "s", namespace: "${pvc.annotations['a']}"], namespace, "not allowed here"),
        Case([name: "${pod.name}", namespace: "n"], name, "not allowed here"),
        Case([name: "${pvc.annotations['']}", namespace: "n"], name, "not allowed here"),
        Case([name: "${pvc.name", namespace: "n"], name, "does not begin a token"),
        Case([name: "$pvc.name", namespace: "n"], name, "does not begin a token"),
        Case([name: "cost$", namespace: "n"], name, "does not begin a token"),
        Case(
            ["csi.storage.k8s.io/provisioner-secret-nam": "s"], "csi.storage.k8s.io/provisioner-secret-nam",
            "did you mean csi.storage.k8s.io/provisioner-secret-name?"),
    ]

    static let legacy: [Case] = [
        Case(["monitors": nil, "userId": "kube"], "monitors", "missing", legacy: true),
        Case(["monitors": ""], "monitors", "empty", legacy: true),
        Case(["monitors": "10.0.0.1,,10.0.0.2"], "monitors", "no address", legacy: true),
        Case(["monitors": "10.0.0.1:port"], "monitors", "no address", legacy: true),
        Case(["monitors": "10.0.0.1:0"], "monitors", "no address", legacy: true),
        Case(["monitors": "fe80::1"], "monitors", "no address", legacy: true),
        Case(["monitors": "http://mon"], "monitors", "no address", legacy: true),
        Case(["adminSecretName": nil], "adminSecretName", "missing", legacy: true),
        Case(["adminSecretName": "Not_A_Name"], "adminSecretName", "lower-case", legacy: true),
        Case(["adminSecretNamespace": "a.b"], "adminSecretNamespace", "lower-case", legacy: true),
        Case(["userSecretName": ""], "userSecretName", "empty", legacy: true),
        Case(["imageFormat": "1"], "imageFormat", "format 1", legacy: true),
        Case(["imageFeatures": "fast-diff"], "imageFeatures", "needs object-map", legacy: true),
        Case(["Monitors": "10.0.0.2"], "monitors", "given twice", legacy: true),
        Case(["pool": "a/b"], "pool", "slash", legacy: true),
        Case(["mapOptions": "x"], "mapOptions", "no such parameter", legacy: true),
        Case(["usrId": "kube"], "usrId", "did you mean userId?", legacy: true),
    ]

    @Test(arguments: presence + values + secrets + legacy)
    func isRefusedByName(bad: Case) {
        var parameters = bad.legacy ? Self.goodLegacy : Self.good
        for (key, value) in bad.change { parameters[key] = value }
        let error = #expect(throws: VolumeError.self) { try VolumeParameters(parsing: parameters) }
        guard let error else { return }
        #expect(error.key == bad.key, "\(error.message)")
        #expect(error.message.contains(bad.key), "\(error.message)")
        #expect(error.message.contains(bad.saying), "\(error.message)")
        #expect(!error.message.contains("\n"))
        #expect(error.isFinal)
    }

    @Test func thereAreEnoughOfThem() {
        #expect(Self.presence.count + Self.values.count + Self.secrets.count + Self.legacy.count >= 60)
    }
}

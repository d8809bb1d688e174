import KubernetesModel
import Testing

@testable import DevAPIServer

@Suite struct ResourceStoreTests {
    @Test func namespacesAreThereFromTheStart() throws {
        let store = Fixture.store()
        let system = try store.get(Fixture.namespaces, Fixture.key("kube-system", in: nil))
        #expect(system["metadata", "uid"]?.stringValue?.count == 36)
        #expect(system.phase == "Active")
        #expect(try store.get(Fixture.namespaces, Fixture.key("default", in: nil)).phase == "Active")
    }

    @Test func aNewObjectGetsIdentityAndDefaults() throws {
        var store = Fixture.store()
        let before = store.version
        let claim = try store.create(
            Fixture.claims, namespace: "default", Fixture.claim("a", size: "1024Mi"), now: Fixture.now)
        #expect(claim.resourceVersion == before + 1)
        #expect(claim["metadata", "creationTimestamp"] == "2023-11-14T22:13:20Z")
        #expect(claim["metadata", "namespace"] == "default")
        #expect(claim["kind"] == "PersistentVolumeClaim")
        #expect(claim["spec", "volumeMode"] == "Filesystem")
        #expect(claim["spec", "resources", "requests", "storage"] == "1Gi")
        #expect(claim.finalizers == ["kubernetes.io/pvc-protection"])
        #expect(claim.phase == "Pending")
        #expect(try store.get(Fixture.claims, Fixture.key("a")) == claim)
    }

    @Test func generatedNamesDiffer() throws {
        var store = Fixture.store()
        var names: Set<String> = []
        for _ in 0..<100 {
            let made = try store.create(
                Fixture.secrets, namespace: "default", ["metadata": ["generateName": "x-"]], now: Fixture.now)
            names.insert(made["metadata", "name"]?.stringValue ?? "")
        }
        #expect(names.count == 100)
        #expect(names.allSatisfy { $0.hasPrefix("x-") && $0.count == 7 })
    }

    @Test(
        arguments: [
            ("already exists", 409, "AlreadyExists", Fixture.secret("taken"), "default"),
            ("no namespace", 404, "NotFound", Fixture.secret("b"), "nope"),
            ("no name", 422, "Invalid", ["metadata": [:]], "default"),
            ("bad name", 422, "Invalid", Fixture.secret("No_Good"), "default"),
            ("other namespace", 400, "BadRequest", ["metadata": ["name": "b", "namespace": "other"]], "default"),
            ("other kind", 400, "BadRequest", ["kind": "Pod", "metadata": ["name": "b"]], "default"),
            ("version given", 500, nil, ["metadata": ["name": "b", "resourceVersion": "5"]], "default"),
        ] as [(String, Int, String?, JSONObject, String)])
    func badCreatesAreRefused(
        what: String, code: Int, reason: String?, object: JSONObject, namespace: String
    ) throws {
        var store = Fixture.store()
        _ = try store.create(Fixture.secrets, namespace: "default", Fixture.secret("taken"), now: Fixture.now)
        let version = store.version
        let failure = refusal { () throws(APIFailure) in
            _ = try store.create(Fixture.secrets, namespace: namespace, object, now: Fixture.now)
        }
        #expect(failure?.code == code, "\(what)")
        #expect(failure?.status.reason == reason, "\(what)")
        #expect(store.version == version, "\(what)")
    }

    @Test func updatesAreGuardedByTheVersion() throws {
        var store = Fixture.store()
        let first = try store.create(Fixture.secrets, namespace: "default", Fixture.secret("s"), now: Fixture.now)
        var change = first
        change["data", "key"] = "eA=="
        let second = try store.update(Fixture.secrets, Fixture.key("s"), change, now: Fixture.now).object
        #expect(second.resourceVersion == first.resourceVersion + 1)
        let failure = refusal { () throws(APIFailure) in
            _ = try store.update(Fixture.secrets, Fixture.key("s"), change, now: Fixture.now)
        }
        #expect(failure?.code == 409)
        #expect(
            failure?.status.message
                == "Operation cannot be fulfilled on secrets \"s\": the object has been modified; "
                + "please apply your changes to the latest version and try again")
    }

    @Test func anUpdateThatChangesNothingIsNoWrite() throws {
        var store = Fixture.store()
        let first = try store.create(Fixture.secrets, namespace: "default", Fixture.secret("s"), now: Fixture.now)
        let again = try store.update(Fixture.secrets, Fixture.key("s"), first, now: Fixture.now).object
        #expect(again == first)
        #expect(store.version == first.resourceVersion)
    }

    @Test func leasesNeedAVersionButMayBeCreatedByUpdate() throws {
        var store = Fixture.store()
        let lease: JSONObject = ["metadata": ["name": "l"], "spec": ["holderIdentity": "me"]]
        let made = try store.update(Fixture.leases, Fixture.key("l"), lease, now: Fixture.now)
        #expect(made.isNew)
        let failure = refusal { () throws(APIFailure) in
            _ = try store.update(Fixture.leases, Fixture.key("l"), lease, now: Fixture.now)
        }
        #expect(failure?.status.causes.first?.field == "metadata.resourceVersion")
    }

    @Test func statusAndTheRestAreWrittenApart() throws {
        var store = Fixture.store()
        var claim = try store.create(Fixture.claims, namespace: "default", Fixture.claim("c"), now: Fixture.now)
        claim["status", "phase"] = "Bound"
        claim["metadata", "labels", "a"] = "b"
        let main = try store.update(Fixture.claims, Fixture.key("c"), claim, now: Fixture.now).object
        #expect(main.phase == "Pending")
        #expect(main["metadata", "labels", "a"] == "b")
        var status = main
        status["status", "phase"] = "Bound"
        status["spec", "volumeName"] = "v"
        let written = try store.update(
            Fixture.claims, Fixture.key("c"), status, now: Fixture.now, options: WriteOptions(isStatus: true)
        ).object
        #expect(written.phase == "Bound")
        #expect(written["spec", "volumeName"] == nil)
    }

    @Test func finalizersHoldADeletionBack() throws {
        var store = Fixture.store()
        let claim = try store.create(Fixture.claims, namespace: "default", Fixture.claim("c"), now: Fixture.now)
        let marked = try store.delete(Fixture.claims, Fixture.key("c"), now: Fixture.now)
        #expect(!marked.isGone)
        #expect(marked.object["metadata", "deletionTimestamp"] == "2023-11-14T22:13:20Z")
        #expect(marked.object["metadata", "deletionGracePeriodSeconds"] == 0)
        // A second DELETE changes nothing; no finalizer can be added; taking the last one ends the object.
        let version = store.version
        #expect(try store.delete(Fixture.claims, Fixture.key("c"), now: Fixture.now).object == marked.object)
        #expect(store.version == version)
        let failure = refusal { () throws(APIFailure) in
            _ = try store.modify(Fixture.claims, Fixture.key("c")) { old in
                old.merging(patch: ["metadata": ["finalizers": ["kubernetes.io/pvc-protection", "new"]]])
            }
        }
        #expect(failure?.status.causes.first?.field == "metadata.finalizers")
        _ = try store.modify(Fixture.claims, Fixture.key("c")) { old in
            old.merging(patch: ["metadata": ["finalizers": .null]])
        }
        #expect(store[PersistentVolumeClaim.kind, Fixture.key("c")] == nil)
        let last = try #require(try store.history.since(claim.resourceVersion).last)
        #expect(last.type == .deleted)
    }

    @Test(arguments: [
        (DeletePreconditions(uid: "other"), "UID"), (DeletePreconditions(resourceVersion: "1"), "ResourceVersion"),
    ])
    func deletesAreGuardedByPreconditions(preconditions: DeletePreconditions, field: String) throws {
        var store = Fixture.store()
        _ = try store.create(Fixture.secrets, namespace: "default", Fixture.secret("s"), now: Fixture.now)
        let failure = refusal { () throws(APIFailure) in
            _ = try store.delete(Fixture.secrets, Fixture.key("s"), preconditions, now: Fixture.now)
        }
        #expect(failure?.code == 409)
        #expect(failure?.status.message?.contains("the \(field) in the precondition") == true)
        #expect(store[Secret.kind, Fixture.key("s")] != nil)
    }

    @Test func dryRunsChangeNothing() throws {
        var store = Fixture.store()
        let version = store.version
        let options = WriteOptions(dryRun: true)
        let made = try store.create(
            Fixture.secrets, namespace: "default", Fixture.secret("s"), now: Fixture.now, options: options)
        #expect(made["metadata", "uid"] != nil)
        #expect(store[Secret.kind, Fixture.key("s")] == nil && store.version == version)
        _ = try store.create(Fixture.secrets, namespace: "default", Fixture.secret("s"), now: Fixture.now)
        #expect(try store.delete(Fixture.secrets, Fixture.key("s"), now: Fixture.now, options: options).isGone)
        #expect(store[Secret.kind, Fixture.key("s")] != nil)
    }

    // MARK: Rules of the kinds

    @Test(
        arguments: [
            (["spec": ["resources": ["requests": ["storage": "2Gi"]]]], "spec"),
            (["spec": ["accessModes": ["ReadWriteMany"]]], "spec"),
            (["spec": ["volumeName": "v"]], nil),
            (["metadata": ["annotations": ["a": "b"]]], nil),
        ] as [(JSONObject, String?)])
    func aPendingClaimsSpecIsImmutable(patch: JSONObject, field: String?) throws {
        var store = Fixture.store()
        _ = try store.create(Fixture.claims, namespace: "default", Fixture.claim("c"), now: Fixture.now)
        let failure = refusal { () throws(APIFailure) in
            _ = try store.modify(Fixture.claims, Fixture.key("c")) { $0.merging(patch: patch) }
        }
        #expect(failure?.status.causes.first?.field == field)
    }

    @Test(
        arguments: [
            (["spec": ["csi": ["volumeHandle": "other"]]], "spec.persistentvolumesource"),
            (["spec": ["rbd": ["monitors": ["m"], "image": "i"]]], "spec.csi"),
            (["spec": ["volumeMode": "Block"]], "volumeMode"),
            (["spec": ["capacity": ["storage": "2Gi"]]], nil),
            (["spec": ["persistentVolumeReclaimPolicy": "Retain"]], nil),
        ] as [(JSONObject, String?)])
    func aVolumesSourceIsImmutable(patch: JSONObject, field: String?) throws {
        var store = Fixture.store()
        _ = try store.create(Fixture.volumes, namespace: nil, Fixture.volume("v"), now: Fixture.now)
        let failure = refusal { () throws(APIFailure) in
            _ = try store.modify(Fixture.volumes, Fixture.key("v", in: nil)) { $0.merging(patch: patch) }
        }
        #expect(failure?.status.causes.first?.field == field)
    }

    @Test(arguments: ["parameters", "provisioner", "reclaimPolicy", "volumeBindingMode"])
    func aClassesFieldsAreImmutable(field: String) throws {
        var store = Fixture.store()
        _ = try store.create(Fixture.classes, namespace: nil, Fixture.storageClass(), now: Fixture.now)
        let value: JSONValue = field == "parameters" ? ["pool": "other"] : "Other"
        let failure = refusal { () throws(APIFailure) in
            _ = try store.modify(Fixture.classes, Fixture.key("fast", in: nil)) { $0.merging(patch: [field: value]) }
        }
        #expect(failure?.status.causes.map(\.field) == [field])
        _ = try store.modify(Fixture.classes, Fixture.key("fast", in: nil)) {
            $0.merging(patch: ["allowVolumeExpansion": true])
        }
    }

    @Test func secretsDataComesFromStringData() throws {
        var store = Fixture.store()
        let made = try store.create(Fixture.secrets, namespace: "default", Fixture.secret("s"), now: Fixture.now)
        #expect(made["data", "key"] == "dmFsdWU=")
        #expect(made["stringData"] == nil)
        #expect(made["type"] == "Opaque")
    }

    @Test func claimsWithoutAClassGetTheDefaultOne() throws {
        var store = Fixture.store()
        var standard = Fixture.storageClass("standard")
        standard["metadata", "annotations", "storageclass.kubernetes.io/is-default-class"] = "true"
        _ = try store.create(Fixture.classes, namespace: nil, standard, now: Fixture.now)
        let plain = try store.create(
            Fixture.claims, namespace: "default", Fixture.claim("a", className: nil), now: Fixture.now)
        let none = try store.create(
            Fixture.claims, namespace: "default", Fixture.claim("b", className: ""), now: Fixture.now)
        #expect(plain["spec", "storageClassName"] == "standard")
        #expect(none["spec", "storageClassName"] == "")
    }
}

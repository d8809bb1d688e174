import KubernetesModel
import Testing

@testable import DevAPIServer

@Suite struct ControllerTests {
    private struct World {
        var store = Fixture.store()
        var loop = ControllerLoop()

        mutating func create(_ served: ServedKind, _ object: JSONObject, in namespace: String? = nil) throws
            -> JSONObject
        {
            let made = try store.create(served, namespace: namespace, object, now: Fixture.now)
            settle()
            return made
        }

        mutating func delete(_ served: ServedKind, _ key: ObjectKey) throws {
            _ = try store.delete(served, key, now: Fixture.now)
            settle()
        }

        mutating func merge(_ served: ServedKind, _ key: ObjectKey, _ patch: JSONObject) throws {
            _ = try store.modify(served, key) { $0.merging(patch: patch) }
            settle()
        }

        mutating func settle() {
            #expect(loop.settle(&store, now: Fixture.now) == [])
        }

        func claim(_ name: String) throws -> PersistentVolumeClaim {
            PersistentVolumeClaim(json: try store.get(Fixture.claims, Fixture.key(name)))
        }

        func volume(_ name: String) throws -> PersistentVolume {
            PersistentVolume(json: try store.get(Fixture.volumes, Fixture.key(name, in: nil)))
        }

        var events: [String] {
            store.all(Event.kind).values.sorted { $0.resourceVersion < $1.resourceVersion }
                .map { Event(json: $0).reason }
        }
    }

    private static let ga = "volume.kubernetes.io/storage-provisioner"
    private static let beta = "volume.beta.kubernetes.io/storage-provisioner"

    @Test func aClaimIsHandedToItsProvisionerAndBoundToItsVolume() throws {
        var world = World()
        _ = try world.create(Fixture.classes, Fixture.storageClass())
        _ = try world.create(Fixture.claims, Fixture.claim("c"), in: "default")
        let waiting = try world.claim("c")
        #expect(waiting.metadata[annotation: Self.ga] == "rbd.csi.ceph.com")
        #expect(waiting.metadata[annotation: Self.beta] == "rbd.csi.ceph.com")
        #expect(world.events == ["ExternalProvisioning"])

        _ = try world.create(Fixture.volumes, Fixture.volume("v", for: waiting.json))
        let bound = try world.claim("c")
        #expect(bound.phase == "Bound")
        #expect(bound.volumeName == "v")
        #expect(bound.metadata[annotation: "pv.kubernetes.io/bind-completed"] == "yes")
        #expect(bound.metadata[annotation: "pv.kubernetes.io/bound-by-controller"] == "yes")
        #expect(bound.json["status", "capacity", "storage"] == "1Gi")
        #expect(bound.json["status", "accessModes"] == ["ReadWriteOnce"])
        #expect(try world.volume("v").phase == "Bound")

        // Nothing is left to do: every change again wants nothing new.
        for change in try world.store.history.since(0) where change.kind != Event.kind && change.type != .added {
            #expect(BinderPart.actions(after: change, in: world.store) == [])
        }
        let version = world.store.version
        world.settle()
        #expect(world.store.version == version)
    }

    @Test func aDeletedClaimLeavesItsVolumeReleased() throws {
        var world = World()
        _ = try world.create(Fixture.classes, Fixture.storageClass())
        let claim = try world.create(Fixture.claims, Fixture.claim("c"), in: "default")
        _ = try world.create(Fixture.volumes, Fixture.volume("v", for: claim))
        try world.delete(Fixture.claims, Fixture.key("c"))
        #expect(world.store[PersistentVolumeClaim.kind, Fixture.key("c")] == nil)
        #expect(try world.volume("v").phase == "Released")
        try world.delete(Fixture.volumes, Fixture.key("v", in: nil))
        #expect(world.store[PersistentVolume.kind, Fixture.key("v", in: nil)] == nil)
    }

    @Test func aVolumeOfADeletedNamesakeIsReleased() throws {
        var world = World()
        _ = try world.create(Fixture.classes, Fixture.storageClass())
        let first = try world.create(Fixture.claims, Fixture.claim("c"), in: "default")
        try world.delete(Fixture.claims, Fixture.key("c"))
        _ = try world.create(Fixture.claims, Fixture.claim("c"), in: "default")
        _ = try world.create(Fixture.volumes, Fixture.volume("v", for: first))
        #expect(try world.volume("v").phase == "Released")
        #expect(try world.claim("c").phase == "Pending")
    }

    @Test func aBoundClaimIsLostWithItsVolume() throws {
        var world = World()
        _ = try world.create(Fixture.classes, Fixture.storageClass())
        let claim = try world.create(Fixture.claims, Fixture.claim("c"), in: "default")
        _ = try world.create(Fixture.volumes, Fixture.volume("v", for: claim))
        // A bound volume keeps its protection until its claim has gone, unless somebody takes it off by hand.
        try world.delete(Fixture.volumes, Fixture.key("v", in: nil))
        #expect(try world.volume("v").metadata.isBeingDeleted)
        try world.merge(Fixture.volumes, Fixture.key("v", in: nil), ["metadata": ["finalizers": .null]])
        #expect(try world.claim("c").phase == "Lost")
        #expect(world.events == ["ExternalProvisioning", "ClaimLost"])
    }

    @Test func aVolumeMadeBeforehandIsFound() throws {
        var world = World()
        var volume = Fixture.volume("v")
        volume["spec", "claimRef"] = ["namespace": "default", "name": "c"]
        _ = try world.create(Fixture.volumes, volume)
        #expect(try world.volume("v").phase == "Available")
        let claim = try world.create(Fixture.claims, Fixture.claim("c"), in: "default")
        #expect(try world.claim("c").phase == "Bound")
        #expect(try world.volume("v").claim?.uid?.value == claim["metadata", "uid"]?.stringValue)
    }

    @Test func aClassThatWaitsNeedsANode() throws {
        var world = World()
        _ = try world.create(Fixture.classes, Fixture.storageClass(mode: "WaitForFirstConsumer"))
        _ = try world.create(Fixture.claims, Fixture.claim("c"), in: "default")
        #expect(try world.claim("c").metadata[annotation: Self.ga] == nil)
        try world.merge(
            Fixture.claims, Fixture.key("c"),
            ["metadata": ["annotations": ["volume.kubernetes.io/selected-node": "node-1"]]])
        #expect(try world.claim("c").metadata[annotation: Self.ga] == "rbd.csi.ceph.com")
        #expect(world.events == ["WaitForFirstConsumer", "ExternalProvisioning"])
    }

    @Test func aClassThatComesLaterIsUsed() throws {
        var world = World()
        _ = try world.create(Fixture.claims, Fixture.claim("c"), in: "default")
        _ = try world.create(Fixture.claims, Fixture.claim("none", className: ""), in: "default")
        #expect(world.events == ["ProvisioningFailed", "FailedBinding"])
        _ = try world.create(Fixture.classes, Fixture.storageClass())
        #expect(try world.claim("c").metadata[annotation: Self.ga] == "rbd.csi.ceph.com")
        #expect(try world.claim("none").metadata.annotations.isEmpty)
    }

    @Test func aClaimThatAPodUsesIsKept() throws {
        var world = World()
        let pods = ServedKind.of(ServedKind.pod)
        _ = try world.create(Fixture.claims, Fixture.claim("c"), in: "default")
        _ = try world.create(
            pods,
            [
                "metadata": ["name": "p"],
                "spec": ["volumes": [["name": "d", "persistentVolumeClaim": ["claimName": "c"]]]],
            ], in: "default")
        try world.delete(Fixture.claims, Fixture.key("c"))
        #expect(try world.claim("c").metadata.isBeingDeleted)
        try world.delete(pods, Fixture.key("p"))
        #expect(world.store[PersistentVolumeClaim.kind, Fixture.key("c")] == nil)
    }

    @Test func aDeletedNamespaceIsEmptiedAndGoes() throws {
        var world = World()
        _ = try world.create(Fixture.namespaces, ["metadata": ["name": "team"]])
        _ = try world.create(Fixture.secrets, Fixture.secret("s"), in: "team")
        var held = Fixture.secret("held")
        held["metadata", "finalizers"] = ["a/b"]
        _ = try world.create(Fixture.secrets, held, in: "team")
        try world.delete(Fixture.namespaces, Fixture.key("team", in: nil))
        #expect(world.store[Secret.kind, Fixture.key("s", in: "team")] == nil)
        #expect(world.store[Namespace.kind, Fixture.key("team", in: nil)]?.phase == "Terminating")
        let failure = refusal { () throws(APIFailure) in
            _ = try world.store.create(Fixture.secrets, namespace: "team", Fixture.secret("late"), now: Fixture.now)
        }
        #expect(failure?.code == 403)
        try world.merge(Fixture.secrets, Fixture.key("held", in: "team"), ["metadata": ["finalizers": .null]])
        #expect(world.store[Namespace.kind, Fixture.key("team", in: nil)] == nil)
    }

    @Test func controllersSurviveAnExpiredHistory() throws {
        var world = World()
        _ = try world.store.create(Fixture.classes, namespace: nil, Fixture.storageClass(), now: Fixture.now)
        _ = try world.store.create(Fixture.claims, namespace: "default", Fixture.claim("c"), now: Fixture.now)
        world.store.expireHistory()
        world.settle()
        #expect(try world.claim("c").metadata[annotation: Self.ga] == "rbd.csi.ceph.com")
    }
}

import Ceph
import Testing
import Vocabulary

@testable import Volumes

/// What a create makes of journals and images that others left.
@Suite struct AdoptionTests {
    private let request: VolumeRequest
    private let own: VolumeUUID
    private let other: VolumeUUID

    init() throws {
        let name = try VolumeName("pvc-8f2a2d2e-9bb0-4a3c-8d10-0242ac110002")
        request = VolumeRequest(
            name: name, location: PoolLocation(pool: "kube"), size: .mib(64), limit: .mib(256),
            recipe: ImageRecipe(features: [.layering]), claimNamespace: "team")
        own = name.uuid(in: try KubernetesClusterID("cluster"))
        other = try #require(VolumeUUID("5a33e0b0-0000-4000-8000-00000000abcd"))
    }

    private func run(
        _ pool: inout ModelPool, _ request: VolumeRequest? = nil, carried: Set<VolumeUUID> = []
    ) -> CreateSequence.Action {
        let request = request ?? self.request
        var sequence = CreateSequence(request, uuid: own, writesMetadata: false)
        for _ in 0..<100 {
            switch sequence.action {
            case .finish, .stop: return sequence.action
            case let action: sequence.advance(pool.perform(action, request, own: own, carried: carried))
            }
        }
        Issue.record("no end after 100 steps")
        return sequence.action
    }

    /// A volume as ceph-csi makes it, under a UUID of its own.
    private func foreign(size: ByteCount = .mib(64), features: ImageFeatures = [.layering]) -> ModelPool {
        var pool = ModelPool()
        let image = "csi-vol-\(other)"
        pool.directory[request.name.text] = .here(other)
        pool.reservations[other] = Reservation(
            uuid: other, name: request.name.text, imageName: image, imageID: "abc", owner: "team")
        pool.imageDirectory[image] = "abc"
        pool.imageIDs[image] = "abc"
        pool.headers["abc"] = ModelPool.Image(size: size, features: features)
        return pool
    }

    @Test func takesOverWhatNobodyUses() {
        var pool = foreign()
        let before = pool
        let result = CreateSequence.Result(
            uuid: other, imageName: "csi-vol-\(other)", imageID: "abc", size: .mib(64))
        #expect(run(&pool) == .finish(result))
        // Nothing is left of our own attempt but its intent.
        #expect(pool.intents == [own: .create])
        pool.intents = [:]
        #expect(pool == before)
    }

    @Test func takesOverALargerImageWithItsRealSize() {
        var pool = foreign(size: .mib(128))
        guard case .finish(let result) = run(&pool) else { return #expect(Bool(false), "not taken over") }
        #expect(result.size == .mib(128))
    }

    @Test func makesTheImageOfAReservationWithoutOne() {
        var pool = foreign()
        let image = "csi-vol-\(other)"
        (pool.imageDirectory, pool.imageIDs, pool.headers) = ([:], [:], [:])
        guard case .finish(let result) = run(&pool) else { return #expect(Bool(false), "not taken over") }
        #expect(result.imageName == image)
        #expect(pool.imageIDs[image] == result.imageID)
        #expect(pool.reservations[other]?.imageID == result.imageID)
    }

    @Test func refusesWhatAPVCarries() {
        var pool = foreign()
        let before = pool
        #expect(run(&pool, carried: [other]) == .stop(.carriedByAnotherVolume(other)))
        #expect(pool == before)
    }

    @Test func refusesAnotherNamesVolume() {
        var pool = foreign()
        pool.reservations[other]?.name = "pvc-other"
        let before = pool
        #expect(run(&pool) == .stop(.directoryKeyTaken(by: other)))
        #expect(pool == before)
    }

    @Test func refusesADanglingKey() {
        var pool = foreign()
        pool.reservations[other] = nil
        let before = pool
        #expect(run(&pool) == .stop(.directoryKeyDangling(other)))
        #expect(pool == before)
    }

    @Test func refusesAVolumeInAnotherPool() {
        var pool = ModelPool()
        pool.directory[request.name.text] = .elsewhere(PoolID(9), other)
        let before = pool
        #expect(run(&pool) == .stop(.directoryKeyElsewhere(PoolID(9), other)))
        #expect(pool == before)
    }

    @Test func refusesAnUnreadableKey() {
        var pool = ModelPool()
        pool.directory[request.name.text] = .unreadable([0xFF])
        #expect(run(&pool) == .stop(.directoryKeyUnreadable))
        #expect(pool.reservations.isEmpty && pool.intents.isEmpty)
    }

    /// A name without a UUID can be another Kubernetes cluster's as well: its volume is never taken over.
    @Test func refusesToTakeOverByANameThatIsNotUnique() throws {
        var pool = foreign()
        var request = request
        request.name = try VolumeName("data")
        pool.directory = ["data": .here(other)]
        pool.reservations[other]?.name = "data"
        #expect(run(&pool, request) == .stop(.directoryKeyTaken(by: other)))
    }

    @Test func refusesAUUIDThatIsTaken() {
        var pool = ModelPool()
        pool.reservations[own] = Reservation(uuid: own, name: "pvc-other", imageName: "x", imageID: "9")
        let before = pool
        #expect(run(&pool) == .stop(.uuidTaken(by: "pvc-other")))
        #expect(pool == before)
    }

    @Test func fillsAnEmptyObjectOfItsOwn() {
        var pool = ModelPool()
        pool.reservations[own] = Reservation(uuid: own, name: nil, imageName: nil)
        guard case .finish = run(&pool) else { return #expect(Bool(false), "not made") }
        #expect(pool.reservations[own]?.name == request.name.text)
    }

    @Test func keepsTheImageNameThatIsOnRecord() {
        var pool = ModelPool()
        pool.reservations[own] = Reservation(uuid: own, name: request.name.text, imageName: "old-\(own)")
        guard case .finish(let result) = run(&pool) else { return #expect(Bool(false), "not made") }
        #expect(result.imageName == "old-\(own)")
    }

    @Test func comparesAnImageThatIsThere() {
        let name = "csi-vol-\(other)"
        var small = foreign(size: .mib(32))
        #expect(run(&small) == .stop(.imageTooSmall(name, .mib(32))))
        var large = foreign(size: .mib(512))
        #expect(run(&large) == .stop(.imageTooLarge(name, .mib(512))))
        var different = foreign(features: [.layering, .exclusiveLock])
        #expect(run(&different) == .stop(.imageFeaturesDiffer(name)))
    }

    /// librbd gives an image with an object map fast-diff as well, asked for or not.
    @Test func fastDiffComesWithTheObjectMap() throws {
        var pool = foreign(features: [.layering, .exclusiveLock, .objectMap, .fastDiff])
        var request = request
        request.recipe.features = [.layering, .exclusiveLock, .objectMap]
        guard case .finish = run(&pool, request) else { return #expect(Bool(false), "not taken over") }
    }

    /// An image whose id is on record was a whole volume once: what is left of it is never removed by a create.
    @Test func neverRemovesWhatWasWhole() {
        var pool = foreign()
        pool.headers = [:]
        #expect(run(&pool) == .stop(.imageDamaged("csi-vol-\(other)")))
        #expect(pool.imageDirectory.count == 1)
    }

    @Test func everyRefusalSaysWhatToDo() {
        let refusals: [CreateSequence.Refusal] = [
            .uuidTaken(by: "x"), .directoryKeyTaken(by: other), .directoryKeyDangling(other),
            .directoryKeyElsewhere(PoolID(2), other), .directoryKeyUnreadable, .carriedByAnotherVolume(other),
            .imageTooSmall("i", .mib(1)), .imageTooLarge("i", .mib(1)), .imageFeaturesDiffer("i"), .imageDamaged("i"),
            .changedUnderneath,
        ]
        let messages = refusals.map { $0.error(request, directory: "csi.volumes.default").message }
        #expect(Set(messages).count == refusals.count)
        for message in messages { #expect(message.contains(request.name.text) && message.contains("kube")) }
    }

    @Test func aDanglingKeyIsToldWithTheCommandThatRemovesIt() {
        var request = request
        let refusal = CreateSequence.Refusal.directoryKeyDangling(other)
        let key = "csi.volume.\(request.name)"
        let plain = refusal.error(request, directory: "csi.volumes.east").message
        #expect(plain.contains("rados -p kube rmomapkey csi.volumes.east \(key)"))
        request.location = PoolLocation(pool: "kube", radosNamespace: "team")
        let inNamespace = refusal.error(request, directory: "csi.volumes.east").message
        #expect(inNamespace.contains("rados -p kube -N team rmomapkey csi.volumes.east \(key)"))
    }
}

@Suite struct DeletePreconditionTests {
    private let own = VolumeUUID(named: "x", in: [])

    private func stop(
        _ facts: ImageFacts, attached: [String] = [], reservedBy name: String? = "pvc-x"
    ) -> (DeleteSequence.Action, steps: Int) {
        var sequence = DeleteSequence(uuid: own, name: "pvc-x", imageName: "i", attachedNodes: attached)
        for step in 0..<10 {
            switch sequence.action {
            case .readReservation(let uuid):
                sequence.advance(.reservation(Reservation(uuid: uuid, name: name, imageName: "i")))
            case .inspectImage: sequence.advance(.image(facts))
            default: return (sequence.action, step)
            }
        }
        return (sequence.action, 10)
    }

    @Test func nothingIsChangedBeforeEveryPreconditionHolds() {
        let good = ImageFacts(id: "1", size: .gib(1), features: [.layering])
        #expect(stop(good).0 == .recordIntent)
        #expect(stop(good, attached: ["node-1"]).0 == .stop(.attached(["node-1"])))
        #expect(stop(good, attached: ["node-1"]).steps == 0)
        #expect(stop(good, reservedBy: "pvc-y").0 == .stop(.uuidTaken(by: "pvc-y")))
        var facts = good
        facts.watchers = ["10.0.0.1:0/1"]
        #expect(stop(facts).0 == .stop(.watched("i", ["10.0.0.1:0/1"])))
        facts = good
        facts.userSnapshots = ["monday"]
        #expect(stop(facts).0 == .stop(.hasSnapshots("i", ["monday"])))
        facts = good
        facts.isInGroup = true
        #expect(stop(facts).0 == .stop(.inGroup("i")))
        facts = good
        facts.isMigrating = true
        #expect(stop(facts).0 == .stop(.migrating("i")))
    }

    @Test func refusalsNameWhoIsInTheWay() {
        let nodes = (1...6).map { "node-\($0)" }
        let message = DeleteSequence.Refusal.attached(nodes).error(volume: "pvc-x", location: "kube").message
        #expect(message.contains("node-1") && message.contains("2 more"))
        let watched = DeleteSequence.Refusal.watched("i", ["10.0.0.1:0/1"]).error(volume: "pvc-x", location: "kube")
        #expect(watched.code == .inUse && watched.message.contains("10.0.0.1:0/1"))
    }
}

import Ceph
import TestSupport
import Testing
import Vocabulary

@testable import Volumes

/// Creates and deletes against a pool in memory, stopped at every step.
@Suite struct SequenceTests {
    private let request: VolumeRequest
    private let own: VolumeUUID

    init() throws {
        let name = try VolumeName("pvc-8f2a2d2e-9bb0-4a3c-8d10-0242ac110002")
        request = VolumeRequest(
            name: name, location: PoolLocation(pool: "kube"), size: .mib(64),
            recipe: ImageRecipe(features: [.layering, .exclusiveLock, .objectMap]), claimNamespace: "team")
        own = name.uuid(in: try KubernetesClusterID("cluster"))
    }

    // MARK: Running them

    enum Ending: Equatable {
        case finished(CreateSequence.Result)
        case stopped(CreateSequence.Refusal)
        case crashed
    }

    /// Runs a create; at step number `crash` it stops, after `partial` of that step's own parts.
    private func create(
        _ pool: inout ModelPool, _ request: VolumeRequest? = nil, carried: Set<VolumeUUID> = [], crash: Int? = nil,
        partial: Int? = 0
    ) -> Ending {
        let request = request ?? self.request
        var sequence = CreateSequence(request, uuid: own, writesMetadata: true)
        for step in 0..<100 {
            #expect(pool.danglingKeys.isEmpty)
            switch sequence.action {
            case .finish(let result): return .finished(result)
            case .stop(let refusal): return .stopped(refusal)
            case let action:
                if step == crash {
                    if partial != 0 { _ = pool.perform(action, request, own: own, carried: carried, partial: partial) }
                    return .crashed
                }
                sequence.advance(pool.perform(action, request, own: own, carried: carried))
            }
        }
        Issue.record("no end after 100 steps: \(sequence.action)")
        return .crashed
    }

    private func delete(_ pool: inout ModelPool, crash: Int? = nil, partial: Int? = 0) -> DeleteSequence.Refusal? {
        var sequence = DeleteSequence(uuid: own, name: request.name.text, imageName: nil)
        for step in 0..<100 {
            #expect(pool.danglingKeys.isEmpty)
            switch sequence.action {
            case .finish: return nil
            case .stop(let refusal): return refusal
            case let action:
                if step == crash {
                    if partial != 0 { _ = pool.perform(action, own: own, partial: partial) }
                    return nil
                }
                sequence.advance(pool.perform(action, own: own))
            }
        }
        Issue.record("no end after 100 steps: \(sequence.action)")
        return nil
    }

    private func expectWhole(_ pool: ModelPool, _ comment: Comment) {
        let name = "csi-vol-\(own)"
        let id = pool.imageIDs[name]
        #expect(pool.directory == [request.name.text: .here(own)], comment)
        #expect(
            pool.reservations == [
                own: Reservation(uuid: own, name: request.name.text, imageName: name, imageID: id, owner: "team")
            ], comment)
        #expect(id.flatMap { pool.headers[$0] }?.size == .mib(64), comment)
        #expect(pool.imageDirectory == [name: id ?? "none"], comment)
        #expect(pool.headers.count == 1, comment)
        #expect(pool.intents == [own: .create], comment)
    }

    // MARK: Crashes

    @Test func aCreateFromNothingTakesTheShortWay() {
        var pool = ModelPool()
        var sequence = CreateSequence(request, uuid: own, writesMetadata: false)
        var steps = 0
        while true {
            if case .finish = sequence.action { break }
            sequence.advance(pool.perform(sequence.action, request, own: own))
            steps += 1
            guard steps < 20 else { break }
        }
        // Intent, object, key, image, id read, id written.
        #expect(steps == 6)
        expectWhole(pool, "short way")
    }

    /// Stopped before, within and after every step, and run again: one whole volume, and nothing else.
    @Test(arguments: 0..<12, [0, 1, 2, 3, 4])
    func aCreateThatDiedIsFinishedByTheNext(crash: Int, partial: Int) {
        var pool = ModelPool()
        let ending = create(&pool, crash: crash, partial: partial)
        if ending != .crashed { #expect(crash > 6) }
        let again = create(&pool)
        if case .finished = again {} else { Issue.record("ended in \(again)") }
        expectWhole(pool, "crash at \(crash).\(partial)")
    }

    /// The same, twice in a row, at every pair of steps.
    @Test func aCreateThatDiedTwiceIsFinishedByTheThird() {
        for first in 0..<9 {
            for second in 0..<12 {
                for partial in 0...4 {
                    var pool = ModelPool()
                    _ = create(&pool, crash: first, partial: partial)
                    _ = create(&pool, crash: second, partial: (partial * 3 + 1) % 5)
                    let again = create(&pool)
                    if case .finished = again {} else { Issue.record("ended in \(again)") }
                    expectWhole(pool, "crashes at \(first).\(partial) and \(second)")
                }
            }
        }
    }

    /// A create that died and whose claim is gone is undone without a trace.
    @Test(arguments: 0..<8, [0, 1, 2, 3, 4])
    func aCreateThatDiedIsUndone(crash: Int, partial: Int) {
        var pool = ModelPool()
        _ = create(&pool, crash: crash, partial: partial)
        #expect(delete(&pool) == nil)
        pool.intents[own] = nil
        #expect(pool.isEmpty, "crash at \(crash).\(partial): \(pool)")
    }

    @Test(arguments: 0..<9, [0, 1, 2, 3, 4])
    func aDeleteThatDiedIsFinishedByTheNext(crash: Int, partial: Int) {
        var pool = ModelPool()
        _ = create(&pool)
        #expect(delete(&pool, crash: crash, partial: partial) == nil)
        #expect(delete(&pool) == nil)
        #expect(pool.intents == [own: .delete])
        pool.intents[own] = nil
        #expect(pool.isEmpty, "crash at \(crash).\(partial): \(pool)")
        #expect(pool.trash.count == 1)
    }

    /// Creates, undos and deletes in any order, each stopped anywhere: the last whole run decides.
    @Test func anyOrderOfRunsAndCrashes() {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededGenerator(seed: seed)
        for _ in 0..<2_000 {
            var pool = ModelPool()
            // A volume is created until it is whole, and only then or when its claim is gone is it deleted.
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                _ = create(
                    &pool, crash: Int.random(in: 0..<12, using: &random), partial: Int.random(in: 0...4, using: &random)
                )
            }
            if Bool.random(using: &random) {
                _ = create(&pool)
                expectWhole(pool, "seed \(seed)")
            }
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                _ = delete(
                    &pool, crash: Int.random(in: 0..<9, using: &random), partial: Int.random(in: 0...4, using: &random))
            }
            #expect(delete(&pool) == nil, "seed \(seed)")
            pool.intents[own] = nil
            #expect(pool.isEmpty, "seed \(seed): \(pool)")
        }
    }
}

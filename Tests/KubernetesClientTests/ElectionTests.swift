import KubernetesModel
import Logging
import Synchronization
import Testing
import Vocabulary

@testable import KubernetesClient

@Suite struct ElectionMachineTests {
    private let start = ContinuousClock.now
    private let wall = Timestamp(microseconds: 1_000_000)

    private func at(_ seconds: Double) -> ContinuousClock.Instant { start.advanced(by: .seconds(seconds)) }

    private func machine(_ identity: String = "me") -> ElectionMachine {
        ElectionMachine(identity: identity, timing: ElectionTiming())
    }

    private func lease(_ holder: String?, version: String = "1", renewed: Int64 = 0) -> Lease {
        var lease = Lease(name: "l", namespace: "n")
        lease.holder = holder
        lease.durationSeconds = 15
        lease.renewTime = Timestamp(microseconds: renewed * 1_000_000)
        lease.transitions = 4
        lease.metadata.resourceVersion = version
        return lease
    }

    private func written(_ move: ElectionMachine.Move) -> (lease: Lease, isNew: Bool)? {
        if case .write(let lease, let isNew) = move { return (lease, isNew) }
        return nil
    }

    @Test func aMissingLeaseIsCreated() throws {
        var machine = machine()
        #expect(machine.firstMove(wallClock: wall) == .read)
        machine.annotate("a", "b")
        let (lease, isNew) = try #require(written(machine.saw(nil, now: start, wallClock: wall)))
        #expect(isNew && lease.holder == "me" && lease.transitions == 0 && lease.durationSeconds == 15)
        #expect(lease.metadata.annotations == ["a": "b"])
        #expect(machine.wrote(lease, startedAt: start) == true)
        #expect(machine.leads(at: at(9.9)) && !machine.leads(at: at(10)))
    }

    /// `kubectl delete lease` ends nobody's leadership, and the holder's clients are still to be barred.
    @Test func aLeaseThatIsRemovedIsWaitedForAllTheSame() throws {
        var machine = machine()
        var theirs = lease("other")
        theirs.metadata[annotation: "addresses"] = "10.0.0.9:0/9"
        #expect(machine.saw(theirs, now: start, wallClock: wall) == .standBy)
        #expect(machine.saw(nil, now: at(14), wallClock: wall) == .standBy)
        let (taken, isNew) = try #require(written(machine.saw(nil, now: at(15), wallClock: wall)))
        #expect(isNew && taken.holder == "me" && taken.transitions == 5)
        #expect(taken.metadata.annotations == ["addresses": "10.0.0.9:0/9"])
    }

    @Test func aLeaderWhoseLeaseIsRemovedMakesItAnewAtOnce() throws {
        var machine = machine()
        _ = machine.wrote(lease("me"), startedAt: start)
        machine.writeFailed()
        let (made, isNew) = try #require(written(machine.saw(nil, now: at(1), wallClock: wall)))
        #expect(isNew && made.holder == "me")
    }

    @Test func aReleasedLeaseIsTakenAtOnce() throws {
        var machine = machine()
        let move = machine.saw(lease(nil, version: "9"), now: start, wallClock: wall)
        let (taken, isNew) = try #require(written(move))
        #expect(!isNew && taken.metadata.resourceVersion == "9" && taken.transitions == 5)
    }

    /// Whatever the holder's clock says, only the time since our own first look counts.
    @Test(arguments: [Int64(-1_000_000), 0, 4_000_000_000])
    func anothersLeaseIsTakenWhenItHasNotChangedForItsDuration(renewed: Int64) {
        var machine = machine()
        let theirs = lease("other", renewed: renewed)
        for second in stride(from: 0.0, to: 15, by: 2) {
            #expect(machine.saw(theirs, now: at(second), wallClock: wall) == .standBy)
        }
        #expect(written(machine.saw(theirs, now: at(15), wallClock: wall))?.lease.holder == "me")
    }

    @Test func aRenewalStartsTheWaitAnew() {
        var machine = machine()
        _ = machine.saw(lease("other", renewed: 1), now: start, wallClock: wall)
        #expect(machine.saw(lease("other", renewed: 2), now: at(14), wallClock: wall) == .standBy)
        #expect(machine.saw(lease("other", renewed: 2), now: at(28), wallClock: wall) == .standBy)
        #expect(
            written(machine.saw(lease("other", renewed: 2), now: at(29), wallClock: wall)) != nil)
    }

    @Test func aLeaderRenewsWithoutReadingAndReadsAfterAFailure() throws {
        var machine = machine()
        _ = machine.wrote(lease("me", version: "3"), startedAt: start)
        let (renewal, _) = try #require(written(machine.firstMove(wallClock: Timestamp(microseconds: 7_000_000))))
        #expect(renewal.renewTime == Timestamp(microseconds: 7_000_000))
        #expect(renewal.transitions == 4 && renewal.metadata.resourceVersion == "3")
        #expect(machine.wrote(renewal, startedAt: at(2)) == false)
        machine.writeFailed()
        #expect(machine.firstMove(wallClock: wall) == .read)
        #expect(machine.leads(at: at(11)))
    }

    @Test func aLeaderWhoSeesAnotherHolderStepsDown() {
        var machine = machine()
        _ = machine.wrote(lease("me"), startedAt: start)
        machine.writeFailed()
        #expect(machine.saw(lease("other"), now: at(1), wallClock: wall) == .standBy)
        #expect(!machine.leads(at: at(1)))
    }

    @Test func releasingClearsTheHolder() throws {
        var machine = machine()
        #expect(machine.held == nil && !machine.mayHold)
        _ = machine.wrote(lease("me", version: "3"), startedAt: start)
        let released = machine.released(try #require(machine.held), at: wall)
        #expect(released.holder == nil && released.durationSeconds == 1 && released.metadata.resourceVersion == "3")
    }

    /// A write that was cut off may have taken effect: the lease has to be looked at before it counts as another's.
    @Test func aWriteThatFailedLeavesADoubtUntilTheNextLook() {
        var machine = machine()
        machine.writeFailed()
        #expect(machine.mayHold && machine.held == nil && !machine.leads(at: start))
        _ = machine.saw(lease("other"), now: start, wallClock: wall)
        #expect(!machine.mayHold)
    }

    @Test(arguments: [Int64.min, -5, 0, Int64.max])
    func hostileDurationsDoNoHarm(seconds: Int64) {
        var machine = machine()
        var theirs = lease("other")
        theirs.durationSeconds = seconds
        #expect(machine.saw(theirs, now: start, wallClock: wall) == .standBy)
        #expect(written(machine.saw(theirs, now: at(3600), wallClock: wall)) != nil)
    }

    /// Two machines against one lease, frozen at random: they never lead at the same moment.
    @Test(arguments: UInt64(1)...20)
    func neverTwoLeaders(seed: UInt64) {
        var model = ElectionModel(seed: seed)
        for _ in 0..<1000 {
            model.step()
            #expect(model.leaders <= 1, "seed \(seed)")
        }
        #expect(model.terms > 1, "seed \(seed)")
    }
}

@Suite(.timeLimit(.minutes(1))) struct LeaderElectorTests {
    /// A Lease with the preconditions of a real server.
    private final class LeaseServer: Sendable {
        private let stored = Mutex<(lease: Lease?, version: Int)>((nil, 0))

        var lease: Lease? { stored.withLock { $0.lease } }

        func answer(_ request: ScriptedServer.Request) -> ScriptedServer.Reply {
            stored.withLock { stored in
                switch request.method {
                case "GET": return stored.lease.map { .json($0.json) } ?? .failure(404, "NotFound")
                case "POST" where stored.lease != nil: return .failure(409, "AlreadyExists")
                case "PUT"
                where stored.lease?.metadata.resourceVersion
                    != request.json?["metadata"]?["resourceVersion"]?.stringValue:
                    return .failure(409, "Conflict")
                default:
                    var lease = Lease(json: request.json ?? [:])
                    stored.version += 1
                    lease.metadata.resourceVersion = String(stored.version)
                    stored.lease = lease
                    return .json(lease.json)
                }
            }
        }

        func take(by holder: String) {
            stored.withLock { stored in
                stored.version += 1
                stored.lease?.holder = holder
                stored.lease?.metadata.resourceVersion = String(stored.version)
            }
        }
    }

    private let key = ObjectKey(namespace: "holdfast", name: "provisioner")
    private let timing = ElectionTiming(
        leaseDuration: .seconds(6), renewDeadline: .milliseconds(4500), retryPeriod: .milliseconds(200))

    private func elector(
        _ client: KubernetesClient, _ identity: String, logger: Logger = .silent
    ) -> LeaderElector {
        LeaderElector(client, lease: key, identity: identity, timing: timing, logger: logger)
    }

    private func next(_ elector: LeaderElector) async throws -> LeadershipChange? {
        try await withDeadline(.in(.seconds(20))) { await elector.changes.first { _ in true } }
    }

    private struct DoesNotLead: Error {
        var change: LeadershipChange?
    }

    /// Waits until an elector leads.
    private func untilLeading(_ elector: LeaderElector) async throws -> LeadershipTerm {
        let change = try await next(elector)
        guard case .leading(let term) = change else { throw DoesNotLead(change: change) }
        return term
    }

    @Test func leadsReleasesAndHandsOver() async throws {
        let lease = LeaseServer()
        try await ScriptedServer.serve {
            lease.answer($0)
        } while: { server in
            try await server.withClient { client in
                let first = elector(client, "first")
                let second = elector(client, "second")
                let firstRun = Task { await first.run() }
                let term = try await untilLeading(first)
                #expect(first.isLeading && !term.isTakeover)
                let secondRun = Task { await second.run() }
                firstRun.cancel()
                await firstRun.value
                #expect(!first.isLeading)
                let next = try await untilLeading(second)
                #expect(!next.isTakeover && next.lease.transitions == 1)
                secondRun.cancel()
                await secondRun.value
            }
        }
        #expect(lease.lease?.holder == nil && lease.lease?.durationSeconds == 1)
    }

    /// Ending is no trouble: nobody is to be alarmed by it. Losing the lease is.
    @Test(arguments: [true, false]) func onlyALossIsAWarning(isReleased: Bool) async throws {
        let lease = LeaseServer()
        let log = LogRecorder()
        try await ScriptedServer.serve {
            lease.answer($0)
        } while: { server in
            try await server.withClient { client in
                let elector = elector(client, "me", logger: Logger(label: "test") { _ in log })
                let run = Task { await elector.run() }
                _ = try await untilLeading(elector)
                if isReleased { run.cancel() } else { lease.take(by: "thief") }
                let change = try await next(elector)
                await run.value
                switch change {
                case .lost: #expect(!isReleased)
                case nil: #expect(isReleased)
                case .leading: Issue.record("leads again")
                }
            }
        }
        let ending = log.lines.filter { $0.message != "leading" }
        #expect(ending.contains { $0.level == .warning } == !isReleased, "\(ending)")
        let last = isReleased ? "the lease is released" : "leadership is lost"
        #expect(ending.last == LogRecorder.Line(level: isReleased ? .info : .warning, message: last))
    }

    /// A renewal is under way when the process is asked to end, and its answer never comes: the lease is released all the
    /// same, whether or not the server took the renewal.
    @Test(arguments: [true, false]) func aRenewalThatIsCutOffDoesNotKeepTheLease(isApplied: Bool) async throws {
        let lease = LeaseServer()
        let log = LogRecorder()
        let hung = Counted()
        try await ScriptedServer.serve { request in
            let isRenewal = request.method == "PUT" && request.json?["spec"]?["holderIdentity"] == "me"
            guard isRenewal else { return lease.answer(request) }
            if isApplied { _ = lease.answer(request) }
            hung.up()
            return .hang
        } while: { server in
            try await server.withClient { client in
                let elector = elector(client, "me", logger: Logger(label: "test") { _ in log })
                let run = Task { await elector.run() }
                _ = try await untilLeading(elector)
                let end = Deadline.soon
                while hung.now == 0, !end.hasPassed { try await Task.sleep(for: .milliseconds(5)) }
                run.cancel()
                try await withDeadline(.in(.seconds(10))) { await run.value }
            }
        }
        #expect(hung.now == 1 && lease.lease != nil && lease.lease?.holder == nil)
        #expect(!log.lines.contains { $0.level == .warning }, "\(log.lines)")
    }

    @Test func aLeaseThatWasNotReleasedIsTakenOverWithItsAnnotations() async throws {
        let lease = LeaseServer()
        try await ScriptedServer.serve {
            lease.answer($0)
        } while: { server in
            try await server.withClient { client in
                var abandoned = Lease(name: key.name, namespace: key.namespace)
                abandoned.holder = "frozen"
                abandoned.durationSeconds = 1
                abandoned.metadata.annotations = ["addresses": "10.0.0.1:0/123"]
                _ = try await client.create(abandoned, deadline: .soon)
                let elector = elector(client, "me")
                let run = Task { await elector.run() }
                let term = try await untilLeading(elector)
                #expect(term.isTakeover)
                #expect(term.lease.metadata.annotations == ["addresses": "10.0.0.1:0/123"])
                run.cancel()
                await run.value
            }
        }
    }

    /// Whoever publishes knows afterwards that it led while the Lease said so.
    @Test func whatIsPublishedIsOnTheLeaseAtOnce() async throws {
        let lease = LeaseServer()
        try await ScriptedServer.serve {
            lease.answer($0)
        } while: { server in
            try await server.withClient { client in
                let elector = elector(client, "me")
                await #expect(throws: NotLeading.self) { try await elector.publish() }
                let run = Task { await elector.run() }
                _ = try await untilLeading(elector)
                for address in 1...20 {
                    elector.annotate("addresses", "10.0.0.1:0/\(address)")
                    try await elector.publish()
                    #expect(lease.lease?.metadata.annotations == ["addresses": "10.0.0.1:0/\(address)"])
                }
                elector.annotate("addresses", nil)
                run.cancel()
                await run.value
                #expect(lease.lease?.metadata.annotations == [:], "the release writes what was asked last")
                await #expect(throws: NotLeading.self) { try await elector.publish() }
            }
        }
    }

    /// Somebody edits the Lease, which is only a conflict; or takes it, which ends the term.
    @Test(arguments: [nil, "thief"]) func publishingMeetsAnotherWriter(thief: String?) async throws {
        let lease = LeaseServer()
        try await ScriptedServer.serve {
            lease.answer($0)
        } while: { server in
            try await server.withClient { client in
                let elector = elector(client, "me")
                let run = Task { await elector.run() }
                _ = try await untilLeading(elector)
                lease.take(by: thief ?? "me")
                elector.annotate("addresses", "mine")
                if thief == nil {
                    try await elector.publish()
                } else {
                    await #expect(throws: NotLeading.self) { try await elector.publish() }
                    guard case .lost = try await next(elector) else {
                        Issue.record("still leads")
                        return
                    }
                }
                #expect(lease.lease?.metadata[annotation: "addresses"] == (thief == nil ? "mine" : nil))
                run.cancel()
                await run.value
            }
        }
    }

    @Test func aLeaderThatCannotRenewStepsDownInTime() async throws {
        let lease = LeaseServer()
        let isDown = Mutex(false)
        try await ScriptedServer.serve { request in
            isDown.withLock { $0 } ? .hang : lease.answer(request)
        } while: { server in
            try await server.withClient { client in
                let elector = elector(client, "me")
                let run = Task { await elector.run() }
                _ = try await untilLeading(elector)
                let start = ContinuousClock.now
                isDown.withLock { $0 = true }
                guard case .lost = try await next(elector) else {
                    Issue.record("still leads")
                    return
                }
                #expect(ContinuousClock.now - start < .seconds(6))
                #expect(!elector.isLeading)
                try await withDeadline(.in(.seconds(10))) { await run.value }
            }
        }
        #expect(lease.lease?.holder == "me", "a lease that was lost is not touched")
    }

    @Test func aLeaderWhoseLeaseIsTakenStepsDown() async throws {
        let lease = LeaseServer()
        try await ScriptedServer.serve {
            lease.answer($0)
        } while: { server in
            try await server.withClient { client in
                let elector = elector(client, "me")
                let run = Task { await elector.run() }
                _ = try await untilLeading(elector)
                lease.take(by: "thief")
                guard case .lost = try await next(elector) else {
                    Issue.record("still leads")
                    return
                }
                try await withDeadline(.in(.seconds(10))) { await run.value }
            }
        }
        #expect(lease.lease?.holder == "thief")
    }
}

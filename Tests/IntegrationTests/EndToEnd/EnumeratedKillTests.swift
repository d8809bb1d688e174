import FaultSupport
import Foundation
import KubernetesModel
import LabSupport
import Synchronization
import Testing
import Vocabulary

extension EndToEnd {
    /// The provisioner is killed at each single call that it makes for a claim, and for its deletion, one call after the
    /// other, from its first call to its last.
    @Suite("SIGKILL at each call")
    struct EnumeratedKillTests {
        /// A place to be killed at, on the way to Ceph or to the API.
        enum Place: CaseIterable, CustomStringConvertible {
            case beforeCeph, afterCeph, beforeAPI, afterAPI

            var description: String {
                switch self {
                case .beforeCeph: "before a call into Ceph"
                case .afterCeph: "after a call into Ceph"
                case .beforeAPI: "before a request to the API"
                case .afterAPI: "after a request to the API"
                }
            }

            var name: String {
                switch self {
                case .beforeCeph: "kill-bc"
                case .afterCeph: "kill-ac"
                case .beforeAPI: "kill-ba"
                case .afterAPI: "kill-aa"
                }
            }
        }

        /// What was seen of one place.
        struct Outcome: Sendable {
            var createKills = 0
            var deleteKills = 0
        }

        /// More kills than this mean that the enumeration does not come to an end.
        private static let most = 150

        @Test("each call of a create and of a delete", .timeLimit(.minutes(20)))
        func eachCall() async throws {
            try await withThrowingTaskGroup(of: (Place, Outcome).self) { group in
                for place in Place.allCases {
                    group.addTask { (place, try await enumerate(place)) }
                }
                for try await (place, outcome) in group {
                    print(
                        "killed \(place): \(outcome.createKills) times in a create, \(outcome.deleteKills) in a delete")
                    // A create writes an intent, an object, a directory key, an image and its id, a PV and an event.
                    #expect(outcome.createKills >= 12, "\(place)")
                    #expect(outcome.deleteKills >= 12, "\(place)")
                }
            }
        }

        private func enumerate(_ place: Place) async throws -> Outcome {
            var outcome = Outcome()
            try await Stage.with(place.name) { stage in
                var isCreateDone = false
                var isDeleteDone = false
                var number = 0
                while !(isCreateDone && isDeleteDone) {
                    number += 1
                    try #require(number <= Self.most, "\(place): still killed at call \(number)")
                    try await stage.apply([stage.claim("claim")])
                    if !isCreateDone {
                        isCreateDone = try await !kill(place, number, on: stage) { try await isCreated($0) }
                        if !isCreateDone { outcome.createKills += 1 }
                    }
                    try await finish(on: stage) { try await isCreated($0) }
                    try await expectBound(1, on: stage)
                    try await stage.deleteClaims()
                    if !isDeleteDone {
                        isDeleteDone = try await !kill(place, number, on: stage) { try await isDeleted($0) }
                        if !isDeleteDone { outcome.deleteKills += 1 }
                    }
                    try await finish(on: stage) { try await isDeleted($0) }
                }
            }
            return outcome
        }

        /// Runs a provisioner that is killed at its `number`th call; false if it was done before and ended as asked.
        private func kill(
            _ place: Place, _ number: Int, on stage: Stage, _ isDone: @escaping @Sendable (Stage) async throws -> Bool
        ) async throws -> Bool {
            for _ in 1...5 {
                switch try await run(place, number, on: stage, isDone) {
                case .signal(9): return true
                case .status(0): return false
                case .status(3): continue  // It could not keep its short Lease on a busy machine, and is started again.
                case let exit:
                    Issue.record("it ended as \(exit), \(place), at call \(number)")
                    return false
                }
            }
            Issue.record("it loses its Lease again and again")
            return false
        }

        private func run(
            _ place: Place, _ number: Int, on stage: Stage, _ isDone: @escaping @Sendable (Stage) async throws -> Bool
        ) async throws -> ChildProcess.Exit {
            switch place {
            case .beforeCeph, .afterCeph:
                let moment: CephFault.Moment = place == .beforeCeph ? .before : .after
                let provisioner = try await stage.startProvisioner(
                    with: CephFault(.kill, moment, number), KillTests.shortLease)
                return try await end(provisioner, on: stage, isDone)
            case .beforeAPI, .afterAPI:
                return try await APIProxy.with(stage.kube) { proxy in
                    let provisioner = try await stage.startProvisioner(through: proxy, KillTests.shortLease)
                    let child = provisioner.child
                    let counter = RequestCounter()
                    proxy.follow { request in
                        guard counter.counts(request) == number else { return nil }
                        return place == .beforeAPI
                            ? .before { try await child.kill() } : .after { try await child.kill() }
                    }
                    return try await end(provisioner, on: stage, isDone)
                }
            }
        }

        private func end(
            _ provisioner: ProvisionerUnderTest, on stage: Stage,
            _ isDone: @escaping @Sendable (Stage) async throws -> Bool
        ) async throws -> ChildProcess.Exit {
            let child = provisioner.child
            var looks = 0
            try await eventually(
                "it is killed, or done; its log: \(child.log.path)", deadline: .in(.seconds(60)),
                every: .milliseconds(50)
            ) {
                if child.exit != nil { return true }
                // What there is takes several processes to find out: that is not asked at each look.
                looks += 1
                guard looks % 10 == 0 else { return false }
                return try await isDone(stage)
            }
            if child.exit == nil {
                do { try child.send(.terminate) } catch is ChildProcess.Gone {}  // Killed this very moment.
            }
            return try await child.waitForExit()
        }

        /// Another provisioner does what the killed one has left. On a machine that is too busy to renew a Lease of two
        /// seconds it is started again, as a kubelet would.
        private func finish(
            on stage: Stage, _ isDone: @escaping @Sendable (Stage) async throws -> Bool
        ) async throws {
            var provisioner = try await stage.startProvisioner(KillTests.shortLease)
            try await eventually(
                "the next one finishes; its log: \(provisioner.child.log.path)", deadline: .in(.seconds(60)),
                every: .milliseconds(400)
            ) {
                if provisioner.child.exit == .status(3) {
                    provisioner = try await stage.startProvisioner(KillTests.shortLease)
                }
                return try await isDone(stage)
            }
            try await #expect(provisioner.child.terminate() == .status(0))
        }

        @Sendable private func isCreated(_ stage: Stage) async throws -> Bool {
            guard try await stage.claims().allSatisfy({ $0.phase == "Bound" }) else { return false }
            return try await stage.openIntents().isEmpty
        }

        @Sendable private func isDeleted(_ stage: Stage) async throws -> Bool {
            guard try await stage.volumes().isEmpty else { return false }
            return try await stage.leftovers().isEmpty
        }
    }
}

/// Numbers the requests that count as calls: renewals of the Lease come by the clock and not by the work, so that only
/// the first of them do.
private final class RequestCounter: Sendable {
    private static let leaseWrites = 4
    private let counted = Mutex((all: 0, lease: 0))

    func counts(_ request: APIRequest) -> Int? {
        counted.withLock { counted in
            if request.isLease {
                counted.lease += 1
                if counted.lease > Self.leaseWrites { return nil }
            }
            counted.all += 1
            return counted.all
        }
    }
}

import FaultSupport
import Foundation
import KubernetesModel
import LabSupport
import Synchronization
import TestSupport
import Testing
import Vocabulary

extension EndToEnd {
    /// Something breaks in the middle of a burst of claims, and is mended. In the end every claim is Bound, and nothing is
    /// left when they are deleted.
    @Suite("Faults in a burst")
    struct FaultTests {
        private static let count = 40

        /// Claims before, during and after a fault; then everything is checked and removed.
        private func burst(
            on stage: Stage, _ supervisor: Supervisor, during fault: () async throws -> Void
        ) async throws {
            try await stage.apply([stage.claim("warm")])
            try await expectBound(1, on: stage)
            try await stage.apply((0..<Self.count).map { stage.claim("claim-\($0)") })
            try await fault()
            try await stage.apply([stage.claim("after")])
            let extra = try await stage.claims().count - Self.count
            try await expectBound(Self.count + extra, on: stage)
            try await expectDeadlinesKept(supervisor.current)
            try await stage.deleteClaims()
            try await eventually("no PV is left", deadline: .in(.seconds(120)), every: .milliseconds(500)) {
                try await stage.volumes().isEmpty
            }
            try await stage.expectNothingLeft()
        }

        /// No create and no delete took longer than its deadline, 120 s, and no request to the API longer than 30 s.
        private func expectDeadlinesKept(_ provisioner: ProvisionerUnderTest) async throws {
            let metrics = try await provisioner.metrics()
            for (name, bound) in [
                ("holdfast_volume_seconds", "120"), ("kubernetes_client_request_duration_seconds", "30"),
            ] {
                let within = metrics.sum(of: "\(name)_bucket", where: #"le="\#(bound)""#)
                let all = metrics.sum(of: "\(name)_bucket", where: #"le="+Inf""#)
                #expect(all > 0 && within == all, "\(name): \(within) of \(all) within \(bound) s")
            }
        }

        @Test(
            "mons frozen for 60 s: claims go on being bound; a claim of a new cluster waits and says why",
            .timeLimit(.minutes(6)))
        func frozenMons() async throws {
            try await CephLab.with { ceph in
                try await Stage.with("mons", ceph: ceph) { stage in
                    try await Supervisor.with {
                        try await stage.startProvisioner(clusterIDs: ["other"])
                    } body: { supervisor in
                        try await burst(on: stage, supervisor) {
                            try await ceph.fault(.freeze, "mon.a")
                            let frozenAt = ContinuousClock.now
                            try await stage.apply([
                                stage.storageClass("other", changing: ["clusterID": "other"]), stage.claim("during"),
                                stage.claim("elsewhere", of: "other"),
                            ])
                            try await eventually(
                                "claims are bound while the mons are frozen", deadline: .in(.seconds(50))
                            ) {
                                let pending = try await stage.claims().filter { $0.phase != "Bound" }
                                return pending.map(\.metadata.name) == ["elsewhere"]
                            }
                            try await eventually("the claim of the new cluster says why", deadline: .in(.seconds(50))) {
                                try await stage.warnings().filter { $0.involvedObject?.name == "elsewhere" }.map(
                                    \.message)
                            } until: { messages in
                                messages.contains { $0.contains("cannot connect to Ceph cluster other") }
                            }
                            try await eventually("it is not ready") { try await !supervisor.current.isReady() }
                            try await Task.sleep(until: frozenAt.advanced(by: .seconds(60)), clock: .continuous)
                            try await ceph.fault(.revive, "mon.a")
                            try await eventually("it is ready again", deadline: .in(.seconds(60))) {
                                try await supervisor.current.isReady()
                            }
                        }
                    }
                }
            }
        }

        @Test("two hosts frozen: PGs are inactive, claims wait and say why, until the thaw", .timeLimit(.minutes(8)))
        func frozenHosts() async throws {
            try await CephLab.with { ceph in
                try await Stage.with("hosts", ceph: ceph) { stage in
                    try await Supervisor.with {
                        try await stage.startProvisioner()
                    } body: { supervisor in
                        try await burst(on: stage, supervisor) {
                            try await ceph.fault(.freeze, "host-1", "host-2")
                            try await stage.apply([stage.claim("during")])
                            try await eventually("a claim says why it waits", deadline: .in(.seconds(100))) {
                                try await stage.warnings().map(\.message)
                            } until: { messages in
                                messages.contains { $0.contains("ceph -s") }
                            }
                            try await eventually("it is not ready", deadline: .in(.seconds(60))) {
                                try await !supervisor.current.isReady()
                            }
                            try await ceph.fault(.revive, "host-1", "host-2")
                            try await eventually("it is ready again", deadline: .in(.seconds(120))) {
                                try await supervisor.current.isReady()
                            }
                        }
                    }
                }
            }
        }

        @Test("told to end while Ceph hangs, it ends in time, and the next one finishes", .timeLimit(.minutes(5)))
        func graceTooShort() async throws {
            try await CephLab.with { ceph in
                try await Stage.with("grace", ceph: ceph) { stage in
                    let first = try await stage.startProvisioner(KillTests.shortLease + ["--grace-period", "3s"])
                    try await stage.apply([stage.claim("warm")])
                    try await expectBound(1, on: stage)
                    try await ceph.fault(.freeze, "host-1", "host-2")
                    try await stage.apply((0..<10).map { stage.claim("claim-\($0)") })
                    try await eventually("work hangs in Ceph") {
                        try await first.metrics().sum(of: "workqueue_in_flight", where: "name=") >= 1
                    }
                    try first.child.send(.terminate)
                    let exit = try await first.child.waitForExit(deadline: .in(.seconds(20)))
                    let end = try first.child.logText().suffix(2_000)
                    #expect(exit == .status(4), "\(end)")
                    #expect(try first.child.logText().contains("the lease is released"))
                    try await ceph.fault(.revive, "host-1", "host-2")
                    let second = try await stage.startProvisioner(log: "second.log")
                    try await expectBound(11, on: stage)
                    #expect(try second.child.logText().contains("clients of an earlier leader are barred"))
                    try await stage.deleteClaims()
                    try await stage.expectNothingLeft()
                    try await #expect(second.child.terminate() == .status(0))
                }
            }
        }

        @Test("kube-apiserver restarted", .timeLimit(.minutes(5)))
        func apiServer() async throws {
            var options = KubeLab.Options()
            options.controllerRequestsPerSecond = 500
            try await KubeLab.with(options) { kube in
                try await Stage.with("apiserver", kube: kube) { stage in
                    try await Supervisor.with {
                        try await stage.startProvisioner()
                    } body: { supervisor in
                        try await burst(on: stage, supervisor) {
                            try await kube.fault(.kill, "apiserver")
                            try await kube.fault(.revive, "apiserver")
                            try await eventually("the API answers", deadline: .in(.seconds(60))) {
                                try await kube.kubectl(["get", "--raw", "/readyz"]) == "ok"
                            }
                        }
                        print("kube-apiserver restarted: the provisioner was started \(await supervisor.starts) times")
                    }
                }
            }
        }

        @Test("watches answered with 410, 429 for a minute, connections dropped, cut and slow", .timeLimit(.minutes(8)))
        func faultyAnswers() async throws {
            let seed = UInt64.random(in: 0 ... .max)
            print("seed of the faults: \(seed)")
            // Side by side: most of the time is spent in waiting.
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await gone() }
                group.addTask { try await tooMany() }
                group.addTask { try await dropped(seed) }
                try await group.waitForAll()
            }
        }

        private func gone() async throws {
            try await faultyAPI("gone", for: .seconds(20)) {
                $0.isWatch ? .answer(status: 410, reason: "Expired") : nil
            }
        }

        private func tooMany() async throws {
            // But for the Lease: a leader that cannot renew it ends after ten seconds, whatever else there is.
            let requests = try await faultyAPI("toomany", for: .seconds(60)) {
                $0.isLease ? nil : .answer(status: 429, reason: "TooManyRequests", retryAfter: 1)
            }
            print("429 for a minute: \(requests) requests in that minute")
            #expect(requests < 3_000, "Retry-After is kept")
        }

        private func dropped(_ seed: UInt64) async throws {
            let random = Mutex(SeededGenerator(seed: seed))
            try await faultyAPI("dropped", for: .seconds(30)) { _ in
                switch random.withLock({ Int.random(in: 0..<20, using: &$0) }) {
                case 0: .dropRequest
                case 1: .dropAnswer
                case 2: .cut(afterParts: 3)
                case 3: .delayRequest(.milliseconds(500))
                case 4: .delayAnswer(.milliseconds(500))
                case 5: .slow(.milliseconds(20))
                default: nil
                }
            }
        }

        /// A burst through a proxy that follows a script for a time. Gives the requests in that time.
        @discardableResult
        private func faultyAPI(
            _ name: String, for time: Duration, _ script: @escaping APIProxy.Script
        ) async throws -> Int {
            let kube = try await KubeLab.shared()
            let requests = Mutex(0)
            try await Stage.with(name) { stage in
                try await APIProxy.with(kube) { proxy in
                    try await Supervisor.with {
                        try await stage.startProvisioner(through: proxy)
                    } body: { supervisor in
                        try await burst(on: stage, supervisor) {
                            let before = proxy.requests.count
                            proxy.follow(script)
                            // What is watched already goes on: a watch that is cut off has to come back through the fault.
                            proxy.dropConnections()
                            try await Task.sleep(for: time)
                            proxy.follow(nil)
                            requests.withLock { $0 = proxy.requests.count - before }
                        }
                    }
                }
            }
            return requests.withLock { $0 }
        }
    }
}

extension String {
    /// The sum of a metric over all its series whose labels hold a text.
    fileprivate func sum(of metric: String, where labels: String) -> Double {
        split(separator: "\n")
            .filter { $0.hasPrefix("\(metric){") && $0.contains(labels) && !$0.contains(#"verb="watch""#) }
            .compactMap { $0.split(separator: " ").last.flatMap { Double($0) } }.reduce(0, +)
    }
}

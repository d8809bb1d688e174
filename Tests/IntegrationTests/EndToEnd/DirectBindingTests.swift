import FaultSupport
import Foundation
import KubernetesModel
import LabSupport
import Synchronization
import TestSupport
import Testing
import Vocabulary

extension EndToEnd {
    /// Two bind claims: Holdfast, and a real controller-manager at its default limits, which is never told to stop. They
    /// must not disagree.
    @Suite("Direct binding")
    struct DirectBindingTests {
        private static let flags = KillTests.shortLease + ["--bind", "direct"]

        @Test("100 claims are bound, and the controller-manager finds nothing left to write", .timeLimit(.minutes(5)))
        func burst() async throws {
            try await KubeLab.with { kube in
                try await Stage.with("direct", kube: kube) { stage in
                    let history = try await BindingHistory.follow(stage)
                    let provisioner = try await stage.startProvisioner(Self.flags)
                    try await provisioner.leads()
                    let start = ContinuousClock.now
                    try await stage.apply((0..<100).map { stage.claim("claim-\($0)") })
                    try await expectBound(100, on: stage)
                    print("100 claims made and bound in \(start.duration(to: .now))")
                    let claims = try await stage.claims()
                    let managers = try await stage.managersOfClaims()
                    let ours = managers.filter { $0.contains("holdfast-provisioner") }
                    let others = managers.filter { $0.contains("kube-controller-manager") }
                    print(
                        "\(ours.count) of 100 claims were written by Holdfast, \(others.count) by the controller-manager"
                    )
                    #expect(ours.count >= 20, "the controller-manager has its twenty requests a second as well")
                    for claim in claims {
                        #expect(claim.metadata.annotations["pv.kubernetes.io/bind-completed"] == "yes")
                        #expect(claim.metadata.annotations["pv.kubernetes.io/bound-by-controller"] == "yes")
                    }
                    try await expectUnchanged(claims, after: .seconds(3), on: stage)
                    try await stage.deleteClaims()
                    try await stage.expectNothingLeft()
                    try await #expect(provisioner.child.terminate() == .status(0))
                    try await eventually("the probe is gone") {
                        try await !stage.kube.kubectl(["get", "pv", "-o", "name"]).contains("binding-probe")
                    }
                    try await history.expectSane(stage)
                }
            }
        }

        /// A second look of the controller-manager at every claim (its own resync comes after minutes) changes nothing: a
        /// label on each claim makes it look.
        private func expectUnchanged(
            _ claims: [PersistentVolumeClaim], after time: Duration, on stage: Stage
        ) async throws {
            try await stage.kube.kubectl(
                ["label", "pvc", "-n", stage.name, "--all", "looked=at"], deadline: .in(.seconds(60)))
            let labelled = try await stage.claims()
            let end = Deadline.in(time)
            while !end.hasPassed {
                let now = try await stage.claims()
                #expect(now.map(\.metadata.resourceVersion) == labelled.map(\.metadata.resourceVersion))
                try await Task.sleep(for: .milliseconds(500))
            }
        }

        /// What a round of the property test does beside asking for claims.
        private enum Trouble: CaseIterable {
            case none, killAtWrite, slowVolumes, slowClaims, frozenManager, killedManager
        }

        @Test("whatever happens in between, no claim is lost and no volume bound twice", .timeLimit(.minutes(12)))
        func property() async throws {
            let seed = UInt64.random(in: 0 ... .max)
            print("seed of the binding test: \(seed)")
            try await KubeLab.with { kube in
                try await Stage.with("both", kube: kube) { stage in
                    let history = try await BindingHistory.follow(stage)
                    try await stage.addNode()
                    var late = stage.storageClass("late")
                    late["volumeBindingMode"] = "WaitForFirstConsumer"
                    try await stage.apply([late])
                    try await APIProxy.with(kube) { proxy in
                        var random = SeededGenerator(seed: seed)
                        for round in 0..<18 {
                            let trouble = Trouble.allCases[round % Trouble.allCases.count]
                            try await play(round, trouble, on: stage, proxy, &random)
                        }
                    }
                    try await settle(stage, seed)
                    try await history.expectSane(stage)
                }
            }
        }

        /// One round: claims of all sorts, deleted and edited while they are being bound, and one kind of trouble.
        private func play(
            _ round: Int, _ trouble: Trouble, on stage: Stage, _ proxy: APIProxy, _ random: inout SeededGenerator
        ) async throws {
            proxy.follow(nil)
            var provisioner = try await stage.startProvisioner(through: proxy, Self.flags)
            try await provisioner.leads()
            proxy.follow(script(trouble, provisioner.child, killAt: Int.random(in: 1...60, using: &random)))
            let names = (0..<12).map { "r\(round)-\($0)" }
            var objects = names.map { stage.claim($0) }
            objects += [stage.claim("r\(round)-late", of: "late"), stage.pod("r\(round)", using: "r\(round)-late")]
            objects += reserved(round, on: stage)
            if trouble == .frozenManager { try await stage.kube.fault(.freeze, "kcm") }
            if trouble == .killedManager { try await stage.kube.fault(.kill, "kcm") }
            try await stage.apply(objects.shuffled(using: &random))
            let doomed = names.shuffled(using: &random).prefix(4)
            let edited = names.shuffled(using: &random).prefix(4)
            try await stage.kube.kubectl(["label", "pvc", "-n", stage.name] + edited + ["round=\(round)"])
            try await stage.kube.kubectl(["delete", "pvc", "-n", stage.name, "--wait=false"] + doomed)
            if trouble == .frozenManager || trouble == .killedManager { try await stage.kube.fault(.revive, "kcm") }

            let alive = Set(names).subtracting(doomed).union(["r\(round)-late", "r\(round)-first"])
            try await eventually(
                "round \(round) (\(trouble)) is bound", deadline: .in(.seconds(90)), every: .milliseconds(500)
            ) {
                // What killed it was the script; a Deployment would start it again.
                if provisioner.child.exit != nil { provisioner = try await stage.startProvisioner(Self.flags) }
                let claims = try await stage.claims()
                return Set(claims.filter { $0.phase == "Bound" }.map(\.metadata.name)).isSuperset(of: alive)
            }
            // It may be killed at this very moment.
            do { try await provisioner.child.terminate() } catch is ChildProcess.Gone {}
        }

        /// A PV that an administrator made and reserved by name, and two claims for it: the one that it is reserved for,
        /// and one that asks for it by name, and never gets it.
        private func reserved(_ round: Int, on stage: Stage) -> [JSONObject] {
            let volume: JSONObject = [
                "apiVersion": "v1", "kind": "PersistentVolume",
                "metadata": [
                    "name": .string("\(stage.name)-static-\(round)"), "labels": ["stage": .string(stage.name)],
                ],
                "spec": [
                    "accessModes": ["ReadWriteOnce"], "capacity": ["storage": "8Mi"],
                    "storageClassName": .string(stage.name), "persistentVolumeReclaimPolicy": "Retain",
                    "claimRef": ["namespace": .string(stage.name), "name": .string("r\(round)-first")],
                    "csi": ["driver": "static.example.com", "volumeHandle": .string("static-\(round)")],
                ],
            ]
            return [
                volume, stage.claim("r\(round)-first"),
                stage.claim("r\(round)-second", spec: ["volumeName": .string("\(stage.name)-static-\(round)")]),
            ]
        }

        private func script(_ trouble: Trouble, _ child: ChildProcess, killAt number: Int) -> APIProxy.Script? {
            switch trouble {
            case .none, .frozenManager, .killedManager: return nil
            case .slowVolumes:
                return { $0.isWatch && $0.path.hasSuffix("/persistentvolumes") ? .slow(.milliseconds(150)) : nil }
            case .slowClaims:
                return { $0.isWatch && $0.path.hasSuffix("/persistentvolumeclaims") ? .slow(.milliseconds(150)) : nil }
            case .killAtWrite:
                let writes = Mutex(0)
                return { request in
                    guard request.isWrite, !request.isLease else { return nil }
                    let count = writes.withLock { writes in
                        writes += 1
                        return writes
                    }
                    return count == number ? .after { try await child.kill() } : nil
                }
            }
        }

        private func settle(_ stage: Stage, _ seed: UInt64) async throws {
            let claims = try await stage.claims()
            let volumes = try await stage.kube.kubectl(["get", "pv", "-o", "json"])
            let list = try JSONObject(json: volumes)["items"]?.arrayValue?.compactMap(\.objectValue) ?? []
            let byName = Dictionary(uniqueKeysWithValues: list.map { ($0["metadata", "name"]?.stringValue ?? "", $0) })
            for claim in claims where claim.phase == "Bound" {
                let volume = PersistentVolume(json: byName[claim.volumeName ?? ""] ?? [:])
                #expect(
                    volume.claim?.uid == claim.uid && volume.phase == "Bound", "\(claim.metadata.name), seed \(seed)")
            }
            for claim in claims where claim.phase != "Bound" {
                #expect(claim.metadata.name.hasSuffix("-second"), "\(claim.metadata.name): \(claim.phase ?? "")")
            }
        }
    }
}

/// All that happened to the claims of a stage, as a watch of kubectl told it.
private final class BindingHistory: Sendable {
    private let watch: ChildProcess

    private init(_ watch: ChildProcess) {
        self.watch = watch
    }

    static func follow(_ stage: Stage) async throws -> BindingHistory {
        try FileManager.default.createDirectory(at: stage.folder, withIntermediateDirectories: true)
        let line = #"{.metadata.uid} {.metadata.name} {.status.phase} {.spec.volumeName}{"\n"}"#
        return BindingHistory(
            try await ChildProcess.start(
                [
                    "kubectl", "--kubeconfig", stage.kube.kubeconfig, "get", "pvc", "-n", stage.name, "--watch",
                    "-o", "jsonpath=\(line)",
                ], log: stage.folder.appending(path: "claims.watch")))
    }

    /// No claim was ever lost, none ever went from one PV to another, no PV was ever two claims'.
    func expectSane(_ stage: Stage) async throws {
        #expect(watch.exit == nil, "the watch has ended early")
        var owner: [String: String] = [:]
        var volumeOf: [String: String] = [:]
        var seen = 0
        for line in try watch.logText().split(separator: "\n") {
            let words = line.split(separator: " ").map(String.init)
            guard words.count >= 3 else { continue }
            seen += 1
            #expect(words[2] != "Lost", "\(line)")
            // A claim may ask for a PV that it does not get: it is its own once it is Bound.
            guard words.count == 4, words[2] == "Bound" else { continue }
            #expect(volumeOf.updateValue(words[3], forKey: words[0]) ?? words[3] == words[3], "\(line)")
            #expect(owner.updateValue(words[0], forKey: words[3]) ?? words[0] == words[0], "\(line)")
        }
        #expect(!owner.isEmpty && seen > owner.count, "the watch has seen nothing")
        let reasons = try await stage.kube.kubectl([
            "get", "events", "-n", stage.name, "-o", "jsonpath={.items[*].reason}",
        ])
        #expect(!reasons.contains("ClaimLost") && !reasons.contains("ClaimMisbound"), "\(reasons)")
        try await watch.kill()
    }
}

extension Stage {
    /// Who has written to each claim. As the API tells it: newer versions of kubectl leave that out.
    fileprivate func managersOfClaims() async throws -> [Set<String>] {
        let text = try await kube.kubectl(["get", "--raw", "/api/v1/namespaces/\(name)/persistentvolumeclaims"])
        let claims = try JSONObject(json: text)["items"]?.arrayValue ?? []
        return claims.map { claim in
            Set(claim["metadata"]?["managedFields"]?.arrayValue?.compactMap { $0["manager"]?.stringValue } ?? [])
        }
    }
}

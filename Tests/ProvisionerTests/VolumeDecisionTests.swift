import KubernetesModel
import Testing

@testable import Provisioner

@Suite struct VolumeDecisionTests {
    struct Example: Sendable {
        var name: String
        var volume: PersistentVolume
        var expected: VolumeDecision
    }

    private static func deleting(_ volume: inout PersistentVolume) {
        volume.json["metadata", "deletionTimestamp"] = "2026-01-01T00:00:00Z"
    }

    @Test(arguments: [
        Example(name: "released", volume: Samples.volume(), expected: .delete),
        Example(name: "released and being deleted", volume: Samples.volume(deleting), expected: .delete),
        Example(
            name: "our finalizer is gone already",
            volume: Samples.volume {
                deleting(&$0)
                $0.metadata.finalizers = ["kubernetes.io/pv-protection"]
            }, expected: .leave),
        Example(
            name: "released, made without a finalizer", volume: Samples.volume { $0.metadata.finalizers = [] },
            expected: .delete),
        Example(name: "bound", volume: Samples.volume(phase: "Bound"), expected: .leave),
        Example(
            name: "bound without a finalizer",
            volume: Samples.volume(phase: "Bound") { $0.metadata.finalizers = ["kubernetes.io/pv-protection"] },
            expected: .addFinalizer),
        Example(
            name: "bound, being deleted, without a finalizer",
            volume: Samples.volume(phase: "Bound") {
                deleting(&$0)
                $0.metadata.finalizers = []
            }, expected: .leave),
        Example(name: "available", volume: Samples.volume(phase: "Available"), expected: .leave),
        Example(name: "failed", volume: Samples.volume(phase: "Failed"), expected: .leave),
        Example(
            name: "to be kept by now", volume: Samples.volume { $0.reclaimPolicy = "Retain" },
            expected: .removeFinalizer),
        Example(
            name: "to be kept, no finalizer",
            volume: Samples.volume {
                $0.reclaimPolicy = "Retain"
                $0.metadata.finalizers = []
            }, expected: .leave),
        Example(
            name: "another's",
            volume: Samples.volume { $0.metadata[annotation: WellKnown.provisionedBy] = "rbd.csi.ceph.com" },
            expected: .leave),
        Example(
            name: "nobody's, and the driver is called otherwise",
            volume: Samples.volume { $0.metadata[annotation: WellKnown.provisionedBy] = nil }, expected: .leave),
        Example(
            name: "nobody's, and the driver is called as we are",
            volume: Samples.volume {
                $0.metadata[annotation: WellKnown.provisionedBy] = nil
                $0.csi = CSISource(driver: "extra.io", handle: "h")
            }, expected: .delete),
        Example(
            name: "handed to us from in-tree",
            volume: Samples.volume {
                $0.metadata[annotation: WellKnown.provisionedBy] = "kubernetes.io/rbd"
                $0.metadata[annotation: WellKnown.migratedTo] = "extra.io"
            }, expected: .delete),
    ])
    func itFollowsTheRules(_ example: Example) {
        let settings = ProvisionerSettings(names: ["rbd.holdfast.io", "extra.io"])
        #expect(VolumeDecision(on: example.volume, settings: settings) == example.expected, "\(example.name)")
    }
}

@Suite struct ReplayStepTests {
    private static let name = "pvc-\(Samples.uid)"

    @Test func aRecordCallsForWhatTheVolumeSays() {
        #expect(Replay.Step(.create, volumeName: Self.name, hasVolume: true) == .settleCreate)
        #expect(Replay.Step(.create, volumeName: Self.name, hasVolume: false) == .lookAtClaim(ObjectUID(Samples.uid)))
        #expect(Replay.Step(.create, volumeName: "by-hand", hasVolume: false) == .takeBack)
        #expect(Replay.Step(.delete, volumeName: Self.name, hasVolume: true) == .lookAtVolume)
        #expect(Replay.Step(.delete, volumeName: Self.name, hasVolume: false) == .finishDelete)
    }
}

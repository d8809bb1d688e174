import KubernetesClient
import KubernetesModel
import Testing

@testable import Provisioner

@Suite struct FinalizerPatchTests {
    private static let ours = "external-provisioner.volume.kubernetes.io/finalizer"

    struct Example: Sendable {
        var finalizers: [String]
        var present: Bool
        var steps: [JSONPatchStep]?
    }

    @Test(arguments: [
        Example(finalizers: [], present: false, steps: nil),
        Example(finalizers: ["x"], present: false, steps: nil),
        Example(
            finalizers: ["x", ours], present: false,
            steps: [.test("/metadata/finalizers/1", .string(ours)), .remove("/metadata/finalizers/1")]),
        Example(finalizers: [ours], present: true, steps: nil),
        Example(finalizers: [], present: true, steps: [.add("/metadata/finalizers", [.string(ours)])]),
        Example(finalizers: ["x"], present: true, steps: [.add("/metadata/finalizers/-", .string(ours))]),
    ])
    func onlyOurOwnFinalizerIsTouched(_ example: Example) {
        let patch = LiveKubernetes.finalizerPatch(example.finalizers, present: example.present)
        #expect(patch == example.steps.map(Patch.json))
    }
}

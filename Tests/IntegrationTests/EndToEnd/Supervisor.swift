import LabSupport
import Testing
import Vocabulary

/// Starts a provisioner again that has lost its leadership, as a kubelet does. One that ends for another reason stays
/// down.
actor Supervisor {
    private let start: @Sendable () async throws -> ProvisionerUnderTest
    /// The process that runs, or ran last.
    private(set) var current: ProvisionerUnderTest
    /// How often a process was started.
    private(set) var starts = 1

    private init(_ start: @escaping @Sendable () async throws -> ProvisionerUnderTest) async throws {
        self.start = start
        current = try await start()
    }

    /// Runs `body` with a provisioner that is looked after; then asks it to end, and expects that it does as it should.
    static func with(
        _ start: @escaping @Sendable () async throws -> ProvisionerUnderTest,
        body: (Supervisor) async throws -> Void
    ) async throws {
        let supervisor = try await Supervisor(start)
        let watch = Task { try await supervisor.watch() }
        do {
            try await body(supervisor)
        } catch {
            watch.cancel()
            throw error
        }
        watch.cancel()
        _ = await watch.result
        try await #expect(supervisor.current.child.terminate(deadline: .in(.seconds(60))) == .status(0))
    }

    private func watch() async throws {
        while true {
            guard try await current.child.waitForExit(deadline: .in(.seconds(3_600))) == .status(3) else { return }
            current = try await start()
            starts += 1
        }
    }
}

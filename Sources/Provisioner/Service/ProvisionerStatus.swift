import Synchronization

/// How the provisioner is, for its probes. Safe to use from any thread.
public final class ProvisionerStatus: Sendable {
    private struct State {
        var isWatching = false
        var trouble: [String: String] = [:]
        var leadershipProblem: String?
        var wasCutOff = false
    }

    private let state = Mutex(State())

    /// A provisioner that has not started.
    public init() {}

    /// Why no work can be done now; nil when it can. A replica that does not lead is ready: it can take over.
    public var readinessProblem: String? {
        state.withLock { state in
            if !state.isWatching { return "the API's objects have not been listed yet" }
            if state.trouble.isEmpty { return nil }
            return state.trouble.sorted { $0.key < $1.key }.map { "Ceph cluster \($0.key): \($0.value)" }
                .joined(separator: "; ")
        }
    }

    /// Why the process should be started anew for its leadership's sake; nil while all is well.
    public var leadershipProblem: String? { state.withLock { $0.leadershipProblem } }

    /// Whether the provisioner was ended before what it had started was finished.
    public var wasCutOff: Bool { state.withLock { $0.wasCutOff } }

    func cutOff() { state.withLock { $0.wasCutOff = true } }

    func watching() { state.withLock { $0.isWatching = true } }

    func lostLeadership(_ reason: String) { state.withLock { $0.leadershipProblem = reason } }

    /// Takes in what the Ceph clusters answered. Gives the clusters whose state is another than before, with the
    /// trouble that they have now.
    func probed(_ results: [String: String?]) -> [(cluster: String, trouble: String?)] {
        state.withLock { state in
            let before = state.trouble
            state.trouble = results.compactMapValues { $0 }
            let names = Set(before.keys).union(state.trouble.keys)
            return names.sorted().filter { (before[$0] == nil) != (state.trouble[$0] == nil) }
                .map { ($0, state.trouble[$0]) }
        }
    }
}

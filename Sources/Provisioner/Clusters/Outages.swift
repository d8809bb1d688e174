import Synchronization
import Volumes

/// Which Ceph clusters do not answer, by the outcome of the last operation or of the last attempt to connect. Safe to use
/// from any thread.
final class Outages: Sendable {
    private struct Problem {
        var text: String
        var since: ContinuousClock.Instant
    }

    /// After what time without another attempt a problem is nobody's any more: the claims that met it are gone. Longer than
    /// the longest wait between two attempts usually is.
    private static let lifetime = Duration.seconds(600)

    private let state = Mutex<[String: Problem]>([:])

    /// Takes in how an operation ended. A cluster that answers, with whatever, is well; one that lets an operation time
    /// out is not, until the next one ends.
    func note<Value>(_ outcome: Result<Value, VolumeError>, of cluster: String) {
        switch outcome {
        case .failure(let error) where error.code == .timedOut:
            note("the last operation timed out: \(error.message)", of: cluster)
        case .failure(let error) where error.code == .cancelled:
            return  // It says nothing about the cluster.
        case .success, .failure:
            state.withLock { $0[cluster] = nil }
        }
    }

    /// Takes in that a cluster could not be connected to. Wrong keys and the like are the class's trouble, not the
    /// cluster's.
    func note(connecting failure: ProvisionFailure, to cluster: String) {
        if failure.code == .timedOut { note(failure.message, of: cluster) }
    }

    /// What is wrong, by cluster.
    func problems(at now: ContinuousClock.Instant = .now) -> [String: String] {
        state.withLock { state in
            state = state.filter { $0.value.since.duration(to: now) < Self.lifetime }
            return state.mapValues(\.text)
        }
    }

    private func note(_ text: String, of cluster: String) {
        state.withLock { $0[cluster] = Problem(text: text, since: .now) }
    }
}

import Synchronization
import Volumes

/// Which Ceph clusters do not answer operations, by the outcome of the last one. Safe to use from any thread.
final class Outages: Sendable {
    private let problems = Mutex<[String: String]>([:])

    /// Takes in how an operation ended. A cluster that answers, with whatever, is well; one that lets an operation time
    /// out is not, until the next one ends.
    func note<Value>(_ outcome: Result<Value, VolumeError>, of cluster: String) {
        switch outcome {
        case .failure(let error) where error.code == .timedOut:
            problems.withLock { $0[cluster] = "the last operation timed out: \(error.message)" }
        case .failure(let error) where error.code == .cancelled:
            return  // It says nothing about the cluster.
        case .success, .failure:
            problems.withLock { $0[cluster] = nil }
        }
    }

    /// What is wrong with a cluster; nil if nothing is.
    func problem(of cluster: String) -> String? {
        problems.withLock { $0[cluster] }
    }
}

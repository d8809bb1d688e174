public import Volumes

/// Why a claim got no volume this time, and what follows from it.
///
/// The message goes to the user as an event: it names the cause and the next step and never holds a secret.
public struct ProvisionFailure: Error, Hashable, Sendable {
    /// What is known about the volume's state after the failure.
    public enum State: String, Hashable, Sendable {
        /// Nothing is running and nothing was left half made.
        case finished
        /// Ceph may still be carrying it out: it must be driven to an answer even if the claim goes.
        case inBackground
        /// Ceph was not even asked: what was known before still holds.
        case noChange
    }

    /// What trying again can bring.
    public enum Remedy: String, Hashable, Sendable {
        /// The same again may succeed: retried with a growing wait.
        case retry
        /// The same again cannot succeed until somebody changes something: retried slowly.
        case change
        /// Ceph has too much to do, or did not answer in time: retried, with less at a time.
        case lessLoad
    }

    /// What is known about the volume's state.
    public var state: State
    /// What trying again can bring.
    public var remedy: Remedy
    /// What failed, on what, why, and what to do next, for the event.
    public var message: String
    /// What tells this failure from another one of the same object. Equal causes are reported once, although their
    /// messages may differ in detail.
    public var cause: String
    /// The kind of failure that Ceph reported; nil where Ceph was not asked, or did not come to an answer.
    public var code: VolumeError.Code?

    /// A failure. Without a `cause` of its own the message tells failures apart.
    public init(_ state: State, _ remedy: Remedy, _ message: String, cause: String? = nil) {
        self.state = state
        self.remedy = remedy
        self.message = message
        self.cause = cause ?? message
    }

    /// Something in the claim, its class or a secret is wrong. Nothing was done.
    public static func infeasible(_ message: String) -> ProvisionFailure {
        ProvisionFailure(.finished, .change, message)
    }

    /// Something that is needed is not there yet or cannot be read. Ceph was not asked.
    public static func notReady(_ message: String, cause: String? = nil) -> ProvisionFailure {
        ProvisionFailure(.noChange, .retry, message, cause: cause)
    }
}

extension ProvisionFailure: CustomStringConvertible {
    /// The message.
    public var description: String { message }
}

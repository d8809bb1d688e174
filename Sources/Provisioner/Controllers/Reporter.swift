import KubernetesModel
import Logging
import Synchronization

/// Tells users what is news, in events and in the log: a retry that ends as the one before is told to nobody.
struct Reporter: Sendable {
    let kubernetes: any KubernetesAccess
    let memory: SharedMemory
    let logger: Logger

    /// Reports `message` about an object, unless it got an event with this reason and cause last.
    ///
    /// In a cancelled task a warning stays in the debug log: the process ends or leads no more, so what it had to leave
    /// has not failed, and whoever leads next goes on with it.
    func tell(
        _ object: some KubernetesObject, _ reason: Report.Reason, _ message: String, cause: String? = nil
    ) async {
        if Task.isCancelled, reason.severity != .normal {
            logger.debug(
                "left to whoever leads next: \(message)",
                metadata: ["object": "\(object.key)", "reason": "\(reason.rawValue)"])
            return
        }
        let uid = object.uid?.value ?? "\(object.key)"
        let isNews = memory.with {
            $0.ledger.isNews(uid: uid, reason: reason.rawValue, cause: cause ?? message)
        }
        let level: Logger.Level = !isNews ? .debug : reason.severity == .normal ? .info : .warning
        logger.log(
            level: level, "\(message)", metadata: ["object": "\(object.key)", "reason": "\(reason.rawValue)"])
        guard isNews else { return }
        await kubernetes.report(Report(about: ObjectReference(to: object), reason: reason, message: message))
    }
}

/// The controllers' memory, shared between them.
final class SharedMemory: Sendable {
    private let memory: Mutex<ControllerMemory>

    init(_ memory: ControllerMemory) {
        self.memory = Mutex(memory)
    }

    /// Reads or changes the memory. `body` must not wait.
    func with<Value: Sendable>(_ body: (inout ControllerMemory) -> Value) -> Value {
        memory.withLock { body(&$0) }
    }
}

import CephShim
import Glibc
import Vocabulary

/// State behind a lock that threads can wait on. For this module's own threads only: never used from a task that
/// would have to wait.
final class Monitor<State: Sendable>: @unchecked Sendable {
    // `state` is touched with `mutex` held and at no other time; that is what makes the class Sendable.
    private var state: State
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let condition: UnsafeMutablePointer<pthread_cond_t>

    /// What an attempt at the state came to.
    enum Attempt<Value> {
        case done(Value)
        case wait(until: Deadline?)
    }

    init(_ state: State) {
        self.state = state
        mutex = .allocate(capacity: 1)
        condition = .allocate(capacity: 1)
        pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(condition, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    /// Reads or changes the state.
    func withLock<Value>(_ body: (inout State) -> Value) -> Value {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return body(&state)
    }

    /// Tries again each time another thread has signalled, or when the moment that the attempt named has come.
    /// Blocks the calling thread.
    func take<Value>(_ attempt: (inout State) -> Attempt<Value>) -> Value {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while true {
            switch attempt(&state) {
            case .done(let value):
                return value
            case .wait(until: nil):
                pthread_cond_wait(condition, mutex)
            case .wait(until: .some(let deadline)):
                var moment = Self.monotonic(after: deadline.remaining)
                pthread_cond_timedwait(condition, mutex, &moment)
            }
        }
    }

    /// Wakes one waiting thread.
    func signal() {
        pthread_cond_signal(condition)
    }

    /// Wakes every waiting thread.
    func broadcast() {
        pthread_cond_broadcast(condition)
    }

    private static func monotonic(after duration: Duration) -> timespec {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        let (seconds, attoseconds) = duration.components
        let nanoseconds = now.tv_nsec + Int(attoseconds / 1_000_000_000)
        let (sum, overflow) = now.tv_sec.addingReportingOverflow(Int(seconds) + nanoseconds / 1_000_000_000)
        return timespec(tv_sec: overflow ? .max : sum, tv_nsec: nanoseconds % 1_000_000_000)
    }
}

/// Starts a detached thread; false when the system refuses another one.
func startThread(named name: String, _ body: @escaping @Sendable () -> Void) -> Bool {
    final class Box: Sendable {
        let name: String
        let body: @Sendable () -> Void
        init(_ name: String, _ body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }
    var thread = pthread_t()
    let box = Unmanaged.passRetained(Box(name, body))
    let result = pthread_create(
        &thread, nil,
        { argument in
            if let argument {
                let box = Unmanaged<Box>.fromOpaque(argument).takeRetainedValue()
                // The kernel keeps 15 bytes of a thread's name.
                ceph_shim_name_thread(String(box.name.prefix(15)))
                box.body()
            }
            return nil
        }, box.toOpaque())
    guard result == 0 else {
        box.release()
        return false
    }
    pthread_detach(thread)
    return true
}

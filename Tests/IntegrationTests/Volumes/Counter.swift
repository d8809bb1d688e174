import Synchronization

/// A number that several tasks count down.
final class Counter: Sendable {
    private let number: Mutex<Int>

    init(_ start: Int) {
        number = Mutex(start)
    }

    var value: Int { number.withLock { $0 } }

    /// Counts down by one and answers the new number.
    @discardableResult
    func decrement() -> Int {
        number.withLock { number in
            number -= 1
            return number
        }
    }
}

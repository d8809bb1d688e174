/// A secret. It prints as `<redacted>` wherever it is printed, interpolated or reflected; ``reveal()`` is the one way
/// to the value, so that a search for that word finds every place that uses a secret.
public struct Redacted<Value: Sendable>: Sendable {
    private let value: Value

    /// Wraps a secret.
    public init(_ value: Value) {
        self.value = value
    }

    /// The secret itself.
    public func reveal() -> Value {
        value
    }
}

extension Redacted: Equatable where Value: Equatable {}
extension Redacted: Hashable where Value: Hashable {}

extension Redacted: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// `<redacted>`, whatever the secret is.
    public var description: String { "<redacted>" }
    /// `<redacted>`, whatever the secret is.
    public var debugDescription: String { "<redacted>" }
    /// A mirror without children, so that `dump` shows nothing.
    public var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}

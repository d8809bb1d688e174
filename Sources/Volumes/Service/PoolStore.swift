import Ceph
import Vocabulary

/// One pool and RADOS namespace, as the place of volumes: every call into Ceph that this module makes for a volume
/// goes through here.
struct PoolStore: Sendable {
    let context: IOContext
    let pool: PoolID
    let location: PoolLocation
    /// The directory object.
    let directory: String
    let intents: GroupCommit
    let intentObject: String
    let hook: CallHook?

    /// Makes a call into Ceph, and an error of it one of a volume.
    func call<Value: Sendable>(
        _ what: @autoclosure () -> String, _ body: () async throws(CephError) -> Value
    ) async throws(VolumeError) -> Value {
        try hook?(.before)
        let value: Value
        do throws(CephError) {
            value = try await body()
        } catch {
            throw VolumeError(error, what())
        }
        try hook?(.after)
        return value
    }

    /// The same for calls after which "it is not there" is an answer: nil then.
    func find<Value: Sendable>(
        _ what: @autoclosure () -> String, _ body: () async throws(CephError) -> Value
    ) async throws(VolumeError) -> Value? {
        do throws(VolumeError) {
            return try await call(what(), body)
        } catch {
            if error.cause?.code == .notFound { return nil }
            throw error
        }
    }

    /// A write with conditions: false if it failed in one of the ways that mean a condition did not hold.
    func write(
        _ operation: WriteOperation, on object: String, unless failures: Set<CephError.Code>, ignoresFull: Bool = false,
        _ what: @autoclosure () -> String
    ) async throws(VolumeError) -> Bool {
        do throws(VolumeError) {
            try await call(what()) { () async throws(CephError) in
                try await context.perform(operation, on: object, ignoresFull: ignoresFull)
            }
            return true
        } catch {
            if let code = error.cause?.code, failures.contains(code) { return false }
            throw error
        }
    }
}

/// Called before and after each call into Ceph. Tests stop the work there, as a kill would.
typealias CallHook = @Sendable (CallMoment) throws(VolumeError) -> Void

/// When a ``CallHook`` is called.
enum CallMoment: Sendable {
    /// Nothing was done yet.
    case before
    /// It was done, and nobody knows yet.
    case after
}

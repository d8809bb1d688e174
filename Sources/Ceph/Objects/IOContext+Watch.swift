import CephShim
import Glibc
import Logging

/// What a watch on an object tells.
public enum WatchEvent: Sendable {
    /// Somebody has notified the object's watchers and waits for their answers.
    case notification(Notification)
    /// The watch has broken (`ENOTCONN`, `ETIMEDOUT`): notifications may have been missed, none will come. Leave the
    /// scope and watch anew.
    case broken(CephError)
}

/// A message to an object's watchers.
public struct Notification: Sendable {
    /// The message.
    public let payload: [UInt8]
    /// The number of the client that sent it.
    public let sender: UInt64

    fileprivate let id: UInt64
    fileprivate let cookie: UInt64
    fileprivate let object: String
    fileprivate let context: IOContext

    /// Answers. The sender waits until every watcher has answered or its time is up. An answer is sent, not
    /// confirmed.
    /// - Implements: rados_notify_ack
    public func acknowledge(_ reply: [UInt8] = []) async throws(CephError) {
        let call = try context.call("rados_notify_ack", object)
        let (id, cookie, object) = (id, cookie, object)
        try await context.blocking(call) { context, _ throws(CephError) in
            let result = reply.withCharacters { bytes, count in
                rados_notify_ack(context, object, id, cookie, bytes, Int32(clamping: count))
            }
            _ = try call.check(result)
        }
    }
}

/// Who answered a notification, and who did not.
public struct NotifyResult: Hashable, Sendable {
    /// A watcher's answer.
    public struct Answer: Hashable, Sendable {
        /// The watcher's client number.
        public var client: UInt64
        /// Tells apart several watches of one client.
        public var cookie: UInt64
        /// What it answered.
        public var payload: [UInt8]
    }

    /// The answers.
    public var answers: [Answer]
    /// The client numbers of those that did not answer in time.
    public var missing: [UInt64]
}

extension IOContext {
    /// Watches an object as long as `body` runs and hands it what comes; `.notFound` if the object is not there.
    ///
    /// The stream ends with the watch. It holds up to 1,024 events that are not taken; later ones are dropped, and
    /// their senders see this watcher as one that did not answer. `timeout` is how long the OSD keeps the watch of a
    /// client that it has lost (whole seconds).
    /// - Implements: rados_aio_watch2, rados_aio_unwatch, rados_watch_flush
    public func withWatch<Value>(
        on object: String, timeout: Duration = .seconds(30), isolation: isolated (any Actor)? = #isolation,
        _ body: (AsyncStream<WatchEvent>) async throws(CephError) -> Value
    ) async throws(CephError) -> Value {
        let (stream, continuation) = AsyncStream.makeStream(
            of: WatchEvent.self, bufferingPolicy: .bufferingOldest(1_024))
        let source = WatchSource(continuation, object: object, context: self)
        let cookie = try await watch(object, timeout: timeout, source)
        let value: Value
        do throws(CephError) {
            value = try await body(stream)
        } catch {
            await end(source, cookie)
            throw error
        }
        await end(source, cookie)
        return value
    }

    /// Sends a message to everybody who watches the object and waits for their answers, `timeout` at most. Watchers
    /// that do not answer are no error; see ``NotifyResult/missing``.
    /// - Implements: rados_aio_notify, rados_decode_notify_response, rados_free_notify_response, rados_buffer_free
    public func notify(
        _ object: String, _ payload: [UInt8] = [], timeout: Duration = .seconds(10)
    ) async throws(CephError) -> NotifyResult {
        let call = try call("rados_aio_notify", object)
        let (seconds, attoseconds) = timeout.components
        let milliseconds = UInt64(clamping: seconds * 1000 + attoseconds / 1_000_000_000_000_000)
        let reply = CCell<UnsafeMutablePointer<CChar>?>(nil)
        let count = CCell<Int>(0)
        return try await perform(call, limit: timeouts.objectLimit + timeout) { context, completion in
            payload.withCharacters {
                rados_aio_notify(
                    context, object, completion, $0, Int32(clamping: $1), milliseconds, reply.pointer, count.pointer)
            }
        } finish: { result throws(CephError) in
            defer { rados_buffer_free(reply.value) }
            // The answers come with a timeout, too.
            if result == -Int(ETIMEDOUT), let answers = decode(reply.value, count.value) { return answers }
            try call.check(result)
            return decode(reply.value, count.value) ?? NotifyResult(answers: [], missing: [])
        }
    }

    private func watch(
        _ object: String, timeout: Duration, _ source: WatchSource
    ) async throws(CephError) -> UInt64 {
        var call = try call("rados_aio_watch2", object)
        call.effect = .atomic
        let watching = call
        guard timeout >= .seconds(1), let seconds = UInt32(exactly: timeout.components.seconds) else {
            throw call.refused("a watch's timeout is 1 s or more, not \(timeout)")
        }
        let cookie = CCell<UInt64>(0)
        // C calls the source back until the watch has ended: it owns one reference until then.
        let retained = Unmanaged.passRetained(source)
        do throws(CephError) {
            return try await perform(watching) { context, completion in
                rados_aio_watch2(
                    context, object, completion, cookie.pointer, WatchSource.notified, WatchSource.broke, seconds,
                    retained.toOpaque())
            } finish: { result throws(CephError) in
                try watching.check(result)
                return cookie.value
            }
        } catch {
            // A watch that may yet come about keeps its source.
            if error.outcome == .notApplied { retained.release() }
            throw error
        }
    }

    /// Ends a watch in a task of its own, so that it ends in a cancelled task, too.
    private func end(_ source: WatchSource, _ cookie: UInt64) async {
        await Task {
            source.finish()
            do throws(CephError) {
                try await unwatch(source.object, cookie)
                // No callback comes after this one: the reference that C held can go.
                Unmanaged.passUnretained(source).release()
            } catch {
                cluster.connection.logger.debug("a watch could not be ended in order", metadata: ["error": "\(error)"])
            }
        }.value
    }

    private func unwatch(_ object: String, _ cookie: UInt64) async throws(CephError) {
        try await mutate("rados_aio_unwatch", object) { context, completion in
            rados_aio_unwatch(context, cookie, completion)
        }
        try await cluster.control("rados_watch_flush", limit: timeouts.objectLimit) { call, rados throws(CephError) in
            _ = try call.check(rados_watch_flush(rados))
        }
    }
}

/// Where a watch's callbacks arrive, on librados' threads: they copy, hand over, return.
private final class WatchSource: Sendable {
    let object: String
    private let continuation: AsyncStream<WatchEvent>.Continuation
    private let context: IOContext

    init(_ continuation: AsyncStream<WatchEvent>.Continuation, object: String, context: IOContext) {
        self.continuation = continuation
        self.object = object
        self.context = context
    }

    func finish() {
        continuation.finish()
    }

    static let notified: rados_watchcb2_t = { argument, id, cookie, sender, data, count in
        guard let argument else { return }
        let source = Unmanaged<WatchSource>.fromOpaque(argument).takeUnretainedValue()
        let payload = Array(UnsafeRawBufferPointer(start: data, count: data == nil ? 0 : count))
        source.continuation.yield(
            .notification(
                Notification(
                    payload: payload, sender: sender, id: id, cookie: cookie, object: source.object,
                    context: source.context)))
    }

    static let broke: rados_watcherrcb_t = { argument, _, error in
        guard let argument else { return }
        let source = Unmanaged<WatchSource>.fromOpaque(argument).takeUnretainedValue()
        let call = Call(function: "rados_aio_watch2", place: source.context.place, name: source.object)
        source.continuation.yield(.broken(call.failure(Int(error))))
    }
}

/// Reads the answers to a notification; nil if there are none or they make no sense.
private func decode(_ reply: UnsafeMutablePointer<CChar>?, _ count: Int) -> NotifyResult? {
    guard let reply else { return nil }
    var acks: UnsafeMutablePointer<notify_ack_t>?
    var timeouts: UnsafeMutablePointer<notify_timeout_t>?
    var ackCount = 0
    var timeoutCount = 0
    guard rados_decode_notify_response(reply, count, &acks, &ackCount, &timeouts, &timeoutCount) >= 0 else {
        return nil
    }
    defer { rados_free_notify_response(acks, ackCount, timeouts) }
    let answers = UnsafeBufferPointer(start: acks, count: ackCount).map { ack in
        let bytes = UnsafeRawBufferPointer(start: ack.payload, count: ack.payload == nil ? 0 : Int(ack.payload_len))
        return NotifyResult.Answer(client: ack.notifier_id, cookie: ack.cookie, payload: Array(bytes))
    }
    let missing = UnsafeBufferPointer(start: timeouts, count: timeoutCount).map(\.notifier_id)
    return NotifyResult(answers: answers, missing: missing)
}

import CephShim
import Synchronization
import Vocabulary

/// Which image to open.
public struct ImageSpec: Hashable, Sendable {
    enum Key: Hashable, Sendable {
        case name(String)
        case id(String)
    }

    let key: Key
    let snapshot: String?

    /// An image by its name; with a snapshot, what that snapshot holds.
    public static func name(_ name: String, snapshot: String? = nil) -> ImageSpec {
        ImageSpec(key: .name(name), snapshot: snapshot)
    }

    /// An image by its id, wherever it is: in the directory, in the trash, half-made.
    public static func id(_ id: String, snapshot: String? = nil) -> ImageSpec {
        ImageSpec(key: .id(id), snapshot: snapshot)
    }

    var text: String {
        switch key {
        case .name(let name): snapshot.map { "\(name)@\($0)" } ?? name
        case .id(let id): snapshot.map { "id \(id)@\($0)" } ?? "id \(id)"
        }
    }
}

/// How to open an image.
public enum ImageMode: Hashable, Sendable {
    /// Reading only. Registers no watcher, so nobody sees it.
    case readOnly
    /// Reading and changing. Registers a watcher, takes the exclusive lock when it writes.
    case readWrite
}

/// An open image. It is lent inside ``IOContext/withImage(_:mode:_:)`` and fails with `.shutdown` afterwards.
///
/// Thread-safe, as librbd's image handles are. Reading, writing, discarding and flushing are asynchronous in C but
/// cannot be cancelled there: the task waits for their end, which the timeouts bound. Everything else blocks in C and
/// runs on a lane; see ``Cluster`` for how cancellation goes there.
public final class Image: Sendable {
    let context: IOContext
    let name: String

    private struct State: ~Copyable {
        var handle: ImageHandle?
        var users = 0
        var isClosing = false
        var unused: Promise<Void>?
    }

    private let state: Mutex<State>

    init(_ handle: consuming ImageHandle, in context: IOContext, name: String) {
        self.context = context
        self.name = name
        state = Mutex(State(handle: consume handle))
    }

    /// The right to use the C handle; the image is not closed while one exists.
    final class Use: Sendable {
        private let image: Image
        let handle: CHandle

        fileprivate init(_ image: Image, _ handle: CHandle) {
            self.image = image
            self.handle = handle
        }

        deinit { image.leave() }
    }

    func use(_ call: Call) throws(CephError) -> Use {
        let handle = state.withLock { state -> CHandle? in
            guard !state.isClosing, let handle = state.handle?.handle else { return nil }
            state.users += 1
            return handle
        }
        guard let handle else { throw call.closed("image") }
        return Use(self, handle)
    }

    private func leave() {
        let unused = state.withLock { state -> Promise<Void>? in
            state.users -= 1
            return state.users == 0 ? state.unused : nil
        }
        unused?.complete(.success(()))
    }

    /// Lets nobody in, waits for the calls under way, closes.
    /// - Implements: rbd_aio_close
    func close() async throws(CephError) {
        let unused = Promise<Void>()
        let isUnused = state.withLock { state in
            state.isClosing = true
            state.unused = unused
            return state.users == 0
        }
        if isUnused { unused.complete(.success(())) }
        try await unused.value().get()
        guard let handle = (state.withLock { $0.handle.take() }) else { return }
        let call = Call(function: "rbd_aio_close", place: context.place, name: name)
        let closing = AsyncCall(call, table: context.cluster.connection.table, cancel: nil) {
            result throws(CephError) in
            _ = try call.check(result)
        }
        let limit = context.timeouts.objectLimit
        try await handle.close { handle throws(CephError) in
            try await closing.run(.rbd, limit: limit, endsAnother: true) { rbd_aio_close(handle.raw, $0) }
        }
    }

    func call(_ function: String, _ detail: String = "", effect: Effect = .none) throws(CephError) -> Call {
        let call = Call(
            function: function, place: context.place, name: detail.isEmpty ? name : "\(name) \(detail)",
            effect: effect)
        try call.refuseNUL(detail)
        return call
    }

    /// Runs a call that blocks on a lane.
    func blocking<Value: Sendable>(
        _ call: Call, on lane: LaneName = .image,
        _ body: @escaping @Sendable (UnsafeMutableRawPointer, LaneTicket) throws(CephError) -> Value
    ) async throws(CephError) -> Value {
        let use = try use(call)
        return try await context.cluster.connection.lane(lane).run(call, limit: context.timeouts.objectLimit) {
            ticket throws(CephError) in
            try body(use.handle.raw, ticket)
        }
    }

    /// Runs a call through an rbd completion. It cannot be cancelled.
    func perform<Value: Sendable>(
        _ call: Call, submit: (_ image: UnsafeMutableRawPointer, _ completion: UnsafeMutableRawPointer) -> Int32,
        finish: @escaping @Sendable (Int) throws(CephError) -> Value
    ) async throws(CephError) -> Value {
        let use = try use(call)
        let operation = AsyncCall(call, table: context.cluster.connection.table, cancel: nil) {
            result throws(CephError) in
            defer { withExtendedLifetime(use) {} }
            return try finish(result)
        }
        return try await operation.run(.rbd, limit: context.timeouts.objectLimit) { submit(use.handle.raw, $0) }
    }
}

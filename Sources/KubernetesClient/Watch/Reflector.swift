public import KubernetesModel
import Logging
import Metrics
import NIOCore
import NIOHTTP1
import Vocabulary

/// Keeps an ``ObjectStore`` equal to what the API server has: lists page by page, then watches; lists again and swaps
/// the content in one step when the server has forgotten the version.
public struct Reflector<Object: KubernetesObject>: Sendable {
    /// How long a watch is asked for. API servers end watches after five to ten minutes on their own.
    private static var watchDuration: Duration { .seconds(290) }
    /// How long after that a watch that has not ended counts as dead.
    private static var watchGrace: Duration { .seconds(30) }
    /// How long a page of a list may take.
    private static var pageLimit: Duration { .seconds(60) }

    private let client: KubernetesClient
    private let store: ObjectStore<Object>
    private let selection: Selection
    private let transform: @Sendable (Object) -> Object

    /// A reflector of the objects that `selection` names into `store`.
    ///
    /// - Parameter transform: what to make of each object before it is stored; by default it is trimmed.
    public init(
        _ client: KubernetesClient, into store: ObjectStore<Object>, _ selection: Selection = .all,
        transform: @escaping @Sendable (Object) -> Object = { $0.trimmed() }
    ) {
        self.client = client
        self.store = store
        self.selection = selection
        self.transform = transform
    }

    /// Lists and watches until the task is cancelled. Failures are waited out, longer each time, and logged.
    public func run() async {
        let session = WatchSession(store: store, maximumLine: client.options.maximumWatchLine, transform: transform)
        var step = await session.handle(.started)
        while !Task.isCancelled {
            switch step {
            case .list(let token): step = await session.handle(await list(token))
            case .watch(let version): step = await watch(from: version, session)
            case .wait(let duration, let error):
                if Task.isCancelled { return }
                if let error { report(error, waiting: duration) }
                do { try await Task.sleep(for: duration) } catch { return }
                step = await session.handle(.waited)
            case .read: step = await session.handle(.waited)
            }
        }
    }

    private func list(_ token: String?) async -> WatchMachine<Object>.Input {
        do {
            let deadline = Deadline.in(Self.pageLimit)
            let page = try await client.page(Object.self, selection, continueToken: token, deadline: deadline)
            return .page(page.map(transform))
        } catch {
            return .listFailed(error)
        }
    }

    private func watch(from version: String, _ session: WatchSession<Object>) async -> WatchMachine<Object>.Step {
        var request = HTTPRequest(
            verb: "watch", resource: Object.kind.description, method: .GET,
            path: Object.kind.collectionPath(namespace: selection.namespace))
        request.query =
            selection.query + [
                ("watch", "true"), ("resourceVersion", version), ("allowWatchBookmarks", "true"),
                ("timeoutSeconds", String(Self.watchDuration.components.seconds)),
            ]
        let start = ContinuousClock.now
        await session.begin()
        do {
            let deadline = Deadline.in(Self.watchDuration + Self.watchGrace)
            try await client.transport.stream(request, deadline: deadline) { buffer in
                try await session.read(buffer)
            }
            let wasBrief = await session.isBarren && ContinuousClock.now - start < .seconds(1)
            return await session.handle(.watchEnded(wasBrief: wasBrief))
        } catch {
            // A step that an event asked for goes before the error with which the stream was left.
            if let step = await session.stepAfterEvent { return step }
            return await session.handle(.watchFailed(error))
        }
    }

    private func report(_ error: KubernetesError, waiting: Duration) {
        Counter(
            label: "kubernetes_reflector_failures_total", dimensions: [("resource", Object.kind.description)]
        ).increment()
        client.logger.log(
            level: error.isGone || error.isDisconnected ? .info : .warning, "cannot follow the API server's objects",
            metadata: ["resource": "\(Object.kind)", "error": "\(error)", "retryIn": "\(waiting)"])
    }
}

/// The state of a reflector: its machine, its store, the watch that it reads.
actor WatchSession<Object: KubernetesObject> {
    /// An event asked to give the watch up.
    private struct GivenUp: Error {}

    private let store: ObjectStore<Object>
    private let maximumLine: Int
    private let transform: @Sendable (Object) -> Object
    private var machine = WatchMachine<Object>()
    private var splitter: LineSplitter
    private var generator = SystemRandomNumberGenerator()
    /// Whether the current watch has brought nothing so far.
    private(set) var isBarren = true
    /// The step that an event asked for, which ends the current watch.
    private(set) var stepAfterEvent: WatchMachine<Object>.Step?

    init(store: ObjectStore<Object>, maximumLine: Int, transform: @escaping @Sendable (Object) -> Object) {
        self.store = store
        self.maximumLine = maximumLine
        self.transform = transform
        splitter = LineSplitter(maximum: maximumLine)
    }

    /// Tells the machine, and does to the store what it says.
    func handle(_ input: WatchMachine<Object>.Input) -> WatchMachine<Object>.Step {
        let (change, step) = machine.handle(input, using: &generator)
        if let change { store.apply(change) }
        return step
    }

    /// A new watch begins.
    func begin() {
        splitter = LineSplitter(maximum: maximumLine)
        isBarren = true
        stepAfterEvent = nil
    }

    /// Reads the next bytes of the watch.
    func read(_ buffer: ByteBuffer) throws {
        for line in try splitter.add(Array(buffer.readableBytesView)) {
            let event = try WatchEvent<Object>(line: line).map(transform)
            isBarren = false
            let step = handle(.event(event))
            if step != .read {
                stepAfterEvent = step
                throw GivenUp()
            }
        }
    }
}

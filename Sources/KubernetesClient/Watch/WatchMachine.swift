import KubernetesModel

/// Decides what a reflector does next: list, watch, wait, and what becomes of its store. It does no I/O and has no
/// clock, so each path can be tested by hand.
///
/// The states are those of kube-rs: empty, listing page by page, watching. A list replaces the store in one step
/// when its last page is there, never before.
struct WatchMachine<Object: KubernetesObject>: Sendable {
    /// What happened.
    enum Input: Sendable {
        /// The reflector starts.
        case started
        /// A page of the list.
        case page(ObjectList<Object>)
        /// A page could not be had.
        case listFailed(KubernetesError)
        /// A line of the watch.
        case event(WatchEvent<Object>)
        /// The watch ended as it should, after its time; `wasBrief` when it was over at once.
        case watchEnded(wasBrief: Bool)
        /// The watch could not be had, or broke.
        case watchFailed(KubernetesError)
        /// A wait is over.
        case waited
    }

    /// What to do about the store.
    enum Change: Hashable, Sendable {
        /// These are all the objects.
        case replace([Object])
        /// This object is new or has changed.
        case apply(Object)
        /// This object is gone.
        case remove(Object)
    }

    /// What to do next.
    enum Step: Hashable, Sendable {
        /// Ask for a page; nil for the first.
        case list(continueToken: String?)
        /// Watch from a version on.
        case watch(resourceVersion: String)
        /// Wait, then feed ``Input/waited``. The error says why.
        case wait(Duration, KubernetesError?)
        /// Go on reading the watch. Any other step after an event means: give this watch up.
        case read
    }

    private enum State: Sendable {
        case empty
        case listing(token: String?, soFar: [Object])
        case watching(resourceVersion: String)
    }

    private var state = State.empty
    private var backoff: Backoff
    /// Watches that failed in a row without an event between them: after a few, a list starts afresh.
    private var barrenWatches = 0
    private static var maximumBarrenWatches: Int { 5 }

    init(backoff: Backoff = Backoff()) {
        self.backoff = backoff
    }

    mutating func handle(
        _ input: Input, using generator: inout some RandomNumberGenerator
    ) -> (change: Change?, step: Step) {
        switch input {
        case .started:
            state = .listing(token: nil, soFar: [])
            return (nil, .list(continueToken: nil))
        case .page(let page):
            return pageArrived(page, using: &generator)
        case .listFailed(let error):
            // A continue token that is too old is no fault of the server: start again.
            if error.isGone { state = .listing(token: nil, soFar: []) }
            return (nil, wait(after: error, using: &generator))
        case .event(let event):
            return eventArrived(event, using: &generator)
        case .watchEnded(let wasBrief):
            if wasBrief { return (nil, .wait(backoff.fail(using: &generator), nil)) }
            backoff.succeed()
            return (nil, resume())
        case .watchFailed(let error):
            return (nil, watchBroke(error, using: &generator))
        case .waited:
            return (nil, resume())
        }
    }

    private mutating func pageArrived(
        _ page: ObjectList<Object>, using generator: inout some RandomNumberGenerator
    ) -> (Change?, Step) {
        var items: [Object] = []
        if case .listing(_, let soFar) = state { items = soFar }
        items += page.items
        if let token = page.continueToken {
            state = .listing(token: token, soFar: items)
            return (nil, .list(continueToken: token))
        }
        guard let version = page.resourceVersion else {
            startAfresh()
            let error = KubernetesError(
                .invalidResponse("a list without a version"), operation: "list", resource: Object.kind.description)
            return (nil, wait(after: error, using: &generator))
        }
        barrenWatches = 0
        state = .watching(resourceVersion: version)
        return (.replace(items), .watch(resourceVersion: version))
    }

    private mutating func eventArrived(
        _ event: WatchEvent<Object>, using generator: inout some RandomNumberGenerator
    ) -> (Change?, Step) {
        switch event {
        case .applied(let object):
            progressed(to: object.metadata.resourceVersion)
            return (.apply(object), .read)
        case .deleted(let object):
            progressed(to: object.metadata.resourceVersion)
            return (.remove(object), .read)
        case .bookmark(let version):
            progressed(to: version)
            return (nil, .read)
        case .failed(let status):
            let error = KubernetesError(
                .status(code: status.code ?? 500, status), operation: "watch", resource: Object.kind.description,
                retryAfter: status.retryAfterSeconds.map { .seconds(max(0, min($0, 3600))) })
            return (nil, watchBroke(error, using: &generator))
        }
    }

    private mutating func watchBroke(
        _ error: KubernetesError, using generator: inout some RandomNumberGenerator
    ) -> Step {
        barrenWatches += 1
        if error.isGone || error.isInvalid || barrenWatches > Self.maximumBarrenWatches { startAfresh() }
        return wait(after: error, using: &generator)
    }

    private mutating func progressed(to version: String?) {
        backoff.succeed()
        barrenWatches = 0
        if let version { state = .watching(resourceVersion: version) }
    }

    private mutating func startAfresh() {
        barrenWatches = 0
        state = .empty
    }

    private mutating func wait(
        after error: KubernetesError, using generator: inout some RandomNumberGenerator
    ) -> Step {
        let wait = backoff.fail(using: &generator)
        // What is forbidden stays so until somebody changes a role: look from time to time.
        if error.isForbidden || error.isUnauthorized { return .wait(max(wait, .seconds(5)), error) }
        return .wait(max(wait, error.retryAfter ?? .zero), error)
    }

    private mutating func resume() -> Step {
        switch state {
        case .empty:
            state = .listing(token: nil, soFar: [])
            return .list(continueToken: nil)
        case .listing(let token, _):
            return .list(continueToken: token)
        case .watching(let version):
            return .watch(resourceVersion: version)
        }
    }
}

import KubernetesModel
import TestSupport
import Testing

@testable import KubernetesClient

@Suite struct WatchMachineTests {
    typealias Machine = WatchMachine<PersistentVolumeClaim>

    private var generator = SeededGenerator(seed: 1)
    private var machine = Machine(backoff: Backoff(first: .seconds(1), limit: .seconds(16)))

    private mutating func feed(_ input: Machine.Input) -> (change: Machine.Change?, step: Machine.Step) {
        machine.handle(input, using: &generator)
    }

    private func page(
        _ claims: [PersistentVolumeClaim], _ version: String, next: String? = nil
    ) throws -> Machine.Input {
        .page(try ObjectList(json: list(claims, version: version, next: next)))
    }

    private func failure(_ code: Int, retryAfter: Duration? = nil) -> KubernetesError {
        KubernetesError(.status(code: code, nil), operation: "watch", resource: "x", retryAfter: retryAfter)
    }

    private func status(_ code: Int) -> WatchEvent<PersistentVolumeClaim> {
        .failed(Status(code: code, reason: "r", message: "m"))
    }

    private func waits(_ step: Machine.Step) -> Duration? {
        if case .wait(let duration, _) = step { return duration }
        return nil
    }

    @Test mutating func listsAllPagesThenSwapsAndWatches() throws {
        #expect(feed(.started).step == .list(continueToken: nil))
        var (change, step) = feed(try page([claim("a")], "10", next: "t1"))
        #expect(change == nil && step == .list(continueToken: "t1"))
        (change, step) = feed(try page([claim("b")], "10"))
        guard case .replace(let claims) = change else {
            Issue.record("no swap")
            return
        }
        #expect(claims.map(\.key.name) == ["a", "b"])
        #expect(step == .watch(resourceVersion: "10"))
    }

    @Test mutating func aPageThatFailsIsAskedForAgain() throws {
        _ = feed(.started)
        _ = feed(try page([claim("a")], "10", next: "t1"))
        #expect(waits(feed(.listFailed(failure(500))).step) != nil)
        #expect(feed(.waited).step == .list(continueToken: "t1"))
    }

    @Test mutating func anExpiredContinueTokenStartsAfresh() throws {
        _ = feed(.started)
        _ = feed(try page([claim("gone")], "10", next: "t1"))
        _ = feed(.listFailed(failure(410)))
        #expect(feed(.waited).step == .list(continueToken: nil))
        #expect(feed(try page([claim("b")], "20")).change == .replace([claim("b")]))
    }

    private mutating func startWatching() throws {
        _ = feed(.started)
        _ = feed(try page([], "10"))
    }

    @Test mutating func eventsChangeTheStoreAndMoveTheVersion() throws {
        try startWatching()
        #expect(feed(.event(.applied(claim("a", version: "11")))).change == .apply(claim("a", version: "11")))
        #expect(feed(.event(.deleted(claim("a", version: "12")))).change == .remove(claim("a", version: "12")))
        #expect(feed(.event(.bookmark(resourceVersion: "15"))).step == .read)
        #expect(feed(.watchEnded(wasBrief: false)).step == .watch(resourceVersion: "15"))
    }

    @Test mutating func aBrokenWatchGoesOnFromTheLastVersion() throws {
        try startWatching()
        _ = feed(.event(.applied(claim("a", version: "11"))))
        let lost = KubernetesError(.disconnected("x"), operation: "watch", resource: "x")
        #expect(waits(feed(.watchFailed(lost)).step) != nil)
        #expect(feed(.waited).step == .watch(resourceVersion: "11"))
    }

    @Test(arguments: [true, false])
    mutating func tooOldAVersionListsAgain(asEvent: Bool) throws {
        try startWatching()
        let step = asEvent ? feed(.event(status(410))).step : feed(.watchFailed(failure(410))).step
        #expect(waits(step) != nil)
        #expect(feed(.waited).step == .list(continueToken: nil))
    }

    @Test mutating func watchesThatBringNothingEndInAList() throws {
        try startWatching()
        for _ in 0..<5 {
            _ = feed(.watchFailed(failure(500)))
            #expect(feed(.waited).step == .watch(resourceVersion: "10"))
        }
        _ = feed(.event(status(500)))
        #expect(feed(.waited).step == .list(continueToken: nil))
    }

    @Test mutating func waitsGrowAndAnEventResetsThem() throws {
        try startWatching()
        var last = Duration.zero
        for round in 0..<4 {
            let wait = try #require(waits(feed(.watchFailed(failure(500))).step))
            #expect(wait >= .seconds(1 << round) && wait < .seconds(2 << round))
            last = wait
        }
        _ = feed(.event(.bookmark(resourceVersion: "11")))
        #expect(try #require(waits(feed(.watchFailed(failure(500))).step)) < last)
    }

    /// A server that accepts each list and refuses each watch must not be hammered.
    @Test mutating func listsThatSucceedDoNotResetTheWait() throws {
        _ = feed(.started)
        var waited = Duration.zero
        for _ in 0..<6 {
            _ = feed(try page([], "10"))
            waited += try #require(waits(feed(.event(status(410))).step))
            #expect(feed(.waited).step == .list(continueToken: nil))
        }
        #expect(waited > .seconds(30))
    }

    @Test mutating func forbiddenAndThrottledAreToldApart() throws {
        try startWatching()
        #expect(try #require(waits(feed(.watchFailed(failure(403))).step)) >= .seconds(5))
        #expect(feed(.waited).step == .watch(resourceVersion: "10"))
        #expect(waits(feed(.watchFailed(failure(429, retryAfter: .seconds(40)))).step) == .seconds(40))
    }

    @Test mutating func watchesThatEndAtOnceAreWaitedOut() throws {
        try startWatching()
        #expect(waits(feed(.watchEnded(wasBrief: true)).step) != nil)
        #expect(feed(.waited).step == .watch(resourceVersion: "10"))
    }

    @Test mutating func aListWithoutAVersionIsNotWatched() throws {
        _ = feed(.started)
        let page = try ObjectList<PersistentVolumeClaim>(json: ["items": []])
        let (change, step) = feed(.page(page))
        #expect(change == nil && waits(step) != nil)
        #expect(feed(.waited).step == .list(continueToken: nil))
    }

    @Test(arguments: [
        "", "[]", "{}", #"{"type":"ADDED"}"#, #"{"type":"NEW","object":{}}"#, #"{"type":"BOOKMARK","object":{}}"#,
        #"{"type":1,"object":{}}"#, "{\"type\":\"ADDED\",\"object\":{\"metadata\":{\"name\":\"\u{FFFD}",
    ])
    func linesThatAreNoEventsAreRefused(_ line: String) {
        #expect(throws: InvalidWatchEvent.self) { try WatchEvent<PersistentVolumeClaim>(line: Array(line.utf8)) }
    }
}

import KubernetesModel
import Testing
import Vocabulary

@testable import KubernetesClient

@Suite(.timeLimit(.minutes(1))) struct EventTests {
    typealias Report = EventAggregator.Report

    private func report(_ message: String = "no", about name: String = "a") -> Report {
        Report(about: ObjectReference(to: claim(name)), severity: .warning, reason: "Failed", message: message)
    }

    private func take(_ events: inout EventAggregator) throws -> EventAggregator.Job {
        let job = events.next()
        return try #require(job)
    }

    private func time(_ seconds: Int64) -> Timestamp { Timestamp(microseconds: seconds * 1_000_000) }

    @Test func repeatsBecomeOneEventWithACount() {
        var events = EventAggregator()
        for second in 1...3 { #expect(events.add(report(), at: time(Int64(second))) == true) }
        let job = events.next()
        #expect(job == .create(report(), .init(count: 3, first: time(1), last: time(3))))
        #expect(events.next() == nil)
        guard let job else { return }
        let key = ObjectKey(namespace: "db", name: "e1")
        events.finished(job, as: key)
        #expect(events.add(report(), at: time(9)) == true)
        #expect(events.next() == .update(key, report(), .init(count: 4, first: time(1), last: time(9))))
    }

    @Test func anEventThatHasGoneIsMadeAgain() throws {
        var events = EventAggregator()
        _ = events.add(report(), at: time(1))
        events.finished(try take(&events), as: ObjectKey(name: "e1"))
        _ = events.add(report(), at: time(2))
        events.putBack(try take(&events), isGone: true)
        #expect(events.next() == .create(report(), .init(count: 2, first: time(1), last: time(2))))
    }

    @Test func whatCouldNotBeSentKeepsItsCount() throws {
        var events = EventAggregator()
        _ = events.add(report(), at: time(1))
        let job = try take(&events)
        _ = events.add(report(), at: time(5))
        events.putBack(job)
        #expect(events.next() == .create(report(), .init(count: 2, first: time(1), last: time(5))))
        events.finished(job, as: ObjectKey(name: "e1"))
        _ = events.add(report(), at: time(6))
        events.putBack(try take(&events))
        #expect(
            events.next() == .update(ObjectKey(name: "e1"), report(), .init(count: 2, first: time(1), last: time(6))))
    }

    @Test func oneObjectCannotFlood() {
        var events = EventAggregator()
        let taken = (0..<100).filter { events.add(report("m\($0)"), at: time(1)) }
        #expect(taken.count == 25)
        #expect(events.add(report("x", about: "b"), at: time(1)) == true)
        #expect(events.add(report("later"), at: time(200)) == false)
        #expect(events.add(report("later"), at: time(302)) == true)
        #expect(events.dropped == 76)
    }

    @Test func theQueueIsBounded() {
        var events = EventAggregator()
        for index in 0..<5000 { _ = events.add(report("m", about: "o\(index)"), at: time(1)) }
        #expect(events.dropped == 4000)
        var count = 0
        while events.next() != nil { count += 1 }
        #expect(count == 1000 && events.isEmpty)
    }

    @Test func oldEventsAreNotChanged() throws {
        var events = EventAggregator()
        _ = events.add(report(), at: time(1))
        events.finished(try take(&events), as: ObjectKey(name: "e1"))
        _ = events.add(report(), at: time(4000))
        #expect(events.next() == .create(report(), .init(count: 1, first: time(4000), last: time(4000))))
    }

    @Test func eventsAreSentAndDrained() async throws {
        try await ScriptedServer.serve { request in
            .json(request.json ?? [:])
        } while: { server in
            try await server.withClient { client in
                let recorder = EventRecorder(client, component: "holdfast", host: "pod-1", logger: .silent)
                let long = String(repeating: "é", count: 2000)
                for _ in 0..<3 {
                    recorder.record(.normal, about: ObjectReference(to: claim("a")), reason: "Ok", message: long)
                }
                await recorder.drain(deadline: .soon)
            }
            let event = Event(json: try #require(server.requests.first?.json))
            #expect(server.requests.map(\.path) == ["/api/v1/namespaces/db/events"])
            #expect(event.count == 3)
            #expect(event.message.utf8.count == 1024)
            #expect(event.involvedObject?.uid == ObjectUID("uid-a"))
            #expect(event.involvedObject?.resourceVersion == nil)
            #expect(event.sourceComponent == "holdfast" && event.sourceHost == "pod-1")
            #expect(event.metadata.name.hasPrefix("a."))
        }
    }

    @Test func anEventWhoseAnswerWasLostIsThereAndCountsOn() async throws {
        try await ScriptedServer.serve { request in
            request.method == "POST" ? .failure(409, "AlreadyExists") : .json(request.json ?? [:])
        } while: { server in
            try await server.withClient { client in
                let recorder = EventRecorder(client, component: "holdfast", host: "h", logger: .silent)
                for _ in 0..<2 {
                    recorder.record(.normal, about: ObjectReference(to: claim("a")), reason: "Ok", message: "m")
                    await recorder.drain(deadline: .soon)
                }
            }
            #expect(server.requests.map(\.method) == ["POST", "PATCH"])
            let name = try #require(server.requests.first?.json?["metadata", "name"]?.stringValue)
            #expect(server.requests.last?.path.hasSuffix("/events/\(name)") == true)
            #expect(server.requests.last?.json?["count"] == 2)
        }
    }

    @Test func aServerThatFailsNeitherBlocksNorLoses() async throws {
        let count = Counted()
        try await ScriptedServer.serve { request in
            count.up() <= 2 ? .failure(503, "ServiceUnavailable") : .json(request.json ?? [:])
        } while: { server in
            try await server.withClient { client in
                let recorder = EventRecorder(client, component: "holdfast", host: "h", logger: .silent)
                let run = Task { await recorder.run() }
                recorder.record(.warning, about: ObjectReference(to: claim("a")), reason: "R", message: "m")
                try await withDeadline(.in(.seconds(20))) {
                    while server.requests.count < 3 { try await Task.sleep(for: .milliseconds(20)) }
                }
                run.cancel()
                try await withDeadline(.in(.seconds(10))) { await run.value }
            }
            #expect(server.requests.last?.json?["reason"] == "R")
        }
    }

    @Test func drainingAHangingServerEndsAtTheDeadline() async throws {
        try await ScriptedServer.serve { _ in
            .hang
        } while: { server in
            try await server.withClient { client in
                let recorder = EventRecorder(client, component: "holdfast", host: "h", logger: .silent)
                recorder.record(.warning, about: ObjectReference(to: claim("a")), reason: "R", message: "m")
                let start = ContinuousClock.now
                await recorder.drain(deadline: .in(.milliseconds(300)))
                #expect(ContinuousClock.now - start < .seconds(5))
            }
        }
    }
}

import KubernetesModel
import Logging
import NIOHTTP1
import Testing
import Vocabulary

@testable import KubernetesClient

@Suite(.timeLimit(.minutes(1))) struct ClientTests {
    static let key = ObjectKey(namespace: "db", name: "data")

    struct Answer: CustomTestStringConvertible, Sendable {
        var code: Int
        var reason: String
        var test: @Sendable (KubernetesError) -> Bool
        var isRetriable: Bool
        var testDescription: String { "\(code) \(reason)" }
    }

    static let answers: [Answer] = [
        Answer(code: 404, reason: "NotFound", test: \.isNotFound, isRetriable: false),
        Answer(code: 409, reason: "AlreadyExists", test: \.isAlreadyExists, isRetriable: false),
        Answer(code: 409, reason: "Conflict", test: \.isConflict, isRetriable: false),
        Answer(code: 410, reason: "Expired", test: \.isGone, isRetriable: false),
        Answer(code: 403, reason: "Forbidden", test: \.isForbidden, isRetriable: false),
        Answer(code: 401, reason: "Unauthorized", test: \.isUnauthorized, isRetriable: true),
        Answer(code: 422, reason: "Invalid", test: \.isInvalid, isRetriable: false),
        Answer(code: 500, reason: "InternalError", test: { $0.httpCode == 500 }, isRetriable: true),
        Answer(code: 503, reason: "ServiceUnavailable", test: { $0.httpCode == 503 }, isRetriable: true),
    ]

    @Test(arguments: answers)
    func answersBecomeErrors(_ answer: Answer) async throws {
        try await ScriptedServer.serve { _ in
            .failure(answer.code, answer.reason)
        } while: { server in
            try await server.withClient { client in
                let error = await #expect(throws: KubernetesError.self) {
                    try await client.create(claim("data"), deadline: .soon)
                }
                guard let error else { return }
                #expect(answer.test(error))
                #expect(error.isRetriable == answer.isRetriable)
                #expect(error.reason == answer.reason)
                #expect(error.outcome == (answer.code >= 500 ? .unknown : .notApplied))
                #expect(error.description.contains("create persistentvolumeclaims db/data"))
                #expect(error.description.contains("the server said \(answer.reason)"))
            }
        }
    }

    @Test func requestsAreAsTheAPIWantsThem() async throws {
        try await ScriptedServer.serve { _ in
            .json(claim("data").json)
        } while: { server in
            try await server.withClient { client in
                _ = try await client.get(PersistentVolumeClaim.self, Self.key, deadline: .soon)
                _ = try await client.create(PersistentVolumeClaim(name: "x"), deadline: .soon)
                _ = try await client.update(claim("data"), deadline: .soon)
                _ = try await client.updateStatus(claim("data"), deadline: .soon)
                for patch in [Patch.merge(["a": 1]), .strategicMerge(["a": 1]), .json([.remove("/a")])] {
                    _ = try await client.patch(
                        PersistentVolumeClaim.self, Self.key, patch, resourceVersion: "7", deadline: .soon)
                }
                let deletion = Deletion(uid: ObjectUID("u"), resourceVersion: "7", propagation: .background)
                try await client.delete(PersistentVolumeClaim.self, Self.key, deletion, deadline: .soon)
            }
            let path = "/api/v1/namespaces/db/persistentvolumeclaims/data"
            let seen = server.requests
            #expect(
                seen.map { "\($0.method) \($0.path)" } == [
                    "GET \(path)", "POST /api/v1/namespaces/default/persistentvolumeclaims", "PUT \(path)",
                    "PUT \(path)/status", "PATCH \(path)", "PATCH \(path)", "PATCH \(path)", "DELETE \(path)",
                ])
            #expect(
                seen[4...6].map { $0.headers.first(name: "Content-Type") } == [
                    "application/merge-patch+json", "application/strategic-merge-patch+json",
                    "application/json-patch+json",
                ])
            #expect(seen[4].json == ["a": 1, "metadata": ["resourceVersion": "7"]])
            #expect(
                String(decoding: seen[6].body, as: UTF8.self)
                    == #"[{"op":"test","path":"/metadata/resourceVersion","value":"7"},{"op":"remove","path":"/a"}]"#)
            #expect(seen[7].json?["preconditions"] == ["uid": "u", "resourceVersion": "7"])
            #expect(seen[7].json?["propagationPolicy"] == "Background")
            #expect(JSONPatchStep.pointer("metadata", "annotations", "a/b~c") == "/metadata/annotations/a~1b~0c")
        }
    }

    @Test func listsJoinTheirPages() async throws {
        try await ScriptedServer.serve { request in
            switch request.query["continue"] {
            case nil: .json(list([claim("a"), claim("b")], version: "5", next: "t 1&x"))
            case "t 1&x": .json(list([claim("c")], version: "5"))
            default: .failure(410, "Expired")
            }
        } while: { server in
            try await server.withClient { client in
                let selection = Selection(namespace: "db", labels: "app=web,tier!=x")
                let claims = try await client.list(PersistentVolumeClaim.self, selection, deadline: .soon)
                #expect(claims.map(\.key.name) == ["a", "b", "c"])
            }
            #expect(server.requests.map { $0.query["limit"] } == ["500", "500"])
            #expect(server.requests.allSatisfy { $0.query["labelSelector"] == "app=web,tier!=x" })
        }
    }

    @Test func throttledRequestsWaitAndGoAgain() async throws {
        let count = Counted()
        try await ScriptedServer.serve { _ in
            count.up() == 1
                ? .failure(429, "TooManyRequests", headers: [("Retry-After", "1")]) : .json(claim("data").json)
        } while: { server in
            try await server.withClient { client in
                let start = ContinuousClock.now
                let before = client.requestRate
                _ = try await client.create(claim("data"), deadline: .soon)
                #expect(ContinuousClock.now - start >= .seconds(1))
                #expect(client.requestRate < before)
                #expect(server.requests.count == 2)
            }
        }
    }

    @Test func aThrottleBeyondTheDeadlineIsAnErrorAtOnce() async throws {
        try await ScriptedServer.serve { _ in
            .failure(429, "TooManyRequests", headers: [("Retry-After", "30")])
        } while: { server in
            try await server.withClient { client in
                let start = ContinuousClock.now
                let error = await #expect(throws: KubernetesError.self) {
                    try await client.create(claim("data"), deadline: .soon)
                }
                #expect(error?.isThrottled == true)
                #expect(error?.retryAfter == .seconds(30))
                #expect(error?.outcome == .notApplied)
                #expect(ContinuousClock.now - start < .seconds(5))
                let late = await #expect(throws: KubernetesError.self) {
                    try await client.get(PersistentVolumeClaim.self, Self.key, deadline: .in(.seconds(1)))
                }
                #expect(late?.cause == .timedOut, "all requests are held")
                #expect(server.requests.count == 1)
                let urgent = await #expect(throws: KubernetesError.self) {
                    try await client.get(Lease.self, Self.key, deadline: .in(.seconds(1)), urgency: .immediate)
                }
                #expect(urgent?.isThrottled == true, "but for urgent ones")
            }
        }
    }

    @Test func slowAnswersEndAtTheDeadline() async throws {
        try await ScriptedServer.serve { request in
            request.method == "GET" ? .hang : Reply(steps: [.pause(.seconds(60)), .text("{}")])
        } while: { server in
            try await server.withClient { client in
                let start = ContinuousClock.now
                let read = await #expect(throws: KubernetesError.self) {
                    try await client.get(PersistentVolumeClaim.self, Self.key, deadline: .in(.milliseconds(300)))
                }
                #expect(read?.cause == .timedOut && read?.outcome == .notApplied)
                let write = await #expect(throws: KubernetesError.self) {
                    try await client.create(claim("data"), deadline: .in(.milliseconds(300)))
                }
                #expect(write?.cause == .timedOut && write?.outcome == .unknown)
                #expect(write?.description.contains("it may have taken effect") == true)
                #expect(ContinuousClock.now - start < .seconds(5))
            }
        }
    }

    @Test func lostConnectionsAreOfUnknownOutcomeAndReadsGoAgain() async throws {
        let count = Counted()
        try await ScriptedServer.serve { request in
            request.method == "GET" && count.up() == 2 ? .json(claim("data").json) : .drop
        } while: { server in
            try await server.withClient { client in
                let error = await #expect(throws: KubernetesError.self) {
                    try await client.create(claim("data"), deadline: .soon)
                }
                #expect(error?.isDisconnected == true && error?.outcome == .unknown)
                #expect(server.requests.count == 1)
                let read = try await client.get(PersistentVolumeClaim.self, Self.key, deadline: .soon)
                #expect(read.key == Self.key)
                #expect(server.requests.count == 3)
            }
        }
    }

    @Test func nobodyListens() async throws {
        let port = try await ScriptedServer.serve { _ in
            .hang
        } while: {
            $0.port
        }
        let address = KubernetesConfiguration.ServerAddress(isEncrypted: false, host: "127.0.0.1", port: port)
        let client = try KubernetesClient(KubernetesConfiguration(server: address), logger: .silent)
        let start = ContinuousClock.now
        let error = await #expect(throws: KubernetesError.self) {
            try await client.create(claim("data"), deadline: .in(.seconds(30)))
        }
        await client.shutDown()
        guard case .unreachable = error?.cause else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(error?.outcome == .notApplied && error?.isRetriable == true)
        #expect(ContinuousClock.now - start < .seconds(15))
        let late = await #expect(throws: KubernetesError.self) {
            try await client.create(claim("data"), deadline: .in(.seconds(30)))
        }
        #expect(late?.cause == .shutDown)
    }

    @Test func cancellationEndsARequestAtOnce() async throws {
        let (arrived, arrival) = AsyncStream<Void>.makeStream()
        try await ScriptedServer.serve { _ in
            arrival.yield()
            return .hang
        } while: { server in
            try await server.withClient { client in
                let task = Task { try await client.create(claim("data"), deadline: .in(.seconds(60))) }
                for await _ in arrived { break }
                let start = ContinuousClock.now
                task.cancel()
                let error = await #expect(throws: KubernetesError.self) { try await task.value }
                #expect(error?.isCancelled == true && error?.outcome == .unknown)
                #expect(ContinuousClock.now - start < .seconds(3))
            }
        }
    }

    @Test func answersThatAreNoJSONOrTooLargeAreRefused() async throws {
        try await ScriptedServer.serve { request in
            request.path.hasSuffix("big")
                ? Reply(steps: [.text(String(repeating: "x", count: 100_000))])
                : Reply(code: request.path.hasSuffix("bad") ? 502 : 200, steps: [.text("<html>no</html>")])
        } while: { server in
            var options = KubernetesClient.Options()
            options.maximumResponseSize = 50_000
            try await server.withClient(options: options) { client in
                for (name, part) in [("big", "larger than 50000"), ("html", "not JSON"), ("bad", "answered 502")] {
                    let error = await #expect(throws: KubernetesError.self) {
                        try await client.get(Node.self, ObjectKey(name: name), deadline: .soon)
                    }
                    #expect(error?.description.contains(part) == true, "\(String(describing: error))")
                }
            }
        }
    }

    @Test func warningsAreLoggedOnceEach() async throws {
        let recorder = LogRecorder()
        let warnings = [#"299 - "spec.rbd: deprecated in v1.28""#, #"299 - "say \"hi\"""#, "199 - \"other\"", "299"]
        try await ScriptedServer.serve { _ in
            .json(claim("x").json, headers: warnings.map { ("Warning", $0) })
        } while: { server in
            try await server.withClient(logger: Logger(label: "test") { _ in recorder }) { client in
                for _ in 0..<3 { _ = try await client.get(Node.self, ObjectKey(name: "n"), deadline: .soon) }
            }
        }
        #expect(recorder.warnings.sorted() == [#"say "hi""#, "spec.rbd: deprecated in v1.28"])
    }

    @Test func versionsAreReadAndCompared() async throws {
        try await ScriptedServer.serve { _ in
            .json(["major": "1", "minor": "30+", "gitVersion": "v1.30.2-gke.1"])
        } while: { server in
            try await server.withClient { client in
                let version = try await client.serverVersion(deadline: .soon)
                #expect(version.description == "v1.30.2-gke.1")
                #expect(version > ServerVersion(major: 1, minor: 4) && version < ServerVersion(major: 1, minor: 31))
                let raw = try await client.request(.get, "/version", query: [("a", "b c")], deadline: .soon)
                #expect(raw["major"] == "1")
            }
            #expect(server.requests.last?.query == ["a": "b c"])
        }
    }

    @Test func theBudgetHoldsRequestsBack() async throws {
        try await ScriptedServer.serve { _ in
            .json(claim("x").json)
        } while: { server in
            var options = KubernetesClient.Options()
            options.budget = RequestBudget.Limits(initial: 20, ceiling: 20)
            try await server.withClient(options: options) { client in
                let start = ContinuousClock.now
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<25 {
                        group.addTask { _ = try await client.get(Node.self, ObjectKey(name: "n"), deadline: .soon) }
                    }
                    try await group.waitForAll()
                }
                #expect(ContinuousClock.now - start > .milliseconds(900))
            }
        }
    }
}

private typealias Reply = ScriptedServer.Reply

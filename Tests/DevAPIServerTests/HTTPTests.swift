import KubernetesModel
import LabSupport
import Logging
import ServiceLifecycle
import Testing

@testable import DevAPIServer

/// What goes over the wire, seen by curl.
@Suite struct HTTPTests {
    private static let secrets = "/api/v1/namespaces/default/secrets"

    private static func secret(_ name: String) -> JSONValue { .object(Fixture.secret(name)) }

    @Test func objectsAreCreatedReadChangedAndDeleted() async throws {
        try await LiveServer.run { server in
            let made = try await server.curl("POST", Self.secrets, Self.secret("s"))
            #expect(made.code == 201 && made.contentType == "application/json")
            #expect(try await server.curl("GET", Self.secrets + "/s").json == made.json)
            for (type, patch) in [
                ("application/merge-patch+json", ["metadata": ["labels": ["a": "1"]]]),
                ("application/strategic-merge-patch+json", ["metadata": ["labels": ["b": "2"]]]),
                ("application/json-patch+json", [["op": "add", "path": "/metadata/labels/c", "value": "3"]]),
            ] as [(String, JSONValue)] {
                #expect(try await server.curl("PATCH", Self.secrets + "/s", patch, type: type).code == 200)
            }
            let read = try await server.curl("GET", Self.secrets + "/s").json
            #expect(read["metadata", "labels"] == ["a": "1", "b": "2", "c": "3"])
            #expect(try await server.curl("PATCH", Self.secrets + "/s", [:], type: "application/json").code == 415)
            #expect(
                try await server.curl("PATCH", Self.secrets + "/s", [:], type: "application/apply-patch+yaml").code
                    == 415)
            let gone = try await server.curl("DELETE", Self.secrets + "/s")
            #expect(gone.code == 200 && gone.json["status"] == "Success")
            let missing = try await server.curl("GET", Self.secrets + "/s")
            #expect(missing.code == 404 && missing.json["reason"] == "NotFound")
        }
    }

    @Test func aTokenIsAskedFor() async throws {
        try await LiveServer.run(token: "open-sesame") { server in
            let denied = try await server.curl("GET", Self.secrets)
            #expect(denied.code == 401 && denied.json["reason"] == "Unauthorized")
            let bearer = ["--header", "Authorization: Bearer open-sesame"]
            let allowed = try await server.curl("GET", Self.secrets, extra: bearer)
            #expect(allowed.code == 200)
        }
    }

    @Test func watchesTellChangesAndEnd() async throws {
        try await LiveServer.run(bookmarkInterval: .milliseconds(100)) { server in
            let list = try await server.curl("GET", Self.secrets)
            let version = list.json["metadata", "resourceVersion"]?.stringValue ?? ""
            async let watched = server.curl(
                "GET", "\(Self.secrets)?watch=1&resourceVersion=\(version)&timeoutSeconds=10&allowWatchBookmarks=true")
            for name in ["a", "b"] { _ = try await server.curl("POST", Self.secrets, Self.secret(name)) }
            _ = try await server.curl("DELETE", Self.secrets + "/a")
            let answer = try await watched
            let events = try answer.events
            #expect(answer.exit == 0 && answer.code == 200)
            #expect(
                events.filter { $0["type"] != "BOOKMARK" }.map { $0["type"]?.stringValue }
                    == ["ADDED", "ADDED", "DELETED"])
            let bookmark = try #require(events.last { $0["type"] == "BOOKMARK" })
            #expect(bookmark["object", "kind"] == "Secret")
            let last = try #require(events.last { $0["type"] == "DELETED" })
            let version2 = last["object", "metadata", "resourceVersion"]
            #expect(bookmark["object", "metadata", "resourceVersion"] == version2)
        }
    }

    @Test func aWatchWithoutVersionStartsWithWhatIsThere() async throws {
        try await LiveServer.run { server in
            _ = try await server.curl("POST", Self.secrets, Self.secret("s"))
            let plain = try await server.curl("GET", "\(Self.secrets)?watch=1&timeoutSeconds=1").events
            #expect(plain.map { $0["type"] } == ["ADDED"])
            let listed = try await server.curl(
                "GET",
                "\(Self.secrets)?watch=1&timeoutSeconds=1&sendInitialEvents=true&allowWatchBookmarks=true"
                    + "&resourceVersionMatch=NotOlderThan"
            ).events
            #expect(listed.prefix(2).map { $0["type"] } == ["ADDED", "BOOKMARK"])
            #expect(listed[1]["object", "metadata", "annotations", "k8s.io/initial-events-end"] == "true")
        }
    }

    @Test func aWatchFromAForgottenVersionIsExpired() async throws {
        try await LiveServer.run { server in
            _ = try await server.curl("POST", Self.secrets, Self.secret("s"))
            #expect(try await server.curl("POST", "/dev/history/expire", [:]).code == 200)
            let answer = try await server.curl("GET", "\(Self.secrets)?watch=1&resourceVersion=2&timeoutSeconds=5")
            let event = try #require(try answer.events.first)
            #expect(answer.code == 200 && event["type"] == "ERROR")
            #expect(event["object", "code"] == 410 && event["object", "reason"] == "Expired")
        }
    }

    @Test func watchesAreCut() async throws {
        try await LiveServer.run { server in
            async let watched = server.curl("GET", "\(Self.secrets)?watch=1&timeoutSeconds=20")
            try await eventually("the watch is open") {
                server.cluster.requestCounts()[RequestKey("watch", "secrets")] == 1
            }
            // The cut meets watches that have begun; it is repeated, as this one may not have yet.
            let cutter = Task {
                while !Task.isCancelled {
                    server.cluster.cutWatches()
                    try await Task.sleep(for: .milliseconds(50))
                }
            }
            defer { cutter.cancel() }
            // 18: the transfer ended before the body did.
            #expect(try await watched.exit == 18)
        }
    }

    @Test func watchesAreCutAfterSomeEvents() async throws {
        try await LiveServer.run { server in
            for name in ["a", "b", "c"] { _ = try await server.curl("POST", Self.secrets, Self.secret(name)) }
            server.cluster.setFaults([FaultRule(verb: "watch", times: 1, effect: .cutWatch(afterEvents: 2))])
            let cut = try await server.curl("GET", "\(Self.secrets)?watch=1&timeoutSeconds=20")
            #expect(cut.exit == 18)
            #expect(try cut.events.count == 2)
            let whole = try await server.curl("GET", "\(Self.secrets)?watch=1&timeoutSeconds=1")
            #expect(try whole.exit == 0 && whole.events.count == 3)
        }
    }

    @Test func faultsAreInjectedAndCounted() async throws {
        try await LiveServer.run { server in
            let rules: JSONValue = [
                "rules": [
                    ["verb": "create", "resource": "secrets", "nth": 1, "effect": ["code": 429, "retryAfter": 3]],
                    ["verb": "create", "resource": "secrets", "nth": 2, "effect": ["drop": "before"]],
                    ["verb": "create", "resource": "secrets", "nth": 3, "effect": ["drop": "after"]],
                    ["verb": "create", "resource": "secrets", "nth": 4, "effect": ["code": 504, "applied": true]],
                ]
            ]
            #expect(try await server.curl("POST", "/dev/faults", rules).code == 200)
            let slow = try await server.curl("POST", Self.secrets, Self.secret("a"))
            #expect(slow.code == 429 && slow.retryAfter == "3" && slow.json["reason"] == "TooManyRequests")
            // 52: no answer at all.
            #expect(try await server.curl("POST", Self.secrets, Self.secret("b")).exit == 52)
            #expect(try await server.curl("POST", Self.secrets, Self.secret("c")).exit == 52)
            #expect(try await server.curl("POST", Self.secrets, Self.secret("d")).code == 504)
            #expect(try await server.curl("POST", Self.secrets, Self.secret("e")).code == 201)
            let names = server.cluster.objects(Secret.kind).map { $0["metadata", "name"]?.stringValue }
            #expect(names == ["c", "d", "e"])
            #expect(try await server.curl("GET", "/dev/counts").json["create secrets"] == 5)
            #expect(try await server.curl("POST", "/dev/faults", ["rules": [["effect": [:]]]]).code == 400)
            #expect(try await server.curl("DELETE", "/dev/faults").code == 200)
            #expect(server.cluster.faults.isEmpty)
        }
    }

    @Test(
        arguments: [[0x6B, 0x38, 0x73], [0x6B, 0x38, 0x73, 0, 0x0A, 0x7F], [0x6B, 0x38, 0x73, 0, 0xFF], []] as [[UInt8]]
    )
    func brokenProtobufIsRefused(bytes: [UInt8]) {
        let failure = refusal { () throws(APIFailure) in _ = try ProtobufBody.object(bytes) }
        #expect(failure?.code == 400)
    }

    @Test func largeAndBrokenBodiesAreRefused() async throws {
        try await LiveServer.run { server in
            let large: JSONValue = .string(String(repeating: "x", count: 4 << 20))
            #expect(try await server.curl("POST", Self.secrets, ["data": large]).code == 413)
            let url = "http://127.0.0.1:\(server.port)"
            for (body, type, code) in [
                ("nonsense", "application/json", 400), ("a: 1", "application/yaml", 415),
                ("[]", "application/json", 400),
            ] {
                let answer = try await LiveServer.curl(
                    url, "POST", Self.secrets, body, type: type, accept: "*/*", extra: [])
                #expect(answer.code == code, "\(body)")
            }
        }
    }

    @Test func aGracefulShutdownEndsWatchesProperly() async throws {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let cluster = DevCluster(seed: 1)
        let (ports, found) = AsyncStream<Int>.makeStream()
        let server = DevAPIServer(cluster, logger: logger, onListening: { found.yield($0) })
        let group = ServiceGroup(services: [server], logger: logger)
        async let serving: Void = group.run()
        var iterator = ports.makeAsyncIterator()
        let live = LiveServer(cluster: cluster, port: try #require(await iterator.next()))
        async let watched = live.curl("GET", "\(Self.secrets)?watch=1&timeoutSeconds=25")
        try await eventually("the watch is open") {
            cluster.requestCounts()[RequestKey("watch", "secrets")] == 1
        }
        await group.triggerGracefulShutdown()
        let answer = try await watched
        try await serving
        #expect(answer.exit == 0 && answer.code == 200)
    }
}

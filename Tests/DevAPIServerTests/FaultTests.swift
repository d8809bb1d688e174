import KubernetesModel
import Testing

@testable import DevAPIServer

@Suite struct FaultTests {
    private func request(_ verb: ResourceRequest.Verb, _ served: ServedKind, _ name: String? = nil) throws
        -> ResourceRequest
    {
        let method = verb == .create ? "POST" : verb == .patch ? "PATCH" : "GET"
        let path = served.kind.collectionPath(namespace: "default") + (name.map { "/\($0)" } ?? "")
        let target = try #require(RequestTarget(path))
        return try #require(try ResourceRequest(target, method: method))
    }

    private func hits(_ rule: FaultRule, count: Int = 12, seed: UInt64 = 0) throws -> [Int] {
        var plan = FaultPlan([rule], seed: seed)
        let request = try request(.create, Fixture.secrets)
        return (1...count).filter { _ in !plan.effects(on: request).isEmpty }
    }

    @Test(
        arguments: [
            (.always, nil, Array(1...12)), (.nth(3), nil, [3]), (.every(5), nil, [5, 10]), (.every(5), 1, [5]),
            (.always, 2, [1, 2]), (.probability(0), nil, []), (.probability(1), nil, Array(1...12)),
        ] as [(FaultRule.Occurrence, Int?, [Int])])
    func rulesHitTheRightRequests(occurrence: FaultRule.Occurrence, times: Int?, expected: [Int]) throws {
        #expect(
            try hits(FaultRule(occurrence: occurrence, times: times, effect: .expireHistory)) == expected)
    }

    @Test func drawsFollowFromTheSeed() throws {
        let rule = FaultRule(occurrence: .probability(0.3), effect: .expireHistory)
        let first = try hits(rule, count: 1_000, seed: 5)
        #expect(try hits(rule, count: 1_000, seed: 5) == first)
        #expect(try hits(rule, count: 1_000, seed: 6) != first)
        #expect((200...400).contains(first.count))
    }

    @Test func rulesMatchVerbResourceNamespaceAndName() throws {
        let create = try request(.create, Fixture.secrets)
        let patch = try request(.patch, Fixture.claims, "c")
        func matches(_ rule: FaultRule, _ request: ResourceRequest) -> Bool { rule.matches(request) }
        #expect(matches(FaultRule(effect: .expireHistory), create))
        #expect(matches(FaultRule(verb: "create", resource: "secrets", effect: .expireHistory), create))
        #expect(!matches(FaultRule(verb: "create", effect: .expireHistory), patch))
        #expect(!matches(FaultRule(resource: "persistentvolumeclaims/status", effect: .expireHistory), patch))
        #expect(matches(FaultRule(namespace: "default", name: "c", effect: .expireHistory), patch))
        #expect(!matches(FaultRule(namespace: "other", effect: .expireHistory), patch))
        #expect(!matches(FaultRule(name: "d", effect: .expireHistory), patch))
    }

    @Test func documentsAreRead() throws {
        let document = try FaultDocument(
            json: JSONObject(
                json: """
                    {"seed": 7, "rules": [
                      {"verb": "create", "resource": "persistentvolumes", "nth": 3,
                       "effect": {"code": 429, "retryAfter": 1}},
                      {"probability": 0.5, "times": 4, "effect": {"drop": "after"}},
                      {"effect": {"delayMilliseconds": 20}}, {"every": 2, "effect": {"cutWatchAfter": 1}},
                      {"effect": {"code": 500, "applied": true}}, {"effect": {"expireHistory": true}}]}
                    """))
        #expect(document.seed == 7)
        #expect(
            document.rules == [
                FaultRule(
                    verb: "create", resource: "persistentvolumes", occurrence: .nth(3),
                    effect: .answer(code: 429, retryAfter: 1)),
                FaultRule(occurrence: .probability(0.5), times: 4, effect: .dropConnection(applied: true)),
                FaultRule(effect: .delay(.milliseconds(20))),
                FaultRule(occurrence: .every(2), effect: .cutWatch(afterEvents: 1)),
                FaultRule(effect: .answer(code: 500, applied: true)), FaultRule(effect: .expireHistory),
            ])
    }

    @Test(arguments: [
        (#"{"rule": []}"#, "rule"), (#"{"rules": [1]}"#, "rules[0]"), (#"{"rules": [{}]}"#, "rules[0].effect"),
        (#"{"rules": [{"effect": {}}]}"#, "rules[0].effect"),
        (#"{"rules": [{"effect": {"code": 200}}]}"#, "rules[0].effect.code"),
        (#"{"rules": [{"effect": {"drop": "now"}}]}"#, "rules[0].effect.drop"),
        (#"{"rules": [{"nth": 1, "every": 2, "effect": {"code": 500}}]}"#, "nth and every"),
        (#"{"rules": [{"nth": -1, "effect": {"code": 500}}]}"#, "rules[0].nth"),
        (#"{"rules": [{"probability": 2, "effect": {"code": 500}}]}"#, "rules[0].probability"),
        (#"{"rules": [{"verbs": "get", "effect": {"code": 500}}]}"#, "verbs"),
        (#"{"rules": [{"effect": {"code": 500, "drop": "after"}}]}"#, "rules[0].effect"),
    ])
    func badDocumentsAreRefusedByName(text: String, named: String) throws {
        let json = try JSONObject(json: text)
        let failure = refusal { () throws(APIFailure) in _ = try FaultDocument(json: json) }
        #expect(failure?.code == 400)
        #expect(failure?.status.message?.contains(named) == true, "\(failure?.status.message ?? "")")
    }
}

import KubernetesModel
import Testing

@testable import DevAPIServer

@Suite struct StoreListTests {
    private func filled(_ count: Int, historyLimit: Int = 1_000) throws -> ResourceStore {
        var store = Fixture.store(historyLimit: historyLimit)
        for number in 0..<count {
            let labels = ["parity": number % 2 == 0 ? "even" : "odd", "number": "\(number)"]
            let namespace = number % 3 == 0 ? "kube-system" : "default"
            _ = try store.create(
                Fixture.secrets, namespace: namespace, Fixture.secret("s\(number)", labels: labels), now: Fixture.now)
        }
        return store
    }

    private func selector(_ labels: String = "", _ fields: String = "", namespace: String? = nil) throws -> Selector {
        try Selector(namespace: namespace, labels: labels, fields: fields, served: Fixture.secrets)
    }

    @Test(
        arguments: [
            ("", "", nil, 10), ("", "", "default", 6), ("parity=even", "", nil, 5),
            ("parity==even,number!=0", "", nil, 4),
            ("number in (1, 2 ,77)", "", nil, 2), ("number notin (1,2)", "", nil, 8), ("parity", "", nil, 10),
            ("!parity", "", nil, 0), ("missing!=x", "", nil, 10), ("", "metadata.name=s4", nil, 1),
            ("", "metadata.name!=s4", nil, 9), ("", "metadata.namespace=default", nil, 6),
            ("parity=odd", "metadata.namespace=kube-system,type=Opaque", nil, 2), ("", "type=other", nil, 0),
        ] as [(String, String, String?, Int)])
    func selectorsSelect(labels: String, fields: String, namespace: String?, count: Int) throws {
        let store = try filled(10)
        let page = try store.list(Fixture.secrets, try selector(labels, fields, namespace: namespace))
        #expect(page.items.count == count)
        #expect(page.version == store.version)
    }

    @Test(arguments: [("!!", ""), ("a in b", ""), ("", "foo=bar"), ("", "metadata.name"), ("=x", "")])
    func badSelectorsAreRefused(labels: String, fields: String) {
        let failure = refusal { () throws(APIFailure) in
            _ = try Selector(namespace: nil, labels: labels, fields: fields, served: Fixture.secrets)
        }
        #expect(failure?.code == 400)
    }

    @Test func pagesOfOneListShowOneVersion() throws {
        var store = try filled(10)
        let expected = try store.list(Fixture.secrets, Selector()).items
        let version = store.version
        var items: [JSONObject] = []
        var token: String?
        repeat {
            let page = try store.list(Fixture.secrets, Selector(), limit: 3, continuing: token)
            items += page.items
            token = page.continueToken
            #expect(page.version == version)
            #expect(page.remaining == (token == nil ? nil : 10 - items.count))
            // What is written between two pages does not show.
            let doomed = Fixture.key("s\(items.count)", in: items.count % 3 == 0 ? "kube-system" : "default")
            if store[Secret.kind, doomed] != nil {
                _ = try store.delete(Fixture.secrets, doomed, now: Fixture.now)
            }
            _ = try store.create(
                Fixture.secrets, namespace: "default", Fixture.secret("new\(items.count)"), now: Fixture.now)
        } while token != nil
        #expect(items == expected)
    }

    @Test func aForgottenPageIsExpired() throws {
        var store = try filled(10)
        let page = try store.list(Fixture.secrets, Selector(), limit: 3)
        _ = try store.create(Fixture.secrets, namespace: "default", Fixture.secret("new"), now: Fixture.now)
        store.expireHistory()
        let failure = refusal { () throws(APIFailure) in
            _ = try store.list(Fixture.secrets, Selector(), limit: 3, continuing: page.continueToken)
        }
        #expect(failure?.code == 410 && failure?.status.reason == "Expired")
        let bad = refusal { () throws(APIFailure) in
            _ = try store.list(Fixture.secrets, Selector(), limit: 3, continuing: "zzz")
        }
        #expect(bad?.code == 400)
    }

    @Test func olderVersionsCanBeListedWhileTheHistoryLasts() throws {
        var store = try filled(4)
        let version = store.version
        let then = try store.list(Fixture.secrets, Selector()).items
        _ = try store.delete(Fixture.secrets, Fixture.key("s1"), now: Fixture.now)
        #expect(try store.list(Fixture.secrets, Selector(), at: .exactly(version)).items == then)
        #expect(try store.list(Fixture.secrets, Selector(), at: .notOlderThan(version)).items.count == 3)
        let future = refusal { () throws(APIFailure) in
            _ = try store.list(Fixture.secrets, Selector(), at: .notOlderThan(version + 100))
        }
        #expect(future?.code == 504)
    }

    @Test func theHistoryIsBounded() throws {
        let store = try filled(100, historyLimit: 10)
        let failure = refusal { () throws(APIFailure) in _ = try store.history.since(5) }
        #expect(failure?.code == 410)
        #expect(failure?.status.message?.hasPrefix("too old resource version: 5 (") == true)
        #expect(try store.history.since(store.version - 10).count == 10)
        #expect(try store.history.since(store.version).isEmpty)
    }
}

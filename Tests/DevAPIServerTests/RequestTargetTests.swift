import KubernetesModel
import Testing

@testable import DevAPIServer

@Suite struct RequestTargetTests {
    @Test(arguments: [
        ("GET", "/api/v1/persistentvolumes", "list persistentvolumes - -"),
        ("GET", "/api/v1/persistentvolumes?watch=true", "watch persistentvolumes - -"),
        ("GET", "/api/v1/persistentvolumes/v%2D1", "get persistentvolumes - v-1"),
        ("GET", "/api/v1/namespaces", "list namespaces - -"),
        ("GET", "/api/v1/namespaces/team", "get namespaces - team"),
        ("PATCH", "/api/v1/namespaces/team/status", "patch namespaces/status - team"),
        ("PUT", "/api/v1/namespaces/team/finalize", "update namespaces/finalize - team"),
        ("GET", "/api/v1/secrets", "list secrets - -"),
        ("POST", "/api/v1/namespaces/team/secrets", "create secrets team -"),
        ("DELETE", "/api/v1/namespaces/team/secrets", "deletecollection secrets team -"),
        (
            "PATCH", "/api/v1/namespaces/team/persistentvolumeclaims/c/status",
            "patch persistentvolumeclaims/status team c"
        ),
        ("PUT", "/apis/coordination.k8s.io/v1/namespaces/team/leases/l", "update leases team l"),
        ("DELETE", "/apis/storage.k8s.io/v1/storageclasses/fast", "delete storageclasses - fast"),
    ])
    func pathsAreRead(method: String, path: String, expected: String) throws {
        let target = try #require(RequestTarget(path))
        let request = try #require(try ResourceRequest(target, method: method))
        let found =
            "\(request.verb.rawValue) \(request.resourceName) \(request.namespace ?? "-") \(request.name ?? "-")"
        #expect(found == expected)
    }

    @Test(arguments: [
        ("GET", "/api/v1/nonsense", 404), ("GET", "/apis/nope.io/v1/foos", 404), ("POST", "/api/v1/secrets", 405),
        ("GET", "/api/v1/secrets/s", 404), ("POST", "/api/v1/persistentvolumes/v", 405),
        ("PUT", "/api/v1/persistentvolumes", 405), ("GET", "/api/v1/namespaces/team/persistentvolumes", 404),
        ("GET", "/api/v1/namespaces/team/secrets/s/status", 404), ("GET", "/api/v1/persistentvolumes/v/log", 404),
    ])
    func whatIsNotServedIsRefused(method: String, path: String, code: Int) throws {
        let target = try #require(RequestTarget(path))
        let failure = refusal { () throws(APIFailure) in _ = try ResourceRequest(target, method: method) }
        #expect(failure?.code == code)
    }

    @Test func queriesAreDecoded() throws {
        let target = try #require(RequestTarget("/x/a%2Fb?labelSelector=a+in+%28b%2Cc%29&watch&limit=5&limit=6"))
        #expect(target.segments == ["x", "a/b"])
        #expect(target.query == ["labelSelector": "a in (b,c)", "watch": "", "limit": "5"])
        #expect(RequestTarget("/%zz") == nil)
        #expect(RequestTarget("/%ff") == nil)
    }

    @Test(arguments: [
        (0, "0s"), (119, "119s"), (120, "2m"), (130, "2m10s"), (600, "10m"), (10_799, "179m"), (10_800, "3h"),
        (11_000, "3h3m"), (28_800, "8h"), (172_800, "2d"), (180_000, "2d2h"), (691_200, "8d"), (63_072_000, "2y"),
        (-5, "<invalid>"),
    ])
    func agesAreShort(seconds: Int64, text: String) {
        #expect(TableView.shortAge(seconds: seconds) == text)
    }
}

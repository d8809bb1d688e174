import KubernetesModel
import Synchronization
import Testing

@testable import Provisioner

@Suite struct SecretCacheTests {
    private static let reference = SecretReference(namespace: "n", name: "s")

    private static func secret(_ user: String) -> Secret {
        var secret = Secret(name: "s", namespace: "n")
        secret.json["stringData"] = ["userID": .string(user), "userKey": "AQCeTz1ncoS2HhAAm0XjTXe0YcQmR1Zb0vPn3w=="]
        return secret
    }

    @Test func aBurstReadsASecretOnceAndForgettingReadsItAnew() async throws {
        let reads = Mutex(0)
        let cache = SecretCache { _ throws(APIFailure) in
            let count = reads.withLock { count in
                count += 1
                return count
            }
            return Self.secret("user-\(count)")
        }
        let users = try await withThrowingTaskGroup { group in
            for _ in 0..<50 {
                group.addTask { try await cache.credentials(Self.reference, defaultUser: nil)?.user ?? "" }
            }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(users == ["user-1"])
        await cache.forget(Self.reference)
        #expect(try await cache.credentials(Self.reference, defaultUser: nil)?.user == "user-2")
    }

    @Test func aMissingSecretIsNotRemembered() async throws {
        let isThere = Mutex(false)
        let cache = SecretCache { _ throws(APIFailure) in isThere.withLock { $0 } ? Self.secret("kube") : nil }
        #expect(try await cache.credentials(Self.reference, defaultUser: nil) == nil)
        isThere.withLock { $0 = true }
        #expect(try await cache.credentials(Self.reference, defaultUser: nil)?.user == "kube")
    }

    @Test func whatCannotBeReadIsAFailureThatNamesTheSecret() async {
        let cache = SecretCache { _ throws(APIFailure) in throw APIFailure(message: "403 Forbidden") }
        let failure = await #expect(throws: ProvisionFailure.self) {
            try await cache.credentials(Self.reference, defaultUser: nil)
        }
        #expect(failure?.state == .noChange)
        #expect(failure?.message.contains("n/s") == true)
    }
}

import KubernetesModel
import Testing
import Vocabulary

@testable import Provisioner

@Suite struct CephCredentialsTests {
    private static let key = "AQCeTz1ncoS2HhAAm0XjTXe0YcQmR1Zb0vPn3w=="

    struct Example: Sendable {
        var data: [String: String]
        var user: String?
        var refusal = ""
    }

    @Test(arguments: [
        Example(data: ["userID": "kube", "userKey": key], user: "kube"),
        Example(data: ["userID": " kube\n", "userKey": key + "\n"], user: "kube"),
        Example(data: ["key": key], user: "fallback"),
        Example(data: ["key": key, "adminId": "other"], user: "other"),
        Example(data: ["userKey": key], refusal: "userID"),
        Example(data: ["userID": "kube"], refusal: "neither"),
        Example(data: [:], refusal: "neither"),
        Example(data: ["userID": "client.kube", "userKey": key], refusal: "without \"client.\""),
        Example(data: ["userID": "kube", "userKey": "secret value!"], refusal: "userKey"),
        Example(data: ["userID": "", "userKey": key], refusal: "userID"),
    ])
    func secretsAreReadInTheirForms(_ example: Example) throws {
        let reference = SecretReference(namespace: "n", name: "s")
        let data = example.data.mapValues { Redacted(Array($0.utf8)) }
        if let user = example.user {
            let credentials = try CephCredentials(secret: reference, data: data, defaultUser: "fallback")
            #expect(credentials.user == user)
            #expect(credentials.key.reveal() == Self.key)
            #expect(!"\(credentials)".contains(Self.key), "a key never prints")
        } else {
            let failure = #expect(throws: ProvisionFailure.self) {
                try CephCredentials(secret: reference, data: data, defaultUser: nil)
            }
            #expect(failure?.message.contains(example.refusal) == true, "\(failure?.message ?? "")")
            #expect(failure?.message.contains("n/s") == true)
            #expect(failure?.message.contains("secret value!") == false, "a value never prints")
        }
    }
}

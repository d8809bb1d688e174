import KubernetesClient
import KubernetesModel
import Logging
import Synchronization
import Vocabulary

extension ScriptedServer {
    /// Runs `body` with a client of this server.
    func withClient<Value: Sendable>(
        options: KubernetesClient.Options = .init(), logger: Logger = .silent,
        authentication: KubernetesConfiguration.Authentication = .init(),
        _ body: @Sendable (KubernetesClient) async throws -> Value
    ) async throws -> Value {
        let address = KubernetesConfiguration.ServerAddress(isEncrypted: false, host: "127.0.0.1", port: port)
        let configuration = KubernetesConfiguration(server: address, authentication: authentication)
        let client = try KubernetesClient(configuration, options: options, logger: logger)
        do {
            let value = try await body(client)
            await client.shutDown()
            return value
        } catch {
            await client.shutDown()
            throw error
        }
    }
}

extension Logger {
    static let silent = Logger(label: "silent") { _ in SwiftLogNoOpLogHandler() }
}

extension Deadline {
    static var soon: Deadline { .in(.seconds(10)) }
}

/// A number that tasks count up.
final class Counted: Sendable {
    private let value = Mutex(0)

    /// Counts up; gives the new number.
    @discardableResult
    func up() -> Int {
        value.withLock { value in
            value += 1
            return value
        }
    }

    var now: Int { value.withLock { $0 } }
}

func claim(_ name: String, uid: String? = nil, version: String = "1", namespace: String = "db") -> PersistentVolumeClaim
{
    var claim = PersistentVolumeClaim(name: name, namespace: namespace)
    claim.metadata.uid = ObjectUID(uid ?? "uid-\(name)")
    claim.metadata.resourceVersion = version
    return claim
}

/// A list as the API carries it.
func list(_ claims: [PersistentVolumeClaim], version: String, next: String? = nil) -> JSONObject {
    var json: JSONObject = [
        "kind": "PersistentVolumeClaimList", "apiVersion": "v1", "metadata": ["resourceVersion": .string(version)],
        "items": .array(claims.map { .object($0.json) }),
    ]
    json["metadata", "continue"] = next.map(JSONValue.string)
    return json
}

/// A line of a watch.
func line(_ type: String, _ object: JSONObject) -> String {
    (["type": .string(type), "object": .object(object)] as JSONObject).description + "\n"
}

func line(_ type: String, _ claim: PersistentVolumeClaim) -> String { line(type, claim.json) }

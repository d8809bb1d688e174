import KubernetesClient
import KubernetesModel
import LabSupport
import Logging
import Vocabulary

/// Runs `body` with a client of the shared control plane and a namespace of its own, which is deleted afterwards.
func withLab<Value: Sendable>(
    _ body: @Sendable (KubernetesClient, String) async throws -> Value
) async throws -> Value {
    let lab = try await KubeLab.shared()
    return try await withClient(try KubernetesConfiguration.load(kubeconfig: lab.kubeconfig)) { client in
        let name = "test-\(UInt64.random(in: 0...UInt64.max))"
        _ = try await client.create(Namespace(name: name), deadline: .soon)
        let value: Value
        do {
            value = try await body(client, name)
        } catch {
            try await client.delete(Namespace.self, ObjectKey(name: name), deadline: .soon)
            throw error
        }
        try await client.delete(Namespace.self, ObjectKey(name: name), deadline: .soon)
        return value
    }
}

/// Runs `body` with a client, and shuts it down.
func withClient<Value: Sendable>(
    _ configuration: KubernetesConfiguration, _ body: @Sendable (KubernetesClient) async throws -> Value
) async throws -> Value {
    let client = try KubernetesClient(configuration, logger: Logger(label: "test"))
    do {
        let value = try await body(client)
        await client.shutDown()
        return value
    } catch {
        await client.shutDown()
        throw error
    }
}

extension Deadline {
    static var soon: Deadline { .in(.seconds(30)) }
}

func claim(_ name: String, in namespace: String) -> PersistentVolumeClaim {
    var claim = PersistentVolumeClaim(name: name, namespace: namespace)
    claim.accessModes = ["ReadWriteOnce"]
    claim.storageClassName = "no-such-class"
    claim.json["spec", "resources", "requests", "storage"] = "500M"
    return claim
}

import Ceph
import Foundation
import LabSupport
import Logging
import Testing
import Vocabulary

/// Connects to a lab, runs `body`, closes.
func withCluster<Value>(
    _ configuration: ClusterConfiguration, lanes: LaneSizes = .default,
    _ body: (Cluster) async throws -> Value
) async throws -> Value {
    let cluster = try await Cluster.connect(configuration, lanes: lanes, logger: Logger(label: "ceph tests"))
    let value: Value
    do {
        value = try await body(cluster)
    } catch {
        await cluster.close()
        throw error
    }
    await cluster.close()
    return value
}

/// Connects to the lab that tests share.
func withSharedCluster<Value>(_ body: (CephLab, Cluster) async throws -> Value) async throws -> Value {
    let lab = try await CephLab.shared()
    return try await withCluster(ClusterConfiguration(confFile: lab.conf)) { try await body(lab, $0) }
}

/// A namespace of its own in the shared lab's pool, so that tests do not see each other.
struct Place {
    let lab: CephLab
    let cluster: Cluster
    let context: IOContext

    /// The namespace as the CLIs take it.
    var words: [String] { ["--pool", lab.pool, "--namespace", context.namespace] }

    func rbd(_ words: String...) async throws -> String {
        try await lab.rbd(words + self.words)
    }

    func rados(_ words: String...) async throws -> String {
        try await lab.rados(self.words + words)
    }

    /// What `rbd` prints with `--format json`.
    func rbdJSON<Answer: Decodable>(_ type: Answer.Type, _ words: String...) async throws -> Answer {
        let text = try await lab.rbd(words + self.words + ["--format", "json"])
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(type, from: Data(text.utf8))
    }
}

/// Runs `body` in a fresh namespace for images of the shared lab's pool.
func withPlace(_ body: (Place) async throws -> Void) async throws {
    try await withSharedCluster { lab, cluster in
        let pool = try await cluster.ioContext(pool: lab.pool)
        let name = freshName("ns")
        try await pool.createNamespace(name)
        let context = try await cluster.ioContext(pool: lab.pool, namespace: name, allowsFullPool: true)
        try await body(Place(lab: lab, cluster: cluster, context: context))
    }
}

func freshName(_ kind: String) -> String {
    "\(kind)-\(UUID().uuidString.prefix(8).lowercased())"
}

/// The error that `body` throws; a test failure if it throws none.
func failure<Value>(
    _ body: () async throws -> Value, sourceLocation: SourceLocation = #_sourceLocation
) async throws -> CephError {
    do {
        _ = try await body()
    } catch let error as CephError {
        return error
    }
    Issue.record("nothing was thrown", sourceLocation: sourceLocation)
    throw NothingThrown()
}

/// The code of the error that `body` throws; nil if it throws none.
func errorCode(of body: () async throws(CephError) -> Void) async -> CephError.Code? {
    do throws(CephError) {
        try await body()
        return nil
    } catch {
        return error.code
    }
}

struct NothingThrown: Error {}

extension String {
    var utf8Bytes: [UInt8] { Array(utf8) }

    /// The text without white space around it.
    var trimmed: String { trimmingCharacters(in: .whitespacesAndNewlines) }
}

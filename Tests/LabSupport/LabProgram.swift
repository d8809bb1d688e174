import Foundation
import Vocabulary

/// One of the programs in deploy/dev, with the folder of the lab that it works on.
struct LabProgram: Sendable {
    /// `ceph` or `kube`.
    var name: String
    /// The lab's folder.
    var directory: String

    /// The path of a program in deploy/dev.
    static func path(_ name: String) -> String { Checkout.path("deploy/dev/\(name)") }

    /// A folder for a lab of one's own that does not exist yet. Short: a Unix socket's path in it has 107 characters.
    static func freshDirectory(_ name: String) -> String {
        "/tmp/holdfast-\(name)-\(UUID().uuidString.prefix(8).lowercased())"
    }

    /// Runs one command on the lab and answers what it printed.
    @discardableResult
    func run(_ words: [String], deadline: Deadline) async throws -> String {
        try await Command([Self.path(name)] + words + ["--dir", directory]).run(deadline: deadline)
    }

    /// Ends what a failed start has left and keeps its logs. That the start failed is the news; whether this fails, too, is
    /// not.
    func endKeepingLogs() async {
        let command = Command([Self.path(name), "down", "--keep", "--dir", directory])
        _ = await Task { try await command.result(deadline: .in(.seconds(60))) }.result
    }

    /// Runs `env -o json` and decodes it.
    func environment<Answer: Decodable>(as type: Answer.Type, deadline: Deadline) async throws -> Answer {
        let text = try await run(["env", "-o", "json"], deadline: deadline)
        return try JSONDecoder().decode(type, from: Data(text.utf8))
    }
}

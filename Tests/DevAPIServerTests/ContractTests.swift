import Foundation
import KubernetesModel
import LabSupport
import Testing
import Vocabulary

@testable import DevAPIServer

/// The embedded server beside a real kube-apiserver: the same requests, in the same order, to both.
@Suite(.needsKubernetes) struct ContractTests {
    /// One request of the table.
    struct Step: Sendable, CustomStringConvertible {
        var method: String
        var path: String
        var body: JSONValue?
        var type = "application/json"
        var accept = "application/json"

        var description: String { "\(method) \(path)\(body.map { " \($0)" } ?? "")" }
    }

    @Test func bothServersAnswerAlike() async throws {
        let real = try await RealServer.connect()
        defer { remove(real.folder) }
        // Without controllers: those of the real cluster work in their own time and must not be waited for here.
        let embedded = DevCluster(seed: 1, runsControllers: false)
        try await LiveServer.run(embedded) { server in
            let run = "contract-\(UInt32.random(in: .min ... .max))"
            let steps = ContractSteps.all(prefix: run)
            try await real.withNamespace(run) {
                _ = try await server.curl("POST", "/api/v1/namespaces", ["metadata": ["name": .string(run)]])
                for step in steps {
                    let expected = Normalised(try await real.curl(step))
                    let found = Normalised(
                        try await server.curl(
                            step.method, step.path, step.body, type: step.type, accept: step.accept))
                    #expect(found == expected, "\(step)")
                }
                #expect(steps.count > 60)
            }
        }
    }

    @Test func discoveryAgrees() async throws {
        let real = try await RealServer.connect()
        defer { remove(real.folder) }
        for path in ["/api/v1", "/apis/storage.k8s.io/v1", "/apis/coordination.k8s.io/v1"] {
            let document = try #require(
                Discovery.document(path.split(separator: "/").map(String.init)), "\(path)")
            let listed = try await real.curl(Step(method: "GET", path: path)).json["resources"]?.arrayValue ?? []
            for entry in document["resources"]?.arrayValue ?? [] {
                let found = try #require(listed.first { $0["name"] == entry["name"] }, "\(entry)")
                for field in ["namespaced", "kind", "verbs", "shortNames"] {
                    #expect(found[field] == entry[field], "\(field) of \(entry["name"] ?? "")")
                }
            }
        }
    }
}

/// An answer without what no two servers have in common: UIDs, times, versions, who managed which field.
struct Normalised: Equatable, CustomStringConvertible {
    var code: Int
    var body: JSONValue

    init(_ answer: LiveServer.Answer) {
        code = answer.code
        let lines = answer.body.split(separator: "\n").map(String.init)
        let isStream = lines.count > 1 && lines[0].hasPrefix("{\"") && lines[0].hasSuffix("}")
        let objects = isStream ? lines : [answer.body]
        body = .array(objects.map { Self.read($0) })
    }

    var description: String { "\(code) \(body)" }

    private static func read(_ text: String) -> JSONValue {
        do { return clean(try JSONValue(json: text)) } catch { return .string(text) }
    }

    private static func clean(_ value: JSONValue) -> JSONValue {
        switch value {
        case .array(let elements): return .array(elements.map(clean))
        case .object(var object):
            if object["kind"] == "Status" { return status(object) }
            if object["kind"] == "Table" { return table(object) }
            // A real cluster's controllers move the phase of volumes on at once.
            if object["kind"] == "PersistentVolume" { object["status"] = nil }
            for key in ["uid", "resourceVersion", "creationTimestamp", "managedFields", "selfLink", "generation"] {
                object[key] = nil
            }
            for key in ["deletionTimestamp", "continue"] where object[key] != nil { object[key] = "set" }
            return .object(JSONObject(object.map { ($0.key, clean($0.value)) }))
        default: return value
        }
    }

    /// Of an invalid object, the fields at fault and why; the words differ from release to release.
    private static func status(_ status: JSONObject) -> JSONValue {
        var result = status
        result["metadata"] = nil
        result["details", "uid"] = nil
        if let causes = status["details", "causes"]?.arrayValue {
            let pairs = Set(causes.map { "\($0["field"] ?? "") \($0["reason"] ?? "")" })
            result["details", "causes"] = .array(pairs.sorted().map(JSONValue.string))
        }
        let hasSameWords = [403, 404, 409].contains(status["code"]?.integerValue ?? 0)
        if !hasSameWords { result["message"] = nil }
        // A failed precondition names the version that it found.
        let message = result["message"]?.stringValue.map { $0.replacing(/in record \(\d+\)/, with: "in record (N)") }
        result["message"] = message.map(JSONValue.string)
        return .object(result)
    }

    /// The columns, and the cells without ages.
    private static func table(_ table: JSONObject) -> JSONValue {
        let columns = table["columnDefinitions"]?.arrayValue ?? []
        let isAge = columns.map { ["Age", "Last Seen", "First Seen"].contains($0["name"]?.stringValue ?? "") }
        let rows = (table["rows"]?.arrayValue ?? []).map { row in
            JSONValue.array((row["cells"]?.arrayValue ?? []).enumerated().map { isAge[$0] ? "age" : $1 })
        }
        let names = columns.map { column -> JSONValue in
            ["name": column["name"] ?? "", "type": column["type"] ?? "", "priority": column["priority"] ?? 0]
        }
        return ["columns": .array(names), "rows": .array(rows)]
    }
}

/// The kube-apiserver of the lab, spoken to with curl.
struct RealServer: Sendable {
    let server: String
    let arguments: [String]
    let folder: URL

    static func connect() async throws -> RealServer {
        let lab = try await KubeLab.shared()
        let text = try await Command([
            "kubectl", "--kubeconfig", lab.kubeconfig, "config", "view", "--raw", "--minify", "--flatten", "-o", "json",
        ]).run()
        let config = try JSONObject(json: text)
        let cluster = try #require(config["clusters"]?[0]?["cluster"])
        let user = try #require(config["users"]?[0]?["user"])
        let folder = FileManager.default.temporaryDirectory.appending(path: "contract-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        var arguments: [String] = []
        for (option, data) in [
            ("--cacert", cluster["certificate-authority-data"]), ("--cert", user["client-certificate-data"]),
            ("--key", user["client-key-data"]),
        ] {
            guard let data = data?.stringValue else { continue }
            let file = folder.appending(path: option)
            try #require(Data(base64Encoded: data)).write(to: file)
            arguments += [option, file.path()]
        }
        if let token = user["token"]?.stringValue { arguments += ["--header", "Authorization: Bearer \(token)"] }
        return RealServer(
            server: try #require(cluster["server"]?.stringValue), arguments: arguments, folder: folder)
    }

    func curl(_ step: ContractTests.Step) async throws -> LiveServer.Answer {
        try await LiveServer.curl(
            server, step.method, step.path, step.body?.description, type: step.type, accept: step.accept,
            extra: arguments)
    }

    /// Runs `body` while there is a namespace of this name; cluster-wide objects called after it go with it.
    func withNamespace(_ name: String, _ body: () async throws -> Void) async throws {
        _ = try await curl(
            .init(method: "POST", path: "/api/v1/namespaces", body: ["metadata": ["name": .string(name)]]))
        var failure: (any Error)?
        do { try await body() } catch { failure = error }
        for path in ["/api/v1/namespaces", "/api/v1/persistentvolumes", "/apis/storage.k8s.io/v1/storageclasses"] {
            _ = try await curl(.init(method: "DELETE", path: "\(path)/\(name)"))
        }
        if let failure { throw failure }
    }
}

import HTTPTypes
import Hummingbird
import KubernetesModel

/// What is not Kubernetes: `/dev/faults` (GET, POST, DELETE), `/dev/counts` (GET), `/dev/watches/cut` and
/// `/dev/history/expire` (POST).
struct AdminHandler {
    let cluster: DevCluster

    /// Serves a request below `/dev`.
    /// - Throws: `APIFailure` 400 for a bad document, 404 for everything else.
    func answer(_ target: RequestTarget, _ request: inout Request) async throws -> Response {
        switch (request.method.rawValue, target.segments.dropFirst()) {
        case ("POST", ["faults"]):
            let document = try Self.document(Array(buffer: try await request.collectBody(upTo: 1 << 20)))
            cluster.setFaults(document.rules, seed: document.seed)
            return APIResponder.response(200, ["rules": .integer(Int64(document.rules.count))])
        case ("GET", ["faults"]):
            return APIResponder.response(200, ["rules": .integer(Int64(cluster.faults.count))])
        case ("DELETE", ["faults"]):
            cluster.setFaults([])
            return APIResponder.response(200, ["rules": 0])
        case ("GET", ["counts"]):
            let counts = cluster.requestCounts().map {
                ("\($0.key.verb) \($0.key.resource)", JSONValue.integer(Int64($0.value)))
            }
            return APIResponder.response(200, JSONObject(counts))
        case ("POST", ["watches", "cut"]):
            cluster.cutWatches()
            return APIResponder.response(200, [:])
        case ("POST", ["history", "expire"]):
            cluster.expireHistory()
            return APIResponder.response(200, [:])
        default: throw APIFailure.noSuchResource()
        }
    }

    private static func document(_ bytes: [UInt8]) throws(APIFailure) -> FaultDocument {
        let json: JSONObject
        do { json = try JSONObject(json: bytes) } catch { throw .badRequest("the fault document is \(error)") }
        return try FaultDocument(json: json)
    }
}

import Audit
import CRUSH
import ClusterState
import Foundation
import Glibc

/// Ceph's own osdmaptool as a second opinion on where PGs belong, where it is installed.
struct OSDMapTool {
    /// Maps with more PGs are not given to it: it would take longer than all the rest.
    static let pgLimit = 32_768
    /// How long it may take.
    static let limit = Duration.seconds(30)

    let environment: [String: String]

    /// What it says of the capture's map; nothing where it is not installed, or the map's own bytes are not there.
    func selfCheck(of capture: ClusterCapture) async -> SelfCheck {
        guard let ceph = capture.ceph, let bytes = ceph.osdMapBytes, let tool = path,
            ceph.osdMap.pools.values.reduce(0, { $0 + Int($1.pgCount) }) <= Self.pgLimit
        else { return .none }
        let folder = FileManager.default.temporaryDirectory.appending(path: "holdfast-\(UUID().uuidString)")
        do {
            try FileManager.default.createDirectory(
                at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            let output = try await run(tool, on: bytes, in: folder)
            try FileManager.default.removeItem(at: folder)
            return output.map { SelfCheck(of: ceph, osdmaptool: $0) } ?? .none
        } catch {
            // A second opinion that cannot be had is none; the folder is left to whoever cleans up temporary files.
            return .none
        }
    }

    private var path: URL? {
        (environment["PATH"] ?? "").split(separator: ":").lazy
            .map { URL(filePath: String($0)).appending(path: "osdmaptool") }
            .first { FileManager.default.isExecutableFile(atPath: $0.path) }
    }

    /// Its output; nil when it failed or took too long.
    private func run(_ tool: URL, on map: [UInt8], in folder: URL) async throws -> String? {
        let input = folder.appending(path: "osdmap")
        let output = folder.appending(path: "pgs")
        try Data(map).write(to: input)
        guard FileManager.default.createFile(atPath: output.path, contents: nil) else { return nil }
        let process = Process()
        process.executableURL = tool
        process.arguments = [input.path, "--test-map-pgs-dump-all"]
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = FileHandle.nullDevice
        let ended = AsyncStream<Int32> { continuation in
            process.terminationHandler = { process in
                continuation.yield(process.terminationStatus)
                continuation.finish()
            }
        }
        try process.run()
        let pid = process.processIdentifier
        let timer = Task {
            try await Task.sleep(for: Self.limit)
            kill(pid, SIGKILL)
        }
        defer { timer.cancel() }
        var status: Int32?
        for await code in ended { status = code }
        if Task.isCancelled { kill(pid, SIGKILL) }
        guard status == 0 else { return nil }
        return String(decoding: try Data(contentsOf: output), as: UTF8.self)
    }
}

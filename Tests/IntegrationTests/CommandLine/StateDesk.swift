import Foundation
import KubernetesModel
import LabSupport
import Vocabulary

/// What a test of `holdfast state` works with: a quiet Ceph cluster of its own with a manager, a user to give
/// capabilities to, and a folder.
struct StateDesk: Sendable {
    let ceph: CephLab
    let folder: URL

    /// The user, whose keyring ``setCapabilities(mon:mgr:)`` writes.
    let user = "holdfast-audit"

    /// The release of the cluster: `HOLDFAST_CEPH_RELEASE`, or 16.
    static let release = ProcessInfo.processInfo.environment["HOLDFAST_CEPH_RELEASE"].flatMap(Int.init) ?? 16

    /// Runs `body` with a desk of its own, and clears it whatever comes of it.
    static func with(_ body: (StateDesk) async throws -> Void) async throws {
        var options = CephLab.Options()
        options.hasManager = true
        options.release = release
        try await CephLab.with(options) { ceph in
            // A scrub would change what PGs say of themselves from one capture to the next.
            for flag in ["noscrub", "nodeep-scrub"] { try await ceph.ceph(["osd", "set", flag]) }
            let name = "holdfast-state-\(UInt32.random(in: 0 ... .max))"
            let folder = FileManager.default.temporaryDirectory.appending(path: name)
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            do {
                try await body(StateDesk(ceph: ceph, folder: folder))
            } catch {
                try FileManager.default.removeItem(at: folder)
                throw error
            }
            try FileManager.default.removeItem(at: folder)
        }
    }

    /// The path of a file in the folder.
    func path(_ file: String) -> String { folder.appending(path: file).path }

    func write(_ file: String, _ text: String) throws {
        try Data(text.utf8).write(to: folder.appending(path: file))
    }

    /// Gives the user these capabilities and no others.
    func setCapabilities(mon: [String], mgr: [String]) async throws {
        let words = [("mon", mon), ("mgr", mgr)].filter { !$0.1.isEmpty }
            .flatMap { [$0.0, $0.1.joined(separator: ", ")] }
        try await ceph.ceph(["auth", "get-or-create", "client.\(user)"])
        try await ceph.ceph(["auth", "caps", "client.\(user)"] + words)
        try write("keyring", try await ceph.ceph(["auth", "get", "client.\(user)"]))
    }

    /// The options by which `holdfast` becomes the user.
    var asUser: [String] { ["--id", user, "--keyring", path("keyring")] }

    /// Runs `holdfast state` on the cluster.
    func state(_ words: [String], deadline: Duration = .seconds(60)) async throws -> Command.Result {
        try await Command([Checkout.executable("holdfast"), "state"] + words + ["--conf", ceph.conf])
            .result(deadline: .in(deadline))
    }

    /// What `holdfast state show -o json` says of a file, or of the cluster itself.
    func summary(_ words: [String], live: Bool = true) async throws -> JSONObject {
        let command = [Checkout.executable("holdfast"), "state", "show", "-o", "json"] + words
        return try JSONObject(json: try await Command(command + (live ? ["--conf", ceph.conf] : [])).run())
    }
}

/// A part that a summary says is missing.
struct MissingReport: Hashable, CustomStringConvertible {
    var part: String
    var reason: String
    var remedy: String

    var description: String { "\(part) (\(reason)): \(remedy)" }

    /// All that a summary names.
    static func all(in summary: JSONObject) -> Set<MissingReport> {
        Set(
            (summary["missing"]?.arrayValue ?? []).map { entry in
                MissingReport(
                    part: entry["part"]?.stringValue ?? "", reason: entry["reason"]?.stringValue ?? "",
                    remedy: entry["remedy"]?.stringValue ?? "")
            })
    }
}

/// What docs/state.md says a client needs of Ceph.
struct DocumentedCapabilities {
    /// The capabilities for the monitors and for the manager, one by one, of the line to copy.
    var mon: [String]
    var mgr: [String]
    /// Each part of a capture with the daemon that is asked, and the capability that lets it be read.
    var parts: [(part: String, daemon: String, capability: String)]

    init() throws {
        let text = try String(contentsOfFile: Checkout.path("docs/state.md"), encoding: .utf8)
        func capabilities(_ daemon: Substring) throws -> [String] {
            let line = text.split(separator: "\n").first { $0.hasPrefix("  \(daemon) '") }
            let quoted = line?.split(separator: "'", omittingEmptySubsequences: false)
            guard let quoted, quoted.count == 3 else { throw CocoaError(.fileReadCorruptFile) }
            return quoted[1].split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        }
        mon = try capabilities("mon")
        mgr = try capabilities("mgr")
        parts = text.split(separator: "\n").filter { $0.hasPrefix("| `ceph/") && $0.contains("allow ") }.map { row in
            let cells = row.split(separator: "`", omittingEmptySubsequences: false).map(String.init)
            return (cells[1], cells[4].contains("mon") ? "mon" : "mgr", cells[5])
        }
    }

    /// What is missing from the capture of a client that has all but this one.
    func missing(without capability: String, of daemon: String) -> Set<MissingReport> {
        let remedy = "add to the client's caps: \(daemon) '\(capability)'"
        let findsManager = "allow service mon r"
        let refused = parts.filter {
            ($0.daemon == daemon && $0.capability == capability)
                || ($0.daemon == "mgr" && daemon == "mon" && capability == findsManager)
        }
        return Set(refused.map { MissingReport(part: $0.part, reason: "permission", remedy: remedy) })
    }
}

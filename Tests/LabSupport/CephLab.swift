import Foundation
public import Vocabulary

/// A real Ceph cluster that `deploy/dev/ceph` runs on this machine: one that is there already and that tests share, or
/// one of a test's own, which it may break.
public struct CephLab: Sendable {
    /// What a cluster of one's own is made of. The defaults are those of `deploy/dev/ceph up`.
    public struct Options: Sendable {
        /// Simulated hosts; a rack each, up to three.
        public var hosts = 3
        /// OSDs on each host.
        public var osdsPerHost = 2
        /// Monitors: mon.a, mon.b, ...
        public var monitors = 1
        /// Whether there is a mgr. It takes seconds to start; without one nobody knows the PGs' states.
        public var hasManager = false
        /// `memstore` forgets everything when its OSD is killed; `bluestore` does not.
        public var store = "memstore"
        /// Replicas of a pool.
        public var size = 3
        /// Replicas that must be there for a write.
        public var minSize = 2
        /// Ceph's release: 16, 18 or 20.
        public var release = 16

        /// Three hosts of two memstore OSDs, one monitor, no mgr.
        public init() {}

        var words: [String] {
            [
                "--hosts", "\(hosts)", "--osds-per-host", "\(osdsPerHost)", "--mons", "\(monitors)",
                hasManager ? "--mgr" : "--no-mgr", "--store", store, "--size", "\(size)", "--min-size", "\(minSize)",
                "--release", "\(release)",
            ]
        }
    }

    /// A user of the cluster that the lab has made a key for.
    public enum Client: String, Sendable {
        /// May do everything.
        case admin
        /// May do what the profile `rbd` allows, on the pool `rbd` alone.
        case holdfast
    }

    /// Where the cluster lives.
    public let directory: String
    /// Its ceph.conf. A client that reads it finds its keyring by its own name.
    public let conf: String
    /// The cluster's id.
    public let fsid: String
    /// The pool that the lab has made for RBD.
    public let pool: String
    /// The monitors' addresses as `mon_host` has them, both protocols.
    public let monHost: String
    /// The monitors' addresses for the first protocol, HOST:PORT.
    public let monitors: [String]

    /// The environment variable that names the folder of the lab that tests share.
    public static let variable = "HOLDFAST_CEPH_DIR"

    /// The cluster that tests share: the one whose folder `HOLDFAST_CEPH_DIR` names.
    ///
    /// - Throws: ``LabMissing`` if the variable is not set; ``CommandFailure`` if there is no cluster in that folder.
    public static func shared(deadline: Deadline = .in(.seconds(30))) async throws -> CephLab {
        guard let directory = ProcessInfo.processInfo.environment[variable], !directory.isEmpty else {
            throw LabMissing(variable: variable, program: "deploy/dev/ceph")
        }
        return try await CephLab(at: directory, deadline: deadline)
    }

    /// Starts a cluster of one's own in a new folder. Whoever starts it must ``stop(deadline:)`` it;
    /// ``withCluster(_:deadline:body:)`` does both.
    ///
    /// - Throws: ``CommandFailure`` with what `deploy/dev/ceph` said; its logs are left in place then.
    public static func start(
        _ options: Options = Options(), deadline: Deadline = .in(.seconds(180))
    ) async throws -> CephLab {
        let program = LabProgram(name: "ceph", directory: LabProgram.freshDirectory("ceph"))
        do {
            try await program.run(["up"] + options.words, deadline: deadline)
            return try await CephLab(at: program.directory, deadline: deadline)
        } catch {
            await program.endKeepingLogs()
            throw error
        }
    }

    /// Runs `body` with a cluster of its own, and ends the cluster whatever comes of it.
    ///
    /// - Throws: What `body` throws, and what ``start(_:deadline:)`` and ``stop(deadline:)`` throw.
    public static func withCluster<Answer>(
        _ options: Options = Options(), deadline: Deadline = .in(.seconds(180)),
        isolation: isolated (any Actor)? = #isolation, body: (CephLab) async throws -> Answer
    ) async throws -> Answer {
        let lab = try await start(options, deadline: deadline)
        let answer: Answer
        do {
            answer = try await body(lab)
        } catch {
            try await lab.stop()
            throw error
        }
        try await lab.stop()
        return answer
    }

    /// Ends every process of the cluster, frozen ones too, and removes its folder.
    ///
    /// It does so in a cancelled task, too.
    public func stop(deadline: Deadline = .in(.seconds(60))) async throws {
        _ = try await Task { try await program.run(["down"], deadline: deadline) }.value
    }

    /// Kills, freezes or revives daemons, and returns when the kernel shows it; the monitors learn of it later.
    ///
    /// - Parameter targets: `osd.N`, `host-N` for all OSDs of a host, `mon.X`, `mgr.x`.
    /// - Throws: ``CommandFailure`` if there is no such target.
    public func fault(
        _ fault: LabFault, _ targets: String..., deadline: Deadline = .in(.seconds(30))
    ) async throws {
        try await program.run(["fault", fault.rawValue] + targets, deadline: deadline)
    }

    /// The path of a user's keyring.
    public func keyring(of client: Client) -> String {
        "\(directory)/keys/client.\(client.rawValue).keyring"
    }

    /// A user's key, as it stands in the keyring.
    ///
    /// - Throws: Foundation's error if the keyring cannot be read; ``LabMissing`` if it holds no key.
    public func key(of client: Client) throws -> Redacted<String> {
        let text = try String(contentsOfFile: keyring(of: client), encoding: .utf8)
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            if words.count == 3, words[0].hasSuffix("key"), words[1] == "=" { return Redacted(String(words[2])) }
        }
        throw LabMissing(variable: keyring(of: client), program: "deploy/dev/ceph")
    }

    /// Runs the `ceph` CLI and answers what it printed.
    ///
    /// - Throws: ``CommandFailure`` if it fails or is not done by `deadline`.
    @discardableResult
    public func ceph(
        _ words: [String], as client: Client = .admin, deadline: Deadline = .in(.seconds(30))
    ) async throws -> String {
        try await Command(["ceph"] + access(client) + words).run(deadline: deadline)
    }

    /// Runs the `rbd` CLI and answers what it printed.
    ///
    /// - Throws: ``CommandFailure`` if it fails or is not done by `deadline`.
    @discardableResult
    public func rbd(
        _ words: [String], as client: Client = .admin, deadline: Deadline = .in(.seconds(30))
    ) async throws -> String {
        try await Command(["rbd"] + access(client) + words).run(deadline: deadline)
    }

    /// Runs the `rados` CLI and answers what it printed.
    ///
    /// - Throws: ``CommandFailure`` if it fails or is not done by `deadline`.
    @discardableResult
    public func rados(
        _ words: [String], as client: Client = .admin, deadline: Deadline = .in(.seconds(30))
    ) async throws -> String {
        try await Command(["rados"] + access(client) + words).run(deadline: deadline)
    }

    private func access(_ client: Client) -> [String] {
        ["--conf", conf, "--id", client.rawValue]
    }

    private var program: LabProgram { LabProgram(name: "ceph", directory: directory) }

    /// The part of `deploy/dev/ceph env -o json` that tests need.
    private struct Facts: Decodable {
        var conf: String
        var fsid: String
        var pool: String
        var monHost: String
        var monitors: [String]
    }

    private init(at directory: String, deadline: Deadline) async throws {
        let program = LabProgram(name: "ceph", directory: directory)
        let facts = try await program.environment(as: Facts.self, deadline: deadline)
        self.directory = directory
        conf = facts.conf
        fsid = facts.fsid
        pool = facts.pool
        monHost = facts.monHost
        monitors = facts.monitors
    }
}

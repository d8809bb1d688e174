import Foundation
public import Vocabulary

/// A real Ceph cluster that `deploy/dev/ceph` runs on this machine.
public struct CephLab: Lab {
    /// What a cluster of one's own is made of. The defaults are those of `deploy/dev/ceph up`.
    public struct Options: LabOptions {
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
        /// Where the daemons listen. A guest of this machine needs another one than the loopback address.
        public var address = "127.0.0.1"
        /// Ceph's release: 16, 18 or 20.
        public var release = 16

        /// Three hosts of two memstore OSDs, one monitor, no mgr.
        public init() {}

        /// The options of `deploy/dev/ceph up`.
        public var words: [String] {
            [
                "--hosts", "\(hosts)", "--osds-per-host", "\(osdsPerHost)", "--mons", "\(monitors)",
                hasManager ? "--mgr" : "--no-mgr", "--store", store, "--size", "\(size)", "--min-size", "\(minSize)",
                "--address", address, "--release", "\(release)",
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

    /// `HOLDFAST_CEPH_DIR`.
    public static let variable = "HOLDFAST_CEPH_DIR"
    /// `deploy/dev/ceph`.
    public static let program = "ceph"

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

    /// The part of `deploy/dev/ceph env -o json` that tests need.
    private struct Facts: Decodable {
        var conf: String
        var fsid: String
        var pool: String
        var monHost: String
        var monitors: [String]
    }

    /// The cluster that lives in a folder already.
    ///
    /// - Throws: ``CommandFailure`` if there is none.
    public init(at directory: String, deadline: Deadline) async throws {
        let program = LabProgram(name: Self.program, directory: directory)
        let facts = try await program.environment(as: Facts.self, deadline: deadline)
        self.directory = directory
        conf = facts.conf
        fsid = facts.fsid
        pool = facts.pool
        monHost = facts.monHost
        monitors = facts.monitors
    }
}

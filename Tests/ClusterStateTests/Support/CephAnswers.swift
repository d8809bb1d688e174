import Foundation

/// What a real cluster answered: six OSDs on three hosts, `osd.5` just killed, a replicated pool with a quota, an EC pool
/// of 2+1, and a file system without MDS. Lists are cut short.
struct CephAnswers: Sendable, CustomStringConvertible {
    /// The release of the cluster.
    let release: Int

    static let all = [CephAnswers(release: 16), CephAnswers(release: 18)]

    var description: String { "Ceph \(release)" }

    /// The answer in a file of `Tests/Fixtures/ceph`.
    func answer(_ name: String) throws -> [UInt8] {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../")
        return Array(try Data(contentsOf: tests.appending(path: "Fixtures/ceph/\(release)/\(name).json")))
    }
}

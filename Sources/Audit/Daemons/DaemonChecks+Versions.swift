import CRUSH
import ClusterState
import Resilience
import Vocabulary

extension DaemonChecks {
    static let versions: [Check] = [
        Check(
            "M10", "daemons run different releases, or an upgrade was not finished", .daemons, .warning,
            needs: [.osdMap, .versions],
            meaning: """
                Daemons run different releases of Ceph, or all OSDs run a newer one than `require_osd_release` says.
                """,
            reason: """
                Mixed releases are meant for the hours of an upgrade: features are off, and few people test what happens when
                something fails then. While `require_osd_release` is behind, older OSDs may start, and the next upgrade is refused.
                """,
            remedy: "Finish the upgrade; then `ceph osd require-osd-release RELEASE`."
        ) { context in
            mixed(context) + behind(context)
        }
    ]

    /// A release: 16.2.15.
    private struct Release: Hashable, Comparable, CustomStringConvertible {
        var numbers: [Int]

        /// The release that Ceph tells: `ceph version 16.2.15 (618f...) pacific (stable)`; nil for what is none.
        init?(_ text: String) {
            let words = text.split(separator: " ")
            guard let place = words.firstIndex(of: "version"), words.indices.contains(place + 1) else { return nil }
            let release = words[place + 1].prefix { $0.isNumber || $0 == "." }
            numbers = release.split(separator: ".").compactMap { Int($0) }
            guard numbers.count >= 2 else { return nil }
        }

        var description: String { numbers.map(String.init).joined(separator: ".") }

        static func < (left: Release, right: Release) -> Bool {
            left.numbers.lexicographicallyPrecedes(right.numbers)
        }
    }

    private static func releases(_ counts: [String: Int]) -> [Release: Int] {
        Dictionary(counts.compactMap { text, count in Release(text).map { ($0, count) } }, uniquingKeysWith: +)
    }

    private static func mixed(_ context: AuditContext) -> [Finding] {
        guard let ceph = context.ceph, let versions = ceph.versions else { return [] }
        let kinds = versions.filter { $0.key != "overall" }.mapValues(releases).sorted { $0.key < $1.key }
        let all = Set(kinds.flatMap(\.value.keys))
        guard all.count > 1, let newest = all.max() else { return [] }
        let old = kinds.flatMap { kind, counts in
            counts.filter { $0.key < newest }.sorted { $0.key < $1.key }.map { "\($0.value) \(kind) on \($0.key)" }
        }
        let remedy: [String]
        switch Orchestration(of: ceph) {
        case .cephadm: remedy = ["ceph orch upgrade status", "ceph orch upgrade start --ceph-version \(newest)"]
        case .rook(let namespace):
            remedy = [
                Orchestration.patching(
                    namespace, "{\"spec\":{\"cephVersion\":{\"image\":\"quay.io/ceph/ceph:v\(newest)\"}}}")
            ]
        case .byHand:
            remedy = [
                "ceph versions",
                "# install \(newest) where it is missing and restart there, in this order: mon, mgr, osd, mds, rgw",
            ]
        }
        return [
            finding(
                "M10", .warning, .cluster,
                "daemons run \(all.count) releases of Ceph, from \(all.min().map { "\($0)" } ?? "") to \(newest): "
                    + old.limited(to: 4).joined(separator: ", "),
                kinds.map { kind, counts in
                    (kind, counts.sorted { $0.key < $1.key }.map { "\($0.value) on \($0.key)" }.joined(separator: ", "))
                }, remedy)
        ]
    }

    private static func behind(_ context: AuditContext) -> [Finding] {
        guard let ceph = context.ceph, let counts = ceph.versions?["osd"].map(releases), let oldest = counts.keys.min(),
            let major = oldest.numbers.first, let number = UInt8(exactly: major)
        else { return [] }
        let running = CephRelease(rawValue: number)
        let required = ceph.osdMap.requireOSDRelease
        guard required < running else { return [] }
        return [
            finding(
                "M10", .warning, .init("option", "require_osd_release"),
                "require_osd_release is \(required) while all OSDs run \(running) or newer",
                [("require_osd_release", "\(required)"), ("oldest OSD", "\(oldest)")],
                ["ceph osd require-osd-release \(running)"])
        ]
    }
}

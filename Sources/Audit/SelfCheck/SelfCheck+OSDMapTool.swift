import CRUSH
public import ClusterState
import Vocabulary

extension SelfCheck {
    /// Compares the up set of every PG with what `osdmaptool --test-map-pgs-dump-all` prints for the same map.
    ///
    /// - Parameter output: its lines, `1.2f raw ([0,1,2], p0) up ([0,1,2], p0) acting ([0,1,2], p0)`; others are passed over.
    public init(of ceph: CephCapture, osdmaptool output: String) {
        self = .none
        oracles = ["osdmaptool"]
        var reported: [PGID: [Int32]] = [:]
        for line in output.split(separator: "\n") {
            guard let (pg, up) = Self.mapping(line) else { continue }
            reported[pg] = up
        }
        for pool in ceph.osdMap.sortedPools {
            PoolMapper(map: ceph.osdMap, pool: pool).forEach { pg, _, mapping in
                guard let other = reported[pg] else {
                    skipped += 1
                    return
                }
                compared += 1
                let own = mapping.up.map(\.value)
                guard own != other else { return }
                differing += 1
                if examples.count < 8 { examples.append(Difference(pg: pg, computed: own, reported: other)) }
            }
        }
        result = compared == 0 ? .inconclusive : differing == 0 ? .confirmed : .mismatch
    }

    private static func mapping(_ line: Substring) -> (PGID, [Int32])? {
        guard let blank = line.firstIndex(where: { $0 == " " || $0 == "\t" }), let pg = PGID(line[..<blank]) else {
            return nil
        }
        let rest = line[blank...]
        guard let marker = rest.firstRange(of: "up (["), let end = rest[marker.upperBound...].firstIndex(of: "]") else {
            return nil
        }
        let members = rest[marker.upperBound..<end].split(separator: ",").map { Int32($0) }
        guard !members.contains(nil) else { return nil }
        return (pg, members.compactMap { $0 })
    }
}

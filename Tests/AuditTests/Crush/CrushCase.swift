import CRUSH
import ClusterState
import KubernetesModel
import Resilience
import StateFixtures
import Testing
import Vocabulary

@testable import Audit

/// A check of the CRUSH map with a cluster in which it finds something, and one that is just beside.
struct CrushCase: CustomTestStringConvertible, Sendable {
    let check: String
    let severity: Severity
    /// What the finding is about, as it prints.
    let subject: String
    /// A part of its sentence.
    let says: String
    /// A part of one of its commands.
    let remedy: String
    let trigger: @Sendable () -> CephCapture
    let nearMiss: @Sendable () -> CephCapture

    init(
        _ check: String, _ severity: Severity, _ subject: String, says: String, remedy: String,
        trigger: @escaping @Sendable () -> CephCapture, nearMiss: @escaping @Sendable () -> CephCapture
    ) {
        self.check = check
        self.severity = severity
        self.subject = subject
        self.says = says
        self.remedy = remedy
        self.trigger = trigger
        self.nearMiss = nearMiss
    }

    var testDescription: String { "\(check): \(says)" }

    static let checks = CrushChecks.all + RuleChecks.all

    /// What a check finds in a capture; nil for an id that is none.
    static func findings(_ id: String, _ capture: CephCapture) async -> [Finding]? {
        let whole = ClusterCapture(
            takenAt: SyntheticCluster().takenAt, holdfastVersion: "test", ceph: capture)
        let context = await AuditContext(of: whole, workers: 1)
        guard let check = checks.first(where: { $0.id == id }), check.inputs.allSatisfy(context.has) else { return nil }
        return check.find(context)
    }
}

/// A capture of a cluster with a changed map, every PG where CRUSH puts it then.
func mapped(
    _ cluster: SyntheticCluster = SyntheticCluster(racks: 4), _ change: (inout OSDMap) -> Void = { _ in }
) -> CephCapture {
    var capture = cluster.cephCapture()
    change(&capture.osdMap)
    var rows: [PGRow] = []
    for pool in capture.osdMap.sortedPools {
        PoolMapper(map: capture.osdMap, pool: pool).forEach { pg, _, mapping in
            rows.append(PGRow(id: pg, up: mapping.up.map(\.value), acting: mapping.acting.map(\.value)))
        }
    }
    capture.pgs = PGTable(rows)
    return capture
}

/// A cluster of racks of hosts with two OSDs each, and a pool of copies.
func rackedCluster(
    racks: Int, hosts: Int = 1, osds: Int = 2, size: Int = 3, pgs: UInt32 = 64, by domain: String = "host",
    deviceClass: String? = nil
) -> SyntheticCluster {
    var cluster = SyntheticCluster(racks: racks, hostsPerRack: hosts, osdsPerHost: osds)
    cluster.pools = [
        .replicated("rbd", size: size, pgCount: pgs, failureDomain: domain, deviceClass: deviceClass)
    ]
    return cluster
}

extension OSDMap {
    /// Gives the first rule other steps: `take` and `emit` stand around each group of choices.
    mutating func setSteps(take root: Int32 = -1, _ choices: [Rule.Step]) {
        crush.rules[0]?.steps = [Rule.Step(.take, root)] + choices + [Rule.Step(.emit)]
    }

    /// The shadow of the root for a class.
    func shadow(_ className: String) -> Int32 {
        let number = crush.classNames.first { $0.value == className }?.key ?? -1
        return crush.shadowBuckets[ItemID(-1)]?[number]?.value ?? 0
    }

    /// Where CRUSH puts a PG of the first pool.
    func chosen(_ seed: UInt32) -> [ItemID] {
        guard let pool = pools[PoolID(1)] else { return [] }
        return RuleMapper(map: crush, rule: pool.crushRule, resultMax: pool.size)
            .map([pool.placementSeed(seed)], weights: states.weights).map { ItemID($0) }
    }

    /// Weighs an item anew in the bucket that holds it, and nowhere above.
    mutating func weigh(_ item: Int32, _ weight: (Weight) -> Weight) {
        for slot in crush.buckets.indices {
            guard var bucket = crush.buckets[slot], let place = bucket.items.firstIndex(of: ItemID(item)),
                case .straw2(var weights) = bucket.content
            else { continue }
            weights[place] = weight(weights[place])
            bucket.content = .straw2(weights: weights)
            crush.buckets[slot] = bucket
        }
    }
}

import CRUSH
import ClusterState
import Resilience
import StateFixtures
import Testing
import Vocabulary

@testable import Audit

/// Each check of pools on a cluster that has what it looks for, and on one that nearly has.
@Suite struct PoolCheckTests {
    @Test(arguments: PoolCase.all)
    func isFoundAndNotMistaken(_ example: PoolCase) async {
        let trigger = await example.findings(example.trigger)
        #expect(!trigger.isEmpty, "\(example.check) did not see what it is there for")
        for finding in trigger {
            #expect(!finding.message.isEmpty && !finding.remedy.isEmpty, "\(finding)")
        }
        let nearMiss = await example.findings(example.nearMiss)
        #expect(nearMiss.isEmpty, "\(example.check) sees what is not there: \(nearMiss.map(\.message))")
    }

    @Test func everyPoolCheckHasAnExample() {
        #expect(Set(PoolCase.all.map(\.check)) == Set(PoolChecks.all.map(\.id)))
    }
}

/// A check with a cluster that it finds something in, and one that it does not.
struct PoolCase: CustomTestStringConvertible, Sendable {
    let check: String
    let trigger: @Sendable () -> ClusterCapture
    let nearMiss: @Sendable () -> ClusterCapture

    init(
        _ check: String, trigger: @escaping @Sendable () -> ClusterCapture,
        nearMiss: @escaping @Sendable () -> ClusterCapture
    ) {
        self.check = check
        self.trigger = trigger
        self.nearMiss = nearMiss
    }

    var testDescription: String { check }

    func findings(_ capture: () -> ClusterCapture) async -> [Finding] {
        let context = await AuditContext(of: capture(), workers: 1)
        guard let check = Catalogue.check(check), check.inputs.allSatisfy(context.has) else { return [] }
        return check.find(context)
    }

    static let all: [PoolCase] = [
        PoolCase("P01", trigger: { copies(1, least: 1) }, nearMiss: { copies(2, least: 1) }),
        PoolCase("P02", trigger: { copies(2, least: 1) }, nearMiss: { copies(3, least: 2) }),
        PoolCase("P03", trigger: { copies(3, least: 1) }, nearMiss: { copies(3, least: 2) }),
        PoolCase("P03", trigger: { shards(least: 2) }, nearMiss: { shards(least: 3) }),
        PoolCase("P04", trigger: { copies(3, least: 3) }, nearMiss: { copies(3, least: 2) }),
        PoolCase("P04", trigger: { shards(least: 4) }, nearMiss: { shards(least: 3) }),
        PoolCase("P05", trigger: { copies(4, least: 2) }, nearMiss: { copies(3, least: 2) }),
        PoolCase("P06", trigger: { copies(3, least: 2) }, nearMiss: { copies(3, least: 2, hosts: 4) }),
        PoolCase(
            "P07", trigger: { copies(3, least: 2, domain: "osd") },
            nearMiss: { copies(3, least: 2, hosts: 2, domain: "osd") }),
        PoolCase("P08", trigger: { withRule { $0.indep() } }, nearMiss: { withRule { _ in } }),
        PoolCase("P09", trigger: { shards(k: 2, m: 1, least: 3) }, nearMiss: { shards(k: 2, m: 2, least: 3) }),
        PoolCase(
            "P10", trigger: { shards(least: 3) { $0.erasureCodeProfiles["other"]?["crush-failure-domain"] = "rack" } },
            nearMiss: { shards(least: 3) { $0.erasureCodeProfiles["other"]?["crush-failure-domain"] = "host" } }),
        PoolCase(
            "P11", trigger: { pool { $0.applications = [:] } }, nearMiss: { pool { $0.applications = ["rbd": [:]] } }),
        PoolCase("P12", trigger: { placementGroups(48) }, nearMiss: { placementGroups(64) }),
        PoolCase(
            "P13", trigger: { pool { ($0.placementCount, $0.placementCountTarget) = (16, 16) } },
            nearMiss: { pool { $0.placementCount = 16 } }),
        PoolCase("P14", trigger: { placementGroups(32) }, nearMiss: { placementGroups(128) }),
        PoolCase(
            "P15", trigger: { placementGroups(64, limit: "10", hosts: 4) },
            nearMiss: { placementGroups(64, limit: "100", hosts: 4) }),
        PoolCase(
            "P16", trigger: { twoRoots(classes: ["ssd", nil]) }, nearMiss: { twoRoots(classes: ["ssd", "ssd"]) }),
        PoolCase(
            "P17", trigger: { pool { $0.options = targets(ratio: 0.5, bytes: 1 << 40) } },
            nearMiss: { pool { $0.options = targets(ratio: 0.5, bytes: 0) } }),
        PoolCase("P18", trigger: { shares(data: 0.95) }, nearMiss: { shares(data: 0.5) }),
        PoolCase(
            "P19", trigger: { pool { $0.quotaMaxBytes = 2 << 40 } }, nearMiss: { pool { $0.quotaMaxBytes = 1 << 39 } }),
        PoolCase(
            "P21", trigger: { option("mon_allow_pool_delete", "true") },
            nearMiss: { option("mon_allow_pool_delete", "false") }),
        PoolCase("P23", trigger: { stretch(buckets: 4) }, nearMiss: { stretch(buckets: 3) }),
        PoolCase(
            "P24", trigger: { pool { $0.tiering.tierOf = PoolID(7) } }, nearMiss: { pool { $0.tiering.tierOf = nil } }),
        PoolCase("P25", trigger: { omap(on: "hdd") }, nearMiss: { omap(on: "ssd") }),
    ]

    // MARK: Clusters

    private static func cluster(hosts: Int = 3) -> SyntheticCluster {
        var cluster = SyntheticCluster(racks: hosts, hostsPerRack: 1, osdsPerHost: 2)
        cluster.placement = { map, pg in
            guard let pool = map.pools[pg.pool] else { return [] }
            return ReferenceMapper(map: map.crush).map(
                rule: pool.crushRule, x: pool.placementSeed(pg.seed), resultMax: pool.size, weights: map.states.weights
            ).map(\.value)
        }
        return cluster
    }

    private static func copies(_ size: Int, least: Int, hosts: Int = 3, domain: String = "host") -> ClusterCapture {
        var cluster = cluster(hosts: hosts)
        cluster.pools = [.replicated("rbd", size: size, minSize: least, pgCount: 32, failureDomain: domain)]
        return cluster.capture()
    }

    private static func shards(
        k: Int = 2, m: Int = 2, least: Int, _ change: (inout OSDMap) -> Void = { _ in }
    ) -> ClusterCapture {
        var cluster = cluster(hosts: 4)
        cluster.pools = [.erasure("backup", k: k, m: m, pgCount: 32)]
        var capture = cluster.capture()
        guard var map = capture.ceph?.osdMap, let id = map.pools.keys.first, var pool = map.pools[id] else {
            return capture
        }
        pool.minSize = least
        map.erasureCodeProfiles["other"] = ["k": "\(k)", "m": "\(m)"]
        pool.erasureCodeProfile = "other"
        map.pools[id] = pool
        change(&map)
        capture.ceph?.osdMap = map
        return capture
    }

    private static func pool(_ change: (inout Pool) -> Void) -> ClusterCapture {
        var capture = cluster().capture()
        guard let id = capture.ceph?.osdMap.pools.keys.first, var pool = capture.ceph?.osdMap.pools[id] else {
            return capture
        }
        change(&pool)
        capture.ceph?.osdMap.pools[id] = pool
        return capture
    }

    private static func withRule(_ change: (inout Rule) -> Void) -> ClusterCapture {
        var capture = cluster().capture()
        guard let number = capture.ceph?.osdMap.sortedPools.first.map({ Int($0.crushRule) }),
            var rule = capture.ceph?.osdMap.crush.rules[number]
        else { return capture }
        change(&rule)
        capture.ceph?.osdMap.crush.rules[number] = rule
        return capture
    }

    private static func placementGroups(_ count: UInt32, limit: String = "250", hosts: Int = 3) -> ClusterCapture {
        var cluster = cluster(hosts: hosts)
        cluster.pools = [.replicated("rbd", pgCount: count)]
        var capture = cluster.capture()
        capture.ceph?.configuration.central = [.init(section: "global", name: "mon_max_pg_per_osd", value: limit)]
        return capture
    }

    private static func twoRoots(classes: [String?]) -> ClusterCapture {
        var cluster = cluster()
        cluster.pools = classes.enumerated().map {
            .replicated("pool\($0.offset)", pgCount: 32, deviceClass: $0.element)
        }
        return cluster.capture()
    }

    private static func targets(ratio: Double, bytes: Int64) -> PoolOptions {
        PoolOptions(["target_size_ratio": .number(ratio), "target_size_bytes": .integer(bytes)])
    }

    private static func shares(data: Double) -> ClusterCapture {
        var cluster = cluster()
        cluster.pools = [.replicated("rbd", pgCount: 16), .replicated("health", pgCount: 256)]
        var capture = cluster.capture()
        let usages = capture.ceph?.poolUsage
        capture.ceph?.poolUsage = usages?.map { usage in
            var usage = usage
            usage.used = .gib(UInt64(1000 * (usage.name == "rbd" ? data : 1 - data)))
            return usage
        }
        return capture
    }

    private static func option(_ name: String, _ value: String) -> ClusterCapture {
        var capture = cluster().capture()
        capture.ceph?.configuration.central = [.init(section: "mon", name: name, value: value)]
        return capture
    }

    private static func stretch(buckets: UInt32) -> ClusterCapture {
        var capture = cluster().capture()
        let hosts = capture.ceph?.osdMap.crush.typeNames.first { $0.value == "host" }?.key ?? 1
        guard let id = capture.ceph?.osdMap.pools.keys.first else { return capture }
        capture.ceph?.osdMap.pools[id]?.peering.bucketCount = buckets
        capture.ceph?.osdMap.pools[id]?.peering.bucketType = UInt32(hosts)
        return capture
    }

    private static func omap(on deviceClass: String) -> ClusterCapture {
        var cluster = cluster()
        cluster.deviceClass = { _ in deviceClass }
        var capture = cluster.capture()
        let count = capture.ceph?.pgs?.count ?? 0
        capture.ceph?.pgs?.omapBytes = Array(repeating: 1 << 30, count: count)
        return capture
    }
}

extension Rule {
    /// The same rule with places kept.
    fileprivate mutating func indep() {
        for index in steps.indices where steps[index].operation == .chooseLeafFirstN {
            steps[index] = Step(.chooseLeafIndep, steps[index].first, steps[index].second)
        }
    }
}

import CRUSH
import ClusterState
import Resilience
import Vocabulary

extension PoolChecks {
    /// What hurts later.
    static let hygiene: [Check] = [
        Check(
            "P11", "no application", .pools, .info,
            meaning: "No application is enabled on the pool.",
            reason: "Ceph warns, and profiles of caps such as `profile rbd` rest on it.",
            remedy: "`ceph osd pool application enable POOL rbd`"
        ) { context in
            pools(context).filter { $0.applications.isEmpty && $0.tiering.tierOf == nil && $0.name != ".mgr" }.map {
                pool in
                finding(
                    "P11", .info, pool, "has no application", [], ["ceph osd pool application enable \(pool.name) rbd"])
            }
        },
        Check(
            "P17", "two targets at once", .pools, .info, .heuristic,
            meaning:
                "A pool has both `target_size_ratio` and `target_size_bytes`, or all ratios of a CRUSH root are above 1.",
            reason: "The autoscaler uses one and ignores the other, and ratios above 1 are scaled down.",
            remedy: "Keep one: set the other to 0."
        ) { context in
            var findings = pools(context).filter {
                ($0.options.targetSizeRatio ?? 0) > 0 && ($0.options.targetSizeBytes ?? 0) > 0
            }.map { pool in
                finding(
                    "P17", .info, pool, "has a target ratio and target bytes: the autoscaler uses one of them",
                    [
                        ("target_size_ratio", "\(pool.options.targetSizeRatio ?? 0)"),
                        ("target_size_bytes", "\(pool.options.targetSizeBytes ?? 0)"),
                    ], ["ceph osd pool set \(pool.name) target_size_bytes 0"], basis: .heuristic)
            }
            let sum = pools(context).reduce(0) { $0 + ($1.options.targetSizeRatio ?? 0) }
            if sum > 1.0001 {
                findings.append(
                    Finding(
                        check: "P17", severity: .info, subject: .cluster,
                        message:
                            "the target ratios of all pools come to \(rounded(sum)): they are taken as shares of that",
                        remedy: ["# ceph osd pool set POOL target_size_ratio R, so that they come to 1"],
                        basis: .heuristic))
            }
            return findings
        },
        Check(
            "P19", "quotas promise more than there is", .pools, .warning,
            meaning:
                "All quotas together, with their copies, need more room than is left once the largest host is lost.",
            reason:
                "Tenants may fill what they were promised. Then the loss of a host fills the rest above nearfull, or stops recovery.",
            remedy: "Lower quotas, or add room."
        ) { context in
            guard let ceph = context.ceph, let usage = ceph.osdUsage else { return [] }
            let map = ceph.osdMap
            let promised = map.sortedPools.reduce(0.0) { $0 + Double($1.quotaMaxBytes) * rawFactor($1, map) }
            let total = usage.reduce(0.0) { $0 + Double($1.total.bytes) }
            let perHost = context.snapshot.map { largestHost($0, usage) } ?? 0
            let room = (total - perHost) * Double(map.nearFullRatio)
            guard promised > room, promised > 0 else { return [] }
            return [
                Finding(
                    check: "P19", severity: .warning, subject: .cluster,
                    message: """
                        quotas promise \(gib(promised)) with their copies, and \(gib(room)) fit below nearfull once the largest host \
                        is lost
                        """, remedy: ["# ceph osd pool set-quota POOL max_bytes N"], basis: .exact)
            ]
        },
        Check(
            "P21", "pools can be deleted, or made with one copy", .pools, .warning, needs: [.configuration],
            meaning: "`mon_allow_pool_delete` or `mon_allow_pool_size_one` is true.",
            reason:
                "One mistyped command then removes all data of a pool, or leaves a single copy. Both are off by default for that reason.",
            remedy: "Set them to false; turn them on for the moment when they are needed."
        ) { context in
            guard let configuration = context.ceph?.configuration else { return [] }
            let options: [KnownOption<Bool>] = [.allowPoolDelete, .allowPoolSizeOne]
            return options.filter { configuration[$0] }.map { option in
                Finding(
                    check: "P21", severity: .warning, subject: .init("option", option.name),
                    message: "\(option.name) is true: a slip of the hand is enough to lose a pool or its copies",
                    remedy: ["ceph config set mon \(option.name) false"], basis: .exact)
            }
        },
        Check(
            "P23", "stretch settings do not fit the map", .pools, .warning,
            meaning: "A pool's peering settings ask for buckets that the CRUSH map does not have in that number.",
            reason:
                "A PG goes active only with members in so many of these buckets: with fewer there are, it never does.",
            remedy: "`ceph osd pool stretch show POOL`, then `ceph osd pool stretch set`."
        ) { context in
            guard let map = context.ceph?.osdMap else { return [] }
            return pools(context).compactMap { pool in
                let peering = pool.peering
                guard peering.bucketCount > 0 else { return nil }
                let there = map.crush.buckets.compactMap { $0 }.filter {
                    UInt32($0.type) == peering.bucketType && !map.crush.isShadow($0.id)
                }.count
                guard there < Int(peering.bucketCount) else { return nil }
                let type = map.crush.typeNames[Int32(peering.bucketType)] ?? "type \(peering.bucketType)"
                return finding(
                    "P23", .warning, pool,
                    "asks for members in \(peering.bucketCount) buckets of \(type), and there are \(there)",
                    [], ["ceph osd pool stretch show \(pool.name)"])
            }
        },
        Check(
            "P24", "cache tiers, or both kinds of snapshots", .pools, .info,
            meaning: "The pool is part of a cache tier, or has pool snapshots where images make their own.",
            reason: "Cache tiers are deprecated since Ceph 18; pool snapshots and those of images exclude each other.",
            remedy: "Flush and remove the tier; remove pool snapshots."
        ) { context in
            pools(context).compactMap { pool in
                if let base = pool.tiering.tierOf {
                    return finding(
                        "P24", .info, pool, "is a cache tier of pool \(base)", [],
                        ["ceph osd tier remove-overlay \(base)"])
                }
                guard pool.flags.contains(.poolSnapshots), pool.applications["rbd"] != nil else { return nil }
                return finding(
                    "P24", .info, pool, "has pool snapshots: images in it cannot have any",
                    [], pool.snapshots.map { "ceph osd pool rmsnap \(pool.name) \($0.name)" })
            }
        },
        Check(
            "P25", "indexes on spinning disks", .pools, .info, .heuristic, needs: [.osdMap, .pgs],
            meaning: "A pool keeps much omap data (indexes, metadata) on OSDs of class hdd.",
            reason:
                "Omap lives in the OSD's database: on a disk that seeks, listing and recovery of such PGs take very long.",
            remedy: "Give the pool a rule of class ssd."
        ) { context in
            guard let ceph = context.ceph, let table = ceph.pgs else { return [] }
            let crush = ceph.osdMap.crush
            let spinning = crush.classNames.first { $0.value == "hdd" }?.key
            guard let spinning else { return [] }
            return pools(context).compactMap { pool in
                let rows = table.rows(of: pool.id)
                let omap = rows.reduce(UInt64(0)) { $0 + table.omapBytes[$1] }
                guard omap > 10 << 30, let first = rows.first, let osd = table.acting[first].first,
                    crush.deviceClasses[ItemID(osd)] == spinning
                else { return nil }
                return finding(
                    "P25", .info, pool, "keeps \(gib(Double(omap))) of omap on disks that spin", [("class", "hdd")],
                    [
                        "ceph osd crush rule create-replicated \(pool.name)-ssd default host ssd",
                        "ceph osd pool set \(pool.name) crush_rule \(pool.name)-ssd",
                    ], basis: .heuristic)
            }
        },
    ]

    /// How many bytes of the devices a byte of the pool takes.
    static func rawFactor(_ pool: Pool, _ map: OSDMap) -> Double {
        dataShards(pool, map).map { Double(pool.size) / Double(max(1, $0)) } ?? Double(pool.size)
    }

    /// The bytes of the largest host.
    private static func largestHost(_ snapshot: PlacementSnapshot, _ usage: [OSDUsage]) -> Double {
        let sizes = Dictionary(usage.map { ($0.osd, Double($0.total.bytes)) }) { first, _ in first }
        return snapshot.domains.all("host").map { host in
            snapshot.domains.scenario(losing: [host]).osds.reduce(0) { $0 + (sizes[$1] ?? 0) }
        }.max() ?? 0
    }

    static func gib(_ bytes: Double) -> String { "\(rounded(bytes / Double(1 << 30))) GiB" }

    static func rounded(_ number: Double) -> String {
        let hundredths = (number * 100).rounded() / 100
        return hundredths == hundredths.rounded() ? "\(Int(hundredths))" : "\(hundredths)"
    }
}

import CRUSH
import ClusterState
import Resilience
import Vocabulary

extension RuleChecks {
    /// C22: the two sites of stretch mode.
    static func stretchMode(_ view: CrushView) -> [Finding] {
        guard view.map.stretchMode.isEnabled, let monitors = view.ceph.monitors else { return [] }
        let type = view.map.stretchMode.bucketType
        let typeName = view.typeName(type)
        let weights = view.weights
        var sites: [ItemID: Set<OSDID>] = [:]
        for shape in view.usedShapes {
            for (site, osds) in shape.domains(of: type, in: view.map) { sites[site, default: []].formUnion(osds) }
        }
        let sizes = sites.map { site, osds in
            (name: view.name(site), weight: osds.reduce(0.0) { $0 + (weights[$1]?.value ?? 0) })
        }.sorted { ($0.weight, $0.name) < ($1.weight, $1.name) }
        var findings: [Finding] = []
        if let small = sizes.first, let large = sizes.last,
            sizes.count != 2 || large.weight - small.weight > 0.1 * large.weight
        {
            let text = sizes.map { "\($0.name) \(Phrase.decimal($0.weight))" }.joined(separator: ", ")
            findings.append(
                Finding(
                    check: "C22", severity: .warning, subject: .cluster,
                    message: sizes.count == 2
                        ? "the sites of stretch mode weigh \(text) TiB: \(small.name) cannot hold what \(large.name) holds"
                        : "stretch mode needs 2 of type \(typeName) with OSDs in, and there \(sizes.count == 1 ? "is" : "are") "
                            + "\(sizes.count): \(text)",
                    evidence: sizes.map {
                        Finding.Evidence("\(typeName) \($0.name)", "\(Phrase.decimal($0.weight)) TiB")
                    },
                    remedy: ["# add \(Phrase.decimal(large.weight - small.weight)) TiB to \(typeName) \(small.name)"],
                    basis: .exact))
        }
        let names = Set(sizes.map(\.name))
        for monitor in monitors.monitors {
            guard let fault = fault(of: monitor, monitors, typeName, names) else { continue }
            let isTiebreaker = monitor.name == monitors.tiebreaker
            findings.append(
                Finding(
                    check: "C22", severity: .warning, subject: Finding.Subject("mon", monitor.name), message: fault,
                    evidence: [
                        Finding.Evidence(
                            "location",
                            monitor.crushLocation.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(
                                separator: " ")),
                        Finding.Evidence("sites", names.sorted().joined(separator: ", ")),
                    ],
                    remedy: isTiebreaker
                        ? ["# a monitor in a third site MON:", "ceph mon set_new_tiebreaker MON"]
                        : [
                            "ceph mon set_location \(monitor.name) \(typeName)=\(names.sorted().first ?? "SITE")  # where it stands"
                        ],
                    basis: .exact))
        }
        return findings
    }

    private static func fault(
        of monitor: MonitorMap.Monitor, _ monitors: MonitorMap, _ type: String, _ sites: Set<String>
    ) -> String? {
        let place = monitor.crushLocation[type]
        if monitor.name == monitors.tiebreaker {
            return place.flatMap { sites.contains($0) ? "is the tiebreaker and stands in data site \($0)" : nil }
        }
        guard let place else { return "has no \(type) in its location" }
        return sites.contains(place) ? nil : "stands in \(type) \(place), which is no site with data"
    }

    /// C23: pools on two sites that are not made for it.
    static func lopsidedSites(_ view: CrushView) -> [Finding] {
        guard !view.map.stretchMode.isEnabled else { return [] }
        let types = ["region", "zone", "datacenter", "room"].compactMap(view.typeNumber)
        return view.pools.compactMap { pool -> Finding? in
            guard let shape = view.shape(of: pool), pool.kind == .replicated, pool.size > 1,
                pool.peering.bucketCount == 0,
                let type = types.first(where: { shape.domains(of: $0, in: view.map).count == 2 })
            else { return nil }
            let sites = shape.domainOfOSD(by: type)
            var splits: [String: Int] = [:]
            var lopsided: [PGID] = []
            view.allUp(pool).forEach { pg, _, mapping in
                var counts: [ItemID: Int] = [:]
                for osd in mapping.up.lazy.compactMap(\.osd) {
                    if let site = sites[osd] { counts[site, default: 0] += 1 }
                }
                let most = counts.values.max() ?? 0
                let all = counts.values.reduce(0, +)
                guard all - most < pool.minSize, most >= pool.minSize else { return }
                splits["\(most)+\(all - most)", default: 0] += 1
                lopsided.append(pg)
            }
            guard !lopsided.isEmpty else { return nil }
            let typeName = view.typeName(type)
            return Finding(
                check: "C23", severity: .critical, subject: pool.subject,
                message:
                    "\(lopsided.count) of \(pool.pgCount) PGs have so many of their \(pool.size) copies in one of two "
                    + "\(typeName)s that they stop with it and go on alone without the other; stretch mode is off",
                evidence: splits.sorted { $0.key < $1.key }.map {
                    Finding.Evidence("PGs with \($0.key) copies", "\($0.value)")
                }
                    + [Finding.Evidence("such as", Phrase.list(lopsided))],
                remedy: stretching(shape, typeName, view), basis: .exact)
        }
    }

    private static func stretching(_ shape: RuleShape, _ type: String, _ view: CrushView) -> [String] {
        let root = shape.takes.first.map(shape.text) ?? "default"
        let steps = "take \(root); choose firstn 0 type \(type); chooseleaf firstn 2 type host; emit"
        let locations = (view.ceph.monitors?.monitors ?? []).map {
            "ceph mon set_location \($0.name) \(type)=SITE  # where it stands"
        }
        // Turning it on sets size, min_size and rule of all pools itself, and wants them to have their defaults before.
        return CrushRemedy.edit("a rule stretch_rule with the steps \(steps)")
            + [
                "# with a monitor MON in a third site as the tiebreaker:",
                "ceph mon set election_strategy connectivity",
            ]
            + locations + ["ceph mon enable_stretch_mode MON stretch_rule \(type)"]
    }
}

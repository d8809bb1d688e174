import CRUSH
import ClusterState
import Resilience
import Vocabulary

extension CrushChecks {
    static let balance: [Check] = [
        check(
            "C21", "uneven failure domains bound the usable capacity", .warning,
            meaning:
                "The failure domains of a rule differ so much in weight that a part of the capacity cannot be used.",
            reason:
                "Each copy goes to a domain of its own. With as many domains as copies each holds one copy of everything: the "
                + "smallest one is full first, and what the others have more is never used.",
            remedy: "Even the domains out: move OSDs or devices, or add domains.",
            find: unevenDomains),
        Check(
            "C24", "primaries on few hosts", .crush, .info, needs: [.osdMap, .pgs],
            meaning:
                "A host is primary of twice as many PGs as its copies stand for, or all OSDs of a host have primary affinity 0.",
            reason:
                "Clients read from primaries, and writes go through them: one host does the work of several. As a rule left over "
                + "from slow disks that were replaced since.",
            remedy: "Set primary affinity back to 1; from Ceph 18 on the read balancer evens primaries out."
        ) { context in
            guard let ceph = context.ceph, let pgs = ceph.pgs else { return [] }
            return primaries(CrushView(ceph), pgs)
        },
        check(
            "C25", "rules that nothing uses, and rules that are the same", .info,
            meaning: "No pool uses a rule and it is not the one of new pools, or two rules have the same steps.",
            reason: "Left over rules are set by mistake one day. Of two that are the same, one is changed one day.",
            remedy: "Remove unused rules. Setting a pool to a rule with the same steps moves nothing.",
            find: spareRules),
    ]

    /// C21: what a rule can use of what is below it.
    static func unevenDomains(_ view: CrushView) -> [Finding] {
        let weights = view.weights
        return view.usedShapes.compactMap { shape -> Finding? in
            let pools = view.pools(of: shape)
            guard shape.takes.count == 1, !shape.isChain, shape.failureDomain != 0, let size = pools.map(\.size).max()
            else { return nil }
            let domains = shape.domains(in: view.map).mapValues { osds in
                osds.reduce(0.0) { $0 + (weights[$1]?.value ?? 0) * view.map.states.weight(of: $1).value }
            }
            guard domains.count >= size, size > 1 else { return nil }
            let total = domains.values.reduce(0, +)
            let usable = usable(Array(domains.values), copies: size)
            guard total > 0, usable < 0.95 * total else { return nil }
            let ordered = domains.sorted { ($0.value, $0.key) < ($1.value, $1.key) }
            let type = shape.failureDomainName
            let smallest = ordered.first.map { "\(view.name($0.key)) with \(Phrase.decimal($0.value))" } ?? ""
            let largest = ordered.last.map { "\(view.name($0.key)) with \(Phrase.decimal($0.value))" } ?? ""
            return Finding(
                check: "C21", severity: .warning, subject: shape.subject,
                message:
                    "\(size) copies or shards on \(Phrase.count(domains.count, type)) from \(smallest) to \(largest) TiB: at most "
                    + "\(Phrase.decimal(usable)) of \(Phrase.decimal(total)) TiB raw can be used, "
                    + "\(Phrase.decimal(usable / Double(size))) TiB of data",
                evidence: ordered.prefix(4).map {
                    Finding.Evidence(view.name($0.key), "\(Phrase.decimal($0.value)) TiB")
                }
                    + [Finding.Evidence("unusable", "\(Phrase.decimal(total - usable)) TiB")],
                remedy: [
                    "# add \(Phrase.decimal((ordered.last?.value ?? 0) - (ordered.first?.value ?? 0))) TiB to "
                        + "\(ordered.first.map { view.name($0.key) } ?? type), or move OSDs there from "
                        + "\(ordered.last.map { view.name($0.key) } ?? type)"
                ], basis: .exact)
        }
    }

    /// How much of some domains can be used when each copy goes to another one: no domain holds more than one copy of all.
    private static func usable(_ domains: [Double], copies: Int) -> Double {
        let sorted = domains.sorted(by: >)
        // The largest domains are cut to one copy of all; how many, follows from the rest.
        for cut in 0..<copies {
            let rest = sorted.dropFirst(cut).reduce(0, +)
            let all = rest * Double(copies) / Double(copies - cut)
            if (sorted.dropFirst(cut).first ?? 0) <= all / Double(copies) * (1 + 1e-9) { return all }
        }
        return (sorted.last ?? 0) * Double(copies)
    }

    /// C24: hosts that are primary of too many PGs, and hosts that never are.
    static func primaries(_ view: CrushView, _ pgs: PGTable) -> [Finding] {
        let hosts = CrushHosts(view.map)
        let hostOf = Dictionary(
            view.map.states.existing.map { ($0.value, hosts.host(of: ItemID($0))) },
            uniquingKeysWith: { first, _ in first })
        var copies: [String: Double] = [:]
        var primaries: [String: Int] = [:]
        for row in 0..<pgs.count {
            let acting = pgs.acting[row].filter { $0 != OSDSets.none }
            for osd in acting {
                if let host = hostOf[osd] ?? nil { copies[host, default: 0] += 1 / Double(acting.count) }
            }
            if let host = hostOf[pgs.actingPrimary[row]] ?? nil { primaries[host, default: 0] += 1 }
        }
        var findings: [Finding] = []
        for (host, fair) in copies.sorted(by: { FailureDomain("host", $0.key) < FailureDomain("host", $1.key) }) {
            let count = primaries[host] ?? 0
            // Twice the fair share, and more than chance makes of few PGs.
            guard Double(count) > 2 * fair, Double(count) > fair + 5 * fair.squareRoot() else { continue }
            findings.append(
                Finding(
                    check: "C24", severity: .info, subject: Finding.Subject("host", host),
                    message: "primary of \(count) PGs, where its copies stand for \(Phrase.decimal(fair, places: 0))",
                    evidence: [
                        Finding.Evidence("share of primaries", Phrase.percent(Double(count) / Double(pgs.count)))
                    ],
                    remedy: [
                        "ceph osd getmap -o osdmap.bin", "# a pool at a time, from Ceph 18 on:",
                        "osdmaptool osdmap.bin --read read.txt --read-pool \(view.pools.first?.name ?? "POOL")",
                        "source read.txt",
                    ], basis: .exact))
        }
        return findings + unwilling(view, hosts)
    }

    /// Hosts of which every OSD that is in has primary affinity 0, while others have not.
    private static func unwilling(_ view: CrushView, _ hosts: CrushHosts) -> [Finding] {
        let states = view.map.states
        let isWilling = { (osd: OSDID) in states.primaryAffinities[Int(osd.value)] > .zero }
        let members = Dictionary(grouping: states.existing.filter { states.isIn($0) }) {
            hosts.host(of: ItemID($0)) ?? ""
        }
        guard members.values.contains(where: { $0.contains(where: isWilling) }) else { return [] }
        return members.filter { !$0.key.isEmpty && !$0.value.contains(where: isWilling) }.sorted { $0.key < $1.key }.map
        {
            host, osds in
            Finding(
                check: "C24", severity: .info, subject: Finding.Subject("host", host),
                message:
                    "all \(Phrase.count(osds.count, "OSD")) have primary affinity 0: other hosts do the work of primaries",
                evidence: [Finding.Evidence("osds", Phrase.list(osds))],
                remedy: osds.prefix(12).map { "ceph osd primary-affinity osd.\($0.value) 1.0" }
                    + (osds.count > 12 ? ["# and the same for the others"] : []), basis: .exact)
        }
    }

    /// C25: unused rules, and rules with the same steps.
    static func spareRules(_ view: CrushView) -> [Finding] {
        let ofNewPools = defaultRule(view)?.number
        var findings: [Finding] = []
        var earlier: [Rule: RuleShape] = [:]
        for shape in view.shapes {
            guard var rule = view.crush.rule(shape.number) else { continue }
            // What is left decides where PGs go.
            rule.ruleset = 0
            rule.minimumSize = 0
            rule.maximumSize = 0
            let pools = view.pools(of: shape)
            if let first = earlier[rule] {
                findings.append(
                    Finding(
                        check: "C25", severity: .info, subject: shape.subject,
                        message:
                            "has the same steps as rule \(first.name): \(Phrase.count(pools.count, "pool")) could use that one",
                        evidence: [Finding.Evidence("pools", pools.map(\.name).limited(to: 8).joined(separator: ", "))],
                        remedy: pools.map { "ceph osd pool set \($0.name) crush_rule \(first.name)" }
                            + ["ceph osd crush rule rm \(shape.name)"], basis: .exact))
            } else {
                earlier[rule] = shape
                guard pools.isEmpty, shape.number != ofNewPools else { continue }
                findings.append(
                    Finding(
                        check: "C25", severity: .info, subject: shape.subject, message: "no pool uses it",
                        evidence: [
                            Finding.Evidence("takes", shape.takes.map(shape.text).joined(separator: ", ")),
                            Finding.Evidence("failure domain", shape.failureDomainName),
                        ],
                        remedy: ["ceph osd crush rule rm \(shape.name)"], basis: .exact))
            }
        }
        return findings
    }
}

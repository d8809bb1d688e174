import CRUSH
import ClusterState
import Resilience
import Vocabulary

extension RuleChecks {
    /// C01: rules that take what is not there.
    static func emptyTakes(_ view: CrushView) -> [Finding] {
        view.shapes.flatMap { shape in
            let pools = view.pools(of: shape)
            return shape.takes.compactMap { take -> Finding? in
                guard let fault = fault(of: take, in: shape, view) else { return nil }
                let users =
                    pools.isEmpty
                    ? "no pool uses it" : "used by " + pools.map(\.name).limited(to: 4).joined(separator: ", ")
                return Finding(
                    check: "C01", severity: pools.isEmpty ? .info : .critical, subject: shape.subject,
                    message: "takes \(shape.text(of: take)), \(fault); \(users)",
                    evidence: [
                        Finding.Evidence("takes", shape.text(of: take)),
                        Finding.Evidence(
                            "classes below \(shape.itemName(take.root))",
                            classes(below: take.root, view).sorted().joined(separator: ", ")),
                    ],
                    remedy: pools.isEmpty
                        ? ["ceph osd crush rule rm \(shape.name)"]
                        : pools.prefix(4).flatMap { pool in newRule(for: pool, insteadOf: shape, take, view) },
                    basis: .exact)
            }
        }
    }

    private static func fault(of take: RuleShape.Take, in shape: RuleShape, _ view: CrushView) -> String? {
        if take.item.isBucket, view.crush.bucket(take.item) == nil { return "which is not in the map" }
        let members = shape.members(of: take, by: 0)
        if members.isEmpty { return take.deviceClass == nil ? "which holds no OSD" : "and no OSD there has that class" }
        if members.allSatisfy({ $0.weight == .zero }) { return "where every OSD has weight 0" }
        return nil
    }

    private static func classes(below root: ItemID, _ view: CrushView) -> Set<String> {
        Set(osds(below: root, view).compactMap { view.crush.deviceClasses[$0].flatMap { view.crush.classNames[$0] } })
    }

    private static func osds(below root: ItemID, _ view: CrushView) -> Set<ItemID> {
        var seen = Set<ItemID>()
        var waiting = [root]
        while let item = waiting.popLast() {
            if seen.insert(item).inserted { waiting += view.crush.bucket(item)?.items ?? [] }
        }
        return seen.filter(\.isDevice)
    }

    /// A rule on the root with most OSDs, with the class that most of them have if the old rule named one.
    private static func newRule(
        for pool: Pool, insteadOf shape: RuleShape, _ take: RuleShape.Take, _ view: CrushView
    ) -> [String] {
        let own = view.crush.bucket(take.root) != nil && !osds(below: take.root, view).isEmpty ? take.root : nil
        let largest = view.crush.roots().max { osds(below: $0, view).count < osds(below: $1, view).count }
        guard let root = own ?? largest else { return ["# there is no bucket with OSDs: add OSDs first"] }
        let names = osds(below: root, view).compactMap {
            view.crush.deviceClasses[$0].flatMap { view.crush.classNames[$0] }
        }
        let counts = Dictionary(names.map { ($0, 1) }, uniquingKeysWith: +)
        let common = counts.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
        return CrushRemedy.newRule(
            for: pool, root: view.name(root), domain: shape.failureDomainName,
            deviceClass: take.deviceClass == nil ? nil : common, in: view.map)
    }

    /// C05: counts that cannot give what the pool wants.
    static func wrongCounts(_ view: CrushView) -> [Finding] {
        view.pools.compactMap { pool -> Finding? in
            guard let shape = view.shape(of: pool) else { return nil }
            let yield = shape.count(size: pool.size)
            if yield < pool.size {
                return countFinding(
                    pool, shape, .critical,
                    "rule \(shape.name) yields \(Phrase.count(yield, "OSD")) by its counts, and the pool's size is \(pool.size): "
                        + "every PG is short of \(pool.size - yield)", view)
            }
            let mayLose = pool.size - pool.minSize
            for take in shape.takes {
                for level in shape.levels(of: take, size: pool.size) where level.copies > max(1, mayLose) {
                    // One bucket that is chosen on purpose is a choice; of several, each should be expendable.
                    return countFinding(
                        pool, shape, level.domains == 1 ? .warning : .critical,
                        "rule \(shape.name) puts up to \(level.copies) of \(pool.size) copies into one \(shape.typeName(level.type)), "
                            + "and the pool serves with \(mayLose) fewer at most", view)
                }
            }
            return nil
        }
    }

    private static func countFinding(
        _ pool: Pool, _ shape: RuleShape, _ severity: Severity, _ message: String, _ view: CrushView
    ) -> Finding {
        let root = shape.takes.first.map { view.name($0.root) } ?? "default"
        let widest = shape.takes.flatMap { shape.levels(of: $0, size: pool.size) }.map(\.type).max() ?? 1
        let enough = shape.domains(of: widest, in: view.map).count >= pool.size
        let host = view.crush.typeNames[1] ?? "host"
        return Finding(
            check: "C05", severity: severity, subject: pool.subject, message: message,
            evidence: [
                Finding.Evidence("rule", shape.name), Finding.Evidence("size", "\(pool.size)"),
                Finding.Evidence("min_size", "\(pool.minSize)"),
            ]
                + shape.takes.map { take in
                    Finding.Evidence("steps below \(shape.text(of: take))", text(of: take, in: shape))
                },
            remedy: CrushRemedy.newRule(
                for: pool, root: root, domain: enough && widest > 0 ? shape.typeName(widest) : host,
                deviceClass: shape.takes.first?.deviceClass.flatMap { view.crush.classNames[$0] }, in: view.map),
            basis: .exact)
    }

    /// `choose 2 rack, chooseleaf 0 host`.
    static func text(of take: RuleShape.Take, in shape: RuleShape) -> String {
        take.choices.map { choice in
            "\(choice.isLeaf ? "chooseleaf" : "choose") \(choice.count) \(shape.typeName(choice.type))"
        }.joined(separator: ", ")
    }

    /// C12: rules by a type above the host of which there are too few.
    static func fewRacks(_ view: CrushView) -> [Finding] {
        let host = view.typeNumber("host") ?? 1
        return view.pools.compactMap { pool -> Finding? in
            guard let shape = view.shape(of: pool), pool.size > 1 else { return nil }
            for take in shape.takes {
                for level in shape.levels(of: take, size: pool.size) where level.type > host {
                    let count = shape.domains(of: level.type, in: view.map).count
                    guard count < level.domains else { continue }
                    let type = shape.typeName(level.type)
                    let hosts = shape.domains(of: host, in: view.map).count
                    return Finding(
                        check: "C12", severity: .critical, subject: pool.subject,
                        message:
                            "rule \(shape.name) wants \(level.domains) of type \(type), and there \(count == 1 ? "is" : "are") "
                            + "\(count) with OSDs in (\(Phrase.count(hosts, "host")))",
                        evidence: [Finding.Evidence("rule", shape.name), Finding.Evidence("size", "\(pool.size)")],
                        remedy: ["# put hosts into the \(type) that they stand in, or spread over hosts:"]
                            + CrushRemedy.newRule(
                                for: pool, root: view.name(take.root), domain: "host",
                                deviceClass: take.deviceClass.flatMap { view.crush.classNames[$0] }, in: view.map),
                        basis: .exact)
                }
            }
            return nil
        }
    }

    /// C12: racks with which pools stop whose copies are kept apart by host.
    static func crowdedRacks(_ view: CrushView, _ matrix: LossMatrix?) -> [Finding] {
        let host = view.typeNumber("host") ?? 1
        return view.pools.flatMap { pool -> [Finding] in
            guard let shape = view.shape(of: pool), shape.failureDomain == host, pool.size > 1 else { return [] }
            // What the rule takes as a whole is no domain of it.
            let limit = shape.takes.compactMap { view.crush.bucket($0.root).map { Int32($0.type) } }.min() ?? 0
            return (matrix?.levels ?? []).compactMap { level -> Finding? in
                guard let type = view.typeNumber(level.type), type > host, type < limit, level.reports.count > 1 else {
                    return nil
                }
                let stopping = level.reports.compactMap { report -> (name: String, pgs: Int)? in
                    let counts = report.pools.first { $0.pool == pool.id }?.counts
                    guard let name = report.scenario.domains.first?.name, let pgs = counts?.belowMinSize.pgs, pgs > 0
                    else { return nil }
                    return (name, pgs)
                }
                guard let worst = stopping.max(by: { $0.pgs < $1.pgs }) else { return nil }
                return Finding(
                    check: "C12", severity: .warning, subject: pool.subject,
                    message:
                        "copies are apart by host, but \(worst.pgs) of \(pool.pgCount) PGs stop with \(level.type) \(worst.name)"
                        + (stopping.count > 1 ? ", and so with \(stopping.count - 1) more" : ""),
                    evidence: stopping.prefix(8).map {
                        Finding.Evidence("\(level.type) \($0.name)", Phrase.count($0.pgs, "PG"))
                    },
                    remedy: spread(pool, shape, over: level, worst.name, view), basis: .exact)
            }
        }
    }

    /// A rule by rack where there are enough racks; else a rack for the hosts that crowd one.
    private static func spread(
        _ pool: Pool, _ shape: RuleShape, over level: LossMatrix.Level, _ worst: String, _ view: CrushView
    ) -> [String] {
        let type = view.typeNumber(level.type) ?? 3
        let root = shape.takes.first.map { view.name($0.root) } ?? "default"
        if shape.domains(of: type, in: view.map).count >= pool.size {
            return CrushRemedy.newRule(
                for: pool, root: root, domain: level.type,
                deviceClass: shape.takes.first?.deviceClass.flatMap { view.crush.classNames[$0] }, in: view.map)
        }
        let crowd = view.buckets.first { view.name($0.id) == worst }?.items.filter(\.isBucket).map(view.name) ?? []
        return ["# if they stand apart, give each the \(level.type) that it stands in; else add \(level.type)s:"]
            + crowd.dropFirst().prefix(4).flatMap { host in
                let own = "\(host)-\(level.type)"
                return [
                    "ceph osd crush add-bucket \(own) \(level.type)", "ceph osd crush move \(own) root=\(root)",
                    "ceph osd crush move \(host) \(level.type)=\(own)",
                ]
            }
    }
}

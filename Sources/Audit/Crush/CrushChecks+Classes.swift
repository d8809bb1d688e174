import CRUSH
import ClusterState
import Resilience
import Vocabulary

extension CrushChecks {
    /// C07: a rule without a class over several classes.
    static func mixedClasses(_ view: CrushView) -> [Finding] {
        view.usedShapes.compactMap { shape -> Finding? in
            var counts: [String: Int] = [:]
            for take in shape.takes where take.deviceClass == nil {
                for member in shape.members(of: take, by: 0) {
                    guard let number = view.crush.deviceClasses[ItemID(member.osd)] else { continue }
                    counts[view.crush.classNames[number] ?? "\(number)", default: 0] += 1
                }
            }
            guard counts.count > 1 else { return nil }
            let ordered = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            let text = ordered.map { "\($0.value) \($0.key)" }.joined(separator: " and ")
            let pools = view.pools(of: shape)
            let root = shape.takes.first { $0.deviceClass == nil }.map { shape.itemName($0.root) } ?? "default"
            return Finding(
                check: "C07", severity: .warning, subject: shape.subject,
                message:
                    "takes \(root) without a device class, and \(text) OSDs are below it: \(Phrase.count(pools.count, "pool")) "
                    + "(\(pools.map(\.name).limited(to: 4).joined(separator: ", "))) lies on all of them",
                evidence: ordered.map { Finding.Evidence("class \($0.key)", Phrase.count($0.value, "OSD")) },
                remedy: ["# the class that each pool is meant for; its data on the other one move"]
                    + pools.prefix(4).flatMap { pool in
                        CrushRemedy.newRule(
                            for: pool, root: root, domain: shape.failureDomainName, deviceClass: ordered.first?.key,
                            in: view.map)
                    },
                basis: .exact)
        }
    }

    /// C08: OSDs without a class, or with one that contradicts the kernel.
    static func wrongClasses(_ view: CrushView) -> [Finding] {
        let metadata = Dictionary(
            (view.ceph.osdMetadata ?? []).map { ($0.osd, $0) }, uniquingKeysWith: { first, _ in first })
        let existing = view.map.states.existing
        var findings: [Finding] = []
        let without = existing.filter { view.weights[$0] != nil && view.crush.deviceClasses[ItemID($0)] == nil }
        if !without.isEmpty {
            let known = Dictionary(grouping: without) { metadata[$0]?.defaultDeviceClass ?? "" }
            findings.append(
                Finding(
                    check: "C08", severity: .warning, subject: Finding.Subject("class", "none"),
                    message:
                        "\(Phrase.count(without.count, "OSD")) without a device class: no rule that names a class chooses them",
                    evidence: [Finding.Evidence("osds", Phrase.list(without, limit: 24))],
                    remedy: known.sorted { $0.key < $1.key }.map { name, osds in
                        setClass(name.isEmpty ? "CLASS" : name, osds)
                    }, basis: .exact))
        }
        let wrong = existing.filter { osd in
            guard let rotates = metadata[osd]?.isRotational, let name = className(osd, view) else { return false }
            return (name == "hdd" && !rotates) || (["ssd", "nvme"].contains(name) && rotates)
        }
        for (name, osds) in Dictionary(grouping: wrong, by: { className($0, view) ?? "" }).sorted(by: {
            $0.key < $1.key
        }) {
            let real = name == "hdd" ? "ssd" : "hdd"
            findings.append(
                Finding(
                    check: "C08", severity: .warning, subject: Finding.Subject("class", name),
                    message:
                        "\(Phrase.count(osds.count, "OSD")) of class \(name) on devices that "
                        + (name == "hdd" ? "do not rotate" : "rotate"),
                    evidence: [Finding.Evidence("osds", Phrase.list(osds, limit: 24))],
                    remedy: [
                        "# unless the kernel is wrong, as it is of some controllers and virtual disks:",
                        "ceph osd crush rm-device-class \(names(osds))", setClass(real, osds),
                    ], basis: .exact))
        }
        return findings
    }

    /// C09: what is at no place of the tree, or at two.
    static func misplaced(_ view: CrushView) -> [Finding] {
        outsideOfRules(view) + heldTwice(view) + rootless(view)
    }

    private static func outsideOfRules(_ view: CrushView) -> [Finding] {
        var reached = Set<OSDID>()
        for shape in view.shapes {
            for take in shape.takes { reached.formUnion(shape.members(of: take, by: 0).map(\.osd)) }
        }
        let outside = view.map.states.existing.filter { !reached.contains($0) && view.map.states.isIn($0) }
        let root = mainRoot(view)
        return view.byHolder(outside).map { subject, osds in
            let isLoose = subject.kind == "osd"
            return Finding(
                check: "C09", severity: .warning, subject: subject,
                message: isLoose
                    ? "osd.\(subject.name) is in and in no bucket of the CRUSH map: it gets no data"
                    : "\(Phrase.count(osds.count, "OSD")) below \(subject.name) (\(Phrase.list(osds, limit: 4))) \(osds.count == 1 ? "is" : "are") in, "
                        + "and outside of what any rule takes: no data get there",
                evidence: [
                    Finding.Evidence("osds", Phrase.list(osds, limit: 24)),
                    Finding.Evidence(
                        "rules take",
                        Set(view.shapes.flatMap { shape in shape.takes.map { shape.text(of: $0) } }).sorted()
                            .joined(separator: ", ")),
                ],
                remedy: isLoose
                    ? [
                        "ceph osd crush create-or-move osd.\(subject.name) WEIGHT \(root) host=HOST",
                        "# or, if it is to go: ceph osd out \(subject.name)",
                    ]
                    : [
                        "# if it belongs there: ceph osd crush move \(subject.name) \(root)",
                        "# if it does not: ceph osd out \(osds.map { "\($0.value)" }.joined(separator: " "))",
                    ],
                basis: .exact)
        }
    }

    private static func heldTwice(_ view: CrushView) -> [Finding] {
        var holders: [ItemID: [ItemID]] = [:]
        for bucket in view.buckets {
            for item in Set(bucket.items) { holders[item, default: []].append(bucket.id) }
        }
        return holders.filter { $0.value.count > 1 }.sorted { $0.key < $1.key }.map { item, above in
            let name = view.crush.itemNames[item] ?? "osd.\(item)"
            let places = above.sorted { $1 < $0 }.map(view.name)
            let type = view.crush.bucket(item).map { view.typeName(Int32($0.type)) } ?? "osd"
            let subject = item.osd.map { Finding.Subject("osd", "\($0.value)") } ?? Finding.Subject(type, name)
            return Finding(
                check: "C09", severity: .warning, subject: subject,
                message:
                    "\(name) is in \(above.count) buckets, \(places.joined(separator: " and ")): two copies in different "
                    + "buckets may be on it",
                evidence: [Finding.Evidence("buckets", places.joined(separator: ", "))],
                remedy: places.dropFirst().map { "ceph osd crush unlink \(name) \($0)" }, basis: .exact)
        }
    }

    /// Buckets below nothing that are neither of the root's type nor taken by a rule.
    private static func rootless(_ view: CrushView) -> [Finding] {
        let taken = Set(view.shapes.flatMap { $0.takes.map(\.root) })
        let rootType = view.crush.typeNames.keys.max() ?? 0
        let root = mainRoot(view)
        return view.crush.roots().compactMap { item -> Finding? in
            guard let bucket = view.crush.bucket(item), Int32(bucket.type) != rootType, !taken.contains(item) else {
                return nil
            }
            let name = view.name(item)
            return Finding(
                check: "C09", severity: bucket.items.isEmpty ? .info : .warning,
                subject: Finding.Subject(view.typeName(Int32(bucket.type)), name),
                message:
                    "\(view.typeName(Int32(bucket.type))) \(name) is below no other bucket, and no rule takes it"
                    + (bucket.items.isEmpty ? "; it is empty" : ""),
                evidence: [Finding.Evidence("items", "\(bucket.items.count)")],
                remedy: bucket.items.isEmpty
                    ? ["ceph osd crush rm \(name)"] : ["ceph osd crush move \(name) \(root)"],
                basis: .exact)
        }
    }

    /// What the first rule takes, as a location.
    private static func mainRoot(_ view: CrushView) -> String {
        guard let root = (view.usedShapes + view.shapes).first?.takes.first?.root, let bucket = view.crush.bucket(root)
        else { return "root=default" }
        return "\(view.typeName(Int32(bucket.type)))=\(view.name(root))"
    }

    private static func className(_ osd: OSDID, _ view: CrushView) -> String? {
        view.crush.deviceClasses[ItemID(osd)].flatMap { view.crush.classNames[$0] }
    }

    private static func setClass(_ name: String, _ osds: [OSDID]) -> String {
        "ceph osd crush set-device-class \(name) \(names(osds))"
    }

    private static func names(_ osds: [OSDID]) -> String {
        osds.map { "osd.\($0.value)" }.joined(separator: " ")
    }
}

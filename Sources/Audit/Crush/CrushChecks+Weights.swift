import CRUSH
import ClusterState
import Resilience
import Vocabulary

extension CrushChecks {
    /// C13: buckets that are not weighed with the sum of what they hold.
    static func unevenSums(_ view: CrushView) -> [Finding] {
        let sums = Dictionary(view.buckets.map { ($0.id, sum(of: $0)) }, uniquingKeysWith: { first, _ in first })
        var found: [ItemID: (weighed: UInt64, parent: String?)] = [:]
        for bucket in view.buckets {
            for (position, child) in bucket.items.enumerated() {
                guard let sum = sums[child] else { continue }
                let weight = UInt64(bucket.weight(at: position).raw)
                if differs(weight, sum) { found[child] = (weight, view.name(bucket.id)) }
            }
            if found[bucket.id] == nil, let sum = sums[bucket.id], differs(UInt64(bucket.weight.raw), sum) {
                found[bucket.id] = (UInt64(bucket.weight.raw), nil)
            }
        }
        return found.sorted { $1.key < $0.key }.map { item, entry in
            let type = view.crush.bucket(item).map { view.typeName(Int32($0.type)) } ?? "bucket"
            let name = view.name(item)
            let sum = Double(sums[item] ?? 0) / 65536
            let weight = Double(entry.weighed) / 65536
            return Finding(
                check: "C13", severity: .warning, subject: Finding.Subject(type, name),
                message:
                    "\(type) \(name) is weighed with \(Phrase.decimal(weight)), and its items weigh \(Phrase.decimal(sum)) "
                    + "together: it gets \(weight > sum ? "more" : "less") data than its OSDs stand for",
                evidence: [
                    Finding.Evidence("weight" + (entry.parent.map { " in \($0)" } ?? ""), Phrase.weight(weight)),
                    Finding.Evidence("sum of items", Phrase.weight(sum)),
                ],
                remedy: [
                    "ceph osd getcrushmap -o crush.bin", "crushtool -i crush.bin --reweight -o crush.new",
                    "# how much that moves:", "crushtool -i crush.bin --compare crush.new",
                    "ceph osd crush reweight-all",
                ], basis: .exact)
        }
    }

    /// C14: OSDs that are in and weigh nothing.
    static func weightless(_ view: CrushView) -> [Finding] {
        let weights = view.weights
        let idle = view.map.states.existing.filter { view.map.states.isIn($0) && weights[$0] == .zero }
        let sizes = sizes(view)
        return view.byHolder(idle).map { subject, osds in
            Finding(
                check: "C14", severity: .warning, subject: subject,
                message:
                    "\(Phrase.count(osds.count, "OSD")) of \(subject.name) (\(Phrase.list(osds, limit: 4))) \(osds.count == 1 ? "is" : "are") "
                    + "in with CRUSH weight 0: no data get there",
                evidence: [Finding.Evidence("osds", Phrase.list(osds, limit: 24))],
                remedy: osds.prefix(8).map { osd in
                    "ceph osd crush reweight osd.\(osd.value) " + (sizes[osd].map(Phrase.weight) ?? "TIB")
                } + ["# or, if they are drained: ceph osd out \(osds.map { "\($0.value)" }.joined(separator: " "))"],
                basis: .exact)
        }
    }

    /// C15: weights that do not follow sizes.
    static func wrongSizes(_ view: CrushView) -> [Finding] {
        let weights = view.weights
        let sizes = sizes(view)
        let pairs = view.map.states.existing.compactMap { osd -> (osd: OSDID, weight: Double, size: Double)? in
            guard let weight = weights[osd]?.value, weight > 0, let size = sizes[osd] else { return nil }
            return (osd, weight, size)
        }
        let ratios = pairs.map { $0.weight / $0.size }.sorted()
        guard let middle = ratios.isEmpty ? nil : ratios[ratios.count / 2] else { return [] }
        // A weight is set with four digits after the point: on a device of a GiB that is some percent.
        let unlike = pairs.filter { abs($0.weight - $0.size * middle) > 0.05 * $0.size * middle + 0.00006 }
        let byOSD = Dictionary(unlike.map { ($0.osd, $0) }, uniquingKeysWith: { first, _ in first })
        var findings = view.byHolder(unlike.map(\.osd)).map { subject, osds in
            let texts = osds.compactMap { osd in
                byOSD[osd].map {
                    "osd.\(osd.value) weighs \(Phrase.decimal($0.weight, places: 3)) at \(Phrase.decimal($0.size, places: 3)) TiB"
                }
            }
            return Finding(
                check: "C15", severity: .warning, subject: subject,
                message:
                    "\(Phrase.count(osds.count, "OSD")) of \(subject.name) with a CRUSH weight that does not follow the size: "
                    + texts.limited(to: 2).joined(separator: "; "),
                evidence: [
                    Finding.Evidence("osds", texts.limited(to: 12).joined(separator: "; ")),
                    Finding.Evidence("weight per TiB elsewhere", Phrase.decimal(middle, places: 3)),
                ],
                remedy: osds.prefix(8).compactMap { osd in
                    byOSD[osd].map { "ceph osd crush reweight osd.\(osd.value) \(Phrase.weight($0.size * middle))" }
                } + (osds.count > 8 ? ["# and the same for the others"] : []), basis: .exact)
        }
        if abs(middle - 1) > 0.05, ratios.last.map({ $0 - middle < 0.05 * middle }) == true,
            pairs.contains(where: { $0.size > 0.01 })
        {
            findings.append(
                Finding(
                    check: "C15", severity: .info, subject: .cluster,
                    message:
                        "OSDs weigh \(Phrase.decimal(middle, places: 3)) a TiB: a new OSD weighs 1 a TiB and would get "
                        + "\(middle < 1 ? "more" : "less") data than the others",
                    evidence: [Finding.Evidence("osds", "\(pairs.count)")],
                    remedy: [
                        "ceph config set osd osd_crush_initial_weight \(Phrase.weight((pairs.first?.size ?? 1) * middle))"
                    ],
                    basis: .exact))
        }
        return findings
    }

    /// C16: reweights and weight-sets that are left over.
    static func leftovers(_ view: CrushView) -> [Finding] {
        let states = view.map.states
        let reweighted = states.existing.filter { states.isIn($0) && states.weight(of: $0) < .one }
        var findings: [Finding] = []
        if !reweighted.isEmpty {
            let lowest = reweighted.map { states.weight(of: $0).value }.min() ?? 1
            findings.append(
                Finding(
                    check: "C16", severity: .warning, subject: Finding.Subject("cluster", "reweights"),
                    message:
                        "\(Phrase.count(reweighted.count, "OSD")) in with a reweight below 1 (down to \(Phrase.decimal(lowest))): "
                        + "CRUSH is corrected by chance instead of by upmaps",
                    evidence: [
                        Finding.Evidence(
                            "osds",
                            reweighted.map {
                                "osd.\($0.value) \(Phrase.decimal(states.weight(of: $0).value, places: 4))"
                            }
                            .limited(to: 24).joined(separator: ", "))
                    ],
                    remedy: ["ceph balancer mode upmap", "ceph balancer on"]
                        + reweighted.prefix(8).map { "ceph osd reweight \($0.value) 1.0" }
                        + (reweighted.count > 8 ? ["# and the same for the others, some at a time"] : []),
                    basis: .exact))
        }
        let hasUpmaps = !view.map.upmapItems.isEmpty || !view.map.upmaps.isEmpty
        guard hasUpmaps else { return findings }
        for (key, rows) in view.crush.chooseArgs.sorted(by: { $0.key < $1.key })
        where rows.values.contains(where: { !$0.weightSets.isEmpty }) {
            let isDefault = key == CrushMap.defaultChooseArgs
            let pool = view.pools.first { $0.id.value == key }?.name
            let name = isDefault ? "(compat)" : pool ?? "\(key)"
            findings.append(
                Finding(
                    check: "C16", severity: .warning, subject: Finding.Subject("weight-set", name),
                    message:
                        "weight-set \(name) changes the weights of \(rows.count) buckets, while "
                        + "\(view.map.upmapItems.count + view.map.upmaps.count) PGs have upmaps: both even out the same thing",
                    evidence: [Finding.Evidence("buckets", "\(rows.count)")],
                    remedy: [
                        "# data move once; the upmap balancer evens out afterwards",
                        isDefault ? "ceph osd crush weight-set rm-compat" : "ceph osd crush weight-set rm \(name)",
                    ], basis: .exact))
        }
        return findings
    }

    /// The size of each OSD in TiB, as far as it is known.
    private static func sizes(_ view: CrushView) -> [OSDID: Double] {
        var sizes: [OSDID: Double] = [:]
        for one in view.ceph.osdMetadata ?? [] {
            if let size = one.deviceSize, size > .zero { sizes[one.osd] = Double(size.bytes) / 0x1p40 }
        }
        // What the store says goes before the device: it is what an OSD weights itself with when it is made.
        for one in view.ceph.osdUsage ?? [] where one.total > .zero {
            sizes[one.osd] = Double(one.total.bytes) / 0x1p40
        }
        return sizes
    }

    private static func sum(of bucket: Bucket) -> UInt64 {
        bucket.items.indices.reduce(0) { $0 + UInt64(bucket.weight(at: $1).raw) }
    }

    /// A map that went through text has rounded weights, which is no fault.
    private static func differs(_ weight: UInt64, _ sum: UInt64) -> Bool {
        (weight > sum ? weight - sum : sum - weight) > max(16, sum / 1000)
    }
}

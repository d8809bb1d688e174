import CRUSH
import ClusterState
import Resilience
import Vocabulary

extension CrushChecks {
    static let tunables: [Check] = [
        check(
            "C17", "old tunables and bucket algorithms", .warning,
            meaning: "The map's tunables are older than jewel's, or buckets choose by straw, tree, list or uniform.",
            reason:
                "Old tunables fail more often to find all copies and move more data than they must. Straws are wrong when "
                + "weights are equal or zero. Device classes need straw2 to work well.",
            remedy: "Change them one at a time, with a look at what moves; from straw to straw2 that is little.",
            find: oldTunables),
        check(
            "C20", "oldest allowed client does not fit what is in use", .warning,
            meaning:
                "`require_min_compat_client` is below what upmaps or rules in use need, keeps the balancer from using upmaps, or "
                + "shuts out clients for nothing.",
            reason:
                "A client that does not know a feature of the map computes other places than the OSDs: it fails, or is refused. "
                + "Kernel clients know upmaps, but neither upmaps of primaries nor multi-step retry rules before the newest kernels.",
            remedy: "Look at `ceph features` for who is connected, then set the release.",
            find: oldestClient),
    ]

    /// C17: tunables below jewel's, and buckets of old kinds.
    static func oldTunables(_ view: CrushView) -> [Finding] {
        var findings: [Finding] = []
        let old = oldValues(view.crush.tunables)
        if !old.isEmpty {
            findings.append(
                Finding(
                    check: "C17", severity: .warning, subject: Finding.Subject("tunables", ""),
                    message: "\(Phrase.count(old.count, "tunable")) older than jewel's: \(old.joined(separator: ", "))",
                    evidence: old.map { Finding.Evidence("tunable", $0) },
                    remedy: [
                        "ceph osd getcrushmap -o crush.bin",
                        "crushtool -i crush.bin --set-choose-local-tries 0 --set-choose-local-fallback-tries 0 "
                            + "--set-choose-total-tries 50 --set-chooseleaf-descend-once 1 --set-chooseleaf-vary-r 1 "
                            + "--set-chooseleaf-stable 1 --set-straw-calc-version 1 -o crush.new",
                        "# how much that moves, and it may be most data:", "crushtool -i crush.bin --compare crush.new",
                        "ceph osd crush tunables optimal",
                    ], basis: .exact))
        }
        let kinds = Dictionary(grouping: view.buckets.filter { !$0.items.isEmpty }, by: \.algorithm)
        for (number, buckets) in kinds.sorted(by: { $0.key < $1.key }) where number != 5 {
            let kind = Bucket.Algorithm(rawValue: number)?.name ?? "\(number)"
            let names = buckets.map { view.name($0.id) }
            findings.append(
                Finding(
                    check: "C17", severity: number == 1 || number == 2 ? .info : .warning,
                    subject: Finding.Subject("algorithm", kind),
                    message:
                        "\(Phrase.count(buckets.count, "bucket")) by \(kind) instead of straw2: "
                        + names.limited(to: 4).joined(separator: ", "),
                    evidence: [Finding.Evidence("buckets", names.limited(to: 24).joined(separator: ", "))],
                    remedy: kind == "straw"
                        ? ["ceph osd getcrushmap -o crush.bin", "ceph osd crush set-all-straw-buckets-to-straw2"]
                        : CrushRemedy.edit("\"alg straw2\" instead of \"alg \(kind)\""),
                    basis: .exact))
        }
        return findings
    }

    /// The tunables that are older than jewel's, as `name value (value of jewel)`.
    private static func oldValues(_ values: Tunables) -> [String] {
        let wanted = Tunables.jewel
        func text(_ name: String, _ value: some BinaryInteger, _ good: some BinaryInteger) -> String {
            "\(name) \(value) (\(good))"
        }
        var old: [String] = []
        if values.chooseLocalTries > 0 { old.append(text("choose_local_tries", values.chooseLocalTries, 0)) }
        if values.chooseLocalFallbackTries > 0 {
            old.append(text("choose_local_fallback_tries", values.chooseLocalFallbackTries, 0))
        }
        if values.chooseTotalTries < wanted.chooseTotalTries {
            old.append(text("choose_total_tries", values.chooseTotalTries, wanted.chooseTotalTries))
        }
        if values.chooseLeafDescendOnce == 0 { old.append(text("chooseleaf_descend_once", 0, 1)) }
        if values.chooseLeafVaryR != 1 { old.append(text("chooseleaf_vary_r", values.chooseLeafVaryR, 1)) }
        if values.chooseLeafStable == 0 { old.append(text("chooseleaf_stable", 0, 1)) }
        if values.strawCalcVersion == 0 { old.append(text("straw_calc_version", 0, 1)) }
        return old
    }

    /// C20: the oldest client that may connect, against what the map needs.
    static func oldestClient(_ view: CrushView) -> [Finding] {
        let map = view.map
        var needs: [(release: CephRelease, what: String)] = []
        if !map.upmapItems.isEmpty || !map.upmaps.isEmpty {
            needs.append((.luminous, Phrase.count(map.upmapItems.count + map.upmaps.count, "upmap")))
        }
        if !map.upmapPrimaries.isEmpty {
            needs.append((.reef, Phrase.count(map.upmapPrimaries.count, "upmap") + " of primaries"))
        }
        let retrying = view.usedShapes.filter(\.isMSR)
        if let first = retrying.first {
            needs.append((.squid, "\(Phrase.count(retrying.count, "multi-step retry rule")) such as \(first.name)"))
        }
        let allowed = map.requireMinCompatClient
        func finding(_ severity: Severity, _ message: String, _ wanted: CephRelease, _ force: String = "") -> Finding {
            Finding(
                check: "C20", severity: severity, subject: .cluster, message: message,
                evidence: [Finding.Evidence("require_min_compat_client", "\(allowed)")]
                    + needs.map { Finding.Evidence("needs \($0.release)", $0.what) },
                remedy: ["ceph features", "ceph osd set-require-min-compat-client \(wanted)\(force)"], basis: .exact)
        }
        if let most = needs.max(by: { $0.release < $1.release }), most.release > allowed {
            return [
                finding(
                    .warning,
                    "clients from \(allowed) on may connect, but \(most.what) take \(most.release): older ones compute other "
                        + "places", most.release)
            ]
        }
        if allowed < .luminous {
            return [
                finding(
                    .warning, "clients from \(allowed) on may connect, which keeps the balancer from using upmaps",
                    .luminous)
            ]
        }
        let needed = needs.map(\.release).max() ?? .luminous
        if allowed >= .reef, needed < .reef {
            return [
                finding(
                    .info,
                    "clients before \(allowed) are shut out, kernel clients among them, although nothing in the map takes more "
                        + "than \(needed)", needed, " --yes-i-really-mean-it")
            ]
        }
        return []
    }
}

import CRUSH
import ClusterState
import Resilience
import Vocabulary

/// Is the CRUSH map what it should be: classes, weights, tunables, and what the options make of it?
enum CrushChecks {
    /// All checks of this kind, by id.
    static let all: [Check] = classes + weights + tunables + balance + defaults

    /// A check of the CRUSH map whose function is given the map read for it.
    static func check(
        _ id: String, _ title: String, _ severity: Severity, _ basis: Finding.Basis = .exact,
        needs inputs: [Check.Input] = [.osdMap], meaning: String, reason: String, remedy: String,
        find: @escaping @Sendable (CrushView) -> [Finding]
    ) -> Check {
        Check(
            id, title, .crush, severity, basis, needs: inputs, meaning: meaning, reason: reason, remedy: remedy
        ) { context in context.ceph.map { find(CrushView($0)) } ?? [] }
    }

    private static let classes: [Check] = [
        check(
            "C07", "rule without a device class over several classes", .warning,
            meaning:
                "A rule that pools use takes a bucket without naming a device class, and below it there are several.",
            reason:
                "Its PGs lie on fast and slow devices alike: the pool is as slow as the slowest copy, and the capacity of "
                + "each class can no longer be planned apart. The autoscaler may pass over pools whose rules overlap.",
            remedy: "Give each pool a rule with a class. Data on the other class move; do it pool by pool.",
            find: mixedClasses),
        check(
            "C08", "OSDs without a class, or with one that is not what they are", .warning,
            meaning:
                "An OSD has no device class, or its class says that it rotates and the kernel says that it does not.",
            reason:
                "A rule with a class never chooses an OSD without one: its space is lost. A disk in the class of flash slows "
                + "down every pool of that class.",
            remedy: "Set the class. Setting it moves data to or from the OSD where rules name classes.",
            find: wrongClasses),
        check(
            "C09", "OSDs and buckets at no place, or at two", .warning,
            meaning:
                "An OSD is outside of what any rule takes, an OSD is in two buckets, or a bucket that should be in a tree is in none.",
            reason:
                "OSDs outside of every rule get no data, however full the others are. An OSD in two buckets counts in two "
                + "failure domains: two copies that look apart are not.",
            remedy: "Move OSDs and buckets to where they stand, and remove what is left over.",
            find: misplaced),
    ]

    private static let weights: [Check] = [
        check(
            "C13", "bucket weight that is not the sum of its items", .warning,
            meaning: "A bucket is weighed with something else than its items weigh together.",
            reason:
                "CRUSH chooses the bucket by the one number and within it by the others: its OSDs get more or less data than "
                + "their weights say, and nothing shows it but their fill.",
            remedy: "`ceph osd crush reweight-all` sums up anew. It moves data: look at how many first.",
            find: unevenSums),
        check(
            "C14", "OSDs that are in with weight 0", .warning,
            meaning: "An OSD exists and is in, and its weight in the CRUSH map is 0.",
            reason:
                "It gets no data, yet counts as in: for the ratios of OSDs that are in, and for whoever counts hosts. As a rule "
                + "a new OSD that nobody weighted, or a drained one that was forgotten.",
            remedy: "Weight it by its size in TiB, or mark it out.",
            find: weightless),
        check(
            "C15", "weight that is not the size of the device", .warning, needs: [.osdMap, .osdUsage],
            meaning: "The ratio of an OSD's CRUSH weight to its size is more than 5 % off that of the other OSDs.",
            reason:
                "Data follow weights. An OSD that weighs too much fills up before the others, and the fullest OSD stops the pool.",
            remedy: "Set the weight to the size in TiB; in steps, where it moves much.",
            find: wrongSizes),
        check(
            "C16", "old overrides: reweights and weight-sets", .warning,
            meaning:
                "OSDs that are in have a reweight below 1, or a weight-set is left in the map while the balancer works with upmaps.",
            reason:
                "A reweight rejects a part of what CRUSH chooses and costs retries; it outlives its cause by years. A weight-set "
                + "and upmaps correct the same thing twice, against each other.",
            remedy: "Turn the upmap balancer on, take the overrides away step by step, and let it even out.",
            find: leftovers),
    ]
}

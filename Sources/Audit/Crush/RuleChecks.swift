import CRUSH
import ClusterState
import Resilience
import Vocabulary

/// Does each rule do what it is for: find all copies, keep them apart, and go on doing so after a loss?
enum RuleChecks {
    /// All checks of this kind, by id.
    static let all: [Check] = shape + mapping + upmaps + sites

    private static let shape: [Check] = [
        CrushChecks.check(
            "C01", "rule takes what is missing or empty", .critical,
            meaning:
                "A rule takes a bucket that does not exist or holds no OSD, or a device class that no OSD below has.",
            reason:
                "PGs of its pools are mapped nowhere: they are never created, or lose every place at the next change.",
            remedy: "Make a rule that takes what is there, and set the pool to it.",
            find: emptyTakes),
        CrushChecks.check(
            "C05", "rule yields too few copies, or too many in one place", .critical,
            meaning:
                "The counts in a rule's steps multiply to less than the pool's size, or put more copies into one bucket than the "
                + "pool may lose.",
            reason:
                "No number of hosts helps: by construction a copy is missing, or one bucket takes more copies with it than "
                + "`min_size` allows for. After a step that chooses several buckets, a count of 0 fills the first of them alone.",
            remedy: "Correct the counts, or make a new rule.",
            find: wrongCounts),
        Check(
            "C12", "racks that keep nothing apart", .crush, .critical,
            meaning:
                "A rule spreads over racks (or another type above the host) of which there are fewer than copies; or a rule spreads "
                + "over hosts, and one rack holds the hosts of so many copies that PGs stop with it.",
            reason:
                "With too few racks copies find no home. With several hosts of one PG in a rack, its switch or power supply is "
                + "what the pool hangs on.",
            remedy:
                "Put each host into the rack that it stands in, and use a rule by rack where there are as many racks as copies."
        ) { context in
            guard let ceph = context.ceph else { return [] }
            let view = CrushView(ceph)
            return fewRacks(view) + crowdedRacks(view, context.matrix)
        },
    ]

    private static let mapping: [Check] = [
        CrushChecks.check(
            "C02", "PGs that CRUSH does not fully map", .critical,
            meaning:
                "Every PG of every pool was mapped, and CRUSH finds fewer OSDs for some of them than the pool's size.",
            reason:
                "These PGs are undersized for ever, or inactive. Sampling tests miss it: a few PGs of many thousands are enough.",
            remedy: "Add failure domains, or give the rule more tries or a better shape.",
            find: unmapped),
        CrushChecks.check(
            "C03", "PGs close to the end of their tries", .warning,
            meaning: "With 60 % of the tries that CRUSH is allowed some PGs are mapped differently, or not fully.",
            reason:
                "Their mapping needs more than 60 % of the tries. When an OSD or a host goes, such PGs are the first that "
                + "find no place.",
            remedy: "Raise `set_choose_tries` in the rule; PGs that are mapped now stay where they are.",
            find: nearTheLimit),
        Check(
            "C04", "rule that cannot heal although there is room", .crush, .critical,
            meaning:
                "A rule first chooses buckets and then chooses within them. After the loss of a host some PGs stay short of a "
                + "copy, although other hosts could take it.",
            reason:
                "Once such a rule has chosen a bucket it never tries another one. A host whose OSDs are all out still weighs what "
                + "it weighs in the map and is chosen: the PG keeps a hole until the host is back or removed from the map. No "
                + "health check tells before.",
            remedy: "Use `chooseleaf`, with one copy for each bucket, or from Ceph 19 on a multi-step retry rule."
        ) { context in
            guard let ceph = context.ceph, let hosts = context.matrix?.level("host") else { return [] }
            return holesAfterLoss(CrushView(ceph), hosts)
        },
        CrushChecks.check(
            "C06", "parts of a rule meet on one host", .critical,
            meaning:
                "A rule has several takes, and PGs were found whose copies from different takes are in one failure domain.",
            reason:
                "Each part keeps its own copies apart and knows nothing of the other: with flash and disks in the same hosts, the "
                + "primary's host often holds another copy.",
            remedy: "Give the parts hosts (or racks) of their own.",
            find: meetingTakes),
    ]

    private static let upmaps: [Check] = [
        CrushChecks.check(
            "C18", "upmap against the rule", .critical,
            meaning:
                "With its upmap a PG has more copies in one failure domain than its rule would put there, or a copy on an OSD that "
                + "the rule does not take.",
            reason:
                "What the rule promises does not hold for this PG: with one host it may lose data or stop. Upmaps by hand or by "
                + "tools do that, and so do hosts that were moved since.",
            remedy: "Remove the upmap; the PG's data move back to where CRUSH puts them.",
            find: upmapsAgainstRule),
        CrushChecks.check(
            "C19", "upmaps that do nothing", .info,
            meaning:
                "An upmap moves from an OSD that CRUSH does not choose, to one that is out or there already, or is of no PG.",
            reason: "Left-overs of former states; some act again, unasked, once CRUSH chooses the OSD anew.",
            remedy: "Remove them.",
            find: idleUpmaps),
    ]

    private static let sites: [Check] = [
        CrushChecks.check(
            "C22", "stretch mode whose sites are not as it needs them", .warning, needs: [.osdMap, .monitors],
            meaning:
                "The two sites differ in weight, a monitor has no location in one of them, or the tiebreaker stands in a data site.",
            reason:
                "When a site fails, stretch mode makes the other one serve alone. It must hold all data, and the monitors must know "
                + "where they are; a tiebreaker that fails with a site breaks no tie.",
            remedy: "Even the weights out and set the monitors' locations.",
            find: stretchMode),
        CrushChecks.check(
            "C23", "two sites without stretch mode", .critical,
            meaning:
                "Data are on two sites without stretch mode, and there are PGs of which one site holds so many copies that the rest "
                + "is below `min_size`.",
            reason:
                "With three copies on two sites one site always has two. When that one fails, the PGs stop; when the other one "
                + "fails, they go on writing to the two, and a second failure loses what only they have.",
            remedy: "Keep four copies, two in each site, and turn stretch mode on with a tiebreaker elsewhere.",
            find: lopsidedSites),
    ]
}

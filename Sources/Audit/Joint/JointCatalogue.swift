import Resilience

/// The checks of Ceph and Kubernetes together, host by host.
enum JointCatalogue {
    /// All of them.
    static let all: [Check] = [
        Check(
            "C10", "a CRUSH host that is not the machine", .joint, .critical, needs: [.osdMetadata],
            meaning: """
                OSDs in a host bucket run on another machine, by the name that they tell or by their pod's node; or a
                host is no node although others are.
                """,
            reason: """
                CRUSH keeps copies apart by bucket. If a bucket is not the machine, two copies may be on one machine,
                and the loss of a host is not what this audit says it is.
                """,
            remedy: "Move the OSDs to the bucket of their machine, or rename the bucket."
        ) { context in
            context.ceph.map {
                HostChecks.fiction($0, context.kubernetes)
                    + HostChecks.notJoined(context.joint.join, context.kubernetes)
            } ?? []
        },
        Check(
            "C11", "zones of Kubernetes are not those of CRUSH", .joint, .warning, needs: [.osdMap, .kubernetes],
            meaning: """
                The zone or rack label of a node and the CRUSH ancestors of its host have different names.
                """,
            reason: """
                Pods spread over zones, data over racks; if they are not the same, one failure takes a majority of one
                and all copies of the other.
                """,
            remedy: "Align labels or CRUSH, whichever is wrong."
        ) { context in
            context.ceph.map { HostChecks.topology($0, context.joint.join, context.kubernetes) } ?? []
        },
        Check(
            "K17", "a StorageClass whose pool one host stops", .joint, .critical, needs: [.osdMap, .kubernetes],
            meaning: "PGs of a pool of the class stop, or lose data, with one host.",
            reason: "All volumes of the class share that fate.",
            remedy: "See the findings of the pool; what mends it mends the class."
        ) { context in
            LossChecks.inheritedByClasses(context.joint)
        },
        Check(
            "X01", "PGs that stop with one host", .joint, .critical, needs: [.osdMap],
            meaning: "Without the host PGs have fewer copies or shards than min_size.",
            reason: """
                They serve neither reads nor writes until the host is back or recovery is through. Computed from every
                PG's acting set.
                """,
            remedy: "See the findings of the pools that are named: rule, size, min_size, upmaps."
        ) { context in
            LossChecks.stoppedPGs(context.joint)
        },
        Check(
            "X02", "data lost with one host", .joint, .critical, needs: [.osdMap],
            meaning: "Without the host PGs have objects of which no copy, or fewer than k shards, are left.",
            reason: "What only the lost host has is lost if it does not come back.",
            remedy: "See the findings of the pools that are named."
        ) { context in
            LossChecks.lostPGs(context.joint)
        },
        Check(
            "X03", "quorums and services lost with one host", .joint, .critical, needs: [],
            meaning: "Monitors, etcd, Galera, RabbitMQ, DNS, APIs or webhooks stop with the host.",
            reason: """
                One table for all that needs a majority or at least one member, with pods that stop because their volume
                does.
                """,
            remedy: "See the findings of the workloads that are named."
        ) { context in
            LossChecks.lostQuorums(context.joint)
        },
        Check(
            "X04", "a stopped pool that takes a service elsewhere down", .joint, .critical,
            needs: [.osdMap, .kubernetes],
            meaning: """
                Pods on other hosts have volumes on a pool that the host stops, and without them their service stops.
                """,
            reason: "The service looks spread, and is not: its members share a pool.",
            remedy: """
                Make the pool survive the host, or give members disks of their nodes. Heuristic where only some PGs of
                the pool stop.
                """
        ) { context in
            LossChecks.cascades(context.joint)
        },
        Check(
            "X05", "no room on either side", .joint, .warning, .heuristic, needs: [.osdMap, .osdUsage, .kubernetes],
            meaning: """
                After the loss of one and the same host OSDs come above nearfull, and pods find no room.
                """,
            reason: "Storage and compute each count on the same missing host.",
            remedy: "Add a host."
        ) { context in
            LossChecks.noHeadroom(context.joint)
        },
        Check(
            "X06", "no margin after a host", .joint, .info, needs: [],
            meaning: "After the loss of the host a system has no member to spare.",
            reason: "That is what three members are; until the host is back the next loss stops the system.",
            remedy: "Five members stand two losses."
        ) { context in
            OrderChecks.noMargin(context.joint)
        },
        Check(
            "X08", "larger domains that cannot be lost", .joint, .warning, needs: [.osdMap],
            meaning: """
                Without a rack, or another domain above the host, PGs stop, data are lost, or the monitors lose their
                quorum.
                """,
            reason: "It counts if that domain can fail as one: a switch, a power feed, a room.",
            remedy: "Keep copies apart by that type, and spread monitors over it."
        ) { context in
            context.matrix.map(LossChecks.largerDomains) ?? []
        },
        Check(
            "X09", "OSDs marked out late or never", .joint, .info, .heuristic, needs: [.configuration],
            meaning: "`mon_osd_down_out_interval` is 0 or above an hour.",
            reason: "Until OSDs are out nothing is copied, and data stay short of a copy.",
            remedy: "Set it to 600, unless somebody is on call who does it by hand."
        ) { context in
            context.ceph.map(OrderChecks.lateOut) ?? []
        },
        Check(
            "X10", "a circle of needs", .joint, .warning, .heuristic, needs: [.osdMap, .kubernetes],
            meaning: """
                Monitors, the control plane's etcd, DNS or the provisioner lie on volumes of the Ceph cluster that needs
                them.
                """,
            reason: "After a full stop each waits for the other.",
            remedy: "Give them disks of their nodes."
        ) { context in
            OrderChecks.cycles(context.joint)
        },
    ]
}

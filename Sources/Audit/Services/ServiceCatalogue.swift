import Resilience

/// The checks of systems that are known by name: databases, brokers, names, OpenStack, volumes.
enum ServiceCatalogue {
    static let all: [Check] = [
        Check(
            "G01", "Galera with too few members", .services, .critical, needs: [.kubernetes],
            meaning: "Galera has fewer than three members, or an even number and no arbitrator.",
            reason: """
                A primary component takes more than half. With two members either one's loss stops the other; an even
                number may split in halves.
                """,
            remedy: "Run three members, or an arbitrator (garbd)."
        ) { context in context.kubernetes.map(QuorumChecks.galeraMembers) ?? [] },
        Check(
            "G02", "a node that takes Galera's majority", .services, .critical, needs: [.kubernetes],
            meaning: "One node's loss leaves half of Galera's members or fewer.",
            reason: "What is left is no primary component and refuses every query.",
            remedy: "Move a member to another node."
        ) { context in context.kubernetes.map(QuorumChecks.galeraMajority) ?? [] },
        Check(
            "G06", "a Service that leads to one Galera member", .services, .warning, needs: [.kubernetes],
            meaning: "The only Service for Galera selects one pod by its name.",
            reason: "Clients lose the database with that pod's node, however many members there are.",
            remedy: "Select by state or by the set's labels, or let a proxy choose."
        ) { context in context.kubernetes.map(GaleraDataChecks.pinnedService) ?? [] },
        Check(
            "G07", "a backup in the database's own pool", .services, .warning, .heuristic, needs: [.kubernetes],
            meaning: "A claim whose name says backup lies in the pool of the Galera members beside it.",
            reason: "What destroys the pool destroys both.",
            remedy: "Keep backups in another cluster, or outside of Ceph."
        ) { context in
            withChain(context) { GaleraDataChecks.backupInSamePool($0, chain: $1) }
        },
        Check(
            "R01", "RabbitMQ with too few members", .services, .critical, needs: [.kubernetes],
            meaning: "RabbitMQ has fewer than three members, or an even number.",
            reason: """
                Quorum queues take a majority of their members, and since version 4 there are no mirrored queues. With
                two members either one's loss stops every queue.
                """,
            remedy: "Run three members, grow the queues onto them, rebalance."
        ) { context in context.kubernetes.map(QuorumChecks.brokerMembers) ?? [] },
        Check(
            "S01", "Memcached alone or together", .services, .warning, needs: [.kubernetes],
            meaning: "Memcached has one replica, or all are on one node.",
            reason: "With the node go cached tokens and sessions, and every service asks Keystone at once.",
            remedy: "Run three, on three nodes."
        ) { context in context.kubernetes.map(NameServiceChecks.memcached) ?? [] },
        Check(
            "E01", "etcd with too few members", .services, .critical, needs: [.kubernetes],
            meaning: "etcd has fewer than three members, or an even number.",
            reason: "It writes while more than half live. With two members it is weaker than with one.",
            remedy: "Run three or five."
        ) { context in context.kubernetes.map(QuorumChecks.etcdMembers) ?? [] },
        Check(
            "E02", "a node that takes etcd's majority", .services, .critical, needs: [.kubernetes],
            meaning: "One node's loss leaves half of etcd's members or fewer.",
            reason: "Without a majority it is read-only at best, and so is all that keeps its state in it.",
            remedy: "Move a member to another node."
        ) { context in context.kubernetes.map(QuorumChecks.etcdMajority) ?? [] },
        Check(
            "E04", "etcd on a network volume", .services, .warning, needs: [.kubernetes],
            meaning: "etcd keeps its data on volumes that Kubernetes must attach.",
            reason: """
                The control plane's own etcd then waits for itself after a full stop; another one depends on a pool and
                its latency.
                """,
            remedy: "Give it a disk of its node."
        ) { context in context.kubernetes.map(QuorumChecks.etcdOnNetworkVolume) ?? [] },
        Check(
            "N01", "DNS alone or together", .services, .critical, needs: [.kubernetes],
            meaning: "The cluster's name servers are one, or all on one node.",
            reason: "While they are away no name resolves, and with that nothing finds anything.",
            remedy: "Run at least two on two nodes."
        ) { context in context.kubernetes.map(NameServiceChecks.nameServers) ?? [] },
        Check(
            "N02", "DNS apart by wish only", .services, .warning, needs: [.kubernetes],
            meaning: "Name servers are kept apart by preferred rules only, though there are nodes enough.",
            reason: "Placed while one node was up, they stay together.",
            remedy: "Use a topology spread constraint with `DoNotSchedule`."
        ) { context in context.kubernetes.map(NameServiceChecks.nameServersByWish) ?? [] },
        Check(
            "N03", "no cache of names on the nodes", .services, .info, .heuristic, needs: [.kubernetes],
            meaning: """
                No node-local DNS cache runs, and name servers on a lost node are replaced after five minutes or later.
                """,
            reason: "Until the endpoint is withdrawn a share of all lookups goes nowhere.",
            remedy: "Run NodeLocal DNSCache, or shorten the tolerations."
        ) { context in context.kubernetes.map(NameServiceChecks.noCache) ?? [] },
        Check(
            "O01", "an OpenStack API alone or together", .services, .warning, needs: [.kubernetes],
            meaning: "The API of an OpenStack service has one replica, or all ready ones are on one node.",
            reason: "The service is away until its pods are replaced.",
            remedy: "Scale it to two or three, apart."
        ) { context in context.kubernetes.map(OpenStackChecks.interfaces) ?? [] },
        Check(
            "O04", "the way into OpenStack on one node", .services, .critical, needs: [.kubernetes],
            meaning: "All ingress controllers, or all of Keystone, are on one node.",
            reason: "Without them no API can be reached, or no token be had.",
            remedy: "Spread them."
        ) { context in context.kubernetes.map(OpenStackChecks.entrances) ?? [] },
        Check(
            "O05", "guests without a second home", .services, .info, .heuristic, needs: [.kubernetes],
            meaning: "Hypervisors run, and nothing restarts guests of a lost one elsewhere.",
            reason: "Guests stop with their hypervisor. That is by design, and should be known.",
            remedy: "Run masakari, or have the runbook for evacuation at hand."
        ) { context in context.kubernetes.map(OpenStackChecks.hypervisors) ?? [] },
        Check(
            "V01", "a volume provisioner alone or together", .services, .warning, needs: [.kubernetes],
            meaning: "The provisioner of volumes has one replica, or all are on one node.",
            reason: "While it is away no volume is made, grown or deleted. Volumes in use go on.",
            remedy: "Run two, apart; one leads."
        ) { context in context.kubernetes.map(VolumeServiceChecks.provisioners) ?? [] },
        Check(
            "V02", "a StorageClass without its pool", .services, .warning, needs: [.kubernetes],
            meaning: """
                A class names a pool that the Ceph cluster does not have. A class whose clusterID is another cluster's
                fsid is left alone.
                """,
            reason: "Its claims stay pending.",
            remedy: "Make the pool, or mend the class."
        ) { context in
            withChain(context) { VolumeServiceChecks.brokenClasses($0, chain: $1) }
        },
        Check(
            "V03", "volumes attached to a lost node", .services, .warning, needs: [.kubernetes],
            meaning: "VolumeAttachments name a node that is not ready, or not there.",
            reason: """
                Their pods start nowhere else before the volume is let go, and must not while the node may still write.
                """,
            remedy: "Fence the node first, then taint it out-of-service."
        ) { context in context.kubernetes.map(VolumeServiceChecks.attachedToLostNode) ?? [] },
        Check(
            "V04", "claims that wait on a full pool", .services, .warning, .heuristic, needs: [.kubernetes],
            meaning: "Claims are pending, and the pool of their class takes no more data.",
            reason: "They will not be bound until there is room.",
            remedy: "Add OSDs, raise the quota, or delete."
        ) { context in
            withChain(context) { VolumeServiceChecks.waitingForRoom($0, chain: $1) }
        },
    ]

    /// What a check finds that follows volumes to their pools; nothing without Ceph or without Kubernetes.
    private static func withChain(
        _ context: AuditContext, _ find: (KubernetesView, VolumeChain) -> [Finding]
    ) -> [Finding] {
        guard let view = context.kubernetes, let chain = context.joint.chain else { return [] }
        return find(view, chain)
    }
}

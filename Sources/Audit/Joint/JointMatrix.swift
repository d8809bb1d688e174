public import Resilience

/// What the loss of each machine does to storage and to what runs on it, together.
public struct JointMatrix: Hashable, Sendable {
    /// One machine.
    public struct Row: Hashable, Sendable {
        /// Its name: that of its CRUSH host, else of its node.
        public var machine: String
        /// Its CRUSH host; nil for a machine without OSDs.
        public var host: String?
        /// Its Kubernetes node; nil for one outside of Kubernetes.
        public var node: String?
        /// By what both were found to be one: `name`, `label`, `daemon`, `address`; nil where one side is missing.
        public var joinedBy: String?
        /// What its loss does to Ceph; nil for a machine without OSDs.
        public var loss: LossReport?
        /// Monitors, etcd, Galera, RabbitMQ: all systems that need a majority.
        public var quorums: [Quorum]
        /// Workloads that stop, by name: those of the systems that the cluster hangs on first.
        public var workloads: [StoppedWorkload]
        /// Claims whose volumes' I/O stops, as `namespace/name`, sorted.
        public var volumes: [String]
        /// Whether every volume named surely stops. If not, only some PGs of their pools stop, and a small volume may
        /// have no data there.
        public var volumesAreExact: Bool
        /// Webhooks that refuse what they are asked about once the machine is gone.
        public var webhooks: [String]
        /// How many pods of the machine find no room elsewhere.
        public var podsWithoutRoom: Int
        /// Whether it may be drained now.
        public var drain: Drain

        /// Whether nothing that the cluster hangs on stops, and no data are lost.
        public var isSurvived: Bool {
            (loss?.isSurvived ?? true) && quorums.allSatisfy { $0.holds || !$0.held } && webhooks.isEmpty
                && volumes.isEmpty && !workloads.contains(where: \.isCritical)
        }
    }

    /// A system that needs a majority, after a loss.
    public struct Quorum: Hashable, Sendable {
        /// The system: `ceph mon`, `etcd`, `galera`, `rabbitmq`.
        public var system: String
        /// Which one: `StatefulSet openstack/mariadb`; empty for the only one.
        public var name: String
        /// How many members it has.
        public var members: Int
        /// How many must live.
        public var needed: Int
        /// How many are left.
        public var left: Int
        /// Whether there was a majority before.
        public var held: Bool

        /// Whether it goes on.
        public var holds: Bool { left >= needed }
        /// How many more may be lost then.
        public var margin: Int { left - needed }
    }

    /// A workload that stops.
    public struct StoppedWorkload: Hashable, Sendable {
        /// `Deployment openstack/keystone-api`.
        public var name: String
        /// The system that it is, where it is known: `openstack api`.
        public var system: String?
        /// Whether the cluster hangs on it.
        public var isCritical: Bool
        /// The way from the machine to it, where it is not on the machine itself: pool, claim, pod. Empty otherwise.
        public var cascade: [String]
    }

    /// Whether a machine may be drained now.
    public struct Drain: Hashable, Sendable {
        /// What speaks against it; empty when nothing does.
        public var reasons: [String]
        /// What to type, in order.
        public var commands: [String]

        /// Whether nothing speaks against it.
        public var isSafe: Bool { reasons.isEmpty }
    }

    /// A row a machine: those with OSDs in the order of the tree, then the others.
    public var rows: [Row]

    /// The machines whose loss stops something or loses data.
    public var fatal: [Row] { rows.filter { !$0.isSurvived } }

    /// What the losses of all machines come to, in one sentence.
    public var verdict: String {
        guard !rows.isEmpty else { return "no machine is known" }
        let fatal = fatal
        if fatal.isEmpty { return "any one machine can be lost: storage, quorums and services go on" }
        let names =
            fatal.prefix(3).map(\.machine).joined(separator: ", ")
            + (fatal.count > 3 ? " and \(fatal.count - 3) more" : "")
        return
            "the loss of \(fatal.count == rows.count ? "any one machine" : names) stops something the cluster hangs on"
    }
}

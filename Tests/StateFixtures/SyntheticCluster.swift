public import CRUSH
public import ClusterState
public import KubernetesModel
public import Vocabulary

/// A cluster that exists in memory only, to be captured: racks of hosts of OSDs, pools, daemons, and one Kubernetes
/// node a host.
///
/// Without changes it is healthy: three racks of one host with two OSDs each, one pool of three copies by host, three
/// monitors, two managers. A test changes what it is about, here or in the capture:
///
/// ```swift
/// var cluster = SyntheticCluster()
/// cluster.pools = [.replicated("rbd", size: 2, minSize: 1, pgCount: 64)]
/// var capture = cluster.capture()
/// capture.ceph?.osdMap.flags.insert(.noOut)
/// ```
///
/// Names and numbers are regular: `rack-0`, `host-0` (racks are filled one after the other: host h is in rack
/// h / hostsPerRack), `osd.0` (host h holds the OSDs from h * osdsPerHost on), `mon.a` on the first host of the first
/// rack and the next ones a rack further each. Host h has the address 10.x.y.10 with x and y from h.
public struct SyntheticCluster: Sendable {
    /// How many racks there are.
    public var racks: Int
    /// How many hosts are in each.
    public var hostsPerRack: Int
    /// How many OSDs are on each host.
    public var osdsPerHost: Int
    /// The size of every OSD; its CRUSH weight is its TiB.
    public var osdSize: ByteCount = .tib(1)
    /// The device class of an OSD, by its number.
    public var deviceClass: @Sendable (Int) -> String = { _ in "ssd" }
    /// How full each OSD is, from 0 to 1, by its number.
    public var fill: @Sendable (Int) -> Double = { _ in 0.4 }
    /// The pools, numbered from 1.
    public var pools: [PoolSpec] = [.replicated("rbd", pgCount: 32)]
    /// How many monitors there are, at most 26.
    public var monitors = 3
    /// How many managers there are.
    public var managers = 2
    /// Where each PG is: the OSDs of its up and acting set. By default ``spread(_:)``, which obeys the failure domain
    /// but is not what CRUSH would choose.
    public var placement: (@Sendable (_ map: OSDMap, _ pg: PGID) -> [Int32])?
    /// What runs in Kubernetes; nil for a capture of Ceph alone.
    public var kubernetes: SyntheticKubernetes?
    /// When the capture was taken: 2026-01-01T00:00:00Z.
    public var takenAt = Timestamp(microseconds: 1_767_225_600_000_000)

    /// A cluster of this shape.
    public init(racks: Int = 3, hostsPerRack: Int = 1, osdsPerHost: Int = 2) {
        self.racks = racks
        self.hostsPerRack = hostsPerRack
        self.osdsPerHost = osdsPerHost
    }

    /// The large one: 10,000 OSDs on 500 hosts in 20 racks, 160,000 PGs in four pools.
    public static var large: SyntheticCluster {
        var cluster = SyntheticCluster(racks: 20, hostsPerRack: 25, osdsPerHost: 20)
        cluster.pools = [
            .replicated("rbd", pgCount: 65536), .replicated("images", pgCount: 61696, failureDomain: "rack"),
            .erasure("backup", k: 4, m: 2, pgCount: 32736), .replicated(".mgr", pgCount: 32),
        ]
        cluster.monitors = 5
        return cluster
    }

    /// How many hosts there are.
    public var hosts: Int { racks * hostsPerRack }
    /// How many OSDs there are.
    public var osds: Int { hosts * osdsPerHost }
    /// The host of an OSD.
    public func host(ofOSD osd: Int) -> Int { osd / osdsPerHost }
    /// The rack of a host.
    public func rack(ofHost host: Int) -> Int { host / hostsPerRack }
    /// The address of a host.
    public func address(ofHost host: Int) -> String { "10.\(host / 250).\(host % 250).10" }

    /// A pool to be made.
    public struct PoolSpec: Sendable {
        /// Its name.
        public var name: String
        /// Copies or shards.
        public var kind: Pool.Kind
        /// How many of them.
        public var size: Int
        /// With fewer a PG stops.
        public var minSize: Int
        /// How many PGs it has.
        public var pgCount: UInt32
        /// What its copies are apart by: `host`, `rack` or `osd`.
        public var failureDomain: String
        /// The class of its OSDs; nil for all.
        public var deviceClass: String?
        /// How many of the shards are data; 0 for copies.
        public var dataShards = 0
        /// How many bytes each of its PGs holds.
        public var bytesPerPG: UInt64 = 1 << 30

        /// A pool of copies.
        public static func replicated(
            _ name: String, size: Int = 3, minSize: Int = 2, pgCount: UInt32, failureDomain: String = "host",
            deviceClass: String? = nil
        ) -> PoolSpec {
            PoolSpec(
                name: name, kind: .replicated, size: size, minSize: minSize, pgCount: pgCount,
                failureDomain: failureDomain, deviceClass: deviceClass)
        }

        /// A pool of k data and m coding shards; one shard may be missing before it stops.
        public static func erasure(
            _ name: String, k: Int, m: Int, pgCount: UInt32, failureDomain: String = "host", deviceClass: String? = nil
        ) -> PoolSpec {
            PoolSpec(
                name: name, kind: .erasure, size: k + m, minSize: k + 1, pgCount: pgCount,
                failureDomain: failureDomain, deviceClass: deviceClass, dataShards: k)
        }
    }

    /// The capture of the cluster.
    public func capture() -> ClusterCapture {
        ClusterCapture(
            takenAt: takenAt, holdfastVersion: HoldfastVersion.current, ceph: cephCapture(),
            kubernetes: kubernetes.map { $0.capture(on: self) })
    }
}

import CRUSH
import ClusterState
import KubernetesModel
import Vocabulary

/// The way from a claim over its volume to the pools that hold its data, for ceph-csi's and Holdfast's volumes.
struct VolumeChain: Sendable {
    /// A volume of this Ceph cluster.
    struct Volume: Sendable {
        var name: String
        var claim: ObjectKey?
        var storageClass: String?
        /// The pools it needs: that of its image, and the data pool where its class names one.
        var pools: [PoolID]
    }

    let volumes: [Volume]
    private let byClaim: [ObjectKey: [PoolID]]
    private let map: OSDMap
    private let fsid: String
    private let usage: [PoolID: PoolUsage]
    private let idByName: [String: PoolID]
    private let claimsByPool: [PoolID: [ObjectKey]]

    init(_ ceph: CephCapture, _ kubernetes: KubernetesCapture?) {
        map = ceph.osdMap
        fsid = ceph.fsid
        usage = Dictionary((ceph.poolUsage ?? []).map { ($0.pool, $0) }) { first, _ in first }
        let ids = Dictionary(map.pools.values.map { ($0.name, $0.id) }) { first, _ in first }
        idByName = ids
        var volumes: [Volume] = []
        for volume in kubernetes?.persistentVolumes ?? [] {
            let pools = Self.pools(of: volume, map: ceph.osdMap, ids: ids)
            guard !pools.isEmpty else { continue }
            volumes.append(
                Volume(
                    name: volume.metadata.name, claim: volume.claim?.key, storageClass: volume.storageClassName,
                    pools: pools))
        }
        self.volumes = volumes.sorted { $0.name < $1.name }
        byClaim = Dictionary(
            volumes.compactMap { volume in volume.claim.map { ($0, volume.pools) } }
        ) { first, _ in first }
        var claims: [PoolID: [ObjectKey]] = [:]
        for volume in self.volumes {
            guard let claim = volume.claim else { continue }
            for pool in volume.pools { claims[pool, default: []].append(claim) }
        }
        claimsByPool = claims.mapValues { $0.sorted() }
    }

    /// The pools of a claim; empty for one without a volume of this cluster.
    func pools(ofClaim claim: ObjectKey) -> [PoolID] { byClaim[claim] ?? [] }

    /// The claims whose volumes need a pool, sorted.
    func claims(on pool: PoolID) -> [ObjectKey] { claimsByPool[pool] ?? [] }

    /// A pool's name; its number where it has none.
    func name(of pool: PoolID) -> String { map.pools[pool]?.name ?? "\(pool)" }

    /// Whether a class's volumes are made in a Ceph cluster.
    func isOurs(_ storageClass: StorageClass) -> Bool {
        let provisioner = storageClass.provisioner
        return provisioner.hasSuffix("rbd.csi.ceph.com") || provisioner.hasSuffix("cephfs.csi.ceph.com")
            || provisioner == "ceph.com/rbd" || provisioner == "kubernetes.io/rbd" || provisioner.contains("holdfast")
    }

    /// The pools that a class names and the cluster has.
    func pools(of storageClass: StorageClass) -> [PoolID] { names(of: storageClass).compactMap { idByName[$0] } }

    /// The pools that a class names and the cluster does not have. A class of another Ceph cluster names none.
    func missingPools(of storageClass: StorageClass) -> [String] {
        guard isThisCluster(storageClass.parameters["clusterID"]) else { return [] }
        return names(of: storageClass).filter { idByName[$0] == nil }
    }

    /// Whether a pool takes no more data: it is marked full, or nothing is available to it.
    func isFull(_ pool: PoolID) -> Bool {
        if map.pools[pool]?.flags.contains(.full) ?? false { return true }
        return usage[pool].map { $0.maximumAvailable == .zero } ?? false
    }

    /// A clusterID that is an fsid tells the cluster; any other is a name that only ceph-csi's list knows, and is taken
    /// for this one.
    private func isThisCluster(_ id: String?) -> Bool {
        guard let id, id.utf8.count == 36, id.utf8.filter({ $0 == UInt8(ascii: "-") }).count == 4 else { return true }
        return id.lowercased() == fsid
    }

    private func names(of storageClass: StorageClass) -> [String] {
        ["pool", "dataPool"].compactMap { storageClass.parameters[$0] }.filter { !$0.isEmpty }
    }

    /// The handle's pool number is what counts: a pool may have been renamed since. The attributes add the data pool.
    private static func pools(of volume: PersistentVolume, map: OSDMap, ids: [String: PoolID]) -> [PoolID] {
        if let name = volume.rbd?["pool"]?.stringValue { return [ids[name]].compactMap { $0 } }
        guard let csi = volume.csi else { return [] }
        let attributes = csi.volumeAttributes
        let isCeph = csi.driver.hasSuffix("csi.ceph.com") || csi.driver.contains("holdfast")
        guard isCeph else { return [] }
        var pools: [PoolID] = []
        if let number = poolNumber(inHandle: csi.volumeHandle), map.pools[number] != nil {
            pools.append(number)
        } else if let id = attributes["pool"].flatMap({ ids[$0] }) {
            pools.append(id)
        }
        if let id = attributes["dataPool"].flatMap({ ids[$0] }), !pools.contains(id) { pools.append(id) }
        return pools
    }

    /// The pool's number in a handle `0001-<length>-<clusterID>-<pool, 16 digits>-<uuid, 36>`: counted from the end.
    static func poolNumber(inHandle handle: String) -> PoolID? {
        let bytes = Array(handle.utf8)
        guard handle.hasPrefix("0001-"), bytes.count > 5 + 5 + 1 + 17 + 36 else { return nil }
        let end = bytes.count - 37
        guard bytes[end] == UInt8(ascii: "-"), bytes[end - 17] == UInt8(ascii: "-") else { return nil }
        return Int64(String(decoding: bytes[(end - 16)..<end], as: UTF8.self), radix: 16).map { PoolID($0) }
    }
}

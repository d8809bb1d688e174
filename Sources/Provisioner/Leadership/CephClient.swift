public import KubernetesModel

/// A connection to a Ceph cluster by which a leader writes, as the leader's Lease names it.
///
/// A leader that froze does not know that it was replaced, and its writes are on their way when it wakes. So the Lease
/// names each connection before the first write goes over it, and who leads next bars it from the cluster.
public struct CephClient: Hashable, Sendable, Comparable {
    /// The Ceph cluster.
    public var fsid: String
    /// The connection's address, as a blocklist takes it: `10.0.0.7:0/123456`.
    public var address: String

    /// A connection.
    public init(fsid: String, address: String) {
        self.fsid = fsid
        self.address = address
    }

    /// By cluster, then by address.
    public static func < (one: CephClient, other: CephClient) -> Bool {
        (one.fsid, one.address) < (other.fsid, other.address)
    }
}

extension Lease {
    /// The annotation with the connections, a JSON list.
    static let cephClientsAnnotation = "holdfast.io/ceph-clients"

    /// What ``cephClients()`` throws for an annotation that is not as this release writes it.
    public struct UnreadableClients: Error, Hashable, Sendable, CustomStringConvertible {
        /// Namespace and name of the Lease.
        public var lease: ObjectKey
        /// What is wrong.
        public var problem: String

        /// The Lease, the annotation, what is wrong and what to do.
        public var description: String {
            "annotation \(Lease.cephClientsAnnotation) of Lease \(lease) cannot be read: \(problem). It names the Ceph "
                + "clients of an earlier leader, which have to be barred before this one may write: make sure that no "
                + "such process runs any more, then remove the annotation"
        }
    }

    /// The connections by which the holder and its predecessors may still write.
    ///
    /// - Throws: ``UnreadableClients``. Nobody may lead on the strength of such a Lease.
    public func cephClients() throws(UnreadableClients) -> Set<CephClient> {
        guard let text = metadata[annotation: Self.cephClientsAnnotation] else { return [] }
        func unreadable(_ problem: String) -> UnreadableClients { UnreadableClients(lease: key, problem: problem) }
        let value: JSONValue
        do {
            value = try JSONValue(json: Array(text.utf8))
        } catch {
            throw unreadable("\(error)")
        }
        guard let items = value.arrayValue else { throw unreadable("it is no list") }
        var clients: Set<CephClient> = []
        for (index, item) in items.enumerated() {
            guard let fsid = item["fsid"]?.stringValue, let address = item["address"]?.stringValue, !address.isEmpty
            else { throw unreadable("item \(index + 1) has no fsid or no address") }
            clients.insert(CephClient(fsid: fsid, address: address))
        }
        return clients
    }

    /// The annotation's value for these connections; nil for none.
    static func annotation(of clients: Set<CephClient>) -> String? {
        guard !clients.isEmpty else { return nil }
        let items = clients.sorted().map { client -> JSONValue in
            ["fsid": .string(client.fsid), "address": .string(client.address)]
        }
        return JSONValue.array(items).description
    }
}

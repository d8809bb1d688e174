import KubernetesModel

/// Keeps the predecessors of a leader from writing to Ceph, and makes this leader one that its successor can keep from it.
///
/// Two rules make that safe. Before anything is read or written over a new connection, all that the Lease names of
/// earlier leaders on that Ceph cluster are barred, and the OSDMap that says so is waited for: what this leader reads
/// from then on cannot be changed by them. And the connection itself stands on the Lease before it is used: a write of
/// the Lease succeeds for its holder alone.
///
/// A client whose cluster this leader does not get to stays on the Lease, for the next one.
actor Fence {
    private let annotate: @Sendable (String?) -> Void
    private let publish: @Sendable () async throws -> Void
    /// Connections of earlier leaders that have not been barred.
    private var inherited: Set<CephClient> = []
    /// This leader's own.
    private var own: Set<CephClient> = []

    /// A fence around a Lease.
    ///
    /// - Parameters:
    ///   - annotate: has the Lease name its clients from its next write on.
    ///   - publish: writes the Lease now; throws if this process leads no more.
    init(annotate: @escaping @Sendable (String?) -> Void, publish: @escaping @Sendable () async throws -> Void) {
        self.annotate = annotate
        self.publish = publish
    }

    /// Takes over what a Lease names.
    ///
    /// - Throws: ``Lease/UnreadableClients``: nothing may be written then.
    func inherit(_ lease: Lease) throws(Lease.UnreadableClients) {
        inherited = try lease.cephClients().subtracting(own)
        note()
    }

    /// Lets a new connection in, once those before it are barred and the Lease names it.
    ///
    /// - Parameter bar: bars clients, and returns when every OSD that answers this connection knows.
    /// - Throws: what `bar` throws; ``ProvisionFailure`` when this process leads no more. The connection must not be
    ///   used then.
    func admit(
        _ client: CephClient, bar: (Set<CephClient>) async throws(ProvisionFailure) -> Void
    ) async throws(ProvisionFailure) {
        let condemned = inherited.filter { $0.fsid == client.fsid }
        if !condemned.isEmpty { try await bar(condemned) }
        inherited.subtract(condemned)
        own.insert(client)
        note()
        do {
            try await publish()
        } catch {
            throw .notReady(
                "the connection to Ceph is not used, since the Lease could not be made to name it: \(error)",
                cause: "not on the Lease")
        }
    }

    /// A connection has come to its end: nothing of it is on its way any more.
    func dismiss(_ client: CephClient) {
        own.remove(client)
        note()
    }

    private func note() {
        annotate(Lease.annotation(of: inherited.union(own)))
    }
}

import Ceph
import Logging

/// What must hold of a pool before the first volume: it is one for images, and the objects that deletes write to exist,
/// since a pool that is full takes no new ones from librbd.
struct PoolReadiness {
    let context: IOContext
    let location: PoolLocation
    let logger: Logger

    /// Makes the pool ready, or says why it cannot be.
    func ensure(objects: [String]) async throws(VolumeError) {
        try await checkNamespace()
        try await checkApplication()
        for object in objects {
            do throws(CephError) {
                try await context.perform(WriteOperation().create(exclusive: false), on: object, ignoresFull: true)
            } catch {
                throw VolumeError(error, "cannot make \(location)/\(object)")
            }
        }
    }

    private func checkNamespace() async throws(VolumeError) {
        guard !location.radosNamespace.isEmpty else { return }
        let exists: Bool
        do throws(CephError) {
            let pool = try await context.cluster.ioContext(poolID: context.poolID)
            exists = try await pool.namespaceExists(location.radosNamespace)
        } catch {
            // A client that is confined to its namespace may not look; then the namespace is taken as given.
            if error.code == .permissionDenied { return }
            throw VolumeError(error, "cannot look for the RADOS namespace \(location)")
        }
        guard exists else {
            throw VolumeError(
                .notFound, "cannot use the RADOS namespace \(location)", because: "there is no such namespace",
                next: "make it with: rbd namespace create \(location)", key: "radosNamespace")
        }
    }

    /// A pool for images has the application `rbd`. One without any gets it, one for something else is refused.
    private func checkApplication() async throws(VolumeError) {
        let applications: [String]
        do throws(CephError) {
            if try await context.applications().contains("rbd") { return }
            // This client's OSDMap may be older than the mark.
            try await context.cluster.waitForLatestOSDMap()
            applications = try await context.applications()
        } catch {
            throw VolumeError(error, "cannot ask what the pool \(quoted(context.pool)) is for")
        }
        if applications.contains("rbd") { return }
        guard applications.isEmpty else {
            throw VolumeError(
                .invalidArgument, "cannot use the pool \(quoted(context.pool))",
                because: "it belongs to \(applications.sorted().joined(separator: " and ")), not to rbd",
                next: "name a pool for images in the class", key: "pool")
        }
        do throws(CephError) {
            try await context.initializeForImages()
        } catch {
            // Images work without the mark; only the cluster's health complains.
            logger.warning(
                "the pool is not marked for rbd, and this client may not do it; run rbd pool init",
                metadata: ["pool": "\(context.pool)", "error": "\(error)"])
        }
    }
}

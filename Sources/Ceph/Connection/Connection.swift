import CephShim
import Glibc
import Logging
import Synchronization
import Vocabulary

/// Which of a connection's lanes a call runs on.
enum LaneName: Sendable {
    case control, image, bulk
}

/// One connection with everything that belongs to it: the C handle, the lanes, the table of what is under way.
/// `Cluster` is its public face; contexts, images and watches keep it alive.
final class Connection: Sendable {
    let handle: CHandle
    let timeouts: CephTimeouts
    let logger: Logger
    let fsid: String
    let table: OperationTable
    let control: BlockingLane
    let image: BlockingLane
    let bulk: BlockingLane

    private let owner: Mutex<RadosHandle?>
    private let contexts = Mutex<Set<CHandle>>([])
    private let closing = Mutex<Task<Bool, Never>?>(nil)

    private init(
        _ rados: consuming RadosHandle, fsid: String, timeouts: CephTimeouts, logger: Logger, table: OperationTable,
        control: BlockingLane, image: BlockingLane, bulk: BlockingLane
    ) {
        handle = rados.handle
        owner = Mutex(consume rados)
        self.timeouts = timeouts
        self.logger = logger
        self.fsid = fsid
        self.table = table
        self.control = control
        self.image = image
        self.bulk = bulk
    }

    deinit {
        table.stop()
    }

    /// Connects. A connection that comes about after the task was cancelled is closed again.
    static func open(
        _ configuration: ClusterConfiguration, lanes: LaneSizes, logger: Logger
    ) async throws(CephError) -> Connection {
        let settings = try configuration.settings()
        let table = OperationTable()
        let control = BlockingLane(name: "control", size: lanes.control, table: table)
        let image = BlockingLane(name: "image", size: lanes.image, table: table)
        let bulk = BlockingLane(name: "bulk", size: lanes.bulk, table: table)
        let call = Call(function: "rados_connect", name: "client.\(configuration.id)")
        do throws(CephError) {
            return try await control.run(call, limit: configuration.timeouts.mountLimit) {
                _ throws(CephError) in
                let rados = try establish(configuration, settings, lane: control)
                let fsid = try clusterID(rados.handle)
                return Connection(
                    rados, fsid: fsid, timeouts: configuration.timeouts, logger: logger, table: table,
                    control: control, image: image, bulk: bulk)
            }
        } catch {
            table.stop()
            throw error
        }
    }

    private static func establish(
        _ configuration: ClusterConfiguration, _ settings: [(name: String, value: String)], lane: BlockingLane
    ) throws(CephError) -> RadosHandle {
        let client = "client.\(configuration.id)"
        if let keyring = configuration.keyring, configuration.key == nil, access(keyring, R_OK) != 0 {
            // Without it librados would go on as nobody, and be refused for another reason.
            throw Call(function: "rados_conf_set", name: keyring).failure(
                -Int(errno), status: "cannot read the keyring")
        }
        var raw: UnsafeMutableRawPointer?
        let creating = Call(function: "rados_create2", name: client)
        try creating.check(rados_create2(&raw, configuration.clusterName, client, 0))
        guard let raw else { throw creating.outOfMemory() }
        let rados = RadosHandle(raw, lane: lane)
        if configuration.confFile != nil || configuration.monitors.isEmpty {
            let reading = Call(
                function: "rados_conf_read_file", name: configuration.confFile ?? "the default ceph.conf")
            try reading.check(rados_conf_read_file(raw, configuration.confFile))
        }
        for (name, value) in settings {
            try Call(function: "rados_conf_set", name: name).check(rados_conf_set(raw, name, value))
        }
        try Call(function: "rados_connect", name: client).check(rados_connect(raw))
        return rados
    }

    private static func clusterID(_ handle: CHandle) throws(CephError) -> String {
        let call = Call(function: "rados_cluster_fsid")
        return try growingString(call, from: 64) { buffer, capacity in
            Int(rados_cluster_fsid(handle.raw, buffer, capacity))
        }
    }
}

extension Connection {
    func lane(_ name: LaneName) -> BlockingLane {
        switch name {
        case .control: control
        case .image: image
        case .bulk: bulk
        }
    }

    func adopt(context: CHandle) {
        contexts.withLock { _ = $0.insert(context) }
    }

    /// Destroys a context on the lane, unless the connection's end has done so.
    func dispose(context: CHandle) {
        control.dispose { self.destroy(context) }
    }

    private func destroy(_ context: CHandle) {
        // Under the lock, so that the connection cannot end between the two steps.
        contexts.withLock { contexts in
            guard contexts.remove(context) != nil else { return }
            rados_ioctx_destroy(context.raw)
        }
    }

    /// Lets nobody in, waits for what is under way, cancels what can be cancelled when `limit` has passed, ends the
    /// connection. What still hangs then keeps the connection open behind the scenes until it ends. Returns whether the
    /// connection has ended.
    func close(within limit: Duration) async -> Bool {
        let task = closing.withLock { closing in
            let task = closing ?? Task { await self.shutDown(limit) }
            closing = task
            return task
        }
        return await task.value
    }

    private func shutDown(_ limit: Duration) async -> Bool {
        let drained = table.close()
        let patience = Task {
            try await Task.sleep(for: limit)
            self.table.abortAll()
            try await Task.sleep(for: CephTimeouts.grace)
            drained.complete(.failure(Call(function: "rados_shutdown").expired(started: false)))
        }
        let outcome = await drained.value()
        patience.cancel()
        guard case .success = outcome else {
            logger.warning(
                "Ceph calls outlived the close; the connection ends when they do",
                metadata: [
                    "fsid": "\(fsid)", "calls": "\(table.count)",
                ])
            return false
        }
        return await end()
    }

    private func end() async -> Bool {
        let ended = Promise<Void>()
        control.dispose {
            for context in self.contexts.withLock({ $0 }) { self.destroy(context) }
            if let rados = self.owner.withLock({ $0.take() }) { rados.shutDown() }
            ended.complete(.success(()))
        }
        let patience = Task {
            try await Task.sleep(for: self.timeouts.objectLimit)
            ended.complete(.failure(Call(function: "rados_shutdown").expired(started: true)))
        }
        let outcome = await ended.value()
        patience.cancel()
        table.stop()
        guard case .failure(let error) = outcome else { return true }
        logger.warning("\(error)", metadata: ["fsid": "\(fsid)"])
        return false
    }
}

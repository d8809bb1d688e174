import CephShim

/// A pointer that C hands out, carried between threads.
///
/// librados.h and librbd.h make cluster, context and image handles safe to use from several threads; only a context's
/// settings are not, and those are made once, before anybody else has the handle.
struct CHandle: Hashable, @unchecked Sendable {
    let raw: UnsafeMutableRawPointer
}

/// A `rados_t`. Whoever drops it without `shutDown()` leaves that to the lane.
struct RadosHandle: ~Copyable, Sendable {
    let handle: CHandle
    private let lane: BlockingLane
    private var isOpen = true

    init(_ raw: UnsafeMutableRawPointer, lane: BlockingLane) {
        handle = CHandle(raw: raw)
        self.lane = lane
    }

    /// Ends the connection; blocks. For a lane's thread.
    consuming func shutDown() {
        isOpen = false
        rados_shutdown(handle.raw)
    }

    deinit {
        guard isOpen else { return }
        let handle = handle
        lane.dispose { rados_shutdown(handle.raw) }
    }
}

/// A `rados_ioctx_t`. Dropped, it is destroyed on the control lane, or was by the connection's own end.
struct IOContextHandle: ~Copyable, Sendable {
    let handle: CHandle
    private let connection: Connection

    /// Takes over a context that C has just made.
    init(_ raw: UnsafeMutableRawPointer, of connection: Connection) {
        handle = CHandle(raw: raw)
        self.connection = connection
        connection.adopt(context: handle)
    }

    deinit {
        connection.dispose(context: handle)
    }
}

/// A `rbd_image_t`. It keeps the connection from ending. Dropped while open, it is closed on the control lane.
struct ImageHandle: ~Copyable, Sendable {
    let handle: CHandle
    private let lane: BlockingLane
    private let table: OperationTable
    private let hold: UInt64
    private var isOpen = true

    /// Takes over an image that C has just opened, in the callback that says so.
    init(_ raw: UnsafeMutableRawPointer, of connection: Connection) {
        handle = CHandle(raw: raw)
        lane = connection.control
        table = connection.table
        hold = table.hold()
    }

    /// Hands the pointer to whoever closes it, once and for all.
    consuming func close(_ body: (CHandle) async throws(CephError) -> Void) async throws(CephError) {
        isOpen = false
        let (table, hold) = (table, hold)
        defer { table.leave(hold) }
        try await body(handle)
    }

    deinit {
        guard isOpen else { return }
        let (handle, table, hold) = (handle, table, hold)
        lane.dispose {
            _ = rbd_close(handle.raw)
            table.leave(hold)
        }
    }
}

import CephShim
import Glibc

/// Who holds a lock on an object.
public struct LockHolder: Hashable, Sendable {
    /// The client's name and number (`client.4242`).
    public var client: String
    /// What it told this lock from its others by.
    public var cookie: String
    /// Its address.
    public var address: String
}

/// A lock on an object as the OSD knows it.
public struct ObjectLock: Hashable, Sendable {
    /// Whether one holder keeps all others out.
    public var isExclusive: Bool
    /// What the holders of a shared lock have agreed on.
    public var tag: String
    /// The holders; none if the lock is free.
    public var holders: [LockHolder]
}

extension IOContext {
    /// Takes a lock that keeps everybody else out. The lock is advisory: it stops nobody's writes. It ends by itself
    /// after `duration` (nil: never), unless it is taken again (`renew`) by the same client with the same cookie.
    /// `.busy` if somebody else holds it, `.exists` if this client holds it and does not renew.
    /// - Implements: rados_lock_exclusive
    public func lockExclusively(
        _ object: String, lock name: String, cookie: String, description: String = "", for duration: Duration? = nil,
        renew: Bool = false
    ) async throws(CephError) {
        try await lock("rados_lock_exclusive", object, [name, cookie, description], duration) {
            rados_lock_exclusive(
                $0, object, name, cookie, description, $1, renew ? UInt8(LIBRADOS_LOCK_FLAG_RENEW) : 0)
        }
    }

    /// Takes a lock that others with the same `tag` can hold as well; see
    /// ``lockExclusively(_:lock:cookie:description:for:renew:)``.
    /// - Implements: rados_lock_shared
    public func lockShared(
        _ object: String, lock name: String, cookie: String, tag: String, description: String = "",
        for duration: Duration? = nil, renew: Bool = false
    ) async throws(CephError) {
        try await lock("rados_lock_shared", object, [name, cookie, tag, description], duration) {
            rados_lock_shared(
                $0, object, name, cookie, tag, description, $1, renew ? UInt8(LIBRADOS_LOCK_FLAG_RENEW) : 0)
        }
    }

    /// Gives back a lock of this client; `.notFound` if it does not hold it.
    /// - Implements: rados_aio_unlock
    public func unlock(_ object: String, lock name: String, cookie: String) async throws(CephError) {
        try Call(function: "rados_aio_unlock", place: place, name: object).refuseNUL(name, cookie)
        try await mutate("rados_aio_unlock", object) { context, completion in
            rados_aio_unlock(context, object, name, cookie, completion)
        }
    }

    /// Takes a lock away from another client; `.notFound` if that does not hold it. Blocklist the client first if it
    /// may still write.
    /// - Implements: rados_break_lock
    public func breakLock(
        _ object: String, lock name: String, holder: LockHolder
    ) async throws(CephError) {
        let call = try call("rados_break_lock", object, effect: .atomic)
        try call.refuseNUL(name, holder.client, holder.cookie)
        try await blocking(call) { context, _ throws(CephError) in
            _ = try call.check(rados_break_lock(context, object, name, holder.client, holder.cookie))
        }
    }

    /// Who holds a lock; no holders if nobody does. `.notFound` if the object is not there.
    /// - Implements: rados_list_lockers
    public func lockHolders(_ object: String, lock name: String) async throws(CephError) -> ObjectLock {
        let call = try call("rados_list_lockers", object)
        try call.refuseNUL(name)
        return try await blocking(call) { context, _ throws(CephError) in
            try listLockers(call, context, object, name)
        }
    }

    private func lock(
        _ function: String, _ object: String, _ names: [String], _ duration: Duration?,
        _ take: @escaping @Sendable (UnsafeMutableRawPointer, UnsafeMutablePointer<timeval>?) -> Int32
    ) async throws(CephError) {
        let call = try call(function, object, effect: .atomic)
        for name in names { try call.refuseNUL(name) }
        if let duration, duration <= .zero { throw call.refused("a lock lasts more than 0 s, not \(duration)") }
        let limit = duration.map(timeval.init)
        try await blocking(call) { context, _ throws(CephError) in
            guard var limit else {
                try call.check(take(context, nil))
                return
            }
            try call.check(take(context, &limit))
        }
    }
}

extension timeval {
    fileprivate init(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        self.init(tv_sec: Int(seconds), tv_usec: Int(attoseconds / 1_000_000_000_000))
    }
}

/// Four lists in buffers of the same size, made bigger together.
private func listLockers(
    _ call: Call, _ context: UnsafeMutableRawPointer, _ object: String, _ name: String
) throws(CephError) -> ObjectLock {
    var isExclusive: Int32 = 0
    var lengths = (tag: 0, clients: 0, cookies: 0, addresses: 0)
    var part = 0
    return try growing(call, from: 4096, of: CChar(0)) { buffer, capacity in
        part = capacity / 4
        lengths = (part, part, part, part)
        let result = rados_list_lockers(
            context, object, name, &isExclusive, buffer, &lengths.tag, buffer + part, &lengths.clients,
            buffer + 2 * part, &lengths.cookies, buffer + 3 * part, &lengths.addresses)
        if result == -Int(ERANGE) {
            capacity = 4 * max(lengths.tag, lengths.clients, lengths.cookies, lengths.addresses)
        }
        // Nobody has ever locked the object.
        return result == -Int(ENOENT) ? 0 : result
    } read: { buffer in
        let clients = terminatedStrings(buffer[part..<part + lengths.clients])
        let cookies = terminatedStrings(buffer[2 * part..<2 * part + lengths.cookies])
        let addresses = terminatedStrings(buffer[3 * part..<3 * part + lengths.addresses])
        let holders = zip(clients, zip(cookies, addresses)).map {
            LockHolder(client: $0, cookie: $1.0, address: $1.1)
        }
        return ObjectLock(
            isExclusive: isExclusive != 0, tag: String(cString: buffer), holders: holders)
    }
}

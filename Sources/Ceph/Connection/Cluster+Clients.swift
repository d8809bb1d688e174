import CephShim
import Glibc
import Vocabulary

extension Cluster {
    /// The addresses of this client's session, in the form that ``blocklist(address:for:)`` takes
    /// (`10.0.0.7:0/123456`).
    /// - Implements: rados_getaddrs
    public func clientAddresses() async throws(CephError) -> String {
        try await control("rados_getaddrs") { call, cluster throws(CephError) in
            var text: UnsafeMutablePointer<CChar>?
            try call.check(rados_getaddrs(cluster, &text))
            guard let text else { return "" }
            defer { free(text) }
            return String(cString: text)
        }
    }

    /// The number that the monitors gave this client; watchers and lock owners carry it (`client.4242`).
    /// - Implements: rados_get_instance_id
    public func clientID() async throws(CephError) -> UInt64 {
        try await control("rados_get_instance_id") { _, cluster throws(CephError) in
            rados_get_instance_id(cluster)
        }
    }

    /// Bars a client from every OSD for a time (at least a second, rounded up; at most about 136 years). Its writes
    /// fail from the moment at which the OSDs know: call ``waitForLatestOSDMap()`` and touch the data before
    /// trusting it. Needs the capability `profile rbd` or more.
    /// - Implements: rados_blocklist_add
    public func blocklist(address: String, for duration: Duration) async throws(CephError) {
        let seconds =
            duration.components.attoseconds > 0 ? duration.components.seconds + 1 : duration.components.seconds
        guard let expiry = UInt32(exactly: seconds), expiry > 0 else {
            throw Call(function: "rados_blocklist_add", name: address)
                .refused("a client is blocklisted for 1 s or more, not \(duration)")
        }
        try await control("rados_blocklist_add", address, effect: .atomic) { call, cluster throws(CephError) in
            let result = address.withCString { text in
                // The header lacks a const; the library only reads it.
                rados_blocklist_add(cluster, UnsafeMutablePointer(mutating: text), expiry)
            }
            _ = try call.check(result)
        }
    }

    /// Waits until this client has the newest OSDMap that the monitors know.
    /// - Implements: rados_wait_for_latest_osdmap
    public func waitForLatestOSDMap() async throws(CephError) {
        try await control("rados_wait_for_latest_osdmap") { call, cluster throws(CephError) in
            _ = try call.check(rados_wait_for_latest_osdmap(cluster))
        }
    }
}

import CephShim
import Glibc

extension IOContext {
    /// Creates a namespace for images; `.exists` if there is one of that name. For a context of the pool itself.
    /// - Implements: rbd_namespace_create
    public func createNamespace(_ name: String) async throws(CephError) {
        let call = try imageCall("rbd_namespace_create", name)
        try await blocking(call, on: .image) { context, _ throws(CephError) in
            _ = try call.check(rbd_namespace_create(context, name))
        }
    }

    /// Removes a namespace; `.busy` while images or trash are in it.
    /// - Implements: rbd_namespace_remove
    public func removeNamespace(_ name: String) async throws(CephError) {
        let call = try imageCall("rbd_namespace_remove", name)
        try await blocking(call, on: .image) { context, _ throws(CephError) in
            _ = try call.check(rbd_namespace_remove(context, name))
        }
    }

    /// The namespaces for images that this pool has.
    /// - Implements: rbd_namespace_list
    public func namespaces() async throws(CephError) -> [String] {
        let call = try call("rbd_namespace_list")
        return try await blocking(call) { context, _ throws(CephError) in
            try growing(call, from: 1024, of: CChar(0)) { buffer, count in
                Int(rbd_namespace_list(context, buffer, &count))
            } read: { buffer in
                packedNames(buffer)
            }
        }
    }

    /// Whether this pool has a namespace for images of that name.
    /// - Implements: rbd_namespace_exists
    public func namespaceExists(_ name: String) async throws(CephError) -> Bool {
        let call = try imageCall("rbd_namespace_exists", name)
        return try await blocking(call) { context, _ throws(CephError) in
            var exists = false
            try call.check(rbd_namespace_exists(context, name, &exists))
            return exists
        }
    }

    /// Makes a pool ready for images: marks it as RBD's, checks that its OSDs can do what images need. Unless
    /// `force`, `.permissionDenied` for a pool that another application uses.
    /// - Implements: rbd_pool_init
    public func initializeForImages(force: Bool = false) async throws(CephError) {
        var call = try call("rbd_pool_init")
        call.effect = .steps
        let initializing = call
        try await blocking(initializing, on: .image) { context, _ throws(CephError) in
            _ = try initializing.check(rbd_pool_init(context, force))
        }
    }
}

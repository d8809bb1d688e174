import CephShim
import Glibc
public import Vocabulary

/// A client that has an image open for writing.
public struct Watcher: Hashable, Sendable {
    /// The client's address (`10.0.0.7:0/123456`), which ``Cluster/blocklist(address:for:)`` takes.
    public var address: String
    /// The client's number.
    public var id: Int64
    /// Tells apart several of one client.
    public var cookie: UInt64
}

/// A group of images.
public struct ImageGroup: Hashable, Sendable {
    /// The group's name.
    public var name: String
    /// The pool that it is in.
    public var poolID: PoolID
}

extension Image {
    /// Who has the image open for writing, among them this client if it has. Read-only opens and read-only maps of
    /// the kernel do not show.
    /// - Implements: rbd_watchers_list, rbd_watchers_list_cleanup
    public func watchers() async throws(CephError) -> [Watcher] {
        try await read("rbd_watchers_list") { call, image throws(CephError) in
            try growing(call, from: 16, of: rbd_image_watcher_t()) { buffer, count in
                Int(rbd_watchers_list(image, buffer, &count))
            } read: { watchers in
                defer { rbd_watchers_list_cleanup(watchers.baseAddress, watchers.count) }
                return watchers.map {
                    Watcher(address: String(cStringOrEmpty: $0.addr), id: $0.id, cookie: $0.cookie)
                }
            }
        }
    }

    /// The image's clones, those in the trash too; of the snapshot that is open, or of all.
    /// - Implements: rbd_list_children3, rbd_linked_image_spec_list_cleanup
    public func children() async throws(CephError) -> [LinkedImage] {
        try await read("rbd_list_children3") { call, image throws(CephError) in
            try growing(call, from: 32, of: rbd_linked_image_spec_t()) { buffer, count in
                Int(rbd_list_children3(image, buffer, &count))
            } read: { children in
                defer { rbd_linked_image_spec_list_cleanup(children.baseAddress, children.count) }
                return children.map { LinkedImage($0) }
            }
        }
    }

    /// The group that the image is in; nil if none.
    /// - Implements: rbd_get_group, rbd_group_info_cleanup
    public func group() async throws(CephError) -> ImageGroup? {
        try await read("rbd_get_group") { call, image throws(CephError) in
            let size = MemoryLayout<rbd_group_info_t>.size
            var info = rbd_group_info_t()
            try call.check(rbd_get_group(image, &info, size))
            defer { _ = rbd_group_info_cleanup(&info, size) }
            let name = String(cStringOrEmpty: info.name)
            return name.isEmpty ? nil : ImageGroup(name: name, poolID: PoolID(info.pool))
        }
    }
}
